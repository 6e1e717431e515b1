/* engine_sweep.h - the sweep engine: one delay, all dims and all thresholds in one pass.
 *
 * Memory is proportional to the number of vectors, not to its square. A workspace belongs to one
 * caller at a time and only ever grows: once warm, a task needs no allocation and no lock.
 */
#ifndef RQA_BACKEND_ENGINE_SWEEP_H
#define RQA_BACKEND_ENGINE_SWEEP_H

#include "backend/parallel.h"
#include "cpu/sweep_table.h"
#include "lines/tally.h"
#include "plan/task.h"

#include <stdatomic.h>

typedef struct rqa__sweep_workspace rqa__sweep_workspace;

rqa__sweep_workspace *rqa__sweep_workspace_create(void); /* NULL: no memory */
void rqa__sweep_workspace_destroy(rqa__sweep_workspace *ws);
size_t rqa__sweep_workspace_bytes(void); /* before any run */

/* Computes every tally of `task` and hands them to `sink`. `parallel` and `cancel` may be NULL.
 * Returns 0, RQA_ERROR_MEMORY, RQA_ERROR_CANCELLED, or what the sink returned. */
int rqa__engine_sweep_run(const rqa__task *task, const rqa__sweep_kernels *kernels,
                          rqa__sweep_workspace *ws, const rqa__parallel *parallel,
                          const atomic_int *cancel, rqa__tally_sink sink, void *user);

/* Upper estimate of the bytes a run adds to its workspace. */
size_t rqa__engine_sweep_memory(const rqa__task *task, unsigned n_workers);

#endif
