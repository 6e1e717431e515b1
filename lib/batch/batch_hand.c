/* batch_hand.c - a unit in somebody's hand: claimed, with room for its rows, handed on. */
#include "base/memory.h"
#include "batch/batch_state.h"

/* With a store, units are claimed together until they are this much work, so that a claim costs
 * little beside what is claimed. */
static const double claim_ns = 1e8;

static int claim(struct rqa_batch *batch, const rqa__stretch *s)
{
    uint64_t unit[RQA__MAX_CLAIM];
    size_t n = 0;
    double cost = 0;
    rqa__mutex_lock(&batch->claim_mutex);
    for (size_t k = s->at; k != s->end && n < RQA__MAX_CLAIM && cost < claim_ns;
         k += (size_t)s->step)
        if (batch->unit[s->order[k]].state == RQA__UNIT_OPEN) {
            cost += batch->unit[s->order[k]].cost;
            unit[n++] = s->order[k];
        } else if (k == s->at) {
            break; /* another worker has claimed it in the meantime */
        }
    int status = n > 0 ? rqa__batch_store_claim(batch, unit, n) : RQA_OK;
    rqa__mutex_unlock(&batch->claim_mutex);
    return status;
}

int rqa__hand_is_free_locked(const struct rqa_batch *batch, uint64_t unit)
{
    size_t item = (size_t)(unit / batch->grid.n_delays);
    return batch->store || batch->table_values || item < batch->n_delivered + batch->n_ahead;
}

/* Rows in memory: those of the whole item. */
static int open_item(struct rqa_batch *batch, uint64_t unit, int wait, int *open)
{
    int status = RQA_OK;
    rqa__mutex_lock(&batch->mutex);
    while (wait && !rqa__hand_is_free_locked(batch, unit) && !atomic_load(&batch->cancel))
        if (!rqa__batch_breathe_locked(batch))
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

static int open_for_store(struct rqa_batch *batch, int wait, rqa__hand *hand, int *open)
{
    int status = rqa__writer_take(batch, wait, &hand->parcel);
    if (status || !hand->parcel)
        return status;
    hand->parcel->unit = hand->unit;
    hand->rows = hand->parcel->rows;
    *open = 1;
    return RQA_OK;
}

int rqa__hand_is_ours(const struct rqa_batch *batch, uint64_t unit)
{
    return batch->unit[unit].state == (batch->store ? RQA__UNIT_MINE : RQA__UNIT_OPEN);
}

int rqa__hand_take(struct rqa_batch *batch, uint64_t unit, const rqa__stretch *ahead, int wait,
                   rqa__hand *hand, int *open)
{
    int status = RQA_OK;
    *hand = (rqa__hand){.unit = unit};
    *open = 0;
    if (atomic_load(&batch->cancel))
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    if (batch->store && batch->unit[unit].state == RQA__UNIT_OPEN)
        status = claim(batch, ahead);
    if (status || !rqa__hand_is_ours(batch, unit))
        return status;
    return batch->store ? open_for_store(batch, wait, hand, open)
                        : open_in_memory(batch, wait, hand, open);
}

void rqa__hand_close(struct rqa_batch *batch, rqa__hand *hand, int status)
{
    if (!hand->parcel) {
        rqa__batch_end_unit(batch, hand->unit, status, status ? rqa_last_error() : "");
    } else {
        hand->parcel->status = status;
        if (status != RQA_ERROR_CANCELLED)
            batch->unit[hand->unit].state = RQA__UNIT_GIVEN;
        rqa__writer_give(batch, hand->parcel);
    }
    rqa__batch_breathe(batch);
}

void rqa__hand_drop(struct rqa_batch *batch, rqa__hand *hand)
{
    if (!hand->parcel)
        return;
    hand->parcel->status = RQA_ERROR_CANCELLED; /* which the writer forgets */
    rqa__writer_give(batch, hand->parcel);
}
