/* plot_counts.h - the counts a reduced picture is drawn from, of a matrix that never exists whole. */
#ifndef RQA_BACKEND_PLOT_COUNTS_H
#define RQA_BACKEND_PLOT_COUNTS_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "data/block_counts.h"
#include "plan/task.h"

/* Bytes beside the counts, on so many threads. */
size_t rqa__plot_counts_memory(const rqa__task *task, size_t n_columns, size_t block,
                               unsigned n_workers);

/* The first dim and threshold of the task into `counts`, which have its size. `parallel` and `cancel`
 * may be NULL. 0 or a status with its text. */
int rqa__plot_counts(rqa__block_counts *counts, const rqa__task *task,
                     const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                     const atomic_int *cancel);

#endif
