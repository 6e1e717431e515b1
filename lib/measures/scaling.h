/* scaling.h - slopes over a range of thresholds or lengths: correlation dimension and entropy. */
#ifndef RQA_MEASURES_SCALING_H
#define RQA_MEASURES_SCALING_H

#include "rqa/metrics.h"

/* Slope of ln y over ln x by least squares, over the points with lower <= range[k] <= upper that have
 * both above 0; NaN with fewer than two. *n_used: how many there are. */
double rqa__log_slope(const double *range, const double *x, const double *y, size_t n, double lower,
                      double upper, size_t *n_used);

/* N(l), l = first..last, of lines in bins by rising length; by rqa_k2_estimator. */
void rqa__k2_counts(uint64_t *counts, const rqa_line_bin *bins, size_t n_bins, int32_t estimator,
                    uint64_t first, uint64_t last);

/* Minus the slope of ln N(l) over l by least squares, over l with N(l) above 0; NaN likewise. */
double rqa__k2_slope(const rqa_line_bin *bins, size_t n_bins, int32_t estimator, uint64_t first,
                     uint64_t last, uint64_t *n_used);

#endif
