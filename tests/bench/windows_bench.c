/* windows_bench.c - windows against a loop of rqa_metrics_compute() in the same run, and a stream.
 *
 *     windows_bench [samples] [window] [threads]
 *
 * For two recordings (Roessler, white noise), two norms, 12 line measures and all 19: seconds of
 * all windows at step 1, those of the loop (from a sample of it), their ratio, the seconds on
 * several threads, and of a stream that is read at every sample the median, the 99.9 % and the
 * largest us.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rqa/rqa.h"

enum { DIM = 3, DELAY = 6, REPEATS = 3, LOOP = 100 };

static const uint64_t line_measures = (RQA_MEASURE_BIT(RQA_MEASURE_V_ENTR + 1) - 1) |
                                      RQA_MEASURE_BIT(RQA_MEASURE_DET_RR) |
                                      RQA_MEASURE_BIT(RQA_MEASURE_LAM_DET);
static const uint64_t all_measures = RQA_MEASURE_BIT(RQA_MEASURE_LAM_DET + 1) - 1;

static void check(rqa_status status)
{
    if (status == RQA_OK)
        return;
    fprintf(stderr, "windows_bench: %s\n", rqa_last_error());
    exit(EXIT_FAILURE);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void noise(double *x, size_t n)
{
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < n; i++) {
        double u[2];
        for (int k = 0; k < 2; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            u[k] = ((double)(state >> 12) + .5) / 4503599627370496.;
        }
        x[i] = sqrt(-2 * log(u[0])) * cos(6.283185307179586 * u[1]);
    }
}

static void roessler_slope(const double *at, double *slope)
{
    slope[0] = -at[1] - at[2];
    slope[1] = at[0] + .25 * at[1];
    slope[2] = .25 + at[2] * (at[0] - 4);
}

static void roessler(double *x, size_t n)
{
    double at[3] = {1, 1, 1};
    for (size_t i = 0; i < n + 2000; i++) {
        double slope[4][3], between[3];
        for (int k = 0; k < 4; k++) {
            const double part = k == 0 ? 0 : k == 3 ? .05 : .025;
            for (int c = 0; c < 3; c++)
                between[c] = at[c] + (k ? part * slope[k - 1][c] : 0);
            roessler_slope(between, slope[k]);
        }
        for (int c = 0; c < 3; c++)
            at[c] += .05 / 6 * (slope[0][c] + 2 * slope[1][c] + 2 * slope[2][c] + slope[3][c]);
        if (i >= 2000)
            x[i - 2000] = at[0];
    }
}

typedef struct run {
    const double *x;
    size_t n, window;
    rqa_analysis_options options;
} run;

static rqa_embedding *embed(rqa_context *context, const double *x, size_t n)
{
    rqa_series *series;
    rqa_embedding *embedding;
    check(rqa_series_create(&series, context, x, n, 1, NULL));
    check(rqa_embedding_create(&embedding, series, DIM, DELAY));
    rqa_series_destroy(series);
    return embedding;
}

static rqa_context *make_context(uint32_t n_threads)
{
    rqa_context *context;
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = n_threads;
    check(rqa_context_create(&context, &options));
    return context;
}

static double time_windows(const run *r, uint32_t n_threads)
{
    rqa_context *context = make_context(n_threads);
    rqa_embedding *x = embed(context, r->x, r->n);
    rqa_windows_options windows;
    rqa_windows_options_init(&windows);
    windows.window = r->window;
    double best = INFINITY;
    for (int k = 0; k < REPEATS; k++) {
        rqa_windows *result;
        const double start = seconds();
        check(rqa_windows_compute(&result, x, NULL, &r->options, &windows));
        best = fmin(best, seconds() - start);
        rqa_windows_destroy(result);
    }
    rqa_embedding_destroy(x);
    rqa_context_destroy(context);
    return best;
}

/* Of all windows, from some of them. */
static double time_loop(const run *r)
{
    rqa_context *context = make_context(1);
    const size_t n_windows = r->n - r->window + 1;
    const double start = seconds();
    for (size_t k = 0; k < LOOP; k++) {
        rqa_metrics *metrics;
        rqa_embedding *x = embed(context, r->x + k * (n_windows - 1) / LOOP, r->window);
        check(rqa_metrics_compute(&metrics, x, NULL, &r->options));
        rqa_metrics_destroy(metrics);
        rqa_embedding_destroy(x);
    }
    const double each = (seconds() - start) / LOOP;
    rqa_context_destroy(context);
    return each * (double)n_windows;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_stream(const run *r)
{
    rqa_context *context = make_context(1);
    rqa_stream *stream;
    rqa_stream_options options;
    rqa_stream_options_init(&options);
    options.window = r->window;
    check(rqa_stream_create(&stream, context, 1, DIM, DELAY, &r->options, &options));
    const size_t n = r->n - r->window;
    double *us = malloc(n * sizeof *us), value[RQA_MEASURE_COUNT];
    if (!us)
        exit(EXIT_FAILURE);
    check(rqa_stream_push(stream, r->x, r->window));
    for (size_t k = 0; k < n; k++) {
        const double start = seconds();
        check(rqa_stream_push(stream, r->x + r->window + k, 1));
        check(rqa_stream_values(stream, value, NULL, RQA_MEASURE_COUNT));
        us[k] = 1e6 * (seconds() - start);
    }
    qsort(us, n, sizeof *us, by_size);
    printf(" | stream %6.2f %7.2f %8.1f us\n", us[n / 2], us[(size_t)(.999 * (double)(n - 1))],
           us[n - 1]);
    free(us);
    rqa_stream_destroy(stream);
    rqa_context_destroy(context);
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    const size_t window = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    const uint32_t n_threads = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 2;
    double *x = malloc(n * sizeof *x);
    if (!x || window >= n)
        return EXIT_FAILURE;
    for (int recording = 0; recording < 2; recording++) {
        (recording ? noise : roessler)(x, n);
        for (int32_t norm = 0; norm < 2; norm++)
            for (int all = 0; all < 2; all++) {
                run r = {x, n, window, {0}};
                rqa_analysis_options_init(&r.options);
                r.options.norm = norm;
                r.options.threshold = recording && norm == RQA_NORM_MAXIMUM ? .9 : 1.2;
                r.options.measures = all ? all_measures : line_measures;
                const double alone = time_windows(&r, 1), loop = time_loop(&r);
                printf("%-8s %-9s %2d measures: windows %7.3f s, loop %8.2f s (%4.0f times); %u "
                       "threads %7.3f s (%.2f)",
                       recording ? "noise" : "roessler", rqa_norm_name(norm), all ? 19 : 12, alone,
                       loop, loop / alone, n_threads, time_windows(&r, n_threads),
                       alone / time_windows(&r, n_threads));
                print_stream(&r);
                fflush(stdout);
            }
    }
    free(x);
    return EXIT_SUCCESS;
}
