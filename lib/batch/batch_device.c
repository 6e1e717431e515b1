/* batch_device.c - what a device does in the crew of a batch: it takes many units at once, since
 * short ones fill it only together, and while it counts those, threads compute the measures of the
 * ones before. */
#include "batch/batch_device.h"

#include <stdio.h>

#include "backend/device_run.h"
#include "base/memory.h"
#include "batch/batch_desk.h"
#include "batch/batch_unit.h"

/* Work that a device takes at once: so much of its time, but no more than this share of what is
 * left for it; and so many units. */
static const double hand_ns = 2e8, hand_least_ns = 5e6, hand_share = 0.5;
enum { HAND_UNITS = 512, N_LOADS = 2 };

/* Of copies of what was counted, for threads to compute measures from; or this share of the limit. */
static const uint64_t desk_bytes = UINT64_C(1) << 26, desk_share = 16;

typedef struct shift {
    rqa__queue *queue;
    rqa__batch_device *member;
    rqa__desk *desk;
    rqa__unit_worker *own; /* computes on this thread what the device cannot */
} shift;

/* What it has in hand; of two, one is counted while the other's measures are computed. */
typedef struct load {
    shift *shift;
    size_t first_place;                   /* of its units on the desk */
    rqa__unit_worker *worker[HAND_UNITS]; /* made as they are needed */
    rqa__hand hand[HAND_UNITS];
    const rqa__task *task[HAND_UNITS]; /* of each, what is to be run next; NULL: done */
    size_t n;
    size_t at[HAND_UNITS]; /* of the k-th task of the last run */
    size_t n_run;
    int counted; /* how that ended */
    char text[256];
} load;

static void close_unit(load *l, size_t k, int status)
{
    struct rqa_batch *batch = l->shift->queue->batch;
    /* In the time of threads, which the pace is kept in. */
    batch->plan.unit[l->hand[k].unit].seconds = 1e-9 * batch->plan.unit[l->hand[k].unit].cost;
    rqa__hand_close(batch, &l->hand[k], status);
    l->task[k] = NULL;
}

/* On this thread; `why` is what the device said. */
static int run_here(load *l, size_t k, int why)
{
    struct rqa_batch *batch = l->shift->queue->batch;
    shift *s = l->shift;
    int status = why;
    if (batch->plan.may_leave_devices) {
        rqa__context_log(batch->context, RQA_LOG_WARNING, "a unit is not for device %zu: %s",
                         s->member->index, rqa_last_error());
        status = s->own ? RQA_OK : rqa__unit_worker_create(&s->own, batch, batch->plan.apart_bytes);
        if (!status)
            status = rqa__unit_run(s->own, l->hand[k].unit, &l->hand[k].rows, NULL);
    }
    close_unit(l, k, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

/* Takes a unit's first task in hand, unless it is done without, or not for the device. */
static int begin_unit(load *l, const rqa__hand *hand)
{
    size_t k = l->n;
    l->hand[k] = *hand;
    struct rqa_batch *batch = l->shift->queue->batch;
    int status = l->worker[k] ? RQA_OK : rqa__unit_worker_create(&l->worker[k], batch, 0);
    if (!status)
        status = rqa__unit_begin(l->worker[k], hand->unit, &l->hand[k].rows, NULL, &l->task[k]);
    if (status || !l->task[k]) {
        close_unit(l, k, status);
        return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
    }
    status = rqa__device_supports(l->shift->member->device, l->task[k]);
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

/* *more 0: there was nothing more to be had; unless it may wait, now. */
static int gather(load *l, int may_wait, int *more)
{
    rqa__queue *queue = l->shift->queue;
    double room = hand_cost(queue, l->shift->member);
    int status = RQA_OK;
    l->n = l->n_run = 0;
    *more = 1;
    while (!status && room > 0 && l->n < HAND_UNITS) {
        rqa__hand hand;
        const int wait = may_wait && l->n == 0;
        status = rqa__queue_take(queue, RQA__TAKE_AS_DEVICE | (wait ? 0 : RQA__TAKE_NO_WAIT),
                                 &hand, more);
        if (status || !*more)
            break;
        room -= queue->batch->plan.unit[hand.unit].cost;
        status = begin_unit(l, &hand);
    }
    return status;
}

static int take_tally(void *user, size_t task_index, uint32_t dim_index, uint32_t threshold_index,
                      const rqa__tally *tally)
{
    const load *l = user;
    const size_t k = l->at[task_index];
    return rqa__desk_give(l->shift->desk, l->first_place + k, l->worker[k], dim_index,
                          threshold_index, tally);
}

/* Has the device count the tasks in hand, at most `most` of them, from unit `first` on. */
static void count(load *l, size_t first, size_t most)
{
    const rqa__task *task[HAND_UNITS];
    struct rqa_batch *batch = l->shift->queue->batch;
    l->n_run = 0;
    for (size_t k = first; k < l->n && l->n_run < most; k++)
        if (l->task[k]) {
            l->at[l->n_run] = k;
            task[l->n_run++] = l->task[k];
        }
    l->counted = l->n_run == 0
                     ? RQA_OK
                     : rqa__device_run(l->shift->member->device, batch->context, task, l->n_run,
                                       &batch->sync.cancel, take_tally, l);
    snprintf(l->text, sizeof l->text, "%s", l->counted ? rqa_last_error() : "");
}

/* What was counted has its measures then; units have their next task, or are done. */
static int settle(load *l)
{
    rqa__desk *desk = l->shift->desk;
    int status = l->counted;
    const size_t n = l->n_run;
    l->n_run = 0;
    for (size_t k = 0; k < n; k++) {
        const size_t at = l->first_place + l->at[k];
        if (status)
            rqa__desk_drop(desk, at);
        else if ((status = rqa__desk_finish(desk, at)) != RQA_OK)
            snprintf(l->text, sizeof l->text, "%s", rqa_last_error());
    }
    for (size_t k = 0; k < n && !status; k++) {
        const int next = rqa__unit_next(l->worker[l->at[k]], &l->task[l->at[k]]);
        if (!l->task[l->at[k]])
            close_unit(l, l->at[k], next);
    }
    return status ? rqa__fail(status, "%s", l->text) : RQA_OK;
}

/* One by one: whichever it is that memory does not hold. */
static int run_apart(load *l)
{
    int status = RQA_OK;
    for (size_t k = 0; k < l->n && !status; k++)
        while (l->task[k] && !status) {
            count(l, k, 1);
            status = settle(l);
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

/* Whether the device may go on with others after such an end. */
static int is_for_now(int status)
{
    return !status || status == RQA_ERROR_MEMORY || status == RQA_ERROR_UNSUPPORTED;
}

/* What was counted, and the rest of its units. */
static int end_load(load *l)
{
    int status = settle(l);
    while (is_for_now(status)) {
        if (status)
            status = run_apart(l);
        if (status || n_in_hand(l) == 0)
            break;
        count(l, 0, HAND_UNITS);
        status = settle(l);
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

static void leave(const shift *s, size_t n_units, int status)
{
    rqa__context_log(s->queue->batch->context, RQA_LOG_WARNING,
                     "batch: device %zu takes part no more, %zu units go back: %s",
                     s->member->index, n_units, rqa_last_error());
    rqa__device_leaves(s->queue->batch, s->member, status, rqa_last_error());
}

/* What it has in hand goes back, or is let go. */
static void empty_hand(load *l, int to_others)
{
    rqa__queue *queue = l->shift->queue;
    for (size_t k = 0; k < l->n_run; k++)
        rqa__desk_drop(l->shift->desk, l->first_place + l->at[k]);
    for (size_t k = 0; k < l->n; k++) {
        if (!l->task[k])
            continue;
        rqa__hand_drop(queue->batch, &l->hand[k]);
        if (to_others)
            rqa__queue_return(queue, l->hand[k].unit);
    }
    l->n = l->n_run = 0;
}

/* One load is counted, then the one before it ended: until there are no more. 0 also when the device
 * is lost. */
static int run_loads(load *loads)
{
    load *now = &loads[0], *before = &loads[1];
    int status = RQA_OK, more = 1, lost = 0;
    while (!status && !lost && (more || before->n > 0)) {
        if (more && is_for_now(before->counted)) {
            status = gather(now, before->n == 0, &more);
            more |= now->n > 0 || before->n > 0; /* what it would not wait for */
            if (!status)
                count(now, 0, HAND_UNITS);
        }
        const int end = status ? RQA_OK : end_load(before);
        if (end == RQA_ERROR_CANCELLED)
            status = end;
        else if (end)
            lost = 1;
        if (lost)
            leave(before->shift, n_in_hand(before) + n_in_hand(now), end);
        empty_hand(before, lost);
        before->counted = RQA_OK;
        load *other = before;
        before = now;
        now = other;
    }
    empty_hand(before, lost);
    return status;
}

/* Of those that the batch may have, beside the threads of the devices. */
static unsigned desk_threads(const struct rqa_batch *batch, const rqa__batch_device *member)
{
    const size_t n = batch->context->n_threads, n_devices = batch->plan.n_devices;
    const size_t position = (size_t)(member - batch->plan.device);
    if (n <= n_devices)
        return 0;
    return (unsigned)((n - n_devices) / n_devices + (position < (n - n_devices) % n_devices));
}

int rqa__device_work(rqa__queue *queue, rqa__batch_device *member)
{
    const struct rqa_batch *batch = queue->batch;
    const uint64_t share = batch->context->memory_limit_bytes / desk_share;
    shift s = {.queue = queue, .member = member};
    load *loads = rqa__calloc(N_LOADS, sizeof *loads);
    if (!loads)
        return rqa__fail_memory("a device's work");
    int status = rqa__desk_create(&s.desk, (size_t)N_LOADS * HAND_UNITS,
                                  desk_threads(batch, member),
                                  share < desk_bytes ? share : desk_bytes);
    for (size_t k = 0; k < N_LOADS; k++) {
        loads[k].shift = &s;
        loads[k].first_place = k * HAND_UNITS;
    }
    if (!status)
        status = run_loads(loads);
    for (size_t k = 0; k < (size_t)N_LOADS * HAND_UNITS; k++)
        rqa__unit_worker_destroy(loads[k / HAND_UNITS].worker[k % HAND_UNITS]);
    rqa__unit_worker_destroy(s.own);
    rqa__desk_destroy(s.desk);
    rqa__free(loads);
    return status;
}
