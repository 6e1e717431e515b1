/* task.h - one work unit: everything that shares work, validated and immutable.
 *
 * A task is one series (or a pair), one norm, one delay, several embedding dimensions and several
 * thresholds. A backend computes a tally for every (dim, threshold) of it.
 */
#ifndef RQA_PLAN_TASK_H
#define RQA_PLAN_TASK_H

#include <stddef.h>
#include <stdint.h>

#include "lines/tally.h"

enum { RQA__RELATION_AUTO = 0, RQA__RELATION_CROSS = 1, RQA__RELATION_JOINT = 2 };
enum { RQA__NORM_MAXIMUM = 0, RQA__NORM_EUCLIDEAN = 1, RQA__NORM_MANHATTAN = 2 };

/* One side of the comparison. Vector i has the coordinates channel[c][i + k*delay], k = 0..dim-1
 * outer, c = 0..n_channels-1 inner. A missing sample is NaN in every channel. No infinities. */
typedef struct rqa__side {
    const double *const *channel; /* n_channels arrays of n_samples */
    size_t n_samples;
    uint32_t n_channels;
    uint32_t delay;
    const uint32_t *dims; /* [n_dims], rising strictly */
} rqa__side;

/* A rule on single cells, which knows their places. */
typedef struct rqa__cells {
    /* Clears bit b of word k if cell (i, first + 64 k + b) does not recur; i is the vector of x. Bits
     * outside the matrix may become anything. */
    void (*clear)(const void *rule, size_t i, int64_t first, size_t n_words, uint64_t *bits);
    const void *rule;
    uint32_t one_sided; /* cells (i, j) and (j, i) may differ. Then the relation is cross or joint */
} rqa__cells;

/* Whether it leaves a cell. */
static inline int rqa__cells_keep(const rqa__cells *cells, size_t i, size_t j)
{
    uint64_t bit = 1;
    cells->clear(cells->rule, i, (int64_t)j, 1, &bit);
    return (int)(bit & 1);
}

/* Cells of each column of a plot, row by row. */
typedef struct rqa__listed {
    const uint32_t *row; /* those of column i begin at row[i * stride], rising */
    const uint32_t *n;   /* n[i]: how many */
    size_t stride;
} rqa__listed;

/* What decides cells beside the bound of a threshold. `below` holds for all dims and thresholds; with
 * `columns`, those of the plot, vectors of x, there is one of either. */
typedef struct rqa__limits {
    const double *columns; /* [columns] each one's own bound, none above that of the task; or NULL */
    const double *below;   /* one number: values up to it do not recur; or NULL */
    const double *untied;  /* [columns] with `last`: in the rows beyond last[i] of column i values */
    const uint32_t *last;  /* must not be above untied[i]; or NULL. With `columns` */
    const rqa__listed *listed; /* with `columns`: the cells that these three leave; or NULL */
    const rqa__cells *cells; /* what the others leave, it may take away; or NULL */
} rqa__limits;

/* The cells of a symmetric plot, one by one. */
typedef struct rqa__cell_lists {
    uint64_t *first; /* [n + 1] those of column i are first[i] .. first[i + 1] of */
    uint32_t *row;   /* the rows, rising in each column */
} rqa__cell_lists;

/* The cells of a plot that is there. */
typedef struct rqa__given {
    const uint64_t *words; /* row j, column i: bit i % 64 of words[j * words_per_row + i / 64]; 0 past */
    size_t words_per_row;  /* the last column */
    int is_symmetric;
} rqa__given;

typedef struct rqa__task {
    uint32_t relation; /* RQA__RELATION_* */
    uint32_t norm;     /* RQA__NORM_* */
    uint32_t n_dims;
    uint32_t n_thresholds;
    rqa__side x; /* auto: y repeats x. cross: the dims of x and y are equal (a vector space is
                    shared), delays may differ. joint: all may differ, vector counts are equal */
    rqa__side y;
    /* Row d of bounds: the thresholds for dims[d], ascending (not strictly). A pair recurs iff
     * value <= bound, value being the maximum / the sum / the SUM OF SQUARES (Euclid), summed in
     * the order above, every operation rounded to double, no fused multiply-add. A bound may be
     * negative (nothing recurs). joint: bounds is for x, bounds_y for y, and R = Rx and Ry. */
    const double *bounds;   /* [n_dims * n_thresholds] */
    const double *bounds_y; /* joint only, same shape; else NULL */
    const rqa__limits *limits;   /* or NULL; joint: those for x, limits_y for y. With `columns` the */
    const rqa__limits *limits_y; /* relation is cross or joint: no side stands for the other */
    const rqa__cell_lists *cells; /* auto, one dim and threshold: these recur, whatever the bound; or
                                     NULL */
    const rqa__given *given; /* cross, or joint of a symmetric one, one dim of 1 and one threshold: these
                                recur, whatever the series and the bound; or NULL. For the bit engine */
    uint64_t bounds_stride; /* of a slice: from one row of bounds to the next; 0: n_thresholds */
    uint64_t theiler_points;
    uint64_t theiler_diagonal;
    uint64_t theiler_vertical; /* auto only for > 0 in verticals of a symmetric matrix; applies to
                                  |i-j| in a cross matrix just the same */
    uint32_t tallies;    /* RQA__TALLY_* */
    uint32_t upper_only; /* auto only: points, diagonals and verticals are those of the triangle
                            j >= i (a column's rows above the line of identity) instead of both;
                            the white runs likewise, borders j = i and the last row */
    uint32_t band_is_white; /* theiler_vertical makes cells white instead of removing them */
    uint32_t skips;         /* some sample of x or y is missing */
    uint64_t part_first; /* the columns of a part, see rqa__edges: first, a multiple of 32, */
    uint64_t part_end;   /* and one past the last, likewise or the number of vectors of x; 0, 0: the
                            whole matrix. One dim. What makes no parts takes the whole */
} rqa__task;

/* Whether cells (i, j) and (j, i) are equal whatever the series. */
static inline int rqa__task_is_symmetric(const rqa__task *task)
{
    const rqa__limits *limits = task->limits;
    return task->relation != RQA__RELATION_CROSS &&
           !(limits && (limits->columns || (limits->cells && limits->cells->one_sided)));
}

/* Row d of the bounds of x, or of y in a joint task. */
static inline const double *rqa__task_bounds(const rqa__task *task, int of_y, uint32_t dim_index)
{
    const double *bounds = of_y ? task->bounds_y : task->bounds;
    return bounds + dim_index * (task->bounds_stride ? task->bounds_stride : task->n_thresholds);
}

/* Dims and thresholds of a task that are next to each other. */
typedef struct rqa__slice {
    uint32_t first_dim, n_dims;
    uint32_t first_threshold, n_thresholds;
} rqa__slice;

/* They as a task of their own, which reads the dims and bounds (where it has them) of the whole. */
rqa__task rqa__task_slice(const rqa__task *task, rqa__slice slice);

/* Whether lines must be cut where a vector is missing: black lines end there by themselves. */
static inline int rqa__task_cuts(const rqa__task *task)
{
    return task->skips && task->tallies & (RQA__TALLY_WHITE | RQA__TALLY_RECURRENCE_TIME);
}

/* Only one side is asked for. */
static inline int rqa__task_is_half(const rqa__task *task)
{
    return task->relation == RQA__RELATION_AUTO && task->upper_only;
}

/* Whether columns are looked at, for lines, gaps or times. */
static inline int rqa__task_has_columns(const rqa__task *task)
{
    return (task->tallies &
            (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE | RQA__TALLY_RECURRENCE_TIME)) != 0;
}

/* How many offsets have points in a matrix of n_x by n_y vectors: those of the square that both series
 * span, of one side where the other repeats it in an auto matrix. */
static inline size_t rqa__n_offsets(uint32_t relation, size_t n_x, size_t n_y)
{
    const size_t side = n_x < n_y ? n_x : n_y;
    return relation == RQA__RELATION_AUTO || side == 0 ? side : 2 * side - 1;
}

/* Vectors of x times those of y. */
double rqa__task_pairs(const rqa__task *task, uint32_t dim_index);

/* n - (dim-1)*delay, or 0 where that is not positive. */
size_t rqa__side_vectors(const rqa__side *side, uint32_t dim_index);

/* Whether at this dim no column or no row has a vector without a missing sample. */
int rqa__task_is_empty(const rqa__task *task, uint32_t dim_index);

/* How many of the vectors touch a missing sample; sets their bytes in `absent` unless it is NULL. */
size_t rqa__side_absent(const rqa__side *side, uint32_t dim_index, uint8_t *absent);

#endif
