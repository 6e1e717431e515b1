/* bench_sweeps.c - grids of settings: one long series, short series, the founding job, and the
 * ways a grid can be computed, side by side. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_tasks.h"

static const unsigned both_modes = BENCH_MODE_1D | BENCH_MODE_2D;

/* "10 x 10 x 17 x 6, manhattan" */
static void label(bench_row *row, const bench_axes *axes, const char *rest)
{
    snprintf(row->what, sizeof row->what, "%u x %u x %u x %u, %s", axes->n_dims, axes->n_delays,
             axes->n_thresholds, axes->n_lmins, rest);
}

/* ---- the founding grid on one series ---- */

static void time_grid(bench *b, bench_batch *batch, const char *rest)
{
    bench_row row = bench_batch_time(b, "grid", batch);
    label(&row, &batch->axes, rest);
    bench_report_row(b, &row);
}

void bench_grid(bench *b)
{
    const size_t n = b->settings.tiny ? 300 : 5000;
    bench_report_title(b, "grid",
                       "the founding grid on one series: dim x delay x threshold x lmin, "
                       "rr to v_entr; x of Roessler in [0, 1]");
    double *x = bench_roessler_unit(n);
    rqa_series *series = bench_series(b->context, x, n, 1);
    bench_batch batch = {.context = b->context,
                         .series = &series,
                         .n_series = 1,
                         .axes = bench_axes_founding(b->settings.tiny, 17, 2, 6),
                         .backend = RQA_BACKEND_THREADS,
                         .measures = bench_measures_lines()};
    static const int32_t norms[] = {RQA_NORM_MANHATTAN, RQA_NORM_EUCLIDEAN, RQA_NORM_MAXIMUM};
    for (unsigned k = 0; k < 3; k++) {
        batch.norm = norms[k];
        time_grid(b, &batch, rqa_norm_name(norms[k]));
    }
    batch.measures |= bench_measures_white();
    time_grid(b, &batch, "maximum, white lines");
    rqa_series_destroy(series);
    free(x);
}

/* ---- short series ---- */

/* Beginnings of `n` samples of up to `most` recordings that are long enough. */
static size_t cut(rqa_series **out, size_t most, rqa_context *context,
                  const bench_recordings *recordings, size_t n)
{
    size_t n_series = 0;
    for (size_t k = 0; k < recordings->n && n_series < most; k++)
        if (recordings->recording[k].n >= n)
            out[n_series++] = bench_series(context, recordings->recording[k].xy, n, 2);
    return n_series;
}

void bench_short(bench *b)
{
    enum { MOST = 4 };
    static const char name[] = "short";
    static const size_t lengths[] = {100, 200, 300, 400, 500};
    bench_report_title(b, name, "founding sweep of short recordings, one core, rr to v_entr");
    bench_recordings recordings;
    bench_recordings_read(&recordings, b);
    rqa_context *context = bench_context(1);
    for (unsigned s = 0; s < 5; s++) {
        rqa_series *series[MOST];
        size_t n_series =
            cut(series, b->settings.tiny ? 1 : MOST, context, &recordings, lengths[s]);
        for (unsigned mode = BENCH_MODE_1D; n_series && mode <= BENCH_MODE_2D; mode++) {
            bench_batch batch = {.context = context,
                                 .series = series,
                                 .n_series = n_series,
                                 .axes = bench_axes_founding(b->settings.tiny, 51, 2, 2),
                                 .modes = mode,
                                 .backend = RQA_BACKEND_SEQUENTIAL,
                                 .measures = bench_measures_lines()};
            const char *what = mode == BENCH_MODE_1D ? "1-D manhattan" : "2-D euclidean";
            bench_row row = bench_batch_time(b, name, &batch);
            label(&row, &batch.axes, what);
            bench_report_row(b, &row);
            bench_report_figure(b, name, row.work / row.time.median_s, "results/s per core",
                                "N = %zu, %s", lengths[s], what);
        }
        for (size_t k = 0; k < n_series; k++)
            rqa_series_destroy(series[k]);
    }
    rqa_context_destroy(context);
    bench_recordings_free(&recordings);
}

/* ---- the founding job ---- */

void bench_job(bench *b)
{
    static const char name[] = "job";
    bench_report_title(b, name,
                       "the founding job: every recording, 1-D L1 and 2-D Euclid, nothing "
                       "stored");
    bench_recordings recordings;
    bench_recordings_read(&recordings, b);
    if (b->settings.tiny)
        bench_recordings_keep(&recordings, 2);
    rqa_series **series = bench_alloc(recordings.n, sizeof *series);
    for (size_t k = 0; k < recordings.n; k++)
        series[k] =
            bench_series(b->context, recordings.recording[k].xy, recordings.recording[k].n, 2);
    for (unsigned white = 0; recordings.n && white < 2; white++) {
        bench_batch batch = {.context = b->context,
                             .series = series,
                             .n_series = recordings.n,
                             .axes = bench_axes_founding(b->settings.tiny, 51, 2, 2),
                             .modes = both_modes,
                             .backend = RQA_BACKEND_THREADS,
                             .measures = bench_measures_lines()};
        if (white)
            batch.measures |= bench_measures_white();
        bench_row row = bench_batch_time(b, name, &batch);
        label(&row, &batch.axes, white ? "with white lines" : "rr to v_entr");
        row.n = (size_t)(recordings.n_samples / recordings.n); /* the mean length */
        bench_report_row(b, &row);
    }
    if (recordings.n)
        bench_report_note(b, "%zu recordings (%s), %llu samples; N is the mean length",
                          recordings.n, recordings.source,
                          (unsigned long long)recordings.n_samples);
    for (size_t k = 0; k < recordings.n; k++)
        rqa_series_destroy(series[k]);
    free(series);
    bench_recordings_free(&recordings);
}
