/* batch_events.c - the thread inside run or wait: delivers events, one at a time, under no lock. */
#include <math.h>
#include <string.h>

#include "backend/device_stats.h"
#include "base/fp_env.h"
#include "batch/batch_accounts.h"
#include "batch/batch_events.h"
#include "batch/batch_items.h"

static rqa_batch_event event_of(struct rqa_batch *batch, int32_t type)
{
    rqa_batch_event event = {.struct_size = sizeof event,
                             .type = type,
                             .label = "",
                             .text = "",
                             .device_utilization = NAN};
    event.statistics = rqa__batch_statistics_locked(batch);
    if (batch->progress.any_complete)
        event.label = batch->job.item[batch->progress.last_complete].label;
    return event;
}

/* Called and returns with the mutex held; the callback runs without it. */
static void deliver(struct rqa_batch *batch, const rqa_batch_event *event,
                    rqa_batch_callback callback, void *user)
{
    rqa__mutex_unlock(&batch->sync.mutex);
    const int was_inside = rqa__fp_lend();
    int stop = callback ? callback(event, user) : 0;
    rqa__fp_take_back(was_inside);
    if (stop)
        rqa__batch_ask_to_stop(batch);
    rqa__mutex_lock(&batch->sync.mutex);
}

static void deliver_item(struct rqa_batch *batch, rqa_batch_callback callback, void *user)
{
    size_t index = batch->progress.n_delivered;
    rqa__item *item = &batch->job.item[index];
    rqa_batch_event event = event_of(batch, RQA_EVENT_ITEM_COMPLETED);
    event.label = item->label;
    event.item = index;
    event.status = item->status;
    if (item->status)
        event.text = item->text ? item->text : rqa_status_text(item->status);
    event.n_measures = batch->job.grid.n_measures;
    event.values = item->values;
    event.reasons = item->reasons;
    event.reached = item->values ? item->reached : NULL;
    event.n_rows = item->values ? rqa__item_rows(batch, item) : 0;
    deliver(batch, &event, callback, user);
    rqa__item_rows_drop(item);
    batch->progress.n_delivered++;
    rqa__cond_broadcast(&batch->sync.room);
}

/* A device that has failed says so once; the others tell their load, one after the other, at the
 * start, however short the batch is, and every interval. Returns the device whose turn it is, or
 * n_devices. */
static size_t next_device(struct rqa_batch *batch, double now_s)
{
    for (size_t k = 0; k < batch->plan.n_devices; k++)
        if (batch->plan.device[k].status && !batch->plan.device[k].announced)
            return k;
    if (!batch->life.driver_done && batch->delivery.next_device_event == batch->plan.n_devices &&
        now_s >= batch->delivery.last_device_event_s + batch->job.device_interval_s) {
        batch->delivery.last_device_event_s = now_s;
        batch->delivery.next_device_event = 0;
    }
    size_t k = batch->delivery.next_device_event;
    while (k < batch->plan.n_devices && batch->plan.device[k].announced)
        k++;
    batch->delivery.next_device_event = k < batch->plan.n_devices ? k + 1 : k;
    return k;
}

static void deliver_device(struct rqa_batch *batch, size_t k, rqa_batch_callback callback,
                           void *user)
{
    rqa__batch_device *member = &batch->plan.device[k];
    rqa__device_stats stats;
    rqa__mutex_unlock(&batch->sync.mutex);
    rqa__device_stats_read(rqa__devices_of(batch->context), member->index, &stats);
    rqa__mutex_lock(&batch->sync.mutex);
    rqa_batch_event event = event_of(batch, RQA_EVENT_DEVICE_STATS);
    event.label = member->device->info.name;
    event.item = member->index;
    /* The callback runs without the lock: the text of a device that fails meanwhile is for the next
     * event of it. */
    event.status = member->status;
    event.text = member->status ? member->text : "";
    member->announced = member->status != 0;
    event.device_utilization = stats.utilization;
    event.device_memory_used_bytes = stats.memory_used;
    event.device_memory_total_bytes = stats.memory_total;
    deliver(batch, &event, callback, user);
}

/* What the batch's own threads have said. */
static void flush_log(struct rqa_batch *batch)
{
    rqa__mutex_unlock(&batch->sync.mutex);
    rqa__context_log_flush(batch->context);
    rqa__mutex_lock(&batch->sync.mutex);
}

static void end_batch(struct rqa_batch *batch, rqa_batch_callback callback, void *user)
{
    if (batch->delivery.announced_end)
        return;
    batch->delivery.announced_end = 1;
    flush_log(batch);
    batch->life.state = batch->life.status ? RQA__BATCH_STOPPED : RQA__BATCH_ENDED;
    rqa_batch_event event = event_of(batch, RQA_EVENT_BATCH_COMPLETED);
    event.status = batch->life.status;
    event.text = batch->life.text;
    deliver(batch, &event, callback, user);
}

/* Items without a unit in this shard have no event. */
static int item_is_ready(struct rqa_batch *batch)
{
    while (batch->progress.n_delivered < batch->job.n_items &&
           !rqa__item_in_shard(batch, batch->progress.n_delivered))
        batch->progress.n_delivered++;
    return batch->progress.n_delivered < batch->job.n_items &&
           batch->job.item[batch->progress.n_delivered].complete;
}

/* One that need not be waited for. */
static int has_event(struct rqa_batch *batch)
{
    int failed = 0;
    for (size_t k = 0; k < batch->plan.n_devices; k++)
        failed |= batch->plan.device[k].status && !batch->plan.device[k].announced;
    return failed || batch->delivery.next_device_event < batch->plan.n_devices ||
           item_is_ready(batch) || batch->life.driver_done;
}

void rqa__batch_pump(struct rqa_batch *batch, double deadline_s, rqa_batch_callback callback,
                     void *user)
{
    for (;;) {
        flush_log(batch);
        size_t device = batch->delivery.announced_start ? next_device(batch, rqa__now_s())
                                                        : batch->plan.n_devices;
        if (!batch->delivery.announced_start) {
            batch->delivery.announced_start = 1;
            rqa_batch_event event = event_of(batch, RQA_EVENT_BATCH_STARTED);
            deliver(batch, &event, callback, user);
            batch->delivery.last_event_s = batch->delivery.last_device_event_s = rqa__now_s();
        } else {
            if (device < batch->plan.n_devices)
                deliver_device(batch, device, callback, user);
            /* Whatever devices have to tell: workers wait for the room that items take up. */
            if (item_is_ready(batch)) {
                deliver_item(batch, callback, user);
            } else if (device == batch->plan.n_devices && batch->life.driver_done) {
                end_batch(batch, callback, user);
                return;
            }
        }
        double now = rqa__now_s();
        double next_event = batch->delivery.last_event_s + batch->job.event_interval_s;
        if (now >= next_event && !batch->life.driver_done) {
            rqa_batch_event event = event_of(batch, RQA_EVENT_PROGRESS);
            deliver(batch, &event, callback, user);
            batch->delivery.last_event_s = rqa__now_s();
            next_event = batch->delivery.last_event_s + batch->job.event_interval_s;
        }
        if (now >= deadline_s)
            return;
        if (batch->plan.n_devices > 0)
            next_event = fmin(next_event,
                              batch->delivery.last_device_event_s + batch->job.device_interval_s);
        if (!has_event(batch)) {
            /* An interval of 0 must not become a busy loop. */
            double until = fmax(next_event, rqa__now_s() + 0.001);
            rqa__cond_wait_until(&batch->sync.event, &batch->sync.mutex, fmin(until, deadline_s));
        }
    }
}
