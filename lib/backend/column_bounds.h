/* column_bounds.h - the bound under which each column of a recurrence plot has so many neighbours.
 */
#ifndef RQA_BACKEND_COLUMN_BOUNDS_H
#define RQA_BACKEND_COLUMN_BOUNDS_H

#include "backend/distance_rank.h"

/* Where they go: arrays of one number for each vector of x. */
typedef struct rqa__column_bounds {
    double *bound;  /* of the k-th smallest distance, -1 where a column has none */
    double *untied; /* of what is nearer than that; with `last`, else NULL */
    uint32_t *last; /* the row up to which what is as near belongs to the k; or NULL */
    uint32_t *listed; /* of one number k alone, with the next: the rows that are in, those in the */
    uint32_t *n_listed; /* Theiler window too, as rqa__listed has them; or NULL */
    size_t stride;      /* where there are more, n_listed is UINT32_MAX */
} rqa__column_bounds;

/* The widest Theiler window that cells can be listed with. */
enum { RQA__LISTED_THEILER = 128 };

/* Upper estimate of the bytes they need, without the arrays. */
size_t rqa__column_bounds_memory(const rqa__ranked_cells *cells, unsigned n_workers);

/* For the k nearest of the cells that the Theiler window keeps of each column, of all of them where
 * it has fewer; out[n] for n numbers k that do not fall, in one pass over the columns. No number
 * depends on the number of workers. 0 or a status with text. */
int rqa__column_bounds_find(const rqa__ranked_cells *cells, const uint64_t *k, uint32_t n,
                            const rqa__parallel *parallel, const atomic_int *cancel,
                            const rqa__column_bounds *out);

#endif
