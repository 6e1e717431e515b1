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
    rqa_lag_profile *lags = NULL;
    const double *values;
    int64_t lag;
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
    rqa_surrogates *u;
    rqa_test *t;
    rqa_bootstrap *b;
    const rqa_metrics *none = NULL, *const *results = &none;
    int32_t method;
    ck_fails(rqa_surrogates_create(NULL, series, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_surrogates_create(&u, NULL, NULL), RQA_ERROR_NULL, "series");
    ck_fails(rqa_surrogates_spectrum_error(NULL, 0, &value, NULL), RQA_ERROR_NULL, "surrogates");
    ck_fails(rqa_surrogates_twins(NULL, &number, &number), RQA_ERROR_NULL, "surrogates");
    ck_fails(rqa_border_from_name(NULL, "kelo"), RQA_ERROR_NULL, "out");
    ck_fails(rqa_border_from_name(&method, NULL), RQA_ERROR_NULL, "name");
    ck_fails(rqa_border_from_name(&method, "keli"), RQA_ERROR_UNKNOWN_NAME, "keli|dibo-semi");
    ck_fails(rqa_surrogate_method_from_name(NULL, "twin"), RQA_ERROR_NULL, "out");
    ck_fails(rqa_surrogate_method_from_name(&method, NULL), RQA_ERROR_NULL, "name");
    ck_fails(rqa_test_create(NULL, series, NULL, NULL, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_test_create(&t, NULL, NULL, NULL, NULL), RQA_ERROR_NULL, "x is");
    ck_fails(rqa_test_create(&t, series, NULL, NULL, NULL), RQA_ERROR_NULL, "surrogates");
    ck_fails(rqa_test_get(NULL, 0, NULL), RQA_ERROR_NULL, "test");
    ck_fails(rqa_test_values(NULL, 0, NULL, NULL), RQA_ERROR_NULL, "test");
    ck_fails(rqa_bootstrap_create(NULL, results, 1, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_bootstrap_create(&b, NULL, 1, NULL), RQA_ERROR_NULL, "metrics");
    ck_fails(rqa_bootstrap_create(&b, results, 1, NULL), RQA_ERROR_NULL, "metrics[0]");
    ck_fails(rqa_bootstrap_get(NULL, 0, 0, NULL), RQA_ERROR_NULL, "bootstrap");
    ck_fails(rqa_plot_write_png(NULL, embedding, NULL, NULL, NULL), RQA_ERROR_NULL, "path");
    ck_fails(rqa_plot_write_png("x.png", NULL, NULL, NULL, NULL), RQA_ERROR_NULL, "x");
    ck_fails(rqa_distance_plot_write_png(NULL, embedding, NULL, NULL, NULL), RQA_ERROR_NULL, "path");
    ck_fails(rqa_distance_plot_write_png("x.png", NULL, NULL, NULL, NULL), RQA_ERROR_NULL, "x");
    rqa_suggestion *suggestion = (rqa_suggestion *)1;
    const double *curve;
    ck_fails(rqa_suggest_compute(NULL, series, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_suggest_compute(&suggestion, NULL, NULL), RQA_ERROR_NULL, "series");
    ck_assert_ptr_null(suggestion);
    ck_fails(rqa_suggestion_value(NULL, 0, &value), RQA_ERROR_NULL, "suggestion");
    ck_fails(rqa_suggestion_curve(NULL, 0, &curve, &n), RQA_ERROR_NULL, "suggestion");
    ck_fails(rqa_matrix_write_png(NULL, "x.png", NULL), RQA_ERROR_NULL, "matrix");
    ck_fails(rqa_lag_profile_compute(NULL, embedding, NULL, NULL, 1), RQA_ERROR_NULL, "out");
    ck_fails(rqa_lag_profile_compute(&lags, NULL, NULL, NULL, 1), RQA_ERROR_NULL, "x");
    ck_assert_ptr_null(lags);
    ck_fails(rqa_lag_profile_lags(NULL, &lag, &n), RQA_ERROR_NULL, "profile");
    ck_fails(rqa_lag_profile_values(NULL, 0, &values), RQA_ERROR_NULL, "profile");
    ck_fails(rqa_lag_profile_counts(NULL, 0, &points), RQA_ERROR_NULL, "profile");
    ck_fails(rqa_lag_profile_lag_of_max(NULL, &lag, NULL), RQA_ERROR_NULL, "profile");
    ck_assert_int_eq(rqa_lag_profile_reason(NULL, 0, 0), RQA_REASON_NOT_COMPUTED);
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
    ck_assert_ptr_null(rqa_suggestion_rule(NULL, 0));
    ck_assert_ptr_null(rqa_suggestion_warning(NULL, 0));
    rqa_suggestion_destroy(NULL);
}
END_TEST

/* A test whose surrogates are `u`, and the intervals of `metrics`. */
START_TEST(significance)
{
    static const double constant[8] = {2, 2, 2, 2, 2, 2, 2, 2}, ramp[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    const double huge[8] = {1e200, 1, 2, 3, 4, 5, 6, 7}, holes[8] = {0, NAN, 2, 3, NAN, 5, 6, 7};
    rqa_surrogate_options o;
    rqa_surrogates *u = NULL, *other = NULL;
    rqa_series_options skip;
    rqa_series *s;
    int32_t method;
    rqa_surrogate_options_init(&o);
    ck_fails(rqa_surrogate_method_from_name(&method, "wavelet"), RQA_ERROR_UNKNOWN_NAME,
             "wavelet|shuffle phase aaft iaaft twin");
    o.count = 0;
    ck_fails(rqa_surrogates_create(&u, series, &o), RQA_ERROR_VALUE, "count is 0|1..1000000");
    o.count = 1000001;
    ck_fails(rqa_surrogates_create(&u, series, &o), RQA_ERROR_VALUE, "count is 1000001");
    o.count = 3;
    o.method = 5;
    ck_fails(rqa_surrogates_create(&u, series, &o), RQA_ERROR_VALUE, "method is 5|0..4");
    o.method = -1;
    ck_fails(rqa_surrogates_create(&u, series, &o), RQA_ERROR_VALUE, "method is -1");
    o.method = RQA_SURROGATE_IAAFT;
    o.max_iterations = 0;
    ck_fails(rqa_surrogates_create(&u, series, &o), RQA_ERROR_VALUE, "max_iterations is 0");
    o.max_iterations = 100;
    s = support_series(context, constant, 8, 1);
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_CONSTANT, "constant");
    rqa_series_destroy(s);
    s = support_series(context, ramp, 3, 1);
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_TOO_SHORT, "3 samples|at least 4");
    rqa_series_destroy(s);
    s = support_series(context, huge, 8, 1);
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_VALUE, "1e+200|1e+120");
    rqa_series_destroy(s);
    rqa_series_options_init(&skip);
    skip.missing = RQA_MISSING_SKIP;
    ck_ok(rqa_series_create(&s, context, holes, 8, 1, &skip));
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_NOT_FINITE, "2 of 8|missing");
    rqa_series_destroy(s);
    o.method = RQA_SURROGATE_TWIN;
    s = support_series(context, ramp, 8, 1);
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_UNSUPPORTED, "no two of the 8 vectors");
    rqa_analysis_options nothing = support_options(0, 0, 0); /* columns without a point are no twins */
    nothing.compare = RQA_COMPARE_LT;
    o.min_distance = 1;
    o.analysis = &nothing;
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_UNSUPPORTED, "no two of the 8 vectors");
    o.analysis = NULL;
    o.dim = 0;
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_VALUE, "dim is 0");
    o.dim = 3;
    o.delay = 4;
    ck_fails(rqa_surrogates_create(&u, s, &o), RQA_ERROR_TOO_SHORT, "dim 3 with delay 4");
    ck_assert_ptr_null(u);

    rqa_test *t = NULL;
    rqa_test_options how;
    rqa_test_result result = {.struct_size = sizeof result};
    const double *values;
    size_t n;
    double error;
    uint64_t number;
    rqa_analysis_options only_det = support_options(0, 0, 1);
    only_det.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET);
    rqa_test_options_init(&how);
    how.analysis = &only_det;
    o.method = RQA_SURROGATE_SHUFFLE;
    ck_ok(rqa_surrogates_create(&other, s, &o));
    ck_fails(rqa_test_create(&t, series, NULL, other, &how), RQA_ERROR_MISMATCH,
             "8 samples of 1 channels and x has 40 of 2");
    rqa_surrogates_destroy(other);
    rqa_series_destroy(s);
    ck_ok(rqa_surrogates_create(&u, series, &o));
    ck_fails(rqa_surrogates_spectrum_error(u, 3, &error, NULL), RQA_ERROR_VALUE, "number is 3");
    ck_fails(rqa_surrogates_spectrum_error(u, 0, NULL, NULL), RQA_ERROR_NULL, "error");
    ck_fails(rqa_surrogates_twins(u, NULL, &number), RQA_ERROR_NULL, "n_pairs");
    ck_fails(rqa_surrogates_twins(u, &number, NULL), RQA_ERROR_NULL, "n_vectors");
    how.dim = 0;
    ck_fails(rqa_test_create(&t, series, NULL, u, &how), RQA_ERROR_VALUE, "dim");
    how.dim = 1;
    how.reserved = 1;
    ck_fails(rqa_test_create(&t, series, NULL, u, &how), RQA_ERROR_VALUE, "reserved is 1");
    how.reserved = 0;
    ck_assert_ptr_null(t);
    ck_ok(rqa_test_create(&t, series, NULL, u, &how));
    ck_fails(rqa_test_get(t, RQA_MEASURE_LAM, &result), RQA_ERROR_STATE, "lam was not tested");
    ck_fails(rqa_test_get(t, -1, &result), RQA_ERROR_VALUE, "measure is -1");
    ck_fails(rqa_test_get(t, 1, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_test_values(t, RQA_MEASURE_LAM, &values, &n), RQA_ERROR_STATE, "lam");
    ck_fails(rqa_test_values(t, 1, NULL, &n), RQA_ERROR_NULL, "values");
    ck_fails(rqa_test_values(t, 1, &values, NULL), RQA_ERROR_NULL, "n is");
    rqa_test_destroy(t);
    ck_assert_ptr_null(rqa_surrogates_series(u, 3));
    ck_assert_ptr_null(rqa_surrogates_series(NULL, 0));
    ck_assert_uint_eq(rqa_surrogates_count(NULL), 0);
    ck_assert_ptr_null(rqa_surrogate_method_name(5));
    ck_assert_ptr_null(rqa_surrogate_method_name(-1));
    rqa_surrogates_destroy(u);
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
        p->struct_size = 8; /* below that of any release */                                        \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size");                                      \
        p->struct_size = UINT32_MAX;                                                               \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "struct_size");                                      \
        p->struct_size = sizeof block;                                                             \
        ck_ok(CALL);                                                                               \
        UNDO;                                                                                      \
        block.byte[sizeof block - 1] = 1;                                                          \
        ck_fails(CALL, RQA_ERROR_STRUCT_SIZE, "does not know");                                    \
    } while (0)

static void init_windows(rqa_windows_options *options)
{
    rqa_windows_options_init(options);
    options->window = 20;
}

static void init_stream(rqa_stream_options *options)
{
    rqa_stream_options_init(options);
    options->window = 20;
}

static rqa_windows *make_windows(uint64_t window, uint64_t measures)
{
    rqa_windows *windows;
    rqa_analysis_options options;
    rqa_windows_options windows_options;
    rqa_analysis_options_init(&options);
    rqa_windows_options_init(&windows_options);
    options.measures = measures;
    windows_options.window = window;
    ck_ok(rqa_windows_compute(&windows, embedding, NULL, &options, &windows_options));
    return windows;
}

static void lines_init(rqa_line_counts *lines)
{
    static const rqa_line_bin none;
    *lines = (rqa_line_counts){
        .struct_size = sizeof *lines, .lmin = 2, .vmin = 2, .diagonal = &none, .vertical = &none};
}

START_TEST(intervals)
{
    const rqa_metrics *m[2] = {metrics, NULL};
    rqa_bootstrap *b;
    rqa_bootstrap_options o;
    rqa_interval interval = {.struct_size = sizeof interval};
    rqa_analysis_options a = support_options(0, RQA_NORM_EUCLIDEAN, 1);
    rqa_bootstrap_options_init(&o);
    o.count = 0;
    ck_fails(rqa_bootstrap_create(&b, m, 1, &o), RQA_ERROR_VALUE, "count is 0");
    o.count = 10;
    o.level = 1;
    ck_fails(rqa_bootstrap_create(&b, m, 1, &o), RQA_ERROR_VALUE, "level is 1|between 0 and 1");
    o.level = NAN;
    ck_fails(rqa_bootstrap_create(&b, m, 1, &o), RQA_ERROR_VALUE, "level is nan");
    o.level = .9;
    o.lines = 2;
    ck_fails(rqa_bootstrap_create(&b, m, 1, &o), RQA_ERROR_VALUE, "lines is 2");
    o.lines = 0;
    ck_fails(rqa_bootstrap_create(&b, m, 0, &o), RQA_ERROR_VALUE, "n_metrics is 0");
    ck_fails(rqa_bootstrap_create(&b, m, 2, &o), RQA_ERROR_NULL, "metrics[1]");
    a.lmin = 3;
    rqa_metrics *other = support_metrics(embedding, NULL, &a);
    m[1] = other;
    ck_fails(rqa_bootstrap_create(&b, m, 2, &o), RQA_ERROR_MISMATCH, "result 1|lmin");
    rqa_metrics_destroy(other);
    a.lmin = 0;
    a.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    m[1] = other = support_metrics(embedding, NULL, &a);
    ck_fails(rqa_bootstrap_create(&b, m + 1, 1, &o), RQA_ERROR_STATE, "neither diagonal nor vertical");
    rqa_metrics_destroy(other);
    a.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET);
    m[1] = other = support_metrics(embedding, NULL, &a);
    ck_assert_ptr_null(b);
    ck_ok(rqa_bootstrap_create(&b, m, 2, &o));
    ck_fails(rqa_bootstrap_get(b, 2, RQA_MEASURE_DET, &interval), RQA_ERROR_VALUE, "result is 2");
    ck_fails(rqa_bootstrap_get(b, 0, -1, &interval), RQA_ERROR_VALUE, "measure is -1");
    ck_fails(rqa_bootstrap_get(b, 0, RQA_MEASURE_L_MAX, &interval), RQA_ERROR_UNSUPPORTED,
             "l_max has no interval");
    ck_fails(rqa_bootstrap_get(b, 0, RQA_MEASURE_LAM, &interval), RQA_ERROR_STATE, "lam");
    ck_fails(rqa_bootstrap_get(b, 0, RQA_MEASURE_DET, NULL), RQA_ERROR_NULL, "out");
    rqa_bootstrap_destroy(b);
    rqa_metrics_destroy(other);
    rqa_line_bin bin[3] = {{1, 9}, {3, 4}, {5, 1}};
    rqa_line_counts lines = {.struct_size = sizeof lines, .lmin = 2, .vmin = 2, .diagonal = bin,
                             .n_diagonal = 3};
    ck_fails(rqa_bootstrap_create_from_lines(NULL, &lines, 1, &o), RQA_ERROR_NULL, "out");
    ck_fails(rqa_bootstrap_create_from_lines(&b, NULL, 1, &o), RQA_ERROR_NULL, "lines");
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 0, &o), RQA_ERROR_VALUE, "n_results is 0");
    lines.convention = 99;
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 1, &o), RQA_ERROR_VALUE, "convention is 99");
    lines.convention = 0;
    lines.relation = 3;
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 1, &o), RQA_ERROR_VALUE, "relation is 3");
    lines.relation = 0;
    lines.lmin = 0;
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 1, &o), RQA_ERROR_VALUE, "lmin is 0");
    lines.lmin = 2;
    bin[2].length = 3;
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 1, &o), RQA_ERROR_VALUE,
             "class 2 of the diagonal lines|3");
    bin[2].length = 5;
    bin[0].length = 0;
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 1, &o), RQA_ERROR_VALUE, "class 0");
    bin[0].length = 1;
    bin[1].count = UINT64_MAX;
    bin[2].count = UINT64_MAX;
    ck_fails(rqa_bootstrap_create_from_lines(&b, &lines, 1, &o), RQA_ERROR_OVERFLOW, "2^62");
    ck_assert_ptr_null(b);
    bin[1].count = bin[2].count = 2;
    CHECK_INPUT_SIZE(rqa_line_counts, lines_init, rqa_bootstrap_create_from_lines(&b, p, 1, NULL),
                     rqa_bootstrap_destroy(b));
}
END_TEST

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
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_distance_plot_write_png(path, embedding, NULL, p, NULL), unlink(path));
    rqa_lag_profile *lags = NULL;
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_lag_profile_compute(&lags, embedding, NULL, p, 1),
                     rqa_lag_profile_destroy(lags));
    rqa_windows *w = NULL;
    rqa_stream *stream = NULL;
    CHECK_INPUT_SIZE(rqa_windows_options, init_windows,
                     rqa_windows_compute(&w, embedding, NULL, NULL, p), rqa_windows_destroy(w));
    CHECK_INPUT_SIZE(rqa_stream_options, init_stream,
                     rqa_stream_create(&stream, context, 1, 1, 1, NULL, p),
                     rqa_stream_destroy(stream));
    rqa_surrogates *u = NULL, *kept;
    rqa_test *t = NULL;
    rqa_bootstrap *b = NULL;
    CHECK_INPUT_SIZE(rqa_surrogate_options, rqa_surrogate_options_init,
                     rqa_surrogates_create(&u, series, p), rqa_surrogates_destroy(u));
    ck_ok(rqa_surrogates_create(&kept, series, NULL));
    CHECK_INPUT_SIZE(rqa_test_options, rqa_test_options_init,
                     rqa_test_create(&t, series, NULL, kept, p), rqa_test_destroy(t));
    rqa_surrogates_destroy(kept);
    CHECK_INPUT_SIZE(rqa_bootstrap_options, rqa_bootstrap_options_init,
                     rqa_bootstrap_create(&b, (const rqa_metrics *const *)&metrics, 1, p),
                     rqa_bootstrap_destroy(b));
}
END_TEST

/* Every field of the options of a suggestion, and the numbers of its getters. */
START_TEST(suggestions)
{
    double x[30], number;
    const double *curve;
    size_t n;
    rqa_series *own;
    rqa_suggestion *s = NULL;
    for (int i = 0; i < 30; i++)
        x[i] = i * 7 % 30;
    ck_ok(rqa_series_create(&own, context, x, 30, 1, NULL));
#define REFUSED(field, number, words)                                                              \
    do {                                                                                           \
        rqa_suggest_options o;                                                                     \
        rqa_suggest_options_init(&o);                                                              \
        o.field = (number);                                                                        \
        ck_fails(rqa_suggest_compute(&s, own, &o), RQA_ERROR_VALUE, words);                        \
        ck_assert_ptr_null(s);                                                                     \
    } while (0)
    REFUSED(max_lag, 29, "max_lag is 29|1..28");
    REFUSED(max_dim, 0, "max_dim is 0|1..100");
    REFUSED(max_dim, 101, "max_dim is 101|1..100");
    REFUSED(bins, 1, "bins is 1|2..256");
    REFUSED(bins, 257, "bins is 257|2..256");
    REFUSED(mi_estimator, 2, "mi_estimator is 2|0 (bins)|1 (ksg)");
    REFUSED(mi_estimator, -1, "mi_estimator is -1");
    REFUSED(ksg_k, 0, "ksg_k is 0|1..64");
    REFUSED(theiler, 0, "theiler is 0|1..2147483647");
    REFUSED(delay, UINT32_MAX, "delay is 4294967295");
    REFUSED(norm, 3, "norm is 3|0..2");
    REFUSED(reserved, 1, "reserved is 1");
    REFUSED(fnn_rtol, 0, "fnn_rtol is 0|positive");
    REFUSED(fnn_rtol, NAN, "fnn_rtol is nan");
    REFUSED(fnn_atol, INFINITY, "fnn_atol is inf|positive");
    REFUSED(fnn_fraction, 1.5, "fnn_fraction is 1.5|0..1");
    REFUSED(fnn_fraction, NAN, "fnn_fraction is nan");
#undef REFUSED
    CHECK_INPUT_SIZE(rqa_suggest_options, rqa_suggest_options_init,
                     rqa_suggest_compute(&s, own, p), rqa_suggestion_destroy(s));
    ck_ok(rqa_suggest_compute(&s, own, NULL));
    ck_fails(rqa_suggestion_value(s, 0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_suggestion_value(s, RQA_SUGGESTION_SD02 + 1, &number), RQA_ERROR_VALUE, "item|0..7");
    ck_fails(rqa_suggestion_curve(s, 0, NULL, &n), RQA_ERROR_NULL, "values");
    ck_fails(rqa_suggestion_curve(s, 0, &curve, NULL), RQA_ERROR_NULL, "n");
    ck_fails(rqa_suggestion_curve(s, -1, &curve, &n), RQA_ERROR_VALUE, "curve is -1|0..10");
    ck_assert_ptr_null(rqa_suggestion_rule(s, -1));
    ck_assert_ptr_null(rqa_suggestion_warning(s, 100));
    rqa_suggestion_destroy(s);
    rqa_series_destroy(own);
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
        p->struct_size = 8; /* below that of any release */                                        \
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
    rqa_surrogate_options o;
    rqa_surrogates *u;
    rqa_test *t;
    rqa_bootstrap *b;
    rqa_surrogate_options_init(&o);
    o.count = 3;
    ck_ok(rqa_surrogates_create(&u, series, &o));
    ck_ok(rqa_test_create(&t, series, NULL, u, NULL));
    CHECK_OUTPUT_SIZE(rqa_test_result, rqa_test_get(t, RQA_MEASURE_DET, p));
    rqa_test_destroy(t);
    rqa_surrogates_destroy(u);
    ck_ok(rqa_bootstrap_create(&b, (const rqa_metrics *const *)&metrics, 1, NULL));
    CHECK_OUTPUT_SIZE(rqa_interval, rqa_bootstrap_get(b, 0, RQA_MEASURE_DET, p));
    rqa_bootstrap_destroy(b);
    rqa_windows *windows = make_windows(20, 1);
    CHECK_OUTPUT_SIZE(rqa_provenance, rqa_windows_provenance(windows, p));
    CHECK_OUTPUT_SIZE(rqa_window, rqa_windows_at(windows, 0, p));
    rqa_windows_destroy(windows);
}
END_TEST

#define WINDOWS_FAIL(field, value, code, words)                                                    \
    do {                                                                                           \
        rqa_windows_options o_;                                                                    \
        rqa_windows *w_ = NULL;                                                                    \
        rqa_windows_options_init(&o_);                                                             \
        o_.window = 20;                                                                            \
        o_.field = value;                                                                          \
        ck_fails(rqa_windows_compute(&w_, embedding, NULL, NULL, &o_), code, words);               \
        ck_assert_ptr_null(w_);                                                                    \
    } while (0)

START_TEST(windows_options)
{
    const double *values;
    rqa_windows *windows;
    rqa_window window = {.struct_size = sizeof window};
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    rqa_windows_options options;
    rqa_windows_options_init(&options);
    WINDOWS_FAIL(window, 0, RQA_ERROR_VALUE, "windows->window is 0|40 samples");
    WINDOWS_FAIL(window, 41, RQA_ERROR_VALUE, "windows->window is 41|has 40");
    WINDOWS_FAIL(window, 4, RQA_ERROR_TOO_SHORT, "window of 4 samples has 1 vectors|dim 2|delay 3");
    WINDOWS_FAIL(step, 0, RQA_ERROR_VALUE, "windows->step is 0");
    WINDOWS_FAIL(scope, 2, RQA_ERROR_VALUE, "windows->scope is 2|0..1");
    ck_fails(rqa_windows_compute(NULL, embedding, NULL, NULL, &options), RQA_ERROR_NULL, "out");
    ck_fails(rqa_windows_compute(&windows, NULL, NULL, NULL, &options), RQA_ERROR_NULL, "x");
    ck_fails(rqa_windows_compute(&windows, embedding, NULL, NULL, NULL), RQA_ERROR_NULL, "windows");
    windows = make_windows(20, RQA_MEASURE_BIT(RQA_MEASURE_DET));
    ck_fails(rqa_windows_at(NULL, 0, &window), RQA_ERROR_NULL, "windows");
    ck_fails(rqa_windows_at(windows, 0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_windows_at(windows, 21, &window), RQA_ERROR_VALUE, "index is 21|0..20");
    ck_fails(rqa_windows_values(NULL, 0, &values, NULL, NULL), RQA_ERROR_NULL, "windows");
    ck_fails(rqa_windows_values(windows, 0, NULL, NULL, NULL), RQA_ERROR_NULL, "values");
    ck_fails(rqa_windows_values(windows, -1, &values, NULL, NULL), RQA_ERROR_VALUE, "measure is -1");
    ck_fails(rqa_windows_values(windows, RQA_MEASURE_RR, &values, NULL, NULL), RQA_ERROR_STATE,
             "rr is not in");
    ck_fails(rqa_windows_provenance(NULL, &provenance), RQA_ERROR_NULL, "windows");
    ck_fails(rqa_windows_provenance(windows, NULL), RQA_ERROR_NULL, "provenance");
    ck_assert_uint_eq(rqa_windows_count(NULL), 0);
    rqa_windows_destroy(windows);
    rqa_windows_destroy(NULL);
}
END_TEST

#define STREAM_FAILS(field, value, code, words)                                                    \
    do {                                                                                           \
        rqa_stream_options o_;                                                                     \
        rqa_stream *s_ = NULL;                                                                     \
        rqa_stream_options_init(&o_);                                                              \
        o_.window = 20;                                                                            \
        o_.field = value;                                                                          \
        ck_fails(rqa_stream_create(&s_, context, 1, 2, 3, NULL, &o_), code, words);                \
        ck_assert_ptr_null(s_);                                                                    \
    } while (0)

#define STREAM_OF_FAILS(field, value, code, words)                                                 \
    do {                                                                                           \
        rqa_analysis_options a_;                                                                   \
        rqa_analysis_options_init(&a_);                                                            \
        a_.field = value;                                                                          \
        ck_fails(rqa_stream_create(&stream, context, 1, 2, 3, &a_, &options), code, words);        \
        ck_assert_ptr_null(stream);                                                                \
    } while (0)

START_TEST(stream_options)
{
    static const double samples[4] = {1, 2, INFINITY, 3};
    double value;
    rqa_stream *stream = NULL;
    rqa_stream_options options;
    rqa_stream_options_init(&options);
    STREAM_FAILS(window, 0, RQA_ERROR_VALUE, "stream->window is 0");
    STREAM_FAILS(window, 4, RQA_ERROR_TOO_SHORT, "window of 4 samples has 1 vectors");
    STREAM_FAILS(window, 50000, RQA_ERROR_VALUE, "has 49997 vectors|46340");
    STREAM_FAILS(missing, 2, RQA_ERROR_VALUE, "stream->missing is 2");
    options.window = 20;
    ck_fails(rqa_stream_create(NULL, context, 1, 1, 1, NULL, &options), RQA_ERROR_NULL, "out");
    ck_fails(rqa_stream_create(&stream, NULL, 1, 1, 1, NULL, &options), RQA_ERROR_NULL, "context");
    ck_fails(rqa_stream_create(&stream, context, 1, 1, 1, NULL, NULL), RQA_ERROR_NULL, "stream");
    ck_fails(rqa_stream_create(&stream, context, 0, 1, 1, NULL, &options), RQA_ERROR_VALUE,
             "n_channels is 0");
    ck_fails(rqa_stream_create(&stream, context, 1, 0, 1, NULL, &options), RQA_ERROR_VALUE,
             "dim is 0");
    ck_fails(rqa_stream_create(&stream, context, 1, 1, 0, NULL, &options), RQA_ERROR_VALUE,
             "delay is 0");
    STREAM_OF_FAILS(threshold_unit, RQA_THRESHOLD_STD, RQA_ERROR_UNSUPPORTED, "threshold_unit is std|only data");
    STREAM_OF_FAILS(relation, RQA_RELATION_CROSS, RQA_ERROR_UNSUPPORTED, "relation");
    STREAM_OF_FAILS(threshold, 1e-200, RQA_ERROR_VALUE, "threshold is 1e-200|2^-400");
    STREAM_OF_FAILS(threshold, -1, RQA_ERROR_VALUE, "threshold is -1");
    ck_ok(rqa_stream_create(&stream, context, 1, 2, 3, NULL, &options));
    ck_fails(rqa_stream_push(stream, samples, 4), RQA_ERROR_NOT_FINITE, "sample 2");
    ck_assert_uint_eq(rqa_stream_n_samples(stream), 0);
    ck_fails(rqa_stream_push(NULL, samples, 2), RQA_ERROR_NULL, "stream");
    ck_fails(rqa_stream_push(stream, NULL, 2), RQA_ERROR_NULL, "samples");
    ck_fails(rqa_stream_get(NULL, 0, &value), RQA_ERROR_NULL, "stream");
    ck_fails(rqa_stream_get(stream, 0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_stream_get(stream, -1, &value), RQA_ERROR_VALUE, "measure is -1");
    ck_fails(rqa_stream_values(NULL, &value, NULL, 1), RQA_ERROR_NULL, "stream");
    ck_fails(rqa_stream_values(stream, NULL, NULL, 1), RQA_ERROR_NULL, "values");
    ck_fails(rqa_stream_reset(NULL), RQA_ERROR_NULL, "stream");
    ck_assert_int_eq(rqa_stream_reason(NULL, 0), RQA_REASON_NOT_COMPUTED);
    ck_assert_uint_eq(rqa_stream_n_samples(NULL), 0);
    rqa_stream_destroy(stream);
    rqa_stream_destroy(NULL);
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
    OPTION_FAILS(border, 9, RQA_ERROR_VALUE, "border is 9");
    OPTION_FAILS(border, -1, RQA_ERROR_VALUE, "border is -1");
    OPTION_FAILS(relation, RQA_RELATION_CROSS, RQA_ERROR_NULL, "relation|cross|y");
    OPTION_FAILS(relation, RQA_RELATION_JOINT, RQA_ERROR_NULL, "relation|joint|y");
    OPTION_FAILS(threshold_unit, 8, RQA_ERROR_VALUE, "threshold_unit is 8");
    OPTION_FAILS(corridor, 2, RQA_ERROR_VALUE, "corridor is 2");
    OPTION_FAILS(ties, 2, RQA_ERROR_VALUE, "ties is 2");
    OPTION_FAILS(ties, 1, RQA_ERROR_VALUE, "ties is index|neighbours");
    OPTION_FAILS(threshold_lower, .5, RQA_ERROR_VALUE, "threshold_lower is 0.5|corridor is 0");
    OPTION_FAILS(corridor, 1, RQA_ERROR_VALUE, "threshold_lower is 0|below options->threshold, 0");
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

/* Thresholds that do not fit their unit, and what does not go together. */
static void unit_fails(int32_t unit, double threshold, rqa_status code, const char *words)
{
    rqa_analysis_options o;
    rqa_metrics *m = (rqa_metrics *)1;
    rqa_matrix *a = (rqa_matrix *)1;
    rqa_analysis_options_init(&o);
    o.threshold_unit = unit;
    o.threshold = threshold;
    ck_fails(rqa_metrics_compute(&m, embedding, NULL, &o), code, words);
    ck_fails(rqa_matrix_create(&a, embedding, NULL, &o), code, words);
    ck_assert_ptr_null(m);
    ck_assert_ptr_null(a);
}

START_TEST(threshold_units)
{
    const int32_t rate = RQA_THRESHOLD_RECURRENCE_RATE, k = RQA_THRESHOLD_NEIGHBOURS;
    const int32_t share = RQA_THRESHOLD_NEIGHBOUR_RATE;
    unit_fails(rate, 0, RQA_ERROR_VALUE, "threshold is 0|above 0 and at most 1");
    unit_fails(rate, 1.5, RQA_ERROR_VALUE, "threshold is 1.5|at most 1");
    unit_fails(rate, NAN, RQA_ERROR_VALUE, "threshold is nan");
    unit_fails(share, 0, RQA_ERROR_VALUE, "threshold is 0|above 0");
    unit_fails(share, -1, RQA_ERROR_VALUE, "threshold is -1");
    unit_fails(k, 0, RQA_ERROR_VALUE, "threshold is 0|1, 2, 3");
    unit_fails(k, 2.5, RQA_ERROR_VALUE, "threshold is 2.5|1, 2, 3");
    unit_fails(k, INFINITY, RQA_ERROR_VALUE, "threshold is inf");
    unit_fails(k, 500, RQA_ERROR_VALUE, "500 neighbours|others at most");
    rqa_analysis_options o = support_options(RQA_CONVENTION_NEUROKIT, RQA_NORM_EUCLIDEAN, 3);
    rqa_metrics *m;
    o.threshold_unit = k;
    ck_fails(rqa_metrics_compute(&m, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED, "neurokit|triangle");
    o.convention = RQA_CONVENTION_STANDARD;
    o.corridor = 1;
    ck_fails(rqa_metrics_compute(&m, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED,
             "corridor|neighbours");
    o.threshold_unit = rate;
    o.threshold = .1;
    ck_fails(rqa_metrics_compute(&m, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED, "corridor|rate");
    o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1);
    o.relation = RQA_RELATION_JOINT;
    o.corridor = 1;
    o.threshold_lower = .5;
    o.threshold_y = .5;
    ck_fails(rqa_metrics_compute(&m, embedding, embedding, &o), RQA_ERROR_VALUE,
             "threshold_lower is 0.5|threshold_y, 0.5");
    o.threshold_lower = INFINITY;
    ck_fails(rqa_metrics_compute(&m, embedding, embedding, &o), RQA_ERROR_VALUE, "lower is inf");
}
END_TEST

static void cells_fail(const rqa_analysis_options *o, const rqa_embedding *y, rqa_status code,
                       const char *words)
{
    rqa_metrics *m = (rqa_metrics *)1;
    rqa_matrix *a = (rqa_matrix *)1;
    ck_fails(rqa_metrics_compute(&m, embedding, y, o), code, words);
    ck_fails(rqa_matrix_create(&a, embedding, y, o), code, words);
    ck_assert_ptr_null(m);
    ck_assert_ptr_null(a);
}

/* Skeletons and directions: numbers out of their range, and what does not go together. */
START_TEST(rules_on_cells)
{
    OPTION_FAILS(skeleton, 2, RQA_ERROR_VALUE, "skeleton is 2");
    OPTION_FAILS(direction, 3, RQA_ERROR_VALUE, "direction is 3");
    OPTION_FAILS(direction, -1, RQA_ERROR_VALUE, "direction is -1");
    OPTION_FAILS(direction, 1, RQA_ERROR_VALUE, "direction_bound is 0|isodirectional|at most 2");
    OPTION_FAILS(direction, 2, RQA_ERROR_VALUE, "direction_bound is 0|perpendicular|at most 1");
    OPTION_FAILS(direction_bound, .5, RQA_ERROR_VALUE, "direction_bound is 0.5|direction is 0");
    OPTION_FAILS(direction_bound, NAN, RQA_ERROR_VALUE, "direction_bound is nan");
    OPTION_FAILS(direction_lag, 3, RQA_ERROR_VALUE, "direction_lag is 3|isodirectional");
    OPTION_FAILS(reserved, 1, RQA_ERROR_VALUE, "reserved is 1");
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1);
    o.direction = RQA_DIRECTION_ISODIRECTIONAL;
    o.direction_bound = 2.5;
    cells_fail(&o, NULL, RQA_ERROR_VALUE, "direction_bound is 2.5|isodirectional");
    o.direction_bound = .5;
    o.direction_lag = 500;
    cells_fail(&o, NULL, RQA_ERROR_VALUE, "direction_lag|isodirectional|500|is allowed");
    o.direction_lag = 0;
    o.direction = RQA_DIRECTION_PERPENDICULAR;
    o.direction_bound = 1.5;
    cells_fail(&o, NULL, RQA_ERROR_VALUE, "direction_bound is 1.5|perpendicular");
    o.direction_bound = .5;
    o.skeleton = 1;
    cells_fail(&o, NULL, RQA_ERROR_UNSUPPORTED, "skeleton|symmetric|perpendicular");
    o.skeleton = 0;
    o.convention = RQA_CONVENTION_NEUROKIT;
    cells_fail(&o, NULL, RQA_ERROR_UNSUPPORTED, "neurokit|triangle|perpendicular");
    o.convention = RQA_CONVENTION_STANDARD;
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_RPDE);
    cells_fail(&o, NULL, RQA_ERROR_UNSUPPORTED, "rpde|symmetric|perpendicular");
    o.measures = 0;
    o.threshold = 5;
    o.border = RQA_BORDER_KELO_SEMI;
    static const int32_t of_columns[] = {RQA_THRESHOLD_NEIGHBOURS, RQA_THRESHOLD_NEIGHBOUR_RATE,
                                         RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS};
    for (size_t k = 0; k < sizeof of_columns / sizeof *of_columns; k++) {
        o.threshold_unit = of_columns[k];
        o.threshold = of_columns[k] == RQA_THRESHOLD_NEIGHBOUR_RATE ? .1 : 5;
        for (o.direction = RQA_DIRECTION_ANY; o.direction <= RQA_DIRECTION_PERPENDICULAR; o.direction++) {
            o.direction_bound = o.direction == RQA_DIRECTION_ANY ? 0 : .5;
            rqa_metrics *m = (rqa_metrics *)1;
            ck_fails(rqa_metrics_compute(&m, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED, "options");
            ck_assert_ptr_null(m);
        }
    }
    o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1);
    o.skeleton = 1;
    o.relation = RQA_RELATION_CROSS;
    cells_fail(&o, embedding, RQA_ERROR_UNSUPPORTED, "skeleton|symmetric|cross");
    o.relation = RQA_RELATION_AUTO;
    o.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
    cells_fail(&o, NULL, RQA_ERROR_UNSUPPORTED, "skeleton|symmetric|neighbours");
    o.threshold_unit = RQA_THRESHOLD_DATA;
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_TRANSITIVITY);
    cells_fail(&o, NULL, RQA_ERROR_UNSUPPORTED, "transitivity|skeleton");
    o.threshold = 0;
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_CAT_ENTROPY);
    cells_fail(&o, NULL, RQA_ERROR_UNSUPPORTED, "cat_entropy|skeleton");
}
END_TEST

START_TEST(rules_on_cells_elsewhere)
{
    static const uint32_t one[] = {1};
    static const double threshold[] = {.5};
    static const uint8_t cells[4];
    for (int k = 0; k < 2; k++) {
        const char *const name = k ? "direction" : "skeleton";
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1);
        rqa_batch_options b;
        rqa_batch *batch = NULL;
        rqa_matrix *given = NULL;
        rqa_metrics *m = NULL;
        rqa_network *network = NULL;
        rqa_correlation_sum *sum = NULL;
        rqa_lag_profile *profile = NULL;
        rqa_stream *stream = NULL;
        rqa_stream_options moving;
        double det;
        o.skeleton = k == 0;
        o.direction = k;
        o.direction_bound = k;
        rqa_batch_options_init(&b);
        b.dims = b.delays = b.lmins = b.vmins = one;
        b.n_dims = b.n_delays = b.n_lmins = b.n_vmins = b.n_thresholds = 1;
        b.thresholds = threshold;
        b.analysis = &o;
        ck_fails(rqa_batch_create(&batch, context, &b), RQA_ERROR_UNSUPPORTED, name);
        ck_ok(rqa_matrix_from_bytes(&given, context, cells, 2, 2, 0));
        ck_fails(rqa_metrics_from_matrix(&m, given, &o), RQA_ERROR_UNSUPPORTED, name);
        rqa_matrix_destroy(given);
        ck_fails(rqa_network_create(&network, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED, name);
        ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, threshold, 1),
                 RQA_ERROR_UNSUPPORTED, name);
        rqa_stream_options_init(&moving);
        moving.window = 20;
        ck_fails(rqa_stream_create(&stream, context, 1, 1, 1, &o, &moving), RQA_ERROR_UNSUPPORTED, name);
        ck_fails(rqa_lag_profile_compute(&profile, embedding, NULL, &o, 3), RQA_ERROR_UNSUPPORTED, name);
        ck_fails(rqa_det_estimate(&det, NULL, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED, name);
    }
}
END_TEST

/* What a batch of these rules says. */
static void batch_fails(const rqa_analysis_options *analysis, double threshold, rqa_status status,
                        const char *words)
{
    static const uint32_t one[] = {1};
    const double thresholds[] = {3, threshold};
    rqa_batch *batch = NULL;
    rqa_batch_options b;
    rqa_batch_options_init(&b);
    b.dims = b.delays = b.lmins = b.vmins = one;
    b.n_dims = b.n_delays = b.n_lmins = b.n_vmins = 1;
    b.n_thresholds = 2;
    b.thresholds = thresholds;
    b.analysis = analysis;
    ck_fails(rqa_batch_create(&batch, context, &b), status, words);
    ck_assert_ptr_null(batch);
}

START_TEST(units_in_a_batch)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 3);
    o.threshold_unit = RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS;
    batch_fails(&o, 2, RQA_ERROR_UNSUPPORTED, "adaptive|a batch|rqa_metrics_compute");
    o.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
    batch_fails(&o, 0, RQA_ERROR_VALUE, "thresholds[1] is 0|1, 2, 3");
    batch_fails(&o, 2.5, RQA_ERROR_VALUE, "thresholds[1] is 2.5|1, 2, 3");
    batch_fails(&o, 3, RQA_ERROR_VALUE, "twice");
    o.convention = RQA_CONVENTION_NEUROKIT;
    batch_fails(&o, 2, RQA_ERROR_UNSUPPORTED, "neurokit|triangle");
    o.convention = RQA_CONVENTION_STANDARD;
    o.border = RQA_BORDER_DIBO;
    batch_fails(&o, 2, RQA_ERROR_UNSUPPORTED, "border|nearest neighbours");
    o.border = RQA_BORDER_ALL;
    o.corridor = 1;
    batch_fails(&o, 2, RQA_ERROR_UNSUPPORTED, "corridor|a number of neighbours");
    o.threshold_unit = RQA_THRESHOLD_STD;
    o.threshold_lower = 2;
    batch_fails(&o, 2, RQA_ERROR_VALUE, "threshold_lower is 2|below options->thresholds[1], 2");
    o.corridor = 0;
    batch_fails(&o, 2, RQA_ERROR_VALUE, "threshold_lower is 2|corridor is 0");
    o.threshold_lower = 0;
    o.ties = RQA_TIES_INDEX;
    batch_fails(&o, 2, RQA_ERROR_VALUE, "ties is index|numbers of neighbours");
    o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 3);
    o.backend = RQA_BACKEND_GPU;
    o.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
    batch_fails(&o, 2, RQA_ERROR_BACKEND_MISSING, "backend 'gpu'");
}
END_TEST

static void adaptive_fails(rqa_analysis_options o, rqa_status status, const char *words)
{
    rqa_metrics *m = NULL;
    o.threshold_unit = RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS;
    ck_fails(rqa_metrics_compute(&m, embedding, o.relation ? embedding : NULL, &o), status, words);
    ck_assert_ptr_null(m);
}

START_TEST(adaptive_neighbours_of_what)
{
    const rqa_analysis_options ok = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 3);
    rqa_analysis_options o = ok;
    for (o.relation = 1; o.relation < 3; o.relation++)
        adaptive_fails(o, RQA_ERROR_UNSUPPORTED, "adaptive neighbours|relation is");
    o = ok;
    o.corridor = 1;
    o.threshold_lower = 1;
    adaptive_fails(o, RQA_ERROR_UNSUPPORTED, "corridor|a number of neighbours");
    o = ok;
    o.ties = RQA_TIES_INDEX;
    adaptive_fails(o, RQA_ERROR_VALUE, "ties is index|adaptive ones");
    o = ok;
    o.border = RQA_BORDER_KELO;
    adaptive_fails(o, RQA_ERROR_UNSUPPORTED, "border is kelo|nearest neighbours");
    o = ok;
    o.skeleton = 1;
    adaptive_fails(o, RQA_ERROR_UNSUPPORTED, "skeleton|adaptive neighbours");
    o = ok;
    o.direction = RQA_DIRECTION_ISODIRECTIONAL;
    o.direction_bound = 1;
    adaptive_fails(o, RQA_ERROR_UNSUPPORTED, "direction|adaptive neighbours");
    o = ok;
    o.threshold = 0;
    adaptive_fails(o, RQA_ERROR_VALUE, "threshold is 0|rounds must be 1, 2, 3");
    o.threshold = 1.5;
    adaptive_fails(o, RQA_ERROR_VALUE, "threshold is 1.5|rounds");
    o.threshold = 500;
    adaptive_fails(o, RQA_ERROR_VALUE, "500 rounds of neighbours|others at most");
    o = ok;
    o.backend = RQA_BACKEND_GPU;
    adaptive_fails(o, RQA_ERROR_BACKEND_MISSING, "backend 'gpu'");
    rqa_lag_profile *profile = NULL;
    rqa_windows *windows = NULL;
    rqa_windows_options w;
    o = ok;
    o.threshold_unit = RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS;
    ck_fails(rqa_lag_profile_compute(&profile, embedding, NULL, &o, 3), RQA_ERROR_UNSUPPORTED,
             "adaptive|a profile by lag");
    rqa_windows_options_init(&w);
    w.window = 8;
    for (w.scope = 0; w.scope < 2; w.scope++)
        ck_fails(rqa_windows_compute(&windows, embedding, NULL, &o, &w), RQA_ERROR_UNSUPPORTED,
                 "adaptive|in windows");
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
    ck_fails(rqa_metrics_get(metrics, RQA_MEASURE_COUNT, &value), RQA_ERROR_VALUE,
             "measure is|allowed is 0..");
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

/* A correlation sum, K2, edges and distances. */
START_TEST(null_pointers_of_invariants)
{
    static const double t[2] = {1, 2};
    static const rqa_line_bin bins[1] = {{1, 1}};
    rqa_correlation_sum *sum = (rqa_correlation_sum *)1;
    rqa_adjacency *adjacency = (rqa_adjacency *)1;
    const uint64_t *counts;
    const uint32_t *neighbours;
    const double *curve;
    uint64_t number;
    uint32_t best;
    double value, cells[64];
    size_t n;
    ck_fails(rqa_correlation_sum_compute(NULL, embedding, NULL, NULL, t, 2), RQA_ERROR_NULL, "out");
    ck_fails(rqa_correlation_sum_compute(&sum, NULL, NULL, NULL, t, 2), RQA_ERROR_NULL, "x is");
    ck_assert_ptr_null(sum);
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, NULL, NULL, 2), RQA_ERROR_NULL,
             "thresholds");
    ck_ok(rqa_correlation_sum_compute(&sum, embedding, NULL, NULL, t, 2));
    ck_fails(rqa_correlation_sum_counts(NULL, &counts, &n, &number), RQA_ERROR_NULL, "sum");
    ck_fails(rqa_correlation_sum_counts(sum, NULL, &n, &number), RQA_ERROR_NULL, "points");
    ck_fails(rqa_correlation_sum_counts(sum, &counts, NULL, &number), RQA_ERROR_NULL, "n is");
    ck_fails(rqa_correlation_sum_counts(sum, &counts, &n, NULL), RQA_ERROR_NULL, "cells");
    ck_fails(rqa_correlation_sum_curve(NULL, 0, &curve, &n), RQA_ERROR_NULL, "sum");
    ck_fails(rqa_correlation_sum_curve(sum, 0, NULL, &n), RQA_ERROR_NULL, "values");
    ck_fails(rqa_correlation_sum_curve(sum, 0, &curve, NULL), RQA_ERROR_NULL, "n is");
    ck_fails(rqa_correlation_sum_d2(NULL, 0, 1, &value, NULL), RQA_ERROR_NULL, "sum");
    ck_fails(rqa_correlation_sum_d2(sum, 0, 1, NULL, NULL), RQA_ERROR_NULL, "d2");
    rqa_correlation_sum_destroy(sum);
    rqa_correlation_sum_destroy(NULL);
    ck_fails(rqa_k2_counts(NULL, bins, 1, 0, 1, 2), RQA_ERROR_NULL, "counts");
    ck_fails(rqa_k2(NULL, NULL, bins, 1, 0, 1, 2), RQA_ERROR_NULL, "k2");
    ck_fails(rqa_k2(&value, NULL, NULL, 1, 0, 1, 2), RQA_ERROR_NULL, "bins");
    ck_fails(rqa_microstate_maximum(NULL, NULL, NULL, embedding, NULL, NULL), RQA_ERROR_NULL, "best");
    ck_fails(rqa_microstate_maximum(&best, NULL, NULL, NULL, NULL, NULL), RQA_ERROR_NULL, "x is");
    ck_fails(rqa_det_estimate(NULL, NULL, embedding, NULL, NULL), RQA_ERROR_NULL, "det is");
    ck_fails(rqa_det_estimate(&value, NULL, NULL, NULL, NULL), RQA_ERROR_NULL, "x is");
    ck_fails(rqa_adjacency_create(NULL, embedding, NULL, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_adjacency_create(&adjacency, NULL, NULL, NULL), RQA_ERROR_NULL, "x is");
    ck_assert_ptr_null(adjacency);
    ck_ok(rqa_adjacency_create(&adjacency, embedding, NULL, NULL));
    ck_fails(rqa_adjacency_rows(NULL, &counts, &neighbours, &n), RQA_ERROR_NULL, "adjacency");
    ck_fails(rqa_adjacency_rows(adjacency, NULL, &neighbours, &n), RQA_ERROR_NULL, "starts");
    ck_fails(rqa_adjacency_rows(adjacency, &counts, NULL, &n), RQA_ERROR_NULL, "neighbours");
    ck_fails(rqa_adjacency_rows(adjacency, &counts, &neighbours, NULL), RQA_ERROR_NULL, "n is");
    rqa_adjacency_destroy(adjacency);
    rqa_adjacency_destroy(NULL);
    ck_fails(rqa_distance_rows(NULL, 0, embedding, NULL, NULL, 0, 1), RQA_ERROR_NULL, "cells");
    ck_fails(rqa_distance_rows(cells, 0, NULL, NULL, NULL, 0, 1), RQA_ERROR_NULL, "x is");
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_correlation_sum_compute(&sum, embedding, NULL, p, t, 2),
                     rqa_correlation_sum_destroy(sum));
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_adjacency_create(&adjacency, embedding, NULL, p),
                     rqa_adjacency_destroy(adjacency));
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_distance_rows(cells, 0, embedding, NULL, p, 0, 1), (void)0);
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_det_estimate(&value, NULL, embedding, NULL, p), (void)0);
    CHECK_INPUT_SIZE(rqa_analysis_options, rqa_analysis_options_init,
                     rqa_microstate_maximum(&best, NULL, NULL, embedding, NULL, p), (void)0);
}
END_TEST

/* A sample: pointers, every number of its options, and what takes all pairs. */
START_TEST(samples)
{
    rqa_sampled *s = (rqa_sampled *)1, *good;
    rqa_sampled_options d;
    rqa_estimate e = {.struct_size = sizeof e};
    rqa_provenance run = {.struct_size = sizeof run};
    const rqa_line_bin *bins;
    uint64_t number;
    size_t n;
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1);
    rqa_sampled_options_init_sized(NULL, sizeof d);
    ck_fails(rqa_sampled_compute(NULL, embedding, NULL, &o, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_sampled_compute(&s, NULL, NULL, &o, NULL), RQA_ERROR_NULL, "x is");
    ck_assert_ptr_null(s);
#define REFUSED(field, number, words)                                                              \
    do {                                                                                           \
        rqa_sampled_options_init(&d);                                                              \
        d.field = (number);                                                                        \
        ck_fails(rqa_sampled_compute(&s, embedding, NULL, &o, &d), RQA_ERROR_VALUE, words);        \
    } while (0)
    REFUSED(reserved, 1, "sampled->reserved is 1|0");
    REFUSED(n_lines, 0, "sampled->n_lines is 0|1..1000000000");
    REFUSED(n_lines, 1000000001, "sampled->n_lines is 1000000001");
    REFUSED(n_cells, 0, "sampled->n_cells is 0|1..1000000000000");
    REFUSED(n_cells, UINT64_MAX, "sampled->n_cells is 18446744073709551615");
    REFUSED(n_blocks, 0, "sampled->n_blocks is 0");
#undef REFUSED
    static const struct {
        int32_t unit, border;
        int32_t measure;
        const char *words;
    } takes_all[] = {{RQA_THRESHOLD_RECURRENCE_RATE, 0, 0, "threshold_unit is recurrence-rate|all pairs|data or std"},
                     {RQA_THRESHOLD_MAX_DIAMETER, 0, 0, "threshold_unit is max-diameter"},
                     {RQA_THRESHOLD_NEIGHBOURS, 0, 0, "threshold_unit is neighbours"},
                     {0, RQA_BORDER_KELO, 0, "border is kelo|border lines"},
                     {0, 0, RQA_MEASURE_L_MAX, "l_max|rr det l_mean lam tt microstate_entropy"}};
    for (size_t k = 0; k < sizeof takes_all / sizeof takes_all[0]; k++) {
        o.threshold_unit = takes_all[k].unit;
        o.border = takes_all[k].border;
        o.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(takes_all[k].measure);
        ck_fails(rqa_sampled_compute(&s, embedding, NULL, &o, NULL), RQA_ERROR_UNSUPPORTED,
                 takes_all[k].words);
        ck_assert_ptr_null(s);
    }
    for (int k = 0; k < 2; k++) { /* numbers without a name */
        o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1);
        *(k ? &o.border : &o.threshold_unit) = 99;
        ck_fails(rqa_sampled_compute(&s, embedding, NULL, &o, NULL), RQA_ERROR_VALUE,
                 k ? "border is 99" : "threshold_unit is 99");
    }
    for (int rule = 0; rule <= RQA_DIRECTION_PERPENDICULAR; rule++) {
        o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1);
        o.skeleton = rule == 0;
        o.direction = rule;
        o.direction_bound = rule ? .5 : 0;
        ck_fails(rqa_sampled_compute(&s, embedding, NULL, &o, NULL), RQA_ERROR_UNSUPPORTED,
                 rule ? "options->direction is set; a sample has none"
                      : "options->skeleton is set; a sample has none");
        ck_assert_ptr_null(s);
    }
    o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1);
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    rqa_sampled_options_init(&d);
    d.n_lines = 10;
    d.n_cells = 1000;
    ck_ok(rqa_sampled_compute(&good, embedding, NULL, &o, &d));
    rqa_context_options few;
    rqa_context *small;
    rqa_series *own;
    rqa_embedding *there;
    static const double few_values[6] = {1, 2, 1, 2, 1, 3};
    rqa_context_options_init(&few);
    few.memory_limit_bytes = 100000;
    ck_ok(rqa_context_create(&small, &few));
    ck_ok(rqa_series_create(&own, small, few_values, 6, 1, NULL));
    ck_ok(rqa_embedding_create(&there, own, 1, 1));
    ck_fails(rqa_sampled_compute(&s, there, NULL, &o, &d), RQA_ERROR_MEMORY_LIMIT,
             "a sample of lines|100000");
    rqa_embedding_destroy(there);
    rqa_series_destroy(own);
    rqa_context_destroy(small);
    ck_fails(rqa_sampled_get(NULL, RQA_MEASURE_RR, &e), RQA_ERROR_NULL, "sampled");
    ck_fails(rqa_sampled_get(good, RQA_MEASURE_RR, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_sampled_get(good, -1, &e), RQA_ERROR_VALUE, "measure is -1");
    ck_fails(rqa_sampled_get(good, RQA_MEASURE_COUNT, &e), RQA_ERROR_VALUE, "measure is");
    ck_fails(rqa_sampled_get(good, RQA_MEASURE_L_ENTR, &e), RQA_ERROR_UNSUPPORTED, "l_entr|det");
    ck_fails(rqa_sampled_get(good, RQA_MEASURE_LAM, &e), RQA_ERROR_STATE, "lam|options->measures");
    e.struct_size = 3;
    ck_fails(rqa_sampled_get(good, RQA_MEASURE_RR, &e), RQA_ERROR_STRUCT_SIZE, "struct_size is 3");
    ck_fails(rqa_sampled_count(NULL, 0, &number), RQA_ERROR_NULL, "sampled");
    ck_fails(rqa_sampled_count(good, 0, NULL), RQA_ERROR_NULL, "value");
    ck_fails(rqa_sampled_count(good, 5, &number), RQA_ERROR_VALUE, "count is 5|0..4");
    ck_fails(rqa_sampled_histogram(NULL, 0, &bins, &n), RQA_ERROR_NULL, "sampled");
    ck_fails(rqa_sampled_histogram(good, 0, NULL, &n), RQA_ERROR_NULL, "bins");
    ck_fails(rqa_sampled_histogram(good, 0, &bins, NULL), RQA_ERROR_NULL, "n is");
    ck_fails(rqa_sampled_histogram(good, RQA_HISTOGRAM_WHITE, &bins, &n), RQA_ERROR_VALUE,
             "histogram is 2|vertical");
    ck_fails(rqa_sampled_provenance(NULL, &run), RQA_ERROR_NULL, "sampled");
    ck_fails(rqa_sampled_provenance(good, NULL), RQA_ERROR_NULL, "provenance");
    rqa_sampled_destroy(good);
    rqa_sampled_destroy(NULL);
    o.measures = 0;
    CHECK_INPUT_SIZE(rqa_sampled_options, rqa_sampled_options_init,
                     (p->n_cells = 1000, rqa_sampled_compute(&s, embedding, NULL, &o, p)),
                     rqa_sampled_destroy(s));
}
END_TEST

START_TEST(invariant_arguments)
{
    static const double t[2] = {1, 2}, equal[2] = {1, 1}, negative[1] = {-1};
    static const double not_finite[2] = {0, INFINITY};
    static const rqa_line_bin bins[2] = {{2, 1}, {2, 1}}, none[1] = {{0, 1}};
    rqa_correlation_sum *sum;
    rqa_adjacency *adjacency;
    const double *curve;
    double value, cells[64];
    uint32_t best;
    size_t n;
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 1);
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, t, 0), RQA_ERROR_VALUE,
             "n_thresholds is 0|1..10000");
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, t, 10001), RQA_ERROR_VALUE,
             "n_thresholds is 10001");
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, equal, 2), RQA_ERROR_VALUE,
             "thresholds[1] is 1|rise");
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, negative, 1), RQA_ERROR_VALUE,
             "thresholds[0] is -1|>= 0");
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, not_finite, 2), RQA_ERROR_VALUE,
             "thresholds[1] is inf|finite");
    o.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, t, 2), RQA_ERROR_VALUE,
             "threshold_unit is recurrence-rate|mean-diameter");
    o.threshold_unit = RQA_THRESHOLD_DATA;
    o.relation = RQA_RELATION_JOINT;
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, embedding, &o, t, 2), RQA_ERROR_UNSUPPORTED,
             "joint");
    ck_fails(rqa_microstate_maximum(&best, NULL, NULL, embedding, embedding, &o), RQA_ERROR_UNSUPPORTED,
             "joint");
    ck_fails(rqa_distance_rows(cells, 0, embedding, embedding, &o, 0, 1), RQA_ERROR_UNSUPPORTED, "joint");
    ck_fails(rqa_det_estimate(&value, NULL, embedding, embedding, &o), RQA_ERROR_UNSUPPORTED, "joint");
    o.relation = RQA_RELATION_AUTO;
    o.corridor = 1;
    ck_fails(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, t, 2), RQA_ERROR_UNSUPPORTED,
             "corridor");
    ck_assert_ptr_null(sum);
    ck_fails(rqa_microstate_maximum(&best, NULL, NULL, embedding, NULL, &o), RQA_ERROR_UNSUPPORTED,
             "corridor");
    o.corridor = 0;
    ck_ok(rqa_correlation_sum_compute(&sum, embedding, NULL, &o, t, 2));
    ck_fails(rqa_correlation_sum_curve(sum, 3, &curve, &n), RQA_ERROR_VALUE, "curve is 3|0..2");
    ck_fails(rqa_correlation_sum_curve(sum, -1, &curve, &n), RQA_ERROR_VALUE, "curve is -1");
    ck_fails(rqa_correlation_sum_d2(sum, 2, 1, &value, &n), RQA_ERROR_VALUE, "lower is 2|upper is 1");
    ck_fails(rqa_correlation_sum_d2(sum, NAN, 1, &value, &n), RQA_ERROR_VALUE, "lower is nan");
    rqa_correlation_sum_destroy(sum);
    ck_fails(rqa_k2(&value, NULL, bins, 2, 0, 1, 2), RQA_ERROR_VALUE, "bins[1].length is 2|rise");
    ck_fails(rqa_k2(&value, NULL, none, 1, 0, 1, 2), RQA_ERROR_VALUE, "bins[0].length is 0");
    ck_fails(rqa_k2(&value, NULL, bins, 1, 2, 1, 2), RQA_ERROR_VALUE, "estimator is 2|0..1");
    ck_fails(rqa_k2(&value, NULL, bins, 1, 0, 0, 2), RQA_ERROR_VALUE, "first is 0");
    ck_fails(rqa_k2(&value, NULL, bins, 1, 0, 3, 2), RQA_ERROR_VALUE, "last is 2|first is 3");
    ck_fails(rqa_k2(&value, NULL, bins, 1, 0, 2, 2), RQA_ERROR_VALUE, "last is 2|two lengths");
    ck_fails(rqa_adjacency_create(&adjacency, embedding, embedding, &o), RQA_ERROR_UNSUPPORTED,
             "symmetric");
    ck_fails(rqa_distance_rows(cells, 36, embedding, NULL, &o, 0, 1), RQA_ERROR_VALUE,
             "row_stride is 36|at least 37");
    ck_fails(rqa_distance_rows(cells, 0, embedding, NULL, &o, 37, 1), RQA_ERROR_VALUE,
             "first_row is 37|37 rows");
    ck_fails(rqa_distance_rows(cells, 0, embedding, NULL, &o, 1, SIZE_MAX), RQA_ERROR_VALUE, "n_rows");
    ck_ok(rqa_distance_rows(cells, 0, embedding, NULL, &o, 37, 0));
}
END_TEST

/* Lengths 1 and 2: nothing is defined for one vector; two have one pair on either side. */
START_TEST(lag_profile_arguments)
{
    rqa_lag_profile *p = NULL;
    const double *values;
    const uint64_t *counts;
    int64_t lag;
    size_t n;
    ck_fails(rqa_lag_profile_compute(&p, embedding, NULL, NULL, 1000), RQA_ERROR_VALUE,
             "max_lag is 1000|allowed");
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, -1);
    ck_fails(rqa_lag_profile_compute(&p, embedding, NULL, &o, 1), RQA_ERROR_VALUE, "threshold");
    o.threshold = 1;
    o.backend = RQA_BACKEND_GPU;
    ck_assert_int_ne(rqa_lag_profile_compute(&p, embedding, NULL, &o, 1), RQA_OK);
    ck_assert_ptr_null(p);
    ck_ok(rqa_lag_profile_compute(&p, embedding, NULL, NULL, 1));
    ck_fails(rqa_lag_profile_lags(p, NULL, &n), RQA_ERROR_NULL, "first_lag");
    ck_fails(rqa_lag_profile_lags(p, &lag, NULL), RQA_ERROR_NULL, "n_lags");
    ck_fails(rqa_lag_profile_values(p, RQA_LAG_PROFILE_RR, NULL), RQA_ERROR_NULL, "values");
    ck_fails(rqa_lag_profile_values(p, 3, &values), RQA_ERROR_VALUE, "quantity is 3|0..2");
    ck_fails(rqa_lag_profile_values(p, -1, &values), RQA_ERROR_VALUE, "quantity is -1");
    ck_fails(rqa_lag_profile_counts(p, RQA_LAG_PROFILE_CELLS, NULL), RQA_ERROR_NULL, "counts");
    ck_fails(rqa_lag_profile_counts(p, 4, &counts), RQA_ERROR_VALUE, "count is 4|0..3");
    ck_fails(rqa_lag_profile_lag_of_max(p, NULL, NULL), RQA_ERROR_NULL, "lag");
    ck_assert_int_eq(rqa_lag_profile_reason(p, RQA_LAG_PROFILE_RR, 2), RQA_REASON_NOT_COMPUTED);
    rqa_lag_profile_destroy(p);
    rqa_lag_profile_destroy(NULL);
}
END_TEST

START_TEST(shortest_series)
{
    static const double x[2] = {1, 1.5};
    for (int32_t convention = 0; convention < 9; convention++) {
        rqa_analysis_options o = support_options(convention, RQA_NORM_EUCLIDEAN, 1);
        rqa_metrics *m = support_analyze(context, x, 1, 1, 1, &o);
        for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++) {
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
    tcase_add_test(tcase, significance);
    tcase_add_test(tcase, intervals);
    tcase_add_test(tcase, suggestions);
    tcase_add_test(tcase, struct_size_of_inputs);
    tcase_add_test(tcase, struct_size_of_outputs);
    tcase_add_test(tcase, windows_options);
    tcase_add_test(tcase, stream_options);
    tcase_add_test(tcase, context_options);
    tcase_add_test(tcase, backend_list);
    tcase_add_test(tcase, series_arguments);
    tcase_add_test(tcase, constant_channels);
    tcase_add_test(tcase, embedding_arguments);
    tcase_add_test(tcase, analysis_options);
    tcase_add_test(tcase, threshold_units);
    tcase_add_test(tcase, rules_on_cells);
    tcase_add_test(tcase, rules_on_cells_elsewhere);
    tcase_add_test(tcase, units_in_a_batch);
    tcase_add_test(tcase, adaptive_neighbours_of_what);
    tcase_add_test(tcase, pairs_that_do_not_match);
    tcase_add_test(tcase, metrics_getters);
    tcase_add_test(tcase, matrix_arguments);
    tcase_add_test(tcase, null_pointers_of_invariants);
    tcase_add_test(tcase, invariant_arguments);
    tcase_add_test(tcase, samples);
    tcase_add_test(tcase, lag_profile_arguments);
    tcase_add_test(tcase, shortest_series);
    tcase_add_test(tcase, memory_hooks);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
