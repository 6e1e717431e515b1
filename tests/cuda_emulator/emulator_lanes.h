// emulator_lanes.h - the threads of a warp as they wait for each other, and what a collective gives
// them when all have come.
#ifndef RQA_EMULATOR_LANES_H
#define RQA_EMULATOR_LANES_H

#include "emulator_fiber.h"
#include "include/emulated_threads.h"

namespace rqa_emulator
{

struct lane {
    fiber stack;
    uint3 index;
    // What the lane waits in, and what it brought.
    meeting what;
    unsigned mask;
    unsigned long long value;
    int source, width;
    const char *file;
    int line;
    unsigned long long result;
    char *mark;
};

// Sets of lanes, a bit each. A lane in none of the last four is the one that runs.
struct warp {
    unsigned exists, ready, in_meeting, in_barrier, done;
    unsigned next_mark;
    // As block_run::marks, for the lanes of a __syncwarp.
    char *marks;
};

const char *name_of(meeting what);

// All lanes of the mask have come: gives each its result. The lanes are a warp's.
void settle(lane *lanes, meeting what, unsigned mask);

} // namespace rqa_emulator

#endif
