/* column_nearest.h - of each column of a recurrence plot the cells that hold its nearest neighbours.
 */
#ifndef RQA_BACKEND_COLUMN_NEAREST_H
#define RQA_BACKEND_COLUMN_NEAREST_H

#include "backend/distance_rank.h"

/* A column as a row of distances: its x is y's side. */
rqa__distance_space rqa__column_space(const rqa__ranked_cells *cells);
/* The rows [first, end) of column i that the Theiler window takes. */
void rqa__column_band(const rqa__ranked_cells *cells, size_t i, size_t *first, size_t *end);

/* Cells of one column: its k nearest, all that are as near as the last of them, and some more; where
 * it has not so many, all of them. But for those that are nearer than all of these, where only the
 * k-th is asked for. */
typedef struct rqa__nearest {
    const uint32_t *row; /* [n], rising */
    const double *distance;
    double *spare; /* [n] room */
    size_t n, n_nearer;
} rqa__nearest;

/* Takes column i, once, on any thread; *reach gets the distance of its k-th neighbour, or stays as it
 * is where it has none. 0 or a status with text. */
typedef int (*rqa__nearest_sink)(void *user, size_t i, const rqa__nearest *nearest, double *reach);

/* How they are found: the numbers are the same. */
enum { RQA__NEAREST_AS_IT_PAYS = 0, RQA__NEAREST_BY_BITS = 1, RQA__NEAREST_BY_TREE = 2 };

/* Whose neighbours are wanted. */
typedef struct rqa__nearest_wish {
    uint64_t k;
    int only_last; /* the k-th distance is, and not those before it */
    int way;       /* RQA__NEAREST_*; with missing samples always by bits */
} rqa__nearest_wish;

/* Of the cells that the Theiler window keeps. What a column gets besides what is wanted may depend on
 * the number of workers. 0 or a status with text. */
int rqa__column_nearest(const rqa__ranked_cells *cells, const rqa__nearest_wish *wish,
                        const rqa__parallel *parallel, const atomic_int *cancel,
                        rqa__nearest_sink sink, void *user);

/* Upper estimate of the bytes it needs. */
size_t rqa__column_nearest_memory(const rqa__ranked_cells *cells, unsigned n_workers);

#endif
