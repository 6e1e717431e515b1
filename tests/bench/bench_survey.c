/* bench_survey.c - whether the cost model takes the faster strategy: settings timed under both in turn, and
 * how many of its choices are how far from the better one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "backend/cpu_run.h"
#include "bench_tasks.h"
#include "lines/tally.h"
#include "plan/cost.h"

static const char name[] = "survey";

enum { NOISE, ROESSLER, GAZE, WALK, N_KINDS, MOST_DIMS = 10, MOST_THRESHOLDS = 51, DELAY = 2, ROUNDS = 4 };

static const uint32_t up_to_10[MOST_DIMS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, eight[] = {8};
static const struct {
    const uint32_t *dim;
    uint32_t n;
} dims[] = {{up_to_10, 1}, {eight, 1}, {up_to_10, 3}, {up_to_10, MOST_DIMS}};
static const uint32_t thresholds[] = {1, 2, 3, 6, 12, MOST_THRESHOLDS};
enum { LINES = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL };
static const uint32_t tallies[] = {
    LINES, LINES | RQA__TALLY_WHITE,
    LINES | RQA__TALLY_WHITE | RQA__TALLY_RECURRENCE_TIME | RQA__TALLY_OFFSETS};

/* (0, 1), by SplitMix64. */
static double uniform(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ (z >> 31)) >> 12) + .5) * 0x1p-52;
}

static double *make_data(unsigned kind, size_t n)
{
    if (kind == ROESSLER)
        return bench_roessler(n);
    double *x = bench_alloc(n, sizeof *x), place = 0, left = 0, at = 0;
    uint64_t state = kind;
    for (size_t k = 0; k < n; k++, left--) {
        const double gauss = sqrt(-2 * log(uniform(&state))) * cos(6.283185307179586 * uniform(&state));
        if (kind == GAZE && left <= 0) { /* the next fixation */
            left = 30 + 200 * uniform(&state);
            at = 8 * uniform(&state);
        }
        place = kind == GAZE ? .95 * place + .03 * gauss : place + gauss;
        x[k] = kind == NOISE ? gauss : at + place;
    }
    return x;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value that so large a share of pairs of vectors does not exceed, about. */
static double value_at(const double *x, size_t n, uint32_t norm, uint32_t dim, double rate)
{
    enum { PAIRS = 4000 };
    double *value = bench_alloc(PAIRS, sizeof *value);
    uint64_t state = 3;
    for (size_t k = 0; k < PAIRS; k++) {
        const size_t n_vectors = n - (dim - 1) * DELAY;
        const size_t i = (size_t)(uniform(&state) * (double)n_vectors);
        const size_t j = (size_t)(uniform(&state) * (double)n_vectors);
        value[k] = 0;
        for (size_t step = 0; step < dim; step++) {
            const double d = fabs(x[i + step * DELAY] - x[j + step * DELAY]);
            value[k] = norm == RQA__NORM_MAXIMUM ? fmax(value[k], d) : value[k] + d * d;
        }
    }
    qsort(value, PAIRS, sizeof *value, by_size);
    const double found = value[(size_t)(rate * (PAIRS - 1))];
    free(value);
    return found;
}

static int ignore_tally(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    (void)user;
    (void)d;
    (void)t;
    (void)tally;
    return 0;
}

typedef struct survey {
    rqa__cpu_worker *worker;
    rqa__profile profile;
    double worst, log_sum;
    unsigned n, n_near, n_far, n_rounds;
} survey;

/* Of this thread, which other work does not lengthen. */
static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double time_runs(const survey *s, const rqa__task *task, int strategy, unsigned n_runs)
{
    const rqa__plan plan = rqa__plan_whole(task, strategy, 1);
    const double start_s = cpu_s();
    for (unsigned k = 0; k < n_runs; k++)
        bench_check(rqa__cpu_run(s->worker, task, &plan, NULL, NULL, ignore_tally, NULL), name);
    return (cpu_s() - start_s) / n_runs;
}

/* The least of some rounds of each, in turn, after one that warms up. */
static void compare(survey *s, const rqa__task *task)
{
    static const double long_enough_s = 2e-4;
    double least[2];
    for (int k = 0; k < 2; k++)
        least[k] = time_runs(s, task, k, 1);
    const unsigned n_runs = 1 + (unsigned)(long_enough_s / fmax(fmin(least[0], least[1]), 1e-6));
    for (unsigned round = 0; round < s->n_rounds; round++)
        for (int k = 0; k < 2; k++)
            least[k] = fmin(least[k], time_runs(s, task, k, n_runs));
    const double times = least[rqa__strategy(&s->profile, task)] / fmin(least[0], least[1]);
    s->n++;
    s->n_near += times <= 1.1;
    s->n_far += times > 1.3;
    s->log_sum += log(times);
    s->worst = fmax(s->worst, times);
}

static void compare_data(survey *s, const double *x, size_t n, uint32_t norm, double rate)
{
    double bound[MOST_DIMS * MOST_THRESHOLDS];
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++)
        for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
            const uint32_t n_t = thresholds[t];
            const double middle = value_at(x, n, norm, dims[d].dim[dims[d].n / 2], rate);
            for (uint32_t k = 0; k < dims[d].n * n_t; k++)
                bound[k] = middle * (n_t == 1 ? 1 : .4 + 1.2 * (k % n_t) / (n_t - 1));
            for (size_t m = 0; m < sizeof tallies / sizeof *tallies; m++) {
                const rqa__side side = {&x, n, 1, DELAY, dims[d].dim};
                const rqa__task task = {.norm = norm, .n_dims = dims[d].n, .n_thresholds = n_t,
                                        .x = side, .y = side, .bounds = bound,
                                        .theiler_diagonal = 1, .tallies = tallies[m]};
                compare(s, &task);
            }
        }
}

void bench_survey(bench *b)
{
    static const size_t sizes[] = {150, 500};
    const rqa__cpu cpu = bench_cpu();
    survey s = {.worst = 1, .n_rounds = b->settings.tiny ? 1 : ROUNDS};
    bench_report_title(b, name, "the cost model's choices, each setting under both strategies in turn");
    s.profile = rqa__profile_assumed(cpu, 1);
    bench_check(rqa__cpu_worker_create(&s.worker, cpu, UINT64_MAX), name);
    for (size_t k = 0; k < (b->settings.tiny ? 1 : 2); k++)
        for (unsigned kind = 0; kind < (b->settings.tiny ? 1 : N_KINDS); kind++) {
            const size_t n = b->settings.tiny ? 40 : sizes[k];
            double *x = make_data(kind, n);
            for (uint32_t norm = RQA__NORM_MAXIMUM; norm <= RQA__NORM_EUCLIDEAN; norm++)
                compare_data(&s, x, n, norm, kind % 2 ? .2 : .03);
            free(x);
        }
    rqa__cpu_worker_destroy(s.worker);
    bench_report_figure(b, name, s.n_near, "settings", "within 10 %% of the better strategy, of %u", s.n);
    bench_report_figure(b, name, s.n_far, "settings", "beyond 1.3 times the better strategy");
    bench_report_figure(b, name, s.worst, "times", "the worst choice");
    bench_report_figure(b, name, exp(s.log_sum / s.n), "times", "the mean choice");
}
