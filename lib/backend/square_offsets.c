/* square_offsets.c - points per offset of a matrix that is not square. */
#include "backend/square_offsets.h"

#include <string.h>

#include "base/memory.h"
#include "rqa/status.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

int rqa__needs_square_offsets(const rqa__task *task)
{
    return (task->tallies & RQA__TALLY_OFFSETS) && task->n_dims > 0 &&
           rqa__side_vectors(&task->x, 0) != rqa__side_vectors(&task->y, 0);
}

rqa__task rqa__without_offsets(const rqa__task *task)
{
    rqa__task rest = *task;
    rest.tallies &= ~(uint32_t)RQA__TALLY_OFFSETS;
    return rest;
}

/* Sides of one task share their dims and, where there are several, their delay: the difference of
 * the vector counts is the same for every dim. */
rqa__task rqa__square_task(const rqa__task *task)
{
    rqa__task square = *task;
    size_t n_x = rqa__side_vectors(&task->x, 0), n_y = rqa__side_vectors(&task->y, 0);
    square.x.n_samples -= n_x - smaller(n_x, n_y);
    square.y.n_samples -= n_y - smaller(n_x, n_y);
    square.tallies = RQA__TALLY_OFFSETS;
    return square;
}

int rqa__offset_store_init(rqa__offset_store *store, const rqa__task *task, rqa__tally_sink sink,
                           void *user)
{
    size_t n = smaller(rqa__side_vectors(&task->x, 0), rqa__side_vectors(&task->y, 0));
    *store = (rqa__offset_store){task, NULL, 2 * n - 1, sink, user};
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

static uint64_t *array_of(const rqa__offset_store *store, uint32_t dim, uint32_t threshold)
{
    return store->points + ((size_t)dim * store->task->n_thresholds + threshold) * store->room;
}

int rqa__offset_store_collect(void *user, uint32_t dim, uint32_t threshold,
                              const rqa__tally *tally)
{
    const rqa__offset_store *store = user;
    memcpy(array_of(store, dim, threshold), tally->offset_points,
           tally->n_offsets * sizeof *tally->offset_points);
    return RQA_OK;
}

int rqa__offset_store_deliver(void *user, uint32_t dim, uint32_t threshold,
                              const rqa__tally *tally)
{
    const rqa__offset_store *store = user;
    rqa__tally whole = *tally;
    whole.offset_points = array_of(store, dim, threshold);
    whole.n_offsets = 2 * smaller(rqa__side_vectors(&store->task->x, dim),
                                  rqa__side_vectors(&store->task->y, dim)) -
                      1;
    return store->sink(store->user, dim, threshold, &whole);
}
