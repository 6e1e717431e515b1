/* test_engine_eroded.c - lines counted by windows against the definitions, and against lines followed one
 * by one: whatever the data, and after however many levels the rest is followed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/engine_bits.h"
#include "cpu/eroded_table.h"
#include "job_threads.h"
#include "kernel_levels.h"
#include "rqa/context.h"
#include "rqa/status.h"
#include "support.h"
#include "task_draws.h"

/* The kernels of a level without tiles, which erode so many levels, or (0) where that pays. */
typedef struct eroding {
    rqa__bits_kernels bits;
    rqa__eroded_kernels eroded;
} eroding;

static int make_kernels(eroding *k, int level, unsigned n_levels)
{
    const rqa__bits_kernels *bits = kernel_level_at(level).bits;
    if (bits == NULL)
        return 0;
    k->bits = *bits;
    k->eroded = *bits->eroded;
    k->eroded.n_levels = n_levels;
    k->bits.eroded = &k->eroded;
    k->bits.tiles = NULL;
    return 1;
}

/* ---- the whole option space, by the definitions ---- */

static void run_draw(const eroding *k, uint64_t seed, size_t most)
{
    const rqa__parallel parallel = {3, job_threads_run, NULL};
    random_task r;
    random_task_create(&r, seed, most);
    if (seed % 4 != 0) /* times leave columns and rows to be followed */
        r.task.tallies &= ~(uint32_t)RQA__TALLY_RECURRENCE_TIME;
    r.task.tallies |= seed % 3 ? RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL : 0;
    if (!rqa__strategy_is_possible(&r.task, RQA__STRATEGY_BITS))
        task_drop_cuts(&r.task);
    task_check c = {.task = &r.task};
    ck_assert_int_eq(rqa__engine_bits_run(&r.task, &k->bits, seed % 5 ? NULL : &parallel, NULL,
                                          task_check_tally, &c),
                     RQA_OK);
    ck_assert_uint_eq(c.n_calls, r.task.n_dims * r.task.n_thresholds);
    if (c.wrong[0] != '\0') {
        char what[256];
        random_task_describe(what, sizeof what, &r);
        ck_abort_msg("draw %llu, %u levels (%s): %s", (unsigned long long)seed, k->eroded.n_levels,
                     what, c.wrong);
    }
    random_task_destroy(&r);
}

START_TEST(test_draws)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    const uint64_t n = more != NULL ? strtoull(more, NULL, 10) : 900;
    eroding k;
    for (uint64_t seed = 1; seed <= n; seed++)
        if (make_kernels(&k, _i, 1 + (unsigned)(seed * 7 % (seed % 2 ? 5 : RQA__ERODED_MOST))))
            run_draw(&k, seed, seed % 3 ? 40 : 150);
}
END_TEST

/* ---- larger ones, against lines that are followed ---- */

enum { MOST = 9000 };

typedef struct kept {
    uint64_t points;
    size_t n_bins[4];
    rqa__bin bin[4][MOST];
    size_t n_offsets;
    uint64_t offsets[2 * MOST];
} kept;

static kept windows, followed;

static int keep(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const rqa__spectrum *s[4] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                 &tally->white_border};
    kept *k = user;
    (void)d;
    (void)t;
    memset(k, 0, sizeof *k);
    k->points = tally->points;
    for (unsigned j = 0; j < 4; j++) {
        k->n_bins[j] = s[j]->n_bins;
        for (size_t n = 0; n < k->n_bins[j]; n++)
            k->bin[j][n] = s[j]->bin[n];
    }
    k->n_offsets = tally->n_offsets;
    for (size_t n = 0; n < k->n_offsets; n++)
        k->offsets[n] = tally->offset_points[n];
    return 0;
}

static void compare(int level, const rqa__task *task, unsigned n_levels, unsigned n_workers)
{
    eroding k;
    const rqa__parallel parallel = {n_workers, job_threads_run, NULL};
    if (!make_kernels(&k, level, n_levels))
        return;
    ck_assert_int_eq(rqa__engine_bits_run(task, &k.bits, n_workers > 1 ? &parallel : NULL, NULL, keep,
                                          &windows),
                     RQA_OK);
    k.eroded.event_cost = 0;
    ck_assert_int_eq(rqa__engine_bits_run(task, &k.bits, NULL, NULL, keep, &followed), RQA_OK);
    ck_assert_uint_eq(windows.points, followed.points);
    ck_assert_uint_eq(windows.n_offsets, followed.n_offsets);
    ck_assert_int_eq(memcmp(windows.offsets, followed.offsets, sizeof windows.offsets), 0);
    for (unsigned j = 0; j < 4; j++) {
        ck_assert_msg(windows.n_bins[j] == followed.n_bins[j] &&
                          memcmp(windows.bin[j], followed.bin[j],
                                 windows.n_bins[j] * sizeof(rqa__bin)) == 0,
                      "n %zu relation %u tallies %u levels %u workers %u theiler %d: histogram %u",
                      task->x.n_samples, task->relation, task->tallies, n_levels, n_workers,
                      (int)task->theiler_vertical, j);
    }
}

/* Noise, rests longer than any window, and smooth stretches in turn. */
static void fill(double *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t part = i / 301 % 4;
        v[i] = part < 2    ? (double)task_below(1000) / 100
               : part == 2 ? (double)(i / 90 % 7)
                           : floor(50 * sin(0.05 * (double)i)) / 10;
    }
}

/* Around the borders of words, blocks and strips. */
START_TEST(test_borders)
{
    static const size_t around[] = {64, 128, 512, 1024, 2048, 4096, 8192};
    static const uint32_t tallies[] = {3, 7, 1, 2, 6, 17, 19, 31};
    double *v = malloc(MOST * sizeof *v);
    const double *channel = v;
    const uint32_t dim = 1;
    task_seed(6);
    fill(v, MOST);
    for (size_t k = 0; k < sizeof around / sizeof *around; k++)
        for (size_t n = around[k] - 1; n <= around[k] + 1; n++) {
            const rqa__side side = {&channel, n, 1, 1, &dim};
            const double bound = n % 2 ? 1 : 4;
            rqa__task t = {.norm = (uint32_t)(n % 3), .n_dims = 1, .n_thresholds = 1, .x = side,
                           .y = side, .bounds = &bound, .tallies = tallies[n % 8]};
            t.theiler_points = t.theiler_diagonal = t.theiler_vertical = n % 4;
            t.band_is_white = (uint32_t)(n / 2 % 2);
            t.relation = n % 7 ? RQA__RELATION_AUTO : RQA__RELATION_CROSS;
            if (n > 3000 && _i == 0)
                continue; /* the reference is slow */
            compare(_i, &t, 1 + (unsigned)(n % RQA__ERODED_MOST), n > 1000 ? 1 + (unsigned)(n % 4) : 1);
            compare(_i, &t, 0, 1);
        }
    free(v);
}
END_TEST

/* ---- when ---- */

typedef struct counted {
    const rqa__eroded_kernels *kernels;
    unsigned n_blocks;
} counted;

static counted seen;

static void count_row(const rqa__eroded_block *b)
{
    seen.n_blocks += b->n_rows == RQA__ERODED_ROWS;
    seen.kernels->row(b);
}

static unsigned blocks_of(int level, const double *v, size_t n, double bound, uint32_t tallies)
{
    const uint32_t dim = 1;
    const rqa__side side = {&v, n, 1, 1, &dim};
    const rqa__task t = {.n_dims = 1, .n_thresholds = 1, .x = side, .y = side, .bounds = &bound,
                         .tallies = tallies};
    eroding k;
    make_kernels(&k, level, 0);
    seen = (counted){kernel_level_at(level).bits->eroded, 0};
    k.eroded.row = count_row;
    ck_assert_int_eq(rqa__engine_bits_run(&t, &k.bits, NULL, NULL, keep, &windows), RQA_OK);
    return seen.n_blocks;
}

/* Dense noise is eroded; neither smooth data, nor what recurs rarely, nor times. */
START_TEST(test_choice)
{
    enum { N = 3000 };
    double *v = malloc(N * sizeof *v);
    const int level = kernel_level_at(1).bits ? 1 : 0;
    for (size_t i = 0; i < N; i++)
        v[i] = (double)task_below(1000);
    ck_assert_uint_gt(blocks_of(level, v, N, 150, 3), 0);
    ck_assert_uint_gt(blocks_of(level, v, N, 300, 7), 0);
    ck_assert_uint_eq(blocks_of(level, v, N, 150, 15), 0);
    ck_assert_uint_eq(blocks_of(level, v, N, 0, 7), 0);
    for (size_t i = 0; i < N; i++)
        v[i] = 1000 * sin(0.01 * (double)i);
    ck_assert_uint_eq(blocks_of(level, v, N, 150, 7), 0);
    free(v);
}
END_TEST

/* ---- failures ---- */

static size_t allocations_left;

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    return allocations_left == 0 ? NULL : (allocations_left--, malloc(n_bytes));
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    return allocations_left == 0 ? NULL : (allocations_left--, realloc(block, n_bytes));
}

static void release(void *block, void *user)
{
    (void)user;
    free(block);
}

START_TEST(test_no_memory)
{
    enum { MOST_ALLOCATIONS = 60 };
    const rqa_memory_hooks hooks = {.struct_size = sizeof hooks,
                                    .allocate = allocate,
                                    .reallocate = reallocate,
                                    .release = release};
    const rqa__parallel parallel = {2, job_threads_run, NULL};
    double v[1200];
    const double *channel = v, bound = 2;
    const uint32_t dim = 1;
    const rqa__side side = {&channel, sizeof v / sizeof *v, 1, 1, &dim};
    const rqa__task t = {.n_dims = 1, .n_thresholds = 1, .x = side, .y = side, .bounds = &bound,
                         .tallies = 7};
    int status = RQA_ERROR_MEMORY;
    eroding k;
    fill(v, sizeof v / sizeof *v);
    make_kernels(&k, 0, 4);
    ck_assert_int_eq(rqa_memory_hooks_set(&hooks), 0);
    for (size_t n = 0; status && n < MOST_ALLOCATIONS; n++) {
        allocations_left = n;
        status = rqa__engine_bits_run(&t, &k.bits, &parallel, NULL, keep, &windows);
        ck_assert(status == RQA_OK || status == RQA_ERROR_MEMORY);
    }
    rqa_memory_hooks_set(NULL);
    ck_assert_int_eq(status, RQA_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_eroded");
    TCase *tcase = tcase_create("engine_eroded");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_draws, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_borders, 0, KERNEL_LEVELS);
    tcase_add_test(tcase, test_choice);
    tcase_add_test(tcase, test_no_memory);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
