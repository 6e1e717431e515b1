/* test_square_offsets.c - points per offset of matrices that are not square, whatever the delays of
 * their sides: what both engines say of random tasks against the definition.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "plan/cost.h"
#include "support.h"
#include "task_draws.h"

/* Whether squares of two dims are cut from the sides differently. */
static int differs_by_dim(const rqa__task *t)
{
    for (uint32_t d = 1; d < t->n_dims; d++)
        if (rqa__side_vectors(&t->x, d) - rqa__side_vectors(&t->y, d) !=
            rqa__side_vectors(&t->x, 0) - rqa__side_vectors(&t->y, 0))
            return 1;
    return 0;
}

START_TEST(test_offsets)
{
    unsigned n_different = 0, n_alike = 0;
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 2000);
    for (uint64_t seed = 1; seed <= n_draws; seed++) {
        random_task r;
        random_task_create(&r, 60000 + seed, 60);
        /* The other relations have equal sides, and a task has vectors in every dim. */
        if (r.task.relation != RQA__RELATION_CROSS ||
            !rqa__side_vectors(&r.task.x, r.task.n_dims - 1) ||
            !rqa__side_vectors(&r.task.y, r.task.n_dims - 1)) {
            random_task_destroy(&r);
            continue;
        }
        r.task.tallies |= RQA__TALLY_OFFSETS;
        for (uint32_t k = 0; k < r.task.n_dims * r.task.n_thresholds; k++)
            r.bounds[0][k] = fmin(r.bounds[0][k], DBL_MAX); /* as thresholds are */
        task_check c = {.task = &r.task};
        ck_assert_int_eq(task_on_cpu(&r.task, _i, task_check_tally, &c), RQA_OK);
        char what[256];
        random_task_describe(what, sizeof what, &r);
        ck_assert_msg(!c.wrong[0], "draw %llu (%s): %s", (unsigned long long)seed, what, c.wrong);
        if (r.task.n_dims > 1)
            *(differs_by_dim(&r.task) ? &n_different : &n_alike) += 1;
        random_task_destroy(&r);
    }
    ck_assert_uint_gt(n_different, n_draws / 100); /* fewer draws meet fewer */
    ck_assert_uint_gt(n_alike, n_draws / 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("square_offsets");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, test_offsets, RQA__STRATEGY_BITS, RQA__STRATEGY_SWEEP + 1);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
