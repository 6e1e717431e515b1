/* engine_bits.h - the single-analysis engine: one (dim, threshold) at a time, any length.
 *
 * The recurrence matrix is produced as bits, strip of diagonals by strip of diagonals, and its
 * lines are extracted while the bits are in cache. Memory is proportional to the length.
 */
#ifndef RQA_BACKEND_ENGINE_BITS_H
#define RQA_BACKEND_ENGINE_BITS_H

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "lines/tally.h"
#include "plan/cost.h"
#include "plan/task.h"

#include <stdatomic.h>

/* The longest series (in vectors) the engine takes. */
#define RQA__ENGINE_BITS_LIMIT RQA__BITS_MAX_SAMPLES

/* Computes every tally of `task` and hands them to `sink`. `parallel` and `cancel` may be NULL.
 * Returns 0, RQA_ERROR_MEMORY, RQA_ERROR_CANCELLED, or what the sink returned. */
int rqa__engine_bits_run(const rqa__task *task, const rqa__bits_kernels *kernels,
                         const rqa__parallel *parallel, const atomic_int *cancel,
                         rqa__tally_sink sink, void *user);

/* Upper estimate of the bytes a run needs. */
size_t rqa__engine_bits_memory(const rqa__task *task, unsigned n_workers);

#endif
