/* batch_task.h - the task of a unit. */
#ifndef RQA_BATCH_BATCH_TASK_H
#define RQA_BATCH_BATCH_TASK_H

#include "batch/batch_state.h"
#include "batch/bound_search.h"
#include "plan/task.h"

/* The task of a unit without bounds that every dim has its own of; returns how many dims leave
 * vectors enough (0: none), in a window where there are windows. */
uint32_t rqa__unit_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item,
                        uint32_t delay_position);
/* The same by number, in the sizes of a window where there are windows; 0 when there is nothing to run. */
int rqa__batch_task(rqa__task *task, const struct rqa_batch *batch, uint64_t unit);

/* That of a middle delay, or of another where that has none; 0 when there is nothing to run. */
int rqa__item_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item);

/* Where bounds of its first dim are looked for: of x, or of y in a joint plot, without workers. */
rqa__bound_search rqa__unit_bound_search(const struct rqa_batch *batch, const rqa__item *item,
                                         const rqa__task *task, int of_y);
/* The most that such a search takes: of any item, delay, dim and side. */
uint64_t rqa__most_of_searches(const struct rqa_batch *batch,
                               uint64_t (*bytes)(const rqa__bound_search *));
/* Of the predicted ns of a unit on one thread, what passes beside its lines take; all of them; and its
 * plan as rqa__plan_make() makes it. `task` is that of rqa__batch_task(). */
double rqa__unit_passes(const struct rqa_batch *batch, uint64_t unit, const rqa__task *task,
                        const rqa__profile *profile);
double rqa__unit_cost(const struct rqa_batch *batch, uint64_t unit, const rqa__task *task,
                      const rqa__profile *profile);
int rqa__unit_plan(rqa__plan *plan, const struct rqa_batch *batch, uint64_t unit,
                   const rqa__task *task, unsigned n_threads, uint64_t most_bytes);

/* Whether a dim of it leaves too few vectors. */
int rqa__unit_is_short(const rqa__grid *grid, const rqa__item *item, const rqa__task *task,
                       uint32_t dim_index);

#endif
