/* batch_driver.c - the thread that runs the units of a batch. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "batch/batch_state.h"

/* A unit that is more than this share of one thread's part is split over all threads. */
static const double split_share = 0.5;
/* How often to look whether another process has finished what it has begun. */
static const double others_step_s = 0.1;

typedef struct driver {
    struct rqa_batch *batch;
    rqa__pool *pool;
    rqa__unit_worker **worker; /* [n_cpu], of which n_hired are there */
    unsigned n_hired;
    unsigned n_threads;        /* of the pool */
    uint64_t *order;           /* units to run */
    size_t n_order;
} driver;

/* Runs a unit and notes what it took: on one thread without the time that others had the processor,
 * which says nothing about units to come. */
static int run_timed(driver *d, uint64_t index, unsigned worker, const rqa__unit_rows *rows,
                     const rqa__parallel *parallel)
{
    double begin_s = rqa__now_s(), thread_s = rqa__thread_now_s();
    int status = rqa__unit_run(d->worker[worker], index, rows, parallel);
    d->batch->unit[index].seconds = parallel
                                        ? (rqa__now_s() - begin_s) * d->n_threads
                                        : rqa__thread_now_s() - thread_s;
    return status;
}

static int run_unit(driver *d, size_t at, size_t end, unsigned worker,
                    const rqa__parallel *parallel)
{
    struct rqa_batch *batch = d->batch;
    const rqa__stretch ahead = {d->order, at, end, 1};
    rqa__hand hand;
    int open;
    int status = rqa__hand_take(batch, d->order[at], &ahead, 1, &hand, &open);
    if (status || !open)
        return status;
    status = run_timed(d, hand.unit, worker, &hand.rows, parallel);
    rqa__hand_close(batch, &hand, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

static void dismiss_workers(driver *d)
{
    while (d->n_hired > 0)
        rqa__unit_worker_destroy(d->worker[--d->n_hired]);
}

/* A worker keeps what its largest unit took, and one that ran on all threads has taken as much as
 * all of them: so there are n workers, or one, but not both. */
static int hire_workers(driver *d, unsigned n)
{
    const uint64_t n_bytes =
        n == 1 ? rqa__batch_together_bytes(d->batch) : rqa__batch_apart_bytes(d->batch);
    int status = RQA_OK;
    if (d->n_hired == n)
        return RQA_OK;
    dismiss_workers(d);
    while (d->n_hired < n && !status) {
        status = rqa__unit_worker_create(&d->worker[d->n_hired], d->batch, n_bytes);
        d->n_hired += !status;
    }
    return status;
}

/* Whatever runs on the thread that waits runs there alone: it cannot wait for others and deliver the
 * events that others wait for. A named `threads` is meant, and fails where they cannot be had; else it
 * goes on with those that can. */
static int start_threads(driver *d)
{
    struct rqa_batch *batch = d->batch;
    unsigned n = batch->runs_here ? 1 : batch->n_cpu;
    int strict = !batch->is_auto && batch->choice.backend == RQA_BACKEND_THREADS;
    int status = strict ? rqa__pool_create(&d->pool, n) : rqa__pool_create_some(&d->pool, n);
    if (status)
        return status;
    d->n_threads = rqa__pool_n_workers(d->pool);
    if (d->n_threads < n) {
        rqa__mutex_lock(&batch->mutex);
        snprintf(batch->thread_note, sizeof batch->thread_note, "%u of %u threads could be had",
                 d->n_threads, n);
        rqa__mutex_unlock(&batch->mutex);
        rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: %u of %u threads could be had",
                         d->n_threads, n);
    }
    d->worker = rqa__calloc(d->n_threads, sizeof *d->worker);
    return d->worker ? RQA_OK : rqa__fail_memory("the workers");
}

typedef struct round {
    driver *driver;
    size_t first, end;
} round;

static int pool_job(void *arg, size_t index, unsigned worker)
{
    const round *r = arg;
    return run_unit(r->driver, r->first + index, r->end, worker, NULL);
}

int rqa__batch_is_large(const struct rqa_batch *batch, uint64_t unit, unsigned n_threads)
{
    return n_threads > 1 && batch->unit[unit].cost > split_share * batch->cost_total / n_threads;
}

static int is_split(const struct rqa_batch *batch, uint64_t unit)
{
    return rqa__batch_is_large(batch, unit, batch->n_cpu) && rqa__batch_fits_together(batch, unit);
}

/* Rounds of small units side by side; between them, large ones split over all threads. */
static int run_on_threads(driver *d)
{
    struct rqa_batch *batch = d->batch;
    int status = d->pool ? RQA_OK : start_threads(d);
    rqa__parallel parallel = rqa__parallel_from_pool(d->pool);
    for (size_t at = 0; at < d->n_order && !status;) {
        if (is_split(batch, d->order[at])) {
            status = hire_workers(d, 1);
            if (!status)
                status = run_unit(d, at, at + 1, 0, &parallel);
            at++;
        } else {
            round r = {d, at, at + 1};
            while (r.end < d->n_order && !is_split(batch, d->order[r.end]))
                r.end++;
            status = hire_workers(d, d->n_threads);
            if (!status)
                status = rqa__pool_run(d->pool, r.end - at, pool_job, &r);
            at = r.end;
        }
    }
    return status;
}

/* Units in one of two states, in the order of the items. */
static void list_units(driver *d, int state, int or_state)
{
    const struct rqa_batch *batch = d->batch;
    d->n_order = 0;
    for (uint64_t u = 0; u < batch->n_units; u++)
        if (batch->unit[u].state == state || batch->unit[u].state == or_state)
            d->order[d->n_order++] = u;
}

/* Why no device takes part any more. */
static int fail_devices(struct rqa_batch *batch)
{
    const rqa__batch_device *last = &batch->device[batch->n_devices - 1];
    return rqa__fail(last->status, "backend '%s': no device is left: %.300s",
                     rqa_backend_name(batch->choice.backend), last->text);
}

/* One unit that all share, or those up to the next such. */
static int run_round(const driver *d, size_t *at, int sorted)
{
    struct rqa_batch *batch = d->batch;
    if (rqa__shared_is_worth(batch, d->order[*at]))
        return rqa__shared_run(batch, d->order, (*at)++);
    size_t first = *at;
    while (++*at < d->n_order && !rqa__shared_is_worth(batch, d->order[*at]))
        ;
    return rqa__crew_run(batch, d->order + first, *at - first, sorted);
}

/* Devices, and threads beside them; a device that fails leaves its units to the others. */
static int run_on_devices(driver *d)
{
    struct rqa_batch *batch = d->batch;
    int is_free = batch->store || batch->table_values; /* items are not delivered in order */
    int status = RQA_OK;
    while (!status && d->n_order > 0 && rqa__crew_has_devices(batch)) {
        if (is_free)
            status = rqa__batch_sort(batch, d->order, d->n_order);
        for (size_t at = 0; at < d->n_order && !status && rqa__crew_has_devices(batch);)
            status = run_round(d, &at, is_free);
        if (!status && atomic_load(&batch->cancel))
            status = rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        list_units(d, RQA__UNIT_OPEN, RQA__UNIT_MINE);
    }
    if (status == RQA_ERROR_THREAD && batch->is_auto) { /* each device has one */
        rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: not on devices: %s",
                         rqa_last_error());
        list_units(d, RQA__UNIT_OPEN, RQA__UNIT_MINE);
        return run_on_threads(d);
    }
    if (status || d->n_order == 0)
        return status;
    if (!batch->may_leave_devices)
        return fail_devices(batch);
    rqa__context_log(batch->context, RQA_LOG_WARNING,
                     "batch: no device is left; %zu units are computed by threads", d->n_order);
    return run_on_threads(d);
}

static int run_order(driver *d)
{
    return d->batch->n_devices > 0 && !d->batch->runs_here ? run_on_devices(d) : run_on_threads(d);
}

/* What another process had begun: it has finished it by now, or has died, or is waited for. */
static int run_what_others_left(driver *d)
{
    struct rqa_batch *batch = d->batch;
    for (;;) {
        list_units(d, RQA__UNIT_BUSY, RQA__UNIT_BUSY);
        size_t n = d->n_order;
        int status = RQA_OK, n_ours = 0;
        if (n == 0)
            return RQA_OK;
        for (size_t k = 0; k < n && !status; k += RQA__MAX_CLAIM)
            status = rqa__batch_store_claim(batch, d->order + k,
                                            n - k < RQA__MAX_CLAIM ? n - k : RQA__MAX_CLAIM);
        for (size_t k = 0; k < n; k++)
            n_ours += batch->unit[d->order[k]].state == RQA__UNIT_MINE;
        if (!status && n_ours)
            status = run_order(d);
        if (status)
            return status;
        rqa__batch_breathe(batch);
        rqa__mutex_lock(&batch->mutex);
        if (!n_ours && !atomic_load(&batch->cancel))
            rqa__cond_wait_until(&batch->room, &batch->mutex, rqa__now_s() + others_step_s);
        int stop = atomic_load(&batch->cancel);
        rqa__mutex_unlock(&batch->mutex);
        if (stop)
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    }
}

static int run_units(driver *d)
{
    struct rqa_batch *batch = d->batch;
    list_units(d, RQA__UNIT_OPEN, RQA__UNIT_MINE);
    int status = run_order(d);
    if (!status && batch->store)
        status = run_what_others_left(d);
    return status;
}

static int driver_init(driver *d)
{
    struct rqa_batch *batch = d->batch;
    d->order = rqa__alloc_array((size_t)batch->n_units, sizeof *d->order);
    int status = d->order ? RQA_OK : rqa__fail_memory("the workers");
    if (!status && batch->n_devices == 0)
        status = start_threads(d);
    if (!status && batch->store)
        status = rqa__writer_start(batch);
    return status;
}

static void driver_free(driver *d)
{
    dismiss_workers(d);
    rqa__free(d->worker);
    rqa__free(d->order);
    rqa__pool_destroy(d->pool);
}

/* The text of the first failure; a store that fails cancels the rest, and is what is told. */
static int run(driver *d, char *text, size_t room)
{
    struct rqa_batch *batch = d->batch;
    int status = driver_init(d);
    rqa__mutex_lock(&batch->mutex);
    batch->working_s = rqa__now_s();
    rqa__mutex_unlock(&batch->mutex);
    if (!status)
        status = run_units(d);
    snprintf(text, room, "%s", status ? rqa_last_error() : "");
    if (!batch->store)
        return status;
    int written = batch->writer ? rqa__writer_stop(batch) : RQA_OK;
    if (written && (!status || status == RQA_ERROR_CANCELLED)) {
        status = written;
        snprintf(text, room, "%s", rqa_last_error());
    }
    int ended = rqa__batch_store_end(batch, status);
    if (ended) {
        status = ended;
        snprintf(text, room, "%s", rqa_last_error());
    }
    return status;
}

void *rqa__batch_driver(void *arg)
{
    struct rqa_batch *batch = arg;
    driver d = {.batch = batch};
    char text[sizeof batch->text];
    int status = run(&d, text, sizeof text);
    driver_free(&d);
    rqa__mutex_lock(&batch->mutex);
    batch->driver_done = 1;
    batch->status = status;
    memcpy(batch->text, text, sizeof text);
    batch->ended_s = rqa__now_s();
    rqa__cond_signal(&batch->event);
    rqa__mutex_unlock(&batch->mutex);
    return NULL;
}
