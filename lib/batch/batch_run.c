/* batch_run.c - the life of a batch: create, add, start, poll, cancel, destroy. */
#include "batch/batch_run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "batch/batch_state.h"

static int init_sync(struct rqa_batch *batch)
{
    int n_made = 0;
    int status = rqa__mutex_init(&batch->mutex);
    if (!status && ++n_made)
        status = rqa__mutex_init(&batch->claim_mutex);
    if (!status && ++n_made)
        status = rqa__cond_init(&batch->event);
    if (!status && ++n_made)
        status = rqa__cond_init(&batch->room);
    if (!status)
        return RQA_OK;
    if (n_made > 2)
        rqa__cond_destroy(&batch->event);
    if (n_made > 1)
        rqa__mutex_destroy(&batch->claim_mutex);
    if (n_made > 0)
        rqa__mutex_destroy(&batch->mutex);
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
    batch->event_interval_s = options->event_interval_s;
    batch->device_interval_s = options->device_interval_s;
    batch->shard_index = options->shard_index;
    batch->shard_count = options->shard_count;
    status = rqa__grid_init(&batch->grid, options);
    if (!status)
        status = rqa__select_backend_for(&batch->choice, context, batch->grid.analysis.backend, 0, 0,
                                         RQA__WORK_ON_GPU | RQA__WORK_HYBRID);
    if (!status)
        status = init_sync(batch);
    if (status) {
        rqa__grid_free(&batch->grid);
        rqa__free(batch);
        return status;
    }
    *out = batch;
    return RQA_OK;
}

void rqa__batch_free(struct rqa_batch *batch)
{
    if (!batch)
        return;
    int at_home = rqa__context_check_process(batch->context) == RQA_OK;
    if (at_home) {
        rqa__batch_cancel(batch);
        if (batch->driver_started && !batch->runs_here)
            rqa__thread_join(&batch->driver);
        else if (batch->driver_started && !batch->driver_done)
            rqa__batch_run_here(batch, NULL, NULL); /* cancelled: it ends what was begun */
        rqa__context_log_flush(batch->context);
        rqa__mutex_destroy(&batch->claim_mutex);
        rqa__cond_destroy(&batch->room);
        rqa__cond_destroy(&batch->event);
        rqa__mutex_destroy(&batch->mutex);
    }
    rqa__free(batch->device);
    for (size_t i = 0; i < batch->n_items; i++)
        rqa__item_free(&batch->item[i]);
    rqa__batch_store_free(batch);
    rqa__batch_units_free(batch);
    rqa__free(batch->item);
    rqa__free(batch->explanation);
    rqa__grid_free(&batch->grid);
    rqa__free(batch);
}

static int check_new(const struct rqa_batch *batch, const char *what)
{
    if (batch->state == RQA__BATCH_NEW)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STATE, "%s after the batch was started", what);
}

static int grow_items(struct rqa_batch *batch)
{
    if (batch->n_items < batch->item_room)
        return RQA_OK;
    size_t room = batch->item_room ? 2 * batch->item_room : 16, n_bytes;
    if (rqa__mul_size(room, sizeof *batch->item, &n_bytes))
        return rqa__fail(RQA_ERROR_OVERFLOW, "%zu items are too many", batch->n_items);
    rqa__item *item = rqa__realloc(batch->item, n_bytes);
    if (!item)
        return rqa__fail_memory("the items of a batch");
    batch->item = item;
    batch->item_room = room;
    return RQA_OK;
}

/* Rows and values of all items must be countable. */
static int check_size(const struct rqa_batch *batch)
{
    uint64_t n = batch->n_items + 1;
    if (batch->grid.n_combinations <= UINT64_MAX / 65536 / n)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_OVERFLOW, "%" PRIu64 " items of %" PRIu64
                     " combinations are too many rows",
                     n, batch->grid.n_combinations);
}

int rqa__batch_add(struct rqa_batch *batch, const rqa_batch_item *item)
{
    int status = check_new(batch, "an item is added");
    if (!status)
        status = check_size(batch);
    if (!status)
        status = grow_items(batch);
    if (!status)
        status = rqa__item_init(batch, &batch->item[batch->n_items], item);
    if (status)
        return status;
    rqa__mutex_lock(&batch->mutex);
    batch->n_items++;
    rqa__mutex_unlock(&batch->mutex);
    return RQA_OK;
}

int rqa__batch_set_table(struct rqa_batch *batch, double *values, uint8_t *reasons, uint64_t n_rows)
{
    int status = check_new(batch, "a table is set");
    if (status)
        return status;
    if (batch->store)
        return rqa__fail(RQA_ERROR_STATE, "a batch with a store takes no table");
    batch->table_values = values;
    batch->table_reasons = reasons;
    batch->table_rows = n_rows;
    return RQA_OK;
}

int rqa__batch_set_store(struct rqa_batch *batch, struct rqa_store *store)
{
    int status = check_new(batch, "a store is set");
    if (status)
        return status;
    if (batch->table_values)
        return rqa__fail(RQA_ERROR_STATE, "a batch with a table takes no store");
    if (batch->store)
        return rqa__fail(RQA_ERROR_STATE, "the batch has a store already");
    if (batch->grid.analysis.border != RQA_BORDER_ALL)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->analysis->border is %s; a store keeps results of border all only",
                         rqa_border_name(batch->grid.analysis.border));
    return rqa__batch_store_set(batch, store);
}

static int check_start(const struct rqa_batch *batch)
{
    uint64_t n_rows = (uint64_t)batch->n_items * batch->grid.n_combinations;
    int status = rqa__context_check_process(batch->context);
    if (!status)
        status = check_new(batch, "the batch is started");
    if (!status && batch->n_items == 0)
        status = rqa__fail(RQA_ERROR_STATE, "the batch has no items");
    if (!status && batch->table_values && batch->table_rows < n_rows)
        status = rqa__fail(RQA_ERROR_STATE,
                           "the table has room for %" PRIu64 " rows; the batch makes %" PRIu64,
                           batch->table_rows, n_rows);
    if (!status && batch->shard_count > 1 && !batch->store)
        status = rqa__fail(RQA_ERROR_STATE, "shard %u of %u needs a store", batch->shard_index,
                           batch->shard_count);
    return status;
}

/* Without a thread to lead it, the work is for the one that waits, unless more than that one have
 * been named. */
static int start_driver(struct rqa_batch *batch)
{
    int status = rqa__thread_start(&batch->driver, rqa__batch_driver, batch);
    if (!status || !(batch->is_auto || batch->choice.backend == RQA_BACKEND_SEQUENTIAL))
        return status;
    batch->runs_here = 1;
    snprintf(batch->thread_note, sizeof batch->thread_note,
             "no thread could be had; the one that waits does the work");
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: %s", batch->thread_note);
    return RQA_OK;
}

int rqa__batch_start(struct rqa_batch *batch)
{
    int status = check_start(batch);
    if (!status)
        status = rqa__batch_prepare(batch);
    if (status)
        return status;
    for (uint64_t u = 0; u < batch->n_units; u++)
        batch->item[u / batch->grid.n_delays].n_units_left += batch->unit[u].in_shard;
    rqa__mutex_lock(&batch->mutex);
    batch->state = RQA__BATCH_RUNNING;
    batch->started_s = rqa__now_s();
    rqa__mutex_unlock(&batch->mutex);
    if (batch->store)
        status = rqa__batch_store_begin(batch);
    if (status == RQA_ERROR_CANCELLED) /* the driver ends it, with its events */
        status = RQA_OK;
    if (!status) {
        status = start_driver(batch);
        if (status && batch->store)
            rqa__batch_store_end(batch, status);
    }
    if (status) {
        rqa__mutex_lock(&batch->mutex);
        batch->state = RQA__BATCH_NEW;
        batch->n_failed = batch->n_skipped = 0;
        batch->working_s = 0;
        batch->any_complete = 0;
        for (size_t i = 0; i < batch->n_items; i++)
            batch->item[i].complete = 0;
        rqa__mutex_unlock(&batch->mutex);
        return status;
    }
    batch->driver_started = 1;
    return RQA_OK;
}

rqa_batch_statistics rqa__batch_statistics_locked(const struct rqa_batch *batch)
{
    rqa_batch_statistics s = {.struct_size = sizeof s, .eta_s = NAN};
    s.state = batch->state;
    /* Before it runs, its owner may be making the plan. */
    s.n_total = batch->state != RQA__BATCH_NEW
                    ? batch->n_rows
                    : (uint64_t)batch->n_items * batch->grid.n_combinations;
    s.n_done = batch->n_done;
    s.n_failed = batch->n_failed;
    s.n_skipped = batch->n_skipped;
    if (s.n_total)
        s.percent = 100 * (double)(s.n_done + s.n_failed + s.n_skipped) / (double)s.n_total;
    if (batch->state == RQA__BATCH_NEW)
        return s;
    double now_s = batch->driver_done ? batch->ended_s : rqa__now_s();
    s.elapsed_s = now_s - batch->started_s;
    if (s.elapsed_s > 0)
        s.rate_per_s = (double)(s.n_done + s.n_failed) / s.elapsed_s;
    if (batch->driver_done)
        s.eta_s = 0;
    else if (batch->working_s > 0)
        s.eta_s = (now_s - batch->working_s) * rqa__pace_left(&batch->pace);
    return s;
}

rqa_batch_statistics rqa__batch_statistics(struct rqa_batch *batch)
{
    rqa__mutex_lock(&batch->mutex);
    rqa_batch_statistics s = rqa__batch_statistics_locked(batch);
    rqa__mutex_unlock(&batch->mutex);
    return s;
}

void rqa__batch_cancel(struct rqa_batch *batch)
{
    atomic_store(&batch->cancel, 1);
    rqa__mutex_lock(&batch->mutex);
    rqa__cond_broadcast(&batch->room);
    rqa__mutex_unlock(&batch->mutex);
}

int rqa__batch_item_status(struct rqa_batch *batch, uint64_t index, const char **text)
{
    if (text)
        *text = "";
    if (index >= batch->n_items)
        return rqa__fail(RQA_ERROR_VALUE, "item is %" PRIu64 "; the batch has %zu", index,
                         batch->n_items);
    const rqa__item *item = &batch->item[index];
    rqa__mutex_lock(&batch->mutex);
    int status = item->status ? item->status : item->complete ? RQA_OK : RQA_ERROR_CANCELLED;
    if (text && status)
        *text = item->text ? item->text : rqa_status_text(status);
    rqa__mutex_unlock(&batch->mutex);
    return status;
}
