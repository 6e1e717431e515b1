/* plot_ticks.c - round numbers along an axis, and their texts.
 *
 * A tick is a whole number times 10^exponent and is written from that number's digits: no floating
 * point formatting, so no rounding to hide and no decimal comma from the locale.
 */
#include "data/plot_ticks.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ZEROS = 9,    /* a step of 10^9 is still written out ... */
    MAX_DECIMALS = 6, /* ... and one of 10^-6 */
    GAP_CHARACTERS = 2
};

/* Step between ticks: mantissa * 10^exponent. */
typedef struct tick_step {
    unsigned mantissa;
    int exponent;
} tick_step;

/* Writes number * 10^exponent. */
static void write_text(char text[RQA__TICK_TEXT], uint64_t number, int exponent)
{
    char digits[RQA__TICK_TEXT];
    if (number == 0) {
        snprintf(text, RQA__TICK_TEXT, "0");
    } else if (exponent > MAX_ZEROS || exponent < -MAX_DECIMALS) {
        snprintf(text, RQA__TICK_TEXT, "%" PRIu64 "e%d", number, exponent);
    } else if (exponent >= 0) {
        snprintf(text, RQA__TICK_TEXT, "%" PRIu64 "%.*s", number, exponent, "000000000");
    } else {
        int n = snprintf(digits, sizeof digits, "%0*" PRIu64, 1 - exponent, number);
        int whole = n + exponent;
        snprintf(text, RQA__TICK_TEXT, "%.*s.%s", whole, digits, digits + whole);
    }
}

static double cells_of(const rqa__axis *axis, tick_step step)
{
    double power = pow(10.0, abs(step.exponent));
    double value = step.exponent < 0 ? step.mantissa / power : step.mantissa * power;
    return value / axis->period;
}

/* The last tick lies on the last cell at most; a rounded quotient must not lose it. */
static uint64_t last_multiple(const rqa__axis *axis, double cells)
{
    return (uint64_t)floor((double)(axis->n_cells - 1) / cells + 1e-9);
}

static tick_step next_step(tick_step step)
{
    if (step.mantissa == 1)
        step.mantissa = 2;
    else if (step.mantissa == 2)
        step.mantissa = 5;
    else
        step = (tick_step){1, step.exponent + 1};
    return step;
}

static int has_room(const rqa__axis *axis, tick_step step)
{
    double cells = cells_of(axis, step);
    double pixels = cells * axis->pixels_per_cell;
    if (cells < 1.0 - 1e-9 || pixels < (double)axis->spacing)
        return 0;
    uint64_t last = last_multiple(axis, cells);
    char text[RQA__TICK_TEXT];
    write_text(text, last * step.mantissa, step.exponent);
    size_t longest = strlen(text) + GAP_CHARACTERS;
    return last < RQA__MAX_TICKS && pixels >= (double)(longest * axis->pixels_per_character);
}

size_t rqa__ticks_place(const rqa__axis *axis, rqa__tick tick[RQA__MAX_TICKS])
{
    double least = fmax(1.0, (double)axis->spacing / axis->pixels_per_cell) * axis->period;
    tick_step step = {1, (int)floor(log10(least)) - 1};
    while (!has_room(axis, step))
        step = next_step(step);
    double cells = cells_of(axis, step);
    uint64_t last = last_multiple(axis, cells);
    for (uint64_t k = 0; k <= last; k++) {
        tick[k].pixel = (size_t)(((double)k * cells + 0.5) * axis->pixels_per_cell);
        write_text(tick[k].text, k * step.mantissa, step.exponent);
    }
    return (size_t)last + 1;
}
