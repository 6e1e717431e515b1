/* bench_strategies.c - the ways to the same numbers, side by side: single calls, the strategies of
 * the engines, backends, and what `auto` makes of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_tasks.h"

static const char name[] = "strategies";

/* A way is a backend and a profile: the cost model is told that one strategy takes for ever. */
typedef struct way {
    const char *text;
    int32_t backend;
    enum { AS_IS, BITS, SWEEP, CALIBRATED } profile;
} way;

static const way ways[] = {
    {"bits", RQA_BACKEND_SEQUENTIAL, BITS},
    {"sweep", RQA_BACKEND_SEQUENTIAL, SWEEP},
    {"sequential", RQA_BACKEND_SEQUENTIAL, AS_IS},
    {"threads", RQA_BACKEND_THREADS, AS_IS},
    {"gpu", RQA_BACKEND_GPU, AS_IS},
    {"hybrid", RQA_BACKEND_HYBRID, AS_IS},
    {"auto", RQA_BACKEND_AUTO, AS_IS},
    {"auto, calibrated", RQA_BACKEND_AUTO, CALIBRATED},
};
enum { N_WAYS = sizeof ways / sizeof *ways, WAY_BITS = 0, WAY_SWEEP = 1, WAY_CHOSEN = 2 };

static const double for_ever = 1e12;

static void set_profile(rqa_context *context, const way *w)
{
    rqa_profile profile = {.struct_size = sizeof profile};
    bench_check(rqa_context_set_profile(context, NULL), "rqa_context_set_profile");
    if (w->profile == CALIBRATED) {
        bench_check(rqa_context_calibrate(context), "rqa_context_calibrate");
    } else if (w->profile != AS_IS) {
        bench_check(rqa_context_get_profile(context, &profile), "rqa_context_get_profile");
        *(w->profile == BITS ? &profile.sweep_scale : &profile.bits_scale) = for_ever;
        bench_check(rqa_context_set_profile(context, &profile), "rqa_context_set_profile");
    }
}

static int has_backend(rqa_context *context, int32_t backend)
{
    rqa_backend_info info = {.struct_size = sizeof info};
    for (size_t k = 0; rqa_context_backend_at(context, k, &info) == RQA_OK; k++)
        if (info.backend == backend)
            return info.available;
    return backend == RQA_BACKEND_AUTO;
}

/* A group of ways; the first reported is what the others are compared with. */
typedef struct comparison {
    bench_row first;
    int have;
    double median_s[N_WAYS];
} comparison;

static void report(bench *b, comparison *c, bench_row *row)
{
    if (!c->have)
        c->first = *row;
    c->have = 1;
    row->speedup = c->first.time.median_s / row->time.median_s;
    bench_report_expect(b, c->first.time.digest, row->time.digest, row->what);
    bench_report_row(b, row);
}

/* How far the cost model's choice is from the better strategy. */
static void report_choice(bench *b, const comparison *c, const char *what)
{
    bench_report_figure(
        b, name, c->median_s[WAY_CHOSEN] / fmin(c->median_s[WAY_BITS], c->median_s[WAY_SWEEP]),
        "times the better strategy", "the cost model's choice, %s", what);
}

/* ---- one analysis ---- */

static void compare_analysis(bench *b, const double *x, size_t n, int32_t norm)
{
    comparison c = {.have = 0};
    bench_analysis a;
    bench_analysis_init(&a, b->context, x, n, norm);
    char what[48];
    snprintf(what, sizeof what, "one analysis, %s", rqa_norm_name(norm));
    for (unsigned k = 0; k < N_WAYS; k++) {
        if (!has_backend(b->context, ways[k].backend))
            continue;
        set_profile(b->context, &ways[k]);
        a.options.backend = ways[k].backend;
        bench_row row = bench_analysis_time(b, name, &a);
        snprintf(row.what, sizeof row.what, "%s, %s", what, ways[k].text);
        c.median_s[k] = row.time.median_s;
        report(b, &c, &row);
    }
    report_choice(b, &c, what);
    bench_analysis_free(&a);
}

/* ---- a grid ---- */

/* The grid as one call for every (dim, delay, threshold): what a sweep shares, done over. */
static uint64_t run_one_by_one(void *arg)
{
    bench_batch *w = arg;
    const bench_axes *axes = &w->axes;
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.convention = RQA_CONVENTION_FOUNDING;
    options.norm = w->norm;
    options.measures = w->measures;
    options.backend = RQA_BACKEND_SEQUENTIAL;
    w->n_rows = 0;
    uint64_t digest = 0;
    for (uint32_t cell = 0; cell < axes->n_dims * axes->n_delays; cell++) {
        rqa_embedding *x;
        bench_check(rqa_embedding_create(&x, w->series[0], axes->dim[cell / axes->n_delays],
                                         axes->delay[cell % axes->n_delays]),
                    "rqa_embedding_create");
        for (uint32_t e = 0; e < axes->n_thresholds; e++, w->n_rows++) {
            rqa_metrics *metrics;
            options.threshold = axes->threshold[e];
            bench_check(rqa_metrics_compute(&metrics, x, NULL, &options), "rqa_metrics_compute");
            for (int32_t k = 0; k < RQA_MEASURE_COUNT; k++) {
                double value;
                bench_check(rqa_metrics_get(metrics, k, &value), "rqa_metrics_get");
                if (options.measures & RQA_MEASURE_BIT(k))
                    digest = bench_digest(digest, &value, 1);
            }
            rqa_metrics_destroy(metrics);
        }
        rqa_embedding_destroy(x);
    }
    return digest;
}

static void compare_grid(bench *b, const double *x, size_t n, int32_t norm, uint32_t n_thresholds)
{
    comparison c = {.have = 0};
    rqa_series *series = bench_series(b->context, x, n, 1);
    bench_batch batch = {.context = b->context,
                         .series = &series,
                         .n_series = 1,
                         .axes = bench_axes_founding(b->settings.tiny, n_thresholds, 2, 1),
                         .norm = norm,
                         .measures = bench_measures_lines()};
    char what[40];
    snprintf(what, sizeof what, "%u settings, %s",
             batch.axes.n_dims * batch.axes.n_delays * batch.axes.n_thresholds,
             rqa_norm_name(norm));
    bench_row row = {.bench = name, .n = n, .unit = "results", .n_threads = 1};
    row.time = bench_measure(run_one_by_one, &batch, b->settings.tiny ? 1 : b->settings.repeats);
    row.work = (double)batch.n_rows;
    bench_context_kernels(row.kernels, b->context);
    snprintf(row.what, sizeof row.what, "%s, single calls", what);
    report(b, &c, &row);
    for (unsigned k = 0; k < N_WAYS; k++) {
        if (!has_backend(b->context, ways[k].backend))
            continue;
        set_profile(b->context, &ways[k]);
        batch.backend = ways[k].backend;
        row = bench_batch_time(b, name, &batch);
        snprintf(row.what, sizeof row.what, "%s, %s", what, ways[k].text);
        c.median_s[k] = row.time.median_s;
        report(b, &c, &row);
    }
    report_choice(b, &c, what);
    rqa_series_destroy(series);
}

static void report_profile(bench *b)
{
    rqa_profile profile = {.struct_size = sizeof profile};
    bench_check(rqa_context_get_profile(b->context, &profile), "rqa_context_get_profile");
    bench_report_figure(b, name, profile.bits_scale, "", "calibrated bits_scale");
    bench_report_figure(b, name, profile.sweep_scale, "", "calibrated sweep_scale");
    bench_report_figure(b, name, profile.thread_speedup, "", "calibrated thread_speedup");
    bench_report_figure(b, name, 1e6 * profile.thread_start_s, "us", "calibrated thread_start");
}

void bench_strategies(bench *b)
{
    const int tiny = b->settings.tiny;
    const size_t n = tiny ? 200 : 10000, n_grid = tiny ? 150 : 1000, n_short = tiny ? 100 : 200;
    bench_report_title(b, name,
                       "ways to the same numbers; bits and sweep are the two strategies, on "
                       "one thread; speed-up over the first of a group");
    double *x = bench_roessler(n), *unit = bench_roessler_unit(n_grid);
    compare_analysis(b, x, n, RQA_NORM_EUCLIDEAN);
    compare_analysis(b, x, n, RQA_NORM_MAXIMUM);
    compare_grid(b, unit, n_short, RQA_NORM_MANHATTAN, 51);
    compare_grid(b, unit, n_grid, RQA_NORM_MAXIMUM, 17);
    compare_grid(b, unit, n_grid, RQA_NORM_EUCLIDEAN, 17);
    report_profile(b);
    bench_check(rqa_context_set_profile(b->context, NULL), "rqa_context_set_profile");
    free(unit);
    free(x);
}
