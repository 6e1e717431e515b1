/* series_scale.c - moments of a channel and its normalisation, the same on every machine.
 *
 * Sums are compensated sums of doubles (Neumaier, ZAMM 54, 1974) in the order of the samples, not
 * long double: long double has 64, 106 or 113 bits, or is double, depending on the machine, and
 * scaled data must be equal to the last bit wherever they are computed. The sum of squares is the
 * corrected two-pass one (Chan, Golub & LeVeque, The American Statistician 37, 1983).
 */
#include "data/series_scale.h"

#include <math.h>

#include "base/error.h"
#include "base/number.h"
#include "rqa/series.h"

typedef struct compensated {
    double sum;
    double carry;
} compensated;

static void add(compensated *total, double value)
{
    double sum = total->sum + value;
    if (fabs(total->sum) >= fabs(value))
        total->carry += (total->sum - sum) + value;
    else
        total->carry += (value - sum) + total->sum;
    total->sum = sum;
}

static double total_of(const compensated *total)
{
    return total->sum + total->carry;
}

/* Counts the valid values and finds their range, still unscaled. */
static void find_range(const double *values, size_t n, rqa__moments *out)
{
    *out = (rqa__moments){0};
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        if (out->n_valid == 0 || values[i] < out->minimum)
            out->minimum = values[i];
        if (out->n_valid == 0 || values[i] > out->maximum)
            out->maximum = values[i];
        out->n_valid++;
    }
}

void rqa__moments_of(const double *values, size_t n, rqa__moments *out)
{
    find_range(values, n, out);
    if (out->n_valid == 0)
        return;
    frexp(fmax(fabs(out->minimum), fabs(out->maximum)), &out->exponent);
    out->minimum = ldexp(out->minimum, -out->exponent);
    out->maximum = ldexp(out->maximum, -out->exponent);

    /* Rounding must not give a constant channel a spread. */
    if (out->minimum == out->maximum) {
        out->mean = out->minimum;
        return;
    }
    double n_valid = (double)out->n_valid;
    compensated sum = {0.0, 0.0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            add(&sum, ldexp(values[i], -out->exponent));
    out->mean = total_of(&sum) / n_valid;

    compensated deviations = {0.0, 0.0};
    compensated squares = {0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        double deviation = ldexp(values[i], -out->exponent) - out->mean;
        add(&deviations, deviation);
        add(&squares, deviation * deviation);
    }
    double rest = total_of(&deviations);
    out->square_sum = total_of(&squares) - rest * rest / n_valid;
}

int rqa__channel_normalize(double *values, size_t n, int32_t normalization, size_t channel)
{
    if (normalization == RQA_NORMALIZATION_NONE)
        return RQA_OK;
    rqa__moments moments;
    rqa__moments_of(values, n, &moments);
    if (moments.n_valid < 2)
        return rqa__fail(RQA_ERROR_CONSTANT,
                         "channel %zu has %zu valid sample%s; scaling it needs at least 2", channel,
                         moments.n_valid, moments.n_valid == 1 ? "" : "s");
    if (moments.minimum == moments.maximum)
        return rqa__fail(RQA_ERROR_CONSTANT,
                         "channel %zu is constant (%s in all %zu valid samples) and cannot be "
                         "scaled",
                         channel, rqa__shortest(ldexp(moments.minimum, moments.exponent)).text,
                         moments.n_valid);

    double origin = moments.mean;
    double unit;
    if (normalization == RQA_NORMALIZATION_UNIT) {
        origin = moments.minimum;
        unit = moments.maximum - moments.minimum;
    } else {
        size_t ddof = normalization == RQA_NORMALIZATION_ZSCORE ? 1 : 0;
        unit = sqrt(moments.square_sum / (double)(moments.n_valid - ddof));
    }
    for (size_t i = 0; i < n; i++)
        values[i] = (ldexp(values[i], -moments.exponent) - origin) / unit;
    return RQA_OK;
}
