/* test_windows.c - a window is the block of the whole plot: every window of random recordings under
 * random options against rqa_metrics_compute() of its samples, to the last bit; the oracle table.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { MOST = 1400, MOST_CHANNELS = 2 };

typedef struct draw {
    double x[MOST * MOST_CHANNELS], y[MOST * MOST_CHANNELS];
    size_t n_x, n_y, channels_x, channels_y;
    uint32_t dim_x, delay_x, dim_y, delay_y;
    int has_y;
    rqa_analysis_options options;
    rqa_windows_options windows;
} draw;

static void fill(rng *r, double *values, size_t n, size_t channels, int missing)
{
    const uint64_t kind = rng_below(r, 7);
    double walk = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < channels; c++) {
            const double g = rng_gauss(r);
            walk = 0.9 * walk + 0.3 * g;
            double *v = &values[i * channels + c];
            *v = kind == 0   ? g
                 : kind == 1 ? floor(3 * walk)
                 : kind == 2 ? 1
                 : kind == 3 ? sin((double)i * 0.13) + 0.02 * g
                 : kind == 4 ? (double)((i / 20) % 2 ? 0 : (i * 7) % 3)
                 : kind == 5 ? (double)(i % 12) * 0.25
                             : walk;
        }
    if (missing)
        for (size_t i = 0; i < n; i++)
            if (rng_below(r, missing == 1 ? 60 : 8) == 0)
                values[i * channels + rng_below(r, channels)] = NAN;
}

static int64_t some_window(rng *r, int64_t w)
{
    return rng_below(r, 3) ? -1 : (int64_t)rng_below(r, rng_below(r, 4) ? 6 : (uint64_t)w + 4);
}

static void make(rng *r, draw *d)
{
    rqa_analysis_options *o = &d->options;
    rqa_analysis_options_init(o);
    rqa_windows_options_init(&d->windows);
    const int relation = (int)rng_below(r, 3);
    d->has_y = relation != 0;
    d->channels_x = d->channels_y = 1 + rng_below(r, MOST_CHANNELS);
    d->dim_x = d->dim_y = 1 + (uint32_t)rng_below(r, 4);
    d->delay_x = d->delay_y = 1 + (uint32_t)rng_below(r, 5);
    if (relation == 2)
        d->channels_y = 1 + rng_below(r, MOST_CHANNELS);
    else if (relation == 1 && rng_below(r, 6) == 0)
        d->delay_y = 1 + (uint32_t)rng_below(r, 5);
    const size_t span = (d->dim_x - 1) * (d->delay_x > d->delay_y ? d->delay_x : d->delay_y);
    size_t w = span + 2 + rng_below(r, 150);
    if (rng_below(r, 4) == 0) /* around whole words */
        w = span + 64 * (1 + rng_below(r, 2)) + rng_below(r, 3) - 1;
    d->n_x = d->n_y = w + rng_below(r, 100);
    if (relation == 1 && rng_below(r, 3) == 0)
        d->n_y += rng_below(r, 20);
    const int missing = rng_below(r, 3) ? 0 : 1 + (int)rng_below(r, 2);
    fill(r, d->x, d->n_x, d->channels_x, missing);
    fill(r, d->y, d->n_y, d->channels_y, missing);
    d->windows.window = w;
    d->windows.step = rng_below(r, 3) ? 1 : 1 + rng_below(r, w);
    o->relation = relation;
    o->norm = (int32_t)rng_below(r, 3);
    o->threshold = rng_below(r, 8)
                       ? 0.25 * (double)rng_below(r, 5) + (rng_below(r, 2) ? 0 : rng_uniform(r))
                       : 0;
    o->compare = (int32_t)rng_below(r, 3);
    o->convention = (int32_t)rng_below(r, 9);
    if (relation && o->convention == RQA_CONVENTION_NEUROKIT)
        o->convention = RQA_CONVENTION_STANDARD;
    o->theiler = some_window(r, (int64_t)w);
    o->theiler_points = some_window(r, (int64_t)w);
    o->theiler_diagonal = some_window(r, (int64_t)w);
    o->theiler_vertical = some_window(r, (int64_t)w);
    o->lmin = (uint32_t)rng_below(r, 4);
    o->vmin = (uint32_t)rng_below(r, 4);
    o->wmin = (uint32_t)rng_below(r, 4);
    o->white_border = (int32_t)rng_below(r, 3);
    o->trend_border = rng_below(r, 2) ? 0 : UINT32_MAX;
    if (rng_below(r, 3) == 0)
        o->measures = rng_next(r) & ((UINT64_C(1) << 19) - 1);
    if (o->measures == 0)
        o->measures = (UINT64_C(1) << 19) - 1;
    o->threshold_unit = rng_below(r, 8) ? RQA_THRESHOLD_DATA : RQA_THRESHOLD_STD;
}

static rqa_embedding *embed(rqa_context *context, const double *values, size_t n, size_t channels,
                            uint32_t dim, uint32_t delay)
{
    rqa_series_options options;
    rqa_series *series;
    rqa_embedding *out;
    rqa_series_options_init(&options);
    options.missing = RQA_MISSING_SKIP;
    ck_ok(rqa_series_create(&series, context, values, n, channels, &options));
    ck_ok(rqa_embedding_create(&out, series, dim, delay));
    rqa_series_destroy(series);
    return out;
}

static void expect_value(double got, double wanted, int got_why, int wanted_why, const draw *d,
                         int measure, size_t index)
{
    char text[400];
    if (memcmp(&got, &wanted, sizeof got) == 0 || (isnan(got) && isnan(wanted)))
        if (got_why == wanted_why)
            return;
    ck_abort_msg("window %zu of %zu samples (dim %u, delay %u): %s is %.17g (%d), alone %.17g (%d)"
                 "; %s",
                 index, (size_t)d->windows.window, d->dim_x, d->delay_x, rqa_measure_name(measure),
                 got, got_why, wanted, wanted_why,
                 support_describe(text, sizeof text, &d->options));
}

/* One window against an analysis of its samples. */
static void expect_window(rqa_context *context, const draw *d, const rqa_windows *windows,
                          size_t index, const rqa_analysis_options *options)
{
    rqa_window at = {.struct_size = sizeof at};
    ck_ok(rqa_windows_at(windows, index, &at));
    ck_assert_uint_eq(at.start, index * d->windows.step);
    ck_assert_uint_eq(at.end, at.start + d->windows.window - 1);
    ck_assert(at.centre == ((double)at.start + (double)at.end) / 2);
    const size_t s = (size_t)at.start, n = (size_t)d->windows.window;
    rqa_embedding *x =
        embed(context, d->x + s * d->channels_x, n, d->channels_x, d->dim_x, d->delay_x);
    rqa_embedding *y =
        d->has_y ? embed(context, d->y + s * d->channels_y, n, d->channels_y, d->dim_y, d->delay_y)
                 : NULL;
    rqa_metrics *metrics;
    const rqa_status status = rqa_metrics_compute(&metrics, x, y, options);
    if (status == RQA_OK) {
        ck_assert_uint_eq(at.pairs, support_count(metrics, RQA_COUNT_PAIRS));
        ck_assert_uint_eq(at.points, support_count(metrics, RQA_COUNT_POINTS));
    } else {
        ck_assert_int_eq(status, RQA_ERROR_TOO_SHORT);
    }
    for (int m = 0; m < RQA_MEASURE_COUNT; m++) {
        const double *values;
        const uint8_t *reasons;
        size_t n_windows;
        if (!(options->measures & RQA_MEASURE_BIT(m)))
            continue;
        ck_ok(rqa_windows_values(windows, m, &values, &reasons, &n_windows));
        if (status == RQA_OK)
            expect_value(values[index], support_get(metrics, m), reasons[index],
                         rqa_metrics_reason(metrics, m), d, m, index);
        else
            ck_assert_int_eq(reasons[index], RQA_REASON_ALL_SKIPPED);
    }
    if (status == RQA_OK)
        rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
}

static int expect_draw(rqa_context *context, rng *r, const draw *d)
{
    rqa_windows *windows;
    rqa_embedding *x = embed(context, d->x, d->n_x, d->channels_x, d->dim_x, d->delay_x);
    rqa_embedding *y =
        d->has_y ? embed(context, d->y, d->n_y, d->channels_y, d->dim_y, d->delay_y) : NULL;
    const rqa_status status = rqa_windows_compute(&windows, x, y, &d->options, &d->windows);
    int shared = 0;
    if (status == RQA_OK) {
        rqa_provenance provenance = {.struct_size = sizeof provenance};
        rqa_analysis_options alone = d->options;
        ck_ok(rqa_windows_provenance(windows, &provenance));
        shared = strcmp(provenance.strategy, "windows") == 0;
        if (d->windows.scope == RQA_WINDOWS_SCOPE_RECORDING) {
            alone.threshold_unit = RQA_THRESHOLD_DATA;
            alone.threshold = provenance.threshold;
            alone.threshold_y = provenance.threshold_y;
        }
        alone.backend = RQA_BACKEND_SEQUENTIAL;
        const size_t n = rqa_windows_count(windows);
        const size_t shortest = d->has_y && d->n_y < d->n_x ? d->n_y : d->n_x;
        ck_assert_uint_eq(n, (shortest - d->windows.window) / d->windows.step + 1);
        expect_window(context, d, windows, 0, &alone);
        expect_window(context, d, windows, n - 1, &alone);
        for (int k = 0; k < 6; k++)
            expect_window(context, d, windows, rng_below(r, n), &alone);
        rqa_windows_destroy(windows);
    } else if (d->options.threshold_unit == RQA_THRESHOLD_DATA) {
        ck_assert_msg(status == RQA_ERROR_MISMATCH || status == RQA_ERROR_TOO_SHORT, "%s",
                      rqa_last_error());
    }
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    return shared;
}

/* What is not read off lines is an analysis of each window by itself. */
static void make_analysis(draw *d, rng *r, int what)
{
    rqa_analysis_options_init(&d->options);
    rqa_windows_options_init(&d->windows);
    *d = (draw){.n_x = 150, .channels_x = 1, .dim_x = 2, .delay_x = 3, .options = d->options,
                .windows = d->windows};
    fill(r, d->x, d->n_x, 1, 0);
    rqa_analysis_options *o = &d->options;
    o->threshold = 0.4;
    o->measures = RQA_MEASURES_DEFAULT;
    d->windows.window = 60;
    d->windows.step = 13;
    switch (what) {
    case 0:
        o->measures = RQA_MEASURE_BIT(RQA_MEASURE_RPDE) | RQA_MEASURE_BIT(RQA_MEASURE_PATH_MEAN);
        break;
    case 1:
        o->threshold_unit = RQA_THRESHOLD_STD;
        o->measures |= RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
        break;
    case 2:
        o->border = RQA_BORDER_KELO;
        break;
    case 3:
        o->threshold_unit = RQA_THRESHOLD_STD;
        o->corridor = 1;
        o->threshold_lower = 0.1;
        break;
    default: /* a rate of no cells */
        o->threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
        o->theiler = 1000;
        o->measures |= RQA_MEASURE_BIT(RQA_MEASURE_RPDE);
    }
}

START_TEST(analyses_of_windows)
{
    rng r = {41 + (uint64_t)_i};
    rqa_context *context = support_context(2);
    draw *d = malloc(sizeof *d);
    make_analysis(d, &r, _i % 5);
    d->windows.scope = _i / 5;
    rqa_windows *windows;
    rqa_embedding *x = embed(context, d->x, d->n_x, 1, d->dim_x, d->delay_x);
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    rqa_analysis_options alone = d->options;
    ck_ok(rqa_windows_compute(&windows, x, NULL, &d->options, &d->windows));
    ck_ok(rqa_windows_provenance(windows, &provenance));
    ck_assert_str_eq(provenance.strategy, "blocks");
    if (d->windows.scope == RQA_WINDOWS_SCOPE_RECORDING && !isnan(provenance.threshold)) {
        alone.threshold_unit = RQA_THRESHOLD_DATA;
        alone.threshold = provenance.threshold;
        alone.threshold_lower = d->options.corridor ? provenance.threshold_lower : 0;
    }
    ck_assert(d->options.corridor ? provenance.threshold_lower > 0
                                  : isnan(provenance.threshold_lower));
    ck_assert(isnan(provenance.rr_reached));
    for (size_t k = 0; k < rqa_windows_count(windows); k++)
        expect_window(context, d, windows, k, &alone);
    rqa_windows_destroy(windows);
    rqa_embedding_destroy(x);
    free(d);
    rqa_context_destroy(context);
}
END_TEST

/* A stream of x, read now and then, against an analysis of its last samples. */
static void expect_stream(rqa_context *context, rng *r, draw *d)
{
    rqa_stream_options options;
    rqa_stream *stream;
    rqa_stream_options_init(&options);
    options.window = d->windows.window;
    options.missing = RQA_MISSING_SKIP;
    d->has_y = 0;
    d->options.relation = RQA_RELATION_AUTO;
    d->options.threshold_unit = RQA_THRESHOLD_DATA;
    ck_ok(rqa_stream_create(&stream, context, d->channels_x, d->dim_x, d->delay_x, &d->options,
                            &options));
    for (int pass = 0; pass < 2; pass++) {
        size_t taken = 0;
        while (taken < d->n_x) {
            size_t n = 1 + rng_below(r, 12);
            n = n < d->n_x - taken ? n : d->n_x - taken;
            ck_ok(rqa_stream_push(stream, d->x + taken * d->channels_x, n));
            taken += n;
            ck_assert_uint_eq(rqa_stream_n_samples(stream), taken);
            if (taken < options.window) {
                if (d->options.measures & 1)
                    ck_assert_int_eq(rqa_stream_reason(stream, 0), RQA_REASON_SERIES_TOO_SHORT);
                continue;
            }
            if (rng_below(r, 4))
                continue;
            rqa_embedding *x = embed(context, d->x + (taken - options.window) * d->channels_x,
                                     options.window, d->channels_x, d->dim_x, d->delay_x);
            rqa_metrics *metrics;
            const rqa_status status = rqa_metrics_compute(&metrics, x, NULL, &d->options);
            for (int m = 0; m < 19; m++) {
                double value;
                ck_ok(rqa_stream_get(stream, m, &value));
                if (status == RQA_OK)
                    expect_value(value, support_get(metrics, m), rqa_stream_reason(stream, m),
                                 rqa_metrics_reason(metrics, m), d, m, taken - options.window);
                else if (d->options.measures & RQA_MEASURE_BIT(m))
                    ck_assert_int_eq(rqa_stream_reason(stream, m), RQA_REASON_ALL_SKIPPED);
            }
            if (status == RQA_OK)
                rqa_metrics_destroy(metrics);
            rqa_embedding_destroy(x);
        }
        ck_ok(rqa_stream_reset(stream));
    }
    rqa_stream_destroy(stream);
}

START_TEST(streams_are_windows)
{
    rng r = {700};
    rqa_context *context = support_context(1);
    const uint64_t rounds = env_number("RQA_TEST_ROUNDS", 300);
    draw *d = malloc(sizeof *d);
    for (uint64_t k = 0; k < rounds; k++) {
        make(&r, d);
        expect_stream(context, &r, d);
    }
    free(d);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(windows_are_blocks)
{
    rng r = {20 + (uint64_t)_i};
    rqa_context *context = support_context(1 + (uint32_t)_i % 2);
    const uint64_t rounds = env_number("RQA_TEST_ROUNDS", 400);
    uint64_t n_shared = 0;
    draw *d = malloc(sizeof *d);
    for (uint64_t k = 0; k < rounds; k++) {
        make(&r, d);
        n_shared += (uint64_t)expect_draw(context, &r, d);
    }
    ck_assert_uint_gt(n_shared, rounds / 4);
    ck_assert_uint_lt(n_shared, rounds);
    free(d);
    rqa_context_destroy(context);
}
END_TEST

/* Rows of many words, with counts beyond small tables. */
START_TEST(wide_windows_are_blocks)
{
    rng r = {90 + (uint64_t)_i};
    rqa_context *context = support_context(1);
    const uint64_t rounds = env_number("RQA_TEST_ROUNDS", 30);
    draw *d = malloc(sizeof *d);
    for (uint64_t k = 0; k < rounds; k++) {
        make(&r, d);
        d->windows.window = 500 + rng_below(&r, 700);
        d->windows.step = 1 + rng_below(&r, 3);
        d->n_x = d->n_y = d->windows.window + 40 + rng_below(&r, 100);
        const int missing = rng_below(&r, 4) == 0;
        fill(&r, d->x, d->n_x, d->channels_x, missing);
        fill(&r, d->y, d->n_y, d->channels_y, missing);
        expect_draw(context, &r, d);
    }
    free(d);
    rqa_context_destroy(context);
}
END_TEST

/* ---- the table ---- */

typedef struct row {
    char series[32], parameters[200], quantity[24], values[400], tolerance[24];
} row;

static double parameter(const row *r, const char *name, double otherwise)
{
    const char *at = strstr(r->parameters, name);
    return at ? strtod(at + strlen(name), NULL) : otherwise;
}

static size_t read_series(const char *name, double *values, size_t most)
{
    char path[300];
    size_t n = 0;
    const char *colon = strchr(name, ':');
    const size_t wanted = colon ? (size_t)strtoul(colon + 1, NULL, 10) : most;
    const int length = (int)strcspn(name, "[");
    snprintf(path, sizeof path, "%s/series/%.*s.txt", RQA_TEST_ORACLES, length, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (n < wanted && n < most && fscanf(file, "%lf", &values[n]) == 1)
        n++;
    fclose(file);
    return n;
}

static double quantity_of(const rqa_windows *windows, const char *name, size_t index)
{
    rqa_window window = {.struct_size = sizeof window};
    const double *values;
    int32_t measure;
    ck_ok(rqa_windows_at(windows, index, &window));
    if (strcmp(name, "start") == 0)
        return (double)window.start;
    if (strcmp(name, "points") == 0)
        return (double)window.points;
    if (strcmp(name, "threshold") == 0)
        return window.threshold;
    ck_ok(rqa_measure_from_name(&measure, name));
    ck_ok(rqa_windows_values(windows, measure, &values, NULL, NULL));
    return values[index];
}

static void expect_row(rqa_context *context, const row *r)
{
    static double values[1000];
    const size_t n = read_series(r->series, values, 1000);
    rqa_embedding *x = embed(context, values, n, 1, (uint32_t)parameter(r, "dim=", 1),
                             (uint32_t)parameter(r, "delay=", 1));
    rqa_windows *windows;
    rqa_analysis_options options;
    rqa_windows_options windows_options;
    rqa_analysis_options_init(&options);
    rqa_windows_options_init(&windows_options);
    options.norm = strstr(r->parameters, "maximum") ? RQA_NORM_MAXIMUM : RQA_NORM_EUCLIDEAN;
    options.theiler = (int64_t)parameter(r, "theiler=", 1);
    options.threshold = parameter(r, "threshold=", 0);
    windows_options.window = (uint64_t)parameter(r, "window=", 0);
    windows_options.step = (uint64_t)parameter(r, "step=", 1);
    ck_ok(rqa_windows_compute(&windows, x, NULL, &options, &windows_options));
    const double tolerance = strncmp(r->tolerance, "rel:", 4) ? 0 : strtod(r->tolerance + 4, NULL);
    char *at = (char *)r->values;
    if (strcmp(r->quantity, "windows") == 0)
        ck_assert_uint_eq(rqa_windows_count(windows), strtoul(at, NULL, 10));
    else if (strcmp(r->quantity, "vectors_each") == 0)
        ck_assert_uint_eq(windows_options.window -
                              (rqa_embedding_dim(x) - 1) * rqa_embedding_delay(x),
                          strtoul(at, NULL, 10));
    else
        for (size_t k = 0; k < rqa_windows_count(windows); k++) {
            const double wanted = strtod(at, &at);
            ck_near(quantity_of(windows, r->quantity, k), wanted, tolerance * fabs(wanted));
        }
    rqa_windows_destroy(windows);
    rqa_embedding_destroy(x);
}

/* Rows with a target are those of thresholds from a recurrence rate. */
START_TEST(oracle_table)
{
    rqa_context *context = support_context(1);
    FILE *file = fopen(RQA_TEST_ORACLES "/03_windows.tsv", "r");
    char line[800];
    int n = 0;
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        row r;
        if (line[0] == '#' || strstr(line, "target="))
            continue;
        ck_assert_int_eq(sscanf(line, "%31[^\t]\t%199[^\t]\t%23[^\t]\t%399[^\t]\t%23[^\n]",
                                r.series, r.parameters, r.quantity, r.values, r.tolerance),
                         5);
        expect_row(context, &r);
        n++;
    }
    fclose(file);
    ck_assert_int_eq(n, 30);
    rqa_context_destroy(context);
}
END_TEST

/* ---- a thread beside others ---- */

typedef struct player {
    rqa_context *context;
    const double *values;
    size_t n;
    double det;
} player;

static void *play(void *arg)
{
    player *p = arg;
    rqa_stream *stream;
    rqa_stream_options options;
    const rqa_analysis_options analysis = support_options(0, RQA_NORM_EUCLIDEAN, .5);
    rqa_stream_options_init(&options);
    options.window = 100;
    if (rqa_stream_create(&stream, p->context, 1, 2, 3, &analysis, &options))
        return NULL;
    for (size_t i = 0; i < p->n; i++)
        if (rqa_stream_push(stream, &p->values[i], 1) ||
            rqa_stream_get(stream, RQA_MEASURE_DET, &p->det))
            break;
    rqa_stream_destroy(stream);
    return NULL;
}

/* The sanitizers see whether anything is shared; the values are those of the last window. */
START_TEST(stream_beside_a_batch)
{
    enum { N = 1200 };
    static double values[N];
    static const uint32_t one[] = {1}, dims[] = {1, 2};
    static const double thresholds[] = {.2, .5};
    rng r = {5};
    rqa_context *context = support_context(2);
    pthread_t thread;
    rqa_windows *windows;
    const double *det;
    size_t n;
    for (size_t i = 0; i < N; i++)
        values[i] = rng_gauss(&r);
    player p = {context, values, N, NAN};
    rqa_series *series = support_series(context, values, N, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, play, &p), 0);
    for (int k = 0; k < 3; k++) {
        rqa_batch *batch;
        rqa_batch_options options;
        rqa_batch_item item = {.struct_size = sizeof item, .x = series, .norm = -1, .relation = -1};
        rqa_batch_options_init(&options);
        options.dims = dims, options.n_dims = 2;
        options.delays = one, options.n_delays = 1;
        options.thresholds = thresholds, options.n_thresholds = 2;
        ck_ok(rqa_batch_create(&batch, context, &options));
        ck_ok(rqa_batch_add(batch, &item));
        ck_ok(rqa_batch_run(batch, NULL, NULL));
        rqa_batch_destroy(batch);
    }
    pthread_join(thread, NULL);
    rqa_embedding *x = support_embedding(series, 2, 3);
    const rqa_analysis_options analysis = support_options(0, RQA_NORM_EUCLIDEAN, .5);
    rqa_windows_options windows_options;
    rqa_windows_options_init(&windows_options);
    windows_options.window = 100;
    ck_ok(rqa_windows_compute(&windows, x, NULL, &analysis, &windows_options));
    ck_ok(rqa_windows_values(windows, RQA_MEASURE_DET, &det, NULL, &n));
    ck_assert(memcmp(&det[n - 1], &p.det, sizeof p.det) == 0);
    rqa_windows_destroy(windows);
    rqa_embedding_destroy(x);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}
END_TEST

static int32_t stop_later(void *user, rqa_stream *stream, uint64_t n_samples)
{
    const double sample = 0;
    int *n_calls = user;
    ck_fails(rqa_stream_push(stream, &sample, 1), RQA_ERROR_STATE, "on_sample");
    ck_fails(rqa_stream_reset(stream), RQA_ERROR_STATE, "on_sample");
    return ++*n_calls == 3 && n_samples == 12;
}

START_TEST(callbacks)
{
    static const double samples[20] = {1, 2, 3, 1, 2, 3};
    rqa_context *context = support_context(1);
    rqa_stream *stream;
    rqa_stream_options options;
    int n_calls = 0;
    rqa_stream_options_init(&options);
    options.window = 10;
    options.on_sample = stop_later;
    options.user = &n_calls;
    ck_ok(rqa_stream_create(&stream, context, 1, 1, 1, NULL, &options));
    ck_fails(rqa_stream_push(stream, samples, 20), RQA_ERROR_CANCELLED, "sample 11");
    ck_assert_uint_eq(rqa_stream_n_samples(stream), 12);
    ck_assert_int_eq(n_calls, 3);
    ck_ok(rqa_stream_push(stream, samples, 2));
    ck_assert_int_eq(n_calls, 5);
    rqa_stream_destroy(stream);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(corridors_in_units)
{
    static const double same[30], rising[30] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
    rqa_context *context = support_context(1);
    rqa_embedding *x = embed(context, same, 30, 1, 1, 1), *y = embed(context, rising, 30, 1, 1, 1);
    rqa_windows *windows;
    rqa_windows_options w;
    rqa_analysis_options o;
    const double *rr;
    rqa_windows_options_init(&w);
    w.window = 10;
    rqa_analysis_options_init(&o);
    o.threshold_unit = RQA_THRESHOLD_STD;
    o.threshold = 0.5;
    o.corridor = 1;
    o.threshold_lower = 0.1;
    ck_ok(rqa_windows_compute(&windows, x, NULL, &o, &w)); /* 0 < distance <= 0: none */
    ck_ok(rqa_windows_values(windows, RQA_MEASURE_RR, &rr, NULL, NULL));
    ck_assert(rr[0] == 0);
    rqa_windows_destroy(windows);
    o.relation = RQA_RELATION_JOINT;
    ck_fails(rqa_windows_compute(&windows, x, y, &o, &w), RQA_ERROR_UNSUPPORTED, "corridor|joint|unit");
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    rqa_context_destroy(context);
}
END_TEST

/* Windows run on threads, like networks and profiles. */
START_TEST(environment_wants_a_gpu)
{
    static const double values[30] = {1, 2, 3};
    setenv("RQA_BACKEND", "gpu", 1);
    rqa_context *context = support_context(1);
    unsetenv("RQA_BACKEND");
    rqa_embedding *x = embed(context, values, 30, 1, 1, 1);
    rqa_windows *windows;
    rqa_windows_options w;
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    rqa_windows_options_init(&w);
    w.window = 10;
    ck_ok(rqa_windows_compute(&windows, x, NULL, NULL, &w));
    ck_ok(rqa_windows_provenance(windows, &provenance));
    ck_assert_int_eq(provenance.backend, RQA_BACKEND_THREADS);
    rqa_windows_destroy(windows);
    rqa_embedding_destroy(x);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(streams_refuse_what_they_do_not_have)
{
    rqa_context *context = support_context(1);
    rqa_stream *stream;
    rqa_stream_options options;
    rqa_analysis_options analysis;
    rqa_stream_options_init(&options);
    options.window = 10;
    rqa_analysis_options_init(&analysis);
    analysis.ties = RQA_TIES_INDEX;
    ck_fails(rqa_stream_create(&stream, context, 1, 1, 1, &analysis, &options), RQA_ERROR_VALUE,
             "ties");
    analysis.ties = RQA_TIES_ALL;
    analysis.threshold_lower = 0.1;
    ck_fails(rqa_stream_create(&stream, context, 1, 1, 1, &analysis, &options), RQA_ERROR_VALUE,
             "threshold_lower");
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("windows");
    TCase *tests = tcase_create("windows");
    tcase_add_loop_test(tests, windows_are_blocks, 0, 2);
    tcase_add_loop_test(tests, wide_windows_are_blocks, 0, 2);
    tcase_add_loop_test(tests, analyses_of_windows, 0, 10);
    tcase_add_test(tests, streams_are_windows);
    tcase_add_test(tests, oracle_table);
    tcase_add_test(tests, stream_beside_a_batch);
    tcase_add_test(tests, callbacks);
    tcase_add_test(tests, environment_wants_a_gpu);
    tcase_add_test(tests, corridors_in_units);
    tcase_add_test(tests, streams_refuse_what_they_do_not_have);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
