/* curve_scale.c - the range of an axis, the round numbers along it, and the bars of a histogram. */
#include "curve_scale.h"

#include <math.h>
#include <string.h>

#include "curve_text.h"

/* Beyond it a range has no length any more. */
static const double largest_value = 4e307;

/* A round number: mantissa * 10^exponent. */
typedef struct round_step {
    int mantissa, exponent;
} round_step;

curve_range curve_range_none(void)
{
    return (curve_range){INFINITY, -INFINITY};
}

void curve_range_take(curve_range *range, double value)
{
    if (!isfinite(value))
        return;
    value = fmax(-largest_value, fmin(largest_value, value));
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

void curve_range_finish(curve_range *range, double margin)
{
    if (range->low > range->high)
        *range = (curve_range){0.0, 1.0};
    const double size = fmax(fabs(range->low), fabs(range->high));
    double widen = margin * (range->high - range->low);
    if (range->high - range->low <= 1e-9 * size || range->high == range->low)
        widen = size > 1e-300 ? 0.1 * size : 1.0;
    range->low -= widen;
    range->high += widen;
}

static double value_of(long long number, round_step step)
{
    double power = 1.0;
    for (int k = step.exponent < 0 ? -step.exponent : step.exponent; k > 0; k--)
        power *= 10.0;
    const double whole = (double)number * step.mantissa;
    return step.exponent < 0 ? whole / power : whole * power;
}

/* The smallest round step that is not below `least`. */
static round_step step_from(double least)
{
    round_step step = {1, (int)floor(log10(least)) - 1};
    while (value_of(1, step) < least * (1.0 - 1e-9))
        step = step.mantissa == 1   ? (round_step){2, step.exponent}
               : step.mantissa == 2 ? (round_step){5, step.exponent}
                                    : (round_step){1, step.exponent + 1};
    return step;
}

static double widest_text(const curve_ticks *ticks)
{
    double widest = 0.0;
    for (size_t k = 0; k < ticks->n; k++)
        widest = fmax(widest, curve_text_width(ticks->text[k]));
    return widest;
}

static void fill(curve_ticks *out, curve_range range, round_step step)
{
    const double size = value_of(1, step);
    const long long first = (long long)ceil(range.low / size - 1e-6);
    const long long last = (long long)floor(range.high / size + 1e-6);
    out->n = 0;
    for (long long k = first; k <= last && out->n < CURVE_MAX_TICKS; k++) {
        out->at[out->n] = value_of(k, step);
        curve_text_tick(out->text[out->n++], k * step.mantissa, step.exponent);
    }
}

void curve_ticks_place(curve_ticks *out, curve_range range, double pixels, double spacing,
                       int is_level)
{
    const double length = range.high - range.low;
    double least = length * fmax(spacing / pixels, 1.0 / (CURVE_MAX_TICKS - 2));
    round_step step = step_from(least);
    fill(out, range, step);
    while (is_level && out->n > 1 &&
           widest_text(out) + 14.0 > value_of(1, step) / length * pixels) {
        step = step_from(value_of(1, step) * 1.5);
        fill(out, range, step);
    }
}

void curve_bars_count(curve_bars *out, const double *value, size_t n)
{
    memset(out, 0, sizeof *out);
    curve_range range = curve_range_none();
    for (size_t k = 0; k < n; k++) {
        curve_range_take(&range, value[k]);
        out->total += isfinite(value[k]) != 0;
    }
    curve_range_finish(&range, 0.0);
    const double wanted = fmax(8.0, fmin(40.0, sqrt((double)out->total)));
    const round_step step = step_from((range.high - range.low) / wanted);
    out->width = value_of(1, step);
    out->first = floor(range.low / out->width) * out->width;
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(value[k]))
            continue;
        const double at = (fmax(range.low, fmin(range.high, value[k])) - out->first) / out->width;
        size_t bar = (size_t)fmax(0.0, floor(at + 1e-9));
        bar = bar < CURVE_MAX_BARS ? bar : CURVE_MAX_BARS - 1;
        out->count[bar]++;
        out->n = bar + 1 > out->n ? bar + 1 : out->n;
        out->largest = out->count[bar] > out->largest ? out->count[bar] : out->largest;
    }
}
