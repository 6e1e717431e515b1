// near.cu - the float filter: scaled series, and the window in which a pair is decided exactly.
#include "near.h"

#include <float.h>
#include <math.h>

static void extend(const rqa_plugin_side *side, double *least, double *most)
{
    for (uint32_t c = 0; c < side->n_channels; c++)
        for (uint64_t i = 0; i < side->n_samples; i++) {
            double value = side->channel[c][i];
            if (value < *least)
                *least = value;
            if (value > *most)
                *most = value;
        }
}

near_scale near_scale_of(const rqa_plugin_side *x, const rqa_plugin_side *y)
{
    double least = INFINITY, most = -INFINITY;
    extend(x, &least, &most);
    if (y->channel != x->channel)
        extend(y, &least, &most);
    near_scale scale = {0, 0, 0};
    if (!(least <= most))
        return scale; // every sample is missing
    int exponent = 0;
    double size = fmax(fabs(least), fabs(most));
    if (size > 0)
        frexp(size, &exponent);
    scale.exponent = size > 0 ? 20 - exponent : 0;
    least = ldexp(least, scale.exponent);
    most = ldexp(most, scale.exponent);
    scale.centre = 0.5 * (least + most);
    scale.largest = fmax(most - scale.centre, scale.centre - least);
    return scale;
}

void near_convert(const near_scale *scale, const double *from, uint64_t n, float *to)
{
    // 2^exponent itself may be out of range; its halves are not.
    const double half = ldexp(1, scale->exponent / 2);
    const double rest = ldexp(1, scale->exponent - scale->exponent / 2);
    for (uint64_t i = 0; i < n; i++)
        to[i] = (float)(from[i] * half * rest - scale->centre);
}

// How far a difference of two converted samples may be from the scaled true one: both samples were
// rounded to float, after a centring that was rounded to double at a size of 2^21.
static double difference_error(const near_scale *scale)
{
    return 2 * (scale->largest * 0x1p-24 + 0x1p-31);
}

void near_window(const near_scale *scale, uint32_t norm, uint64_t n, double bound, int exact_only,
                 float *middle, float *margin)
{
    // Filtered values are not negative, and below 1e30 unless a sample is missing.
    const double largest = 1e30;
    *middle = -1;
    *margin = -1;
    if (bound < 0)
        return; // nothing recurs
    *margin = INFINITY;
    double rounding = (double)(n + 8) * 0x1p-23; // relative, of the filter
    if (exact_only || rounding > 0.25)
        return;
    // The exact value is rounded too: relatively, and where squares underflow absolutely.
    double slack = bound * ((double)(n + 8) * 0x1p-52) + (double)n * 0x1p-1073;
    int exponent = norm == RQA_PLUGIN_EUCLIDEAN ? 2 * scale->exponent : scale->exponent;
    double low = ldexp(fmax(bound - slack, 0), exponent), high = ldexp(bound + slack, exponent);
    double error = difference_error(scale);
    if (norm == RQA_PLUGIN_EUCLIDEAN) {
        error *= sqrt((double)n) * (1 + 0x1p-40);
        low = fmax(sqrt(low) - error, 0);
        high = sqrt(high) + error;
        low *= low;
        high *= high;
    } else {
        error *= norm == RQA_PLUGIN_MANHATTAN ? (double)n : 1;
        low = fmax(low - error, 0);
        high += error;
    }
    low = fmin(low * (1 - rounding) - 1e-30, largest);
    high = fmin(high * (1 + rounding) + 1e-30, largest);
    *middle = (float)(0.5 * (low + high));
    // The difference from it is rounded once more.
    double reach = fmax(high - *middle, *middle - low) * (1 + 0x1p-20) + 1e-30;
    *margin = nextafterf((float)reach, INFINITY);
}
