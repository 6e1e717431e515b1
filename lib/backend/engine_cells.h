/* engine_cells.h - line counts of a plot whose cells are listed. */
#ifndef RQA_BACKEND_ENGINE_CELLS_H
#define RQA_BACKEND_ENGINE_CELLS_H

#include <stdatomic.h>

#include "cpu/bits_table.h"
#include "lines/tally.h"
#include "plan/task.h"

/* Of a task with cells: calls the sink once. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED, or the
 * sink's result. */
int rqa__engine_cells_run(const rqa__task *task, const rqa__bits_kernels *kernels,
                          const atomic_int *cancel, rqa__tally_sink sink, void *user);

/* Upper estimate of the bytes it needs, without the lists. */
size_t rqa__engine_cells_memory(const rqa__task *task);

#endif
