/* test_task_plan.c - the plan of a task: whatever it says of strategy and slices, the counts are
 * those of the definition; and what it says of memory keeps to the limit.
 */
#include <check.h>
#include <float.h>
#include <math.h>

#include "backend/cpu_run.h"
#include "support.h"
#include "task_draws.h"

/* Tasks have vectors in every dim, joint ones equally many of both. */
static int is_sound(const rqa__task *t)
{
    int sound = 1;
    for (uint32_t d = 0; d < t->n_dims; d++) {
        const size_t n_x = rqa__side_vectors(&t->x, d), n_y = rqa__side_vectors(&t->y, d);
        sound &= n_x > 0 && n_y > 0 && (t->relation != RQA__RELATION_JOINT || n_x == n_y);
    }
    return sound;
}

/* Slices come one after the other, each by dim and threshold. */
static int check_anywhere(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    task_check *c = user;
    c->n_calls = d * c->task->n_thresholds + th;
    return task_check_tally(c, d, th, tally);
}

typedef struct seen {
    task_check check;
    unsigned n;
} seen;

static int count_and_check(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    seen *s = user;
    s->n++;
    return check_anywhere(&s->check, d, th, tally);
}

START_TEST(any_plan_gives_the_counts)
{
    rqa__cpu_worker *worker;
    rng r = {11};
    unsigned n_cut = 0, n_joint = 0;
    ck_assert_int_eq(rqa__cpu_worker_create(&worker, rqa__cpu_detect(), UINT64_MAX), RQA_OK);
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 6000);
    for (uint64_t seed = 1; seed <= n_draws; seed++) {
        random_task drawn;
        random_task_create(&drawn, 80000 + seed, 40);
        const rqa__task *t = &drawn.task;
        int strategy = (int)rng_below(&r, 2);
        if (!rqa__strategy_is_possible(t, strategy))
            strategy = RQA__STRATEGY_SWEEP;
        rqa__plan plan = rqa__plan_whole(t, strategy, 1);
        plan.n_dims = 1 + (uint32_t)rng_below(&r, t->n_dims);
        plan.n_thresholds = 1 + (uint32_t)rng_below(&r, t->n_thresholds);
        for (uint32_t k = 0; k < t->n_dims * t->n_thresholds; k++)
            for (int side = 0; side < 2; side++)
                drawn.bounds[side][k] =
                    fmin(drawn.bounds[side][k], DBL_MAX); /* as thresholds are */
        if (is_sound(t)) {
            seen s = {.check = {.task = t}};
            char what[256];
            random_task_describe(what, sizeof what, &drawn);
            ck_assert_int_eq(rqa__cpu_run(worker, t, &plan, NULL, NULL, count_and_check, &s),
                             RQA_OK);
            ck_assert_uint_eq(s.n, t->n_dims * t->n_thresholds);
            ck_assert_msg(!s.check.wrong[0], "draw %llu (%s), %u dims and %u thresholds: %s",
                          (unsigned long long)seed, what, plan.n_dims, plan.n_thresholds,
                          s.check.wrong);
            n_joint += t->relation == RQA__RELATION_JOINT;
            n_cut += plan.n_dims < t->n_dims && plan.n_thresholds < t->n_thresholds;
        }
        random_task_destroy(&drawn);
    }
    ck_assert_uint_gt(n_cut, n_draws / 120); /* fewer draws meet fewer */
    ck_assert_uint_gt(n_joint, n_draws / 300);
    rqa__cpu_worker_destroy(worker);
}
END_TEST

START_TEST(a_plan_keeps_to_the_limit)
{
    const rqa__profile profile = rqa__profile_assumed(rqa__cpu_detect(), 1);
    rng r = {12};
    unsigned n_kept = 0, n_refused = 0;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        random_task drawn;
        random_task_create(&drawn, 90000 + seed, 400);
        const rqa__task *t = &drawn.task;
        const unsigned n_threads = 1 + (unsigned)rng_below(&r, 4);
        const uint64_t least = rqa__least_memory(t, n_threads);
        rqa__plan whole, plan;
        ck_assert_int_eq(rqa__plan_make(&whole, &profile, t, n_threads, UINT64_MAX), 1);
        ck_assert_uint_eq(whole.n_dims, t->n_dims);
        ck_assert_uint_eq(whole.n_thresholds, t->n_thresholds);
        const uint64_t limit = least / 2 + rng_below(&r, whole.n_bytes);
        const int fits = rqa__plan_make(&plan, &profile, t, n_threads, limit);
        ck_assert_int_eq(fits, limit >= least);
        ck_assert_uint_eq(plan.n_threads, n_threads);
        ck_assert(plan.n_dims >= 1 && plan.n_dims <= t->n_dims);
        ck_assert(plan.n_thresholds >= 1 && plan.n_thresholds <= t->n_thresholds);
        ck_assert(rqa__strategy_is_possible(t, plan.strategy));
        if (fits)
            ck_assert_uint_le(plan.n_bytes, limit);
        n_kept += fits && whole.n_bytes > limit;
        n_refused += !fits;
        random_task_destroy(&drawn);
    }
    ck_assert_uint_gt(n_kept, 50);
    ck_assert_uint_gt(n_refused, 50);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("task_plan");
    TCase *all = tcase_create("all");
    tcase_add_test(all, any_plan_gives_the_counts);
    tcase_add_test(all, a_plan_keeps_to_the_limit);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
