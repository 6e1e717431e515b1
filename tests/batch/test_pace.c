/* test_pace.c - the prediction of how much work is left. */
#include <math.h>
#include <stdlib.h>

#include "batch/pace.h"
#include "support.h"

enum { N_UNITS = 400 };

static double cost[N_UNITS], seconds[N_UNITS];

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Sizes that differ twelvefold, costs with their square, and times that follow costs with a power
 * and a scatter; units sorted by cost (order +1 or -1) or not. */
static void draw(rng *r, int order, double power, double scatter)
{
    for (int k = 0; k < N_UNITS; k++) {
        double n = 500 * exp(2.5 * rng_uniform(r));
        cost[k] = n * n;
    }
    if (order)
        qsort(cost, N_UNITS, sizeof *cost, compare);
    for (int k = 0; order < 0 && k < N_UNITS / 2; k++) {
        double swap = cost[k];
        cost[k] = cost[N_UNITS - 1 - k];
        cost[N_UNITS - 1 - k] = swap;
    }
    for (int k = 0; k < N_UNITS; k++)
        seconds[k] = 3e-9 * pow(cost[k], power) * exp(scatter * rng_gauss(r));
}

/* The largest error of the whole time as predicted, once `after` of it has passed. */
static double worst_error(double after)
{
    rqa__pace pace = {0};
    double total = 0, passed = 0, worst = 0;
    for (int k = 0; k < N_UNITS; k++) {
        rqa__pace_add(&pace, cost[k]);
        total += seconds[k];
    }
    ck_assert(isnan(rqa__pace_left(&pace)));
    for (int k = 0; k < N_UNITS; k++) {
        rqa__pace_done(&pace, cost[k], seconds[k]);
        passed += seconds[k];
        if (passed >= after * total)
            worst = fmax(worst, fabs(passed * (1 + rqa__pace_left(&pace)) / total - 1));
    }
    ck_assert(rqa__pace_left(&pace) == 0);
    return worst;
}

START_TEST(a_true_model_is_right_at_once)
{
    rng r = {1};
    for (int order = -1; order <= 1; order++) {
        draw(&r, order, 1, 0);
        ck_near(worst_error(0), 0, 1e-9);
    }
}
END_TEST

START_TEST(settles_within_a_tenth)
{
    static const double power[] = {1, .8, .85, 1.1};
    for (uint64_t seed = 0; seed < 40; seed++) {
        rng r = {seed};
        draw(&r, 0, power[seed % 4], .15);
        ck_near(worst_error(.1), 0, .1);
    }
}
END_TEST

/* The mean ratio alone is off by more than a fifth here. */
START_TEST(learns_from_sizes_in_order)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        rng r = {seed};
        draw(&r, seed % 2 ? 1 : -1, seed & 2 ? .8 : .85, .05);
        ck_near(worst_error(.3), 0, .17);
    }
}
END_TEST

/* What another process has done, or costs nothing, leaves no trace. */
START_TEST(what_is_taken_away)
{
    rqa__pace pace = {0};
    for (int k = 1; k <= 10; k++)
        rqa__pace_add(&pace, 1e6 * k);
    rqa__pace_add(&pace, 0);
    rqa__pace_done(&pace, 0, 1);
    ck_assert(isnan(rqa__pace_left(&pace)));
    rqa__pace_done(&pace, 1e6, 1);
    ck_near(rqa__pace_left(&pace), 54, 1e-6);
    for (int k = 3; k <= 10; k++)
        rqa__pace_remove(&pace, 1e6 * k);
    ck_near(rqa__pace_left(&pace), 2, 1e-6);
    rqa__pace_remove(&pace, 2e6);
    ck_assert(rqa__pace_left(&pace) == 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pace");
    TCase *t = tcase_create("pace");
    tcase_add_test(t, a_true_model_is_right_at_once);
    tcase_add_test(t, settles_within_a_tenth);
    tcase_add_test(t, learns_from_sizes_in_order);
    tcase_add_test(t, what_is_taken_away);
    suite_add_tcase(s, t);
    return support_run(s);
}
