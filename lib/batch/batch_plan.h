/* batch_plan.h - before the first unit runs: units, shard, costs, backend, memory. */
#ifndef RQA_BATCH_BATCH_PLAN_H
#define RQA_BATCH_BATCH_PLAN_H

#include "batch/batch_state.h"

int rqa__batch_prepare(struct rqa_batch *batch);
void rqa__batch_units_free(struct rqa_batch *batch);

#endif
