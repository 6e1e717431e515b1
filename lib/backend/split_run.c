/* split_run.c - one long series shared between devices and threads, by ranges of columns.
 *
 * Workers take ranges from the front of a queue, each half of its share of what is left, so that
 * parts get smaller towards the end and all finish together; of a symmetric matrix the first
 * columns have most cells. Parts that have become neighbours are joined at once, by whoever made
 * the second: no more of them exist than there are workers at work between them.
 */
#include "backend/split_run.h"

#include <stdio.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/device_run.h"
#include "backend/part_run.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/pool.h"

/* Of its share of what is left a worker takes this much; at first, when its speed is a guess, less.
 */
static const double share_known = 0.5, share_assumed = 0.25;

enum { COLUMN_STEP = 32 }; /* where a part may be cut */

typedef struct range {
    uint64_t first, end;
} range;

typedef struct worker {
    rqa__device *device;      /* NULL: a thread */
    rqa__part_engine *engine; /* of a thread, from its first part on */
    double speed;             /* cells per ns, assumed */
    double cells, ns;         /* done so far */
    int is_gone;
} worker;

typedef struct split {
    const struct rqa_context *context;
    const rqa__split_team *team;
    const rqa__task *task;
    const atomic_int *cancel;
    rqa__split_report *report;
    worker *worker;
    size_t n_workers;
    uint32_t d, t; /* the tally in hand */
    rqa__part_shape shape;
    atomic_int stop;  /* for threads: the end, for whatever reason */
    rqa__mutex mutex; /* guards what follows, the report and is_gone */
    rqa__cond wake;   /* ranges came back, or there is nothing more to wait for */
    range *waiting;   /* not taken */
    size_t n_waiting;
    rqa__part *done; /* no two of them neighbours */
    size_t n_done, n_working;
    int lost_status; /* of the first lost device, or worker */
    int lost_is_device;
    char lost_text[256];
    int status; /* that ends it */
    char text[256];
} split;

/* One part on its way from a backend. */
typedef struct delivery {
    rqa__part *part;
    const rqa__part_shape *shape;
    range columns;
} delivery;

/* ---- the queue; the mutex is held ---- */

static double speed_of(const worker *w)
{
    return w->ns > 0 ? w->cells / w->ns : w->speed;
}

static double cells_of(const split *s, range r)
{
    return (double)rqa__part_cells(&s->shape, r.first, r.end);
}

/* Cells for a worker's next part. */
static double portion_locked(const split *s, const worker *w)
{
    double left = 0, speed = 0;
    for (size_t k = 0; k < s->n_waiting; k++)
        left += cells_of(s, s->waiting[k]);
    for (size_t k = 0; k < s->n_workers; k++)
        speed += s->worker[k].is_gone ? 0 : speed_of(&s->worker[k]);
    return (w->ns > 0 ? share_known : share_assumed) * left * speed_of(w) / speed;
}

/* Columns of a range, from its first, that have about so many cells. */
static range front_of(const split *s, range r, double cells)
{
    uint64_t low = 1, high = (r.end - r.first + COLUMN_STEP - 1) / COLUMN_STEP;
    while (low < high) {
        uint64_t half = low + (high - low) / 2;
        if (cells_of(s, (range){r.first, r.first + half * COLUMN_STEP}) < cells)
            low = half + 1;
        else
            high = half;
    }
    uint64_t end = r.first + low * COLUMN_STEP;
    return (range){r.first, end < r.end ? end : r.end};
}

static range cut_locked(split *s, const worker *w)
{
    range *r = &s->waiting[0];
    const double portion = portion_locked(s, w), least = s->team->least_ns * speed_of(w);
    range front = front_of(s, *r, portion > least ? portion : least);
    if (cells_of(s, (range){front.end, r->end}) < least)
        front.end = r->end;
    r->first = front.end;
    if (r->first == r->end) {
        s->n_waiting--;
        memmove(s->waiting, s->waiting + 1, s->n_waiting * sizeof *s->waiting);
    }
    return front;
}

static void end_all_locked(split *s, int status, const char *text)
{
    if (!s->status) {
        s->status = status;
        snprintf(s->text, sizeof s->text, "%s", text);
    }
    atomic_store(&s->stop, 1);
    rqa__cond_broadcast(&s->wake);
}

/* 0 when there is nothing more for this worker. */
static int take(split *s, const worker *w, range *out)
{
    int taken = 0;
    rqa__mutex_lock(&s->mutex);
    while (!taken && !w->is_gone && !s->status) {
        if (s->n_waiting > 0) {
            *out = cut_locked(s, w);
            s->n_working++;
            taken = 1;
        } else if (s->n_working > 0) {
            rqa__cond_wait(&s->wake, &s->mutex);
        } else {
            break;
        }
    }
    rqa__mutex_unlock(&s->mutex);
    return taken;
}

static void stop_working_locked(split *s)
{
    if (--s->n_working == 0)
        rqa__cond_broadcast(&s->wake);
}

/* ---- parts that are done ---- */

/* Takes a neighbour of a part out of those that are done. */
static int take_neighbour_locked(split *s, const rqa__part *part, rqa__part *out)
{
    for (size_t k = 0; k < s->n_done; k++)
        if (s->done[k].end == part->first || s->done[k].first == part->end) {
            *out = s->done[k];
            s->done[k] = s->done[--s->n_done];
            return 1;
        }
    return 0;
}

static void put(split *s, const worker *w, rqa__part *part)
{
    rqa__part other;
    rqa__mutex_lock(&s->mutex);
    if (w->device)
        s->report->n_parts_of_devices++;
    else
        s->report->n_parts_of_threads++;
    while (!s->status && take_neighbour_locked(s, part, &other)) {
        rqa__mutex_unlock(&s->mutex);
        const int is_left = other.end == part->first;
        int status = is_left ? rqa__part_join(&other, part) : rqa__part_join(part, &other);
        if (is_left) {
            rqa__part_free(part);
            *part = other;
        } else {
            rqa__part_free(&other);
        }
        rqa__mutex_lock(&s->mutex);
        if (status)
            end_all_locked(s, status, "out of memory for joining parts of a long series");
    }
    s->done[s->n_done++] = *part;
    stop_working_locked(s);
    rqa__mutex_unlock(&s->mutex);
}

/* ---- workers ---- */

/* A worker with such a failure leaves the rest to others. */
static int may_leave(int status)
{
    return status == RQA_ERROR_MEMORY || status == RQA_ERROR_BACKEND_FAILED ||
           status == RQA_ERROR_BACKEND_MISSING || status == RQA_ERROR_UNSUPPORTED ||
           status == RQA_ERROR_OVERFLOW;
}

static void give_back_locked(split *s, range r)
{
    size_t k = s->n_waiting++;
    for (; k > 0 && s->waiting[k - 1].first > r.first; k--)
        s->waiting[k] = s->waiting[k - 1];
    s->waiting[k] = r;
    rqa__cond_broadcast(&s->wake);
}

static void note_loss_locked(split *s, const worker *w, int status)
{
    if (!s->lost_status || (w->device && !s->lost_is_device)) {
        s->lost_status = status;
        s->lost_is_device = w->device != NULL;
        snprintf(s->lost_text, sizeof s->lost_text, "%s", rqa_last_error());
    }
    if (w->device) {
        s->report->n_lost++;
        snprintf(s->report->lost, sizeof s->report->lost, "%s", rqa_last_error());
    }
}

static void leave(split *s, worker *w, range r, int status)
{
    rqa__mutex_lock(&s->mutex);
    if (!may_leave(status)) {
        end_all_locked(s, status, rqa_last_error());
    } else {
        w->is_gone = 1;
        note_loss_locked(s, w, status);
        give_back_locked(s, r);
        size_t n_devices = 0, n_left = 0;
        for (size_t k = 0; k < s->n_workers; k++) {
            n_left += !s->worker[k].is_gone;
            n_devices += !s->worker[k].is_gone && s->worker[k].device;
        }
        const int misses_device =
            s->team->n_devices > 0 && n_devices == 0 && !s->team->may_lose_devices;
        if (n_left == 0 || misses_device)
            end_all_locked(s, s->lost_status, s->lost_text);
    }
    stop_working_locked(s);
    rqa__mutex_unlock(&s->mutex);
}

static int receive(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const delivery *to = user;
    (void)d;
    (void)t;
    int status = rqa__part_take(to->part, to->shape, to->columns.first, to->columns.end, tally);
    return status == RQA_ERROR_MEMORY ? rqa__fail_memory("a part of a long series") : status;
}

static int run_on_device(const split *s, worker *w, delivery *to)
{
    rqa__task part = rqa__task_slice(s->task, (rqa__slice){s->d, 1, s->t, 1});
    part.part_first = to->columns.first;
    part.part_end = to->columns.end;
    return rqa__device_run_one(w->device, s->context, &part, s->cancel, receive, to);
}

static int run_on_thread(const split *s, worker *w, delivery *to)
{
    if (!w->engine) {
        int status =
            rqa__part_engine_create(&w->engine, s->task, rqa__cpu_bits_kernels(s->context->cpu));
        if (status)
            return status;
    }
    const rqa__part_request request = {s->d,      s->t,    to->columns.first, to->columns.end,
                                       s->cancel, &s->stop};
    return rqa__part_run(w->engine, &request, receive, to);
}

static int work(void *arg, size_t index, unsigned pool_worker)
{
    split *s = arg;
    worker *w = &s->worker[index];
    range columns;
    (void)pool_worker;
    while (take(s, w, &columns)) {
        rqa__part part = {0};
        delivery to = {&part, &s->shape, columns};
        double began = rqa__now_s();
        int status = w->device ? run_on_device(s, w, &to) : run_on_thread(s, w, &to);
        if (status) {
            leave(s, w, columns, status);
            break;
        }
        double ns = 1e9 * (rqa__now_s() - began), cells = cells_of(s, columns);
        rqa__mutex_lock(&s->mutex);
        w->ns += ns;
        w->cells += cells;
        rqa__mutex_unlock(&s->mutex);
        put(s, w, &part);
    }
    return RQA_OK;
}

/* ---- the task ---- */

static int run_tally(split *s, rqa__pool *pool, rqa__tally_sink sink, void *user)
{
    rqa__tally tally = {0};
    s->shape = rqa__part_shape_of(s->task, s->d);
    if (s->shape.n_x == 0 || s->shape.n_y == 0)
        return sink(user, s->d, s->t, &tally);
    s->waiting[0] = (range){0, s->shape.n_x};
    s->n_waiting = 1;
    int status = rqa__pool_run(pool, s->n_workers, work, s);
    if (!status && s->status)
        status = rqa__fail(s->status, "%s", s->text);
    if (!status && rqa__part_close(&s->done[0], &tally))
        status = rqa__fail_memory("the line counts");
    if (!status)
        status = sink(user, s->d, s->t, &tally);
    while (s->n_done > 0)
        rqa__part_free(&s->done[--s->n_done]);
    return status;
}

static int create_workers(split *s)
{
    const rqa__split_team *team = s->team;
    s->n_workers = team->n_devices + team->n_threads;
    s->worker = rqa__calloc(s->n_workers, sizeof *s->worker);
    /* What is not taken, and what is done, lies between what workers have in hand. */
    s->waiting = rqa__alloc_array(s->n_workers + 1, sizeof *s->waiting);
    s->done = rqa__alloc_array(2 * s->n_workers + 2, sizeof *s->done);
    if (!s->worker || !s->waiting || !s->done)
        return rqa__fail_memory("the workers of a long series");
    for (size_t k = 0; k < s->n_workers; k++) {
        const int is_device = k < team->n_devices;
        s->worker[k].device = is_device ? team->device[k] : NULL;
        s->worker[k].speed = is_device ? team->device_speed[k] : team->thread_speed;
    }
    return RQA_OK;
}

static void destroy_workers(split *s)
{
    for (size_t k = 0; s->worker && k < s->n_workers; k++)
        rqa__part_engine_destroy(s->worker[k].engine);
    rqa__free(s->worker);
    rqa__free(s->waiting);
    rqa__free(s->done);
}

static int run_all(split *s, rqa__tally_sink sink, void *user)
{
    rqa__pool *pool = NULL;
    int status = create_workers(s);
    if (!status)
        status = rqa__pool_create(&pool, (unsigned)s->n_workers);
    for (s->d = 0; s->d < s->task->n_dims && !status; s->d++)
        for (s->t = 0; s->t < s->task->n_thresholds && !status; s->t++)
            status = run_tally(s, pool, sink, user);
    rqa__pool_destroy(pool);
    destroy_workers(s);
    return status;
}

int rqa__split_run(const struct rqa_context *context, const rqa__split_team *team,
                   const rqa__task *task, const atomic_int *cancel, rqa__tally_sink sink,
                   void *user, rqa__split_report *report)
{
    split s = {.context = context, .team = team, .task = task, .cancel = cancel, .report = report};
    *report = (rqa__split_report){0};
    int status = rqa__device_takes(task); /* nor do parts of threads */
    if (!status)
        status = rqa__mutex_init(&s.mutex);
    if (status)
        return status;
    status = rqa__cond_init(&s.wake);
    if (!status) {
        status = run_all(&s, sink, user);
        rqa__cond_destroy(&s.wake);
    }
    rqa__mutex_destroy(&s.mutex);
    return status;
}

uint64_t rqa__split_memory(const rqa__task *task, size_t n_devices, unsigned n_threads)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0);
    const uint64_t n_workers = n_devices + n_threads;
    return (2 * n_workers + 1) * (uint64_t)rqa__part_memory(&shape) +
           n_threads * (uint64_t)rqa__part_engine_memory(task);
}
