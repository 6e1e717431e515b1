/* cpu_run.h - runs a task on CPU threads, as its plan says. */
#ifndef RQA_BACKEND_CPU_RUN_H
#define RQA_BACKEND_CPU_RUN_H

#include <stdatomic.h>

#include "backend/cpu_plan.h"
#include "backend/parallel.h"
#include "base/pool.h"
#include "cpu/bits_table.h"
#include "cpu/distance_table.h"
#include "cpu/level.h"
#include "lines/tally.h"

/* What one worker keeps from task to task. */
typedef struct rqa__cpu_worker rqa__cpu_worker;

/* Picks the kernels. From one task to the next it keeps no more memory than leaves the plan of the
 * next its own, within most_bytes; UINT64_MAX: no limit. 0 or a status with text. */
int rqa__cpu_worker_create(rqa__cpu_worker **out, rqa__cpu cpu, uint64_t most_bytes);
void rqa__cpu_worker_destroy(rqa__cpu_worker *worker);
/* Of one that has run nothing yet. */
size_t rqa__cpu_worker_bytes(void);

/* Runs a task, slice by slice, on this thread (parallel NULL) or split over several. 0, or a status
 * with text. */
int rqa__cpu_run(rqa__cpu_worker *worker, const rqa__task *task, const rqa__plan *plan,
                 const rqa__parallel *parallel, const atomic_int *cancel, rqa__tally_sink sink,
                 void *user);

/* The kernels of the single-analysis engine for this processor. */
const rqa__bits_kernels *rqa__cpu_bits_kernels(rqa__cpu cpu);

/* The kernels that give distances. */
const rqa__distance_kernels *rqa__cpu_distance_kernels(rqa__cpu cpu);

/* The pool as an engine sees it. */
rqa__parallel rqa__parallel_from_pool(rqa__pool *pool);

#endif
