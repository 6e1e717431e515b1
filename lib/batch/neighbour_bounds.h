/* neighbour_bounds.h - from wanted numbers of neighbours to the bounds of every column. */
#ifndef RQA_BATCH_NEIGHBOUR_BOUNDS_H
#define RQA_BATCH_NEIGHBOUR_BOUNDS_H

#include "backend/column_bounds.h"
#include "batch/bound_search.h"

/* Of one number of neighbours. */
typedef struct rqa__neighbour_bounds {
    rqa__column_bounds columns; /* owned */
    rqa__limits limits;         /* what a task has of them, and */
    double bound;               /* the largest of them */
    rqa__listed listed;         /* where cells were listed, which `limits` does not say: it moves */
    uint64_t list_bytes;        /* 0: they were not */
} rqa__neighbour_bounds;

/* Bytes that a search needs at most, without what comes of it; and what one number leaves at most, by
 * any dim and delay. */
uint64_t rqa__neighbour_bounds_memory(const rqa__bound_search *search);
uint64_t rqa__neighbour_bounds_bytes(const rqa__bound_search *search);

/* For n numbers of neighbours that do not fall, out[n], all from one pass over the columns. 0, or a
 * status with text, and nothing in `out`. */
int rqa__neighbour_bounds_find(const rqa__bound_search *search, const uint64_t *k, uint32_t n,
                               rqa__neighbour_bounds *out);
/* Leaves it empty, as zero bytes are. */
void rqa__neighbour_bounds_free(rqa__neighbour_bounds *bounds);

#endif
