/* part_walk.h - the runs of one part of a matrix, as they are found in rows of bits.
 *
 * Bits come as the engine makes them: strips of diagonal offsets d = j - i, in order of falling
 * offset, row after row. So diagonals are met in order of rising i, strip by strip; the columns of
 * a symmetric matrix, by their mirror images, in order of rising cell; and the cells of the part's
 * own columns, the rows of bits, from the last one down.
 */
#ifndef RQA_BACKEND_PART_WALK_H
#define RQA_BACKEND_PART_WALK_H

#include "lines/hist.h"
#include "lines/part.h"

/* Runs under way are start << 1 | colour; of rows, end << 1 | colour. */
typedef struct rqa__part_walk {
    rqa__part_shape shape;
    uint64_t first, end;       /* columns of the part */
    uint64_t theiler_vertical; /* at most a length */
    int times;
    int64_t lowest; /* offset of the first diagonal */
    uint32_t *diagonal_run, *diagonal_head, *diagonal_tail;
    uint32_t *column_run, *column_head, *column_tail; /* from column `first` on */
    uint32_t *column_first, *column_last, *column_end;
    uint32_t *row_run, *row_first, *row_last, *row_end; /* own columns: lines below what is known */
    uint8_t *above, *lowest_cell; /* own columns: the cell over this strip, and its lowest one */
    rqa__hist hist[RQA__PART_KINDS];
    uint64_t gap_sum;
    uint64_t *offset_points;
    int64_t offset_zero;
    uint64_t square; /* offsets are counted for vectors before this one */
    int status;      /* RQA_ERROR_MEMORY once a histogram could not grow */
} rqa__part_walk;

/* One row of a strip. Bits outside the cells of the matrix are 0, those of a row's last word and
 * the word after it too. */
typedef struct rqa__part_row {
    const uint64_t *bits, *before; /* this row, the row before */
    size_t n_words;                /* that may hold cells */
    int64_t offset;                /* of bit 0 */
    size_t width;                  /* of the strip */
    uint64_t i;
    int is_first; /* of the strip */
    int is_fresh; /* the strip over this one does not belong to the verticals */
} rqa__part_row;

void rqa__part_walk_diagonals(rqa__part_walk *w, const rqa__part_row *row, unsigned weight);
/* Ends the diagonals of a strip, which have been walked to the end of the part. */
void rqa__part_walk_end_strip(rqa__part_walk *w, int64_t offset, size_t width, unsigned weight);

/* Own columns, and for a symmetric matrix the mirror image. */
void rqa__part_walk_columns(rqa__part_walk *w, const rqa__part_row *row);
/* Ends the piece of every column. */
void rqa__part_walk_end_columns(rqa__part_walk *w);

#endif
