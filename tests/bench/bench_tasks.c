/* bench_tasks.c - one analysis and one batch through the public calls. */
#include "bench_tasks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t bench_measures_lines(void)
{
    return (RQA_MEASURE_BIT(RQA_MEASURE_W_MEAN) - 1) & ~RQA_MEASURE_BIT(RQA_MEASURE_DIV);
}

uint64_t bench_measures_white(void)
{
    return RQA_MEASURE_BIT(RQA_MEASURE_W_MEAN) | RQA_MEASURE_BIT(RQA_MEASURE_W_MAX) |
           RQA_MEASURE_BIT(RQA_MEASURE_W_ENTR);
}

rqa_context *bench_context(unsigned n_threads)
{
    rqa_context_options options;
    rqa_context *context;
    rqa_context_options_init(&options);
    options.n_threads = n_threads;
    bench_check(rqa_context_create(&context, &options), "rqa_context_create");
    return context;
}

rqa__cpu bench_cpu(void)
{
    rqa__cpu cpu = rqa__cpu_detect();
    const char *lowered = getenv("RQA_CPU");
    if (lowered && rqa__cpu_lower(&cpu, lowered) != 0)
        bench_die("rqa_bench: no kernels %s", lowered);
    return cpu;
}

void bench_context_kernels(char out[8], rqa_context *context)
{
    static const double value[] = {0.0, 1.0};
    bench_analysis a;
    bench_analysis_init(&a, context, value, 2, RQA_NORM_MAXIMUM);
    bench_analysis_run(&a);
    snprintf(out, 8, "%s", a.kernels);
    bench_analysis_free(&a);
}

/* ---- one analysis ---- */

void bench_analysis_init(bench_analysis *a, rqa_context *context, const double *x, size_t n,
                         int32_t norm)
{
    rqa_series *series = bench_series(context, x, n, 1);
    const uint32_t dim = n > 100 ? 3 : 1;
    bench_check(rqa_embedding_create(&a->x, series, dim, 6), "rqa_embedding_create");
    rqa_series_destroy(series);
    rqa_analysis_options_init(&a->options);
    a->options.norm = norm;
    a->options.threshold = 1.2;
    a->options.measures = RQA_MEASURE_BIT(RQA_MEASURE_W_ENTR + 1) - 1;
    a->n_samples = n;
}

void bench_analysis_free(bench_analysis *a)
{
    rqa_embedding_destroy(a->x);
}

uint64_t bench_analysis_run(void *analysis)
{
    bench_analysis *a = analysis;
    rqa_metrics *metrics;
    bench_check(rqa_metrics_compute(&metrics, a->x, NULL, &a->options), "rqa_metrics_compute");
    double value[RQA_MEASURE_COUNT];
    for (int32_t k = 0; k < RQA_MEASURE_COUNT; k++)
        bench_check(rqa_metrics_get(metrics, k, &value[k]), "rqa_metrics_get");
    rqa_provenance p = {.struct_size = sizeof p};
    bench_check(rqa_metrics_provenance(metrics, &p), "rqa_metrics_provenance");
    snprintf(a->engine, sizeof a->engine, "%s", p.strategy);
    snprintf(a->kernels, sizeof a->kernels, "%s", p.kernels);
    a->n_threads = p.n_threads;
    rqa_metrics_destroy(metrics);
    return bench_digest(0, value, RQA_MEASURE_COUNT);
}

void bench_analyses_time(bench_row *row, bench *b, const char *name, bench_analysis *a, unsigned n)
{
    bench_time time[BENCH_MOST_WORKS];
    void *args[BENCH_MOST_WORKS] = {NULL};
    for (unsigned k = 0; k < n; k++)
        args[k] = &a[k];
    bench_measure_in_turn(time, bench_analysis_run, args, n,
                          b->settings.tiny ? 1 : b->settings.repeats);
    for (unsigned k = 0; k < n; k++) {
        const double n_vectors = (double)rqa_embedding_n_vectors(a[k].x);
        row[k] = (bench_row){.bench = name,
                             .n = a[k].n_samples,
                             .n_threads = a[k].n_threads,
                             .time = time[k],
                             .work = n_vectors * n_vectors,
                             .unit = "cells",
                             .speedup = (double)NAN};
        snprintf(row[k].kernels, sizeof row->kernels, "%s", a[k].kernels);
        snprintf(row[k].engine, sizeof row->engine, "%s", a[k].engine);
        snprintf(row[k].what, sizeof row->what, "roessler %s", rqa_norm_name(a[k].options.norm));
    }
}

bench_row bench_analysis_time(bench *b, const char *name, bench_analysis *a)
{
    bench_row row;
    bench_analyses_time(&row, b, name, a, 1);
    return row;
}

/* ---- one batch ---- */

bench_axes bench_axes_founding(int tiny, uint32_t n_thresholds, uint32_t first_lmin,
                               uint32_t n_lmins)
{
    bench_axes axes = {.n_dims = tiny ? 2 : 10, .n_delays = tiny ? 2 : 10};
    axes.n_thresholds = tiny ? 3 : n_thresholds;
    axes.n_lmins = n_lmins;
    for (uint32_t k = 0; k < 10; k++)
        axes.dim[k] = axes.delay[k] = k + 1;
    for (uint32_t k = 0; k < axes.n_thresholds; k++)
        axes.threshold[k] = 0.05 + 0.05 * k / (axes.n_thresholds - 1);
    for (uint32_t k = 0; k < n_lmins; k++)
        axes.lmin[k] = first_lmin + k;
    return axes;
}

static void add_items(rqa_batch *batch, const bench_batch *w)
{
    const unsigned n_modes = w->modes == (BENCH_MODE_1D | BENCH_MODE_2D) ? 2 : 1;
    for (size_t k = 0; k < w->n_series; k++)
        for (unsigned m = 0; m < n_modes; m++) {
            rqa_batch_item item = {.struct_size = sizeof item, .norm = w->norm, .relation = -1};
            item.x = w->series[k];
            if (w->modes) {
                const int flat = m == 0 && (w->modes & BENCH_MODE_1D);
                item.norm = flat ? RQA_NORM_MANHATTAN : RQA_NORM_EUCLIDEAN;
                item.channel_count = flat ? 1 : 2;
            }
            bench_check(rqa_batch_add(batch, &item), "rqa_batch_add");
        }
}

/* Results are looked at and dropped. */
static int on_event(const rqa_batch_event *event, void *user)
{
    bench_batch *w = user;
    if (event->type == RQA_EVENT_ITEM_COMPLETED) {
        if (event->status != RQA_OK)
            bench_die("item %llu: %s", (unsigned long long)event->item, event->text);
        w->digest = bench_digest(w->digest, event->values, event->n_rows * event->n_measures);
    }
    return 0;
}

uint64_t bench_batch_run(void *arg)
{
    bench_batch *w = arg;
    rqa_analysis_options analysis;
    rqa_batch_options options;
    rqa_batch *batch;
    rqa_analysis_options_init(&analysis);
    analysis.convention = RQA_CONVENTION_FOUNDING;
    analysis.measures = w->measures;
    analysis.backend = w->backend;
    rqa_batch_options_init(&options);
    options.analysis = &analysis;
    options.dims = w->axes.dim;
    options.n_dims = w->axes.n_dims;
    options.delays = w->axes.delay;
    options.n_delays = w->axes.n_delays;
    options.thresholds = w->axes.threshold;
    options.n_thresholds = w->axes.n_thresholds;
    options.lmins = w->axes.lmin;
    options.n_lmins = w->axes.n_lmins;
    bench_check(rqa_batch_create(&batch, w->context, &options), "rqa_batch_create");
    add_items(batch, w);
    w->n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    w->digest = 0;
    bench_check(rqa_batch_run(batch, on_event, w), "rqa_batch_run");
    rqa_batch_destroy(batch);
    return w->digest;
}

bench_row bench_batch_time(bench *b, const char *name, bench_batch *w)
{
    bench_row row = {.bench = name, .unit = "results", .speedup = (double)NAN};
    row.time = bench_measure(bench_batch_run, w, b->settings.tiny ? 1 : b->settings.repeats);
    row.work = (double)w->n_rows;
    row.n_threads = w->backend == RQA_BACKEND_SEQUENTIAL ? 1 : rqa_context_n_threads(w->context);
    row.n = rqa_series_n_samples(w->series[0]);
    bench_context_kernels(row.kernels, w->context);
    return row;
}
