/* recording.h - a recording as the analyses see it: double, channel-major, immutable, shared. */
#ifndef RQA_DATA_RECORDING_H
#define RQA_DATA_RECORDING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "data/value_range.h"
#include "rqa/series.h"

enum { RQA__SERIES_MAX_SAMPLES = INT32_MAX, RQA__SERIES_MAX_CHANNELS = 65535 };

struct rqa_series {
    atomic_uint n_references;
    struct rqa_context *context; /* borrowed: the context goes last */
    size_t n_samples;
    size_t n_channels;
    size_t n_missing;       /* samples that are missing; NaN in every channel */
    size_t stride;          /* doubles from one channel to the next */
    double *values;         /* one 64-byte aligned block; every channel starts on 64 bytes */
    const double **channel; /* [n_channels]; each followed by at least 64 bytes of NaN */
    rqa__value_range *range; /* [n_channels] */
};

/* Checks n_samples and n_channels; *n_bytes = what the values of such a series occupy. */
int rqa__series_size(size_t n_samples, size_t n_channels, size_t *n_bytes);

/* Copies, checks and scales as rqa_series_create() promises; `options` are complete. */
int rqa__series_new(struct rqa_series **out, struct rqa_context *context, const void *data,
                    size_t n_samples, size_t n_channels, const rqa_series_options *options);

/* A series of some channels of another, times 2^exponent, each value rounded once. */
int rqa__series_scaled(struct rqa_series **out, const struct rqa_series *series,
                       uint32_t channel_first, uint32_t channel_count, int exponent);

/* A new series has one reference; the last release frees it. NULL is allowed. */
void rqa__series_retain(const struct rqa_series *series);
void rqa__series_release(const struct rqa_series *series);

/* sqrt of the mean over channel_first.. of the n-1 variance; missing samples are left out. */
int rqa__series_std(const struct rqa_series *series, uint32_t channel_first, uint32_t channel_count,
                    double *out);

#endif
