/* test_engine_bits.c - the single-analysis engine against a brute force over the option space. */
#include "backend/engine_bits.h"
#include "failing_memory.h"
#include "job_threads.h"
#include "kernel_levels.h"
#include "rqa/context.h"
#include "rqa/status.h"
#include "support.h"
#include "task_draws.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run_draw(const rqa__bits_kernels *k, uint64_t seed, size_t most, unsigned n_workers)
{
    random_task r;
    random_task_create(&r, seed, most);
    if (!rqa__strategy_is_possible(&r.task, RQA__STRATEGY_BITS)) {
        task_drop_cuts(&r.task);
    }
    rqa__parallel parallel = {n_workers, job_threads_run, NULL};
    task_check c = {.task = &r.task};
    int status = rqa__engine_bits_run(&r.task, k, n_workers > 1 ? &parallel : NULL, NULL, task_check_tally,
                                      &c);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(c.n_calls, r.task.n_dims * r.task.n_thresholds);
    if (c.wrong[0] != '\0') {
        char what[256];
        random_task_describe(what, sizeof what, &r);
        ck_abort_msg("draw %llu (%s): %s", (unsigned long long)seed, what, c.wrong);
    }
    random_task_destroy(&r);
}

/* Strips alone: what tiles would take is theirs here. */
static const rqa__bits_kernels *level(int k)
{
    static rqa__bits_kernels strips[KERNEL_LEVELS];
    const rqa__bits_kernels *kernels = kernel_level_at(k).bits;
    if (kernels == NULL) {
        return NULL;
    }
    strips[k] = *kernels;
    strips[k].tiles = NULL;
    return &strips[k];
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more != NULL ? strtoull(more, NULL, 10) : usual;
}

START_TEST(test_small)
{
    const rqa__bits_kernels *k = level(_i);
    for (uint64_t seed = 1; k != NULL && seed <= n_draws(400); seed++) {
        run_draw(k, seed, 150, 1);
    }
}
END_TEST

/* Above a million pairs several workers share the strips. */
START_TEST(test_workers)
{
    const rqa__bits_kernels *k = level(_i);
    for (uint64_t seed = 1; k != NULL && seed <= n_draws(400) / 100; seed++) {
        run_draw(k, 1000000 + seed, 2000, 1 + (unsigned)(seed % 4));
    }
}
END_TEST

/* Integers: the rank path (maximum norm) and the sum path (Euclid, a second channel of zeros) decide
 * alike, and there are too many values for one window of ranks. */
typedef struct kept {
    uint64_t points;
    size_t n_bins[4];
    rqa__bin bin[4][3000];
} kept;

static int keep(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    const rqa__spectrum *s[4] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                 &tally->white_border};
    kept *k = user;
    (void)d;
    (void)th;
    k->points = tally->points;
    for (unsigned j = 0; j < 4; j++) {
        k->n_bins[j] = s[j]->n_bins < 3000 ? s[j]->n_bins : 3000;
        memcpy(k->bin[j], s[j]->bin, k->n_bins[j] * sizeof(rqa__bin));
    }
    return 0;
}

static void compare_paths(rqa__task *t, const rqa__bits_kernels *k, double threshold)
{
    static kept a, b;
    double bound = threshold;
    rqa__parallel parallel = {2, job_threads_run, NULL};
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    t->bounds = &bound;
    t->norm = RQA__NORM_MAXIMUM;
    ck_assert_int_eq(rqa__engine_bits_run(t, k, NULL, NULL, keep, &a), 0);
    t->norm = RQA__NORM_EUCLIDEAN;
    bound = threshold * threshold;
    ck_assert_int_eq(rqa__engine_bits_run(t, k, &parallel, NULL, keep, &b), 0);
    ck_assert_uint_gt(a.points, 0);
    ck_assert_int_eq(memcmp(&a, &b, sizeof a), 0);
}

START_TEST(test_windows)
{
    enum { LONG = 150000, SHORT = 1500 };
    const uint32_t dim = 1;
    const rqa__bits_kernels *k = level(2) != NULL ? level(2) : level(1) != NULL ? level(1) : level(0);
    double *v = calloc(LONG, sizeof *v);
    double *zero = calloc(LONG, sizeof *zero);
    task_seed(11);
    for (size_t i = 0; i < LONG; i++) {
        v[i] = (double)task_below(1 << 20);
    }
    const double *channel[2] = {v, zero};
    rqa__side many = {channel, LONG, 2, 1, &dim};
    rqa__side few = {channel, SHORT, 2, 1, &dim};
    rqa__task t = {.relation = RQA__RELATION_CROSS, .n_dims = 1, .n_thresholds = 1, .tallies = 7};
    t.x = few;
    t.y = many;
    compare_paths(&t, k, 70000.5);
    t.theiler_vertical = 700;
    t.x = many;
    t.y = few;
    compare_paths(&t, k, 70000.5);
    t.relation = RQA__RELATION_AUTO;
    t.x.n_samples = 66000;
    t.theiler_points = t.theiler_diagonal = 65000 - SHORT;
    t.theiler_vertical = 65000 - SHORT;
    compare_paths(&t, k, 700.5);
    free(v);
    free(zero);
}
END_TEST

/* ---- the longest runs that a worker counts by itself ---- */

static uint64_t count_of(const rqa__spectrum *s, uint64_t length)
{
    for (size_t k = 0; k < s->n_bins; k++)
        if (s->bin[k].length == length)
            return s->bin[k].count;
    return 0;
}

/* Expects of `block` equal samples between others: a diagonal of every length below that on both
 * sides of the line of identity. */
static int expect_block(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const uint64_t block = *(const uint64_t *)user;
    (void)d;
    (void)t;
    ck_assert_uint_eq(tally->points, block * (block - 1));
    ck_assert_uint_eq(tally->diagonal.n_bins, block - 1);
    for (size_t k = 0; k < block - 1; k++) {
        ck_assert_uint_eq(tally->diagonal.bin[k].length, k + 1);
        ck_assert_uint_eq(tally->diagonal.bin[k].count, 2);
    }
    return 0;
}

/* The same with ten more of the equal samples at the end: lines that end above the line of
 * identity, and others below. */
static int expect_columns(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const uint64_t block = *(const uint64_t *)user;
    (void)d;
    (void)t;
    ck_assert_uint_eq(count_of(&tally->vertical, block), block + 10);
    return 0;
}

/* Lengths around that of a strip, of lines that end inside the matrix and at its border. */
START_TEST(test_around_limit)
{
    enum { MOST = 4100, N = MOST + 30 };
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    double *v = malloc(N * sizeof *v);
    const double *channel = v;
    const uint32_t dim = 1;
    const double bound = 0.5;
    rqa__task task = {.n_dims = 1, .n_thresholds = 1, .bounds = &bound, .tallies = 7};
    task.theiler_points = task.theiler_diagonal = 1;
    for (uint64_t block = MOST - 5; kernels != NULL && block <= MOST; block++)
        for (size_t begin = 0; begin <= 10; begin += 10) {
            const size_t n = (size_t)(begin == 0 ? block + 10 : begin + block);
            for (size_t i = 0; i < n; i++)
                v[i] = i >= begin && i < begin + block ? 0 : (double)(i + 1);
            task.x = task.y = (rqa__side){&channel, n, 1, 1, &dim};
            ck_assert_int_eq(
                rqa__engine_bits_run(&task, kernels, NULL, NULL, expect_block, &block), 0);
            for (size_t i = n; begin == 0 && i < n + 10; i++)
                v[i] = 0;
            task.x.n_samples = task.y.n_samples = n + 10;
            if (begin == 0)
                ck_assert_int_eq(
                    rqa__engine_bits_run(&task, kernels, NULL, NULL, expect_columns, &block), 0);
        }
    free(v);
}
END_TEST

/* ---- failures ---- */

static int accept(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)d;
    (void)th;
    (void)tally;
    ++*(unsigned *)user;
    return 0;
}

START_TEST(test_no_memory)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        random_task r;
        random_task_create(&r, seed, 60);
        int status = RQA_ERROR_MEMORY;
        failing_memory_install();
        for (size_t n = 0; status != 0 && n < 1000; n++) {
            unsigned calls = 0;
            failing_memory_grant((long)n);
            status = rqa__engine_bits_run(&r.task, &rqa__bits_ref, NULL, NULL, accept, &calls);
            ck_assert(status == 0 || status == RQA_ERROR_MEMORY);
        }
        failing_memory_remove();
        ck_assert_int_eq(status, 0);
        random_task_destroy(&r);
    }
}
END_TEST

static int stop(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)d;
    (void)th;
    (void)tally;
    ++*(int *)user;
    return 77;
}

START_TEST(test_sink_stops)
{
    random_task r;
    random_task_create(&r, 5, 100);
    int calls = 0;
    ck_assert_int_eq(rqa__engine_bits_run(&r.task, &rqa__bits_ref, NULL, NULL, stop, &calls), 77);
    ck_assert_int_eq(calls, 1);
    random_task_destroy(&r);
}
END_TEST

START_TEST(test_cancel)
{
    random_task r;
    atomic_int cancel = 1;
    int calls = 0;
    random_task_create(&r, 5, 100);
    ck_assert_int_eq(rqa__engine_bits_run(&r.task, &rqa__bits_ref, NULL, &cancel, stop, &calls),
                     RQA_ERROR_CANCELLED);
    ck_assert_int_eq(calls, 0);
    random_task_destroy(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_bits");
    TCase *tcase = tcase_create("engine_bits");
    TCase *large = tcase_create("large");
    tcase_set_timeout(tcase, 120);
    tcase_set_timeout(large, 120);
    tcase_add_loop_test(tcase, test_small, 0, KERNEL_LEVELS);
    tcase_add_loop_test(large, test_workers, 0, KERNEL_LEVELS);
    tcase_add_test(large, test_windows);
    tcase_add_loop_test(large, test_around_limit, 0, KERNEL_LEVELS);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_test(tcase, test_sink_stops);
    tcase_add_test(tcase, test_cancel);
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, large);
    return support_run(suite);
}
