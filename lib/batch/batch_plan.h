/* batch_plan.h - before the first unit runs: units, shard, costs, backend, memory. */
#ifndef RQA_BATCH_BATCH_PLAN_H
#define RQA_BATCH_BATCH_PLAN_H

#include "batch/batch_state.h"

/* What besides threads can do it: RQA__WORK_*. */
unsigned rqa__batch_work(const struct rqa_batch *batch);

int rqa__batch_prepare(struct rqa_batch *batch);
/* The backend that is asked for, and what of it the batch can use (RQA__WORK_*): windows run on threads,
 * also where the environment sends work to a GPU. */
int32_t rqa__batch_backend(const struct rqa_batch *batch);
unsigned rqa__batch_work(const struct rqa_batch *batch);

void rqa__batch_units_free(struct rqa_batch *batch);

#endif
