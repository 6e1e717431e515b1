/* matrix_tally.h - line counts of a matrix that is already there, as words or as lists of cells. */
#ifndef RQA_BACKEND_MATRIX_TALLY_H
#define RQA_BACKEND_MATRIX_TALLY_H

#include <stdatomic.h>

#include "cpu/bits_table.h"
#include "plan/task.h"

typedef struct rqa__matrix_view {
    /* Row j, column i: bit i % 64 of words[j * words_per_row + i / 64]; 0 past the last column. */
    const uint64_t *words;
    size_t words_per_row;
    const rqa__cell_lists *lists; /* in place of words; or NULL. With */
    uint64_t *cursor;             /* [n_x] room */
    const uint8_t *absent; /* [n_x] of a symmetric matrix, vectors that touch a missing sample, which cut
                              lines and times; or NULL */
    size_t n_x; /* columns */
    size_t n_y; /* rows */
    uint64_t theiler_points, theiler_diagonal, theiler_vertical;
    uint32_t tallies;    /* RQA__TALLY_* */
    int is_symmetric;    /* that is known; 0: maybe it is */
    int upper_only;      /* only cells j >= i */
    int band_is_white;   /* theiler_vertical makes cells white instead of removing them */
    const rqa__bits_kernels *kernels;
    const atomic_int *cancel; /* may be NULL */
} rqa__matrix_view;

/* Calls the sink once with the tally, its offset_points two-sided. 0, RQA_ERROR_MEMORY
 * or RQA_ERROR_CANCELLED with text, or the sink's result. */
int rqa__matrix_tally(const rqa__matrix_view *matrix, rqa__tally_sink sink, void *user);

/* Bytes that takes, if every length occurs in every histogram. */
size_t rqa__matrix_tally_bytes(const rqa__matrix_view *matrix);

#endif
