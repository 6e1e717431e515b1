/* batch_items.h - the items of a batch: checks, bounds, rows. */
#ifndef RQA_BATCH_BATCH_ITEMS_H
#define RQA_BATCH_BATCH_ITEMS_H

#include "batch/batch_state.h"

/* Whose first row is the batch's next. */
int rqa__item_init(struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given);
void rqa__item_free(rqa__item *item);
/* The item that has a row of the batch. */
size_t rqa__batch_item_at(const struct rqa_batch *batch, uint64_t row);
int rqa__item_rows_take(struct rqa_batch *batch, size_t index); /* RQA_ERROR_MEMORY with text */
void rqa__item_rows_drop(rqa__item *item);
void rqa__item_rows_fail(struct rqa_batch *batch, rqa__item *item);

#endif
