/* batch_device.c - what a device does in the crew of a batch: it takes many units at once, since
 * short ones fill it only together. */
#include "batch/batch_device.h"

#include <stdio.h>

#include "backend/device_run.h"
#include "base/memory.h"
#include "batch/batch_unit.h"

/* Work that a device takes at once: so much of its time, but no more than this share of what is
 * left for it; and so many units. */
static const double hand_ns = 2e8, hand_least_ns = 5e6, hand_share = 0.5;
enum { HAND_UNITS = 512 };

/* What it has in hand. */
typedef struct load {
    rqa__queue *queue;
    rqa__batch_device *member;
    rqa__unit_worker *worker[HAND_UNITS]; /* made as they are needed */
    rqa__unit_worker *own;                /* computes on this thread what the device cannot */
    rqa__hand hand[HAND_UNITS];
    const rqa__task *task[HAND_UNITS]; /* of each, what is to be run next; NULL: done */
    size_t at[HAND_UNITS];             /* of the k-th task of a run */
    size_t n;
} load;

static void close_unit(load *l, size_t k, int status)
{
    struct rqa_batch *batch = l->queue->batch;
    /* In the time of threads, which the pace is kept in. */
    batch->plan.unit[l->hand[k].unit].seconds = 1e-9 * batch->plan.unit[l->hand[k].unit].cost;
    rqa__hand_close(batch, &l->hand[k], status);
    l->task[k] = NULL;
}

/* On this thread; `why` is what the device said. */
static int run_here(load *l, size_t k, int why)
{
    struct rqa_batch *batch = l->queue->batch;
    int status = why;
    if (batch->plan.may_leave_devices) {
        rqa__context_log(batch->context, RQA_LOG_WARNING, "a unit is not for device %zu: %s",
                         l->member->index, rqa_last_error());
        status = l->own ? RQA_OK : rqa__unit_worker_create(&l->own, batch, batch->plan.apart_bytes);
        if (!status)
            status = rqa__unit_run(l->own, l->hand[k].unit, &l->hand[k].rows, NULL);
    }
    close_unit(l, k, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

/* Takes a unit's first task in hand, unless it is done without, or not for the device. */
static int begin_unit(load *l, const rqa__hand *hand)
{
    size_t k = l->n;
    l->hand[k] = *hand;
    int status = l->worker[k] ? RQA_OK : rqa__unit_worker_create(&l->worker[k], l->queue->batch, 0);
    if (!status)
        status = rqa__unit_begin(l->worker[k], hand->unit, &l->hand[k].rows, NULL, &l->task[k]);
    if (status || !l->task[k]) {
        close_unit(l, k, status);
        return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
    }
    status = rqa__device_supports(l->member->device, l->task[k]);
    if (status == RQA_ERROR_UNSUPPORTED)
        return run_here(l, k, status);
    l->n++; /* what else is wrong with the device, the run will tell */
    return RQA_OK;
}

/* How much to take now: predicted ns on one thread. */
static double hand_cost(rqa__queue *queue, const rqa__batch_device *member)
{
    double ns = hand_share * rqa__queue_left_ns(queue);
    ns = ns < hand_ns ? ns : hand_ns;
    return member->speed * (ns > hand_least_ns ? ns : hand_least_ns);
}

/* *more 0: there was nothing more to be had. */
static int gather(load *l, int *more)
{
    double room = hand_cost(l->queue, l->member);
    int status = RQA_OK;
    l->n = 0;
    *more = 1;
    while (!status && room > 0 && l->n < HAND_UNITS) {
        rqa__hand hand;
        status = rqa__queue_take(l->queue, RQA__TAKE_AS_DEVICE | (l->n > 0 ? RQA__TAKE_NO_WAIT : 0),
                                 &hand, more);
        if (status || !*more)
            break;
        room -= l->queue->batch->plan.unit[hand.unit].cost;
        status = begin_unit(l, &hand);
    }
    return status;
}

static int take_tally(void *user, size_t task_index, uint32_t dim_index, uint32_t threshold_index,
                      const rqa__tally *tally)
{
    const load *l = user;
    return rqa__unit_take(l->worker[l->at[task_index]], dim_index, threshold_index, tally);
}

/* Runs the tasks in hand, at most `most` of them, from unit `first` on; units have their next one
 * then, or are done. */
static int run_tasks(load *l, size_t first, size_t most)
{
    const rqa__task *task[HAND_UNITS];
    struct rqa_batch *batch = l->queue->batch;
    size_t n = 0;
    for (size_t k = first; k < l->n && n < most; k++)
        if (l->task[k]) {
            l->at[n] = k;
            task[n++] = l->task[k];
        }
    int status = n == 0 ? RQA_OK
                        : rqa__device_run(l->member->device, batch->context, task, n,
                                          &batch->sync.cancel, take_tally, l);
    for (size_t k = 0; k < n && !status; k++) {
        l->task[l->at[k]] = rqa__unit_next(l->worker[l->at[k]]);
        if (!l->task[l->at[k]])
            close_unit(l, l->at[k], RQA_OK);
    }
    return status;
}

/* One by one: whichever it is that memory does not hold. */
static int run_apart(load *l)
{
    int status = RQA_OK;
    for (size_t k = 0; k < l->n && !status; k++)
        while (l->task[k] && !status) {
            status = run_tasks(l, k, 1);
            if (status == RQA_ERROR_MEMORY || status == RQA_ERROR_UNSUPPORTED)
                status = run_here(l, k, status);
        }
    return status;
}

static size_t n_in_hand(const load *l)
{
    size_t n = 0;
    for (size_t k = 0; k < l->n; k++)
        n += l->task[k] != NULL;
    return n;
}

static int run_in_hand(load *l)
{
    int status = RQA_OK;
    while (!status && n_in_hand(l) > 0) {
        status = run_tasks(l, 0, HAND_UNITS);
        if (status == RQA_ERROR_MEMORY || status == RQA_ERROR_UNSUPPORTED)
            status = run_apart(l);
    }
    return status;
}

void rqa__device_leaves(struct rqa_batch *batch, rqa__batch_device *member, int status,
                        const char *text)
{
    rqa__mutex_lock(&batch->sync.mutex);
    if (!member->status) {
        member->status = status;
        snprintf(member->text, sizeof member->text, "%s", text);
        rqa__cond_signal(&batch->sync.event);
    }
    rqa__mutex_unlock(&batch->sync.mutex);
}

static void leave(load *l, int status)
{
    rqa__context_log(l->queue->batch->context, RQA_LOG_WARNING,
                     "batch: device %zu takes part no more, %zu units go back: %s",
                     l->member->index, n_in_hand(l), rqa_last_error());
    rqa__device_leaves(l->queue->batch, l->member, status, rqa_last_error());
}

/* What it has in hand goes back, or is let go. */
static void empty_hand(load *l, int to_others)
{
    for (size_t k = 0; k < l->n; k++) {
        if (!l->task[k])
            continue;
        rqa__hand_drop(l->queue->batch, &l->hand[k]);
        if (to_others)
            rqa__queue_return(l->queue, l->hand[k].unit);
    }
    l->n = 0;
}

/* 0 also when the device is lost. */
static int run_loads(load *l)
{
    int status = RQA_OK, more = 1, lost = 0;
    while (!status && !lost && more) {
        status = gather(l, &more);
        more |= l->n > 0; /* what it would not wait for with something in hand */
        int run = status ? RQA_OK : run_in_hand(l);
        if (run == RQA_ERROR_CANCELLED)
            status = run;
        else if (run)
            lost = 1;
        if (lost)
            leave(l, run);
        empty_hand(l, lost);
    }
    return status;
}

int rqa__device_work(rqa__queue *queue, rqa__batch_device *member)
{
    load *l = rqa__calloc(1, sizeof *l);
    if (!l)
        return rqa__fail_memory("a device's work");
    l->queue = queue;
    l->member = member;
    int status = run_loads(l);
    for (size_t k = 0; k < HAND_UNITS; k++)
        rqa__unit_worker_destroy(l->worker[k]);
    rqa__unit_worker_destroy(l->own);
    rqa__free(l);
    return status;
}
