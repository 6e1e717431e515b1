/* bitmatrix.c - the recurrence matrix, one bit a cell: life, packing, unpacking. */
#include "data/bitmatrix.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static int check_side(const char *name, size_t n)
{
    if (n >= 1 && n <= RQA__MATRIX_MAX_SIDE)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "%s is %zu; 1..%d are allowed", name, n,
                     RQA__MATRIX_MAX_SIDE);
}

int rqa__matrix_size(size_t n_rows, size_t n_columns, uint64_t *n_bytes)
{
    int status = check_side("n_rows", n_rows);
    if (!status)
        status = check_side("n_columns", n_columns);
    if (!status)
        *n_bytes = (uint64_t)n_rows * ((n_columns + 63) / 64) * sizeof(uint64_t);
    return status;
}

int rqa__matrix_new(struct rqa_matrix **out, struct rqa_context *context, size_t n_rows,
                    size_t n_columns)
{
    uint64_t n_bytes;
    int status = rqa__matrix_size(n_rows, n_columns, &n_bytes);
    if (status)
        return status;
    struct rqa_matrix *matrix = rqa__alloc(sizeof *matrix);
    uint64_t *words = n_bytes <= SIZE_MAX ? rqa__alloc_dense((size_t)n_bytes) : NULL;
    if (!matrix || !words) {
        rqa__free(matrix);
        rqa__free_aligned(words);
        return rqa__fail_memory("the matrix");
    }
    *matrix = (struct rqa_matrix){context, n_rows, n_columns, (n_columns + 63) / 64, words, 0};
    *out = matrix;
    return RQA_OK;
}

/* Replaces the default stride; the last row must end within the address space. */
static int read_stride(size_t *row_stride_bytes, size_t n_rows, size_t n_columns)
{
    if (*row_stride_bytes == 0)
        *row_stride_bytes = n_columns;
    if (*row_stride_bytes < n_columns)
        return rqa__fail(RQA_ERROR_VALUE,
                         "row_stride_bytes is %zu; 0 or at least %zu (the columns) "
                         "are allowed",
                         *row_stride_bytes, n_columns);
    if (*row_stride_bytes > (size_t)PTRDIFF_MAX / n_rows)
        return rqa__fail(RQA_ERROR_OVERFLOW,
                         "%zu rows %zu bytes apart do not fit the address space", n_rows,
                         *row_stride_bytes);
    return RQA_OK;
}

int rqa__matrix_new_from_bytes(struct rqa_matrix **out, struct rqa_context *context,
                               const uint8_t *cells, size_t n_rows, size_t n_columns,
                               size_t row_stride_bytes)
{
    uint64_t n_bytes;
    int status = rqa__matrix_size(n_rows, n_columns, &n_bytes);
    if (!status)
        status = read_stride(&row_stride_bytes, n_rows, n_columns);
    struct rqa_matrix *matrix = NULL;
    if (!status)
        status = rqa__matrix_new(&matrix, context, n_rows, n_columns);
    if (status)
        return status;
    for (size_t j = 0; j < n_rows; j++) {
        const uint8_t *from = cells + j * row_stride_bytes;
        uint64_t *to = matrix->words + j * matrix->words_per_row;
        memset(to, 0, matrix->words_per_row * sizeof *to);
        for (size_t i = 0; i < n_columns; i++)
            to[i / 64] |= (uint64_t)(from[i] != 0) << (i % 64);
    }
    *out = matrix;
    return RQA_OK;
}

void rqa__matrix_free(struct rqa_matrix *matrix)
{
    if (!matrix)
        return;
    rqa__free_aligned(matrix->words);
    rqa__free(matrix);
}

const uint64_t *rqa__matrix_row(const struct rqa_matrix *matrix, size_t row)
{
    return row < matrix->n_rows ? matrix->words + row * matrix->words_per_row : NULL;
}

int rqa__matrix_unpack(const struct rqa_matrix *matrix, size_t first_row, size_t n_rows,
                       uint8_t *cells, size_t row_stride_bytes)
{
    if (first_row > matrix->n_rows || n_rows > matrix->n_rows - first_row)
        return rqa__fail(RQA_ERROR_VALUE, "%zu rows from row %zu; the matrix has %zu rows", n_rows,
                         first_row, matrix->n_rows);
    if (n_rows == 0)
        return RQA_OK;
    int status = read_stride(&row_stride_bytes, n_rows, matrix->n_columns);
    if (status)
        return status;
    for (size_t j = 0; j < n_rows; j++) {
        const uint64_t *from = rqa__matrix_row(matrix, first_row + j);
        uint8_t *to = cells + j * row_stride_bytes;
        for (size_t i = 0; i < matrix->n_columns; i++)
            to[i] = (uint8_t)(from[i / 64] >> (i % 64) & 1);
    }
    return RQA_OK;
}
