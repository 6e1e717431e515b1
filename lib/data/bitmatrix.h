/* bitmatrix.h - the recurrence matrix, one bit a cell. */
#ifndef RQA_DATA_BITMATRIX_H
#define RQA_DATA_BITMATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "rqa/matrix.h"

enum { RQA__MATRIX_MAX_SIDE = INT32_MAX };

/* Column i of row j is bit i % 64 of words[j * words_per_row + i / 64]; bits past the last column
 * are 0. */
struct rqa_matrix {
    struct rqa_context *context; /* borrowed: the context goes last */
    size_t n_rows;
    size_t n_columns;
    size_t words_per_row;
    uint64_t *words; /* 64-byte aligned */
    int is_symmetric; /* by what it was made from; 0: maybe it is */
};

/* Checks both sides; *n_bytes = what the bits occupy, which may exceed the address space. */
int rqa__matrix_size(size_t n_rows, size_t n_columns, uint64_t *n_bytes);

/* Cells are not set: clearing them would take as long as reading the memory, and nobody could
 * cancel it. */
int rqa__matrix_new(struct rqa_matrix **out, struct rqa_context *context, size_t n_rows,
                    size_t n_columns);
/* As rqa_matrix_from_bytes(). */
int rqa__matrix_new_from_bytes(struct rqa_matrix **out, struct rqa_context *context,
                               const uint8_t *cells, size_t n_rows, size_t n_columns,
                               size_t row_stride_bytes);
/* NULL is allowed. */
void rqa__matrix_free(struct rqa_matrix *matrix);

/* NULL if there is no such row. */
const uint64_t *rqa__matrix_row(const struct rqa_matrix *matrix, size_t row);

/* As rqa_matrix_unpack(). */
int rqa__matrix_unpack(const struct rqa_matrix *matrix, size_t first_row, size_t n_rows,
                       uint8_t *cells, size_t row_stride_bytes);

#endif
