/* distance_rank.h - the k-th smallest distance of the cells of a recurrence plot, exactly. */
#ifndef RQA_BACKEND_DISTANCE_RANK_H
#define RQA_BACKEND_DISTANCE_RANK_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "cpu/distance_table.h"
#include "plan/task.h"

/* What passes over the cells are made by: tiles of an auto-recurrence where that is possible and pays,
 * or wherever it is possible; or rows of bits. */
enum { RQA__PASSES_THAT_PAY = 0, RQA__PASSES_BY_TILES = 1, RQA__PASSES_BY_ROWS = 2 };

/* Which cells: those of x against y that the Theiler window keeps, under the first dim. */
typedef struct rqa__ranked_cells {
    const rqa__side *x, *y; /* auto: y is x */
    uint32_t norm;
    int is_auto;
    int upper_only; /* auto: of one triangle, with the main diagonal */
    uint64_t theiler;
    int skips;             /* some sample is missing */
    int passes;            /* RQA__PASSES_*: for time alone */
    size_t most_collected; /* distances held at a time; 0: as many as 32 MB hold */
    const rqa__bits_kernels *bits;
    const rqa__distance_kernels *distances;
} rqa__ranked_cells;

typedef struct rqa__ranked_distance {
    double distance;
    uint64_t n_within; /* cells up to it */
    uint64_t n_equal;  /* cells at it */
    uint64_t n_cells;  /* that have a distance: no missing sample */
} rqa__ranked_distance;

/* Upper estimate of the bytes it needs. */
size_t rqa__distance_rank_memory(const rqa__ranked_cells *cells, unsigned n_workers);

/* The order is from 1 on. Where it is above n_cells, distance is NaN and the counts are 0. No
 * number depends on the number of workers. 0 or a status with text. */
int rqa__distance_rank(const rqa__ranked_cells *cells, uint64_t order,
                       const rqa__parallel *parallel, const atomic_int *cancel,
                       rqa__ranked_distance *out);

/* Orders that do not fall. */
typedef struct rqa__orders {
    const uint64_t *order;
    uint32_t n;
} rqa__orders;

/* The same for many orders, out[n]: what one order has found brackets the next. */
int rqa__distance_ranks(const rqa__ranked_cells *cells, const rqa__orders *orders,
                        const rqa__parallel *parallel, const atomic_int *cancel,
                        rqa__ranked_distance *out);

#endif
