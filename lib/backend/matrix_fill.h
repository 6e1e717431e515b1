/* matrix_fill.h - the whole recurrence matrix in memory. */
#ifndef RQA_BACKEND_MATRIX_FILL_H
#define RQA_BACKEND_MATRIX_FILL_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

/* Row j, column i of the first dim and threshold of the task: bit i % 64 of
 * words[j * words_per_row + i / 64], where words_per_row is as many as n_x bits take; every word is
 * written. `parallel` and `cancel` may be NULL. 0 or a status. */
int rqa__matrix_fill(const rqa__task *task, const rqa__bits_kernels *kernels, uint64_t *words,
                     size_t words_per_row, const rqa__parallel *parallel, const atomic_int *cancel);

#endif
