/* test_bits_filter.c - the 16-bit sums of the single-analysis engine where data are hard on them,
 * against a brute force: far values, heavy tails, gaps about as wide as the threshold, ranges of a
 * few steps of double, and thresholds of a small part of the range. */
#include "backend/engine_bits.h"
#include "kernel_levels.h"
#include "support.h"
#include "task_draws.h"

#include <math.h>
#include <stdlib.h>

enum { FAR_VALUE, LOG_NORMAL, CAUCHY, PARETO, GAPS, STEPS, CODES, NOISE, N_KINDS };

static const char *const kind_name[N_KINDS] = {
    "one far value", "log-normal", "Cauchy", "Pareto", "gaps", "steps of double", "codes", "noise",
};

static rng r;

/* Numbers on both sides of gaps of 1 and 1.25, the one that is folded, and a step of double more or
 * less; some of them far out. */
static double beside_gap(void)
{
    static const double edge[] = {0, 1, 1.25, 2.25, 2.5, 3.75};
    const double near = edge[rng_below(&r, 6)] + (rng_below(&r, 3) ? 0 : .25 * rng_uniform(&r));
    const double far = rng_below(&r, 8) ? 0 : 512 * (double)rng_below(&r, 4);
    return rng_below(&r, 3) ? near + far : nextafter(near + far, rng_below(&r, 2) ? 1e6 : -1e6);
}

static double random_sample(unsigned kind)
{
    switch (kind) {
    case FAR_VALUE:
        return rng_below(&r, 150) ? rng_gauss(&r) : -9999;
    case LOG_NORMAL:
        return exp(3 * rng_gauss(&r));
    case CAUCHY:
        return tan(3.14159 * (rng_uniform(&r) - .5));
    case PARETO:
        return pow(1e-9 + rng_uniform(&r), -2);
    case GAPS:
        return beside_gap();
    case STEPS:
        return 1e6 + 0x1p-33 * (double)rng_below(&r, 8);
    case CODES:
        return rng_below(&r, 40) ? rng_gauss(&r) : rng_below(&r, 2) ? 1e300 : -1e300;
    default:
        return rng_gauss(&r);
    }
}

static void fill(random_task *w, unsigned side, unsigned kind, int missing)
{
    rqa__side *s = side == 0 ? &w->task.x : &w->task.y;
    for (size_t t = 0; t < s->n_samples; t++) {
        const int absent = missing && rng_below(&r, 20) == 0;
        for (uint32_t c = 0; c < s->n_channels; c++)
            w->samples[side][c][t] = absent ? (double)NAN : random_sample(kind);
    }
}

static double value_of(const rqa__task *t, const rqa__side *x, const rqa__side *y, uint32_t dim)
{
    const size_t span_x = (size_t)(dim - 1) * x->delay, span_y = (size_t)(dim - 1) * y->delay;
    double value = 0;
    if (x->n_samples <= span_x || y->n_samples <= span_y)
        return (double)NAN;
    const size_t i = (size_t)rng_below(&r, x->n_samples - span_x);
    const size_t j = (size_t)rng_below(&r, y->n_samples - span_y);
    for (uint32_t k = 0; k < dim; k++)
        for (uint32_t c = 0; c < x->n_channels; c++) {
            const double d = x->channel[c][i + k * x->delay] - y->channel[c][j + k * y->delay];
            value += t->norm == RQA__NORM_EUCLIDEAN ? d * d : fabs(d);
        }
    return value;
}

static int compare_doubles(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Exactly the value of a pair that is among the nearer ones, a step below, or about it; where gaps
 * have the length of the threshold, that. */
static void draw_bounds(const rqa__task *t, const rqa__side *x, const rqa__side *y, unsigned kind,
                        double *bounds)
{
    for (uint32_t d = 0; d < t->n_dims; d++) {
        double *row = bounds + (size_t)d * t->n_thresholds;
        for (uint32_t e = 0; e < t->n_thresholds; e++) {
            double least = INFINITY;
            for (uint64_t k = rng_below(&r, 2) ? 5 : 60; k > 0; k--) {
                const double value = value_of(t, x, y, x->dims[d]);
                least = value > 0 && value < least ? value : least;
            }
            least = isinf(least) || (kind == GAPS && rng_below(&r, 2)) ? 1 : least;
            const uint64_t how = rng_below(&r, 4);
            row[e] = how == 0   ? nextafter(least, 0)
                     : how == 1 ? least * (.5 + rng_uniform(&r))
                                : least;
        }
        qsort(row, t->n_thresholds, sizeof *row, compare_doubles);
    }
}

static void create(random_task *w, uint64_t seed, unsigned kind)
{
    random_task_create(w, seed, seed % 8 ? 150 : 600);
    rqa__task *t = &w->task;
    const int cross = t->relation == RQA__RELATION_CROSS;
    r.state = seed;
    const int missing = rng_below(&r, 3) == 0;
    t->norm = rng_below(&r, 3) ? RQA__NORM_EUCLIDEAN : RQA__NORM_MANHATTAN;
    fill(w, 0, kind, missing);
    if (t->relation != RQA__RELATION_AUTO)
        fill(w, 1, kind, missing);
    task_set_skips(t);
    if (!rqa__strategy_is_possible(t, RQA__STRATEGY_BITS))
        task_drop_cuts(t);
    draw_bounds(t, &t->x, cross ? &t->y : &t->x, kind, w->bounds[0]);
    if (t->bounds_y)
        draw_bounds(t, &t->y, &t->y, kind, w->bounds[1]);
}

START_TEST(equals_brute_force)
{
    const kernel_level level = kernel_level_at(_i);
    for (uint64_t seed = 1; level.bits && seed <= env_number("RQA_TEST_DRAWS", 400); seed++) {
        const unsigned kind = (unsigned)(seed % N_KINDS);
        random_task w;
        create(&w, seed, kind);
        task_check c = {.task = &w.task};
        ck_assert_int_eq(rqa__engine_bits_run(&w.task, level.bits, NULL, NULL, task_check_tally, &c),
                         0);
        char what[256];
        random_task_describe(what, sizeof what, &w);
        ck_assert_msg(c.wrong[0] == '\0', "%s, draw %llu of %s (%s): %s", level.name,
                      (unsigned long long)seed, kind_name[kind], what, c.wrong);
        random_task_destroy(&w);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bits_filter");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, equals_brute_force, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
