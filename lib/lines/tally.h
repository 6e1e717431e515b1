/* tally.h - what a backend returns for one (dim, delay, threshold): integers only.
 *
 * A tally is exact and additive: tallies of disjoint diagonal bands (for diagonals) and of
 * disjoint column bands (for verticals) add up to the tally of the whole. Measures are
 * computed from it on the host, in lib/measures, and nowhere else.
 *
 * Definitions, for R(i,j) with i = 0..nx-1 the index into x and j = 0..ny-1 that into y:
 *   diagonal   a maximal run of R = 1 along (i+k, j+k)
 *   vertical   a maximal run of R = 1 along j for fixed i (a column of the plot, x to the right)
 *   white      a maximal run of R = 0 along j for fixed i
 * Theiler exclusion removes the cells with |i-j| < w. Runs are cut by the removed band, white
 * runs too: a removed cell is neither black nor white. The band edge is not a border of the matrix.
 */
#ifndef RQA_LINES_TALLY_H
#define RQA_LINES_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* One class of a histogram: `count` lines of length `length`. */
typedef struct rqa__bin {
    uint64_t length;
    uint64_t count;
} rqa__bin;

/* A histogram as its non-empty classes, by rising length. */
typedef struct rqa__spectrum {
    const rqa__bin *bin;
    size_t n_bins;
} rqa__spectrum;

typedef struct rqa__tally {
    uint64_t points;  /* R = 1 with |i-j| >= theiler_points */
    uint64_t gap_sum; /* over successive vertical lines of one column: start of the later minus
                         last row of the earlier (band crossed where it lies between); only with
                         RQA__TALLY_RECURRENCE_TIME */
    rqa__spectrum diagonal;
    rqa__spectrum vertical;
    rqa__spectrum white_inner;     /* white runs that touch neither j = 0 nor j = ny-1 */
    rqa__spectrum white_border;    /* white runs that do (a wholly white column is one run) */
    rqa__spectrum recurrence_time; /* start-to-start distance of successive vertical lines of one
                                      column; the band does not interrupt this (Gao 1999, type 2) */
    const uint64_t *offset_points; /* R = 1 per offset d = j-i, no Theiler, in the square i, j < n =
                                      min(nx, ny): auto d = 0..n-1 (one side); else index
                                      d + n-1, 2n-1 of them; or NULL */
    size_t n_offsets;
} rqa__tally;

/* What to count beyond `points`. */
enum {
    RQA__TALLY_DIAGONAL = 1,
    RQA__TALLY_VERTICAL = 2,
    RQA__TALLY_WHITE = 4,
    RQA__TALLY_RECURRENCE_TIME = 8, /* recurrence_time and gap_sum; needs vertical */
    RQA__TALLY_OFFSETS = 16,
};

/* Receives the tallies of a task in order of rising dim, then rising threshold; the memory a
 * tally points to is the engine's and lives until the call returns. Non-zero stops the task. */
typedef int (*rqa__tally_sink)(void *user, uint32_t dim_index, uint32_t threshold_index,
                               const rqa__tally *tally);

#endif
