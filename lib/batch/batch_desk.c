/* batch_desk.c - tallies that a device has counted, and the threads that compute measures from them
 * while the device goes on.
 *
 * What a tally points to is the device's until its sink returns, so it is copied; computing the
 * measures takes some ten times as long. A unit's worker has one set of scratch arrays: a place is in
 * one thread's hands at a time, and all that lies there is taken at once. */
#include "batch/batch_desk.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"

typedef struct entry {
    struct entry *next;
    rqa__unit_worker *worker;
    uint32_t dim_index, threshold_index;
    uint64_t n_bytes;
    rqa__tally tally; /* what it points to follows */
} entry;

typedef struct place {
    entry *first, *last;
    struct place *next_ready;
    int is_ready, is_busy; /* in the list of places to be taken; in a thread's hands */
    int status;            /* of what failed first */
    char text[256];
} place;

struct rqa__desk {
    place *place;
    rqa__thread *thread;
    unsigned n_threads;
    uint64_t most_bytes;
    rqa__mutex mutex;
    rqa__cond given, taken;
    /* Under the mutex: */
    place *ready, *last_ready;
    uint64_t n_bytes; /* of all entries */
    int is_closing;
};

/* ---- copies ---- */

static uint64_t bin_bytes(const rqa__spectrum *s)
{
    return s->n_bins * sizeof *s->bin;
}

/* Moves what a spectrum points to behind the rest of the copy. */
static void copy_bins(rqa__spectrum *s, char **to)
{
    const size_t n = (size_t)bin_bytes(s);
    if (n > 0)
        memcpy(*to, s->bin, n);
    s->bin = (const rqa__bin *)(void *)*to;
    *to += n;
}

static entry *copy_of(const rqa__tally *tally)
{
    const uint64_t offset_bytes = tally->n_offsets * sizeof *tally->offset_points;
    const uint64_t n_bytes = sizeof(entry) + bin_bytes(&tally->diagonal) +
                             bin_bytes(&tally->vertical) + bin_bytes(&tally->white_inner) +
                             bin_bytes(&tally->white_border) +
                             bin_bytes(&tally->recurrence_time) + offset_bytes;
    entry *e = rqa__alloc((size_t)n_bytes);
    if (!e)
        return NULL;
    char *to = (char *)(e + 1);
    e->next = NULL;
    e->n_bytes = n_bytes;
    e->tally = *tally;
    copy_bins(&e->tally.diagonal, &to);
    copy_bins(&e->tally.vertical, &to);
    copy_bins(&e->tally.white_inner, &to);
    copy_bins(&e->tally.white_border, &to);
    copy_bins(&e->tally.recurrence_time, &to);
    if (offset_bytes > 0) {
        memcpy(to, tally->offset_points, (size_t)offset_bytes);
        e->tally.offset_points = (const uint64_t *)(void *)to;
    }
    return e;
}

static uint64_t free_entries(entry *first)
{
    uint64_t n_bytes = 0;
    while (first) {
        entry *next = first->next;
        n_bytes += first->n_bytes;
        rqa__free(first);
        first = next;
    }
    return n_bytes;
}

/* ---- taking ---- */

static void make_ready_locked(rqa__desk *desk, place *p)
{
    p->is_ready = 1;
    p->next_ready = NULL;
    if (desk->ready)
        desk->last_ready->next_ready = p;
    else
        desk->ready = p;
    desk->last_ready = p;
    rqa__cond_signal(&desk->given);
}

/* Takes all that lies at the place that has waited longest. The mutex is left in between. */
static void take_ready_locked(rqa__desk *desk)
{
    place *p = desk->ready;
    entry *first = p->first;
    int status = p->status;
    const int had_failed = status;
    char text[sizeof p->text] = "";
    desk->ready = p->next_ready;
    p->is_ready = 0;
    p->is_busy = 1;
    p->first = p->last = NULL;
    rqa__mutex_unlock(&desk->mutex);
    for (const entry *e = first; e && !status; e = e->next) {
        status = rqa__unit_take(e->worker, e->dim_index, e->threshold_index, &e->tally);
        if (status)
            snprintf(text, sizeof text, "%s", rqa_last_error());
    }
    const uint64_t n_bytes = free_entries(first);
    rqa__mutex_lock(&desk->mutex);
    desk->n_bytes -= n_bytes;
    p->is_busy = 0;
    if (status && !had_failed) {
        p->status = status;
        memcpy(p->text, text, sizeof p->text);
    }
    if (p->first)
        make_ready_locked(desk, p);
    rqa__cond_broadcast(&desk->taken);
}

/* Helps, or waits for those who have everything in hand. */
static void go_on_locked(rqa__desk *desk)
{
    if (desk->ready)
        take_ready_locked(desk);
    else
        rqa__cond_wait(&desk->taken, &desk->mutex);
}

static void *run_thread(void *arg)
{
    rqa__desk *desk = arg;
    rqa__mutex_lock(&desk->mutex);
    for (;;) {
        while (!desk->ready && !desk->is_closing)
            rqa__cond_wait(&desk->given, &desk->mutex);
        if (!desk->ready)
            break;
        take_ready_locked(desk);
    }
    rqa__mutex_unlock(&desk->mutex);
    return NULL;
}

/* ---- the desk ---- */

static int init_locks(rqa__desk *desk)
{
    int status = rqa__mutex_init(&desk->mutex);
    if (status)
        return status;
    status = rqa__cond_init(&desk->given);
    if (!status) {
        status = rqa__cond_init(&desk->taken);
        if (!status)
            return RQA_OK;
        rqa__cond_destroy(&desk->given);
    }
    rqa__mutex_destroy(&desk->mutex);
    return status;
}

int rqa__desk_create(rqa__desk **out, size_t n_places, unsigned n_threads, uint64_t most_bytes)
{
    *out = NULL;
    rqa__desk *desk = rqa__calloc(1, sizeof *desk);
    if (!desk)
        return rqa__fail_memory("a device's measures");
    desk->place = rqa__calloc(n_places, sizeof *desk->place);
    desk->thread = rqa__calloc(n_threads ? n_threads : 1, sizeof *desk->thread);
    desk->most_bytes = most_bytes;
    int status = desk->place && desk->thread ? init_locks(desk)
                                             : rqa__fail_memory("a device's measures");
    if (status) {
        rqa__free(desk->place);
        rqa__free(desk->thread);
        rqa__free(desk);
        return status;
    }
    while (desk->n_threads < n_threads &&
           !rqa__thread_start(&desk->thread[desk->n_threads], run_thread, desk))
        desk->n_threads++;
    *out = desk;
    return RQA_OK;
}

void rqa__desk_destroy(rqa__desk *desk)
{
    if (!desk)
        return;
    rqa__mutex_lock(&desk->mutex);
    desk->is_closing = 1;
    rqa__cond_broadcast(&desk->given);
    rqa__mutex_unlock(&desk->mutex);
    for (unsigned k = 0; k < desk->n_threads; k++)
        rqa__thread_join(&desk->thread[k]);
    rqa__cond_destroy(&desk->given);
    rqa__cond_destroy(&desk->taken);
    rqa__mutex_destroy(&desk->mutex);
    rqa__free(desk->place);
    rqa__free(desk->thread);
    rqa__free(desk);
}

/* Without threads, or memory for a copy. */
static int take_now(rqa__desk *desk, size_t at, rqa__unit_worker *worker, uint32_t dim_index,
                    uint32_t threshold_index, const rqa__tally *tally)
{
    const int status = desk->n_threads ? rqa__desk_finish(desk, at) : RQA_OK;
    return status ? status : rqa__unit_take(worker, dim_index, threshold_index, tally);
}

int rqa__desk_give(rqa__desk *desk, size_t at, rqa__unit_worker *worker, uint32_t dim_index,
                   uint32_t threshold_index, const rqa__tally *tally)
{
    entry *e = desk->n_threads ? copy_of(tally) : NULL;
    if (!e)
        return take_now(desk, at, worker, dim_index, threshold_index, tally);
    e->worker = worker;
    e->dim_index = dim_index;
    e->threshold_index = threshold_index;
    place *p = &desk->place[at];
    rqa__mutex_lock(&desk->mutex);
    while (desk->n_bytes > desk->most_bytes)
        go_on_locked(desk);
    const int failed = p->status;
    if (!failed) {
        desk->n_bytes += e->n_bytes;
        if (p->last)
            p->last->next = e;
        else
            p->first = e;
        p->last = e;
        if (!p->is_ready && !p->is_busy)
            make_ready_locked(desk, p);
    }
    rqa__mutex_unlock(&desk->mutex);
    if (!failed)
        return RQA_OK;
    (void)free_entries(e);
    return rqa__desk_finish(desk, at);
}

static int finish(rqa__desk *desk, size_t at, int and_drop)
{
    place *p = &desk->place[at];
    entry *dropped = NULL;
    char text[sizeof p->text];
    rqa__mutex_lock(&desk->mutex);
    if (and_drop) { /* still in the list of those to be taken, with nothing there */
        dropped = p->first;
        p->first = p->last = NULL;
        for (const entry *e = dropped; e; e = e->next)
            desk->n_bytes -= e->n_bytes;
    }
    while (p->is_busy || p->is_ready)
        go_on_locked(desk);
    const int status = p->status;
    memcpy(text, p->text, sizeof text);
    p->status = RQA_OK;
    rqa__mutex_unlock(&desk->mutex);
    (void)free_entries(dropped);
    return status && !and_drop ? rqa__fail(status, "%s", text) : RQA_OK;
}

int rqa__desk_finish(rqa__desk *desk, size_t at)
{
    return finish(desk, at, 0);
}

void rqa__desk_drop(rqa__desk *desk, size_t at)
{
    (void)finish(desk, at, 1);
}
