/* batch_run.c - the life of a batch: create, add, start, poll, cancel, destroy. */
#include "batch/batch_run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "batch/batch_accounts.h"
#include "batch/batch_driver.h"
#include "batch/batch_events.h"
#include "batch/batch_here.h"
#include "batch/batch_items.h"
#include "batch/batch_plan.h"
#include "batch/batch_state.h"
#include "batch/batch_store.h"
#include "batch/batch_team.h"

static int init_sync(struct rqa_batch *batch)
{
    int n_made = 0;
    int status = rqa__mutex_init(&batch->sync.mutex);
    if (!status && ++n_made)
        status = rqa__mutex_init(&batch->sync.claim_mutex);
    if (!status && ++n_made)
        status = rqa__cond_init(&batch->sync.event);
    if (!status && ++n_made)
        status = rqa__cond_init(&batch->sync.room);
    if (!status)
        return RQA_OK;
    if (n_made > 2)
        rqa__cond_destroy(&batch->sync.event);
    if (n_made > 1)
        rqa__mutex_destroy(&batch->sync.claim_mutex);
    if (n_made > 0)
        rqa__mutex_destroy(&batch->sync.mutex);
    return status;
}

static int check_interval(double seconds, const char *name)
{
    if (seconds >= 0 && seconds <= 1e6)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "options->%s is %s; allowed is 0..1e6 seconds", name,
                     rqa__shortest(seconds).text);
}

static int check_shard(const rqa_batch_options *options)
{
    uint32_t index = options->shard_index, count = options->shard_count;
    if (count == 0 ? index == 0 : index >= 1 && index <= count)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "options->shard_index is %u; allowed is 1..shard_count (%u)",
                     index, count);
}

int rqa__batch_new(struct rqa_batch **out, struct rqa_context *context,
                   const rqa_batch_options *options)
{
    int status = check_interval(options->event_interval_s, "event_interval_s");
    if (!status)
        status = check_interval(options->device_interval_s, "device_interval_s");
    if (!status)
        status = check_shard(options);
    if (status)
        return status;
    struct rqa_batch *batch = rqa__calloc(1, sizeof *batch);
    if (!batch)
        return rqa__fail_memory("a batch");
    batch->context = context;
    batch->job.event_interval_s = options->event_interval_s;
    batch->job.device_interval_s = options->device_interval_s;
    batch->job.shard_index = options->shard_index;
    batch->job.shard_count = options->shard_count;
    status = rqa__grid_init(&batch->job.grid, options);
    if (!status)
        status =
            rqa__select_backend_for(&batch->plan.choice, context, rqa__batch_backend(batch), 0, 0,
                                    rqa__batch_work(batch));
    if (!status)
        status = init_sync(batch);
    if (status) {
        rqa__grid_free(&batch->job.grid);
        rqa__free(batch);
        return status;
    }
    *out = batch;
    return RQA_OK;
}

/* Does the work, with events. */
static void run_here(struct rqa_batch *batch, rqa_batch_callback callback, void *user)
{
    rqa__here here = {.batch = batch, .pump = rqa__batch_pump, .callback = callback, .user = user};
    rqa__here_enter(&here);
    rqa__batch_driver(batch);
    rqa__here_leave(&here);
}

void rqa__batch_free(struct rqa_batch *batch)
{
    if (!batch)
        return;
    int at_home = rqa__context_check_process(batch->context) == RQA_OK;
    if (at_home) {
        rqa__batch_cancel(batch);
        if (batch->life.driver_started && !batch->life.runs_here)
            rqa__thread_join(&batch->life.driver);
        else if (batch->life.driver_started && !batch->life.driver_done)
            run_here(batch, NULL, NULL); /* cancelled: it ends what was begun */
        rqa__context_log_flush(batch->context);
        rqa__mutex_destroy(&batch->sync.claim_mutex);
        rqa__cond_destroy(&batch->sync.room);
        rqa__cond_destroy(&batch->sync.event);
        rqa__mutex_destroy(&batch->sync.mutex);
    }
    rqa__free(batch->plan.device);
    for (size_t i = 0; i < batch->job.n_items; i++)
        rqa__item_free(&batch->job.item[i]);
    rqa__batch_store_free(batch);
    rqa__batch_units_free(batch);
    rqa__free(batch->job.item);
    rqa__free(batch->life.explanation);
    rqa__grid_free(&batch->job.grid);
    rqa__free(batch);
}

static int check_new(const struct rqa_batch *batch, const char *what)
{
    if (batch->life.state == RQA__BATCH_NEW)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STATE, "%s after the batch was started", what);
}

static int grow_items(struct rqa_batch *batch)
{
    if (batch->job.n_items < batch->job.item_room)
        return RQA_OK;
    size_t room = batch->job.item_room ? 2 * batch->job.item_room : 16, n_bytes;
    if (rqa__mul_size(room, sizeof *batch->job.item, &n_bytes))
        return rqa__fail(RQA_ERROR_OVERFLOW, "%zu items are too many", batch->job.n_items);
    rqa__item *item = rqa__realloc(batch->job.item, n_bytes);
    if (!item)
        return rqa__fail_memory("the items of a batch");
    batch->job.item = item;
    batch->job.item_room = room;
    return RQA_OK;
}

int rqa__batch_add(struct rqa_batch *batch, const rqa_batch_item *item)
{
    int status = check_new(batch, "an item is added");
    if (!status)
        status = grow_items(batch);
    if (!status)
        status = rqa__item_init(batch, &batch->job.item[batch->job.n_items], item);
    if (status)
        return status;
    const rqa__item *added = &batch->job.item[batch->job.n_items];
    rqa__mutex_lock(&batch->sync.mutex);
    batch->job.n_items++;
    batch->job.n_rows += rqa__item_rows(batch, added);
    if (added->n_windows > batch->job.most_windows)
        batch->job.most_windows = added->n_windows;
    rqa__mutex_unlock(&batch->sync.mutex);
    return RQA_OK;
}

int rqa__batch_set_table(struct rqa_batch *batch, double *values, uint8_t *reasons, uint64_t n_rows)
{
    int status = check_new(batch, "a table is set");
    if (status)
        return status;
    if (batch->store)
        return rqa__fail(RQA_ERROR_STATE, "a batch with a store takes no table");
    batch->job.table_values = values;
    batch->job.table_reasons = reasons;
    batch->job.table_rows = n_rows;
    return RQA_OK;
}

int rqa__batch_set_reached(struct rqa_batch *batch, double *reached, uint64_t n_rows)
{
    int status = check_new(batch, "an array for what is reached is set");
    if (status)
        return status;
    if (batch->store)
        return rqa__fail(RQA_ERROR_STATE, "a batch with a store takes no array");
    batch->job.table_reached = reached;
    batch->job.table_reached_rows = n_rows;
    return RQA_OK;
}

int rqa__batch_set_store(struct rqa_batch *batch, struct rqa_store *store)
{
    int status = check_new(batch, "a store is set");
    if (status)
        return status;
    if (batch->job.table_values || batch->job.table_reached)
        return rqa__fail(RQA_ERROR_STATE, "a batch with a table takes no store");
    if (batch->store)
        return rqa__fail(RQA_ERROR_STATE, "the batch has a store already");
    return rqa__batch_store_set(batch, store);
}

static int check_start(const struct rqa_batch *batch)
{
    const uint64_t n_rows = batch->job.n_rows;
    int status = rqa__context_check_process(batch->context);
    if (!status)
        status = check_new(batch, "the batch is started");
    if (!status && batch->job.n_items == 0)
        status = rqa__fail(RQA_ERROR_STATE, "the batch has no items");
    if (!status && batch->job.table_values && batch->job.table_rows < n_rows)
        status = rqa__fail(RQA_ERROR_STATE,
                           "the table has room for %" PRIu64 " rows; the batch makes %" PRIu64,
                           batch->job.table_rows, n_rows);
    if (!status && batch->job.table_reached && batch->job.table_reached_rows < n_rows)
        status = rqa__fail(RQA_ERROR_STATE,
                           "the array for what is reached has room for %" PRIu64
                           " rows; the batch makes %" PRIu64,
                           batch->job.table_reached_rows, n_rows);
    if (!status && batch->job.shard_count > 1 && !batch->store)
        status = rqa__fail(RQA_ERROR_STATE, "shard %u of %u needs a store", batch->job.shard_index,
                           batch->job.shard_count);
    return status;
}

/* Without a thread to lead it, the work is for the one that waits, unless more than that one have
 * been named. */
static int start_driver(struct rqa_batch *batch)
{
    int status = rqa__thread_start(&batch->life.driver, rqa__batch_driver, batch);
    if (!status || !(batch->plan.is_auto || batch->plan.choice.backend == RQA_BACKEND_SEQUENTIAL))
        return status;
    batch->life.runs_here = 1;
    snprintf(batch->life.thread_note, sizeof batch->life.thread_note,
             "no thread could be had; the one that waits does the work");
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: %s", batch->life.thread_note);
    return RQA_OK;
}

int rqa__batch_start(struct rqa_batch *batch)
{
    int status = check_start(batch);
    if (!status)
        status = rqa__batch_prepare(batch);
    if (status)
        return status;
    for (uint64_t u = 0; u < batch->plan.n_units; u++)
        batch->job.item[u / batch->job.grid.n_delays].n_units_left += batch->plan.unit[u].in_shard;
    rqa__mutex_lock(&batch->sync.mutex);
    batch->life.state = RQA__BATCH_RUNNING;
    batch->progress.started_s = rqa__now_s();
    rqa__mutex_unlock(&batch->sync.mutex);
    if (batch->store)
        status = rqa__batch_store_begin(batch);
    if (status == RQA_ERROR_CANCELLED) /* the driver ends it, with its events */
        status = RQA_OK;
    if (!status) {
        rqa__batch_choose_teams(batch, batch->plan.n_devices > 0);
        status = start_driver(batch);
        if (status && batch->store)
            rqa__batch_store_end(batch, status);
    }
    if (status) {
        rqa__mutex_lock(&batch->sync.mutex);
        batch->life.state = RQA__BATCH_NEW;
        batch->progress.n_failed = batch->progress.n_skipped = 0;
        batch->progress.working_s = 0;
        batch->progress.any_complete = 0;
        for (size_t i = 0; i < batch->job.n_items; i++)
            batch->job.item[i].complete = 0;
        rqa__mutex_unlock(&batch->sync.mutex);
        return status;
    }
    batch->life.driver_started = 1;
    return RQA_OK;
}

int rqa__batch_wait(struct rqa_batch *batch, double timeout_s, rqa_batch_callback callback,
                    void *user)
{
    int status = rqa__context_check_process(batch->context);
    if (status)
        return status;
    if (isnan(timeout_s))
        return rqa__fail(RQA_ERROR_VALUE, "timeout_s is NaN; negative means no limit");
    if (!batch->life.driver_started)
        return rqa__fail(RQA_ERROR_STATE, "the batch has not been started");
    double limit_s = timeout_s < 0 || timeout_s > 1e9 ? 1e9 : timeout_s;
    if (batch->life.runs_here && !batch->life.driver_done)
        run_here(batch, callback, user);
    rqa__mutex_lock(&batch->sync.mutex);
    rqa__batch_pump(batch, rqa__now_s() + limit_s, callback, user);
    int ended = batch->delivery.announced_end;
    status = ended ? batch->life.status : RQA_OK;
    rqa__mutex_unlock(&batch->sync.mutex);
    if (status)
        rqa__error_text_set(batch->life.text);
    return status;
}

rqa_batch_statistics rqa__batch_statistics(struct rqa_batch *batch)
{
    rqa__mutex_lock(&batch->sync.mutex);
    rqa_batch_statistics s = rqa__batch_statistics_locked(batch);
    rqa__mutex_unlock(&batch->sync.mutex);
    return s;
}

void rqa__batch_cancel(struct rqa_batch *batch)
{
    rqa__batch_ask_to_stop(batch);
}

int rqa__batch_item_status(struct rqa_batch *batch, uint64_t index, const char **text)
{
    if (text)
        *text = "";
    if (index >= batch->job.n_items)
        return rqa__fail(RQA_ERROR_VALUE, "item is %" PRIu64 "; the batch has %zu", index,
                         batch->job.n_items);
    const rqa__item *item = &batch->job.item[index];
    rqa__mutex_lock(&batch->sync.mutex);
    int status = item->status ? item->status : item->complete ? RQA_OK : RQA_ERROR_CANCELLED;
    if (text && status)
        *text = item->text ? item->text : rqa_status_text(status);
    rqa__mutex_unlock(&batch->sync.mutex);
    return status;
}
