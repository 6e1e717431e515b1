/* bench_dense.c - noise of several recurrence rates, whose lines are counted by windows, against the same
 * with every line followed; and one analysis wherever its stack and its blocks begin. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/engine_bits.h"
#include "bench_tasks.h"
#include "cpu/eroded_table.h"
#include "lines/tally.h"
#include "plan/task.h"

static const char name[] = "dense";

typedef struct dense {
    const rqa__bits_kernels *kernels;
    rqa__task task;
    double bound;
} dense;

static int digest_tally(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const rqa__spectrum *s[] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                &tally->white_border};
    uint64_t *digest = user;
    (void)d;
    (void)t;
    *digest = bench_digest_bytes(&tally->points, sizeof tally->points);
    for (unsigned k = 0; k < 4; k++)
        if (s[k]->n_bins > 0)
            *digest = *digest * 31 + bench_digest_bytes(s[k]->bin, s[k]->n_bins * sizeof *s[k]->bin);
    return 0;
}

static uint64_t run(void *arg)
{
    const dense *d = arg;
    uint64_t digest = 0;
    if (rqa__engine_bits_run(&d->task, d->kernels, NULL, NULL, digest_tally, &digest) != 0)
        bench_die("rqa_bench: no memory");
    return digest;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value that so large a share of pairs of vectors of dim 3 and delay 6 does not exceed, about. */
static double value_at(const double *x, size_t n, uint32_t norm, double rate)
{
    enum { PAIRS = 20000 };
    double *value = bench_alloc(PAIRS, sizeof *value);
    uint64_t state = 3;
    for (size_t k = 0; k < PAIRS; k++) {
        size_t at[2];
        for (unsigned side = 0; side < 2; side++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            at[side] = (size_t)(state >> 33) % (n - 12);
        }
        value[k] = 0;
        for (size_t step = 0; step <= 12; step += 6) {
            const double d = fabs(x[at[0] + step] - x[at[1] + step]);
            value[k] = norm == RQA__NORM_MAXIMUM ? fmax(value[k], d) : value[k] + d * d;
        }
    }
    qsort(value, PAIRS, sizeof *value, by_size);
    const double found = value[(size_t)(rate * (PAIRS - 1))];
    free(value);
    return found;
}

/* The kernels of this context, and the same without windows. */
typedef struct kernel_pair {
    rqa__bits_kernels followed;
    rqa__eroded_kernels never;
    const rqa__bits_kernels *usual;
} kernel_pair;

static void compare(bench *b, const kernel_pair *kernels, const double *x, size_t n, uint32_t norm,
                    double rate, uint32_t tallies)
{
    static const uint32_t dim = 3;
    const rqa__side side = {&x, n, 1, 6, &dim};
    dense d[2] = {{.kernels = &kernels->followed, .bound = value_at(x, n, norm, rate)}};
    d[0].task = (rqa__task){.norm = norm, .n_dims = 1, .n_thresholds = 1, .x = side, .y = side,
                            .bounds = &d[0].bound, .tallies = tallies};
    d[1] = d[0];
    d[1].kernels = kernels->usual;
    void *const args[] = {&d[0], &d[1]};
    bench_time time[2];
    bench_measure_in_turn(time, run, args, 2, b->settings.tiny ? 1 : b->settings.repeats);
    bench_row row = {.bench = name, .n = n, .n_threads = 1, .time = time[1],
                     .work = (double)(n - 12) * (double)(n - 12), .unit = "cells",
                     .speedup = time[0].median_s / time[1].median_s};
    snprintf(row.what, sizeof row.what, "noise %s, rate %g%s",
             norm == RQA__NORM_MAXIMUM ? "maximum" : "euclidean", rate, tallies & RQA__TALLY_WHITE ? ", white lines" : "");
    snprintf(row.kernels, sizeof row.kernels, "%s", b->kernels);
    bench_report_expect(b, time[0].digest, time[1].digest, row.what);
    bench_report_row(b, &row);
}

static double *make_noise(size_t n)
{
    double *x = bench_alloc(n, sizeof *x);
    uint64_t state = 5;
    for (size_t i = 0; i < n; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        x[i] = (double)(state >> 11) * 0x1p-53;
    }
    return x;
}

/* ---- wherever memory begins ---- */

/* Runs it with the stack so many bytes further down. */
static __attribute__((noinline)) uint64_t run_below(bench_analysis *a, size_t n_bytes)
{
    volatile char room[n_bytes + 1];
    room[0] = room[n_bytes] = 0;
    return bench_analysis_run(a) + (uint64_t)room[0];
}

static void time_places(bench *b)
{
    enum { STEP = 64, PAGE = 4096, N_PLACES = PAGE / STEP, TURNS = 7 };
    const size_t n = b->settings.tiny ? 300 : 3000;
    double least[N_PLACES], lowest = INFINITY, highest = 0;
    double *x = bench_roessler(n);
    bench_analysis a;
    bench_analysis_init(&a, b->context, x, n, RQA_NORM_EUCLIDEAN);
    a.options.backend = RQA_BACKEND_SEQUENTIAL;
    for (size_t k = 0; k < N_PLACES; k++)
        least[k] = INFINITY;
    for (unsigned turn = 0; turn < (b->settings.tiny ? 1 : TURNS); turn++)
        for (size_t k = 0; k < N_PLACES; k++) {
            const double begin = bench_now_s();
            run_below(&a, STEP * k);
            least[k] = fmin(least[k], bench_now_s() - begin);
        }
    for (size_t k = 0; k < N_PLACES; k++) {
        lowest = fmin(lowest, least[k]);
        highest = fmax(highest, least[k]);
    }
    bench_report_figure(b, name, highest / lowest, "times",
                        "slowest over fastest place of the stack in a page, roessler, N = %zu", n);
    bench_analysis_free(&a);
    free(x);
}

void bench_dense(bench *b)
{
    static const double rates[] = {0.01, 0.05, 0.2, 0.5};
    static const size_t sizes[] = {10000, 50000};
    const rqa__cpu cpu = bench_cpu();
    kernel_pair kernels = {.usual = rqa__cpu_bits_kernels(cpu)};
    kernels.never = *kernels.usual->eroded;
    kernels.never.event_cost = 0;
    kernels.followed = *kernels.usual;
    kernels.followed.eroded = &kernels.never;
    kernels.followed.tiles = NULL;
    bench_report_title(b, name, "noise, dim 3 delay 6, lines counted by windows where that pays; "
                                "speed-up over following every line of strips");
    for (unsigned s = 0; s < 2; s++) {
        const size_t n = b->settings.tiny ? 400 + s : sizes[s];
        double *x = make_noise(n);
        for (unsigned k = 0; n <= b->settings.max_n && k < 16; k++)
            compare(b, &kernels, x, n, k % 2 ? RQA__NORM_EUCLIDEAN : RQA__NORM_MAXIMUM, rates[k / 4],
                    k & 2 ? 7 : 3);
        free(x);
    }
    time_places(b);
}
