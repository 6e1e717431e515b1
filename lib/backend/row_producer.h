/* row_producer.h - the recurrence matrix as rows of bits, any rectangle of it at a time.
 *
 * The one source of cells for everything that needs the plot itself. Nothing is kept: memory is
 * that of the series. Cells are those that the documented sum (docs/numerics.md) and the
 * bound decide, or those that the task lists.
 */
#ifndef RQA_BACKEND_ROW_PRODUCER_H
#define RQA_BACKEND_ROW_PRODUCER_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

typedef struct rqa__rows rqa__rows;

/* Column 64 * (first_word + k) + b of row `row` + r is bit b of out[r * stride + k]; bits past the
 * last column are 0. */
typedef struct rqa__rows_area {
    size_t row, n_rows;
    size_t first_word, n_words;
    uint64_t *out;
    size_t stride; /* words */
} rqa__rows_area;

/* Makes ready the first dim and threshold of a task that has a vector on either side and outlives
 * it; on the threads of `parallel`, as many of which may ask for rows. That and `cancel` may be
 * NULL. 0, or RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED without a text, *out then NULL. */
int rqa__rows_open(rqa__rows **out, const rqa__task *task, const rqa__bits_kernels *kernels,
                   const rqa__parallel *parallel, const atomic_int *cancel);
void rqa__rows_close(rqa__rows *rows); /* NULL is allowed */

size_t rqa__rows_n_rows(const rqa__rows *rows);
size_t rqa__rows_n_columns(const rqa__rows *rows);
/* Whether cells (i, j) and (j, i) are equal whatever the series. */
int rqa__rows_are_symmetric(const rqa__rows *rows);

/* Writes an area within the matrix. One thread at a time for each `worker` below that of
 * `parallel`. 0 or RQA_ERROR_CANCELLED, without a text. */
int rqa__rows_fill(rqa__rows *rows, unsigned worker, const rqa__rows_area *area);

/* Of a task whose limits have columns, one row of them at a time: column i as bits of its rows j. The
 * same conditions. */
int rqa__rows_column(rqa__rows *rows, unsigned worker, size_t i, uint64_t *bits);
/* The caller has another bound for column i of the first distance, which nobody is asking for. */
void rqa__rows_renew_column(rqa__rows *rows, size_t i);

/* Upper estimate of the bytes they need. */
size_t rqa__rows_memory(const rqa__task *task, unsigned n_workers);

#endif
