/* batch_crew.c - devices, and threads beside them, take the units of a batch from one queue.
 *
 * A device takes many units at once, since short ones fill it only together; a thread takes one at a
 * time. Where the order is free, it is by falling cost: devices take from the front, threads from
 * the back, and a thread leaves to the devices what it would be the last to finish.
 */
#include <stdio.h>
#include <string.h>

#include "backend/device_run.h"
#include "base/memory.h"
#include "batch/batch_state.h"

/* Work that a device takes at once: so much of its time, but no more than this share of what is left
 * for it; and so many units. */
static const double hand_ns = 2e8, hand_least_ns = 5e6, hand_share = 0.5;
enum { HAND_UNITS = 512 };

typedef struct crew {
    struct rqa_batch *batch;
    const uint64_t *order;
    int sorted;
    /* Under the batch's mutex: */
    size_t front, back;  /* units not taken yet: [front, back) of order */
    uint64_t *returned;  /* taken, and given back by a device that failed */
    size_t n_returned;
    double left;         /* predicted ns on one thread of what is not taken */
    int stop;
} crew;

/* What a device worker has in hand. */
typedef struct load {
    crew *crew;
    rqa__batch_device *member;
    rqa__unit_worker *worker[HAND_UNITS]; /* made as they are needed */
    rqa__unit_worker *own;                /* computes on this thread what the device cannot */
    rqa__hand hand[HAND_UNITS];
    const rqa__task *part[HAND_UNITS];    /* NULL: done */
    size_t at[HAND_UNITS];                /* of the k-th task of a run */
    size_t n;
} load;

static double device_speed(const struct rqa_batch *batch)
{
    double speed = 0;
    for (size_t k = 0; k < batch->n_devices; k++)
        speed += batch->device[k].status ? 0 : batch->device[k].speed;
    return speed;
}

double rqa__crew_speed(const struct rqa_batch *batch)
{
    double speed = device_speed(batch);
    if (batch->choice.backend == RQA_BACKEND_HYBRID)
        speed += batch->n_cpu;
    return speed > 0 ? speed : 1;
}

int rqa__crew_has_devices(struct rqa_batch *batch)
{
    int n = 0;
    rqa__mutex_lock(&batch->mutex);
    for (size_t k = 0; k < batch->n_devices; k++)
        n += !batch->device[k].status;
    rqa__mutex_unlock(&batch->mutex);
    return n > 0;
}

/* ---- the queue ---- */

typedef struct pick {
    uint64_t unit;
    rqa__stretch ahead; /* empty: it was returned, and is claimed */
} pick;

/* A thread that took this unit would finish after the devices have done all the rest. */
static int is_late(const crew *c, uint64_t unit)
{
    return device_speed(c->batch) > 0 &&
           c->batch->unit[unit].cost > c->left / rqa__crew_speed(c->batch);
}

static int pick_from_queue_locked(crew *c, int is_device, pick *out)
{
    if (is_device || !c->sorted) {
        *out = (pick){c->order[c->front], {c->order, c->front, c->back, 1}};
        if (!is_device && is_late(c, out->unit))
            return 0;
        c->front++;
    } else {
        *out = (pick){c->order[c->back - 1], {c->order, c->back - 1, c->front - 1, -1}};
        if (is_late(c, out->unit))
            return 0;
        c->back--;
    }
    c->left -= c->batch->unit[out->unit].cost;
    return 1;
}

static int is_free_locked(const crew *c, int is_device)
{
    size_t at = is_device || !c->sorted ? c->front : c->back - 1;
    return rqa__hand_is_free_locked(c->batch, c->order[at]);
}

/* 0 when there is nothing (more) for this worker; with something in hand it does not wait. */
static int pick_unit(crew *c, int is_device, int in_hand, pick *out)
{
    struct rqa_batch *batch = c->batch;
    int picked = 0, wait = 1;
    rqa__mutex_lock(&batch->mutex);
    while (wait && !picked) {
        wait = 0;
        if (atomic_load(&batch->cancel) || c->stop)
            break;
        if (c->n_returned > 0) {
            *out = (pick){.unit = c->returned[--c->n_returned]};
            c->left -= batch->unit[out->unit].cost;
            picked = 1;
        } else if (c->front < c->back) {
            wait = !in_hand;
            if (is_free_locked(c, is_device))
                picked = pick_from_queue_locked(c, is_device, out), wait = 0;
            else if (wait)
                rqa__cond_wait(&batch->room, &batch->mutex);
        }
    }
    rqa__mutex_unlock(&batch->mutex);
    return picked;
}

static void return_unit(crew *c, uint64_t unit)
{
    rqa__mutex_lock(&c->batch->mutex);
    c->returned[c->n_returned++] = unit;
    c->left += c->batch->unit[unit].cost;
    rqa__cond_broadcast(&c->batch->room);
    rqa__mutex_unlock(&c->batch->mutex);
}

static void stop_all(crew *c)
{
    rqa__mutex_lock(&c->batch->mutex);
    c->stop = 1;
    rqa__cond_broadcast(&c->batch->room);
    rqa__mutex_unlock(&c->batch->mutex);
}

/* Picks a unit and opens it. *open 0 without a failure: there is none to be had now. */
static int take_unit(crew *c, int is_device, int in_hand, rqa__hand *hand, int *open)
{
    struct rqa_batch *batch = c->batch;
    pick p;
    *open = 0;
    while (!*open && pick_unit(c, is_device, in_hand, &p)) {
        int status = rqa__hand_take(batch, p.unit, &p.ahead, !in_hand, hand, open);
        if (status)
            return status;
        if (!*open && rqa__hand_is_ours(batch, p.unit)) { /* no room, and it will not wait */
            return_unit(c, p.unit);
            return RQA_OK;
        }
    }
    return RQA_OK;
}

/* ---- a thread ---- */

static int run_thread(crew *c)
{
    struct rqa_batch *batch = c->batch;
    rqa__unit_worker *worker;
    int open = 1, status = rqa__unit_worker_create(&worker, batch, rqa__batch_apart_bytes(batch));
    while (!status && open) {
        rqa__hand hand;
        status = take_unit(c, 0, 0, &hand, &open);
        if (status || !open)
            break;
        double begin_s = rqa__thread_now_s();
        int run = rqa__unit_run(worker, hand.unit, &hand.rows, NULL);
        batch->unit[hand.unit].seconds = rqa__thread_now_s() - begin_s;
        rqa__hand_close(batch, &hand, run);
        status = run == RQA_ERROR_CANCELLED ? run : RQA_OK;
    }
    rqa__unit_worker_destroy(worker);
    return status;
}

/* ---- a device ---- */

static void close_unit(load *l, size_t k, int status)
{
    struct rqa_batch *batch = l->crew->batch;
    /* In the time of threads, which the pace is kept in. */
    batch->unit[l->hand[k].unit].seconds = 1e-9 * batch->unit[l->hand[k].unit].cost;
    rqa__hand_close(batch, &l->hand[k], status);
    l->part[k] = NULL;
}

/* On this thread; `why` is what the device said. */
static int run_here(load *l, size_t k, int why)
{
    struct rqa_batch *batch = l->crew->batch;
    int status = why;
    if (batch->may_leave_devices) {
        rqa__context_log(batch->context, RQA_LOG_WARNING, "a unit is not for device %zu: %s",
                         l->member->index, rqa_last_error());
        status = l->own ? RQA_OK
                        : rqa__unit_worker_create(&l->own, batch, rqa__batch_apart_bytes(batch));
        if (!status)
            status = rqa__unit_run(l->own, l->hand[k].unit, &l->hand[k].rows, NULL);
    }
    close_unit(l, k, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

/* Takes a unit's first part in hand, unless it is done without, or not for the device. */
static int begin_unit(load *l, const rqa__hand *hand)
{
    size_t k = l->n;
    l->hand[k] = *hand;
    int status = l->worker[k] ? RQA_OK : rqa__unit_worker_create(&l->worker[k], l->crew->batch, 0);
    if (!status)
        status = rqa__unit_begin(l->worker[k], hand->unit, &l->hand[k].rows, NULL, &l->part[k]);
    if (status || !l->part[k]) {
        close_unit(l, k, status);
        return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
    }
    status = rqa__device_supports(l->member->device, l->part[k]);
    if (status == RQA_ERROR_UNSUPPORTED)
        return run_here(l, k, status);
    l->n++; /* what else is wrong with the device, the run will tell */
    return RQA_OK;
}

/* How much to take now: predicted ns on one thread. */
static double hand_cost(const crew *c, const rqa__batch_device *member)
{
    rqa__mutex_lock(&c->batch->mutex);
    double ns = hand_share * c->left / rqa__crew_speed(c->batch);
    rqa__mutex_unlock(&c->batch->mutex);
    ns = ns < hand_ns ? ns : hand_ns;
    return member->speed * (ns > hand_least_ns ? ns : hand_least_ns);
}

/* *more 0: there was nothing more to be had. */
static int gather(load *l, int *more)
{
    crew *c = l->crew;
    double room = hand_cost(c, l->member);
    int status = RQA_OK;
    l->n = 0;
    *more = 1;
    while (!status && room > 0 && l->n < HAND_UNITS) {
        rqa__hand hand;
        status = take_unit(c, 1, l->n > 0, &hand, more);
        if (status || !*more)
            break;
        room -= c->batch->unit[hand.unit].cost;
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

/* Runs the parts in hand, at most `most` of them, from unit `first` on; they have their next part
 * then, or are done. */
static int run_parts(load *l, size_t first, size_t most)
{
    const rqa__task *task[HAND_UNITS];
    struct rqa_batch *batch = l->crew->batch;
    size_t n = 0;
    for (size_t k = first; k < l->n && n < most; k++)
        if (l->part[k]) {
            l->at[n] = k;
            task[n++] = l->part[k];
        }
    int status = n == 0 ? RQA_OK
                        : rqa__device_run(l->member->device, batch->context, task, n,
                                          &batch->cancel, take_tally, l);
    for (size_t k = 0; k < n && !status; k++) {
        l->part[l->at[k]] = rqa__unit_next(l->worker[l->at[k]]);
        if (!l->part[l->at[k]])
            close_unit(l, l->at[k], RQA_OK);
    }
    return status;
}

/* One by one: whichever it is that memory does not hold. */
static int run_apart(load *l)
{
    int status = RQA_OK;
    for (size_t k = 0; k < l->n && !status; k++)
        while (l->part[k] && !status) {
            status = run_parts(l, k, 1);
            if (status == RQA_ERROR_MEMORY || status == RQA_ERROR_UNSUPPORTED)
                status = run_here(l, k, status);
        }
    return status;
}

static size_t n_in_hand(const load *l)
{
    size_t n = 0;
    for (size_t k = 0; k < l->n; k++)
        n += l->part[k] != NULL;
    return n;
}

static int run_in_hand(load *l)
{
    int status = RQA_OK;
    while (!status && n_in_hand(l) > 0) {
        status = run_parts(l, 0, HAND_UNITS);
        if (status == RQA_ERROR_MEMORY || status == RQA_ERROR_UNSUPPORTED)
            status = run_apart(l);
    }
    return status;
}

/* The device takes part no more; an event will say so. */
static void leave(load *l, int status)
{
    crew *c = l->crew;
    struct rqa_batch *batch = c->batch;
    rqa__context_log(batch->context, RQA_LOG_WARNING,
                     "batch: device %zu takes part no more, %zu units go back: %s",
                     l->member->index, n_in_hand(l), rqa_last_error());
    rqa__mutex_lock(&batch->mutex);
    l->member->status = status;
    snprintf(l->member->text, sizeof l->member->text, "%s", rqa_last_error());
    rqa__cond_signal(&batch->event);
    rqa__mutex_unlock(&batch->mutex);
}

/* What it has in hand goes back, or is let go. */
static void empty_hand(load *l, int to_others)
{
    for (size_t k = 0; k < l->n; k++) {
        if (!l->part[k])
            continue;
        rqa__hand_drop(l->crew->batch, &l->hand[k]);
        if (to_others)
            return_unit(l->crew, l->hand[k].unit);
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

static int run_device(crew *c, rqa__batch_device *member)
{
    load *l = rqa__calloc(1, sizeof *l);
    if (!l)
        return rqa__fail_memory("a device's work");
    l->crew = c;
    l->member = member;
    int status = run_loads(l);
    for (size_t k = 0; k < HAND_UNITS; k++)
        rqa__unit_worker_destroy(l->worker[k]);
    rqa__unit_worker_destroy(l->own);
    rqa__free(l);
    return status;
}

/* ---- the crew ---- */

/* Jobs are numbered by device, then come the threads. */
static int run_member(void *arg, size_t index, unsigned worker)
{
    crew *c = arg;
    struct rqa_batch *batch = c->batch;
    (void)worker;
    int status = RQA_OK;
    if (index >= batch->n_devices)
        status = run_thread(c);
    else if (!batch->device[index].status)
        status = run_device(c, &batch->device[index]);
    if (status)
        stop_all(c);
    return status;
}

int rqa__crew_run(struct rqa_batch *batch, const uint64_t *order, size_t n_order, int sorted)
{
    crew c = {.batch = batch, .order = order, .sorted = sorted, .back = n_order};
    for (size_t k = 0; k < n_order; k++)
        c.left += batch->unit[order[k]].cost;
    unsigned n = (unsigned)batch->n_devices;
    if (batch->choice.backend == RQA_BACKEND_HYBRID)
        n += batch->n_cpu;
    rqa__pool *pool = NULL;
    c.returned = rqa__alloc_array(n_order, sizeof *c.returned);
    int status = c.returned ? RQA_OK : rqa__fail_memory("the workers");
    if (!status)
        status = rqa__pool_create(&pool, n);
    if (!status)
        status = rqa__pool_run(pool, n, run_member, &c);
    rqa__pool_destroy(pool);
    rqa__free(c.returned);
    return status;
}
