/* batch_memory.h - what a batch takes of memory, and what it does with less. */
#ifndef RQA_BATCH_BATCH_MEMORY_H
#define RQA_BATCH_BATCH_MEMORY_H

#include "batch/batch_state.h"

/* Sets n_cpu, n_ahead, the bytes and memory_note of the plan, and the plans and costs of units that
 * are computed in slices. `largest`: the unit that takes most. 0 or RQA_ERROR_MEMORY_LIMIT, naming
 * what the least needs. */
int rqa__batch_fit_memory(struct rqa_batch *batch, uint64_t largest);

#endif
