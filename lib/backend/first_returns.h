/* first_returns.h - for each vector the time until the trajectory, having left it, comes back. */
#ifndef RQA_BACKEND_FIRST_RETURNS_H
#define RQA_BACKEND_FIRST_RETURNS_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

/* count[T] = how many vectors have their first return after T, for T < the number of vectors, which
 * is the room of `count`. Of the first dim and threshold of a task, auto or joint, whatever its
 * windows; no return goes through a vector with a missing sample. `parallel` and `cancel` may be
 * NULL. 0 or a status with its text. */
int rqa__first_returns(uint64_t *count, const rqa__task *task, const rqa__bits_kernels *kernels,
                       const rqa__parallel *parallel, const atomic_int *cancel);
/* Bytes that it takes at most, beside `count`. */
uint64_t rqa__first_returns_memory(const rqa__task *task, unsigned n_workers);

#endif
