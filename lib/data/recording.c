/* recording.c - life of a series: checks, layout, missing samples, references. */
#include "data/recording.h"

#include <inttypes.h>
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/series_convert.h"
#include "data/series_scale.h"

enum { ALIGNED_DOUBLES = 64 / sizeof(double) };

/* Whole cache lines, and one more, so that a kernel may read 64 bytes past the end. The odd line
 * also keeps channels of 2^k samples out of each other's cache sets. */
static size_t stride_of(size_t n_samples)
{
    return (n_samples + ALIGNED_DOUBLES - 1) / ALIGNED_DOUBLES * ALIGNED_DOUBLES + ALIGNED_DOUBLES;
}

int rqa__series_size(size_t n_samples, size_t n_channels, size_t *n_bytes)
{
    if (n_samples < 1 || n_samples > RQA__SERIES_MAX_SAMPLES)
        return rqa__fail(RQA_ERROR_VALUE, "n_samples is %zu; 1..%d are allowed", n_samples,
                         RQA__SERIES_MAX_SAMPLES);
    if (n_channels < 1 || n_channels > RQA__SERIES_MAX_CHANNELS)
        return rqa__fail(RQA_ERROR_VALUE, "n_channels is %zu; 1..%d are allowed", n_channels,
                         RQA__SERIES_MAX_CHANNELS);
    size_t n_values;
    if (rqa__mul_size(stride_of(n_samples), n_channels, &n_values) ||
        rqa__mul_size(n_values, sizeof(double), n_bytes))
        return rqa__fail(RQA_ERROR_OVERFLOW,
                         "%zu samples of %zu channels do not fit the address space", n_samples,
                         n_channels);
    return RQA_OK;
}

static int check_options(const rqa_series_options *options)
{
    if (options->normalization < RQA_NORMALIZATION_NONE ||
        options->normalization > RQA_NORMALIZATION_UNIT)
        return rqa__fail(RQA_ERROR_VALUE, "normalization is %" PRId32 "; %d..%d are known",
                         options->normalization, RQA_NORMALIZATION_NONE, RQA_NORMALIZATION_UNIT);
    if (options->missing != RQA_MISSING_ERROR && options->missing != RQA_MISSING_SKIP)
        return rqa__fail(RQA_ERROR_VALUE,
                         "missing is %" PRId32 "; %d (error) and %d (skip) are known",
                         options->missing, RQA_MISSING_ERROR, RQA_MISSING_SKIP);
    return RQA_OK;
}

static double *channel_of(const struct rqa_series *series, size_t channel)
{
    return series->values + channel * series->stride;
}

static struct rqa_series *allocate(size_t n_samples, size_t n_channels, size_t n_bytes)
{
    struct rqa_series *series = rqa__calloc(1, sizeof *series);
    if (!series)
        return NULL;
    atomic_init(&series->n_references, 1);
    series->n_samples = n_samples;
    series->n_channels = n_channels;
    series->stride = stride_of(n_samples);
    series->values = rqa__alloc_aligned(n_bytes);
    series->channel = rqa__alloc_array(n_channels, sizeof *series->channel);
    series->range = rqa__alloc_array(n_channels, sizeof *series->range);
    if (!series->values || !series->channel || !series->range) {
        rqa__series_release(series);
        return NULL;
    }
    for (size_t c = 0; c < n_channels; c++) {
        double *values = channel_of(series, c);
        series->channel[c] = values;
        for (size_t i = n_samples; i < series->stride; i++)
            values[i] = NAN;
    }
    return series;
}

/* The first sample, and in it the first channel, that is not finite. */
static int refuse_missing(const struct rqa_series *series)
{
    size_t first = series->n_samples;
    size_t channel = 0;
    for (size_t c = 0; c < series->n_channels; c++) {
        for (size_t i = 0; i < first; i++) {
            if (!isfinite(series->channel[c][i])) {
                first = i;
                channel = c;
            }
        }
    }
    if (first == series->n_samples)
        return RQA_OK;
    double value = series->channel[channel][first];
    const char *name = isnan(value) ? "NaN" : value > 0 ? "+infinity" : "-infinity";
    return rqa__fail(RQA_ERROR_NOT_FINITE,
                     "sample %zu of channel %zu is %s; clean the data or set missing to skip",
                     first, channel, name);
}

/* A sample that is missing in one channel becomes NaN in all: channel 0 collects them first. */
static void mark_missing(struct rqa_series *series)
{
    double *lead = channel_of(series, 0);
    for (size_t c = 0; c < series->n_channels; c++)
        for (size_t i = 0; i < series->n_samples; i++)
            if (!isfinite(series->channel[c][i]))
                lead[i] = NAN;
    for (size_t i = 0; i < series->n_samples; i++)
        series->n_missing += isnan(lead[i]) ? 1 : 0;
    if (series->n_missing == 0)
        return;
    for (size_t c = 1; c < series->n_channels; c++)
        for (size_t i = 0; i < series->n_samples; i++)
            if (isnan(lead[i]))
                channel_of(series, c)[i] = NAN;
}

static void note_ranges(struct rqa_series *series)
{
    for (size_t c = 0; c < series->n_channels; c++)
        series->range[c] = rqa__value_range_of(series->channel[c], series->n_samples);
}

static int fill(struct rqa_series *series, const rqa__array *array,
                const rqa_series_options *options)
{
    int status = rqa__array_convert(array, series->values, series->stride);
    if (status)
        return status;
    if (options->missing == RQA_MISSING_ERROR)
        status = refuse_missing(series);
    else
        mark_missing(series);
    for (size_t c = 0; c < series->n_channels && !status; c++)
        status = rqa__channel_normalize(channel_of(series, c), series->n_samples,
                                        options->normalization, c);
    if (!status)
        note_ranges(series);
    return status;
}

int rqa__series_new(struct rqa_series **out, struct rqa_context *context, const void *data,
                    size_t n_samples, size_t n_channels, const rqa_series_options *options)
{
    rqa__array array;
    size_t n_bytes;
    int status = rqa__series_size(n_samples, n_channels, &n_bytes);
    if (!status)
        status = check_options(options);
    if (!status)
        status = rqa__array_describe(&array, data, n_samples, n_channels, options);
    if (status)
        return status;
    struct rqa_series *series = allocate(n_samples, n_channels, n_bytes);
    if (!series)
        return rqa__fail_memory("the series");
    series->context = context;
    status = fill(series, &array, options);
    if (status) {
        rqa__series_release(series);
        return status;
    }
    *out = series;
    return RQA_OK;
}

int rqa__series_scaled(struct rqa_series **out, const struct rqa_series *series,
                       uint32_t channel_first, uint32_t channel_count, int exponent)
{
    size_t n_bytes;
    int status = rqa__series_size(series->n_samples, channel_count, &n_bytes);
    if (status)
        return status;
    struct rqa_series *scaled = allocate(series->n_samples, channel_count, n_bytes);
    if (!scaled)
        return rqa__fail_memory("the series");
    scaled->context = series->context;
    scaled->n_missing = series->n_missing;
    for (size_t c = 0; c < channel_count; c++)
        for (size_t i = 0; i < series->n_samples; i++) /* and no negative zero */
            channel_of(scaled, c)[i] = ldexp(series->channel[channel_first + c][i], exponent) + 0.0;
    note_ranges(scaled);
    *out = scaled;
    return RQA_OK;
}

/* References are counted through const handles: the count is no part of the recording. */
static atomic_uint *references_of(const struct rqa_series *series)
{
    return &((struct rqa_series *)series)->n_references;
}

void rqa__series_retain(const struct rqa_series *series)
{
    if (series)
        atomic_fetch_add_explicit(references_of(series), 1, memory_order_relaxed);
}

void rqa__series_release(const struct rqa_series *series)
{
    /* acquire-release: whoever frees the block must see every other holder's last use of it. */
    if (!series || atomic_fetch_sub_explicit(references_of(series), 1, memory_order_acq_rel) != 1)
        return;
    rqa__free_aligned(series->values);
    rqa__free(series->channel);
    rqa__free(series->range);
    rqa__free((struct rqa_series *)series);
}

int rqa__series_std(const struct rqa_series *series, uint32_t channel_first, uint32_t channel_count,
                    double *out)
{
    if (channel_count == 0 || channel_first >= series->n_channels ||
        channel_count > series->n_channels - channel_first)
        return rqa__fail(RQA_ERROR_VALUE,
                         "channels %" PRIu32 "..+%" PRIu32 " of a series of %zu channels",
                         channel_first, channel_count, series->n_channels);
    if (series->n_samples - series->n_missing < 2)
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "a standard deviation needs 2 valid samples; the series has %zu",
                         series->n_samples - series->n_missing);
    /* The running mean of variances is kept as mean_square * 4^exponent, the exponent being that of
     * the largest so far: a channel without spread, wherever it lies, has none. */
    double mean_square = 0.0;
    int exponent = 0;
    for (uint32_t c = 0; c < channel_count; c++) {
        rqa__moments moments;
        rqa__moments_of(series->channel[channel_first + c], series->n_samples, &moments);
        double variance = moments.square_sum / (double)(moments.n_valid - 1) / channel_count;
        if (variance == 0)
            continue;
        int own;
        frexp(variance, &own);
        own = moments.exponent + (own - (own & 1)) / 2;
        if (mean_square == 0 || own > exponent) {
            mean_square = ldexp(mean_square, 2 * (exponent - own));
            exponent = own;
        }
        mean_square += ldexp(variance, 2 * (moments.exponent - exponent));
    }
    *out = ldexp(sqrt(mean_square), exponent);
    if (isinf(*out))
        return rqa__fail(RQA_ERROR_NOT_FINITE,
                         "the standard deviation exceeds the range of double");
    return RQA_OK;
}
