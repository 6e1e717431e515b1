/* test_data.c - the data room: series, embeddings and bit matrices, through the public calls where
 * there is one. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/bitmatrix.h"
#include "data/content_hash.h"
#include "data/delay_embedding.h"
#include "data/recording.h"
#include "failing_memory.h"
#include "support.h"

static rqa_context *context;

static void setup(void)
{
    context = support_context(1);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

static rqa_series_options defaults(void)
{
    rqa_series_options options;
    rqa_series_options_init(&options);
    return options;
}

static rqa_series *make(const void *data, size_t n, size_t channels, const rqa_series_options *o)
{
    rqa_series *series = NULL;
    ck_ok(rqa_series_create(&series, context, data, n, channels, o));
    ck_assert_ptr_nonnull(series);
    return series;
}

#define SERIES_FAILS(data, n, channels, options, code, words)                                      \
    do {                                                                                           \
        rqa_series *none_ = (rqa_series *)&context;                                                \
        ck_fails(rqa_series_create(&none_, context, (data), (n), (channels), (options)), (code),   \
                 (words));                                                                         \
        ck_assert_ptr_null(none_);                                                                 \
    } while (0)

static const int32_t dtypes[] = {
    RQA_DTYPE_FLOAT64, RQA_DTYPE_FLOAT32, RQA_DTYPE_INT8,   RQA_DTYPE_UINT8, RQA_DTYPE_INT16,
    RQA_DTYPE_UINT16,  RQA_DTYPE_INT32,   RQA_DTYPE_UINT32, RQA_DTYPE_INT64, RQA_DTYPE_UINT64};

/* Writes `value` as an element of `dtype` and returns its size. */
static size_t store(char *to, int32_t dtype, int value)
{
#define STORE(number, type)                                                                        \
    case number: {                                                                                 \
        type element = (type)value;                                                                \
        memcpy(to, &element, sizeof element);                                                      \
        return sizeof element;                                                                     \
    }
    switch (dtype) {
        STORE(RQA_DTYPE_FLOAT64, double)
        STORE(RQA_DTYPE_FLOAT32, float)
        STORE(RQA_DTYPE_INT8, int8_t)
        STORE(RQA_DTYPE_UINT8, uint8_t)
        STORE(RQA_DTYPE_INT16, int16_t)
        STORE(RQA_DTYPE_UINT16, uint16_t)
        STORE(RQA_DTYPE_INT32, int32_t)
        STORE(RQA_DTYPE_UINT32, uint32_t)
        STORE(RQA_DTYPE_INT64, int64_t)
        STORE(RQA_DTYPE_UINT64, uint64_t)
    default:
        ck_abort_msg("dtype %d", dtype);
        return 0;
    }
#undef STORE
}

/* Every element type in every layout: packed, column-major, padded and unaligned, reversed. */
START_TEST(every_dtype_and_stride)
{
    enum { N = 37, C = 3 };
    int32_t dtype = dtypes[_i];
    char probe[8];
    size_t size = store(probe, dtype, 0);
    const ptrdiff_t e = (ptrdiff_t)size;
    const ptrdiff_t layout[][3] = {
        {0, 0, 0},                      /* packed */
        {e, N * e, 0},                  /* column-major */
        {C * (e + 3) + 5, e + 3, 1},    /* odd strides, odd start */
        {-(C * e), e, (N - 1) * C * e}, /* samples backwards */
        {C * e, -e, (C - 1) * e},       /* channels backwards */
    };
    for (size_t k = 0; k < sizeof layout / sizeof layout[0]; k++) {
        ptrdiff_t sample = layout[k][0] ? layout[k][0] : C * e;
        ptrdiff_t channel = layout[k][1] ? layout[k][1] : e;
        char *block = calloc(1, 4096);
        for (ptrdiff_t i = 0; i < N; i++)
            for (ptrdiff_t c = 0; c < C; c++)
                store(block + layout[k][2] + i * sample + c * channel, dtype, (int)(i * C + c));
        rqa_series_options o = defaults();
        o.dtype = dtype;
        o.sample_stride_bytes = layout[k][0];
        o.channel_stride_bytes = layout[k][1];
        rqa_series *s = make(block + layout[k][2], N, C, &o);
        free(block);
        ck_assert_uint_eq(rqa_series_n_samples(s), N);
        ck_assert_uint_eq(rqa_series_n_channels(s), C);
        for (size_t c = 0; c < C; c++)
            for (size_t i = 0; i < N; i++)
                ck_assert_double_eq(rqa_series_channel(s, c)[i], (double)(i * C + c));
        ck_assert_ptr_null(rqa_series_channel(s, C));
        rqa_series_destroy(s);
    }
}
END_TEST

START_TEST(extreme_elements)
{
    rqa_series_options o = defaults();
    o.dtype = RQA_DTYPE_INT64;
    const int64_t i64[] = {INT64_MIN, -1, 0, (INT64_C(1) << 53), -(INT64_C(1) << 53) * 3};
    rqa_series *s = make(i64, 5, 1, &o);
    ck_assert_double_eq(rqa_series_channel(s, 0)[0], -0x1p63);
    ck_assert_double_eq(rqa_series_channel(s, 0)[3], 0x1p53);
    ck_assert_double_eq(rqa_series_channel(s, 0)[4], -0x1.8p54);
    rqa_series_destroy(s);
    o.dtype = RQA_DTYPE_UINT64;
    const uint64_t u64[] = {UINT64_C(1) << 63, UINT64_MAX << 11};
    s = make(u64, 2, 1, &o);
    ck_assert_double_eq(rqa_series_channel(s, 0)[0], 0x1p63);
    ck_assert_double_eq(rqa_series_channel(s, 0)[1], 0x1.fffffffffffffp63);
    rqa_series_destroy(s);
    o.dtype = RQA_DTYPE_INT8;
    s = make((const int8_t[]){INT8_MIN, INT8_MAX}, 2, 1, &o);
    ck_assert_double_eq(rqa_series_channel(s, 0)[0], -128);
    rqa_series_destroy(s);
    o.dtype = RQA_DTYPE_FLOAT32;
    s = make((const float[]){0.1f, FLT_MAX, FLT_TRUE_MIN}, 3, 1, &o);
    ck_assert_double_eq(rqa_series_channel(s, 0)[0], 0x1.99999ap-4);
    ck_assert_double_eq(rqa_series_channel(s, 0)[2], 0x1p-149);
    rqa_series_destroy(s);
}
END_TEST

/* An integer that would be rounded is refused, the first one in the order of the samples named. */
START_TEST(inexact_integers)
{
    rqa_series_options o = defaults();
    o.dtype = RQA_DTYPE_INT64;
    const int64_t i64[] = {1, 2, 3, -9007199254740993, 9007199254740993, 6};
    SERIES_FAILS(i64, 3, 2, &o, RQA_ERROR_VALUE, "sample 1|channel 1|-9007199254740993");
    const int64_t largest = INT64_MAX;
    SERIES_FAILS(&largest, 1, 1, &o, RQA_ERROR_VALUE, "9223372036854775807");
    o.dtype = RQA_DTYPE_UINT64;
    const uint64_t u64[] = {0, UINT64_MAX};
    SERIES_FAILS(u64, 2, 1, &o, RQA_ERROR_VALUE, "sample 1|channel 0|18446744073709551615");
}
END_TEST

/* Kernels rely on this: 64-byte channels, at least 64 bytes of NaN behind each. */
START_TEST(layout)
{
    const size_t lengths[] = {1, 7, 8, 9, 64, 100};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        double x[200];
        for (size_t i = 0; i < 200; i++)
            x[i] = (double)i;
        rqa_series *s = make(x, lengths[k], 2, NULL);
        for (size_t c = 0; c < 2; c++) {
            const double *channel = rqa_series_channel(s, c);
            ck_assert_uint_eq((uintptr_t)channel % 64, 0);
            ck_assert_ptr_eq(channel, s->values + c * s->stride);
            ck_assert_uint_ge(s->stride, lengths[k] + 8);
            for (size_t i = lengths[k]; i < s->stride; i++)
                ck_assert(isnan(channel[i]));
        }
        rqa_series_destroy(s);
    }
}
END_TEST

START_TEST(negative_zero_becomes_zero)
{
    rqa_series *s = make((const double[]){-0.0, 1}, 2, 1, NULL);
    ck_assert(!signbit(rqa_series_channel(s, 0)[0]));
    rqa_series_destroy(s);
}
END_TEST

START_TEST(missing_refused)
{
    double x[] = {1, 2, 3, 4, 5, NAN, INFINITY, 8};
    SERIES_FAILS(x, 4, 2, NULL, RQA_ERROR_NOT_FINITE, "sample 2|channel 1|NaN|skip");
    x[5] = 6;
    SERIES_FAILS(x, 4, 2, NULL, RQA_ERROR_NOT_FINITE, "sample 3|channel 0|+infinity");
    x[6] = -INFINITY;
    x[7] = NAN;
    SERIES_FAILS(x, 4, 2, NULL, RQA_ERROR_NOT_FINITE, "sample 3|channel 0|-infinity");
    rqa_series_options o = defaults();
    o.dtype = RQA_DTYPE_FLOAT32;
    SERIES_FAILS(((const float[]){1, NAN}), 2, 1, &o, RQA_ERROR_NOT_FINITE, "sample 1");
}
END_TEST

START_TEST(missing_skipped)
{
    const double x[] = {1, 2, 3, NAN, INFINITY, 6, NAN, -INFINITY, 9, 10};
    rqa_series_options o = defaults();
    o.missing = RQA_MISSING_SKIP;
    rqa_series *s = make(x, 5, 2, &o);
    ck_assert_uint_eq(rqa_series_n_missing(s), 3);
    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; i < 5; i++) {
            double value = rqa_series_channel(s, c)[i];
            ck_assert(i >= 1 && i <= 3 ? isnan(value) != 0 : value == x[2 * i + c]);
        }
    rqa_series_destroy(s);
    const double all[] = {NAN, NAN};
    s = make(all, 2, 1, &o);
    ck_assert_uint_eq(rqa_series_n_missing(s), 2);
    rqa_series_destroy(s);
    o.normalization = RQA_NORMALIZATION_UNIT;
    SERIES_FAILS(all, 2, 1, &o, RQA_ERROR_CONSTANT, "channel 0|0 valid");
    s = make((const double[]){1, 2}, 2, 1, NULL);
    ck_assert_uint_eq(rqa_series_n_missing(s), 0);
    rqa_series_destroy(s);
}
END_TEST

/* Against the textbook formula in long double, with missing samples and a large offset. */
START_TEST(normalization)
{
    enum { N = 1000, C = 2 };
    rng r = {7};
    double x[N * C];
    long double sum[C] = {0}, squares[C] = {0}, least[C], most[C];
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
        int missing = i % 10 == 3;
        n += missing ? 0 : 1;
        for (size_t c = 0; c < C; c++) {
            x[i * C + c] = missing && c == i / 10 % 2 ? NAN : 1e6 * (double)c + rng_gauss(&r);
            if (missing)
                continue;
            sum[c] += x[i * C + c];
            least[c] = i == 0 || x[i * C + c] < least[c] ? x[i * C + c] : least[c];
            most[c] = i == 0 || x[i * C + c] > most[c] ? x[i * C + c] : most[c];
        }
    }
    for (size_t i = 0; i < N; i++)
        for (size_t c = 0; c < C; c++)
            if (i % 10 != 3)
                squares[c] += (x[i * C + c] - sum[c] / n) * (x[i * C + c] - sum[c] / n);
    for (int32_t kind = RQA_NORMALIZATION_ZSCORE; kind <= RQA_NORMALIZATION_UNIT; kind++) {
        rqa_series_options o = defaults();
        o.missing = RQA_MISSING_SKIP;
        o.normalization = kind;
        rqa_series *s = make(x, N, C, &o);
        ck_assert_uint_eq(rqa_series_n_missing(s), N - n);
        for (size_t c = 0; c < C; c++) {
            long double origin = kind == RQA_NORMALIZATION_UNIT ? least[c] : sum[c] / n;
            long double unit = kind == RQA_NORMALIZATION_UNIT     ? most[c] - least[c]
                               : kind == RQA_NORMALIZATION_ZSCORE ? sqrtl(squares[c] / (n - 1))
                                                                  : sqrtl(squares[c] / n);
            for (size_t i = 0; i < N; i++) {
                double value = rqa_series_channel(s, c)[i];
                if (i % 10 == 3)
                    ck_assert(isnan(value));
                else
                    ck_near(value, (double)((x[i * C + c] - origin) / unit), 1e-9);
            }
        }
        rqa_series_destroy(s);
    }
}
END_TEST

/* A plain sum would lose five digits of the mean here. */
START_TEST(sums_are_compensated)
{
    enum { N = 1000 };
    rng r = {11};
    double x[N];
    long double mean = 0;
    long double squares = 0;
    for (size_t i = 0; i < N; i++)
        mean += x[i] = 1e10 + rng_gauss(&r);
    mean /= N;
    for (size_t i = 0; i < N; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    rqa_series_options o = defaults();
    o.normalization = RQA_NORMALIZATION_ZSCORE_POP;
    rqa_series *s = make(x, N, 1, &o);
    for (size_t i = 0; i < N; i++)
        ck_near(rqa_series_channel(s, 0)[i], (double)((x[i] - mean) / sqrtl(squares / N)), 1e-6);
    rqa_series_destroy(s);
}
END_TEST

/* Neither the largest nor the smallest doubles overflow or vanish on the way. */
START_TEST(normalization_of_extremes)
{
    rqa_series_options o = defaults();
    o.normalization = RQA_NORMALIZATION_UNIT;
    rqa_series *s = make((const double[]){-DBL_MAX, 0, DBL_MAX}, 3, 1, &o);
    ck_assert_double_eq(rqa_series_channel(s, 0)[0], 0);
    ck_assert_double_eq(rqa_series_channel(s, 0)[1], .5);
    ck_assert_double_eq(rqa_series_channel(s, 0)[2], 1);
    rqa_series_destroy(s);
    o.normalization = RQA_NORMALIZATION_ZSCORE;
    const double scales[] = {DBL_MAX, 1, DBL_MIN, 0x1p-1074};
    for (size_t k = 0; k < 4; k++) {
        s = make((const double[]){-scales[k], 0, scales[k]}, 3, 1, &o);
        ck_assert_double_eq(rqa_series_channel(s, 0)[0], -1);
        ck_assert_double_eq(rqa_series_channel(s, 0)[1], 0);
        ck_assert_double_eq(rqa_series_channel(s, 0)[2], 1);
        rqa_series_destroy(s);
    }
}
END_TEST

/* Scaling the data by a power of two must not change a digit of what is scaled. */
START_TEST(normalization_is_scale_free)
{
    enum { N = 500 };
    double x[N], y[N];
    rng r = {3};
    for (size_t i = 0; i < N; i++)
        y[i] = ldexp(x[i] = rng_gauss(&r) + 5, -700);
    for (int32_t kind = RQA_NORMALIZATION_ZSCORE; kind <= RQA_NORMALIZATION_UNIT; kind++) {
        rqa_series_options o = defaults();
        o.normalization = kind;
        rqa_series *a = make(x, N, 1, &o);
        rqa_series *b = make(y, N, 1, &o);
        for (size_t i = 0; i < N; i++)
            ck_assert_double_eq(rqa_series_channel(a, 0)[i], rqa_series_channel(b, 0)[i]);
        rqa_series_destroy(a);
        rqa_series_destroy(b);
    }
}
END_TEST

START_TEST(constant_channels)
{
    const double x[] = {1, .1, 2, .1, 3, .1};
    for (int32_t kind = RQA_NORMALIZATION_ZSCORE; kind <= RQA_NORMALIZATION_UNIT; kind++) {
        rqa_series_options o = defaults();
        o.normalization = kind;
        SERIES_FAILS(x, 3, 2, &o, RQA_ERROR_CONSTANT, "channel 1|constant|0.1");
        SERIES_FAILS(x, 1, 1, &o, RQA_ERROR_CONSTANT, "channel 0|1 valid sample|2");
    }
}
END_TEST

START_TEST(series_arguments)
{
    const double x[4] = {1, 2, 3, 4};
    rqa_series *s = NULL;
    ck_fails(rqa_series_create(NULL, context, x, 4, 1, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_series_create(&s, NULL, x, 4, 1, NULL), RQA_ERROR_NULL, "context");
    SERIES_FAILS(NULL, 4, 1, NULL, RQA_ERROR_NULL, "data");
    SERIES_FAILS(x, 0, 1, NULL, RQA_ERROR_VALUE, "n_samples|0|2147483647");
    SERIES_FAILS(x, (size_t)1 << 31, 1, NULL, RQA_ERROR_VALUE, "n_samples|2147483648");
    SERIES_FAILS(x, SIZE_MAX, 2, NULL, RQA_ERROR_VALUE, "n_samples");
    SERIES_FAILS(x, 4, 0, NULL, RQA_ERROR_VALUE, "n_channels|0|65535");
    SERIES_FAILS(x, 4, 65536, NULL, RQA_ERROR_VALUE, "n_channels|65536");
    rqa_series_options o = defaults();
    o.dtype = 10;
    SERIES_FAILS(x, 4, 1, &o, RQA_ERROR_VALUE, "dtype|10|0..9");
    o.dtype = -1;
    SERIES_FAILS(x, 4, 1, &o, RQA_ERROR_VALUE, "dtype|-1");
    o = defaults();
    o.normalization = 4;
    SERIES_FAILS(x, 4, 1, &o, RQA_ERROR_VALUE, "normalization|4");
    o = defaults();
    o.missing = 2;
    SERIES_FAILS(x, 4, 1, &o, RQA_ERROR_VALUE, "missing|2");
    o = defaults();
    o.struct_size = 0;
    SERIES_FAILS(x, 4, 1, &o, RQA_ERROR_STRUCT_SIZE, "options|0");
    /* Three times the last one is 2 modulo 2^64. */
    const int64_t absurd[] = {INT64_MAX, INT64_MIN, INT64_MAX / 3, INT64_C(6148914691236517206)};
    for (size_t k = 0; k < 4; k++) {
        o = defaults();
        o.sample_stride_bytes = absurd[k];
        SERIES_FAILS(x, 4, 1, &o, RQA_ERROR_OVERFLOW, "address space");
        o = defaults();
        o.channel_stride_bytes = absurd[k];
        SERIES_FAILS(x, 1, 4, &o, RQA_ERROR_OVERFLOW, "address space");
    }
    ck_assert_uint_eq(rqa_series_n_samples(NULL) + rqa_series_n_channels(NULL), 0);
    ck_assert_uint_eq(rqa_series_n_missing(NULL), 0);
    ck_assert_ptr_null(rqa_series_channel(NULL, 0));
    rqa_series_destroy(NULL);
    rqa_series_options_init(NULL);
}
END_TEST

/* The limit is checked before anything of that size is asked for. */
START_TEST(memory_limits)
{
    rqa_context_options limits;
    rqa_context_options_init(&limits);
    limits.memory_limit_bytes = 4096;
    rqa_context *small = NULL;
    ck_ok(rqa_context_create(&small, &limits));
    static const double x[10000];
    rqa_series *s = NULL;
    ck_fails(rqa_series_create(&s, small, x, 10000, 1, NULL), RQA_ERROR_MEMORY_LIMIT, "80064|4096");
    rqa_matrix *m = NULL;
    ck_fails(rqa_matrix_from_bytes(&m, small, (const uint8_t *)x, 200, 200, 0),
             RQA_ERROR_MEMORY_LIMIT, "6400|4096");
    ck_fails(rqa_matrix_from_bytes(&m, small, (const uint8_t *)x, INT32_MAX, INT32_MAX, 0),
             RQA_ERROR_MEMORY_LIMIT, "4096");
    rqa_context_destroy(small);
}
END_TEST

START_TEST(standard_deviation)
{
    const double x[] = {1, 10, 2, 10, 3, 13, NAN, 0, 4, 11};
    rqa_series_options o = defaults();
    o.missing = RQA_MISSING_SKIP;
    rqa_series *s = make(x, 5, 2, &o);
    double value;
    ck_ok(rqa__series_std(s, 0, 1, &value));
    ck_near(value, sqrt(5. / 3), 1e-15);
    ck_ok(rqa__series_std(s, 1, 1, &value));
    ck_near(value, sqrt(2), 1e-15);
    ck_ok(rqa__series_std(s, 0, 2, &value));
    ck_near(value, sqrt((5. / 3 + 2) / 2), 1e-15);
    ck_fails(rqa__series_std(s, 1, 2, &value), RQA_ERROR_VALUE, "2 channels");
    ck_fails(rqa__series_std(s, 2, 1, &value), RQA_ERROR_VALUE, "2 channels");
    ck_fails(rqa__series_std(s, 0, 0, &value), RQA_ERROR_VALUE, "channels");
    rqa_series_destroy(s);

    /* Channels of very different size share one sum without overflow. */
    const double wide[] = {-1e-200, -1e300, 1, 0, 0, 1e300, 0, 1};
    s = make(wide, 4, 2, NULL);
    ck_ok(rqa__series_std(s, 0, 2, &value));
    ck_near(value / 1e300, sqrt((2. / 3) / 2), 1e-14);
    rqa_series_destroy(s);
    s = make((const double[]){.1, .1, .1}, 3, 1, NULL);
    ck_ok(rqa__series_std(s, 0, 1, &value));
    ck_assert_double_eq(value, 0);
    rqa_series_destroy(s);
    /* The mean of neighbours cannot be stored; their spread is exact all the same. */
    s = make((const double[]){1, 1 + DBL_EPSILON}, 2, 1, NULL);
    ck_ok(rqa__series_std(s, 0, 1, &value));
    ck_near(value / DBL_EPSILON, sqrt(.5), 1e-15);
    rqa_series_destroy(s);
    s = make((const double[]){-DBL_MAX, DBL_MAX}, 2, 1, NULL);
    ck_fails(rqa__series_std(s, 0, 1, &value), RQA_ERROR_NOT_FINITE, "range");
    rqa_series_destroy(s);
    s = make((const double[]){1, NAN}, 2, 1, &o);
    ck_fails(rqa__series_std(s, 0, 1, &value), RQA_ERROR_TOO_SHORT, "2|has 1");
    rqa_series_destroy(s);
}
END_TEST

START_TEST(vector_counts)
{
    ck_assert_uint_eq(rqa__n_vectors(100, 1, 30), 100);
    ck_assert_uint_eq(rqa__n_vectors(121, 5, 30), 1);
    ck_assert_uint_eq(rqa__n_vectors(120, 5, 30), 0);
    ck_assert_uint_eq(rqa__n_vectors(100, 5, 30), 0);
    ck_assert_uint_eq(rqa__n_vectors(0, 1, 1), 0);
    ck_assert_uint_eq(rqa__n_vectors(INT32_MAX, 1000, INT32_MAX), 0);
    ck_assert_uint_eq(rqa__n_vectors(10, 3, UINT32_C(1) << 31), 0);
}
END_TEST

START_TEST(embeddings)
{
    static const double x[121];
    rqa_series *s = make(x, 121, 1, NULL);
    rqa_embedding *e = NULL;
    ck_ok(rqa_embedding_create(&e, s, 5, 30));
    ck_assert_uint_eq(rqa_embedding_n_vectors(e), 1);
    ck_assert_uint_eq(rqa_embedding_dim(e), 5);
    ck_assert_uint_eq(rqa_embedding_delay(e), 30);
    rqa_series_destroy(s);
    ck_assert_double_eq(e->series->channel[0][120], 0); /* still alive: the embedding holds it */
    rqa_embedding_destroy(e);

    s = make(x, 100, 1, NULL);
    ck_fails(rqa_embedding_create(&e, s, 5, 30), RQA_ERROR_TOO_SHORT,
             "dim 5 with delay 30 needs at least 121 samples; the series has 100");
    ck_assert_ptr_null(e);
    ck_fails(rqa_embedding_create(&e, s, 1000, INT32_MAX), RQA_ERROR_TOO_SHORT, "2145336163354");
    ck_fails(rqa_embedding_create(&e, s, 0, 1), RQA_ERROR_VALUE, "dim|0|1..1000");
    ck_fails(rqa_embedding_create(&e, s, 1001, 1), RQA_ERROR_VALUE, "dim|1001");
    ck_fails(rqa_embedding_create(&e, s, 1, 0), RQA_ERROR_VALUE, "delay|0|1..2147483647");
    ck_fails(rqa_embedding_create(&e, s, 1, UINT32_C(1) << 31), RQA_ERROR_VALUE, "2147483648");
    ck_fails(rqa_embedding_create(&e, NULL, 1, 1), RQA_ERROR_NULL, "series");
    ck_fails(rqa_embedding_create(NULL, s, 1, 1), RQA_ERROR_NULL, "out");
    ck_ok(rqa_embedding_create(&e, s, 1, INT32_MAX));
    ck_assert_uint_eq(rqa_embedding_n_vectors(e), 100);
    rqa_embedding_destroy(e);
    rqa_series_destroy(s);
    rqa_embedding_destroy(NULL);
    ck_assert_uint_eq(rqa_embedding_n_vectors(NULL) + rqa_embedding_dim(NULL), 0);
    ck_assert_uint_eq(rqa_embedding_delay(NULL), 0);
}
END_TEST

/* Bytes to bits and back, with strides and guard bytes. */
START_TEST(matrix_round_trip)
{
    const size_t widths[] = {1, 63, 64, 65, 130};
    size_t width = widths[_i];
    size_t stride = width + 3;
    enum { ROWS = 9 };
    uint8_t cells[ROWS * 133], back[ROWS * 133];
    rng r = {(uint64_t)_i + 1};
    for (size_t k = 0; k < sizeof cells; k++)
        cells[k] = (uint8_t)(rng_below(&r, 2) ? 1 + rng_below(&r, 255) : 0);
    rqa_matrix *m = NULL;
    ck_ok(rqa_matrix_from_bytes(&m, context, cells, ROWS, width, stride));
    ck_assert_uint_eq(rqa_matrix_n_rows(m), ROWS);
    ck_assert_uint_eq(rqa_matrix_n_columns(m), width);
    for (size_t j = 0; j < ROWS; j++) {
        const uint64_t *words = rqa_matrix_row(m, j);
        for (size_t i = 0; i < (width + 63) / 64 * 64; i++) {
            int expected = i < width && cells[j * stride + i] != 0;
            ck_assert_int_eq((int)(words[i / 64] >> (i % 64) & 1), expected);
        }
    }
    ck_assert_ptr_null(rqa_matrix_row(m, ROWS));
    memset(back, 7, sizeof back);
    ck_ok(rqa_matrix_unpack(m, 2, 5, back, stride));
    for (size_t j = 0; j < 5; j++)
        for (size_t i = 0; i < stride; i++)
            ck_assert_uint_eq(back[j * stride + i],
                              i < width ? cells[(j + 2) * stride + i] != 0 : 7);
    ck_assert_uint_eq(back[5 * stride], 7);
    ck_ok(rqa_matrix_unpack(m, ROWS, 0, back, 0));
    ck_ok(rqa_matrix_unpack(m, 0, 1, back, 0));
    ck_fails(rqa_matrix_unpack(m, 5, 5, back, 0), RQA_ERROR_VALUE, "5 rows|row 5|9 rows");
    ck_fails(rqa_matrix_unpack(m, SIZE_MAX, 2, back, 0), RQA_ERROR_VALUE, "9 rows");
    ck_fails(rqa_matrix_unpack(m, 0, 2, back, SIZE_MAX), RQA_ERROR_OVERFLOW, "address space");
    if (width > 1)
        ck_fails(rqa_matrix_unpack(m, 0, 2, back, width - 1), RQA_ERROR_VALUE, "row_stride_bytes");
    ck_fails(rqa_matrix_unpack(m, 0, 1, NULL, 0), RQA_ERROR_NULL, "cells");
    ck_fails(rqa_matrix_unpack(NULL, 0, 1, back, 0), RQA_ERROR_NULL, "matrix");
    rqa_matrix_destroy(m);
}
END_TEST

START_TEST(matrix_arguments)
{
    const uint8_t cells[4] = {0};
    rqa_matrix *m = NULL;
    ck_fails(rqa_matrix_from_bytes(NULL, context, cells, 2, 2, 0), RQA_ERROR_NULL, "out");
    ck_fails(rqa_matrix_from_bytes(&m, NULL, cells, 2, 2, 0), RQA_ERROR_NULL, "context");
    ck_fails(rqa_matrix_from_bytes(&m, context, NULL, 2, 2, 0), RQA_ERROR_NULL, "cells");
    ck_fails(rqa_matrix_from_bytes(&m, context, cells, 0, 2, 0), RQA_ERROR_VALUE, "n_rows|0");
    ck_fails(rqa_matrix_from_bytes(&m, context, cells, 2, 0, 0), RQA_ERROR_VALUE, "n_columns|0");
    ck_fails(rqa_matrix_from_bytes(&m, context, cells, (size_t)1 << 31, 2, 0), RQA_ERROR_VALUE,
             "n_rows|2147483648");
    ck_fails(rqa_matrix_from_bytes(&m, context, cells, 2, 2, 1), RQA_ERROR_VALUE,
             "row_stride_bytes|1|2");
    ck_fails(rqa_matrix_from_bytes(&m, context, cells, 2, 2, SIZE_MAX / 2 + 1), RQA_ERROR_OVERFLOW,
             "address space");
    ck_assert_ptr_null(m);
    ck_assert_uint_eq(rqa_matrix_n_rows(NULL) + rqa_matrix_n_columns(NULL), 0);
    ck_assert_ptr_null(rqa_matrix_row(NULL, 0));
    rqa_matrix_destroy(NULL);
}
END_TEST

/* ---- allocation failure ---- */

/* Series, embedding and matrix with the n-th allocation failing, for every n. */
static rqa_status build_everything(void)
{
    static const double x[20];
    static const uint8_t cells[16];
    rqa_series *s = NULL;
    rqa_embedding *e = NULL;
    rqa_matrix *m = NULL;
    rqa_status status = rqa_series_create(&s, context, x, 10, 2, NULL);
    if (!status)
        status = rqa_embedding_create(&e, s, 2, 1);
    if (!status)
        status = rqa_matrix_from_bytes(&m, context, cells, 4, 4, 0);
    rqa_series_destroy(s);
    rqa_embedding_destroy(e);
    rqa_matrix_destroy(m);
    return status;
}

START_TEST(allocation_failures)
{
    failing_memory_install();
    rqa_status status = RQA_ERROR_MEMORY;
    int n = 0;
    for (; status != RQA_OK && n < 100; n++) {
        failing_memory_grant(n);
        status = build_everything();
        ck_assert_int_eq(failing_memory_live(), 0);
        if (status)
            ck_assert_int_eq(status, RQA_ERROR_MEMORY);
    }
    failing_memory_remove();
    ck_assert_int_eq(n, 1 + 4 + 1 + 2); /* one run per allocation, and the one that succeeds */
}
END_TEST

/* What stores know a recording by: the numbers as analyses take them, and nothing else. */
static void hash(char *out, const double *a, const double *b, size_t n)
{
    const double *channel[] = {a, b};
    const struct rqa_series series = {.n_samples = n, .n_channels = b ? 2 : 1, .channel = channel};
    rqa__content_hash(&series, 0, b ? 2 : 1, out);
}

START_TEST(content_hashes)
{
    enum { N = 1100 }; /* more than is hashed at a time */
    double a[N + 1], b[N + 1];
    char first[RQA__HASH_ROOM], other[RQA__HASH_ROOM];
    uint64_t payload;
    for (size_t k = 0; k <= N; k++) {
        a[k] = (double)k / 7;
        b[k] = -a[k];
    }
    a[0] = 0;
    a[5] = NAN;
    hash(first, a, b, N);
    a[0] = -0.0;
    hash(other, a, b, N);
    ck_assert_str_eq(other, first);
    memcpy(&payload, &a[5], sizeof payload);
    payload ^= UINT64_C(1) << 63 | 77;
    memcpy(&a[5], &payload, sizeof payload);
    ck_assert(isnan(a[5]));
    hash(other, a, b, N);
    ck_assert_str_eq(other, first);

    hash(other, b, a, N); /* channels have an order */
    ck_assert_str_ne(other, first);
    hash(other, a, b, N + 1);
    ck_assert_str_ne(other, first);
    hash(other, a, NULL, N);
    ck_assert_str_ne(other, first);
    a[N - 1] = nextafter(a[N - 1], 0);
    hash(other, a, b, N);
    ck_assert_str_ne(other, first);
}
END_TEST

/* Four samples of one channel are not two of two. */
START_TEST(content_hashes_know_the_shape)
{
    const double v[] = {1, 2, 3, 4};
    char one[RQA__HASH_ROOM], two[RQA__HASH_ROOM];
    hash(one, v, NULL, 4);
    hash(two, v, v + 2, 2);
    ck_assert_str_ne(one, two);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("data");
    TCase *tcase = tcase_create("data");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, every_dtype_and_stride, 0, sizeof dtypes / sizeof dtypes[0]);
    tcase_add_test(tcase, extreme_elements);
    tcase_add_test(tcase, inexact_integers);
    tcase_add_test(tcase, layout);
    tcase_add_test(tcase, negative_zero_becomes_zero);
    tcase_add_test(tcase, missing_refused);
    tcase_add_test(tcase, missing_skipped);
    tcase_add_test(tcase, normalization);
    tcase_add_test(tcase, sums_are_compensated);
    tcase_add_test(tcase, normalization_of_extremes);
    tcase_add_test(tcase, normalization_is_scale_free);
    tcase_add_test(tcase, constant_channels);
    tcase_add_test(tcase, series_arguments);
    tcase_add_test(tcase, memory_limits);
    tcase_add_test(tcase, standard_deviation);
    tcase_add_test(tcase, vector_counts);
    tcase_add_test(tcase, embeddings);
    tcase_add_loop_test(tcase, matrix_round_trip, 0, 5);
    tcase_add_test(tcase, matrix_arguments);
    tcase_add_test(tcase, allocation_failures);
    tcase_add_test(tcase, content_hashes);
    tcase_add_test(tcase, content_hashes_know_the_shape);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
