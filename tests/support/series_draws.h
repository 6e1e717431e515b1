/* series_draws.h - random sides of a task for suites that compare with a plain loop: what is smooth, noisy,
 * tied, flat, far or at the ends of double, with and without missing samples. */
#ifndef RQA_TESTS_SERIES_DRAWS_H
#define RQA_TESTS_SERIES_DRAWS_H

#include "plan/task.h"
#include "support.h"

/* FAR has a few far values; squares of TINY vanish or are subnormal, those of HUGE are near the end. */
enum {
    SERIES_NOISE,
    SERIES_WALK,
    SERIES_CIRCLE, /* many pairs share the largest distance */
    SERIES_FEW_NUMBERS,
    SERIES_PLATEAUS, /* whose bounding boxes are no larger than they are */
    SERIES_FAR,
    SERIES_NUMBERS,
    SERIES_CONSTANT,
    SERIES_TINY,
    SERIES_HUGE,
    SERIES_KINDS
};

enum { SERIES_MOST_CHANNELS = 3, SERIES_MOST_SAMPLES = 700 };

typedef struct drawn_side {
    rqa__side side;
    double sample[SERIES_MOST_CHANNELS][SERIES_MOST_SAMPLES];
    const double *channel[SERIES_MOST_CHANNELS];
    int skips; /* some sample is missing */
} drawn_side;

/* So many vectors of the dim and channels that s->side has already, a delay of 1 to 9, and, twice in four
 * draws, missing samples: here and there, or a gap. */
void draw_vectors(rng *r, drawn_side *s, unsigned kind, size_t n_vectors);

#endif
