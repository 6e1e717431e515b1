// emulator_block.h - runs the blocks of a launch, one after another, on the thread that calls.
#ifndef RQA_EMULATOR_BLOCK_H
#define RQA_EMULATOR_BLOCK_H

#include "include/emulated_launch.h"
#include "emulator_config.h"

namespace rqa_emulator
{

constexpr unsigned max_block_threads = 1024;
constexpr size_t max_static_shared = 48 << 10;
constexpr size_t max_shared = 227 << 10;

// The launch has been checked. The number makes shuffled orders differ from launch to launch.
void run_grid(const launch &what, const config &settings, uint64_t number);

// "kernel k, block (x,y,z)" of the thread that calls; empty outside kernels. For messages.
const char *where_now();

} // namespace rqa_emulator

#endif
