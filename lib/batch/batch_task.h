/* batch_task.h - the task of a unit. */
#ifndef RQA_BATCH_BATCH_TASK_H
#define RQA_BATCH_BATCH_TASK_H

#include "batch/batch_state.h"
#include "plan/task.h"

/* The task of a unit without bounds that every dim has its own of; returns how many dims leave
 * vectors enough (0: none). */
uint32_t rqa__unit_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item,
                        uint32_t delay_position);
/* The same by number; 0 when there is nothing to run. */
int rqa__batch_task(rqa__task *task, const struct rqa_batch *batch, uint64_t unit);

/* Whether a dim of it leaves too few vectors. */
int rqa__unit_is_short(const rqa__item *item, const rqa__task *task, uint32_t dim_index);

#endif
