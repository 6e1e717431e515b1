/* bench_matrix.c - the plot itself beside its measures: matrix, measures of it, picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_tasks.h"
#include "cli_system.h"

typedef struct plot_work {
    bench_analysis analysis;
    rqa_matrix *matrix; /* to be measured, or drawn without one */
    char path[64];
} plot_work;

static uint64_t make_matrix(void *arg)
{
    plot_work *w = arg;
    rqa_matrix *matrix;
    bench_check(rqa_matrix_create(&matrix, w->analysis.x, NULL, &w->analysis.options),
                "rqa_matrix_create");
    const size_t n = rqa_matrix_n_rows(matrix);
    const uint64_t digest = bench_digest_bytes(rqa_matrix_row(matrix, n / 2), (n + 63) / 64 * 8);
    rqa_matrix_destroy(matrix);
    return digest;
}

static uint64_t measure_matrix(void *arg)
{
    plot_work *w = arg;
    rqa_metrics *metrics;
    double rr = 0;
    bench_check(rqa_metrics_from_matrix(&metrics, w->matrix, &w->analysis.options),
                "rqa_metrics_from_matrix");
    bench_check(rqa_metrics_get(metrics, RQA_MEASURE_RR, &rr), "rqa_metrics_get");
    rqa_metrics_destroy(metrics);
    return bench_digest(0, &rr, 1);
}

static uint64_t draw(void *arg)
{
    plot_work *w = arg;
    rqa_png_options png;
    rqa_png_options_init(&png);
    png.overwrite = 1;
    bench_check(rqa_plot_write_png(w->path, w->analysis.x, NULL, &w->analysis.options, &png),
                "rqa_plot_write_png");
    return 0;
}

/* Each in the time of the analysis, which the last column compares with. */
static void time_all(bench *b, const double *x, size_t n, int32_t norm)
{
    static const struct {
        const char *what;
        bench_work *work;
    } works[] = {{"matrix", make_matrix}, {"measures of it", measure_matrix}, {"picture", draw}};
    static const char name[] = "matrix";
    plot_work w = {.matrix = NULL};
    bench_analysis_init(&w.analysis, b->context, x, n, norm);
    snprintf(w.path, sizeof w.path, "rqa_bench_%lld.png", (long long)system_process_id());
    bench_row row = bench_analysis_time(b, name, &w.analysis);
    const double analysis_s = row.time.median_s;
    bench_report_row(b, &row);
    bench_check(rqa_matrix_create(&w.matrix, w.analysis.x, NULL, &w.analysis.options),
                "rqa_matrix_create");
    for (unsigned k = 0; k < sizeof works / sizeof *works; k++) {
        row.time = bench_measure(works[k].work, &w, b->settings.tiny ? 1 : b->settings.repeats);
        row.speedup = analysis_s / row.time.median_s;
        row.n_threads = rqa_context_n_threads(b->context);
        snprintf(row.what, sizeof row.what, "%s, %s", works[k].what, rqa_norm_name(norm));
        snprintf(row.engine, sizeof row.engine, "%s", "");
        bench_report_row(b, &row);
    }
    system_remove(w.path);
    rqa_matrix_destroy(w.matrix);
    bench_analysis_free(&w.analysis);
}

void bench_matrix(bench *b)
{
    static const size_t sizes[] = {1000, 5000, 20000};
    bench_report_title(b, "matrix", "the plot itself beside its measures; speedup over these");
    double *x = bench_roessler(b->settings.max_n);
    for (int32_t norm = RQA_NORM_MAXIMUM; norm <= RQA_NORM_EUCLIDEAN; norm++)
        for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++)
            if (sizes[s] <= b->settings.max_n)
                time_all(b, x, sizes[s], norm);
    free(x);
}
