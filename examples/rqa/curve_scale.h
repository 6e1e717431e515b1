/* curve_scale.h - the range of an axis, the round numbers along it, and the bars of a histogram. */
#ifndef CURVE_SCALE_H
#define CURVE_SCALE_H

#include <stddef.h>

enum { CURVE_MAX_TICKS = 24, CURVE_MAX_BARS = 60 };

/* low > high: nothing was taken in yet. */
typedef struct curve_range {
    double low, high;
} curve_range;

curve_range curve_range_none(void);
/* Only finite numbers count. */
void curve_range_take(curve_range *range, double value);
/* Opens a range that is empty or a point; widens it on each side by this share of its length. */
void curve_range_finish(curve_range *range, double margin);

typedef struct curve_ticks {
    size_t n;
    double at[CURVE_MAX_TICKS];
    char text[CURVE_MAX_TICKS][32];
} curve_ticks;

/* Multiples of 1, 2 or 5 times a power of ten, at least `spacing` pixels apart; along a level axis
 * (is_level) also so far that their texts have room. */
void curve_ticks_place(curve_ticks *out, curve_range range, double pixels, double spacing,
                       int is_level);

typedef struct curve_bars {
    size_t n;
    double first, width; /* bar k holds first + k width <= value < first + (k+1) width */
    size_t count[CURVE_MAX_BARS], largest, total;
} curve_bars;

/* Bars of a round width, about as many as the root of the number of values, 8 to 40. */
void curve_bars_count(curve_bars *out, const double *value, size_t n);

#endif
