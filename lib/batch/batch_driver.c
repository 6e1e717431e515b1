/* batch_driver.c - the thread that runs the units of a batch. */
#include "batch/batch_driver.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "batch/batch_crew.h"
#include "batch/batch_here.h"
#include "batch/batch_store.h"
#include "batch/batch_team.h"
#include "batch/batch_writer.h"

/* How often to look whether another process has finished what it has begun. */
static const double others_step_s = 0.1;

typedef struct driver {
    struct rqa_batch *batch;
    rqa__crew crew;
    uint64_t *order; /* units to run */
    size_t n_order;
} driver;

/* Units in one of two states, in the order of the items. */
static void list_units(driver *d, int state, int or_state)
{
    const struct rqa_batch *batch = d->batch;
    d->n_order = 0;
    for (uint64_t u = 0; u < batch->plan.n_units; u++)
        if (batch->plan.unit[u].state == state || batch->plan.unit[u].state == or_state)
            d->order[d->n_order++] = u;
}

/* Why no device takes part any more. */
static int fail_devices(struct rqa_batch *batch)
{
    const rqa__batch_device *last = &batch->plan.device[batch->plan.n_devices - 1];
    return rqa__fail(last->status, "backend '%s': no device is left: %.300s",
                     rqa_backend_name(batch->plan.choice.backend), last->text);
}

/* Threads go on without the devices. */
static int leave_devices(driver *d)
{
    rqa__crew_close(&d->crew);
    rqa__batch_choose_teams(d->batch, 0);
    return rqa__crew_open(&d->crew, d->batch, 0);
}

/* Each device has a thread; `auto` goes on without. */
static int open_crew(driver *d)
{
    struct rqa_batch *batch = d->batch;
    const int with_devices = batch->plan.n_devices > 0 && !batch->life.runs_here;
    int status = rqa__crew_open(&d->crew, batch, with_devices);
    if (status != RQA_ERROR_THREAD || !with_devices || !batch->plan.is_auto)
        return status;
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: not on devices: %s",
                     rqa_last_error());
    return leave_devices(d);
}

/* Units that devices have left are for those that are still there, else for threads. */
static int run_order(driver *d)
{
    struct rqa_batch *batch = d->batch;
    for (;;) {
        const int has_devices = d->crew.n_devices > 0;
        int status = rqa__crew_run(&d->crew, d->order, d->n_order);
        list_units(d, RQA__UNIT_OPEN, RQA__UNIT_MINE);
        if (status || d->n_order == 0)
            return status;
        if (atomic_load(&batch->sync.cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (!has_devices)
            return RQA_OK;
        if (rqa__crew_is_there(&d->crew))
            continue;
        if (!batch->plan.may_leave_devices)
            return fail_devices(batch);
        rqa__context_log(batch->context, RQA_LOG_WARNING,
                         "batch: no device is left; %zu units are computed by threads", d->n_order);
        status = leave_devices(d);
        if (status)
            return status;
    }
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
            n_ours += batch->plan.unit[d->order[k]].state == RQA__UNIT_MINE;
        if (!status && n_ours)
            status = run_order(d);
        if (status)
            return status;
        rqa__batch_breathe(batch);
        rqa__mutex_lock(&batch->sync.mutex);
        if (!n_ours && !atomic_load(&batch->sync.cancel))
            rqa__cond_wait_until(&batch->sync.room, &batch->sync.mutex,
                                 rqa__now_s() + others_step_s);
        int stop = atomic_load(&batch->sync.cancel);
        rqa__mutex_unlock(&batch->sync.mutex);
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
    d->order = rqa__alloc_array((size_t)batch->plan.n_units, sizeof *d->order);
    int status = d->order ? RQA_OK : rqa__fail_memory("the workers");
    if (!status)
        status = open_crew(d);
    if (!status && batch->store)
        status = rqa__writer_start(batch);
    return status;
}

static void driver_free(driver *d)
{
    rqa__free(d->order);
    rqa__crew_close(&d->crew);
}

/* The text of the first failure; a store that fails cancels the rest, and is what is told. */
static int run(driver *d, char *text, size_t room)
{
    struct rqa_batch *batch = d->batch;
    int status = driver_init(d);
    rqa__mutex_lock(&batch->sync.mutex);
    batch->progress.working_s = rqa__now_s();
    rqa__mutex_unlock(&batch->sync.mutex);
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
    char text[sizeof batch->life.text];
    int status = run(&d, text, sizeof text);
    driver_free(&d);
    rqa__mutex_lock(&batch->sync.mutex);
    batch->life.driver_done = 1;
    batch->life.status = status;
    memcpy(batch->life.text, text, sizeof text);
    batch->progress.ended_s = rqa__now_s();
    rqa__cond_signal(&batch->sync.event);
    rqa__mutex_unlock(&batch->sync.mutex);
    return NULL;
}
