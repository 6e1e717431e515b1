/* engine_sweep_worker.c - what one thread of the sweep engine owns. */
#include "backend/engine_sweep_state.h"

#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

rqa__sweep_hist *rqa__sweep_worker_hist(rqa__sweep_worker *worker, uint32_t dim, unsigned kind)
{
    return (rqa__sweep_hist *)worker->hists.data + (size_t)dim * RQA__SWEEP_N_KINDS + kind;
}

void rqa__sweep_worker_free(rqa__sweep_worker *worker)
{
    rqa__sweep_hist *hist = worker->hists.data;
    for (size_t k = 0; k < worker->n_hists; k++) {
        rqa__sweep_hist_free(&hist[k]);
    }
    rqa__sweep_buffer_free(&worker->work);
    rqa__sweep_buffer_free(&worker->lines);
    rqa__sweep_buffer_free(&worker->lines_y);
    rqa__sweep_buffer_free(&worker->dense);
    rqa__sweep_buffer_free(&worker->overflow);
    rqa__sweep_buffer_free(&worker->times);
    rqa__sweep_buffer_free(&worker->events);
    rqa__sweep_buffer_free(&worker->n_events);
    rqa__sweep_buffer_free(&worker->close);
    rqa__sweep_buffer_free(&worker->counts);
    rqa__sweep_buffer_free(&worker->hists);
    memset(worker, 0, sizeof *worker);
}

static int reserve_stores(rqa__sweep_worker *worker, size_t n_hists)
{
    rqa__sweep_buffer wider = {NULL, 0};
    if (n_hists <= worker->n_hists) {
        return 0;
    }
    const int status = rqa__sweep_buffer_reserve(&wider, n_hists * sizeof(rqa__sweep_hist), 1);
    if (status != 0) {
        return status;
    }
    if (worker->n_hists > 0) {
        memcpy(wider.data, worker->hists.data, worker->n_hists * sizeof(rqa__sweep_hist));
    }
    rqa__sweep_buffer_free(&worker->hists);
    worker->hists = wider;
    worker->n_hists = n_hists;
    return 0;
}

static int is_wanted(const rqa__task *task, unsigned kind)
{
    switch (kind) {
    case RQA__SWEEP_DIAGONAL:
        return (task->tallies & RQA__TALLY_DIAGONAL) != 0;
    case RQA__SWEEP_VERTICAL:
        return rqa__task_has_columns(task);
    case RQA__SWEEP_TIMES:
        return (task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    default:
        return (task->tallies & RQA__TALLY_WHITE) != 0;
    }
}

/* The first part of the overflow buffer holds the cells per dim of the line at hand, and of the
 * stretch of it at hand. */
static size_t n_valid_room(const rqa__task *task)
{
    return (2 * task->n_dims * sizeof(size_t) + 63) / 64 * 64;
}

static size_t overflow_room(const rqa__sweep_job *job)
{
    const size_t n_cells = RQA__SWEEP_EVENT_BATCH_CELLS + 2 * job->longest;
    return job->n_short > job->longest
               ? 64
               : rqa__sweep_room(
                     rqa__sweep_overflow_room(n_cells, job->n_short, job->n_thresholds) *
                     sizeof(rqa__sweep_long));
}

static size_t close_room(size_t longest, size_t n_event_room)
{
    return longest > RQA__SWEEP_CLOSE_CELLS ? 0 : rqa__sweep_close_room(n_event_room);
}

/* Leaves nothing of a task that broke off. */
static void clean(rqa__sweep_worker *worker)
{
    rqa__sweep_hist *hist = worker->hists.data;
    for (size_t k = 0; k < worker->n_hists; k++) {
        rqa__sweep_hist_clear(&hist[k]);
    }
    if (worker->dense.data != NULL) {
        memset(worker->dense.data, 0, worker->dense.n_bytes);
    }
    worker->dirty = 0;
}

enum { N_BUFFERS = 10 };

/* What a buffer of a worker has to hold. */
typedef struct need {
    rqa__sweep_buffer *buffer;
    size_t n_bytes;
    int zero;
} need;

size_t rqa__sweep_n_tables(const rqa__task *task)
{
    size_t n = 0;
    for (unsigned kind = 0; kind < RQA__SWEEP_N_KINDS; kind++) {
        n += is_wanted(task, kind) ? task->n_dims : 0;
    }
    return n;
}

static void list_needs(need out[N_BUFFERS], rqa__sweep_worker *worker, const rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    const size_t line_bytes = (size_t)task->n_dims * job->line_stride + 64;
    const size_t table_bytes = job->n_short * job->counter_stride * sizeof(uint32_t);
    const need list[N_BUFFERS] = {
        {&worker->work, (job->longest + RQA__SWEEP_PAD) * sizeof(double), 0},
        {&worker->lines, line_bytes, 1},
        {&worker->lines_y, job->n_spaces == 2 ? line_bytes : 0, 1},
        {&worker->dense, rqa__sweep_n_tables(task) * table_bytes, 1},
        /* Five kinds may overflow on one line, each in a part of its own. */
        {&worker->overflow, n_valid_room(task) + RQA__SWEEP_N_KINDS * overflow_room(job), 0},
        {&worker->times, (size_t)(2 + task->n_dims) * 256 * sizeof(uint64_t), 0},
        {&worker->events, job->by_events ? task->n_dims * job->n_event_room * sizeof(uint32_t) : 0,
         0},
        {&worker->n_events, task->n_dims * sizeof(size_t), 0},
        {&worker->close, job->by_events ? close_room(job->longest, job->n_event_room) : 0, 0},
        {&worker->counts, (size_t)task->n_dims * 256 * sizeof(uint64_t), 0},
    };
    memcpy(out, list, sizeof list);
}

size_t rqa__sweep_worker_room(const rqa__sweep_job *job, const rqa__sweep_job *rest)
{
    rqa__sweep_worker worker;
    need list[N_BUFFERS], of_rest[N_BUFFERS];
    const size_t n_hists = (size_t)job->task->n_dims * RQA__SWEEP_N_KINDS;
    size_t n_bytes = sizeof worker + rqa__sweep_buffer_room(n_hists * sizeof(rqa__sweep_hist));
    list_needs(list, &worker, job);
    list_needs(of_rest, &worker, rest);
    for (size_t k = 0; k < N_BUFFERS; k++) {
        const size_t a = list[k].n_bytes, b = of_rest[k].n_bytes;
        n_bytes += rqa__sweep_buffer_room(a > b ? a : b);
    }
    return n_bytes;
}

static int reserve_all(rqa__sweep_worker *worker, const rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    need list[N_BUFFERS];
    list_needs(list, worker, job);
    for (size_t k = 0; k < N_BUFFERS; k++) {
        const int status = rqa__sweep_buffer_reserve(list[k].buffer, list[k].n_bytes, list[k].zero);
        if (status != 0) {
            return status;
        }
    }
    memset(worker->times.data, 0, (size_t)(2 + task->n_dims) * 256 * sizeof(uint64_t));
    memset(worker->n_events.data, 0, task->n_dims * sizeof(size_t));
    worker->n_event_cells = 0;
    memset(worker->counts.data, 0, (size_t)task->n_dims * 256 * sizeof(uint64_t));
    return 0;
}

int rqa__sweep_worker_prepare(rqa__sweep_worker *worker, const rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    if (worker->dirty) {
        clean(worker);
    }
    int status = reserve_stores(worker, (size_t)task->n_dims * RQA__SWEEP_N_KINDS);
    if (status == 0) {
        status = reserve_all(worker, job);
    }
    if (status != 0) {
        return status;
    }
    size_t table = 0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        for (unsigned kind = 0; kind < RQA__SWEEP_N_KINDS; kind++) {
            rqa__sweep_hist *hist = rqa__sweep_worker_hist(worker, d, kind);
            rqa__sweep_counter *counter = &hist->counter;
            hist->longest = job->longest;
            memset(counter, 0, sizeof *counter);
            counter->stride = job->counter_stride;
            counter->overflow = (rqa__sweep_long *)((uint8_t *)worker->overflow.data +
                                                    n_valid_room(task) + kind * overflow_room(job));
            if (is_wanted(task, kind)) {
                counter->n_short = job->n_short;
                counter->complete = job->n_short > job->longest;
                counter->diff =
                    (uint32_t *)worker->dense.data + table * job->n_short * job->counter_stride;
                table++;
            }
        }
    }
    worker->n_cells = 0;
    return 0;
}

/* Moves everything counted so far to the 64-bit rows of `into`, which may be the same worker. */
int rqa__sweep_worker_flush(rqa__sweep_worker *worker, rqa__sweep_worker *into,
                            const rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    int status = 0;
    for (uint32_t d = 0; d < task->n_dims && status == 0; d++) {
        for (unsigned kind = 0; kind < RQA__SWEEP_N_KINDS && status == 0; kind++) {
            rqa__sweep_hist *from = rqa__sweep_worker_hist(worker, d, kind);
            rqa__sweep_hist *to = rqa__sweep_worker_hist(into, d, kind);
            if (rqa__is_cancelled(job->cancel)) {
                return RQA_ERROR_CANCELLED;
            }
            status = rqa__sweep_hist_flush(from, to, rqa__sweep_weight(job, kind));
            if (status == 0 && worker != into) {
                status = rqa__sweep_hist_merge(to, from, job->cancel);
            }
        }
        if (worker != into) {
            const size_t times_at = 256 * ((size_t)2 + d);
            uint64_t *count = (uint64_t *)into->counts.data + d * 256u;
            uint64_t *gap_sum = (uint64_t *)into->times.data + times_at;
            for (size_t e = 0; e < 256; e++) {
                count[e] += ((const uint64_t *)worker->counts.data)[d * 256u + e];
                gap_sum[e] += ((const uint64_t *)worker->times.data)[times_at + e];
            }
        }
    }
    worker->n_cells = 0;
    return status;
}
