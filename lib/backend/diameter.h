/* diameter.h - largest and mean distance over all pairs of vectors, for thresholds in those units. */
#ifndef RQA_BACKEND_DIAMETER_H
#define RQA_BACKEND_DIAMETER_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "plan/task.h"

/* Over the pairs i != j of x with itself (y is x), else over all pairs; pairs that touch a missing
 * sample are left out. The mean adds each row j by rising j, then the rows by rising i, in double:
 * the same on any number of workers. No pair: both 0. 0 or a status with text. */
int rqa__diameter(const rqa__side *x, const rqa__side *y, uint32_t dim_index, uint32_t norm,
                  int is_auto, const rqa__parallel *parallel, const atomic_int *cancel,
                  double *largest, double *mean);

#endif
