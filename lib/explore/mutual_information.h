/* mutual_information.h - the average mutual information of one channel with itself at many lags, by
 * fixed bins or by neighbours. */
#ifndef RQA_EXPLORE_MUTUAL_INFORMATION_H
#define RQA_EXPLORE_MUTUAL_INFORMATION_H

#include <stddef.h>
#include <stdint.h>

#include "explore/explore_crew.h"

/* out[0 .. max_lag], max_lag < n, in nats; no missing value. *n_filled = bins with a sample in them. */
int rqa__mutual_information(const rqa__explore_crew *crew, const double *values, size_t n,
                            uint32_t bins, size_t max_lag, double *out, uint32_t *n_filled);

/* Kraskov's first estimator; max_lag <= n - k - 1. RQA_ERROR_UNSUPPORTED where k+1 pairs coincide. */
int rqa__mutual_information_ksg(const rqa__explore_crew *crew, const double *values, size_t n,
                                uint32_t k, size_t max_lag, double *out);

#endif
