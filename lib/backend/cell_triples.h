/* cell_triples.h - how often each pattern of three successive cells stands on the diagonals. */
#ifndef RQA_BACKEND_CELL_TRIPLES_H
#define RQA_BACKEND_CELL_TRIPLES_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

enum { RQA__CELL_TRIPLES = 8 };

/* count[R(i, j) + 2 R(i + 1, j + 1) + 4 R(i + 2, j + 2)], over all triples with |i - j| >= theiler that
 * touch no missing sample. Of the first dim and threshold of a task. `parallel` and `cancel` may be NULL.
 * 0 or a status with its text. */
int rqa__cell_triples(uint64_t *count, const rqa__task *task, uint64_t theiler,
                      const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                      const atomic_int *cancel);

#endif
