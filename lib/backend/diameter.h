/* diameter.h - largest and mean distance over all pairs of vectors, for thresholds in those units. */
#ifndef RQA_BACKEND_DIAMETER_H
#define RQA_BACKEND_DIAMETER_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/distance_table.h"
#include "plan/task.h"

/* The pairs i != j of x with itself (y is x), else all pairs; those that touch a missing sample are
 * left out. */
typedef struct rqa__vector_pairs {
    const rqa__side *x, *y;
    uint32_t dim_index, norm;
    int is_auto;
    const rqa__distance_kernels *kernels;
} rqa__vector_pairs;

/* No pair: 0. Either returns 0 or a status with text. Pairs of stretches whose bounding boxes lie
 * too close together to hold the largest distance are passed over. */
int rqa__diameter_largest(const rqa__vector_pairs *pairs, const rqa__parallel *parallel,
                          const atomic_int *cancel, double *largest);

/* Each row is added by rising j, then the rows by rising i, in double: the same on any number of
 * workers and at every kernel level. */
int rqa__diameter_mean(const rqa__vector_pairs *pairs, const rqa__parallel *parallel,
                       const atomic_int *cancel, double *mean);

#endif
