/* draws.c - random recordings in every dtype and layout, for the comparisons with brute. */
#include "draws.h"

#include <math.h>
#include <string.h>

int chance(rng *r, unsigned one_in)
{
    return rng_below(r, one_in) == 0;
}

/* Small integers, so that every dtype holds them and distances tie; or decimals, or a walk. */
static void fill(rng *r, side *s, int integers, int missing)
{
    size_t n = s->series.n_samples * s->series.n_channels;
    int kind = integers ? 0 : (int)rng_below(r, 4);
    int levels = (int)rng_between(r, 1, 12);
    double walk = 0;
    for (size_t k = 0; k < n; k++) {
        double level = (double)rng_below(r, (uint64_t)levels + 1);
        walk += rng_gauss(r);
        s->value[k] = kind == 0   ? level
                      : kind == 1 ? level / 10
                      : kind == 2 ? walk
                                  : rng_uniform(r);
        if (s->options.dtype == RQA_DTYPE_FLOAT32)
            s->value[k] = (double)(float)s->value[k];
        if (missing && chance(r, 12))
            s->value[k] = chance(r, 3) ? INFINITY : NAN;
    }
}

static const size_t dtype_size[] = {8, 4, 1, 1, 2, 2, 4, 4, 8, 8};

#define STORE(type)                                                                                \
    do {                                                                                           \
        type stored_ = (type)value;                                                                \
        memcpy(at, &stored_, sizeof stored_);                                                      \
    } while (0)

static void store(int32_t dtype, unsigned char *at, double value)
{
    switch (dtype) {
    case RQA_DTYPE_FLOAT64:
        STORE(double);
        break;
    case RQA_DTYPE_FLOAT32:
        STORE(float);
        break;
    case RQA_DTYPE_INT8:
        STORE(int8_t);
        break;
    case RQA_DTYPE_UINT8:
        STORE(uint8_t);
        break;
    case RQA_DTYPE_INT16:
        STORE(int16_t);
        break;
    case RQA_DTYPE_UINT16:
        STORE(uint16_t);
        break;
    case RQA_DTYPE_INT32:
        STORE(int32_t);
        break;
    case RQA_DTYPE_UINT32:
        STORE(uint32_t);
        break;
    case RQA_DTYPE_INT64:
        STORE(int64_t);
        break;
    default:
        STORE(uint64_t);
        break;
    }
}

/* Packed, padded, column-major or backwards in time. */
static void lay_out(rng *r, side *s)
{
    int64_t size = (int64_t)dtype_size[s->options.dtype];
    int64_t n = (int64_t)s->series.n_samples, c = (int64_t)s->series.n_channels;
    int64_t sample = c * size, channel = size;
    int kind = (int)rng_below(r, 4);
    if (kind == 1) {
        channel = size + rng_between(r, 0, 5);
        sample = c * channel + rng_between(r, 0, 5);
    } else if (kind == 2) {
        sample = size;
        channel = n * size;
    } else if (kind == 3) {
        sample = -sample;
    }
    s->options.sample_stride_bytes = kind == 0 ? 0 : sample;
    s->options.channel_stride_bytes = kind == 0 ? 0 : channel;
    s->origin = kind == 3 ? (size_t)((n - 1) * -sample) : 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < c; k++)
            store(s->options.dtype, s->memory + (int64_t)s->origin + i * sample + k * channel,
                  s->value[i * c + k]);
}

void draw_side(rng *r, side *s, size_t n_samples, size_t n_channels, uint32_t dim, uint32_t delay)
{
    s->series = (brute_series){s->value, n_samples, n_channels, dim, delay};
    rqa_series_options_init(&s->options);
    s->options.dtype = chance(r, 2) ? RQA_DTYPE_FLOAT64 : (int32_t)rng_below(r, 10);
    int integers = s->options.dtype > RQA_DTYPE_FLOAT32;
    int missing = !integers && chance(r, 4);
    if (missing)
        s->options.missing = RQA_MISSING_SKIP;
    fill(r, s, integers, missing);
    lay_out(r, s);
    if (chance(r, 5))
        s->options.normalization = (int32_t)rng_between(r, 1, 3);
}

/* A channel that cannot be scaled: fewer than two valid values, or all of them equal. */
static int has_constant_channel(const side *s)
{
    for (size_t c = 0; c < s->series.n_channels; c++) {
        size_t n = 0;
        double smallest = INFINITY, largest = -INFINITY;
        for (size_t i = 0; i < s->series.n_samples; i++) {
            int valid = 1;
            for (size_t k = 0; k < s->series.n_channels; k++)
                valid &= isfinite(s->value[i * s->series.n_channels + k]) != 0;
            if (!valid)
                continue;
            n++;
            smallest = fmin(smallest, s->value[i * s->series.n_channels + c]);
            largest = fmax(largest, s->value[i * s->series.n_channels + c]);
        }
        if (n < 2 || smallest == largest)
            return 1;
    }
    return 0;
}

int32_t draw_pair(rng *r, const pair_sizes *sizes, side *x, side *y)
{
    const int64_t most = chance(r, sizes->one_in) ? sizes->seldom : sizes->most;
    const size_t n = (size_t)rng_between(r, sizes->least, most);
    size_t channels = (size_t)rng_between(r, 1, sizes->channels), n_y = n;
    uint32_t dim = (uint32_t)rng_between(r, 1, 3), delay = (uint32_t)rng_between(r, 1, 3);
    const int has_y = chance(r, 2);
    const int32_t relation = has_y ? (int32_t)rng_between(r, 1, 2) : RQA_RELATION_AUTO;
    draw_side(r, x, n + (dim - 1) * delay, channels, dim, delay);
    if (!has_y)
        return relation;
    if (relation == RQA_RELATION_CROSS) {
        n_y = (size_t)rng_between(r, sizes->least, sizes->most_y);
    } else {
        channels = (size_t)rng_between(r, 1, MAX_CHANNELS);
        dim = (uint32_t)rng_between(r, 1, 4);
    }
    delay = (uint32_t)rng_between(r, 1, 4);
    draw_side(r, y, n_y + (dim - 1) * delay, channels, dim, delay);
    return relation;
}

void create_side(rqa_context *context, side *s, const char *what)
{
    size_t n = s->series.n_samples, c = s->series.n_channels;
    rqa_status status =
        rqa_series_create(&s->api_series, context, s->memory + s->origin, n, c, &s->options);
    if (s->options.normalization != RQA_NORMALIZATION_NONE && has_constant_channel(s)) {
        ck_assert_msg(status == RQA_ERROR_CONSTANT, "%s: constant channel scaled: %s", what,
                      rqa_status_name(status));
        s->options.normalization = RQA_NORMALIZATION_NONE;
        status =
            rqa_series_create(&s->api_series, context, s->memory + s->origin, n, c, &s->options);
    }
    ck_assert_msg(status == RQA_OK, "%s: series: %s", what, rqa_last_error());
    size_t missing = 0;
    brute_scale(s->value, n, c, s->options.normalization);
    for (size_t k = 0; k < c; k++) {
        const double *channel = rqa_series_channel(s->api_series, k);
        for (size_t i = 0; i < n; i++) {
            double *expected = &s->value[i * c + k];
            int close =
                isnan(*expected) ? isnan(channel[i]) : fabs(channel[i] - *expected) <= 1e-12;
            ck_assert_msg(close, "%s: sample %zu of channel %zu is %.17g, brute has %.17g", what, i,
                          k, channel[i], *expected);
            if (s->options.normalization == RQA_NORMALIZATION_NONE && !isnan(*expected))
                ck_assert_msg(channel[i] == *expected, "%s: sample %zu not exact", what, i);
            missing += k == 0 && isnan(*expected);
            *expected = channel[i];
        }
    }
    ck_assert_uint_eq(rqa_series_n_missing(s->api_series), missing);
    ck_assert_uint_eq(rqa_series_n_samples(s->api_series), n);
    ck_assert_uint_eq(rqa_series_n_channels(s->api_series), c);
    s->api = support_embedding(s->api_series, s->series.dim, s->series.delay);
    ck_assert_uint_eq(rqa_embedding_n_vectors(s->api), brute_n_vectors(&s->series));
}

void destroy_side(side *s)
{
    rqa_embedding_destroy(s->api);
    rqa_series_destroy(s->api_series);
}

double draw_threshold(rng *r, const brute_series *x, const brute_series *y, int32_t norm)
{
    double d = brute_distance(x, (size_t)rng_below(r, brute_n_vectors(x)), y,
                              (size_t)rng_below(r, brute_n_vectors(y)), norm);
    if (isnan(d) || chance(r, 8))
        return chance(r, 2) ? 0 : 3 * rng_uniform(r);
    if (chance(r, 6))
        d = nextafter(d, chance(r, 2) ? 1e9 : 0);
    return d;
}
