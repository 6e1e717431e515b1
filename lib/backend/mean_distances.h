/* mean_distances.h - the mean distance in each square block of the matrix of distances. */
#ifndef RQA_BACKEND_MEAN_DISTANCES_H
#define RQA_BACKEND_MEAN_DISTANCES_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/distance_table.h"
#include "data/block_shades.h"
#include "plan/task.h"

/* Bytes beside the shades. */
size_t rqa__mean_distances_memory(size_t n_rows, size_t n_columns, unsigned n_workers);

/* Fills shades->mean in the unit of the task's numbers: of each block over its pairs of vectors without
 * a missing sample, each column summed by rising row, then the columns. Of an auto task one half, which
 * the other repeats. First dim. 0, or a status with text. */
int rqa__mean_distances(rqa__block_shades *shades, const rqa__task *task,
                        const rqa__distance_kernels *kernels, const rqa__parallel *parallel,
                        const atomic_int *cancel);

#endif
