/* randomise.h - surrogates of one recording: shuffled, and with the spectrum kept.
 *
 * Theiler and others 1992 (phases, AAFT); Schreiber, Schmitz 1996, 2000 (iterated AAFT, several
 * channels); the formulas are in rqa/surrogates.h.
 */
#ifndef RQA_RESAMPLE_RANDOMISE_H
#define RQA_RESAMPLE_RANDOMISE_H

#include <stdatomic.h>

#include "data/recording.h"
#include "resample/fourier.h"
#include "resample/generator.h"
#include "resample/rank_order.h"

/* What all surrogates of a recording share; immutable. */
typedef struct rqa__original {
    const struct rqa_series *series;
    size_t n, n_channels, n_bins;
    rqa__fourier *fourier;
    double *bin;      /* [n_channels][2 * n_bins] */
    double *sorted;   /* [n_channels][n]: by rising value, for what keeps ranks; else NULL */
    uint32_t *order;  /* [n_channels][n]: where they stand */
    uint32_t max_iterations;
} rqa__original;

/* What one thread works in. */
typedef struct rqa__random_desk {
    double *room;        /* of the transform */
    double *bin;         /* [n_channels][2 * n_bins] */
    double *phase;       /* [n_bins] */
    double *normal;      /* [n] */
    uint32_t *order, *previous; /* [n_channels][n] */
    rqa__ranked *ranked; /* [2 n] */
} rqa__random_desk;

/* keeps_ranks: for AAFT. 0 or a status with text. */
int rqa__original_create(rqa__original *out, const struct rqa_series *series, int keeps_ranks);
void rqa__original_destroy(rqa__original *original);
int rqa__random_desk_create(rqa__random_desk *out, const rqa__original *original);
void rqa__random_desk_destroy(rqa__random_desk *desk);
size_t rqa__randomise_memory(size_t n, size_t n_channels, unsigned n_threads);

/* Each fills out[c][0..n) from the stream. */
void rqa__shuffle(const rqa__original *original, rqa__generator *g, rqa__random_desk *desk,
                  double *const *out);
void rqa__phase_randomise(const rqa__original *original, rqa__generator *g, rqa__random_desk *desk,
                          double *const *out);
void rqa__aaft(const rqa__original *original, rqa__generator *g, rqa__random_desk *desk,
               double *const *out);
/* 0 or RQA_ERROR_CANCELLED without text. *n_iterations: how many were done. */
int rqa__iaaft(const rqa__original *original, rqa__generator *g, rqa__random_desk *desk,
               const atomic_int *cancel, double *const *out, uint32_t *n_iterations);

/* desk->phase[k] for bins 1 .. ceil(n/2)-1, applied to every channel. */
void rqa__phases_apply(const rqa__original *original, rqa__random_desk *desk, double *const *out);

/* sqrt(sum (|Y|-|X|)^2 / sum |X|^2) over all bins but 0 of the channel where it is largest. */
double rqa__spectrum_error(const rqa__original *original, rqa__random_desk *desk,
                           double *const *surrogate);

#endif
