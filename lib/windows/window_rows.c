/* window_rows.c - the samples of a moving window, and the rows of bits of its newest vector. */
#include "windows/window_state.h"

#include <math.h>
#include <string.h>

static void take_sample(const struct rqa__window *w, rqa__window_samples *samples,
                        const double *values)
{
    for (uint32_t c = 0; c < samples->n_channels; c++) {
        double *ring = samples->channel[c];
        ring[w->newest] = ring[w->newest + w->sample_ring] = values[c];
        samples->newest[c] = ring + w->newest;
    }
}

static rqa__window_space space_of(const struct rqa__window *w, const rqa__window_samples *moving,
                                  const rqa__window_samples *fixed)
{
    return (rqa__window_space){
        .moving = moving->newest,
        .fixed = fixed->newest,
        .moving_delay = moving->delay,
        .fixed_delay = fixed->delay,
        .n_channels = moving->n_channels,
        .dim = moving->dim,
        .norm = w->norm,
        .bound = moving->bound,
    };
}

/* The row of near samples that is so many samples old. */
static uint64_t *near_row(const struct rqa__window *w, const rqa__window_samples *samples,
                          size_t age)
{
    return samples->near + ((w->n_samples - age) & (samples->n_near - 1)) * w->n_words;
}

/* By the maximum norm vectors are near where all of their samples are, each of which is compared
 * once. */
static void take_near(const struct rqa__window *w, const rqa__window_samples *samples)
{
    rqa__window_space space = space_of(w, samples, samples);
    space.dim = 1;
    if (samples->n_near)
        w->kernels->row(&space, near_row(w, samples, 0), w->n_words);
}

void rqa__window_take_sample(struct rqa__window *w, const double *x, const double *y)
{
    w->newest = (w->newest ? w->newest : w->sample_ring) - 1;
    take_sample(w, &w->x, x);
    if (w->relation != RQA__RELATION_AUTO)
        take_sample(w, &w->y, y);
    w->n_samples++;
    take_near(w, &w->x);
    take_near(w, &w->y);
}

static int vector_is_present(const rqa__window_samples *samples)
{
    for (uint32_t k = 0; k < samples->dim; k++)
        if (isnan(samples->newest[0][(size_t)k * samples->delay]))
            return 0;
    return 1;
}

static void shift_in(uint64_t *row, size_t n_words, unsigned bit)
{
    for (size_t q = n_words; q-- > 1;)
        row[q] = row[q] << 1 | row[q - 1] >> 63;
    row[0] = row[0] << 1 | bit;
}

/* Cells of the newest vector of one side, or of two; n_words of them. */
static void row_of(const struct rqa__window *w, const rqa__window_samples *moving,
                   const rqa__window_samples *fixed, uint64_t *row, size_t n_words)
{
    const rqa__window_space space = space_of(w, moving, fixed);
    if (!moving->n_near) {
        w->kernels->row(&space, row, n_words);
        return;
    }
    memcpy(row, near_row(w, moving, 0), n_words * sizeof *row);
    for (uint32_t lag = 1; lag < moving->dim; lag++) {
        const uint64_t *near = near_row(w, moving, (size_t)lag * moving->delay);
        for (size_t q = 0; q < n_words; q++)
            row[q] &= near[q];
    }
}

/* Black cells of the newest vector: those at offsets 0 .. e - s. */
static void black_row(struct rqa__window *w, const rqa__window_samples *moving,
                      const rqa__window_samples *fixed, uint64_t *row)
{
    const uint32_t last = w->e - w->s;
    const size_t n_words = last / 64 + 1;
    row_of(w, moving, fixed, row, n_words);
    if (w->relation == RQA__RELATION_JOINT) {
        row_of(w, &w->y, &w->y, w->scratch, n_words);
        for (size_t q = 0; q < n_words; q++)
            row[q] &= w->scratch[q];
    }
    row[n_words - 1] &= rqa__bits_between(0, last, n_words - 1);
    memset(row + n_words, 0, (w->n_words - n_words) * sizeof *row);
}

/* White ones: neither black nor removed. `moving` are the vectors along the row. */
static void white_row(const struct rqa__window *w, const uint64_t *black, uint64_t *white,
                      const uint64_t *moving, int fixed_is_present)
{
    const uint32_t last = w->e - w->s;
    for (size_t q = 0; q < w->n_words; q++) {
        uint64_t band = 0;
        if (w->band_is_white && w->theiler_vertical)
            band = rqa__bits_between(0, (int64_t)w->theiler_vertical - 1, q);
        white[q] =
            fixed_is_present ? (~black[q] | band) & moving[q] & rqa__bits_between(0, last, q) : 0;
    }
}

void rqa__window_take_rows(struct rqa__window *w)
{
    const int joint = w->relation == RQA__RELATION_JOINT,
              cross = w->relation == RQA__RELATION_CROSS;
    int in_x = vector_is_present(&w->x), in_y = in_x;
    if (joint)
        in_x = in_y = in_x && vector_is_present(&w->y);
    shift_in(w->x.present, w->n_words, (unsigned)in_x);
    const uint64_t *present_y = w->x.present;
    if (cross) {
        in_y = vector_is_present(&w->y);
        shift_in(w->y.present, w->n_words, (unsigned)in_y);
        present_y = w->y.present;
    }
    const uint64_t bit = UINT64_C(1) << (w->e & 63);
    uint64_t *absent = &w->absent[(w->e & (w->n_ring - 1)) >> 6];
    *absent = in_y ? *absent & ~bit : *absent | bit;
    w->n_absent += !in_y;
    uint64_t *a = rqa__row_of(w, &w->black_a, w->e);
    black_row(w, &w->x, cross ? &w->y : &w->x, a);
    if (w->white_a.rows)
        white_row(w, a, rqa__row_of(w, &w->white_a, w->e), w->x.present, in_y);
    if (!cross)
        return;
    uint64_t *b = rqa__row_of(w, &w->black_b, w->e);
    black_row(w, &w->y, &w->x, b);
    if (w->white_b.rows)
        white_row(w, b, rqa__row_of(w, &w->white_b, w->e), present_y, in_x);
}
