/* test_strategy_choice.c - the strategy that sizes ask for, at each kernel level: settings where one took at
 * least 1.4 times as long as the other on every kind of data it was timed with. */
#include "lines/tally.h"
#include "plan/cost.h"
#include "support.h"

enum { LINES = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL, WHITE = LINES | RQA__TALLY_WHITE,
       ALL = WHITE | RQA__TALLY_RECURRENCE_TIME | RQA__TALLY_OFFSETS, MOST_THRESHOLDS = 51 };

typedef struct setting {
    size_t n;
    uint32_t norm, n_dims, n_thresholds, tallies; /* dims 1 ... n_dims */
    int strategy;
} setting;

static const double bounds[10 * MOST_THRESHOLDS]; /* sizes alone matter */

static int chosen(int level, const setting *s)
{
    static const uint32_t dims[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const rqa__profile profile = rqa__profile_assumed((rqa__cpu){.level = level}, 1);
    const rqa__side side = {.n_samples = s->n, .n_channels = 1, .delay = 2, .dims = dims};
    const rqa__task task = {.relation = RQA__RELATION_AUTO, .norm = s->norm, .n_dims = s->n_dims,
                            .n_thresholds = s->n_thresholds, .x = side, .y = side,
                            .bounds = bounds, .theiler_diagonal = 1, .tallies = s->tallies};
    return rqa__strategy(&profile, &task);
}

static void expect(int level, const setting *s, size_t n)
{
    for (size_t k = 0; k < n; k++)
        ck_assert_msg(chosen(level, &s[k]) == s[k].strategy, "setting %zu", k);
}

START_TEST(few_thresholds_of_several_dims_go_by_bits)
{
    static const setting settings[] = {
        {100, RQA__NORM_MAXIMUM, 1, 3, ALL, RQA__STRATEGY_BITS},
        {100, RQA__NORM_MAXIMUM, 10, 2, ALL, RQA__STRATEGY_BITS},
        {100, RQA__NORM_EUCLIDEAN, 1, 2, WHITE, RQA__STRATEGY_BITS},
        {100, RQA__NORM_EUCLIDEAN, 3, 1, WHITE, RQA__STRATEGY_BITS},
        {100, RQA__NORM_EUCLIDEAN, 10, 2, ALL, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 1, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 1, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 2, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 1, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 1, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 10, 1, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_EUCLIDEAN, 1, 1, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_EUCLIDEAN, 1, 1, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_EUCLIDEAN, 3, 1, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_EUCLIDEAN, 3, 1, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_EUCLIDEAN, 10, 1, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_EUCLIDEAN, 10, 1, WHITE, RQA__STRATEGY_BITS},
        {600, RQA__NORM_MAXIMUM, 1, 1, LINES, RQA__STRATEGY_BITS},
    };
    expect(RQA__LEVEL_AVX2, settings, sizeof settings / sizeof *settings);
}
END_TEST

START_TEST(many_thresholds_go_by_indices)
{
    static const setting settings[] = {
        {100, RQA__NORM_MAXIMUM, 1, 6, LINES, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_MAXIMUM, 3, 6, LINES, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_MAXIMUM, 3, 25, ALL, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_MAXIMUM, 10, 25, LINES, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_EUCLIDEAN, 1, 12, ALL, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_EUCLIDEAN, 3, 12, LINES, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_EUCLIDEAN, 10, 6, LINES, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_EUCLIDEAN, 10, 25, ALL, RQA__STRATEGY_SWEEP},
        {200, RQA__NORM_MAXIMUM, 3, 3, LINES, RQA__STRATEGY_SWEEP},
        {200, RQA__NORM_MAXIMUM, 3, 25, ALL, RQA__STRATEGY_SWEEP},
        {200, RQA__NORM_MAXIMUM, 10, 25, ALL, RQA__STRATEGY_SWEEP},
        {200, RQA__NORM_EUCLIDEAN, 3, 6, LINES, RQA__STRATEGY_SWEEP},
        {200, RQA__NORM_EUCLIDEAN, 10, 6, LINES, RQA__STRATEGY_SWEEP},
        {600, RQA__NORM_MAXIMUM, 1, 12, LINES, RQA__STRATEGY_SWEEP},
    };
    expect(RQA__LEVEL_AVX2, settings, sizeof settings / sizeof *settings);
}
END_TEST

START_TEST(plain_c_has_its_own_point)
{
    static const setting settings[] = {
        {200, RQA__NORM_MAXIMUM, 1, 2, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 2, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 3, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 3, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 6, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 6, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 1, 6, ALL, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 1, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 1, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 2, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 2, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 3, LINES, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 3, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 6, WHITE, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 3, 6, ALL, RQA__STRATEGY_BITS},
        {200, RQA__NORM_MAXIMUM, 10, 1, LINES, RQA__STRATEGY_BITS},
    };
    expect(RQA__LEVEL_REF, settings, sizeof settings / sizeof *settings);
}
END_TEST

START_TEST(avx512_has_its_own_point)
{
    static const setting settings[] = {
        {250, RQA__NORM_MAXIMUM, 3, 2, ALL, RQA__STRATEGY_BITS},
        {400, RQA__NORM_MAXIMUM, 10, 1, ALL, RQA__STRATEGY_BITS},
        {400, RQA__NORM_EUCLIDEAN, 3, 2, ALL, RQA__STRATEGY_BITS},
        {1000, RQA__NORM_MAXIMUM, 1, 2, WHITE, RQA__STRATEGY_BITS},
        {1000, RQA__NORM_EUCLIDEAN, 1, 2, LINES, RQA__STRATEGY_BITS},
        {1500, RQA__NORM_MAXIMUM, 1, 2, LINES, RQA__STRATEGY_BITS},
        {1500, RQA__NORM_MAXIMUM, 1, 3, ALL, RQA__STRATEGY_BITS},
        {1500, RQA__NORM_MAXIMUM, 3, 2, WHITE, RQA__STRATEGY_BITS},
        {1500, RQA__NORM_EUCLIDEAN, 10, 2, WHITE, RQA__STRATEGY_BITS},
        {100, RQA__NORM_MAXIMUM, 10, 6, LINES, RQA__STRATEGY_SWEEP},
        {100, RQA__NORM_EUCLIDEAN, 1, 6, LINES, RQA__STRATEGY_SWEEP},
        {150, RQA__NORM_EUCLIDEAN, 3, 12, ALL, RQA__STRATEGY_SWEEP},
        {250, RQA__NORM_MAXIMUM, 1, 12, WHITE, RQA__STRATEGY_SWEEP},
        {400, RQA__NORM_MAXIMUM, 3, 12, WHITE, RQA__STRATEGY_SWEEP},
        {400, RQA__NORM_MAXIMUM, 10, 12, WHITE, RQA__STRATEGY_SWEEP},
        {600, RQA__NORM_EUCLIDEAN, 10, 6, LINES, RQA__STRATEGY_SWEEP},
        {1000, RQA__NORM_MAXIMUM, 1, 25, LINES, RQA__STRATEGY_SWEEP},
    };
    expect(RQA__LEVEL_AVX512, settings, sizeof settings / sizeof *settings);
}
END_TEST

/* Whatever the sizes, a profile that says a strategy is for ever is believed, with recurrence times too. */
START_TEST(a_profile_overrules)
{
    const setting s = {600, RQA__NORM_MAXIMUM, 10, 25, ALL, RQA__STRATEGY_BITS};
    rqa__profile profile = rqa__profile_assumed((rqa__cpu){.level = RQA__LEVEL_AVX2}, 1);
    static const uint32_t dims[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const rqa__side side = {.n_samples = s.n, .n_channels = 1, .delay = 2, .dims = dims};
    const rqa__task task = {.norm = s.norm, .n_dims = s.n_dims, .n_thresholds = s.n_thresholds,
                            .x = side, .y = side, .bounds = bounds, .tallies = s.tallies};
    ck_assert_int_eq(rqa__strategy(&profile, &task), RQA__STRATEGY_SWEEP);
    profile.sweep_scale = 1e12;
    ck_assert_int_eq(rqa__strategy(&profile, &task), RQA__STRATEGY_BITS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strategy_choice");
    TCase *cases = tcase_create("strategy_choice");
    tcase_add_test(cases, few_thresholds_of_several_dims_go_by_bits);
    tcase_add_test(cases, many_thresholds_go_by_indices);
    tcase_add_test(cases, plain_c_has_its_own_point);
    tcase_add_test(cases, avx512_has_its_own_point);
    tcase_add_test(cases, a_profile_overrules);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
