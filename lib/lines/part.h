/* part.h - a part of a matrix: the counts of some columns, and where their lines leave them.
 *
 * One long series is shared out by ranges of columns; rqa__edges in tally.h says what such a part
 * has. Parts of neighbouring ranges join into one, and the part that has all columns closes into
 * the tally of the whole. Where the cuts were, and in which order parts were joined, cannot be seen
 * in it. Lines are shorter than 2^30 cells.
 */
#ifndef RQA_LINES_PART_H
#define RQA_LINES_PART_H

#include "lines/tally.h"

/* What the geometry of the lines follows from. */
typedef struct rqa__part_shape {
    uint64_t n_x, n_y;  /* vectors; equal if symmetric */
    uint32_t symmetric; /* auto or joint */
    uint32_t upper_only;
    uint32_t tallies; /* RQA__TALLY_* */
    uint64_t theiler_diagonal;
    uint64_t band; /* cells of a column nearer to the main diagonal are removed */
} rqa__part_shape;

enum {
    RQA__PART_DIAGONAL = 0,
    RQA__PART_VERTICAL = 1,
    RQA__PART_WHITE_INNER = 2,
    RQA__PART_WHITE_BORDER = 3,
    RQA__PART_TIME = 4,
    RQA__PART_KINDS = 5
};

/* Edges that are owned, by rising i - j of a diagonal or index of a column. NULL: not wanted. */
typedef struct rqa__part_lines {
    int64_t first_line;
    size_t n_lines;
    uint32_t *head, *tail, *first, *last, *end;
} rqa__part_lines;

typedef struct rqa__part {
    rqa__part_shape shape;
    uint64_t first, end; /* columns */
    uint64_t points, gap_sum;
    rqa__bin *bin[RQA__PART_KINDS]; /* histograms as in rqa__spectrum */
    size_t n_bins[RQA__PART_KINDS];
    uint64_t *offset_points;
    size_t n_offsets;
    rqa__part_lines diagonals, columns;
} rqa__part;

/* Columns come in pieces, and somebody wants them. Of one triangle a column, which begins at the main
 * diagonal, lies in one part, as in a cross matrix. */
static inline int rqa__part_has_columns(const rqa__part_shape *shape)
{
    return shape->symmetric && !shape->upper_only &&
           shape->tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE);
}

/* Cells of the matrix in a range of columns; of a symmetric one on one side. */
uint64_t rqa__part_cells(const rqa__part_shape *shape, uint64_t first, uint64_t end);

/* Copies the tally of columns [first, end). 0, RQA_ERROR_MEMORY (without text), or
 * RQA_ERROR_BACKEND_FAILED with text if that cannot be the tally of such a part. */
int rqa__part_take(rqa__part *part, const rqa__part_shape *shape, uint64_t first, uint64_t end,
                   const rqa__tally *tally);

/* Appends `right`, which begins where `left` ends, and empties it; O(lines). 0 or RQA_ERROR_MEMORY
 * (without text): then both are good for nothing but rqa__part_free(). */
int rqa__part_join(rqa__part *left, rqa__part *right);

/* Ends the lines of a part that has all columns. The tally lives as long as the part, which takes
 * no more joining. 0 or RQA_ERROR_MEMORY (without text). */
int rqa__part_close(rqa__part *part, rqa__tally *tally);

void rqa__part_free(rqa__part *part);

/* Upper estimate of the bytes that a part takes apart from its histograms. */
size_t rqa__part_memory(const rqa__part_shape *shape);

#endif
