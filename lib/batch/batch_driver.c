/* batch_driver.c - the thread that runs the units of a batch, and the accounts it keeps. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "batch/batch_state.h"

/* A unit that is more than this share of one thread's part is split over all threads. */
static const double split_share = 0.5;
/* Items begun and not yet delivered, beyond one for each thread, before workers pause. */
enum { ITEMS_AHEAD = 4 };

typedef struct driver {
    struct rqa_batch *batch;
    rqa__pool *pool;
    rqa__unit_worker **worker; /* [n_threads] */
    uint64_t first_unit;       /* of the round in hand */
} driver;

static double unit_cost(const struct rqa_batch *batch, const rqa__item *item, uint32_t delay)
{
    rqa__task task;
    if (!item->x.series || rqa__unit_task(&task, batch, item, delay) == 0)
        return 0;
    return rqa__cost(&batch->context->profile, &task);
}

static double unit_operations(const rqa__task *task)
{
    double operations = 0;
    for (uint32_t d = 0; d < task->n_dims; d++)
        operations += (double)rqa__side_vectors(&task->x, d) *
                      (double)rqa__side_vectors(&task->y, d) * task->n_thresholds;
    return operations;
}

/* Cost, operations and the memory of the largest unit. */
static void survey(struct rqa_batch *batch, double *operations, size_t *n_bytes)
{
    const rqa__profile *profile = &batch->context->profile;
    *operations = 0;
    *n_bytes = 0;
    batch->cost_total = 0;
    for (size_t i = 0; i < batch->n_items; i++)
        for (uint32_t t = 0; t < batch->grid.n_delays; t++) {
            rqa__task task;
            const rqa__item *item = &batch->item[i];
            if (!item->x.series || rqa__unit_task(&task, batch, item, t) == 0)
                continue;
            batch->cost_total += rqa__cost(profile, &task);
            *operations += unit_operations(&task);
            size_t bytes = rqa__cpu_memory(&task, rqa__strategy(profile, &task), 1);
            if (bytes > *n_bytes)
                *n_bytes = bytes;
        }
}

int rqa__batch_prepare(struct rqa_batch *batch)
{
    double operations;
    size_t unit_bytes;
    survey(batch, &operations, &unit_bytes);
    int status = rqa__select_backend(&batch->choice, batch->context, batch->grid.analysis.backend,
                                     operations, batch->cost_total);
    if (status)
        return status;
    uint64_t row_bytes = batch->grid.n_measures * (sizeof(double) + 1);
    uint64_t items_open = batch->choice.n_threads + ITEMS_AHEAD;
    if (items_open > batch->n_items)
        items_open = batch->n_items;
    uint64_t rows_open = batch->table_values ? 0 : items_open * batch->grid.n_combinations;
    uint64_t n_bytes = rows_open * row_bytes + (uint64_t)batch->choice.n_threads * unit_bytes;
    status = rqa__context_check_memory(batch->context, n_bytes, "the batch");
    if (!status)
        rqa__context_log(batch->context, RQA_LOG_INFO, "batch: backend %s (%s)",
                         rqa_backend_name(batch->choice.backend), batch->choice.reason);
    return status;
}

/* An item that fails has all its rows marked; what other workers still write into them is
 * overwritten when its last unit ends. */
static void note_failure(rqa__item *item, int status)
{
    if (item->status)
        return;
    item->status = status;
    item->text = rqa__strdup(rqa_last_error()); /* without memory the status alone remains */
}

static void end_unit(struct rqa_batch *batch, rqa__item *item, uint32_t delay, int status)
{
    uint64_t n_rows = batch->grid.n_combinations / batch->grid.n_delays;
    double cost = unit_cost(batch, item, delay);
    rqa__mutex_lock(&batch->mutex);
    if (status && status != RQA_ERROR_CANCELLED)
        note_failure(item, status);
    if (status != RQA_ERROR_CANCELLED) {
        batch->cost_done += cost;
        batch->n_done += n_rows;
        if (--item->n_units_left == 0) {
            if (item->status) {
                if (item->values)
                    rqa__item_rows_fail(batch, item);
                batch->n_done -= batch->grid.n_combinations;
                batch->n_failed += batch->grid.n_combinations;
            }
            item->complete = 1;
            batch->last_complete = (size_t)(item - batch->item);
            rqa__cond_signal(&batch->event);
        }
    }
    rqa__mutex_unlock(&batch->mutex);
}

/* Waits until item `index` may begin, and gives it rows. 0, CANCELLED, or MEMORY. */
static int open_item(struct rqa_batch *batch, size_t index)
{
    int status = RQA_OK;
    rqa__mutex_lock(&batch->mutex);
    size_t ahead = (size_t)batch->choice.n_threads + ITEMS_AHEAD;
    while (!batch->table_values && index >= batch->n_delivered + ahead &&
           !atomic_load(&batch->cancel))
        rqa__cond_wait(&batch->room, &batch->mutex);
    if (atomic_load(&batch->cancel))
        status = rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    else
        status = rqa__item_rows_take(batch, index);
    rqa__mutex_unlock(&batch->mutex);
    return status;
}

static int run_unit(driver *d, uint64_t unit, unsigned worker, const rqa__parallel *parallel)
{
    struct rqa_batch *batch = d->batch;
    size_t index = (size_t)(unit / batch->grid.n_delays);
    uint32_t delay = (uint32_t)(unit % batch->grid.n_delays);
    rqa__item *item = &batch->item[index];
    int status = open_item(batch, index);
    if (!status && item->x.series)
        status = rqa__unit_run(d->worker[worker], item, delay, parallel);
    end_unit(batch, item, delay, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

static int pool_job(void *arg, size_t index, unsigned worker)
{
    driver *d = arg;
    return run_unit(d, d->first_unit + index, worker, NULL);
}

static int is_large(const struct rqa_batch *batch, uint64_t unit)
{
    if (batch->choice.n_threads == 1)
        return 0;
    double cost = unit_cost(batch, &batch->item[unit / batch->grid.n_delays],
                            (uint32_t)(unit % batch->grid.n_delays));
    return cost > split_share * batch->cost_total / batch->choice.n_threads;
}

/* Rounds of small units side by side; between them, large ones split over all threads. */
static int run_units(driver *d)
{
    struct rqa_batch *batch = d->batch;
    uint64_t n_units = (uint64_t)batch->n_items * batch->grid.n_delays;
    rqa__parallel parallel = rqa__parallel_from_pool(d->pool);
    for (uint64_t unit = 0; unit < n_units;) {
        if (is_large(batch, unit)) {
            int status = run_unit(d, unit++, 0, &parallel);
            if (status)
                return status;
            continue;
        }
        uint64_t end = unit + 1;
        while (end < n_units && !is_large(batch, end))
            end++;
        d->first_unit = unit;
        int status = rqa__pool_run(d->pool, (size_t)(end - unit), pool_job, d);
        if (status)
            return status;
        unit = end;
    }
    return RQA_OK;
}

static int driver_init(driver *d)
{
    unsigned n = d->batch->choice.n_threads;
    int status = rqa__pool_create(&d->pool, n);
    if (status)
        return status;
    d->worker = rqa__calloc(n, sizeof *d->worker);
    if (!d->worker)
        return rqa__fail_memory("the workers");
    for (unsigned k = 0; k < n && !status; k++)
        status = rqa__unit_worker_create(&d->worker[k], d->batch);
    return status;
}

static void driver_free(driver *d)
{
    for (unsigned k = 0; d->worker && k < d->batch->choice.n_threads; k++)
        rqa__unit_worker_destroy(d->worker[k]);
    rqa__free(d->worker);
    rqa__pool_destroy(d->pool);
}

void *rqa__batch_driver(void *arg)
{
    struct rqa_batch *batch = arg;
    driver d = {.batch = batch};
    int status = driver_init(&d);
    if (!status)
        status = run_units(&d);
    driver_free(&d);
    rqa__mutex_lock(&batch->mutex);
    batch->driver_done = 1;
    batch->status = status;
    snprintf(batch->text, sizeof batch->text, "%s", status ? rqa_last_error() : "");
    batch->ended_s = rqa__now_s();
    rqa__cond_signal(&batch->event);
    rqa__mutex_unlock(&batch->mutex);
    return NULL;
}
