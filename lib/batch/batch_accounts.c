/* batch_accounts.c - what of a batch is done, failed or skipped, whoever did it. */
#include "base/memory.h"
#include "batch/batch_state.h"

/* An item that fails has all its rows marked; what other workers still write into them is
 * overwritten when its last unit ends. */
static void note_failure(rqa__item *item, int status, const char *text)
{
    if (item->status)
        return;
    item->status = status;
    item->text = rqa__strdup(text); /* without memory the status alone remains */
}

static void end_item_locked(struct rqa_batch *batch, rqa__item *item)
{
    size_t index = (size_t)(item - batch->item);
    if (item->status) {
        /* What had been counted as done has failed with the rest; what the store had, it has. */
        uint64_t n_rows = 0;
        for (uint32_t t = 0; t < batch->grid.n_delays; t++)
            n_rows += batch->unit[index * batch->grid.n_delays + t].n_rows;
        if (item->values)
            rqa__item_rows_fail(batch, item);
        batch->n_done -= n_rows;
        batch->n_failed += n_rows;
    }
    item->complete = 1;
    batch->last_complete = index;
    batch->any_complete = 1;
    rqa__cond_signal(&batch->event);
}

void rqa__batch_end_unit(struct rqa_batch *batch, uint64_t index, int status, const char *text)
{
    rqa__unit *unit = &batch->unit[index];
    rqa__item *item = &batch->item[index / batch->grid.n_delays];
    if (status == RQA_ERROR_CANCELLED)
        return;
    rqa__mutex_lock(&batch->mutex);
    if (status)
        note_failure(item, status, text);
    unit->state = RQA__UNIT_ENDED;
    rqa__pace_done(&batch->pace, unit->cost, unit->seconds);
    batch->n_done += unit->n_rows;
    if (--item->n_units_left == 0)
        end_item_locked(batch, item);
    rqa__mutex_unlock(&batch->mutex);
}

void rqa__batch_skip_rows_locked(struct rqa_batch *batch, uint64_t index, uint64_t n_rows)
{
    rqa__unit *unit = &batch->unit[index];
    rqa__item *item = &batch->item[index / batch->grid.n_delays];
    double part = unit->n_rows ? unit->cost * (double)n_rows / (double)unit->n_rows : 0;
    rqa__pace_remove(&batch->pace, unit->cost);
    unit->cost -= part;
    unit->n_rows -= n_rows;
    rqa__pace_add(&batch->pace, unit->cost);
    batch->cost_total -= part;
    batch->n_skipped += n_rows;
    if (unit->n_rows > 0)
        return;
    unit->state = RQA__UNIT_ENDED;
    if (--item->n_units_left == 0)
        end_item_locked(batch, item);
}
