/* suggest_bench.c - how long the parts of a suggestion take: curves over lags, neighbours.
 *
 * suggest_bench [N [THREADS [MAX_LAG [MAX_DIM]]]] (100000 2 1000 10): each on the Roessler system, a
 * noisy oscillation and white noise; seconds on the clock and of all processors.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "backend/cpu_run.h"
#include "base/pool.h"
#include "cpu/level.h"
#include "explore/autocorrelation.h"
#include "explore/false_neighbours.h"
#include "explore/mutual_information.h"

static const char *const kinds[] = {"roessler", "noisy sine", "noise"};
enum { N_KINDS = 3 };

static uint64_t state = 1;

static double uniform(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) / 9007199254740992.0;
}

static double gauss(void)
{
    return sqrt(-2 * log(uniform() + 1e-300)) * cos(6.283185307179586 * uniform());
}

/* By small Euler steps: an attractor is all that is asked of it. */
static void roessler(double *x, size_t n)
{
    double a = 1, b = 1, c = 1;
    for (size_t i = 0; i < n; i++) {
        for (int step = 0; step < 40; step++) {
            const double h = 0.005, da = -b - c, db = a + 0.25 * b, dc = 0.25 + c * (a - 4);
            a += h * da;
            b += h * db;
            c += h * dc;
        }
        x[i] = a;
    }
}

static void fill(double *x, size_t n, int kind)
{
    if (kind == 0)
        roessler(x, n);
    for (size_t i = 0; i < n && kind > 0; i++)
        x[i] = (kind == 1 ? sin(0.05 * (double)i) : 0) + (kind == 1 ? 0.2 : 1) * gauss();
}

static double clock_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double wall, processor;

static void start(void)
{
    wall = clock_of(CLOCK_MONOTONIC);
    processor = clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void tell(const char *what, int status)
{
    printf("  %-32s %8.3f s %8.3f s of processors%s\n", what,
           clock_of(CLOCK_MONOTONIC) - wall, clock_of(CLOCK_PROCESS_CPUTIME_ID) - processor,
           status ? " FAILED" : "");
    fflush(stdout);
}

static void measure(const rqa__explore_crew *crew, const double *x, size_t n, size_t max_lag,
                    uint32_t max_dim)
{
    double *curve = malloc((max_lag + 1) * sizeof *curve);
    rqa__neighbour_answer *answer = malloc(max_dim * sizeof *answer);
    uint32_t n_filled;
    const size_t delay = 6;
    start();
    tell("autocorrelation", rqa__autocorrelation(crew, x, n, max_lag, curve));
    start();
    tell("mutual information, 16 bins",
         rqa__mutual_information(crew, x, n, 16, max_lag, curve, &n_filled));
    start();
    tell("mutual information, ksg, lags 0..3",
         rqa__mutual_information_ksg(crew, x, n, 3, 3, curve));
    const rqa__neighbour_question neighbours = {&x, 1, n, delay, 1, 1, 10, 2};
    start();
    tell("false neighbours and Cao", rqa__neighbour_counts(crew, &neighbours, max_dim, answer));
    free(curve);
    free(answer);
}

int main(int argc, char **argv)
{
    const size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    const unsigned n_threads = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 2;
    const size_t max_lag = argc > 3 ? strtoul(argv[3], NULL, 10) : 1000;
    const uint32_t max_dim = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 10;
    if (n < 100 || n_threads < 1 || max_lag >= n || max_dim < 1 || 6 * max_dim + 2 > n) {
        fprintf(stderr, "suggest_bench [N [THREADS [MAX_LAG [MAX_DIM]]]]: N from 100\n");
        return 2;
    }
    double *x = malloc(n * sizeof *x);
    rqa__explore_crew crew = {.kernels = rqa__cpu_distance_kernels(rqa__cpu_detect())};
    if (!x || rqa__pool_create(&crew.pool, n_threads))
        return 1;
    printf("%zu samples, %u threads, %zu lags, dims 1..%u\n", n, n_threads, max_lag,
           (unsigned)max_dim);
    for (int kind = 0; kind < N_KINDS; kind++) {
        fill(x, n, kind);
        printf("%s\n", kinds[kind]);
        measure(&crew, x, n, max_lag, max_dim);
    }
    rqa__pool_destroy(crew.pool);
    free(x);
    return 0;
}
