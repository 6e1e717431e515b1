/* draws.h - random recordings in every dtype and layout, for the comparisons with brute. */
#ifndef RQA_TESTS_DRAWS_H
#define RQA_TESTS_DRAWS_H

#include "support.h"

enum { MAX_SAMPLES = 220, MAX_CHANNELS = 3 };

/* One recording as drawn: what the library is given, and what brute is to see. */
typedef struct side {
    double value[MAX_SAMPLES * MAX_CHANNELS];
    unsigned char memory[MAX_SAMPLES * MAX_CHANNELS * 8 * 4];
    brute_series series;
    rqa_series_options options;
    size_t origin; /* byte of the first sample in memory */
    rqa_series *api_series;
    rqa_embedding *api;
} side;

/* True once in `one_in`. */
int chance(rng *r, unsigned one_in);

/* Draws values, dtype, strides, missing samples and scaling. */
void draw_side(rng *r, side *s, size_t n_samples, size_t n_channels, uint32_t dim, uint32_t delay);

/* What pairs of sides are drawn from: vectors from `least` to `most`, or once in `one_in` to `seldom`; of
 * another y of a cross-recurrence to `most_y`; channels of x, or of both, to `channels`. */
typedef struct pair_sizes {
    int64_t least, most, seldom, most_y, channels;
    unsigned one_in;
} pair_sizes;

/* One side, or two that go together; returns the relation, auto where y is none. */
int32_t draw_pair(rng *r, const pair_sizes *sizes, side *x, side *y);

/* Creates series and embedding, checks the values, and hands brute those the library really uses: a
 * scaled value may differ from brute's in the last place, and a tie must not hang on that. */
void create_side(rqa_context *context, side *s, const char *what);
void destroy_side(side *s);

/* A threshold that some pair meets exactly, or next to one, or any. */
double draw_threshold(rng *r, const brute_series *x, const brute_series *y, int32_t norm);

#endif
