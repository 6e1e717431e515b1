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
 * Theiler exclusion removes the cells with |i-j| < w, and a vector that touches a missing sample all
 * cells of its column and its row. Runs are cut by removed cells, white runs too, and so are the
 * times between lines: a removed cell is neither black nor white. The edge of what was removed is
 * not a border of the matrix. Where a task says that its band is white, the cells of the band are
 * white for white runs and times.
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

/* Where the lines of a part leave it; rqa_plugin_edges in rqa/plugin.h is the same, and says more.
 *
 * A part is the cells (i, j) with part_first <= i < part_end; of a symmetric matrix those of them
 * with j >= i, and their mirror images, so its columns come in pieces too, unless the task is
 * upper_only, whose columns begin at the main diagonal. Histograms of a part have the runs that neither begin nor end a line's piece; first and last runs are here, as
 * length << 2 | colour (0 white, 1 recurrent, 2 removed). head is RQA__EDGE_NONE where a line has
 * no cells in the part or is not counted. Of a symmetric matrix a diagonal j - i > 0 stands for its
 * mirror image too, unless the task is upper_only. Cells of a diagonal are numbered by i, those of
 * a column by j. */
typedef struct rqa__edges {
    uint64_t n_lines;
    int64_t first_line;    /* offset j - i, or column */
    const uint32_t *head;  /* first run of each piece */
    const uint32_t *tail;  /* its last run, or the first again */
    const uint32_t *first; /* columns with RECURRENCE_TIME, else NULL, as the next two: start of the
                              first vertical line that does not begin with the piece and comes
                              before any removed cell, or NONE */
    const uint32_t *last;  /* start of the last such line behind all removed cells, or NONE */
    const uint32_t *end;   /* cell after the last recurrent one behind them, or NONE */
} rqa__edges;

#define RQA__EDGE_NONE 0xffffffffu

typedef struct rqa__tally {
    uint64_t points;  /* R = 1 with |i-j| >= theiler_points */
    uint64_t gap_sum; /* over successive vertical lines of one column, as far as no removed cell lies
                         between them: start of the later minus last row of the earlier; only with
                         RQA__TALLY_RECURRENCE_TIME */
    rqa__spectrum diagonal;
    rqa__spectrum vertical;
    rqa__spectrum white_inner;     /* white runs that touch neither j = 0 nor j = ny-1 */
    rqa__spectrum white_border;    /* white runs that do (a wholly white column is one run) */
    rqa__spectrum recurrence_time; /* start-to-start distance of those lines (Gao 1999, type 2) */
    const uint64_t *offset_points; /* R = 1 per offset d = j-i, no Theiler, in the square i, j < n =
                                      min(nx, ny): auto d = 0..n-1 (one side); else index
                                      d + n-1, 2n-1 of them; or NULL */
    size_t n_offsets;
    rqa__edges diagonals; /* of a part, with DIAGONAL */
    rqa__edges columns;   /* of a part of a symmetric matrix, with VERTICAL or WHITE. The whole's
                             gap_sum follows from the joined histograms and the last lines before
                             the removed cells and the end of a column; gap_sum is here the cells
                             beyond their first of such lines before removed cells, of those that
                             `first` knows of */
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
