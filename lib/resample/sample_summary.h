/* sample_summary.h - mean, deviation and quantiles of draws, and where a value stands among them. */
#ifndef RQA_RESAMPLE_SAMPLE_SUMMARY_H
#define RQA_RESAMPLE_SAMPLE_SUMMARY_H

#include <stddef.h>

typedef struct rqa__sample_summary {
    size_t n;         /* draws that are numbers */
    double mean, std; /* of them; std with n - 1 below */
} rqa__sample_summary;

/* Draws that are NaN are left out. The others are written to `sorted` (room for n_draws) by rising
 * value. NaN where too few are left. */
rqa__sample_summary rqa__sample_summarize(const double *draw, size_t n_draws, double *sorted);

/* Type 7 (Hyndman, Fan 1996): x at 1 + (n-1) p, linear between; NaN for n = 0. */
double rqa__quantile(const double *sorted, size_t n, double p);

/* How many of them are at least `value`. */
size_t rqa__count_from(const double *sorted, size_t n, double value);

#endif
