/* bench_time.c - the clock, repeats and their statistics, digests. */
#include "bench_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_RUNS = 1000, USUAL_RUNS = 5 };

static const double budget_s = 1.0;    /* for the usual number of runs */
static const double warm_up_s = 0.1;   /* work this long needs no warm-up */
static const double shortest_s = 2e-3; /* below, several calls make one run */

double bench_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void summarize(bench_time *out, double *run, unsigned n)
{
    double mean = 0.0, square = 0.0;
    for (unsigned k = 0; k < n; k++)
        mean += run[k] / n;
    for (unsigned k = 0; k < n; k++)
        square += (run[k] - mean) * (run[k] - mean);
    qsort(run, n, sizeof *run, by_value);
    out->n_runs = n;
    out->min_s = run[0];
    out->max_s = run[n - 1];
    out->median_s = n % 2 ? run[n / 2] : 0.5 * (run[n / 2 - 1] + run[n / 2]);
    out->spread_s = n > 1 ? sqrt(square / (n - 1)) : 0.0;
}

static double run_once(bench_time *out, bench_work *work, void *arg, unsigned n_calls, int first)
{
    uint64_t digest = 0;
    double start = bench_now_s();
    for (unsigned k = 0; k < n_calls; k++)
        digest = work(arg);
    double taken = (bench_now_s() - start) / n_calls;
    out->steady = first || (out->steady && digest == out->digest);
    out->digest = digest;
    return taken;
}

bench_time bench_measure_once(bench_work *work, void *arg)
{
    bench_time out;
    double run = run_once(&out, work, arg, 1, 1);
    summarize(&out, &run, 1);
    return out;
}

void bench_measure_in_turn(bench_time *out, bench_work *work, void *const *args, unsigned n_works,
                           unsigned repeats)
{
    double run[BENCH_MOST_WORKS][MAX_RUNS], total = 0.0, least = HUGE_VAL;
    unsigned n_calls[BENCH_MOST_WORKS], n, wanted = repeats ? repeats : USUAL_RUNS;
    wanted = wanted < MAX_RUNS ? wanted : MAX_RUNS;
    for (unsigned k = 0; k < n_works; k++) {
        double first = run[k][0] = run_once(&out[k], work, args[k], 1, 1);
        n_calls[k] = first < shortest_s ? 1 + (unsigned)(shortest_s / fmax(first, 1e-7)) : 1;
        least = fmin(least, first);
        total += first;
    }
    n = least >= warm_up_s; /* else the first runs were to warm up */
    for (; n < wanted && (repeats || n == 0 || total + total / n < n_works * budget_s); n++)
        for (unsigned k = 0; k < n_works; k++) {
            run[k][n] = run_once(&out[k], work, args[k], n_calls[k], 0);
            total += run[k][n] * n_calls[k];
        }
    for (unsigned k = 0; k < n_works; k++)
        summarize(&out[k], run[k], n);
}

bench_time bench_measure(bench_work *work, void *arg, unsigned repeats)
{
    bench_time out;
    bench_measure_in_turn(&out, work, &arg, 1, repeats);
    return out;
}

double bench_exponent(const double *n, const double *t, unsigned n_points)
{
    double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (unsigned k = 0; k < n_points; k++) {
        x += log(n[k]) / n_points;
        y += log(t[k]) / n_points;
    }
    for (unsigned k = 0; k < n_points; k++) {
        xx += (log(n[k]) - x) * (log(n[k]) - x);
        xy += (log(n[k]) - x) * (log(t[k]) - y);
    }
    return n_points > 1 ? xy / xx : (double)NAN;
}

static uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return digest ^ digest >> 32;
}

uint64_t bench_digest(uint64_t digest, const double *values, uint64_t n)
{
    for (uint64_t k = 0; k < n; k++) {
        uint64_t word = 1;
        if (!isnan(values[k]))
            memcpy(&word, &values[k], sizeof word);
        digest = mix(digest, word);
    }
    return digest;
}

uint64_t bench_digest_bytes(const void *bytes, uint64_t n)
{
    uint64_t digest = 0;
    for (uint64_t k = 0; k < n; k++)
        digest = mix(digest, ((const unsigned char *)bytes)[k]);
    return digest;
}
