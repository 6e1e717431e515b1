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

// ---- samples on a grid ----

// Samples that are converted without an error are multiples of this, scaled, or of a larger power of
// two: then a span of 2^20 has 2^23 of them.
static const double least_unit = 0x1p-3;

// The steps of `least_unit` that the samples are at, or-ed. 0: there is one that is at none.
static int or_steps(const near_scale *scale, const rqa_plugin_side *side, uint64_t *all)
{
    // As near_convert(); what the scaling makes vanish was not 0.
    const double half = ldexp(1, scale->exponent / 2);
    const double rest = ldexp(1, scale->exponent - scale->exponent / 2);
    for (uint32_t c = 0; c < side->n_channels; c++)
        for (uint64_t i = 0; i < side->n_samples; i++) {
            const double sample = side->channel[c][i], step = sample * half * rest / least_unit;
            if (isnan(sample))
                continue;
            if (!(fabs(step) <= 0x1p52) || step != rint(step) || (step == 0 && sample != 0))
                return 0;
            *all |= (uint64_t)(int64_t)fabs(step);
        }
    return 1;
}

// Looks for a unit; the centre becomes a multiple of it, least and most are scaled.
static void find_unit(near_scale *scale, const rqa_plugin_side *x, const rqa_plugin_side *y,
                      double least, double most)
{
    uint64_t all = 0;
    if (!or_steps(scale, x, &all) || (y->channel != x->channel && !or_steps(scale, y, &all)))
        return;
    scale->unit = least_unit;
    for (; all && !(all & 1); all >>= 1)
        scale->unit *= 2;
    scale->has_unit = 1;
    scale->steps = (most - least) / scale->unit;
    scale->centre = scale->unit * rint(scale->centre / scale->unit);
}

near_scale near_scale_of(const rqa_plugin_side *x, const rqa_plugin_side *y)
{
    double least = INFINITY, most = -INFINITY;
    extend(x, &least, &most);
    if (y->channel != x->channel)
        extend(y, &least, &most);
    near_scale scale = {0, 0, 0, 0, 0, 0};
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
    find_unit(&scale, x, y, least, most);
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

void near_boxes(const float *near, uint64_t n, float *least, float *most)
{
    for (uint64_t i = 0; i < n; i++) {
        least[i] = isnan(near[i]) ? -INFINITY : near[i];
        most[i] = isnan(near[i]) ? INFINITY : near[i];
    }
    // Of twice as many each time.
    for (uint64_t half = 1; half < NEAR_BOX; half *= 2)
        for (uint64_t i = 0; i + half < n; i++) {
            least[i] = least[i + half] < least[i] ? least[i + half] : least[i];
            most[i] = most[i + half] > most[i] ? most[i + half] : most[i];
        }
}

// How far a difference of two converted samples may be from the scaled true one: both samples were
// rounded to float, after a centring that was rounded to double at a size of 2^21.
static double difference_error(const near_scale *scale)
{
    return 2 * (scale->largest * 0x1p-24 + 0x1p-31);
}

// Where nothing is rounded, neither here nor in double, no pair is unsure. Let every sample be a multiple
// of u = unit / 2^exponent, and s = steps.
//   Samples less the centre are at most s units and differences likewise: with s <= 2^23 both are
//   floats. Sums of n differences are multiples of `unit` of at most n s, of squares multiples of its
//   square of at most n s^2: with these below 2^23 every partial sum is a float, fused or not.
//   In double the same values are integers below 2^53 times u or u^2, unless u^2 is too small to be
//   normal, which is asked for; what overflows exceeds any finite bound in truth too.
// So a pair recurs if its count of units is at most k = floor(bound / u) or / u^2. Half a unit above
// that is a float if k < 2^23, and no value lies there; larger k take all that is finite.
static int exact_window(const near_scale *scale, uint32_t norm, uint64_t n, double bound,
                        float *middle)
{
    const int is_square = norm == RQA_PLUGIN_EUCLIDEAN;
    const double most = 0x1p23, terms = norm == RQA_PLUGIN_MAXIMUM ? 1 : (double)n;
    if (!scale->has_unit || !(bound <= DBL_MAX) ||
        terms * scale->steps * (is_square ? scale->steps : 1) > most || scale->steps > most)
        return 0;
    int unit = 0; // its exponent
    frexp(scale->unit, &unit);
    unit -= 1;
    if (is_square && unit - scale->exponent < -500)
        return 0;
    const int power = is_square ? 2 : 1;
    const double k = floor(ldexp(bound, power * (scale->exponent - unit)));
    *middle = k < most ? (float)ldexp(k + 0.5, power * unit) : 1e30f;
    return 1;
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
    if (!exact_only && exact_window(scale, norm, n, bound, middle))
        return;
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
