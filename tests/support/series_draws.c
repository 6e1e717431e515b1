/* series_draws.c - random sides of a task for suites that compare with a plain loop. */
#include "series_draws.h"

#include <math.h>

enum { PLATEAU = 40, MOST_DELAY = 9, LONGEST_GAP = 60 };

static double draw_sample(rng *r, unsigned kind, size_t t, double *walk)
{
    if (kind != SERIES_PLATEAUS || t % PLATEAU == 0)
        *walk += rng_gauss(r);
    switch (kind) {
    case SERIES_WALK:
    case SERIES_PLATEAUS:
        return *walk;
    case SERIES_CIRCLE:
        return sin(.06 * (double)t + *walk / 1000);
    case SERIES_FEW_NUMBERS:
        return (double)rng_below(r, 3);
    case SERIES_NUMBERS:
        return (double)rng_below(r, 1000) / 8;
    case SERIES_CONSTANT:
        return 3;
    case SERIES_FAR:
        return rng_below(r, 100) ? rng_gauss(r) : 1e6 * rng_gauss(r);
    case SERIES_TINY:
        return rng_gauss(r) * 1e-160;
    case SERIES_HUGE:
        return rng_gauss(r) * 1e145;
    default:
        return rng_gauss(r);
    }
}

static void take_out(rng *r, drawn_side *s)
{
    const unsigned missing = (unsigned)rng_below(r, 4);
    const size_t n = s->side.n_samples, gap = (size_t)rng_below(r, n + 1);
    s->skips = 0;
    for (size_t t = 0; t < n; t++)
        if ((missing == 1 && rng_below(r, 20) == 0) ||
            (missing == 2 && t >= gap && t < gap + LONGEST_GAP)) {
            s->skips = 1;
            for (uint32_t c = 0; c < s->side.n_channels; c++)
                s->sample[c][t] = (double)NAN;
        }
}

void draw_vectors(rng *r, drawn_side *s, unsigned kind, size_t n_vectors)
{
    double walk = 0;
    s->side.channel = s->channel;
    s->side.delay = 1 + (uint32_t)rng_below(r, MOST_DELAY);
    s->side.n_samples = n_vectors + (*s->side.dims - 1) * s->side.delay;
    ck_assert_uint_le(s->side.n_samples, SERIES_MOST_SAMPLES);
    for (uint32_t c = 0; c < s->side.n_channels; c++) {
        s->channel[c] = s->sample[c];
        for (size_t t = 0; t < s->side.n_samples; t++)
            s->sample[c][t] = draw_sample(r, kind, t, &walk);
    }
    take_out(r, s);
}
