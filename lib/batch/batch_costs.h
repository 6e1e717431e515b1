/* batch_costs.h - what the units of a batch will take, told from their data. */
#ifndef RQA_BATCH_BATCH_COSTS_H
#define RQA_BATCH_BATCH_COSTS_H

#include "batch/batch_state.h"

/* Makes the units' costs, told from sizes, those of their data. */
void rqa__batch_weigh(struct rqa_batch *batch);

#endif
