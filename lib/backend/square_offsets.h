/* square_offsets.h - points per offset of a matrix that is not square.
 *
 * Engines count points per offset over the whole matrix. A tally wants them in the square that both
 * series span, so a cross matrix of unequal sides takes a second pass over the shortened series.
 */
#ifndef RQA_BACKEND_SQUARE_OFFSETS_H
#define RQA_BACKEND_SQUARE_OFFSETS_H

#include "lines/tally.h"
#include "plan/task.h"

int rqa__needs_square_offsets(const rqa__task *task);

/* The task twice: without its offsets, and the squares with nothing else. One square has the dims
 * from the first on that are cut alike, at least that one. */
rqa__task rqa__without_offsets(const rqa__task *task);
rqa__task rqa__square_task(const rqa__task *task, uint32_t first_dim);

/* Collects the squares' offsets, then hands them on with the tallies of the first task. */
typedef struct rqa__offset_store {
    const rqa__task *task;
    uint64_t *points; /* [dim][threshold][room] */
    size_t room;
    uint32_t first_dim; /* of the square that is collected */
    rqa__tally_sink sink;
    void *user;
} rqa__offset_store;

int rqa__offset_store_init(rqa__offset_store *store, const rqa__task *task, rqa__tally_sink sink,
                           void *user); /* 0 or RQA_ERROR_MEMORY */
void rqa__offset_store_free(rqa__offset_store *store);
/* Bytes that one takes; 0 for a task that needs none. */
size_t rqa__offset_store_memory(const rqa__task *task);
int rqa__offset_store_collect(void *store, uint32_t dim, uint32_t threshold,
                              const rqa__tally *tally); /* sink of a square */
int rqa__offset_store_deliver(void *store, uint32_t dim, uint32_t threshold,
                              const rqa__tally *tally); /* sink of the rest */

#endif
