/* part_run.h - parts of a matrix (rqa__edges in lines/tally.h) on one CPU thread.
 *
 * The single-analysis engine over some of the columns: for sharing one long series between GPUs and
 * threads. Threads alone do as well with the engine, which needs no joining.
 */
#ifndef RQA_BACKEND_PART_RUN_H
#define RQA_BACKEND_PART_RUN_H

#include <stdatomic.h>

#include "cpu/bits_table.h"
#include "lines/part.h"
#include "plan/task.h"

/* The geometry of one dim of a task. */
rqa__part_shape rqa__part_shape_of(const rqa__task *task, uint32_t dim_index);

/* What a thread keeps from part to part of one task. */
typedef struct rqa__part_engine rqa__part_engine;

/* 0, RQA_ERROR_MEMORY or RQA_ERROR_OVERFLOW (longer than the bits engine takes), with text. */
int rqa__part_engine_create(rqa__part_engine **out, const rqa__task *task,
                            const rqa__bits_kernels *kernels);
void rqa__part_engine_destroy(rqa__part_engine *engine); /* NULL allowed */

/* The columns [first, end) of a dim and threshold; the task's own part is not looked at. Either of
 * cancel and stop ends it; both may be NULL. */
typedef struct rqa__part_request {
    uint32_t dim_index, threshold_index;
    uint64_t first, end;
    const atomic_int *cancel, *stop;
} rqa__part_request;

/* They as a tally with edges, to the sink. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED (with text), or
 * what the sink returned. */
int rqa__part_run(rqa__part_engine *engine, const rqa__part_request *request, rqa__tally_sink sink,
                  void *user);

/* Upper estimate of the bytes that an engine takes. */
size_t rqa__part_engine_memory(const rqa__task *task);

#endif
