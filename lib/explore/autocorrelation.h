/* autocorrelation.h - the autocorrelation of one channel at many lags. */
#ifndef RQA_EXPLORE_AUTOCORRELATION_H
#define RQA_EXPLORE_AUTOCORRELATION_H

#include <stddef.h>

#include "explore/explore_crew.h"

/* out[0 .. max_lag], max_lag < n; the channel is not constant and has no missing value. Formula and
 * order of the sums: rqa/suggest.h. 0 or a status with text. */
int rqa__autocorrelation(const rqa__explore_crew *crew, const double *values, size_t n,
                         size_t max_lag, double *out);

#endif
