/* batch_rates.h - the recurrence rates of a unit: the bounds that reach them, and what rows tell. */
#ifndef RQA_BATCH_BATCH_RATES_H
#define RQA_BATCH_BATCH_RATES_H

#include "batch/batch_state.h"
#include "batch/rate_bounds.h"
#include "plan/task.h"

/* [n_dims * n_thresholds] in engine order each. */
typedef struct rqa__unit_rates {
    rqa__rate_bound *x, *y; /* y: joint */
    rqa__rate_bound *found; /* [n_thresholds] room */
    double *wanted;         /* likewise */
} rqa__unit_rates;

int rqa__unit_rates_create(rqa__unit_rates *rates, const rqa__grid *grid);
void rqa__unit_rates_destroy(rqa__unit_rates *rates);
/* Bytes of one, and of what a search takes for the largest item. */
uint64_t rqa__unit_rates_bytes(const struct rqa_batch *batch);

/* Of the dims of the task the rates that are `missing`; where one side of a joint plot cannot reach
 * its rate, x is unreachable. The others stay as they are. 0 or a status with text. */
int rqa__unit_rates_find(rqa__unit_rates *rates, const struct rqa_batch *batch,
                         const rqa__item *item, const rqa__task *task, const uint8_t *missing,
                         const rqa__parallel *parallel);

#endif
