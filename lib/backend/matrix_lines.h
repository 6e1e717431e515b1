/* matrix_lines.h - columns and diagonals of a matrix that is there as rows, 64 at a time as bits. */
#ifndef RQA_BACKEND_MATRIX_LINES_H
#define RQA_BACKEND_MATRIX_LINES_H

#include "backend/matrix_tally.h"

/* Words from one of 64 lines to the next: bit j of a line is row j. */
static inline size_t rqa__matrix_lines_stride(const rqa__matrix_view *m)
{
    return (m->n_y + 63) / 64;
}

/* Line b is column 64 * word + b. 0 or RQA_ERROR_CANCELLED, without a text. */
int rqa__matrix_columns(const rqa__matrix_view *m, size_t word, uint64_t *lines);

/* Line b is the diagonal j - i = first + b, in the rows that it has; others are left. Of lists from left
 * to right, the first time with cursors at the lists' begins. */
int rqa__matrix_diagonals(const rqa__matrix_view *m, int64_t first, uint64_t *lines);

#endif
