// bundle_plan.h - how many tallies go to the device at once, and where everything lies there.
//
// A bundle is a run of consecutive (task, dim, threshold), cut into groups of up to WALK_THRESHOLDS
// thresholds that share a matrix of distances. Every group is two passes (three if the sides
// differ): diagonals, and columns where they are wanted. All passes advance band by band: a launch
// carries the same band of every pass.
#ifndef RQA_CUDA_BUNDLE_PLAN_H
#define RQA_CUDA_BUNDLE_PLAN_H

#include "device.h"
#include "near.h"
#include "walk.h"

// Where the next bundle begins.
struct bundle_cursor {
    uint64_t task;
    uint32_t dim, threshold;
};

struct bundle_group {
    bundle_cursor at;
    uint32_t n_thresholds;
    uint64_t n_x, n_y;  // vectors; 0: the tallies are empty
    tally_shape shape;
    uint64_t tally;     // position in the arena
    uint64_t first;     // tallies before it in the bundle
    uint32_t field;     // index of the task's first field
};

// The two sides of a field as they lie in the arena.
struct bundle_field {
    const rqa_plugin_side *x, *y; // y NULL: x again
    near_scale scale;
    uint64_t exact_x, exact_y, near_x, near_y; // positions
};

enum bundle_direction { DIRECTION_UP = 0, DIRECTION_DOWN = 1, DIRECTION_COLUMNS = 2 };

struct bundle_pass {
    uint32_t group, direction;
    uint32_t n_lines, longest; // cells of the longest line
    uint32_t n_slots, segment, n_bands;
    uint64_t summary, state;   // positions, of a pass that is not whole
};

struct bundle {
    const rqa_plugin_run *run;
    rqa_plugin_device *device;
    bundle_cursor begin, end;
    bundle_group *group;
    uint32_t n_groups, room_groups;
    bundle_field *field;
    uint32_t n_fields, room_fields;
    bundle_pass *pass;
    uint32_t n_passes, room_passes;
    uint64_t n_tallies;
    uint32_t band;    // cells of a line per launch
    uint32_t n_bands; // of the longest
    // Positions in the arena, and its size.
    uint64_t tallies_bytes, passes_at, jobs_at, joins_at, reads_at, bins_at, size;
    uint64_t n_jobs, n_joins; // the most that a band needs
};

enum { READS_PER_TALLY = N_KINDS + 1 }; // the histograms, and the head

// Plans a bundle of at most n_tallies from `begin` on. 0, RQA_ERROR_MEMORY of the host,
// RQA_ERROR_UNSUPPORTED.
int32_t bundle_plan(bundle *b, const rqa_plugin_run *run, rqa_plugin_device *device,
                   bundle_cursor begin, uint64_t n_tallies);
void bundle_free(bundle *b);

// Vectors of a side.
uint64_t side_vectors(const rqa_plugin_side *side, uint32_t dim_index);

// The block of lines of a pass that begins at `line`: cells of its longest line.
uint32_t bundle_block_cells(const bundle *b, const bundle_pass *p, uint32_t line);

static inline const rqa_plugin_task *bundle_task(const bundle *b, const bundle_group *g)
{
    return b->run->tasks[g->at.task];
}

#endif
