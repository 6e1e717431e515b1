/* test_errors.c - errors of arguments, each provoked, and its text names the argument.
 *
 * test_resources.c has those of files, memory, threads and processes, test_batch_control.c those of
 * batches. RQA_ERROR_BACKEND_FAILED needs a device and RQA_ERROR_INTERNAL a defect: neither is
 * provoked.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static rqa_context *context;
static rqa_series *series;       /* 40 samples, 2 channels */
static rqa_embedding *embedding; /* dim 2, delay 3 */
static rqa_metrics *metrics;
static rqa_matrix *matrix;

static void setup(void)
{
    double value[80];
    for (int i = 0; i < 80; i++)
        value[i] = (i * 37 % 11) / 4.;
    context = support_context(2);
    series = support_series(context, value, 40, 2);
    embedding = support_embedding(series, 2, 3);
    metrics = support_metrics(embedding, NULL, NULL);
    ck_ok(rqa_matrix_create(&matrix, embedding, NULL, NULL));
}

static void teardown(void)
{
    rqa_matrix_destroy(matrix);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

/* A call with one argument NULL at a time. */
START_TEST(null_pointers)
{
    static const double x[4] = {1, 2, 3, 4};
    static const uint8_t cell[4];
    uint8_t bytes[64 * 64];
    rqa_context *c;
    rqa_series *s;
    rqa_embedding *e;
    rqa_metrics *m;
    rqa_matrix *a;
    double value;
    uint64_t number;
    const rqa_line_bin *bins;
    const uint64_t *points;
    size_t n;
    rqa_backend_info info = {.struct_size = sizeof info};
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    ck_fails(rqa_status_at(0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_context_create(NULL, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_context_backend_at(NULL, 0, &info), RQA_ERROR_NULL, "context");
    ck_fails(rqa_context_backend_at(context, 0, NULL), RQA_ERROR_NULL, "info");
    ck_fails(rqa_series_create(NULL, context, x, 4, 1, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_series_create(&s, NULL, x, 4, 1, NULL), RQA_ERROR_NULL, "context");
    ck_fails(rqa_series_create(&s, context, NULL, 4, 1, NULL), RQA_ERROR_NULL, "data");
    ck_assert_ptr_null(s);
    ck_fails(rqa_embedding_create(NULL, series, 1, 1), RQA_ERROR_NULL, "out");
    ck_fails(rqa_embedding_create(&e, NULL, 1, 1), RQA_ERROR_NULL, "series");
    ck_assert_ptr_null(e);
    ck_fails(rqa_metrics_compute(NULL, embedding, NULL, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_metrics_compute(&m, NULL, embedding, NULL), RQA_ERROR_NULL, "x");
    ck_assert_ptr_null(m);
    ck_fails(rqa_metrics_from_matrix(NULL, matrix, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_metrics_from_matrix(&m, NULL, NULL), RQA_ERROR_NULL, "matrix");
    ck_fails(rqa_metrics_get(NULL, 0, &value), RQA_ERROR_NULL, "metrics");
    ck_fails(rqa_metrics_get(metrics, 0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_metrics_count(NULL, 0, &number), RQA_ERROR_NULL, "metrics");
    ck_fails(rqa_metrics_count(metrics, 0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_metrics_histogram(NULL, 0, &bins, &n), RQA_ERROR_NULL, "metrics");
    ck_fails(rqa_metrics_histogram(metrics, 0, NULL, &n), RQA_ERROR_NULL, "bins");
    ck_fails(rqa_metrics_histogram(metrics, 0, &bins, NULL), RQA_ERROR_NULL, "n_bins");
    ck_fails(rqa_metrics_offset_points(NULL, &points, &n), RQA_ERROR_NULL, "metrics");
    ck_fails(rqa_metrics_offset_points(metrics, NULL, &n), RQA_ERROR_NULL, "points");
    ck_fails(rqa_metrics_offset_points(metrics, &points, NULL), RQA_ERROR_NULL, "n_offsets");
    ck_fails(rqa_metrics_provenance(NULL, &provenance), RQA_ERROR_NULL, "metrics");
    ck_fails(rqa_metrics_provenance(metrics, NULL), RQA_ERROR_NULL, "provenance");
    ck_fails(rqa_matrix_create(NULL, embedding, NULL, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_matrix_create(&a, NULL, NULL, NULL), RQA_ERROR_NULL, "x");
    ck_assert_ptr_null(a);
    ck_fails(rqa_matrix_from_bytes(NULL, context, cell, 2, 2, 0), RQA_ERROR_NULL, "out");
    ck_fails(rqa_matrix_from_bytes(&a, NULL, cell, 2, 2, 0), RQA_ERROR_NULL, "context");
    ck_fails(rqa_matrix_from_bytes(&a, context, NULL, 2, 2, 0), RQA_ERROR_NULL, "cells");
    ck_fails(rqa_matrix_unpack(NULL, 0, 1, bytes, 0), RQA_ERROR_NULL, "matrix");
    ck_fails(rqa_matrix_unpack(matrix, 0, 1, NULL, 0), RQA_ERROR_NULL, "cells");
    ck_fails(rqa_plot_write_png(NULL, embedding, NULL, NULL, NULL), RQA_ERROR_NULL, "path");
    ck_fails(rqa_plot_write_png("x.png", NULL, NULL, NULL, NULL), RQA_ERROR_NULL, "x");
    ck_fails(rqa_matrix_write_png(NULL, "x.png", NULL), RQA_ERROR_NULL, "matrix");
    ck_fails(rqa_matrix_write_png(matrix, NULL, NULL), RQA_ERROR_NULL, "path");
    c = (rqa_context *)1;
    rqa_context_options bad = {.struct_size = 1};
    ck_fails(rqa_context_create(&c, &bad), RQA_ERROR_STRUCT_SIZE, "struct_size");
    ck_assert_ptr_null(c);
}
END_TEST

/* Getters without a status have a neutral answer for NULL; destroy functions take it. */
START_TEST(null_objects)
{
    ck_assert_uint_eq(rqa_context_n_threads(NULL), 0);
    ck_assert_uint_eq(rqa_series_n_samples(NULL), 0);
    ck_assert_uint_eq(rqa_series_n_channels(NULL), 0);
    ck_assert_uint_eq(rqa_series_n_missing(NULL), 0);
    ck_assert_ptr_null(rqa_series_channel(NULL, 0));
    ck_assert_ptr_null(rqa_series_channel(series, 2));
    ck_assert_uint_eq(rqa_embedding_n_vectors(NULL), 0);
    ck_assert_uint_eq(rqa_embedding_dim(NULL), 0);
    ck_assert_uint_eq(rqa_embedding_delay(NULL), 0);
    ck_assert_uint_eq(rqa_embedding_dim(embedding), 2);
    ck_assert_uint_eq(rqa_embedding_delay(embedding), 3);
    ck_assert_uint_eq(rqa_matrix_n_rows(NULL), 0);
    ck_assert_uint_eq(rqa_matrix_n_columns(NULL), 0);
    ck_assert_ptr_null(rqa_matrix_row(NULL, 0));
    ck_assert_ptr_null(rqa_matrix_row(matrix, 37));
    ck_assert_ptr_nonnull(rqa_matrix_row(matrix, 36));
    ck_assert_int_eq(rqa_metrics_reason(NULL, 0), RQA_REASON_NOT_COMPUTED);
    ck_assert_int_eq(rqa_metrics_reason(metrics, RQA_MEASURE_COUNT), RQA_REASON_NOT_COMPUTED);
    rqa_context_destroy(NULL);
    rqa_series_destroy(NULL);
    rqa_embedding_destroy(NULL);
    rqa_metrics_destroy(NULL);
    rqa_matrix_destroy(NULL);
}
END_TEST

/* struct_size: not set, too small, larger with a tail of zeros, larger with something in the tail.
 * CALL uses `p`, an option struct of type TYPE filled by INIT inside a larger block. */
#define CHECK_INPUT_SIZE(TYPE, INIT, CALL, UNDO)                                                   \
    do {                                                                                           \
        union {                                                                                    \
            TYPE options;                                                                          \
            unsigned char byte[sizeof(TYPE) + 32];                                                 \
        } block;                                                                                   \
        TYPE *p = &block.options;                                                                  \
        memset(&block, 0, sizeof block);                                                           \
        INIT(p);                                                                                   \
        p->struct_size = 0;                                                                        \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size is 0");                                 \
        p->struct_size = sizeof(TYPE) - 8;                                                         \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size");                                      \
        p->struct_size = UINT32_MAX;                                                               \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size");                                      \
        p->struct_size = sizeof block;                                                             \
        ck_ok(CALL);                                                                               \
        UNDO;                                                                                      \
        block.byte[sizeof block - 1] = 1;                                                          \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "does not know");                                    \
    } while (0)

START_TEST(struct_size_of_inputs)
{
    static const double x[3] = {1, 2, 4};
    rqa_context *c = NULL;
    rqa_series *s = NULL;
    rqa_metrics *m = NULL;
    rqa_matrix *a = NULL;
    CHECK_INPUT_SIZE(rqa_context_options, rqa_context_options_init, rqa_context_create(&c, p),
                     rqa_context_destroy(c));
    CHECK_INPUT_SIZE(rqa_series_options, rqa_series_options_init,
                     rqa_series_create(&s, context, x, 3, 1, p), rqa_series_destroy(s));
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_metrics_compute(&m, embedding, NULL, p), rqa_metrics_destroy(m));
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_metrics_from_matrix(&m, matrix, p), rqa_metrics_destroy(m));
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_matrix_create(&a, embedding, NULL, p), rqa_matrix_destroy(a));
    char path[] = "/tmp/rqa_errors_XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    unlink(path);
    CHECK_INPUT_SIZE(rqa_png_options, rqa_png_options_init, rqa_matrix_write_png(matrix, path, p),
                     unlink(path));
    CHECK_INPUT_SIZE(rqa_png_options, rqa_png_options_init,
                     rqa_plot_write_png(path, embedding, NULL, NULL, p), unlink(path));
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_plot_write_png(path, embedding, NULL, p, NULL), unlink(path));
}
END_TEST

/* Outputs: a larger struct is zero-filled past what the library knows. */
#define CHECK_OUTPUT_SIZE(TYPE, CALL)                                                              \
    do {                                                                                           \
        union {                                                                                    \
            TYPE value;                                                                            \
            unsigned char byte[sizeof(TYPE) + 32];                                                 \
        } block;                                                                                   \
        TYPE *p = &block.value;                                                                    \
        p->struct_size = 0;                                                                        \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size is 0");                                 \
        p->struct_size = sizeof(TYPE) - 8;                                                         \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size");                                      \
        memset(&block, 0xff, sizeof block);                                                        \
        p->struct_size = sizeof block;                                                             \
        ck_ok(CALL);                                                                               \
        ck_assert_uint_eq(p->struct_size, sizeof block);                                           \
        for (size_t k_ = sizeof(TYPE); k_ < sizeof block; k_++)                                    \
            ck_assert_uint_eq(block.byte[k_], 0);                                                  \
    } while (0)

START_TEST(struct_size_of_outputs)
{
    CHECK_OUTPUT_SIZE(rqa_backend_info, rqa_context_backend_at(context, 0, p));
    CHECK_OUTPUT_SIZE(rqa_provenance, rqa_metrics_provenance(metrics, p));
}
END_TEST

#define CONTEXT_FAILS(field, value, code, words)                                                   \
    do {                                                                                           \
        rqa_context_options o_;                                                                    \
        rqa_context_options_init(&o_);                                                             \
        o_.field = value;                                                                          \
        rqa_context *c_;                                                                           \
        ck_fails(rqa_context_create(&c_, &o_), code, words);                                       \
        ck_assert_ptr_null(c_);                                                                    \
    } while (0)

START_TEST(context_options)
{
    rqa_context *c = support_context(0); /* 0: as many as the affinity mask allows */
    ck_assert_uint_ge(rqa_context_n_threads(c), 1);
    rqa_context_destroy(c);
    CONTEXT_FAILS(n_threads, 100000, RQA_ERROR_VALUE, "n_threads|100000|1024");
    CONTEXT_FAILS(n_threads, 1025, RQA_ERROR_VALUE, "n_threads");
    CONTEXT_FAILS(device_memory_share, 1.5, RQA_ERROR_VALUE, "device_memory_share|1.5");
    CONTEXT_FAILS(device_memory_share, -.1, RQA_ERROR_VALUE, "device_memory_share");
    CONTEXT_FAILS(device_memory_share, NAN, RQA_ERROR_VALUE, "device_memory_share|nan");
    CONTEXT_FAILS(log_level, 4, RQA_ERROR_VALUE, "log_level|4");
    CONTEXT_FAILS(log_level, -1, RQA_ERROR_VALUE, "log_level");
    setenv("RQA_BACKEND", "abacus", 1);
    ck_fails(rqa_context_create(&c, NULL), RQA_ERROR_UNKNOWN_NAME, "RQA_BACKEND|abacus");
    unsetenv("RQA_BACKEND");
    const char *said[] = {"two", "-1", "1025", "99999999999999999999", "2 "};
    for (size_t k = 0; k < sizeof said / sizeof *said; k++) {
        setenv("RQA_NUM_THREADS", said[k], 1);
        ck_fails(rqa_context_create(&c, NULL), RQA_ERROR_VALUE, "RQA_NUM_THREADS|1..1024");
    }
    setenv("RQA_NUM_THREADS", "3", 1);
    c = support_context(0);
    ck_assert_uint_eq(rqa_context_n_threads(c), 3);
    rqa_context_destroy(c);
    c = support_context(1); /* what the caller says goes first */
    ck_assert_uint_eq(rqa_context_n_threads(c), 1);
    rqa_context_destroy(c);
    setenv("RQA_NUM_THREADS", "0", 1);
    c = support_context(0);
    ck_assert_uint_ge(rqa_context_n_threads(c), 1);
    rqa_context_destroy(c);
    unsetenv("RQA_NUM_THREADS");
    const char *level = getenv("RQA_CPU");
    char saved[32];
    snprintf(saved, sizeof saved, "%s", level ? level : "");
    setenv("RQA_CPU", "mmx", 1);
    ck_fails(rqa_context_create(&c, NULL), RQA_ERROR_UNKNOWN_NAME, "RQA_CPU|mmx");
    if (*saved)
        setenv("RQA_CPU", saved, 1);
    else
        unsetenv("RQA_CPU");
}
END_TEST

START_TEST(backend_list)
{
    rqa_backend_info info = {.struct_size = sizeof info};
    size_t n = 0;
    for (; rqa_context_backend_at(context, n, &info) == RQA_OK; n++) {
        ck_assert_str_eq(info.name, rqa_backend_name(info.backend));
        ck_assert_str_ne(info.detail, "");
        ck_assert(info.available == 0 || info.n_workers > 0);
    }
    ck_assert_uint_eq(n, 4);
    ck_fails(rqa_context_backend_at(context, n, &info), RQA_ERROR_VALUE, "index");
}
END_TEST

static void series_fails(const void *data, size_t n, size_t channels, const rqa_series_options *o,
                         rqa_status code, const char *words)
{
    rqa_series *s = (rqa_series *)1;
    ck_fails(rqa_series_create(&s, context, data, n, channels, o), code, words);
    ck_assert_ptr_null(s);
}

START_TEST(series_arguments)
{
    double x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    rqa_series_options o;
    rqa_series_options_init(&o);
    series_fails(x, 0, 1, NULL, RQA_ERROR_VALUE, "n_samples is 0");
    series_fails(x, 8, 0, NULL, RQA_ERROR_VALUE, "n_channels is 0");
    series_fails(x, (size_t)1 << 31, 1, NULL, RQA_ERROR_VALUE, "n_samples|2147483648");
    series_fails(x, 8, 65536, NULL, RQA_ERROR_VALUE, "n_channels|65536");
    series_fails(x, SIZE_MAX, SIZE_MAX, NULL, RQA_ERROR_VALUE, "n_samples");
    o.sample_stride_bytes = INT64_MAX / 4;
    series_fails(x, 8, 1, &o, RQA_ERROR_OVERFLOW, "8 samples|address space");
    o.sample_stride_bytes = 0;
    o.dtype = 10;
    series_fails(x, 8, 1, &o, RQA_ERROR_VALUE, "dtype is 10");
    o.dtype = -1;
    series_fails(x, 8, 1, &o, RQA_ERROR_VALUE, "dtype");
    o.dtype = RQA_DTYPE_FLOAT64;
    o.normalization = 4;
    series_fails(x, 8, 1, &o, RQA_ERROR_VALUE, "normalization is 4");
    o.normalization = 0;
    o.missing = 2;
    series_fails(x, 8, 1, &o, RQA_ERROR_VALUE, "missing is 2");
    o.missing = 0;
    const int64_t large[] = {1, ((int64_t)1 << 53) + 1};
    o.dtype = RQA_DTYPE_INT64;
    series_fails(large, 2, 1, &o, RQA_ERROR_VALUE, "sample 1|9007199254740993");
    x[5] = NAN;
    series_fails(x, 8, 1, NULL, RQA_ERROR_NOT_FINITE, "sample 5|channel 0|NaN");
    series_fails(x, 4, 2, NULL, RQA_ERROR_NOT_FINITE, "sample 2|channel 1");
    x[5] = -INFINITY;
    series_fails(x, 8, 1, NULL, RQA_ERROR_NOT_FINITE, "sample 5|inf");
}
END_TEST

START_TEST(constant_channels)
{
    static const double flat[6] = {1, 5, 2, 5, 3, 5};
    rqa_series_options o;
    rqa_series_options_init(&o);
    for (int k = RQA_NORMALIZATION_ZSCORE; k <= RQA_NORMALIZATION_UNIT; k++) {
        o.normalization = k;
        series_fails(flat, 3, 2, &o, RQA_ERROR_CONSTANT, "channel 1|constant|5");
        series_fails(flat, 1, 1, &o, RQA_ERROR_CONSTANT, "channel 0");
    }
}
END_TEST

START_TEST(embedding_arguments)
{
    rqa_embedding *e;
    ck_fails(rqa_embedding_create(&e, series, 0, 1), RQA_ERROR_VALUE, "dim is 0");
    ck_fails(rqa_embedding_create(&e, series, 1001, 1), RQA_ERROR_VALUE, "dim is 1001");
    ck_fails(rqa_embedding_create(&e, series, 2, 0), RQA_ERROR_VALUE, "delay is 0");
    ck_fails(rqa_embedding_create(&e, series, 2, 1u << 31), RQA_ERROR_VALUE, "delay");
    ck_fails(rqa_embedding_create(&e, series, 2, 40), RQA_ERROR_TOO_SHORT, "40");
    ck_fails(rqa_embedding_create(&e, series, 1000, INT32_MAX), RQA_ERROR_TOO_SHORT, "");
    ck_assert_ptr_null(e);
    e = support_embedding(series, 2, 39);
    ck_assert_uint_eq(rqa_embedding_n_vectors(e), 1);
    rqa_embedding_destroy(e);
}
END_TEST

/* One analysis option out of its range at a time, through every call that takes them. */
#define OPTION_FAILS(field, value, code, words)                                                    \
    do {                                                                                           \
        rqa_analysis_options o_;                                                                   \
        rqa_analysis_options_init(&o_);                                                            \
        o_.field = value;                                                                          \
        rqa_metrics *m_ = (rqa_metrics *)1;                                                        \
        ck_fails(rqa_metrics_compute(&m_, embedding, NULL, &o_), code, words);                     \
        ck_assert_ptr_null(m_);                                                                    \
    } while (0)

START_TEST(analysis_options)
{
    OPTION_FAILS(convention, 9, RQA_ERROR_VALUE, "convention is 9");
    OPTION_FAILS(convention, -1, RQA_ERROR_VALUE, "convention");
    OPTION_FAILS(norm, 3, RQA_ERROR_VALUE, "norm is 3");
    OPTION_FAILS(norm, -1, RQA_ERROR_VALUE, "norm");
    OPTION_FAILS(compare, 3, RQA_ERROR_VALUE, "compare is 3");
    OPTION_FAILS(relation, 3, RQA_ERROR_VALUE, "relation is 3");
    OPTION_FAILS(relation, RQA_RELATION_CROSS, RQA_ERROR_NULL, "relation|cross|y");
    OPTION_FAILS(relation, RQA_RELATION_JOINT, RQA_ERROR_NULL, "relation|joint|y");
    OPTION_FAILS(threshold_unit, 4, RQA_ERROR_VALUE, "threshold_unit is 4");
    OPTION_FAILS(threshold, -.5, RQA_ERROR_VALUE, "threshold|-0.5");
    OPTION_FAILS(threshold, NAN, RQA_ERROR_VALUE, "threshold|nan");
    OPTION_FAILS(threshold, INFINITY, RQA_ERROR_VALUE, "threshold|inf");
    OPTION_FAILS(theiler, -2, RQA_ERROR_VALUE, "theiler is -2");
    OPTION_FAILS(theiler_points, -2, RQA_ERROR_VALUE, "theiler_points is -2");
    OPTION_FAILS(theiler_diagonal, INT64_MIN, RQA_ERROR_VALUE, "theiler_diagonal");
    OPTION_FAILS(theiler_vertical, -7, RQA_ERROR_VALUE, "theiler_vertical is -7");
    OPTION_FAILS(white_border, 3, RQA_ERROR_VALUE, "white_border is 3");
    OPTION_FAILS(backend, 5, RQA_ERROR_VALUE, "backend is 5");
    OPTION_FAILS(backend, -1, RQA_ERROR_VALUE, "backend");
    OPTION_FAILS(measures, RQA_MEASURE_BIT(RQA_MEASURE_COUNT), RQA_ERROR_VALUE, "measures");
    OPTION_FAILS(backend, RQA_BACKEND_GPU, RQA_ERROR_BACKEND_MISSING, "gpu");
    OPTION_FAILS(backend, RQA_BACKEND_HYBRID, RQA_ERROR_BACKEND_MISSING, "hybrid");
}
END_TEST

START_TEST(pairs_that_do_not_match)
{
    static const double x[60] = {1};
    rqa_context *foreign = support_context(1);
    rqa_series *one = support_series(context, x, 40, 1), *far = support_series(foreign, x, 20, 2);
    rqa_embedding *channels = support_embedding(one, 2, 3), *dims = support_embedding(series, 3, 1);
    rqa_embedding *elsewhere = support_embedding(far, 2, 3);
    rqa_metrics *m;
    rqa_matrix *a;
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 1);
    ck_fails(rqa_metrics_compute(&m, embedding, channels, &o), RQA_ERROR_MISMATCH, "channels|2|1");
    ck_fails(rqa_metrics_compute(&m, embedding, dims, &o), RQA_ERROR_MISMATCH, "dimension|2|3");
    ck_fails(rqa_metrics_compute(&m, embedding, elsewhere, &o), RQA_ERROR_MISMATCH, "contexts");
    ck_fails(rqa_matrix_create(&a, embedding, dims, &o), RQA_ERROR_MISMATCH, "dimension");
    o.relation = RQA_RELATION_JOINT;
    ck_fails(rqa_metrics_compute(&m, embedding, dims, &o), RQA_ERROR_MISMATCH, "vectors|37|38");
    o.threshold_y = NAN;
    ck_fails(rqa_metrics_compute(&m, embedding, channels, &o), RQA_ERROR_VALUE, "threshold_y");
    o.threshold_y = -1;
    o.convention = RQA_CONVENTION_NEUROKIT;
    ck_fails(rqa_metrics_compute(&m, embedding, channels, &o), RQA_ERROR_UNSUPPORTED, "neurokit");
    rqa_embedding_destroy(channels);
    rqa_embedding_destroy(dims);
    rqa_embedding_destroy(elsewhere);
    rqa_series_destroy(one);
    rqa_series_destroy(far);
    rqa_context_destroy(foreign);
}
END_TEST

START_TEST(metrics_getters)
{
    double value;
    uint64_t number;
    const rqa_line_bin *bins;
    const uint64_t *points;
    size_t n;
    ck_fails(rqa_metrics_get(metrics, RQA_MEASURE_COUNT, &value), RQA_ERROR_VALUE, "measure is 19");
    ck_fails(rqa_metrics_get(metrics, -1, &value), RQA_ERROR_VALUE, "measure is -1");
    ck_fails(rqa_metrics_count(metrics, 8, &number), RQA_ERROR_VALUE, "count is 8");
    ck_fails(rqa_metrics_count(metrics, -1, &number), RQA_ERROR_VALUE, "count");
    ck_fails(rqa_metrics_histogram(metrics, 4, &bins, &n), RQA_ERROR_VALUE, "histogram is 4");
    ck_fails(rqa_metrics_histogram(metrics, -1, &bins, &n), RQA_ERROR_VALUE, "histogram");
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 1);
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    rqa_metrics *m = support_metrics(embedding, NULL, &o);
    for (int h = 0; h < 4; h++)
        ck_fails(rqa_metrics_histogram(m, h, &bins, &n), RQA_ERROR_STATE, "histogram");
    ck_fails(rqa_metrics_offset_points(m, &points, &n), RQA_ERROR_STATE, "trend");
    rqa_metrics_destroy(m);
}
END_TEST

START_TEST(matrix_arguments)
{
    static const uint8_t cell[12];
    uint8_t bytes[40 * 40];
    rqa_matrix *a;
    rqa_metrics *m;
    ck_fails(rqa_matrix_from_bytes(&a, context, cell, 0, 3, 0), RQA_ERROR_VALUE, "n_rows is 0");
    ck_fails(rqa_matrix_from_bytes(&a, context, cell, 3, 0, 0), RQA_ERROR_VALUE, "n_columns is 0");
    ck_fails(rqa_matrix_from_bytes(&a, context, cell, (size_t)1 << 31, 1, 0), RQA_ERROR_VALUE,
             "n_rows");
    ck_fails(rqa_matrix_from_bytes(&a, context, cell, 3, 4, 3), RQA_ERROR_VALUE,
             "row_stride_bytes is 3|4");
    ck_fails(rqa_matrix_from_bytes(&a, context, cell, 3, 4, SIZE_MAX), RQA_ERROR_OVERFLOW, "rows");
    ck_assert_ptr_null(a);
    ck_fails(rqa_matrix_unpack(matrix, 0, 38, bytes, 0), RQA_ERROR_VALUE, "38|37");
    ck_fails(rqa_matrix_unpack(matrix, 37, 1, bytes, 0), RQA_ERROR_VALUE, "37");
    ck_fails(rqa_matrix_unpack(matrix, SIZE_MAX, 2, bytes, 0), RQA_ERROR_VALUE, "row");
    ck_fails(rqa_matrix_unpack(matrix, 0, 1, bytes, 36), RQA_ERROR_VALUE, "row_stride_bytes is 36");
    ck_ok(rqa_matrix_unpack(matrix, 37, 0, bytes, 0));
    ck_ok(rqa_matrix_from_bytes(&a, context, cell, 3, 4, 0));
    ck_fails(rqa_metrics_from_matrix(&m, a, NULL), RQA_ERROR_MISMATCH, "3|4|square");
    rqa_matrix_destroy(a);
}
END_TEST

/* Lengths 1 and 2: nothing is defined for one vector; two have one pair on either side. */
START_TEST(shortest_series)
{
    static const double x[2] = {1, 1.5};
    for (int32_t convention = 0; convention < 9; convention++) {
        rqa_analysis_options o = support_options(convention, RQA_NORM_EUCLIDEAN, 1);
        rqa_metrics *m = support_analyze(context, x, 1, 1, 1, &o);
        for (int k = 0; k < RQA_MEASURE_COUNT; k++) {
            ck_assert(isnan(support_get(m, k)));
            ck_assert_int_eq(rqa_metrics_reason(m, k), RQA_REASON_SERIES_TOO_SHORT);
        }
        rqa_metrics_destroy(m);
        m = support_analyze(context, x, 2, 1, 1, &o);
        int short_for_it = convention == RQA_CONVENTION_FOUNDING;
        ck_assert_int_eq(rqa_metrics_reason(m, RQA_MEASURE_RR) == RQA_REASON_SERIES_TOO_SHORT,
                         short_for_it);
        rqa_metrics_destroy(m);
    }
}
END_TEST

START_TEST(memory_hooks)
{
    rqa_memory_hooks hooks = {.struct_size = sizeof hooks};
    ck_fails(rqa_memory_hooks_set(&hooks), RQA_ERROR_NULL, "allocate|reallocate|release");
    hooks.struct_size = 8;
    ck_fails(rqa_memory_hooks_set(&hooks), RQA_ERROR_STRUCT_SIZE, "struct_size is 8");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("errors");
    TCase *tcase = tcase_create("status");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, null_pointers);
    tcase_add_test(tcase, null_objects);
    tcase_add_test(tcase, struct_size_of_inputs);
    tcase_add_test(tcase, struct_size_of_outputs);
    tcase_add_test(tcase, context_options);
    tcase_add_test(tcase, backend_list);
    tcase_add_test(tcase, series_arguments);
    tcase_add_test(tcase, constant_channels);
    tcase_add_test(tcase, embedding_arguments);
    tcase_add_test(tcase, analysis_options);
    tcase_add_test(tcase, pairs_that_do_not_match);
    tcase_add_test(tcase, metrics_getters);
    tcase_add_test(tcase, matrix_arguments);
    tcase_add_test(tcase, shortest_series);
    tcase_add_test(tcase, memory_hooks);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
