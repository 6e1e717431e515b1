/* api_invariants.c - the calls of rqa/invariants.h. */
#include "rqa/invariants.h"

#include "base/error.h"
#include "base/fp_env.h"
#include "base/number.h"
#include "batch/analyze_invariants.h"
#include "measures/scaling.h"
#include "plan/analysis_rules.h"

enum { CURVES = 3 };

rqa_status rqa_correlation_sum_compute(rqa_correlation_sum **out, const rqa_embedding *x,
                                       const rqa_embedding *y, const rqa_analysis_options *options,
                                       const double *thresholds, size_t n_thresholds)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    if (!thresholds)
        return rqa__fail_null("thresholds");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__correlation_sum_of(out, x, y, &full, thresholds, n_thresholds);
}

void rqa_correlation_sum_destroy(rqa_correlation_sum *sum)
{
    RQA__ENTRY;
    rqa__correlation_sum_free(sum);
}

rqa_status rqa_correlation_sum_counts(const rqa_correlation_sum *sum, const uint64_t **points, size_t *n,
                                      uint64_t *cells)
{
    if (!sum)
        return rqa__fail_null("sum");
    if (!points)
        return rqa__fail_null("points");
    if (!n)
        return rqa__fail_null("n");
    if (!cells)
        return rqa__fail_null("cells");
    *points = sum->points;
    *n = sum->n;
    *cells = sum->cells;
    return RQA_OK;
}

rqa_status rqa_correlation_sum_curve(const rqa_correlation_sum *sum, int32_t curve,
                                     const double **values, size_t *n)
{
    if (!sum)
        return rqa__fail_null("sum");
    if (!values)
        return rqa__fail_null("values");
    if (!n)
        return rqa__fail_null("n");
    if (curve < 0 || curve >= CURVES)
        return rqa__fail(RQA_ERROR_VALUE, "curve is %d; allowed is 0..%d", curve, CURVES - 1);
    *values = curve == RQA_CORRELATION_THRESHOLD ? sum->threshold
              : curve == RQA_CORRELATION_SUM     ? sum->sum
                                                 : sum->slope;
    *n = curve == RQA_CORRELATION_LOCAL_SLOPE ? sum->n - 1 : sum->n;
    return RQA_OK;
}

rqa_status rqa_correlation_sum_d2(const rqa_correlation_sum *sum, double lower, double upper, double *d2,
                                  size_t *n_used)
{
    RQA__ENTRY;
    if (!sum)
        return rqa__fail_null("sum");
    if (!d2)
        return rqa__fail_null("d2");
    if (!(lower >= 0 && lower <= upper))
        return rqa__fail(RQA_ERROR_VALUE, "lower is %s and upper is %s; allowed is 0 <= lower <= upper",
                         rqa__shortest(lower).text, rqa__shortest(upper).text);
    size_t n;
    *d2 = rqa__log_slope(sum->given, sum->threshold, sum->sum, sum->n, lower, upper, &n);
    if (n_used)
        *n_used = n;
    return RQA_OK;
}

/* What both calls on K2 check. */
static rqa_status check_lines(const rqa_line_bin *bins, size_t n_bins, int32_t estimator, uint64_t first,
                              uint64_t last)
{
    if (n_bins && !bins)
        return rqa__fail_null("bins");
    for (size_t k = 0; k < n_bins; k++)
        if (bins[k].length <= (k ? bins[k - 1].length : 0))
            return rqa__fail(RQA_ERROR_VALUE, "bins[%zu].length is %llu; lengths are 1 or more and rise",
                             k, (unsigned long long)bins[k].length);
    if (estimator != RQA_K2_LINES && estimator != RQA_K2_SEGMENTS)
        return rqa__fail(RQA_ERROR_VALUE, "estimator is %d; allowed is %d..%d", estimator, RQA_K2_LINES,
                         RQA_K2_SEGMENTS);
    if (first < 1)
        return rqa__fail(RQA_ERROR_VALUE, "first is 0; lines have a length of 1 or more");
    if (last < first)
        return rqa__fail(RQA_ERROR_VALUE, "last is %llu and first is %llu; last must not be below first",
                         (unsigned long long)last, (unsigned long long)first);
    return RQA_OK;
}

rqa_status rqa_k2_counts(uint64_t *counts, const rqa_line_bin *bins, size_t n_bins, int32_t estimator,
                         uint64_t first, uint64_t last)
{
    RQA__ENTRY;
    if (!counts)
        return rqa__fail_null("counts");
    rqa_status status = check_lines(bins, n_bins, estimator, first, last);
    if (!status)
        rqa__k2_counts(counts, bins, n_bins, estimator, first, last);
    return status;
}

rqa_status rqa_k2(double *k2, uint64_t *n_used, const rqa_line_bin *bins, size_t n_bins,
                  int32_t estimator, uint64_t first, uint64_t last)
{
    RQA__ENTRY;
    if (!k2)
        return rqa__fail_null("k2");
    rqa_status status = check_lines(bins, n_bins, estimator, first, last);
    if (!status && last == first)
        status = rqa__fail(RQA_ERROR_VALUE, "last is %llu and so is first; a slope needs two lengths",
                           (unsigned long long)last);
    if (status)
        return status;
    uint64_t n;
    *k2 = rqa__k2_slope(bins, n_bins, estimator, first, last, &n);
    if (n_used)
        *n_used = n;
    return RQA_OK;
}

rqa_status rqa_microstate_maximum(uint32_t *best, double *entropies, double *thresholds,
                                  const rqa_embedding *x, const rqa_embedding *y,
                                  const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!best)
        return rqa__fail_null("best");
    *best = 0;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__microstate_maximum(best, entropies, thresholds, x, y, &full);
}

rqa_status rqa_det_estimate(double *det, uint64_t *counts, const rqa_embedding *x,
                            const rqa_embedding *y, const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!det)
        return rqa__fail_null("det");
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__det_estimate(det, counts, x, y, &full);
}
