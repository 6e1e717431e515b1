/* batch_queue.c - the units of a batch in a queue, and in somebody's hand: claimed, with room for
 * their rows, handed on or given back. */
#include "batch/batch_queue.h"

#include "base/memory.h"
#include "batch/batch_accounts.h"
#include "batch/batch_here.h"
#include "batch/batch_items.h"
#include "batch/batch_store.h"
#include "batch/batch_writer.h"

/* With a store, units are claimed together until they are this much work, so that a claim costs
 * little beside what is claimed. */
static const double claim_ns = 1e8;

/* Units order[at], order[at + step], ... up to but without order[end]. */
typedef struct stretch {
    const uint64_t *order;
    size_t at, end;
    int step;
} stretch;

static int claim(struct rqa_batch *batch, const stretch *s)
{
    uint64_t unit[RQA__MAX_CLAIM];
    size_t n = 0;
    double cost = 0;
    rqa__mutex_lock(&batch->sync.claim_mutex);
    for (size_t k = s->at; k != s->end && n < RQA__MAX_CLAIM && cost < claim_ns;
         k += (size_t)s->step)
        if (batch->plan.unit[s->order[k]].state == RQA__UNIT_OPEN) {
            cost += batch->plan.unit[s->order[k]].cost;
            unit[n++] = s->order[k];
        } else if (k == s->at) {
            break; /* another worker has claimed it in the meantime */
        }
    int status = n > 0 ? rqa__batch_store_claim(batch, unit, n) : RQA_OK;
    rqa__mutex_unlock(&batch->sync.claim_mutex);
    return status;
}

/* Whether the item of a unit may begin. */
static int is_free_locked(const struct rqa_batch *batch, uint64_t unit)
{
    size_t item = (size_t)(unit / batch->job.grid.n_delays);
    return batch->store || batch->job.table_values ||
           item < batch->progress.n_delivered + batch->plan.n_ahead;
}

/* Rows in memory: those of the whole item. */
static int open_item(struct rqa_batch *batch, uint64_t unit, int wait, int *open)
{
    int status = RQA_OK;
    rqa__mutex_lock(&batch->sync.mutex);
    while (wait && !is_free_locked(batch, unit) && !atomic_load(&batch->sync.cancel))
        rqa__batch_await_room_locked(batch);
    *open = is_free_locked(batch, unit);
    if (atomic_load(&batch->sync.cancel))
        status = rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    else if (*open)
        status = rqa__item_rows_take(batch, (size_t)(unit / batch->job.grid.n_delays));
    rqa__mutex_unlock(&batch->sync.mutex);
    return status;
}

static int open_in_memory(struct rqa_batch *batch, int wait, rqa__hand *hand, int *open)
{
    const rqa__grid *grid = &batch->job.grid;
    int status = open_item(batch, hand->unit, wait, open);
    if (status) {
        *open = 0;
        rqa__batch_end_unit(batch, hand->unit, status, rqa_last_error());
        return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
    }
    rqa__item *item = &batch->job.item[hand->unit / grid->n_delays];
    hand->rows = (rqa__unit_rows){item->values, item->reasons, grid->n_delays,
                                  (uint32_t)(hand->unit % grid->n_delays), item->reached};
    return RQA_OK;
}

static int open_for_store(struct rqa_batch *batch, int wait, rqa__hand *hand, int *open)
{
    int status = rqa__writer_take(batch, hand->unit, wait, &hand->parcel);
    if (status || !hand->parcel)
        return status;
    hand->rows = hand->parcel->rows;
    *open = 1;
    return RQA_OK;
}

/* Whether a unit is still to be taken, and by us. */
static int is_ours(const struct rqa_batch *batch, uint64_t unit)
{
    return batch->plan.unit[unit].state == (batch->store ? RQA__UNIT_MINE : RQA__UNIT_OPEN);
}

/* Takes a unit in hand: with a store claims it, unless that is done, together with as many of the
 * stretch that it begins as are worth a claim; and makes room for its rows. Where there is none
 * now, `wait` for it, or leave *open 0. *open is 0 too for a unit that is not ours, and for one
 * that failed by itself, which is accounted for. */
static int take(struct rqa_batch *batch, const stretch *ahead, int wait, rqa__hand *hand, int *open)
{
    const uint64_t unit = hand->unit;
    int status = RQA_OK;
    *open = 0;
    if (atomic_load(&batch->sync.cancel))
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    if (batch->store && batch->plan.unit[unit].state == RQA__UNIT_OPEN)
        status = claim(batch, ahead);
    if (status || !is_ours(batch, unit))
        return status;
    return batch->store ? open_for_store(batch, wait, hand, open)
                        : open_in_memory(batch, wait, hand, open);
}

int rqa__hand_take(struct rqa_batch *batch, uint64_t unit, rqa__hand *hand, int *open)
{
    const stretch alone = {&unit, 0, 1, 1};
    *hand = (rqa__hand){.unit = unit};
    return take(batch, &alone, 1, hand, open);
}

void rqa__hand_close(struct rqa_batch *batch, rqa__hand *hand, int status)
{
    if (!hand->parcel) {
        rqa__batch_end_unit(batch, hand->unit, status, status ? rqa_last_error() : "");
    } else {
        hand->parcel->status = status;
        if (status != RQA_ERROR_CANCELLED)
            batch->plan.unit[hand->unit].state = RQA__UNIT_GIVEN;
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

/* ---- the queue ---- */

static double device_speed(const struct rqa_batch *batch)
{
    double speed = 0;
    for (size_t k = 0; k < batch->plan.n_devices; k++)
        speed += batch->plan.device[k].status ? 0 : batch->plan.device[k].speed;
    return speed;
}

double rqa__crew_speed(const struct rqa_batch *batch)
{
    double speed = device_speed(batch);
    if (batch->plan.choice.backend == RQA_BACKEND_HYBRID)
        speed += batch->plan.n_cpu;
    return speed > 0 ? speed : 1;
}

int rqa__queue_open(rqa__queue *queue, struct rqa_batch *batch, const uint64_t *order,
                    size_t n_order, int sorted)
{
    *queue = (rqa__queue){.batch = batch, .order = order, .sorted = sorted, .back = n_order};
    for (size_t k = 0; k < n_order; k++)
        queue->left += batch->plan.unit[order[k]].cost;
    queue->returned = rqa__alloc(rqa__queue_bytes(n_order));
    return queue->returned ? RQA_OK : rqa__fail_memory("the workers");
}

void rqa__queue_close(rqa__queue *queue)
{
    rqa__free(queue->returned);
}

typedef struct pick {
    uint64_t unit;
    stretch ahead; /* empty: it was returned, and is claimed */
} pick;

/* A thread that took this unit would finish after the devices have done all the rest. */
static int is_late(const rqa__queue *q, uint64_t unit)
{
    return device_speed(q->batch) > 0 &&
           q->batch->plan.unit[unit].cost > q->left / rqa__crew_speed(q->batch);
}

static int pick_next_locked(rqa__queue *q, int is_device, pick *out)
{
    if (is_device || !q->sorted) {
        *out = (pick){q->order[q->front], {q->order, q->front, q->back, 1}};
        if (!is_device && is_late(q, out->unit))
            return 0;
        q->front++;
    } else {
        *out = (pick){q->order[q->back - 1], {q->order, q->back - 1, q->front - 1, -1}};
        if (is_late(q, out->unit))
            return 0;
        q->back--;
    }
    q->left -= q->batch->plan.unit[out->unit].cost;
    return 1;
}

static int next_is_free_locked(const rqa__queue *q, int is_device)
{
    size_t at = is_device || !q->sorted ? q->front : q->back - 1;
    return is_free_locked(q->batch, q->order[at]);
}

/* 0 when there is nothing (more) for this worker. */
static int pick_unit(rqa__queue *q, unsigned how, pick *out)
{
    struct rqa_batch *batch = q->batch;
    const int is_device = (how & RQA__TAKE_AS_DEVICE) != 0;
    int picked = 0, wait = 1;
    rqa__mutex_lock(&batch->sync.mutex);
    while (wait && !picked) {
        wait = 0;
        if (atomic_load(&batch->sync.cancel) || q->stop)
            break;
        if (q->n_returned > 0) {
            *out = (pick){.unit = q->returned[--q->n_returned]};
            q->left -= batch->plan.unit[out->unit].cost;
            picked = 1;
        } else if (q->front < q->back) {
            wait = !(how & RQA__TAKE_NO_WAIT);
            if (next_is_free_locked(q, is_device))
                picked = pick_next_locked(q, is_device, out), wait = 0;
            else if (wait)
                rqa__batch_await_room_locked(batch);
        }
    }
    rqa__mutex_unlock(&batch->sync.mutex);
    return picked;
}

int rqa__queue_take(rqa__queue *q, unsigned how, rqa__hand *hand, int *open)
{
    pick p;
    *open = 0;
    while (!*open && pick_unit(q, how, &p)) {
        *hand = (rqa__hand){.unit = p.unit};
        int status = take(q->batch, &p.ahead, !(how & RQA__TAKE_NO_WAIT), hand, open);
        if (status)
            return status;
        if (!*open && is_ours(q->batch, p.unit)) { /* no room, and it will not wait */
            rqa__queue_return(q, p.unit);
            return RQA_OK;
        }
    }
    return RQA_OK;
}

void rqa__queue_return(rqa__queue *q, uint64_t unit)
{
    rqa__mutex_lock(&q->batch->sync.mutex);
    q->returned[q->n_returned++] = unit;
    q->left += q->batch->plan.unit[unit].cost;
    rqa__cond_broadcast(&q->batch->sync.room);
    rqa__mutex_unlock(&q->batch->sync.mutex);
}

void rqa__queue_stop(rqa__queue *q)
{
    rqa__mutex_lock(&q->batch->sync.mutex);
    q->stop = 1;
    rqa__cond_broadcast(&q->batch->sync.room);
    rqa__mutex_unlock(&q->batch->sync.mutex);
}

double rqa__queue_left_ns(rqa__queue *q)
{
    rqa__mutex_lock(&q->batch->sync.mutex);
    double ns = q->left / rqa__crew_speed(q->batch);
    rqa__mutex_unlock(&q->batch->sync.mutex);
    return ns;
}
