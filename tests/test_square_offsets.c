/* test_square_offsets.c - points per offset of matrices that are not square, whatever the delays of
 * their sides: what rqa__cpu_run() says of random tasks against the definition.
 */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "backend/cpu_run.h"
#include "backend/square_offsets.h"
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

/* What the store of a task is said to take is what it takes. */
static size_t n_allocated;

static void *count_allocated(size_t n_bytes, void *user)
{
    (void)user;
    n_allocated += n_bytes;
    return malloc(n_bytes);
}

static void *count_reallocated(void *block, size_t n_bytes, void *user)
{
    (void)user;
    return realloc(block, n_bytes);
}

static void release(void *block, void *user)
{
    (void)user;
    free(block);
}

static void check_memory(const rqa__task *task)
{
    const rqa_memory_hooks hooks = {sizeof hooks,      0,       count_allocated,
                                    count_reallocated, release, NULL};
    rqa__offset_store store;
    n_allocated = 0;
    ck_ok(rqa_memory_hooks_set(&hooks));
    ck_assert_int_eq(rqa__offset_store_init(&store, task, NULL, NULL), RQA_OK);
    rqa__offset_store_free(&store);
    ck_ok(rqa_memory_hooks_set(NULL));
    ck_assert_uint_eq(rqa__offset_store_memory(task),
                      rqa__needs_square_offsets(task) ? n_allocated : 0);
}

START_TEST(test_offsets)
{
    const rqa__cpu cpu = rqa__cpu_detect();
    rqa__profile profile = rqa__profile_assumed(cpu, 1);
    rqa__cpu_worker *worker;
    if (_i == 0)
        profile.bits_scale = 1e9; /* so that the sweep engine is taken */
    else
        profile.sweep_scale = 1e9;
    ck_assert_int_eq(rqa__cpu_worker_create(&worker, cpu, &profile), RQA_OK);
    unsigned n_different = 0, n_alike = 0;
    for (uint64_t seed = 1; seed <= env_number("RQA_TEST_DRAWS", 2000); seed++) {
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
        task_check c = {.task = &r.task, .offsets_in_square = 1};
        ck_assert_int_eq(rqa__cpu_run(worker, &r.task, NULL, NULL, task_check_tally, &c), RQA_OK);
        char what[256];
        random_task_describe(what, sizeof what, &r);
        check_memory(&r.task);
        ck_assert_msg(!c.wrong[0], "draw %llu (%s): %s", (unsigned long long)seed, what, c.wrong);
        if (r.task.n_dims > 1)
            *(differs_by_dim(&r.task) ? &n_different : &n_alike) += 1;
        random_task_destroy(&r);
    }
    ck_assert_uint_gt(n_different, 20);
    ck_assert_uint_gt(n_alike, 20);
    rqa__cpu_worker_destroy(worker);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("square_offsets");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, test_offsets, 0, 2);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
