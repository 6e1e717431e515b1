/* batch_crew.c - threads, and devices beside them, that run the units of a batch: those of one
 * member from a queue, side by side, and those of a team between them. */
#include "batch/batch_crew.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "batch/batch_device.h"
#include "batch/batch_queue.h"
#include "batch/batch_team.h"
#include "batch/batch_unit.h"

static int note_fewer(const rqa__crew *crew, unsigned wanted)
{
    struct rqa_batch *batch = crew->batch;
    const unsigned n = rqa__pool_n_workers(crew->pool);
    if (n >= wanted)
        return RQA_OK;
    rqa__mutex_lock(&batch->sync.mutex);
    snprintf(batch->life.thread_note, sizeof batch->life.thread_note,
             "%u of %u threads could be had", n, wanted);
    rqa__mutex_unlock(&batch->sync.mutex);
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: %u of %u threads could be had", n,
                     wanted);
    return RQA_OK;
}

/* Whatever runs on the thread that waits runs there alone: it cannot wait for others and deliver
 * the events that others wait for. A named `threads` is meant, and fails where they cannot be had;
 * else it goes on with those that can. */
static int start_threads(rqa__crew *crew)
{
    const struct rqa_batch *batch = crew->batch;
    const unsigned n = batch->life.runs_here ? 1 : batch->plan.n_cpu;
    const int strict = !batch->plan.is_auto && batch->plan.choice.backend == RQA_BACKEND_THREADS;
    int status = strict ? rqa__pool_create(&crew->pool, n) : rqa__pool_create_some(&crew->pool, n);
    return status ? status : note_fewer(crew, n);
}

int rqa__crew_open(rqa__crew *crew, struct rqa_batch *batch, int with_devices)
{
    *crew = (rqa__crew){.batch = batch, .n_devices = with_devices ? batch->plan.n_devices : 0};
    if (!with_devices)
        return start_threads(crew);
    const int is_hybrid = batch->plan.choice.backend == RQA_BACKEND_HYBRID;
    return rqa__pool_create(&crew->pool,
                            (unsigned)crew->n_devices + (is_hybrid ? batch->plan.n_cpu : 0));
}

void rqa__crew_close(rqa__crew *crew)
{
    rqa__pool_destroy(crew->pool);
    crew->pool = NULL;
}

int rqa__crew_is_there(const rqa__crew *crew)
{
    struct rqa_batch *batch = crew->batch;
    int n = crew->n_devices == 0;
    rqa__mutex_lock(&batch->sync.mutex);
    for (size_t k = 0; k < crew->n_devices; k++)
        n += !batch->plan.device[k].status;
    rqa__mutex_unlock(&batch->sync.mutex);
    return n > 0;
}

/* ---- units side by side ---- */

/* Notes what a unit took without the time that others had the processor, which says nothing about
 * units to come. */
static int run_unit(rqa__unit_worker *worker, struct rqa_batch *batch, rqa__hand *hand)
{
    const double begin_s = rqa__thread_now_s();
    int status = rqa__unit_run(worker, hand->unit, &hand->rows, NULL);
    batch->plan.unit[hand->unit].seconds = rqa__thread_now_s() - begin_s;
    rqa__hand_close(batch, hand, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

static int run_thread(rqa__queue *queue)
{
    struct rqa_batch *batch = queue->batch;
    rqa__unit_worker *worker;
    int open = 1, status = rqa__unit_worker_create(&worker, batch, batch->plan.apart_bytes);
    while (!status && open) {
        rqa__hand hand;
        status = rqa__queue_take(queue, 0, &hand, &open);
        if (!status && open)
            status = run_unit(worker, batch, &hand);
    }
    rqa__unit_worker_destroy(worker);
    return status;
}

typedef struct shift {
    const rqa__crew *crew;
    rqa__queue queue;
} shift;

/* Jobs are numbered by device, then come the threads. */
static int run_member(void *arg, size_t index, unsigned pool_worker)
{
    shift *s = arg;
    rqa__batch_device *device = s->crew->batch->plan.device;
    int status = RQA_OK;
    (void)pool_worker;
    if (index >= s->crew->n_devices)
        status = run_thread(&s->queue);
    else if (!device[index].status)
        status = rqa__device_work(&s->queue, &device[index]);
    if (status)
        rqa__queue_stop(&s->queue);
    return status;
}

static int run_apart(const rqa__crew *crew, const uint64_t *order, size_t n_order, int sorted)
{
    shift s = {.crew = crew};
    size_t n = rqa__pool_n_workers(crew->pool);
    if (crew->n_devices == 0 && n > n_order)
        n = n_order;
    int status = rqa__queue_open(&s.queue, crew->batch, order, n_order, sorted);
    if (!status)
        status = rqa__pool_run(crew->pool, n, run_member, &s);
    rqa__queue_close(&s.queue);
    return status;
}

/* ---- all of them ---- */

typedef struct priced {
    double cost;
    uint64_t unit;
} priced;

static int compare_priced(const void *a, const void *b)
{
    const priced *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost > y->cost ? -1 : 1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* By falling cost. */
static int sort_units(const struct rqa_batch *batch, uint64_t *units, size_t n)
{
    priced *order = rqa__alloc_array(n, sizeof *order);
    if (!order)
        return rqa__fail_memory("the order of the units");
    for (size_t k = 0; k < n; k++)
        order[k] = (priced){batch->plan.unit[units[k]].cost, units[k]};
    qsort(order, n, sizeof *order, compare_priced);
    for (size_t k = 0; k < n; k++)
        units[k] = order[k].unit;
    rqa__free(order);
    return RQA_OK;
}

int rqa__crew_run(rqa__crew *crew, uint64_t *order, size_t n_order)
{
    struct rqa_batch *batch = crew->batch;
    const rqa__unit *unit = batch->plan.unit;
    /* Where items need not be delivered in order. */
    const int sorted = crew->n_devices > 0 && (batch->store || batch->job.table_values);
    int status = sorted ? sort_units(batch, order, n_order) : RQA_OK;
    for (size_t at = 0; at < n_order && !status && rqa__crew_is_there(crew);) {
        const size_t first = at++;
        if (unit[order[first]].team != RQA__TEAM_ONE) {
            status = rqa__team_run(batch, order[first], crew->pool);
            continue;
        }
        while (at < n_order && unit[order[at]].team == RQA__TEAM_ONE)
            at++;
        status = run_apart(crew, order + first, at - first, sorted);
    }
    return status;
}
