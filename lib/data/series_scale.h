/* series_scale.h - moments of a channel and its normalisation, the same on every machine. */
#ifndef RQA_DATA_SERIES_SCALE_H
#define RQA_DATA_SERIES_SCALE_H

#include <stddef.h>
#include <stdint.h>

/* Moments of the values that are not NaN, of the values times 2^-exponent. The factor brings the
 * largest magnitude into [0.5, 1), so that no sum or square overflows or underflows; as a power of
 * two it changes no digit. With n_valid = 0 the others are 0. */
typedef struct rqa__moments {
    size_t n_valid;
    int exponent;
    double minimum;
    double maximum;
    double mean;
    double square_sum; /* sum of squared deviations from the mean */
} rqa__moments;

void rqa__moments_of(const double *values, size_t n, rqa__moments *out);

/* Scales one channel in place; NaN stays NaN. `normalization` is one of ::rqa_normalization,
 * `channel` is its number for the error text. */
int rqa__channel_normalize(double *values, size_t n, int32_t normalization, size_t channel);

#endif
