/* sampled_estimates.c - from what was drawn of a plot to estimates and their standard errors: those of a
 * ratio of two means over draws (Cochran: Sampling Techniques, section 2.11), and of an entropy that is
 * corrected for patterns met rarely or not at all (Grassberger 2003). */
#include "measures/sampled_estimates.h"

#include <math.h>

#include "measures/ln_count.h"

static void set_undefined(rqa_estimate *out, int32_t reason, uint64_t n_drawn)
{
    out->reason = reason;
    out->value = out->standard_error = NAN;
    out->n_drawn = n_drawn;
}

void rqa__estimate_rate(rqa_estimate *out, uint64_t n_points, uint64_t n_cells)
{
    if (n_cells == 0) {
        set_undefined(out, RQA_REASON_NO_CELLS, 0);
        return;
    }
    const double rate = (double)n_points / (double)n_cells;
    out->reason = RQA_REASON_DEFINED;
    out->value = rate;
    out->standard_error = sqrt(rate * (1 - rate) / (double)n_cells);
    out->n_drawn = n_cells;
}

/* sum a / sum b over lines, a = l or 1 in lines of at least the minimum. */
typedef struct line_ratio {
    double lines, above, below;
} line_ratio;

static double is_long(uint64_t length, uint64_t minimum)
{
    return length >= minimum ? 1 : 0;
}

static void set_ratio(rqa_estimate *out, const rqa__spectrum *lines, uint64_t minimum, int of_points)
{
    line_ratio sum = {0, 0, 0};
    double squares = 0;
    uint64_t n = 0;
    for (size_t k = 0; k < lines->n_bins; k++) {
        const double count = (double)lines->bin[k].count, length = (double)lines->bin[k].length;
        const double counts = is_long(lines->bin[k].length, minimum);
        n += lines->bin[k].count;
        sum.lines += count;
        sum.above += count * length * counts;
        sum.below += count * (of_points ? length : counts);
    }
    if (!(sum.below > 0)) {
        set_undefined(out, n == 0 ? RQA_REASON_NO_POINTS : RQA_REASON_NO_LINE, n);
        return;
    }
    const double ratio = sum.above / sum.below;
    for (size_t k = 0; k < lines->n_bins; k++) {
        const double length = (double)lines->bin[k].length;
        const double counts = is_long(lines->bin[k].length, minimum);
        const double residual = length * counts - ratio * (of_points ? length : counts);
        squares += (double)lines->bin[k].count * residual * residual;
    }
    out->reason = RQA_REASON_DEFINED;
    out->value = ratio;
    out->standard_error =
        sqrt(squares / sum.lines) / (sum.below / sum.lines * sqrt(sum.lines));
    out->n_drawn = n;
}

void rqa__estimate_ratio(rqa_estimate *out, const rqa__spectrum *lines, uint64_t minimum)
{
    set_ratio(out, lines, minimum, 1);
}

void rqa__estimate_mean(rqa_estimate *out, const rqa__spectrum *lines, uint64_t minimum)
{
    set_ratio(out, lines, minimum, 0);
}

/* G(n) of Grassberger (2003), equation 31: -gamma - ln 2 + the sum of 2 / (2 k - 1) for k <= n / 2. */
static double surprise_of(uint64_t n)
{
    static const double gamma = 0.57721566490153286;
    if (n >= 2000) { /* its series in 1/m, m = n / 2 */
        const double m = floor((double)n / 2);
        return rqa__ln(2 * m) + 1 / (24 * m * m);
    }
    double sum = 0;
    for (uint64_t k = 1; k <= n / 2; k++)
        sum += 2 / (2 * (double)k - 1);
    return sum - gamma - RQA__LN_2;
}

void rqa__estimate_entropy(rqa_estimate *out, const uint64_t *count, size_t n)
{
    uint64_t drawn = 0;
    double corrected = 0, first = 0, second = 0;
    for (size_t k = 0; k < n; k++)
        drawn += count[k];
    if (drawn == 0) {
        set_undefined(out, RQA_REASON_NO_CELLS, 0);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        if (count[k] == 0)
            continue;
        const double p = (double)count[k] / (double)drawn, surprise = -rqa__ln(p);
        corrected += p * surprise_of(count[k]);
        first += p * surprise;
        second += p * surprise * surprise;
    }
    const double spread = second - first * first;
    out->reason = RQA_REASON_DEFINED;
    out->value = rqa__ln((double)drawn) - corrected;
    out->standard_error = sqrt((spread > 0 ? spread : 0) / (double)drawn);
    out->n_drawn = drawn;
}
