/* bench_cliffs.c - what could make an analysis many times slower: thresholds in diameters, one far
 * value, heavy tails. Each against the plain analysis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_tasks.h"

enum { NOISE, FAR_VALUE, LOG_NORMAL, CAUCHY, PARETO, N_KINDS };

static const char *const kind_name[N_KINDS] = {"noise", "noise, one far value", "log-normal",
                                               "Cauchy", "Pareto"};

/* (0, 1), by SplitMix64. */
static double uniform(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ (z >> 31)) >> 12) + .5) * 0x1p-52;
}

static double *make_noise(unsigned kind, size_t n)
{
    static const double pi = 3.14159265358979323846;
    double *x = bench_alloc(n, sizeof *x);
    uint64_t state = kind;
    for (size_t k = 0; k < n; k++) {
        const double u = uniform(&state), gauss = sqrt(-2 * log(u)) * cos(2 * pi * uniform(&state));
        x[k] = kind == LOG_NORMAL ? exp(2 * gauss)
               : kind == CAUCHY   ? tan(pi * (u - .5))
               : kind == PARETO   ? pow(u, -2)
                                  : gauss;
    }
    if (kind == FAR_VALUE)
        x[n / 2] = -9999;
    return x;
}

/* `a` against `plain`, in turn. */
static void compare(bench *b, bench_analysis *plain, bench_analysis *a, const char *what)
{
    static const char name[] = "cliffs";
    bench_analysis both[2] = {*plain, *a};
    bench_row row[2];
    bench_analyses_time(row, b, name, both, 2);
    row[1].speedup = row[0].time.median_s / row[1].time.median_s;
    snprintf(row[1].what, sizeof row->what, "%s, %s", what, rqa_norm_name(a->options.norm));
    bench_report_row(b, &row[1]);
    bench_report_figure(b, name, 1 / row[1].speedup, "times", "as long as plain: %s", row[1].what);
}

static void compare_diameters(bench *b, const double *x, size_t n, int32_t norm)
{
    bench_analysis plain, a;
    bench_analysis_init(&plain, b->context, x, n, norm);
    bench_analysis_init(&a, b->context, x, n, norm);
    a.options.threshold = .1;
    a.options.threshold_unit = RQA_THRESHOLD_MAX_DIAMETER;
    compare(b, &plain, &a, "roessler, in max diameters");
    a.options.threshold_unit = RQA_THRESHOLD_MEAN_DIAMETER;
    compare(b, &plain, &a, "roessler, in mean diameters");
    bench_analysis_free(&plain);
    bench_analysis_free(&a);
}

static void compare_noise(bench *b, const double *noise, const double *x, size_t n, unsigned kind)
{
    static const int32_t norms[] = {RQA_NORM_EUCLIDEAN, RQA_NORM_MANHATTAN};
    for (unsigned k = 0; k < 2; k++) {
        bench_analysis plain, a;
        bench_analysis_init(&plain, b->context, noise, n, norms[k]);
        bench_analysis_init(&a, b->context, x, n, norms[k]);
        plain.options.threshold = a.options.threshold = .5;
        compare(b, &plain, &a, kind_name[kind]);
        bench_analysis_free(&plain);
        bench_analysis_free(&a);
    }
}

void bench_cliffs(bench *b)
{
    const size_t most = b->settings.tiny ? 500 : 20000;
    const size_t n = b->settings.max_n < most ? b->settings.max_n : most;
    bench_report_title(b, "cliffs",
                       "dim 3 delay 6; speed-up over a plain analysis: roessler at threshold 1.2, "
                       "noise at .5");
    double *roessler = bench_roessler(n), *noise = make_noise(NOISE, n);
    for (int32_t norm = 0; norm < 3; norm++)
        compare_diameters(b, roessler, n, norm);
    for (unsigned kind = FAR_VALUE; kind < N_KINDS; kind++) {
        double *x = make_noise(kind, n);
        compare_noise(b, noise, x, n, kind);
        free(x);
    }
    free(noise);
    free(roessler);
}
