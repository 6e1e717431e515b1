/* randomise.c - shuffled, phase-randomised and amplitude-adjusted surrogates. */
#include "resample/randomise.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"

static const double two_pi = 6.283185307179586476925286766559;

static double *bins_of(double *bin, const rqa__original *o, size_t channel)
{
    return bin + 2 * o->n_bins * channel;
}

static void rank_channels(const rqa__original *o, rqa__ranked *ranked)
{
    for (size_t c = 0; c < o->n_channels; c++) {
        const double *value = o->series->channel[c];
        uint32_t *order = o->order + c * o->n;
        for (size_t k = 0; k < o->n; k++)
            order[k] = (uint32_t)k;
        rqa__rank_order(value, order, o->n, ranked);
        for (size_t k = 0; k < o->n; k++)
            o->sorted[c * o->n + k] = value[order[k]];
    }
}

int rqa__original_create(rqa__original *o, const struct rqa_series *series, int keeps_ranks)
{
    *o = (rqa__original){.series = series,
                         .n = series->n_samples,
                         .n_channels = series->n_channels,
                         .n_bins = series->n_samples / 2 + 1};
    int status = rqa__fourier_create(&o->fourier, o->n);
    if (status)
        return status;
    size_t n_values;
    rqa__ranked *ranked = NULL;
    double *room = rqa__alloc_array(rqa__fourier_room(o->fourier), sizeof *room);
    o->bin = rqa__alloc_array(o->n_channels * o->n_bins, 2 * sizeof *o->bin);
    if (keeps_ranks && !rqa__mul_size(o->n_channels, o->n, &n_values)) {
        o->sorted = rqa__alloc_array(n_values, sizeof *o->sorted);
        o->order = rqa__alloc_array(n_values, sizeof *o->order);
        ranked = rqa__alloc_array(o->n, 2 * sizeof *ranked);
    }
    if (!room || !o->bin || (keeps_ranks && (!o->sorted || !o->order || !ranked)))
        status = rqa__fail_memory("the surrogates");
    for (size_t c = 0; c < o->n_channels && !status; c++)
        rqa__fourier_forward(o->fourier, series->channel[c], bins_of(o->bin, o, c), room);
    if (!status && keeps_ranks)
        rank_channels(o, ranked);
    rqa__free(ranked);
    rqa__free(room);
    if (status)
        rqa__original_destroy(o);
    return status;
}

void rqa__original_destroy(rqa__original *o)
{
    rqa__fourier_destroy(o->fourier);
    rqa__free(o->bin);
    rqa__free(o->sorted);
    rqa__free(o->order);
    memset(o, 0, sizeof *o);
}

int rqa__random_desk_create(rqa__random_desk *d, const rqa__original *o)
{
    d->room = rqa__alloc_array(rqa__fourier_room(o->fourier), sizeof *d->room);
    d->bin = rqa__alloc_array(o->n_channels * o->n_bins, 2 * sizeof *d->bin);
    d->phase = rqa__alloc_array(o->n_bins, sizeof *d->phase);
    d->normal = rqa__alloc_array(o->n, sizeof *d->normal);
    d->order = rqa__alloc_array(o->n_channels * o->n, sizeof *d->order);
    d->previous = rqa__alloc_array(o->n_channels * o->n, sizeof *d->previous);
    d->ranked = rqa__alloc_array(o->n, 2 * sizeof *d->ranked);
    if (d->room && d->bin && d->phase && d->normal && d->order && d->previous && d->ranked)
        return RQA_OK;
    rqa__random_desk_destroy(d);
    return rqa__fail_memory("the surrogates");
}

void rqa__random_desk_destroy(rqa__random_desk *d)
{
    rqa__free(d->room);
    rqa__free(d->bin);
    rqa__free(d->phase);
    rqa__free(d->normal);
    rqa__free(d->order);
    rqa__free(d->previous);
    rqa__free(d->ranked);
    memset(d, 0, sizeof *d);
}

size_t rqa__randomise_memory(size_t n, size_t n_channels, unsigned n_threads)
{
    return rqa__fourier_memory(n) * (1 + (size_t)n_threads) +
           (n + 2) * (n_channels * 24 + (size_t)n_threads * (n_channels * 16 + 64));
}

void rqa__shuffle(const rqa__original *o, rqa__generator *g, rqa__random_desk *d, double *const *out)
{
    rqa__generator_permutation(g, d->order, o->n);
    for (size_t c = 0; c < o->n_channels; c++)
        for (size_t k = 0; k < o->n; k++)
            out[c][k] = o->series->channel[c][d->order[k]];
}

/* Turns the bins of desk->bin by the phases; bin 0 and for even n bin n/2 stay. */
static void turn_bins(const rqa__original *o, const rqa__random_desk *d, double *const *out)
{
    for (size_t k = 1; k < (o->n + 1) / 2; k++) {
        const double re = cos(d->phase[k]), im = sin(d->phase[k]);
        for (size_t c = 0; c < o->n_channels; c++) {
            double *bin = bins_of(d->bin, o, c) + 2 * k;
            const double was_re = bin[0], was_im = bin[1];
            bin[0] = was_re * re - was_im * im;
            bin[1] = was_re * im + was_im * re;
        }
    }
    for (size_t c = 0; c < o->n_channels; c++)
        rqa__fourier_backward(o->fourier, bins_of(d->bin, o, c), out[c], d->room);
}

static void draw_phases(const rqa__original *o, rqa__generator *g, rqa__random_desk *d)
{
    for (size_t k = 1; k < (o->n + 1) / 2; k++)
        d->phase[k] = two_pi * rqa__generator_uniform(g);
}

void rqa__phases_apply(const rqa__original *o, rqa__random_desk *d, double *const *out)
{
    memcpy(d->bin, o->bin, 2 * o->n_bins * o->n_channels * sizeof *d->bin);
    turn_bins(o, d, out);
}

void rqa__phase_randomise(const rqa__original *o, rqa__generator *g, rqa__random_desk *d,
                          double *const *out)
{
    draw_phases(o, g, d);
    rqa__phases_apply(o, d, out);
}

/* The values of a channel in the order of the ranks of what stands in out. */
static void remap(const rqa__original *o, size_t channel, const uint32_t *order, double *out)
{
    const double *sorted = o->sorted + channel * o->n;
    for (size_t k = 0; k < o->n; k++)
        out[order[k]] = sorted[k];
}

void rqa__aaft(const rqa__original *o, rqa__generator *g, rqa__random_desk *d, double *const *out)
{
    for (size_t c = 0; c < o->n_channels; c++) {
        uint32_t *order = d->order;
        rqa__generator_normal(g, d->normal, o->n);
        for (size_t k = 0; k < o->n; k++)
            order[k] = (uint32_t)k;
        rqa__rank_order(d->normal, order, o->n, d->ranked);
        for (size_t k = 0; k < o->n; k++) /* the k-th smallest where the k-th smallest stands */
            out[c][o->order[c * o->n + k]] = d->normal[order[k]];
        rqa__fourier_forward(o->fourier, out[c], bins_of(d->bin, o, c), d->room);
    }
    draw_phases(o, g, d);
    turn_bins(o, d, out);
    for (size_t c = 0; c < o->n_channels; c++) {
        memcpy(d->order, o->order + c * o->n, o->n * sizeof *d->order);
        rqa__rank_order(out[c], d->order, o->n, d->ranked);
        remap(o, c, d->order, out[c]);
    }
}

/* Of one channel: the amplitudes of the original, the phases of what stands in `bin`. */
static void impose_one(const rqa__original *o, double *bin, const double *given)
{
    for (size_t k = 0; k < o->n_bins; k++) {
        const double *x = given + 2 * k;
        double *y = bin + 2 * k;
        const double power = y[0] * y[0] + y[1] * y[1];
        const double scale = sqrt((x[0] * x[0] + x[1] * x[1]) / power);
        if (power > 0 && isfinite(scale)) {
            y[0] *= scale;
            y[1] *= scale;
        } else {
            y[0] = x[0];
            y[1] = x[1];
        }
    }
}

/* Of several: X_c turned by one angle, that of sum_c (Y_c / |Y_c|) conj(X_c / |X_c|), so that their
 * phases relative to each other are the original's (Schreiber, Schmitz 2000, eq. 14). */
static void impose_several(const rqa__original *o, double *bins)
{
    for (size_t k = 0; k < o->n_bins; k++) {
        double re = 0, im = 0;
        for (size_t c = 0; c < o->n_channels; c++) {
            const double *x = bins_of(o->bin, o, c) + 2 * k, *y = bins_of(bins, o, c) + 2 * k;
            const double length = hypot(x[0], x[1]) * hypot(y[0], y[1]);
            if (length > 0) {
                re += (y[0] * x[0] + y[1] * x[1]) / length;
                im += (y[1] * x[0] - y[0] * x[1]) / length;
            }
        }
        const double length = hypot(re, im);
        re = length > 0 ? re / length : 1;
        im = length > 0 ? im / length : 0;
        for (size_t c = 0; c < o->n_channels; c++) {
            const double *x = bins_of(o->bin, o, c) + 2 * k;
            double *y = bins_of(bins, o, c) + 2 * k;
            y[0] = x[0] * re - x[1] * im;
            y[1] = x[0] * im + x[1] * re;
        }
    }
}

int rqa__iaaft(const rqa__original *o, rqa__generator *g, rqa__random_desk *d,
               const atomic_int *cancel, double *const *out, uint32_t *n_iterations)
{
    const size_t n_bytes = o->n * o->n_channels * sizeof *d->order;
    uint32_t count = 0;
    int same = 0;
    rqa__shuffle(o, g, d, out);
    for (size_t c = 1; c < o->n_channels; c++)
        memcpy(d->order + c * o->n, d->order, o->n * sizeof *d->order);
    for (; count < o->max_iterations && !same; count++) {
        if (rqa__is_cancelled(cancel))
            return RQA_ERROR_CANCELLED;
        for (size_t c = 0; c < o->n_channels; c++)
            rqa__fourier_forward(o->fourier, out[c], bins_of(d->bin, o, c), d->room);
        if (o->n_channels == 1)
            impose_one(o, d->bin, o->bin);
        else
            impose_several(o, d->bin);
        memcpy(d->previous, d->order, n_bytes);
        for (size_t c = 0; c < o->n_channels; c++) {
            uint32_t *order = d->order + c * o->n;
            rqa__fourier_backward(o->fourier, bins_of(d->bin, o, c), out[c], d->room);
            rqa__rank_order(out[c], order, o->n, d->ranked);
            remap(o, c, order, out[c]);
        }
        same = memcmp(d->previous, d->order, n_bytes) == 0;
    }
    *n_iterations = count;
    return RQA_OK;
}

double rqa__spectrum_error(const rqa__original *o, rqa__random_desk *d, double *const *surrogate)
{
    double largest = 0;
    for (size_t c = 0; c < o->n_channels; c++) {
        double *y = d->bin;
        const double *x = bins_of(o->bin, o, c);
        double difference = 0, whole = 0;
        rqa__fourier_forward(o->fourier, surrogate[c], y, d->room);
        for (size_t k = 1; k < o->n_bins; k++) {
            const double given = hypot(x[2 * k], x[2 * k + 1]);
            const double off = hypot(y[2 * k], y[2 * k + 1]) - given;
            difference += off * off;
            whole += given * given;
        }
        const double error = whole > 0 ? sqrt(difference / whole) : 0;
        largest = error > largest || isnan(error) ? error : largest;
    }
    return largest;
}
