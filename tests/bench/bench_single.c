/* bench_single.c - single analyses of the Roessler series: size, threads, kernel levels. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_machine.h"
#include "bench_tasks.h"

static const size_t sizes[] = {1000,  2000,   5000,   10000,  20000,
                               50000, 100000, 200000, 500000, 1050000};
enum { N_SIZES = sizeof sizes / sizeof *sizes, MOST_CONTEXTS = 3 };
static const int32_t norms[] = {RQA_NORM_EUCLIDEAN, RQA_NORM_MAXIMUM};

/* Below this, time is not spent on the pairs. */
static const size_t growth_from = 5000;

static bench_row time_analysis(bench *b, const char *name, rqa_context *context, const double *x,
                               size_t n, int32_t norm, unsigned n_threads)
{
    bench_analysis a;
    bench_analysis_init(&a, context, x, n, norm);
    a.options.backend = n_threads == 1 ? RQA_BACKEND_SEQUENTIAL : RQA_BACKEND_THREADS;
    bench_row row = bench_analysis_time(b, name, &a);
    bench_analysis_free(&a);
    return row;
}

/* Other data than smooth ones: few tiles of noise are decided by their boxes, most of a walk. */
static void time_textures(bench *b, const char *name)
{
    static const char *const what[] = {"random walk", "uniform noise"};
    const size_t n = b->settings.max_n < 50000 ? b->settings.max_n : 50000;
    double *x = bench_alloc(n, sizeof *x);
    for (unsigned kind = 0; kind < 2; kind++) {
        uint64_t state = 1;
        double walk = 0;
        for (size_t i = 0; i < n; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const double step = (double)(state >> 40) * 0x1p-22 - 2;
            walk += step;
            x[i] = kind == 0 ? walk / 4 : step;
        }
        for (unsigned k = 0; k < 2; k++) {
            bench_row row = time_analysis(b, name, b->context, x, n, norms[k], 1);
            snprintf(row.what, sizeof row.what, "%s, %s", what[kind], rqa_norm_name(norms[k]));
            bench_report_row(b, &row);
        }
    }
    free(x);
}

void bench_single(bench *b)
{
    static const char name[] = "single";
    bench_report_title(b, name,
                       "one analysis, x of Roessler, dim 3 delay 6 threshold 1.2, rr to "
                       "w_entr; rate in cells of the matrix");
    double *x = bench_roessler(b->settings.max_n);
    for (unsigned k = 0; k < 2; k++) {
        double n_of[N_SIZES], t_of[N_SIZES];
        unsigned n_points = 0;
        for (unsigned s = 0; s < N_SIZES && sizes[s] <= b->settings.max_n; s++) {
            bench_row row =
                time_analysis(b, name, b->context, x, sizes[s], norms[k], b->settings.n_threads);
            bench_report_row(b, &row);
            if (sizes[s] >= growth_from || b->settings.tiny) {
                n_of[n_points] = (double)row.n;
                t_of[n_points++] = row.time.median_s;
            }
        }
        if (n_points > 1)
            bench_report_figure(b, name, bench_exponent(n_of, t_of, n_points), "",
                                "exponent of time over N, %s, N = %.0f ... %.0f",
                                rqa_norm_name(norms[k]), n_of[0], n_of[n_points - 1]);
    }
    time_textures(b, name);
    bench_report_figure(b, name, (double)bench_machine_peak_bytes() / 1e6, "MB",
                        "most memory of the process, up to N = %zu", b->settings.max_n);
    free(x);
}

/* One and more threads in turn at one size and norm; what more gain. */
static void compare_threads(bench *b, rqa_context *const *context, unsigned n_contexts,
                            const double *x, size_t n, int32_t norm)
{
    static const char name[] = "threads";
    bench_analysis a[MOST_CONTEXTS];
    bench_row row[MOST_CONTEXTS];
    for (unsigned t = 0; t < n_contexts; t++) {
        bench_analysis_init(&a[t], context[t], x, n, norm);
        a[t].options.backend = t == 0 ? RQA_BACKEND_SEQUENTIAL : RQA_BACKEND_THREADS;
    }
    bench_analyses_time(row, b, name, a, n_contexts);
    for (unsigned t = 0; t < n_contexts; t++) {
        bench_analysis_free(&a[t]);
        row[t].speedup = row[0].time.median_s / row[t].time.median_s;
        bench_report_expect(b, row[0].time.digest, row[t].time.digest, row[t].what);
        bench_report_row(b, &row[t]);
    }
    for (unsigned t = 1; t < n_contexts; t++)
        bench_report_figure(b, name, row[t].speedup / rqa_context_n_threads(context[t]), "",
                            "efficiency of %u threads, %s, N = %zu",
                            rqa_context_n_threads(context[t]), rqa_norm_name(norm), n);
}

void bench_threads(bench *b)
{
    static const size_t thread_sizes[] = {1000, 5000, 20000, 50000};
    bench_report_title(b, "threads", "the same analysis on more threads");
    if (b->settings.n_threads < 2) {
        bench_report_note(b, "one thread only: nothing to compare");
        return;
    }
    const unsigned n_threads[MOST_CONTEXTS] = {1, 2, b->settings.n_threads};
    const unsigned n_contexts = b->settings.n_threads > 2 ? 3 : 2;
    rqa_context *context[MOST_CONTEXTS];
    for (unsigned t = 0; t < n_contexts; t++)
        context[t] = bench_context(n_threads[t]);
    double *x = bench_roessler(b->settings.max_n);
    for (unsigned k = 0; k < 2; k++)
        for (unsigned s = 0; s < sizeof thread_sizes / sizeof *thread_sizes; s++)
            if (thread_sizes[s] <= b->settings.max_n)
                compare_threads(b, context, n_contexts, x, thread_sizes[s], norms[k]);
    free(x);
    for (unsigned t = 0; t < n_contexts; t++)
        rqa_context_destroy(context[t]);
}

/* ---- kernel levels ---- */

typedef struct levels {
    const double *x;
    size_t n;
    size_t n_grid;
    bench_row fastest[4]; /* of each case; the widest level comes first */
    int have;
} levels;

static void time_level(bench *b, levels *l, rqa_context *context)
{
    static const char name[] = "levels";
    rqa_series *series = bench_series(context, l->x, l->n_grid, 1);
    bench_row row[4];
    for (unsigned k = 0; k < 2; k++)
        row[k] = time_analysis(b, name, context, l->x, l->n, norms[k], 1);
    for (unsigned k = 0; k < 2; k++) {
        bench_batch batch = {.context = context,
                             .series = &series,
                             .n_series = 1,
                             .axes = bench_axes_founding(b->settings.tiny, 17, 2, 6),
                             .norm = norms[k],
                             .backend = RQA_BACKEND_SEQUENTIAL,
                             .measures = bench_measures_lines()};
        row[2 + k] = bench_batch_time(b, name, &batch);
        snprintf(row[2 + k].what, sizeof row->what, "grid of %.0f, %s", row[2 + k].work,
                 rqa_norm_name(norms[k]));
    }
    for (unsigned k = 0; k < 4; k++) {
        if (!l->have)
            l->fastest[k] = row[k];
        row[k].speedup = l->fastest[k].time.median_s / row[k].time.median_s;
        bench_report_expect(b, l->fastest[k].time.digest, row[k].time.digest, row[k].what);
        bench_report_row(b, &row[k]);
        if (l->have)
            bench_report_figure(b, name, 1.0 / row[k].speedup, "times", "%s slower than %s, %s",
                                row[k].kernels, l->fastest[k].kernels, row[k].what);
    }
    l->have = 1;
    rqa_series_destroy(series);
}

void bench_levels(bench *b)
{
    static const char *const names[] = {"avx512", "avx2", "neon", "ref"};
    bench_report_title(b, "levels", "one thread, kernels of each level (RQA_CPU)");
    const char *asked = getenv("RQA_CPU");
    char *before = asked ? strcpy(bench_alloc(strlen(asked) + 1, 1), asked) : NULL;
    levels l = {.n = b->settings.tiny ? 500 : 10000, .n_grid = b->settings.tiny ? 200 : 1000};
    double *x = bench_roessler(l.n);
    l.x = x;
    int below = 0; /* the level in force has been reached; those under it follow */
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        char kernels[8];
        below = below || strcmp(names[k], b->kernels) == 0;
        if (!below)
            continue;
        setenv("RQA_CPU", names[k], 1);
        rqa_context *context = bench_context(1);
        bench_context_kernels(kernels, context);
        if (strcmp(kernels, names[k]) == 0)
            time_level(b, &l, context);
        rqa_context_destroy(context);
    }
    if (before)
        setenv("RQA_CPU", before, 1);
    else
        unsetenv("RQA_CPU");
    free(before);
    free(x);
}
