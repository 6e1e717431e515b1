/* trend.c - Webber & Zbilut 1994: least-squares slope of RR_d over d, times 1000.
 *
 * RR_d is the share of recurrent cells at distance d from the main diagonal, on both sides, in the
 * square that both series span (all of the matrix unless the lengths differ). Sums run by rising d.
 */
#include "measures/trend.h"

#include <math.h>

#include "measures/as_double.h"

enum { DENSITIES = 64, KEPT_DENSITIES = 1024 };

/* From the Theiler window (from 1 without one) to n - 1 - border. RecurrenceAnalysis.jl 2.1.1,
 * whose dialect reproduces it, begins at the main diagonal without a window, and takes half an
 * offset too little for the mean of d, so that its value is not quite a least-squares slope. */
int rqa__trend_range_of(const rqa__reading *reading, rqa__trend_range *range)
{
    const int julia = reading->convention->trend_julia;
    const uint64_t n = reading->n_x < reading->n_y ? reading->n_x : reading->n_y;
    range->n = n;
    range->first = reading->theiler_points;
    if (range->first == 0 && !julia)
        range->first = 1;
    range->end = n > reading->trend_border ? n - reading->trend_border : 0;
    if (range->end < 2 || range->first > range->end - 2)
        return 0;
    range->centre = ((double)range->first + (double)(range->end - 1) - julia) / 2;
    return 1;
}

/* The sums of some plots, constant to the caller; those of offsets are the same for all of them. */
typedef struct trend_sums {
    double mean[RQA__TRENDS_AT_ONCE], covariance[RQA__TRENDS_AT_ONCE], variance;
} trend_sums;

/* Adds n_here densities of each plot. */
static inline __attribute__((always_inline)) void
add_densities(trend_sums *sums, size_t n_plots, const double *const *density, uint64_t n_here)
{
    double mean[RQA__TRENDS_AT_ONCE];
    for (size_t k = 0; k < n_plots; k++)
        mean[k] = sums->mean[k];
    for (uint64_t t = 0; t < n_here; t++)
        for (size_t k = 0; k < n_plots; k++)
            mean[k] += density[k][t];
    for (size_t k = 0; k < n_plots; k++)
        sums->mean[k] = mean[k];
}

/* Adds the products of n_here densities, the first of them at this distance from the centre. */
static inline __attribute__((always_inline)) void add_products(trend_sums *sums, size_t n_plots,
                                                               const double *const *density,
                                                               double offset, uint64_t n_here)
{
    double covariance[RQA__TRENDS_AT_ONCE], mean[RQA__TRENDS_AT_ONCE], variance = sums->variance;
    for (size_t k = 0; k < n_plots; k++) {
        covariance[k] = sums->covariance[k];
        mean[k] = sums->mean[k];
    }
    for (uint64_t t = 0; t < n_here; t++, offset += 1) { /* exact, as what it becomes is */
        for (size_t k = 0; k < n_plots; k++)
            covariance[k] += offset * (density[k][t] - mean[k]);
        variance += offset * offset;
    }
    for (size_t k = 0; k < n_plots; k++)
        sums->covariance[k] = covariance[k];
    sums->variance = variance;
}

static double slope(const trend_sums *sums, size_t plot)
{
    return 1000 * sums->covariance[plot] / sums->variance;
}

static inline __attribute__((always_inline)) void fit(const rqa__trend_range *range, size_t n_plots,
                                                      const double *const *density, double *value)
{
    trend_sums sums = {{0}, {0}, 0};
    const double *from[RQA__TRENDS_AT_ONCE];
    const uint64_t n = range->end - range->first;
    for (size_t k = 0; k < n_plots; k++)
        from[k] = density[k] + range->first;
    add_densities(&sums, n_plots, from, n);
    for (size_t k = 0; k < n_plots; k++)
        sums.mean[k] /= (double)n;
    add_products(&sums, n_plots, from, rqa__as_double(range->first) - range->centre, n);
    for (size_t k = 0; k < n_plots; k++)
        value[k] = slope(&sums, k);
}

void rqa__trends(const rqa__trend_range *range, const double *const *density, size_t n,
                 double *value)
{
    if (n == RQA__TRENDS_AT_ONCE)
        fit(range, RQA__TRENDS_AT_ONCE, density, value);
    else
        for (size_t k = 0; k < n; k++)
            fit(range, 1, density + k, value + k);
}

/* The densities of a tally. */
typedef struct offset_densities {
    const rqa__tally *tally;
    const rqa__trend_range *range;
    int one_sided;
    double kept[KEPT_DENSITIES]; /* divisions take longest: the first are not made again */
    double others[DENSITIES];
} offset_densities;

static void divide_points(const offset_densities *o, uint64_t d, int n_here, double *out)
{
    const uint64_t *points = o->tally->offset_points, n = o->range->n;
    const double cells = rqa__as_double(n - d);
    if (o->one_sided)
        for (int t = 0; t < n_here; t++)
            out[t] = rqa__as_double(points[d + (uint64_t)t]);
    else
        for (int t = 0; t < n_here; t++) {
            const uint64_t at = d + (uint64_t)t, both = points[n - 1 + at] + points[n - 1 - at];
            out[t] = at ? rqa__as_double(both) / 2 : rqa__as_double(points[n - 1]);
        }
    for (int t = 0; t < n_here; t++)
        out[t] /= cells - t;
}

/* Those of DENSITIES offsets from d on, or up to the last. */
static int densities_at(offset_densities *o, uint64_t d, int is_first_time, const double **out)
{
    const uint64_t rest = o->range->end - d, at = d - o->range->first;
    const int n_here = rest < DENSITIES ? (int)rest : DENSITIES;
    const int is_kept = at + DENSITIES <= KEPT_DENSITIES;
    double *to = is_kept ? o->kept + at : o->others;
    if (is_first_time || !is_kept)
        divide_points(o, d, n_here, to);
    *out = to;
    return n_here;
}

void rqa__measure_trend(const rqa__reading *reading, const rqa__tally *tally, double *value,
                        uint8_t *reason)
{
    rqa__trend_range range;
    value[RQA_MEASURE_TREND] = NAN;
    reason[RQA_MEASURE_TREND] = RQA_REASON_FEW_OFFSETS;
    if (!rqa__trend_range_of(reading, &range))
        return;
    offset_densities o;
    o.tally = tally;
    o.range = &range;
    o.one_sided = reading->offsets_one_sided;
    trend_sums sums = {{0}, {0}, 0};
    const double *density;
    for (uint64_t d = range.first; d < range.end; d += DENSITIES) {
        const int n_here = densities_at(&o, d, 1, &density);
        add_densities(&sums, 1, &density, (uint64_t)n_here);
    }
    sums.mean[0] /= (double)(range.end - range.first);
    for (uint64_t d = range.first; d < range.end; d += DENSITIES) {
        const int n_here = densities_at(&o, d, 0, &density);
        add_products(&sums, 1, &density, rqa__as_double(d) - range.centre, (uint64_t)n_here);
    }
    value[RQA_MEASURE_TREND] = slope(&sums, 0);
    reason[RQA_MEASURE_TREND] = RQA_REASON_DEFINED;
}
