/* batch_accounts.h - what of a batch is done, failed or skipped. */
#ifndef RQA_BATCH_BATCH_ACCOUNTS_H
#define RQA_BATCH_BATCH_ACCOUNTS_H

#include "batch/batch_state.h"

/* Where the batch stands; the caller holds the mutex. */
rqa_batch_statistics rqa__batch_statistics_locked(const struct rqa_batch *batch);

/* Accounts for a unit that has ended; what failed is the item's. The error text of a failure is
 * `text`. */
void rqa__batch_end_unit(struct rqa_batch *batch, uint64_t unit, int status, const char *text);
/* Accounts for n_rows of a unit that another process has computed; the caller holds the mutex. */
void rqa__batch_skip_rows_locked(struct rqa_batch *batch, uint64_t unit, uint64_t n_rows);
/* A unit takes longer, or less long, than was said; no worker is at work yet. */
void rqa__batch_set_cost(struct rqa_batch *batch, uint64_t unit, double cost);
/* An item that has no unit in this shard has no event. */
int rqa__item_in_shard(const struct rqa_batch *batch, size_t index);

/* Asks everybody to stop; from any thread. */
void rqa__batch_ask_to_stop(struct rqa_batch *batch);

#endif
