/* column_bounds.h - the bound under which each column of a recurrence plot has so many neighbours. */
#ifndef RQA_BACKEND_COLUMN_BOUNDS_H
#define RQA_BACKEND_COLUMN_BOUNDS_H

#include "backend/distance_rank.h"

/* Where they go: arrays of one number for each vector of x. */
typedef struct rqa__column_bounds {
    double *bound;  /* of the k-th smallest distance, -1 where a column has none */
    double *untied; /* of what is nearer than that; with `last`, else NULL */
    uint32_t *last; /* the row up to which what is as near belongs to the k; or NULL */
} rqa__column_bounds;

/* For the k nearest of the cells that the Theiler window keeps of each column, of all of them where
 * it has fewer. No number depends on the number of workers. 0 or a status with text. */
int rqa__column_bounds_find(const rqa__ranked_cells *cells, uint64_t k,
                            const rqa__parallel *parallel, const atomic_int *cancel,
                            const rqa__column_bounds *out);

#endif
