/* batch_hand.c - a unit in somebody's hand: claimed, with room for its rows, handed on. */
#include "base/memory.h"
#include "batch/batch_state.h"

/* With a store, units are claimed together until they are this much work, so that a claim costs
 * little beside what is claimed. */
static const double claim_ns = 1e8;

int rqa__hand_claim(struct rqa_batch *batch, const uint64_t *order, size_t at, size_t end, int step)
{
    uint64_t unit[RQA__MAX_CLAIM];
    size_t n = 0;
    double cost = 0;
    rqa__mutex_lock(&batch->claim_mutex);
    for (size_t k = at; k != end && n < RQA__MAX_CLAIM && cost < claim_ns; k += (size_t)step)
        if (batch->unit[order[k]].state == RQA__UNIT_OPEN) {
            cost += batch->unit[order[k]].cost;
            unit[n++] = order[k];
        } else if (k == at) {
            break; /* another worker has claimed it in the meantime */
        }
    int status = n > 0 ? rqa__batch_store_claim(batch, unit, n) : RQA_OK;
    rqa__mutex_unlock(&batch->claim_mutex);
    return status;
}

int rqa__hand_is_free_locked(const struct rqa_batch *batch, uint64_t unit)
{
    size_t item = (size_t)(unit / batch->grid.n_delays);
    return batch->store || batch->table_values ||
           item < batch->n_delivered + rqa__batch_items_ahead(batch);
}

/* Rows in memory: those of the whole item. */
static int open_item(struct rqa_batch *batch, uint64_t unit, int wait, int *open)
{
    int status = RQA_OK;
    rqa__mutex_lock(&batch->mutex);
    while (wait && !rqa__hand_is_free_locked(batch, unit) && !atomic_load(&batch->cancel))
        rqa__cond_wait(&batch->room, &batch->mutex);
    *open = rqa__hand_is_free_locked(batch, unit);
    if (atomic_load(&batch->cancel))
        status = rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    else if (*open)
        status = rqa__item_rows_take(batch, (size_t)(unit / batch->grid.n_delays));
    rqa__mutex_unlock(&batch->mutex);
    return status;
}

static int open_in_memory(struct rqa_batch *batch, int wait, rqa__hand *hand, int *open)
{
    const rqa__grid *grid = &batch->grid;
    int status = open_item(batch, hand->unit, wait, open);
    if (status) {
        *open = 0;
        rqa__batch_end_unit(batch, hand->unit, status, rqa_last_error());
        return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
    }
    rqa__item *item = &batch->item[hand->unit / grid->n_delays];
    hand->rows = (rqa__unit_rows){item->values, item->reasons, grid->n_delays,
                                  (uint32_t)(hand->unit % grid->n_delays)};
    return RQA_OK;
}

int rqa__hand_open(struct rqa_batch *batch, uint64_t unit, int wait, rqa__hand *hand, int *open)
{
    *hand = (rqa__hand){.unit = unit};
    *open = 0;
    if (!batch->store)
        return open_in_memory(batch, wait, hand, open);
    if (atomic_load(&batch->cancel))
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    int status = rqa__writer_take(batch, wait, &hand->parcel);
    if (status || !hand->parcel)
        return status;
    hand->parcel->unit = unit;
    hand->rows = hand->parcel->rows;
    *open = 1;
    return RQA_OK;
}

void rqa__hand_close(struct rqa_batch *batch, rqa__hand *hand, int status)
{
    if (!hand->parcel) {
        rqa__batch_end_unit(batch, hand->unit, status, status ? rqa_last_error() : "");
        return;
    }
    hand->parcel->status = status;
    if (status != RQA_ERROR_CANCELLED)
        batch->unit[hand->unit].state = RQA__UNIT_GIVEN;
    rqa__writer_give(batch, hand->parcel);
}

void rqa__hand_drop(struct rqa_batch *batch, rqa__hand *hand)
{
    if (!hand->parcel)
        return;
    hand->parcel->status = RQA_ERROR_CANCELLED; /* which the writer forgets */
    rqa__writer_give(batch, hand->parcel);
}
