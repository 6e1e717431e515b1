/* square_offsets.c - points per offset of a matrix that is not square. */
#include "backend/square_offsets.h"

#include <string.h>

#include "base/memory.h"
#include "rqa/status.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t square_side(const rqa__task *task, uint32_t dim)
{
    return smaller(rqa__side_vectors(&task->x, dim), rqa__side_vectors(&task->y, dim));
}

static size_t n_offsets(const rqa__task *task, uint32_t dim)
{
    size_t n = square_side(task, dim);
    return n > 0 ? 2 * n - 1 : 0;
}

int rqa__needs_square_offsets(const rqa__task *task)
{
    for (uint32_t d = 0; d < task->n_dims && task->tallies & RQA__TALLY_OFFSETS; d++) {
        if (rqa__side_vectors(&task->x, d) != rqa__side_vectors(&task->y, d))
            return 1;
    }
    return 0;
}

rqa__task rqa__without_offsets(const rqa__task *task)
{
    rqa__task rest = *task;
    rest.tallies &= ~(uint32_t)RQA__TALLY_OFFSETS;
    return rest;
}

/* Vectors to be cut off each side. */
static size_t surplus(const rqa__task *task, const rqa__side *side, uint32_t dim)
{
    return rqa__side_vectors(side, dim) - square_side(task, dim);
}

/* Sides with one delay and the same dims differ by as many vectors in every dim, others do not. */
rqa__task rqa__square_task(const rqa__task *task, uint32_t first_dim)
{
    const size_t from_x = surplus(task, &task->x, first_dim);
    const size_t from_y = surplus(task, &task->y, first_dim);
    const size_t n_before = (size_t)first_dim * task->n_thresholds;
    uint32_t end = first_dim + 1;
    while (end < task->n_dims && surplus(task, &task->x, end) == from_x &&
           surplus(task, &task->y, end) == from_y)
        end++;
    rqa__task square = *task;
    square.n_dims = end - first_dim;
    square.x.dims += first_dim;
    square.y.dims += first_dim;
    square.x.n_samples -= from_x;
    square.y.n_samples -= from_y;
    square.bounds += n_before;
    square.bounds_y = task->bounds_y ? task->bounds_y + n_before : NULL;
    square.tallies = RQA__TALLY_OFFSETS;
    return square;
}

int rqa__offset_store_init(rqa__offset_store *store, const rqa__task *task, rqa__tally_sink sink,
                           void *user)
{
    *store =
        (rqa__offset_store){.task = task, .room = n_offsets(task, 0), .sink = sink, .user = user};
    size_t n_arrays = (size_t)task->n_dims * task->n_thresholds, n_words;
    if (rqa__mul_size(n_arrays, store->room, &n_words))
        return RQA_ERROR_MEMORY;
    store->points = rqa__calloc(n_words, sizeof *store->points);
    return store->points ? RQA_OK : RQA_ERROR_MEMORY;
}

void rqa__offset_store_free(rqa__offset_store *store)
{
    rqa__free(store->points);
    store->points = NULL;
}

size_t rqa__offset_store_memory(const rqa__task *task)
{
    size_t n_arrays = (size_t)task->n_dims * task->n_thresholds;
    return rqa__needs_square_offsets(task) ? n_arrays * n_offsets(task, 0) * sizeof(uint64_t) : 0;
}

static uint64_t *array_of(const rqa__offset_store *store, uint32_t dim, uint32_t threshold)
{
    return store->points + ((size_t)dim * store->task->n_thresholds + threshold) * store->room;
}

int rqa__offset_store_collect(void *user, uint32_t dim, uint32_t threshold,
                              const rqa__tally *tally)
{
    const rqa__offset_store *store = user;
    if (tally->n_offsets > 0)
        memcpy(array_of(store, store->first_dim + dim, threshold), tally->offset_points,
               tally->n_offsets * sizeof *tally->offset_points);
    return RQA_OK;
}

int rqa__offset_store_deliver(void *user, uint32_t dim, uint32_t threshold,
                              const rqa__tally *tally)
{
    const rqa__offset_store *store = user;
    rqa__tally whole = *tally;
    whole.offset_points = array_of(store, dim, threshold);
    whole.n_offsets = n_offsets(store->task, dim);
    return store->sink(store->user, dim, threshold, &whole);
}
