/* cpu_run.h - runs a task on CPU threads: picks the kernels once, the engine for each task. */
#ifndef RQA_BACKEND_CPU_RUN_H
#define RQA_BACKEND_CPU_RUN_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "base/pool.h"
#include "cpu/level.h"
#include "lines/tally.h"
#include "plan/task.h"

/* Strategies: bit rows for few thresholds, threshold indices for many. */
enum { RQA__STRATEGY_BITS = 0, RQA__STRATEGY_SWEEP = 1 };

/* What one worker keeps from task to task. */
typedef struct rqa__cpu_worker rqa__cpu_worker;

int rqa__cpu_worker_create(rqa__cpu_worker **out, rqa__cpu cpu); /* 0 or a status with text */
void rqa__cpu_worker_destroy(rqa__cpu_worker *worker);

/* The one place where the strategy is chosen: the lower predicted cost. */
int rqa__cpu_strategy(const rqa__task *task);
const char *rqa__strategy_name(int strategy);

/* Predicted nanoseconds on one core, and bytes, of a task with its strategy. */
double rqa__cpu_cost(const rqa__task *task);
size_t rqa__cpu_memory(const rqa__task *task, unsigned n_workers);

/* Runs a task on this thread (parallel NULL) or split over several. 0, or a status with text. */
int rqa__cpu_run(rqa__cpu_worker *worker, const rqa__task *task, const rqa__parallel *parallel,
                 const atomic_int *cancel, rqa__tally_sink sink, void *user);

/* The pool as an engine sees it. */
rqa__parallel rqa__parallel_from_pool(rqa__pool *pool);

#endif
