/* batch_writer.c - the thread that puts finished units into the store, a transaction at a time. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "batch/batch_accounts.h"
#include "batch/batch_store.h"
#include "batch/batch_writer.h"
#include "store/store_state.h"

/* Rows on their way, at most: a cancelled batch still writes them, which takes some 50 ms; and how
 * many units may share a transaction. */
static const uint64_t max_bytes = UINT64_C(8) << 20;
enum { MAX_PARCELS = 1024, LEAST_AHEAD = 2 };

struct rqa__writer {
    struct rqa_batch *batch;
    rqa__thread thread;
    int has_thread; /* or who gives a parcel writes it at once */
    rqa__mutex mutex; /* guards the rest */
    rqa__cond full;   /* to the writer: there is something, or it is to end */
    rqa__cond room;   /* to the workers */
    rqa__parcel *first, **last;
    size_t n_out, max_out; /* buffers given to workers and not yet written */
    int closing;
    int status; /* the store's failure */
    char text[512];
};

/* Of a row. */
static uint64_t reached_bytes(const rqa__grid *grid)
{
    return grid->has_rates ? RQA__REACHED * sizeof(double) : 0;
}

uint64_t rqa__writer_parcel_bytes(const struct rqa_batch *batch)
{
    return rqa__batch_most_unit_rows(batch) * (batch->job.grid.n_measures * (sizeof(double) + 1) +
                                               reached_bytes(&batch->job.grid)) +
           sizeof(rqa__parcel);
}

size_t rqa__writer_parcels(const struct rqa_batch *batch, unsigned n_threads)
{
    uint64_t n = max_bytes / rqa__writer_parcel_bytes(batch),
             least = n_threads + (uint64_t)LEAST_AHEAD;
    return (size_t)(n < least ? least : n > MAX_PARCELS ? MAX_PARCELS : n);
}

static void free_parcel(rqa__parcel *p)
{
    rqa__free(p->rows.values);
    rqa__free(p->rows.reasons);
    rqa__free(p->rows.reached);
    rqa__free(p->text);
    rqa__free(p);
}

static int write_parcel(struct rqa_batch *batch, rqa__parcel *p)
{
    if (p->status)
        return rqa__batch_store_fail_item(batch, p->unit, p->status, p->text ? p->text : "");
    return rqa__batch_store_add(batch, p->unit, &p->rows);
}

/* All of a list in one transaction. */
static int write_list(struct rqa_batch *batch, rqa__parcel *list)
{
    struct rqa_store *store = rqa__batch_store_of(batch);
    int status = rqa__store_begin(store, &batch->sync.cancel);
    if (status)
        return status;
    for (rqa__parcel *p = list; p && !status; p = p->next)
        status = write_parcel(batch, p);
    return rqa__store_end(store, status);
}

/* Accounts for the units of a list, if they were written, and frees it; returns how many. */
static size_t settle(struct rqa__writer *writer, rqa__parcel *list, int written)
{
    size_t n = 0;
    for (rqa__parcel *p = list, *next; p; p = next, n++) {
        next = p->next;
        if (written)
            rqa__batch_end_unit(writer->batch, p->unit, p->status, p->text ? p->text : "");
        free_parcel(p);
    }
    return n;
}

static void fail(struct rqa__writer *writer, int status)
{
    writer->status = status;
    snprintf(writer->text, sizeof writer->text, "%s", rqa_last_error());
    atomic_store(&writer->batch->sync.cancel, 1);
}

static void *write_all(void *arg)
{
    struct rqa__writer *writer = arg;
    rqa__mutex_lock(&writer->mutex);
    for (;;) {
        while (!writer->first && !writer->closing)
            rqa__cond_wait(&writer->full, &writer->mutex);
        rqa__parcel *list = writer->first;
        if (!list)
            break;
        writer->first = NULL;
        writer->last = &writer->first;
        int failed = writer->status;
        rqa__mutex_unlock(&writer->mutex);
        int status = failed ? failed : write_list(writer->batch, list);
        size_t n = settle(writer, list, !status);
        rqa__mutex_lock(&writer->mutex);
        if (status && !failed)
            fail(writer, status);
        writer->n_out -= n;
        rqa__cond_broadcast(&writer->room);
    }
    rqa__mutex_unlock(&writer->mutex);
    return NULL;
}

static void destroy(struct rqa__writer *writer, int n_made)
{
    if (n_made > 2)
        rqa__cond_destroy(&writer->room);
    if (n_made > 1)
        rqa__cond_destroy(&writer->full);
    if (n_made > 0)
        rqa__mutex_destroy(&writer->mutex);
    rqa__free(writer);
}

int rqa__writer_start(struct rqa_batch *batch)
{
    struct rqa__writer *writer = rqa__calloc(1, sizeof *writer);
    if (!writer)
        return rqa__fail_memory("the store's writer");
    int n_made = 0;
    int status = rqa__mutex_init(&writer->mutex);
    if (!status && ++n_made)
        status = rqa__cond_init(&writer->full);
    if (!status && ++n_made)
        status = rqa__cond_init(&writer->room);
    if (!status)
        n_made++;
    writer->batch = batch;
    writer->last = &writer->first;
    writer->max_out = batch->plan.n_ahead;
    if (!status && !batch->life.runs_here)
        writer->has_thread = !rqa__thread_start(&writer->thread, write_all, writer);
    if (!status && !writer->has_thread && !batch->life.runs_here)
        rqa__context_log(batch->context, RQA_LOG_WARNING,
                         "batch: no thread could be had for the store; workers write to it");
    if (status) {
        destroy(writer, n_made);
        return status;
    }
    batch->writer = writer;
    return RQA_OK;
}

static void give_back(struct rqa__writer *writer)
{
    rqa__mutex_lock(&writer->mutex);
    writer->n_out--;
    rqa__cond_broadcast(&writer->room);
    rqa__mutex_unlock(&writer->mutex);
}

int rqa__writer_take(struct rqa_batch *batch, uint64_t unit, int wait, rqa__parcel **out)
{
    struct rqa__writer *writer = batch->writer;
    *out = NULL;
    rqa__mutex_lock(&writer->mutex);
    while (wait && writer->n_out >= writer->max_out)
        rqa__cond_wait(&writer->room, &writer->mutex);
    int full = writer->n_out >= writer->max_out;
    writer->n_out += !full;
    rqa__mutex_unlock(&writer->mutex);
    if (full)
        return RQA_OK;
    const size_t n_rows = (size_t)rqa__batch_unit_rows(batch, unit);
    const size_t n = n_rows * batch->job.grid.n_measures;
    const size_t n_reached = n_rows * (size_t)reached_bytes(&batch->job.grid);
    rqa__parcel *p = rqa__calloc(1, sizeof *p);
    if (p) {
        p->unit = unit;
        p->rows = (rqa__unit_rows){.values = rqa__alloc_array(n, sizeof(double)),
                                   .reasons = rqa__alloc(n),
                                   .n_delays = 1};
        if (n_reached > 0)
            p->rows.reached = rqa__alloc(n_reached);
        if (p->rows.values && p->rows.reasons && (p->rows.reached || n_reached == 0)) {
            *out = p;
            return RQA_OK;
        }
        free_parcel(p);
    }
    give_back(writer);
    return rqa__fail_memory("the rows of a unit");
}

static void write_now(struct rqa__writer *writer, rqa__parcel *p)
{
    rqa__mutex_lock(&writer->mutex);
    int failed = writer->status;
    rqa__mutex_unlock(&writer->mutex);
    int status = failed ? failed : write_list(writer->batch, p);
    settle(writer, p, !status);
    rqa__mutex_lock(&writer->mutex);
    if (status && !writer->status)
        fail(writer, status);
    rqa__mutex_unlock(&writer->mutex);
    give_back(writer);
}

void rqa__writer_give(struct rqa_batch *batch, rqa__parcel *p)
{
    struct rqa__writer *writer = batch->writer;
    if (p->status == RQA_ERROR_CANCELLED) {
        free_parcel(p);
        give_back(writer);
        return;
    }
    if (p->status)
        p->text = rqa__strdup(rqa_last_error());
    if (!writer->has_thread) {
        write_now(writer, p);
        return;
    }
    rqa__mutex_lock(&writer->mutex);
    *writer->last = p;
    writer->last = &p->next;
    rqa__cond_signal(&writer->full);
    rqa__mutex_unlock(&writer->mutex);
}

int rqa__writer_stop(struct rqa_batch *batch)
{
    struct rqa__writer *writer = batch->writer;
    rqa__mutex_lock(&writer->mutex);
    writer->closing = 1;
    rqa__cond_signal(&writer->full);
    rqa__mutex_unlock(&writer->mutex);
    if (writer->has_thread)
        rqa__thread_join(&writer->thread);
    int status = writer->status;
    if (status)
        rqa__error_text_set(writer->text);
    batch->writer = NULL;
    destroy(writer, 3);
    return status;
}
