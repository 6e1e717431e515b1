/* batch_accounts.c - what of a batch is done, failed or skipped, whoever did it. */
#include "batch/batch_accounts.h"

#include <math.h>

#include "base/memory.h"
#include "batch/batch_items.h"

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
    size_t index = (size_t)(item - batch->job.item);
    if (item->status) {
        /* What had been counted as done has failed with the rest; what the store had, it has. */
        uint64_t n_rows = 0;
        for (uint32_t t = 0; t < batch->job.grid.n_delays; t++)
            n_rows += batch->plan.unit[index * batch->job.grid.n_delays + t].n_rows;
        if (item->values)
            rqa__item_rows_fail(batch, item);
        batch->progress.n_done -= n_rows;
        batch->progress.n_failed += n_rows;
    }
    item->complete = 1;
    batch->progress.last_complete = index;
    batch->progress.any_complete = 1;
    rqa__cond_signal(&batch->sync.event);
}

void rqa__batch_end_unit(struct rqa_batch *batch, uint64_t index, int status, const char *text)
{
    rqa__unit *unit = &batch->plan.unit[index];
    rqa__item *item = rqa__batch_item_of(batch, index);
    if (status == RQA_ERROR_CANCELLED)
        return;
    rqa__mutex_lock(&batch->sync.mutex);
    if (status)
        note_failure(item, status, text);
    unit->state = RQA__UNIT_ENDED;
    rqa__pace_done(&batch->progress.pace, unit->cost, unit->seconds);
    batch->progress.n_done += unit->n_rows;
    if (--item->n_units_left == 0)
        end_item_locked(batch, item);
    rqa__mutex_unlock(&batch->sync.mutex);
}

void rqa__batch_skip_rows_locked(struct rqa_batch *batch, uint64_t index, uint64_t n_rows)
{
    rqa__unit *unit = &batch->plan.unit[index];
    rqa__item *item = rqa__batch_item_of(batch, index);
    double part = unit->n_rows ? unit->cost * (double)n_rows / (double)unit->n_rows : 0;
    rqa__batch_set_cost(batch, index, unit->cost - part);
    unit->n_rows -= n_rows;
    batch->progress.n_skipped += n_rows;
    if (unit->n_rows > 0)
        return;
    unit->state = RQA__UNIT_ENDED;
    if (--item->n_units_left == 0)
        end_item_locked(batch, item);
}

void rqa__batch_set_cost(struct rqa_batch *batch, uint64_t index, double cost)
{
    rqa__unit *unit = &batch->plan.unit[index];
    rqa__pace_remove(&batch->progress.pace, unit->cost);
    rqa__pace_add(&batch->progress.pace, cost);
    batch->progress.cost_total += cost - unit->cost;
    unit->cost = cost;
}

int rqa__item_in_shard(const struct rqa_batch *batch, size_t i)
{
    const uint32_t n = batch->job.grid.n_delays;
    uint32_t t = 0;
    while (t < n && !batch->plan.unit[i * n + t].in_shard)
        t++;
    return t < n;
}

rqa_batch_statistics rqa__batch_statistics_locked(const struct rqa_batch *batch)
{
    rqa_batch_statistics s = {.struct_size = sizeof s, .eta_s = NAN};
    s.state = batch->life.state;
    /* Before it runs, its owner may be making the plan. */
    s.n_total = batch->life.state != RQA__BATCH_NEW
                    ? batch->plan.n_rows
                    : batch->job.n_rows;
    s.n_done = batch->progress.n_done;
    s.n_failed = batch->progress.n_failed;
    s.n_skipped = batch->progress.n_skipped;
    if (s.n_total)
        s.percent = 100 * (double)(s.n_done + s.n_failed + s.n_skipped) / (double)s.n_total;
    if (batch->life.state == RQA__BATCH_NEW)
        return s;
    double now_s = batch->life.driver_done ? batch->progress.ended_s : rqa__now_s();
    s.elapsed_s = now_s - batch->progress.started_s;
    if (s.elapsed_s > 0)
        s.rate_per_s = (double)(s.n_done + s.n_failed) / s.elapsed_s;
    if (batch->life.driver_done)
        s.eta_s = 0;
    else if (batch->progress.working_s > 0)
        s.eta_s = (now_s - batch->progress.working_s) * rqa__pace_left(&batch->progress.pace);
    return s;
}

void rqa__batch_ask_to_stop(struct rqa_batch *batch)
{
    atomic_store(&batch->sync.cancel, 1);
    rqa__mutex_lock(&batch->sync.mutex);
    rqa__cond_broadcast(&batch->sync.room);
    rqa__mutex_unlock(&batch->sync.mutex);
}
