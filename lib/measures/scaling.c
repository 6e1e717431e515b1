/* scaling.c - slopes over a range of thresholds or lengths: correlation dimension and entropy. */
#include "measures/scaling.h"

#include <math.h>

#include "measures/ln_count.h"
#include "rqa/invariants.h"

/* Points of a line that is to be fitted: their means, then the deviations from them. */
typedef struct fit {
    double n, x, y, xy, xx;
} fit;

static void add_to_mean(fit *f, double x, double y)
{
    f->n += 1;
    f->x += x;
    f->y += y;
}

static void end_means(fit *f)
{
    f->x /= f->n;
    f->y /= f->n;
}

static void add_deviation(fit *f, double x, double y)
{
    f->xy += (x - f->x) * (y - f->y);
    f->xx += (x - f->x) * (x - f->x);
}

static double slope_of(const fit *f)
{
    return f->n >= 2 && f->xx > 0 ? f->xy / f->xx : NAN;
}

double rqa__log_slope(const double *range, const double *x, const double *y, size_t n, double lower,
                      double upper, size_t *n_used)
{
    fit f = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < n; k++) {
            if (!(range[k] >= lower && range[k] <= upper && x[k] > 0 && y[k] > 0))
                continue;
            if (pass == 0)
                add_to_mean(&f, rqa__ln(x[k]), rqa__ln(y[k]));
            else
                add_deviation(&f, rqa__ln(x[k]), rqa__ln(y[k]));
        }
        if (pass == 0)
            end_means(&f);
    }
    *n_used = (size_t)f.n;
    return slope_of(&f);
}

/* From the longest length down: lines no shorter than l, and their segments of length l. */
typedef struct descent {
    const rqa_line_bin *bins;
    size_t left; /* bins of lengths below those that were counted */
    uint64_t lines, segments;
} descent;

/* To the next shorter length, `l`. */
static void go_down(descent *d, uint64_t l)
{
    for (; d->left && d->bins[d->left - 1].length == l; d->left--)
        d->lines += d->bins[d->left - 1].count;
    d->segments += d->lines;
}

/* To what a length of `last` starts from. */
static descent begin_at(const rqa_line_bin *bins, size_t n_bins, uint64_t last)
{
    descent d = {.bins = bins, .left = n_bins};
    for (; d.left && bins[d.left - 1].length > last; d.left--) {
        d.lines += bins[d.left - 1].count;
        d.segments += bins[d.left - 1].count * (bins[d.left - 1].length - last);
    }
    return d;
}

void rqa__k2_counts(uint64_t *counts, const rqa_line_bin *bins, size_t n_bins, int32_t estimator,
                    uint64_t first, uint64_t last)
{
    descent d = begin_at(bins, n_bins, last);
    for (uint64_t l = last; l >= first && l > 0; l--) {
        go_down(&d, l);
        counts[l - first] = estimator == RQA_K2_LINES ? d.lines : d.segments;
    }
}

double rqa__k2_slope(const rqa_line_bin *bins, size_t n_bins, int32_t estimator, uint64_t first,
                     uint64_t last, uint64_t *n_used)
{
    fit f = {0};
    rqa__ln_table_fill();
    const uint64_t longest = n_bins ? bins[n_bins - 1].length : 0;
    const uint64_t end = last < longest ? last : longest; /* beyond it no N(l) is above 0 */
    for (int pass = 0; pass < 2; pass++) {
        descent d = begin_at(bins, n_bins, end);
        for (uint64_t l = end; l >= first && l > 0; l--) {
            go_down(&d, l);
            const double ln = rqa__ln_count(estimator == RQA_K2_LINES ? d.lines : d.segments);
            if (pass == 0)
                add_to_mean(&f, (double)l, ln);
            else
                add_deviation(&f, (double)l, ln);
        }
        if (pass == 0)
            end_means(&f);
    }
    *n_used = (uint64_t)f.n;
    return -slope_of(&f);
}
