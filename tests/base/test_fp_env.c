/* test_fp_env.c - the host's floating-point mode: it changes no result and is left as it was found,
 * flags included, by every public function; callbacks see it. */
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fp_modes.h"
#include "support.h"

/* ---- every public function ---- */

enum { MAX_NAMES = 256, N = 120 };

static const char *called[MAX_NAMES];
static size_t n_called;
static const char *last_called;
static fp_state host_state;
static int calibrates;
static double data[2 * N], gaps[N];
static char folder[64], store_path[96], other_path[96], png_path[96];

/* Between two calls: the one before must have left the host's state; notes the next. Neither this
 * nor the walks may compute with doubles: they run in the host's mode. */
static void next_call(const char *name)
{
    fp_state now = fp_state_now();
    if (last_called && !fp_state_same(&now, &host_state)) {
        fp_mode_default();
        ck_abort_msg("%s: control %llx flags %llx x87 %llx %llx; before it %llx %llx %llx %llx",
                     last_called, (unsigned long long)now.control, (unsigned long long)now.flags,
                     (unsigned long long)now.x87_control, (unsigned long long)now.x87_flags,
                     (unsigned long long)host_state.control, (unsigned long long)host_state.flags,
                     (unsigned long long)host_state.x87_control,
                     (unsigned long long)host_state.x87_flags);
    }
    last_called = name;
    for (size_t k = 0; name && k < n_called; k++)
        if (strcmp(called[k], name) == 0)
            return;
    if (name && n_called < MAX_NAMES)
        called[n_called++] = name;
}

#define CALL(function) (next_call(#function), function)

static void walk_names(void)
{
    int32_t number;
    CALL(rqa_version)();
    CALL(rqa_abi_version)();
    CALL(rqa_numerics_version)();
    CALL(rqa_struct_size)(RQA_STRUCT_PROFILE);
    CALL(rqa_measure_name)(RQA_MEASURE_TT);
    CALL(rqa_measure_text)(RQA_MEASURE_TT);
    CALL(rqa_measure_from_name)(&number, "tt");
    CALL(rqa_reason_text)(RQA_REASON_NO_LINE);
    CALL(rqa_convention_name)(RQA_CONVENTION_CRP);
    CALL(rqa_convention_text)(RQA_CONVENTION_CRP);
    CALL(rqa_convention_from_name)(&number, "crp");
    CALL(rqa_norm_name)(RQA_NORM_MAXIMUM);
    CALL(rqa_norm_from_name)(&number, "l2");
    CALL(rqa_backend_name)(RQA_BACKEND_GPU);
    CALL(rqa_backend_from_name)(&number, "gpu");
    CALL(rqa_status_at)(2, &number);
    CALL(rqa_status_name)(RQA_ERROR_VALUE);
    CALL(rqa_status_text)(RQA_ERROR_VALUE);
    CALL(rqa_last_error)();
    CALL(rqa_store_rule_name)(0);
    CALL(rqa_border_name)(RQA_BORDER_KELO);
    CALL(rqa_border_from_name)(&number, "kelo");
    CALL(rqa_surrogate_method_name)(RQA_SURROGATE_TWIN);
    CALL(rqa_surrogate_method_from_name)(&number, "twin");
    CALL(rqa_memory_hooks_set)(NULL);
}

static void walk_options(void)
{
    rqa_context_options context;
    rqa_series_options series;
    rqa_analysis_options analysis;
    rqa_png_options png;
    rqa_batch_options batch;
    rqa_store_options store;
    rqa_surrogate_options surrogate;
    rqa_test_options test;
    rqa_bootstrap_options bootstrap;
    rqa_suggest_options suggest;
    rqa_sampled_options sampled;
    CALL(rqa_context_options_init)(&context);
    CALL(rqa_context_options_init_sized)(&context, sizeof context);
    CALL(rqa_series_options_init)(&series);
    CALL(rqa_series_options_init_sized)(&series, sizeof series);
    CALL(rqa_analysis_options_init)(&analysis);
    CALL(rqa_analysis_options_init_sized)(&analysis, sizeof analysis);
    CALL(rqa_png_options_init)(&png);
    CALL(rqa_png_options_init_sized)(&png, sizeof png);
    CALL(rqa_batch_options_init)(&batch);
    CALL(rqa_batch_options_init_sized)(&batch, sizeof batch);
    CALL(rqa_store_options_init)(&store);
    CALL(rqa_store_options_init_sized)(&store, sizeof store);
    rqa_windows_options windows;
    rqa_stream_options stream;
    CALL(rqa_windows_options_init_sized)(&windows, sizeof windows);
    CALL(rqa_stream_options_init_sized)(&stream, sizeof stream);
    CALL(rqa_surrogate_options_init_sized)(&surrogate, sizeof surrogate);
    CALL(rqa_test_options_init_sized)(&test, sizeof test);
    CALL(rqa_bootstrap_options_init_sized)(&bootstrap, sizeof bootstrap);
    CALL(rqa_suggest_options_init_sized)(&suggest, sizeof suggest);
    CALL(rqa_sampled_options_init_sized)(&sampled, sizeof sampled);
}

static rqa_context *make_context(uint32_t n_threads)
{
    rqa_context *context;
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = n_threads;
    ck_ok(CALL(rqa_context_create)(&context, &options));
    return context;
}

static void walk_context(void)
{
    rqa_context *context = make_context(2);
    rqa_backend_info info = {.struct_size = sizeof info};
    rqa_profile profile = {.struct_size = sizeof profile};
    for (size_t k = 0; k < 4; k++)
        CALL(rqa_context_backend_at)(context, k, &info);
    CALL(rqa_context_n_threads)(context);
    ck_ok(CALL(rqa_context_get_profile)(context, &profile));
    ck_ok(CALL(rqa_context_set_profile)(context, &profile));
    profile.gpu_rate = -1.1;
    ck_assert_int_eq(CALL(rqa_context_set_profile)(context, &profile), RQA_ERROR_VALUE);
    next_call("rqa_context_calibrate");
    if (calibrates)
        ck_ok(rqa_context_calibrate(context));
    CALL(rqa_context_cancel)(context);
    CALL(rqa_context_destroy)(context);
}

static rqa_series *make_series(rqa_context *context, const double *values, size_t n_channels)
{
    rqa_series *series;
    rqa_series_options options;
    rqa_series_options_init(&options);
    options.missing = RQA_MISSING_SKIP;
    options.normalization = n_channels == 1 ? RQA_NORMALIZATION_ZSCORE : RQA_NORMALIZATION_NONE;
    ck_ok(CALL(rqa_series_create)(&series, context, values, N, n_channels, &options));
    return series;
}

static void walk_series(void)
{
    rqa_context *context = make_context(1);
    rqa_series *series = make_series(context, gaps, 1);
    rqa_embedding *embedding;
    CALL(rqa_series_n_samples)(series);
    CALL(rqa_series_n_channels)(series);
    CALL(rqa_series_n_missing)(series);
    CALL(rqa_series_channel)(series, 0);
    ck_ok(CALL(rqa_embedding_create)(&embedding, series, 2, 3));
    CALL(rqa_embedding_n_vectors)(embedding);
    CALL(rqa_embedding_dim)(embedding);
    CALL(rqa_embedding_delay)(embedding);
    CALL(rqa_embedding_destroy)(embedding);
    CALL(rqa_series_destroy)(series);
    CALL(rqa_context_destroy)(context);
}

static void look_at_metrics(const rqa_metrics *metrics)
{
    double value;
    uint64_t count;
    const rqa_line_bin *bins;
    const uint64_t *points;
    size_t n;
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    for (int32_t m = 0; m < RQA_MEASURES_DEFAULT_COUNT; m++) {
        ck_ok(CALL(rqa_metrics_get)(metrics, m, &value));
        CALL(rqa_metrics_reason)(metrics, m);
    }
    ck_ok(CALL(rqa_metrics_count)(metrics, RQA_COUNT_POINTS, &count));
    ck_ok(CALL(rqa_metrics_histogram)(metrics, RQA_HISTOGRAM_WHITE, &bins, &n));
    ck_ok(CALL(rqa_metrics_offset_points)(metrics, &points, &n));
    ck_ok(CALL(rqa_metrics_provenance)(metrics, &provenance));
}

static void look_at_lags(const rqa_embedding *embedding, const rqa_analysis_options *options)
{
    rqa_lag_profile *profile;
    int64_t first_lag, lag;
    size_t n_lags;
    const double *values;
    const uint64_t *counts;
    ck_ok(CALL(rqa_lag_profile_compute)(&profile, embedding, NULL, options, 3));
    ck_ok(CALL(rqa_lag_profile_lags)(profile, &first_lag, &n_lags));
    ck_ok(CALL(rqa_lag_profile_values)(profile, RQA_LAG_PROFILE_RR, &values));
    ck_ok(CALL(rqa_lag_profile_counts)(profile, RQA_LAG_PROFILE_POINTS, &counts));
    ck_ok(CALL(rqa_lag_profile_lag_of_max)(profile, &lag, NULL));
    CALL(rqa_lag_profile_reason)(profile, RQA_LAG_PROFILE_RR, 0);
    CALL(rqa_lag_profile_destroy)(profile);
}

static void look_at_invariants(const rqa_embedding *embedding, const rqa_analysis_options *options)
{
    static const double thresholds[] = {.1, .2, .4};
    static const rqa_line_bin lines[] = {{1, 9}, {2, 3}, {4, 1}};
    rqa_correlation_sum *sum;
    rqa_adjacency *adjacency;
    const uint64_t *counts, *starts;
    const uint32_t *neighbours;
    const double *curve;
    uint64_t cells, lengths[3];
    double value, distances[N];
    uint32_t best;
    size_t n;
    ck_ok(CALL(rqa_correlation_sum_compute)(&sum, embedding, NULL, options, thresholds, 3));
    ck_ok(CALL(rqa_correlation_sum_counts)(sum, &counts, &n, &cells));
    ck_ok(CALL(rqa_correlation_sum_curve)(sum, RQA_CORRELATION_LOCAL_SLOPE, &curve, &n));
    ck_ok(CALL(rqa_correlation_sum_d2)(sum, 0, 1, &value, &n));
    CALL(rqa_correlation_sum_destroy)(sum);
    ck_ok(CALL(rqa_k2_counts)(lengths, lines, 3, RQA_K2_LINES, 1, 3));
    ck_ok(CALL(rqa_k2)(&value, &cells, lines, 3, RQA_K2_SEGMENTS, 1, 4));
    ck_ok(CALL(rqa_det_estimate)(&value, NULL, embedding, NULL, options));
    ck_ok(CALL(rqa_microstate_maximum)(&best, NULL, NULL, embedding, NULL, options));
    ck_ok(CALL(rqa_distance_rows)(distances, 0, embedding, NULL, options, 2, 1));
    ck_ok(CALL(rqa_adjacency_create)(&adjacency, embedding, NULL, options));
    ck_ok(CALL(rqa_adjacency_rows)(adjacency, &starts, &neighbours, &n));
    CALL(rqa_adjacency_destroy)(adjacency);
}

static void look_at_a_sample(const rqa_embedding *embedding, const rqa_analysis_options *options)
{
    rqa_sampled *sampled;
    rqa_sampled_options draws;
    rqa_analysis_options own = *options;
    rqa_estimate estimate = {.struct_size = sizeof estimate};
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    const rqa_line_bin *bins;
    uint64_t count;
    size_t n;
    rqa_sampled_options_init(&draws);
    draws.n_lines = 20;
    draws.n_cells = draws.n_blocks = 1000;
    own.threshold_unit = RQA_THRESHOLD_STD;
    own.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET) | RQA_MEASURE_BIT(RQA_MEASURE_LAM) |
                   RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
    ck_ok(CALL(rqa_sampled_compute)(&sampled, embedding, NULL, &own, &draws));
    ck_ok(CALL(rqa_sampled_get)(sampled, RQA_MEASURE_DET, &estimate));
    ck_ok(CALL(rqa_sampled_count)(sampled, RQA_SAMPLED_CELLS, &count));
    ck_ok(CALL(rqa_sampled_histogram)(sampled, RQA_HISTOGRAM_DIAGONAL, &bins, &n));
    ck_ok(CALL(rqa_sampled_provenance)(sampled, &provenance));
    CALL(rqa_sampled_destroy)(sampled);
}

static void walk_matrix(void)
{
    rqa_context *context = make_context(2);
    rqa_series *series = make_series(context, data, 2);
    rqa_embedding *embedding;
    rqa_matrix *matrix, *copy;
    rqa_metrics *metrics;
    rqa_analysis_options options;
    static uint8_t cells[N * N];
    rqa_analysis_options_init(&options);
    options.threshold = .2;
    options.threshold_unit = RQA_THRESHOLD_MEAN_DIAMETER;
    ck_ok(rqa_embedding_create(&embedding, series, 1, 1));
    ck_ok(CALL(rqa_matrix_create)(&matrix, embedding, NULL, &options));
    ck_assert_uint_eq(CALL(rqa_matrix_n_rows)(matrix), N);
    ck_assert_uint_eq(CALL(rqa_matrix_n_columns)(matrix), N);
    CALL(rqa_matrix_row)(matrix, 3);
    ck_ok(CALL(rqa_matrix_unpack)(matrix, 0, N, cells, N));
    ck_ok(CALL(rqa_matrix_write_png)(matrix, png_path, NULL));
    rqa_png_options png;
    rqa_png_options_init(&png);
    png.overwrite = 1;
    png.max_pixels = 16;
    ck_ok(CALL(rqa_plot_write_png)(png_path, embedding, NULL, &options, &png));
    ck_ok(CALL(rqa_distance_plot_write_png)(png_path, embedding, NULL, &options, &png));
    look_at_lags(embedding, &options);
    look_at_invariants(embedding, &options);
    look_at_a_sample(embedding, &options);
    rqa_network *network;
    const uint64_t *degrees;
    const double *clustering;
    double value, error;
    size_t n;
    ck_ok(CALL(rqa_network_create)(&network, embedding, NULL, &options));
    ck_ok(CALL(rqa_network_get)(network, RQA_MEASURE_CLUSTERING, &value, &error));
    ck_ok(CALL(rqa_network_degrees)(network, &degrees, &n));
    ck_ok(CALL(rqa_network_clustering)(network, &clustering, &n));
    CALL(rqa_network_destroy)(network);
    ck_ok(CALL(rqa_matrix_from_bytes)(&copy, context, cells, N, N, N));
    options.threshold = -1;
    ck_ok(CALL(rqa_metrics_from_matrix)(&metrics, copy, &options));
    look_at_metrics(metrics);
    CALL(rqa_metrics_destroy)(metrics);
    options.threshold = .1;
    options.threshold_unit = RQA_THRESHOLD_STD;
    ck_ok(CALL(rqa_metrics_compute)(&metrics, embedding, NULL, &options));
    look_at_metrics(metrics);
    rqa_metrics_destroy(metrics);
    CALL(rqa_matrix_destroy)(matrix);
    rqa_matrix_destroy(copy);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static int advance(uint64_t done, uint64_t total, void *user)
{
    (void)done, (void)total, (void)user;
    return 0;
}

static void walk_significance(void)
{
    rqa_context *context = make_context(2);
    rqa_series *series = make_series(context, data, 2);
    rqa_embedding *embedding;
    rqa_metrics *metrics;
    rqa_surrogates *surrogates;
    rqa_test *test;
    rqa_bootstrap *bootstrap;
    rqa_surrogate_options options;
    rqa_test_options how;
    rqa_analysis_options analysis;
    rqa_test_result result = {.struct_size = sizeof result};
    rqa_interval interval = {.struct_size = sizeof interval};
    const double *values;
    double error;
    uint32_t n_iterations;
    uint64_t n_pairs, n_vectors;
    size_t n;
    rqa_analysis_options_init(&analysis);
    analysis.threshold = 2.5;
    rqa_surrogate_options_init(&options);
    options.count = 3;
    options.analysis = &analysis;
    options.min_distance = 1;
    for (int32_t method = RQA_SURROGATE_SHUFFLE; method <= RQA_SURROGATE_IAAFT; method++) {
        options.method = method;
        ck_ok(CALL(rqa_surrogates_create)(&surrogates, series, &options));
        if (method != RQA_SURROGATE_IAAFT)
            CALL(rqa_surrogates_destroy)(surrogates);
    }
    ck_assert_uint_eq(CALL(rqa_surrogates_count)(surrogates), 3);
    CALL(rqa_surrogates_series)(surrogates, 2);
    ck_ok(CALL(rqa_surrogates_spectrum_error)(surrogates, 1, &error, &n_iterations));
    ck_ok(CALL(rqa_surrogates_twins)(surrogates, &n_pairs, &n_vectors));
    rqa_test_options_init(&how);
    how.analysis = &analysis;
    how.progress = advance;
    ck_ok(CALL(rqa_test_create)(&test, series, NULL, surrogates, &how));
    ck_ok(CALL(rqa_test_get)(test, RQA_MEASURE_DET, &result));
    ck_ok(CALL(rqa_test_values)(test, RQA_MEASURE_DET, &values, &n));
    CALL(rqa_test_destroy)(test);
    rqa_surrogates_destroy(surrogates);
    ck_ok(rqa_embedding_create(&embedding, series, 1, 1));
    ck_ok(rqa_metrics_compute(&metrics, embedding, NULL, &analysis));
    ck_ok(CALL(rqa_bootstrap_create)(&bootstrap, (const rqa_metrics *const *)&metrics, 1, NULL));
    ck_ok(CALL(rqa_bootstrap_get)(bootstrap, 0, RQA_MEASURE_TT, &interval));
    CALL(rqa_bootstrap_destroy)(bootstrap);
    const rqa_line_bin bin = {3, 7};
    const rqa_line_counts lines = {
        .struct_size = sizeof lines, .lmin = 2, .vmin = 2, .diagonal = &bin, .n_diagonal = 1};
    ck_ok(CALL(rqa_bootstrap_create_from_lines)(&bootstrap, &lines, 1, NULL));
    rqa_bootstrap_destroy(bootstrap);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static int keep_on(const rqa_batch_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static int next_row(const rqa_store_row *row, void *user)
{
    (void)row, (void)user;
    return 0;
}

static rqa_batch *make_batch(rqa_context *context, const rqa_series *series)
{
    static const uint32_t dims[] = {2, 1}, delays[] = {1}, minima[] = {2, 3};
    static const double thresholds[] = {.5, .1, .3};
    rqa_batch *batch;
    rqa_batch_options options;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    rqa_batch_options_init(&options);
    options.dims = dims, options.n_dims = 2;
    options.delays = delays, options.n_delays = 1;
    options.thresholds = thresholds, options.n_thresholds = 3;
    options.lmins = minima, options.n_lmins = 2;
    ck_ok(CALL(rqa_batch_create)(&batch, context, &options));
    item.x = series;
    item.label = "one";
    ck_ok(CALL(rqa_batch_add)(batch, &item));
    return batch;
}

static void walk_batch(void)
{
    rqa_context *context = make_context(2);
    rqa_series *series = make_series(context, data, 2);
    rqa_batch *batch = make_batch(context, series);
    rqa_batch_row row = {.struct_size = sizeof row};
    rqa_batch_statistics statistics = {.struct_size = sizeof statistics};
    static double values[12 * RQA_MEASURES_DEFAULT_COUNT];
    static uint8_t reasons[12 * RQA_MEASURES_DEFAULT_COUNT];
    static double reached[12 * 2];
    uint64_t n_rows;
    const char *text;
    ck_assert_uint_eq(CALL(rqa_batch_size)(batch, RQA_BATCH_ROWS), 12);
    ck_ok(CALL(rqa_batch_row_at)(batch, 5, &row));
    CALL(rqa_batch_measure_at)(batch, 1);
    ck_ok(CALL(rqa_batch_set_table)(batch, values, reasons, 12));
    ck_ok(CALL(rqa_batch_set_reached)(batch, reached, 12));
    ck_assert_ptr_nonnull(CALL(rqa_batch_explain)(batch));
    double core_seconds = -1;
    ck_ok(CALL(rqa_batch_predict)(batch, &core_seconds));
    ck_assert_double_ge(core_seconds, 0);
    ck_ok(CALL(rqa_batch_start)(batch));
    ck_ok(CALL(rqa_batch_poll)(batch, &statistics));
    ck_ok(CALL(rqa_batch_wait)(batch, -1.5, keep_on, NULL));
    ck_ok(CALL(rqa_batch_item_rows)(batch, 0, NULL, &n_rows));
    ck_ok(CALL(rqa_batch_item_status)(batch, 0, &text));
    CALL(rqa_batch_destroy)(batch);
    batch = make_batch(context, series);
    ck_ok(CALL(rqa_batch_run)(batch, keep_on, NULL));
    CALL(rqa_batch_cancel)(batch);
    rqa_batch_destroy(batch);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static void walk_store(void)
{
    rqa_context *context = make_context(2);
    rqa_series *series = make_series(context, data, 2);
    rqa_batch *batch = make_batch(context, series);
    rqa_store *store, *other;
    rqa_store_summary summary = {.struct_size = sizeof summary};
    unlink(store_path);
    unlink(other_path);
    ck_ok(CALL(rqa_store_open)(&store, context, store_path, NULL));
    ck_ok(CALL(rqa_batch_set_store)(batch, store));
    ck_ok(rqa_batch_run(batch, keep_on, NULL));
    ck_ok(CALL(rqa_store_summarize)(store, &summary));
    CALL(rqa_store_key)(store, 0);
    ck_ok(CALL(rqa_store_read)(store, NULL, next_row, NULL));
    const rqa_store_query query = {.struct_size = sizeof query, .sql = "SELECT * FROM results"};
    rqa_store_cursor *cursor;
    rqa_store_block block = {.struct_size = sizeof block};
    ck_ok(CALL(rqa_store_cursor_create)(&cursor, store, &query));
    ck_ok(CALL(rqa_store_cursor_next)(cursor, &block));
    CALL(rqa_store_cursor_destroy)(cursor);
    CALL(rqa_store_close)(store);
    ck_ok(rqa_store_open(&other, context, other_path, NULL));
    ck_ok(CALL(rqa_store_merge)(other, store_path));
    rqa_store_close(other);
    rqa_batch_destroy(batch);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static int32_t read_stream(void *user, rqa_stream *stream, uint64_t n_samples)
{
    double value;
    (void)user;
    ck_assert_uint_ge(n_samples, N / 2);
    ck_ok(CALL(rqa_stream_get)(stream, RQA_MEASURE_DET, &value));
    return 0;
}

static void walk_windows(void)
{
    rqa_context *context = make_context(2);
    rqa_series *series = make_series(context, data, 1);
    rqa_embedding *embedding;
    rqa_windows *windows;
    rqa_stream *stream;
    rqa_analysis_options options;
    rqa_windows_options windows_options;
    rqa_stream_options stream_options;
    rqa_window window = {.struct_size = sizeof window};
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    const double *values;
    double value[RQA_MEASURE_COUNT];
    rqa_analysis_options_init(&options);
    rqa_windows_options_init(&windows_options);
    rqa_stream_options_init(&stream_options);
    options.threshold = .5;
    windows_options.window = stream_options.window = N / 2;
    stream_options.on_sample = read_stream;
    ck_ok(rqa_embedding_create(&embedding, series, 2, 1));
    for (int scope = 0; scope < 2; scope++) {
        windows_options.scope = scope;
        options.threshold_unit = scope ? RQA_THRESHOLD_STD : RQA_THRESHOLD_DATA;
        ck_ok(CALL(rqa_windows_compute)(&windows, embedding, NULL, &options, &windows_options));
        ck_assert_uint_gt(CALL(rqa_windows_count)(windows), 1);
        ck_ok(CALL(rqa_windows_at)(windows, 1, &window));
        ck_ok(CALL(rqa_windows_values)(windows, RQA_MEASURE_DET, &values, NULL, NULL));
        ck_ok(CALL(rqa_windows_provenance)(windows, &provenance));
        CALL(rqa_windows_destroy)(windows);
    }
    options.threshold_unit = RQA_THRESHOLD_DATA;
    ck_ok(CALL(rqa_stream_create)(&stream, context, 1, 2, 1, &options, &stream_options));
    ck_ok(CALL(rqa_stream_push)(stream, data, N));
    ck_ok(CALL(rqa_stream_get)(stream, RQA_MEASURE_DET, value));
    CALL(rqa_stream_reason)(stream, RQA_MEASURE_DET);
    ck_ok(CALL(rqa_stream_values)(stream, value, NULL, RQA_MEASURE_COUNT));
    CALL(rqa_stream_n_samples)(stream);
    ck_ok(CALL(rqa_stream_reset)(stream));
    CALL(rqa_stream_destroy)(stream);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static void walk_suggest(void)
{
    rqa_context *context = make_context(2);
    rqa_series *series = make_series(context, data, 2);
    rqa_suggestion *suggestion;
    const double *curve;
    double value;
    size_t n;
    ck_ok(CALL(rqa_suggest_compute)(&suggestion, series, NULL));
    ck_ok(CALL(rqa_suggestion_value)(suggestion, RQA_SUGGESTION_DELAY, &value));
    CALL(rqa_suggestion_rule)(suggestion, RQA_SUGGESTION_DELAY);
    ck_ok(CALL(rqa_suggestion_curve)(suggestion, RQA_CURVE_ACF, &curve, &n));
    CALL(rqa_suggestion_warning)(suggestion, 0);
    CALL(rqa_suggestion_destroy)(suggestion);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static void (*const walks[])(void) = {walk_names,  walk_options, walk_context, walk_series,
                                      walk_matrix, walk_batch,   walk_store,   walk_windows,
                                      walk_suggest, walk_significance};

static void fill_data(void)
{
    rng r = {1};
    for (size_t i = 0; i < 2 * N; i++)
        data[i] = (double)rng_below(&r, 40) / 10;
    for (size_t i = 0; i < N; i++)
        gaps[i] = i % 17 == 3 ? (i % 2 ? NAN : INFINITY) : (double)rng_below(&r, 40) / 10;
    snprintf(folder, sizeof folder, "%s/rqa_fp_XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(store_path, sizeof store_path, "%s/a", folder);
    snprintf(other_path, sizeof other_path, "%s/b", folder);
    snprintf(png_path, sizeof png_path, "%s/c.png", folder);
}

static void remove_folder(void)
{
    fp_mode_default();
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Calibrating takes a while, and minutes on an emulated processor, where draws are few. */
static int may_calibrate(void)
{
    return env_number("RQA_TEST_DRAWS", 250) > 200;
}

START_TEST(every_function_leaves_the_mode)
{
    const fp_mode *mode = &fp_modes[_i / 2];
    calibrates = may_calibrate() && (_i == 0 || (_i % 2 == 0 && mode->traps));
    for (size_t k = 0; k < sizeof walks / sizeof walks[0]; k++) {
        fp_mode_set(mode);
        if (_i % 2 && !mode->traps) /* a host that looks at its flags has some */
            fp_flag_raise();
        host_state = fp_state_now();
        last_called = NULL;
        walks[k]();
        next_call(NULL);
        fp_mode_default();
    }
}
END_TEST

START_TEST(every_function_is_called)
{
    calibrates = may_calibrate();
    last_called = NULL;
    for (size_t k = 0; k < sizeof walks / sizeof walks[0]; k++) {
        fp_mode_default();
        host_state = fp_state_now();
        walks[k]();
        last_called = NULL;
    }
    FILE *list = fopen(RQA_TEST_SYMBOLS, "r");
    ck_assert_ptr_nonnull(list);
    char name[80];
    size_t n = 0;
    while (fscanf(list, "%79s", name) == 1) {
        size_t k = 0;
        while (k < n_called && strcmp(called[k], name))
            k++;
        ck_assert_msg(k < n_called, "%s is not called here", name);
        n++;
    }
    fclose(list);
    ck_assert_uint_eq(n, n_called);
}
END_TEST

/* ---- results ---- */

enum { LONG = 200, N_SETS = 4, ROWS = 2 * 4 };

/* Tenths, where ties hang on rounding; subnormal numbers; both kinds at once; gaps. */
static double sets[N_SETS][2 * LONG];
static const double thresholds[N_SETS][4] = {
    {0, .1, .3, .5}, {0, 5e-323, 3e-322, 1e-320}, {0, 3e-160, .3, .5}, {0, .1, .3, .5}};

static void fill_sets(void)
{
    fill_data();
    rng r = {7};
    for (size_t i = 0; i < 2 * LONG; i++) {
        double tenths = (double)rng_below(&r, 30) / 10;
        sets[0][i] = tenths;
        sets[1][i] = (double)rng_below(&r, 300) * 5e-324;
        sets[2][i] = i % 3 ? tenths : (double)rng_below(&r, 4) * 1e-160;
        sets[3][i] = i % 23 == 5 ? NAN : tenths;
    }
}

/* All that a host may ask for of one set. */
typedef struct answers {
    rqa_metrics *single[3][3]; /* [norm][unit] */
    rqa_matrix *matrix[3];
    double table[3][ROWS * RQA_MEASURES_DEFAULT_COUNT];
    uint8_t reasons[3][ROWS * RQA_MEASURES_DEFAULT_COUNT];
} answers;

static void ask_batch(answers *out, rqa_context *context, const rqa_series *series, int set,
                      int32_t norm)
{
    static const uint32_t dims[] = {1, 3}, delays[] = {1};
    rqa_batch *batch;
    rqa_batch_options options;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = norm, .relation = -1, .x = series};
    rqa_batch_options_init(&options);
    options.dims = dims, options.n_dims = 2;
    options.delays = delays, options.n_delays = 1;
    options.thresholds = thresholds[set], options.n_thresholds = 4;
    ck_ok(rqa_batch_create(&batch, context, &options));
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_set_table(batch, out->table[norm], out->reasons[norm], ROWS));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    rqa_batch_destroy(batch);
}

static void ask(answers *out, rqa_context *context, int set)
{
    static const int32_t units[] = {RQA_THRESHOLD_DATA, RQA_THRESHOLD_STD,
                                    RQA_THRESHOLD_MEAN_DIAMETER};
    rqa_series *series;
    rqa_embedding *embedding;
    rqa_series_options options;
    rqa_series_options_init(&options);
    options.missing = RQA_MISSING_SKIP;
    ck_ok(rqa_series_create(&series, context, sets[set], LONG, 2, &options));
    ck_ok(rqa_embedding_create(&embedding, series, 2, 1));
    for (int32_t norm = 0; norm < 3; norm++) {
        rqa_analysis_options analysis;
        rqa_analysis_options_init(&analysis);
        analysis.norm = norm;
        analysis.backend = RQA_BACKEND_THREADS;
        for (int unit = 0; unit < 3; unit++) {
            analysis.threshold = unit ? .3 : thresholds[set][2];
            analysis.threshold_unit = units[unit];
            ck_ok(rqa_metrics_compute(&out->single[norm][unit], embedding, NULL, &analysis));
        }
        analysis.threshold = thresholds[set][2];
        analysis.threshold_unit = RQA_THRESHOLD_DATA;
        ck_ok(rqa_matrix_create(&out->matrix[norm], embedding, NULL, &analysis));
        ask_batch(out, context, series, set, norm);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}

static void forget(answers *a)
{
    for (int norm = 0; norm < 3; norm++) {
        for (int unit = 0; unit < 3; unit++)
            rqa_metrics_destroy(a->single[norm][unit]);
        rqa_matrix_destroy(a->matrix[norm]);
    }
}

static void compare_answers(const answers *a, const answers *b, const char *what)
{
    for (int norm = 0; norm < 3; norm++) {
        for (int unit = 0; unit < 3; unit++)
            support_expect_same(a->single[norm][unit], b->single[norm][unit], what);
        size_t n = rqa_matrix_n_rows(a->matrix[norm]);
        for (size_t row = 0; row < n; row++)
            ck_assert_msg(memcmp(rqa_matrix_row(a->matrix[norm], row),
                                 rqa_matrix_row(b->matrix[norm], row),
                                 rqa_matrix_n_columns(a->matrix[norm]) / 8) == 0,
                          "%s: norm %d, row %zu of the matrix", what, norm, row);
        for (size_t k = 0; k < ROWS * RQA_MEASURES_DEFAULT_COUNT; k++)
            ck_assert_msg(memcmp(&a->table[norm][k], &b->table[norm][k], sizeof(double)) == 0,
                          "%s: norm %d, value %zu of the batch: %.17g, expected %.17g", what, norm,
                          k, a->table[norm][k], b->table[norm][k]);
    }
}

/* The pool starts in the default mode, or in the host's: helpers inherit it. */
START_TEST(no_mode_changes_a_result)
{
    const fp_mode *mode = &fp_modes[_i / N_SETS];
    const int set = _i % N_SETS;
    static answers expected, before, after;
    char what[80];
    snprintf(what, sizeof what, "%s, set %d", mode->name, set);
    rqa_context *old = support_context(3);
    ask(&expected, old, set);

    fp_mode_set(mode);
    const fp_state host = fp_state_now();
    ask(&after, old, set);
    rqa_context *fresh = support_context(3);
    ask(&before, fresh, set);
    const fp_state left = fp_state_now();
    fp_mode_default();

    ck_assert_msg(fp_control_same(&host, &left), "%s: the mode was changed", what);
    compare_answers(&after, &expected, what);
    compare_answers(&before, &expected, what);
    forget(&before);
    ask(&before, fresh, set); /* helpers that were started in the host's mode */
    compare_answers(&before, &expected, what);
    forget(&before);
    forget(&after);
    forget(&expected);
    rqa_context_destroy(old);
    rqa_context_destroy(fresh);
}
END_TEST

/* ---- callbacks ---- */

static pthread_t host_thread;
static fp_state wanted;
static int n_seen, n_wrong;

/* On its own thread the host sees its own mode; on one of the library's, the default. */
static void look(void)
{
    fp_state now = fp_state_now();
    if (!pthread_equal(pthread_self(), host_thread))
        return;
    n_seen++;
    n_wrong += !fp_control_same(&now, &wanted);
}

static void look_log(void *user, int32_t level, const char *line)
{
    (void)user, (void)level, (void)line;
    look();
}

static int look_event(const rqa_batch_event *event, void *user)
{
    rqa_batch *batch = *(rqa_batch **)user;
    rqa_batch_statistics statistics = {.struct_size = sizeof statistics};
    look();
    ck_ok(rqa_batch_poll(batch, &statistics)); /* a call from a callback brings it back likewise */
    look();
    if (event->type == RQA_EVENT_BATCH_COMPLETED) { /* and what a callback sets is kept */
        fp_mode_set(&fp_modes[1]);
        wanted = fp_state_now();
    }
    return 0;
}

static int look_row(const rqa_store_row *row, void *user)
{
    (void)row, (void)user;
    look();
    return 0;
}

static void *look_allocate(size_t n_bytes, void *user)
{
    (void)user;
    look();
    return malloc(n_bytes);
}

static void *look_reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    look();
    return realloc(block, n_bytes);
}

static void look_release(void *block, void *user)
{
    (void)user;
    look();
    free(block);
}

/* Each kind of callback was seen, in the host's mode. */
static void expect_looks(const char *what)
{
    const int seen = n_seen, wrong = n_wrong;
    n_seen = n_wrong = 0;
    if (seen > 0 && wrong == 0)
        return;
    fp_mode_default();
    ck_abort_msg("%s: %d of %d calls were in another mode", what, wrong, seen);
}

START_TEST(callbacks_see_the_hosts_mode)
{
    const rqa_memory_hooks hooks = {.struct_size = sizeof hooks,
                                    .allocate = look_allocate,
                                    .reallocate = look_reallocate,
                                    .release = look_release};
    rqa_context_options options;
    rqa_context *context;
    rqa_batch *batch;
    rqa_store *store;
    host_thread = pthread_self();
    n_seen = n_wrong = 0;
    fp_mode_set(&fp_modes[_i]);
    wanted = host_state = fp_state_now();
    last_called = NULL;
    ck_ok(rqa_memory_hooks_set(&hooks));
    rqa_context_options_init(&options);
    options.n_threads = 2;
    ck_ok(rqa_context_create(&context, &options));
    expect_looks("memory hooks");
    rqa_context_destroy(context);
    ck_ok(rqa_memory_hooks_set(NULL));
    n_seen = n_wrong = 0;

    options.log = look_log;
    options.log_level = RQA_LOG_INFO;
    ck_ok(rqa_context_create(&context, &options));
    rqa_series *series = make_series(context, data, 2);
    rqa_embedding *embedding;
    rqa_metrics *metrics;
    ck_ok(rqa_embedding_create(&embedding, series, 1, 1));
    ck_ok(rqa_metrics_compute(&metrics, embedding, NULL, NULL));
    expect_looks("log");
    batch = make_batch(context, series);
    unlink(store_path);
    ck_ok(rqa_store_open(&store, context, store_path, NULL));
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, look_event, &batch));
    expect_looks("events");
    fp_state now = fp_state_now();
    int kept = fp_control_same(&now, &wanted);
    ck_ok(rqa_store_read(store, NULL, look_row, NULL));
    expect_looks("rows of a store");
    fp_mode_default();
    ck_assert_msg(kept, "%s: what a callback had set was lost", fp_modes[_i].name);
    rqa_store_close(store);
    rqa_batch_destroy(batch);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}
END_TEST

static Suite *fp_env_suite(void)
{
    Suite *suite = suite_create("fp_env");
    TCase *calls = tcase_create("calls");
    tcase_add_checked_fixture(calls, fill_data, remove_folder);
    tcase_add_test(calls, every_function_is_called);
    tcase_add_loop_test(calls, every_function_leaves_the_mode, 0, 2 * (int)n_fp_modes);
    tcase_add_loop_test(calls, callbacks_see_the_hosts_mode, 0, (int)n_fp_modes);
    suite_add_tcase(suite, calls);
    TCase *results = tcase_create("results");
    tcase_add_checked_fixture(results, fill_sets, remove_folder);
    tcase_add_loop_test(results, no_mode_changes_a_result, 0, N_SETS * (int)n_fp_modes);
    suite_add_tcase(suite, results);
    return suite;
}

int main(void)
{
    return support_run(fp_env_suite());
}
