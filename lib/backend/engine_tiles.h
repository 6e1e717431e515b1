/* engine_tiles.h - the engine of tiles: one (dim, threshold) of an auto-recurrence, at the speed of
 * what changes in it.
 *
 * Bounding boxes decide most tiles of smooth data as empty or full; only the others, and those where
 * full meets empty, are looked at. The single-analysis engine asks it first.
 */
#ifndef RQA_BACKEND_ENGINE_TILES_H
#define RQA_BACKEND_ENGINE_TILES_H

#include "backend/parallel.h"
#include "cpu/tiles_table.h"
#include "lines/tally.h"
#include "plan/task.h"

#include <stdatomic.h>

/* How to take a (dim, threshold) whose samples, as 16-bit integers, leave much in doubt. */
enum { RQA__TILES_WHERE_THEY_PAY = 0, RQA__TILES_ALWAYS = 1 };

/* Not a status: the tally is for others to make, nothing was delivered. */
enum { RQA__TILES_DECLINED = 1 };

typedef struct rqa__tiles_call {
    const rqa__task *task;
    const rqa__tiles_kernels *kernels; /* NULL: every task is declined */
    const rqa__parallel *parallel;     /* may be NULL, as the next */
    const atomic_int *cancel;
    int choice; /* RQA__TILES_WHERE_THEY_PAY or _ALWAYS */
} rqa__tiles_call;

/* The tally of one (dim, threshold) to `sink`. 0, RQA__TILES_DECLINED, RQA_ERROR_MEMORY,
 * RQA_ERROR_CANCELLED or what the sink returned, which must not be RQA__TILES_DECLINED. */
int rqa__engine_tiles_run(const rqa__tiles_call *call, uint32_t dim_index, uint32_t threshold_index,
                          rqa__tally_sink sink, void *user);

/* Bytes that any (dim, threshold) of the task takes; 0 where all are declined. */
size_t rqa__engine_tiles_memory(const rqa__task *task, unsigned n_workers);

#endif
