/* lag_counts.h - points and lines on each diagonal of a range, without the matrix. */
#ifndef RQA_BACKEND_LAG_COUNTS_H
#define RQA_BACKEND_LAG_COUNTS_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

/* Element k of the arrays is offset j - i = first + k. */
typedef struct rqa__lag_counts {
    int64_t first;
    size_t n;
    uint32_t lmin;
    uint64_t *points, *line_points, *lines; /* zeros where the matrix has no such offset */
} rqa__lag_counts;

/* Fills the arrays for the first dim and threshold of the task, of which neither Theiler windows nor
 * tallies matter. `parallel` and `cancel` may be NULL. 0 or a status with its text. */
int rqa__lag_counts_run(rqa__lag_counts *profile, const rqa__task *task,
                         const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                         const atomic_int *cancel);

/* Upper estimate of the bytes it needs beside the arrays. */
size_t rqa__lag_counts_memory(const rqa__task *task, size_t n_lags, unsigned n_workers);

#endif
