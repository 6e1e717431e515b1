/* test_engine_tiles.c - the engine of tiles against the brute force and against strips of bits. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/engine_bits.h"
#include "backend/engine_tiles.h"
#include "kernel_levels.h"
#include "rqa/context.h"
#include "rqa/status.h"
#include "support.h"
#include "task_draws.h"

/* ---- several workers ---- */

typedef struct pool_job {
    pthread_t thread;
    int (*job)(void *, size_t, unsigned);
    void *arg;
    size_t k;
    int status;
} pool_job;

static void *pool_main(void *arg)
{
    pool_job *p = arg;
    p->status = p->job(p->arg, p->k, (unsigned)p->k);
    return NULL;
}

static int pool_run(void *pool, size_t n_jobs, int (*job)(void *, size_t, unsigned), void *arg)
{
    pool_job p[8] = {{.job = NULL}};
    int status = 0;
    (void)pool;
    for (size_t k = 0; k < n_jobs; k++) {
        p[k] = (pool_job){.job = job, .arg = arg, .k = k};
        pthread_create(&p[k].thread, NULL, pool_main, &p[k]);
    }
    for (size_t k = 0; k < n_jobs; k++) {
        pthread_join(p[k].thread, NULL);
        status = status ? status : p[k].status;
    }
    return status;
}

static const rqa__tiles_kernels *level(int k)
{
    if (kernel_level_at(k).name == NULL)
        return NULL;
    return k == 0 ? &rqa__tiles_ref : kernel_level_at(k).bits->tiles;
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more != NULL ? strtoull(more, NULL, 10) : usual;
}

/* ---- the whole option space, by the definitions ---- */

/* A draw of this engine's kind: auto, mostly with lines of both directions. */
static void create_auto(random_task *r, uint64_t seed, size_t most)
{
    random_task_create(r, seed, most);
    r->task.relation = RQA__RELATION_AUTO;
    r->task.y = r->task.x;
    r->task.upper_only &= seed % 2;
    task_set_skips(&r->task);
    r->task.tallies |= seed % 8 ? RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL : 0;
    if (seed % 3 == 0)
        task_drop_cuts(&r->task);
}

static unsigned run_draw(const rqa__tiles_kernels *k, uint64_t seed, size_t most)
{
    random_task r;
    unsigned n_run = 0;
    create_auto(&r, seed, most);
    task_check c = {.task = &r.task};
    const rqa__tiles_call call = {
        .task = &r.task, .kernels = k, .choice = RQA__TILES_ALWAYS};
    for (uint32_t d = 0; d < r.task.n_dims; d++)
        for (uint32_t t = 0; t < r.task.n_thresholds; t++) {
            c.n_calls = d * r.task.n_thresholds + t;
            const int status = rqa__engine_tiles_run(&call, d, t, task_check_tally, &c);
            ck_assert(status == RQA_OK || status == RQA__TILES_DECLINED);
            n_run += status == RQA_OK;
        }
    if (c.wrong[0] != '\0') {
        char what[256];
        random_task_describe(what, sizeof what, &r);
        ck_abort_msg("draw %llu (%s): %s", (unsigned long long)seed, what, c.wrong);
    }
    random_task_destroy(&r);
    return n_run;
}

START_TEST(test_draws)
{
    const rqa__tiles_kernels *k = level(_i);
    const uint64_t n = n_draws(600);
    uint64_t n_run = 0;
    for (uint64_t seed = 1; k != NULL && seed <= n; seed++)
        n_run += run_draw(k, seed, seed % 3 ? 40 : 150);
    ck_assert(k == NULL || n_run > n / 4);
}
END_TEST

/* All relations, through the engine that asks tiles first: in order, whoever makes a tally. */
START_TEST(test_in_turn)
{
    rqa__bits_kernels kernels = *(kernel_level_at(_i).bits ? kernel_level_at(_i).bits : &rqa__bits_ref);
    const uint64_t n = n_draws(200);
    kernels.tiles = level(_i);
    for (uint64_t seed = 1; level(_i) != NULL && seed <= n; seed++) {
        random_task r;
        random_task_create(&r, 7000 + seed, 100);
        if (!rqa__strategy_is_possible(&r.task, RQA__STRATEGY_BITS))
            task_drop_cuts(&r.task); /* what strips do not know, where tiles decline */
        task_check c = {.task = &r.task};
        ck_assert_int_eq(rqa__engine_bits_run(&r.task, &kernels, NULL, NULL, task_check_tally, &c), 0);
        ck_assert_uint_eq(c.n_calls, r.task.n_dims * r.task.n_thresholds);
        ck_assert_msg(c.wrong[0] == '\0', "draw %llu: %s", (unsigned long long)seed, c.wrong);
        random_task_destroy(&r);
    }
}
END_TEST

/* ---- larger ones, against strips ---- */

enum { MOST_BINS = 4 * 9000 };

typedef struct kept {
    uint64_t points, gap_sum;
    size_t n_bins[5];
    rqa__bin bin[5][MOST_BINS / 4];
    size_t n_offsets;
    uint64_t offsets[MOST_BINS / 4];
} kept;

static int keep(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const rqa__spectrum *s[5] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                 &tally->white_border, &tally->recurrence_time};
    kept *k = user;
    (void)d;
    (void)t;
    memset(k, 0, sizeof *k);
    k->points = tally->points;
    k->gap_sum = tally->gap_sum;
    for (unsigned j = 0; j < 5; j++) {
        k->n_bins[j] = s[j]->n_bins;
        for (size_t n = 0; n < k->n_bins[j]; n++)
            k->bin[j][n] = s[j]->bin[n];
    }
    k->n_offsets = tally->n_offsets;
    for (size_t n = 0; n < k->n_offsets; n++)
        k->offsets[n] = tally->offset_points[n];
    return 0;
}

/* Smooth, stepping, resting and noisy stretches in turn; ties are common. */
static void fill(double *v, size_t n)
{
    double walk = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t part = i / 173 % 4;
        walk += (double)task_below(5) - 2;
        v[i] = part == 0   ? floor(50 * sin(0.05 * (double)i)) / 10
               : part == 1 ? walk / 10
               : part == 2 ? (double)(i / 40 % 7) / 4
                           : (double)task_below(100) / 10;
    }
}

static kept from_tiles, from_strips;

static void compare_with_strips(int at, const rqa__task *task, unsigned n_workers)
{
    rqa__bits_kernels strips = *kernel_level_at(at).bits;
    const rqa__parallel parallel = {n_workers, pool_run, NULL};
    const rqa__tiles_call call = {.task = task,
                                  .kernels = level(at),
                                  .parallel = n_workers > 1 ? &parallel : NULL,
                                  .choice = RQA__TILES_ALWAYS};
    strips.tiles = NULL;
    ck_assert_int_eq(rqa__engine_bits_run(task, &strips, NULL, NULL, keep, &from_strips), 0);
    ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, keep, &from_tiles), 0);
    ck_assert_msg(memcmp(&from_tiles, &from_strips, sizeof from_tiles) == 0,
                  "n %zu workers %u norm %u theiler %d points %llu %llu", task->x.n_samples,
                  n_workers, task->norm, (int)task->theiler_points,
                  (unsigned long long)from_tiles.points, (unsigned long long)from_strips.points);
}

/* Around the borders of tiles, words and strips. */
START_TEST(test_borders)
{
    static const size_t around[] = {8, 64, 512, 1024, 2048, 4096, 5120};
    enum { MOST = 5200 };
    double *v = malloc(MOST * sizeof *v);
    const double *channel = v;
    const uint32_t dim = 2;
    task_seed(5);
    fill(v, MOST);
    for (size_t k = 0; level(_i) != NULL && k < sizeof around / sizeof *around; k++)
        for (size_t n = around[k] - 2; n <= around[k] + 2; n++) {
            const rqa__side side = {&channel, n + 3, 1, 3, &dim};
            const double bound = 0.8;
            rqa__task t = {.norm = (uint32_t)(n % 3), .n_dims = 1, .n_thresholds = 1, .x = side,
                           .y = side, .bounds = &bound, .tallies = n % 2 ? 31 : 7};
            t.theiler_points = t.theiler_diagonal = n % 4;
            if (n > 4000 && n % 2 == 0 && _i == 0)
                continue; /* the reference is slow */
            compare_with_strips(_i, &t, n > 1000 ? 1 + (unsigned)(n % 4) : 1);
        }
    free(v);
}
END_TEST

/* Equal samples between others, as many as the longest run that workers count by themselves, or about. */
START_TEST(test_long_runs)
{
    enum { LIMIT = 4097, MOST = LIMIT + 40 };
    double *v = malloc(MOST * sizeof *v);
    const double *channel = v;
    const uint32_t dim = 1;
    const double bound = 0.5;
    for (size_t n = LIMIT - 2; level(_i) != NULL && n <= LIMIT + 2; n++)
        for (size_t before = 0; before <= 10; before += 5) {
            const rqa__side side = {&channel, n + 2 * before, 1, 1, &dim};
            const rqa__task t = {.norm = (uint32_t)(n % 3), .n_dims = 1, .n_thresholds = 1,
                                 .x = side, .y = side, .bounds = &bound, .tallies = 31};
            for (size_t i = 0; i < n + 2 * before; i++)
                v[i] = i >= before && i < before + n ? 0 : (double)i + 1;
            compare_with_strips(_i, &t, 1);
            v[before + n / 2] = 1; /* long white runs, too */
            compare_with_strips(_i, &t, 1);
            rqa__task skips = t;
            v[before + n / 3] = NAN; /* in the midst of full tiles */
            skips.skips = 1;
            skips.tallies = 7;
            compare_with_strips(_i, &skips, 1);
        }
    free(v);
}
END_TEST

/* ---- bounds on and around the band of the filter ---- */

/* Squares of a series with few values, so that sums lie exactly on a bound, one step below or above. */
START_TEST(test_ties)
{
    enum { N = 300, DRAWS = 60 };
    double v[2 * N];
    const double *channel[2] = {v, v + N};
    const uint32_t dim = 2;
    for (uint64_t seed = 1; level(_i) != NULL && seed <= DRAWS; seed++) {
        task_seed(seed);
        const double unit = seed % 2 ? 0.1 : 1e-3, shift = seed % 3 ? 0 : 1e6;
        double walk = 0;
        for (size_t i = 0; i < 2 * N; i++) {
            walk += (double)task_below(3) - 1;
            v[i] = shift + unit * (task_below(4) ? walk : walk + (double)task_below(9));
        }
        const rqa__side side = {channel, N, 2, 1, &dim};
        rqa__task t = {.norm = (uint32_t)(seed / 2 % 3), .n_dims = 1, .n_thresholds = 1, .x = side,
                       .y = side, .tallies = 7};
        /* The value of a pair that is there. */
        double bound = 0;
        const size_t a = task_below(N - 1), b = task_below(N - 1);
        for (size_t k = 0; k < 2; k++)
            for (size_t c = 0; c < 2; c++) {
                const double d = channel[c][a + k] - channel[c][b + k];
                const double term = t.norm == RQA__NORM_EUCLIDEAN ? d * d : fabs(d);
                bound = t.norm == RQA__NORM_MAXIMUM ? fmax(bound, term) : bound + term;
            }
        for (int step = -1; step <= 1 && bound > 0; step++) {
            const double at = step < 0 ? nextafter(bound, 0) : step > 0 ? nextafter(bound, 1e9) : bound;
            t.bounds = &at;
            compare_with_strips(_i, &t, 1);
        }
    }
}
END_TEST

/* ---- which tasks ---- */

static int accept(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    (void)d;
    (void)t;
    (void)tally;
    ++*(unsigned *)user;
    return 0;
}

/* Smooth data are taken; neither sparse noise, nor where a far value leaves all to be told by double. */
START_TEST(test_choice)
{
    enum { N = 4000 };
    double *v = malloc(N * sizeof *v);
    const double *channel = v;
    const uint32_t dim = 2;
    const double bound = 0.01;
    const rqa__side side = {&channel, N, 1, 1, &dim};
    const rqa__task t = {.norm = RQA__NORM_EUCLIDEAN, .n_dims = 1, .n_thresholds = 1, .x = side,
                         .y = side, .bounds = &bound, .tallies = 7};
    const rqa__tiles_call call = {.task = &t, .kernels = &rqa__tiles_ref};
    unsigned calls = 0;
    for (size_t i = 0; i < N; i++)
        v[i] = sin(0.05 * (double)i);
    ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA_OK);
    ck_assert_uint_eq(calls, 1);
    for (size_t i = 0; i < N; i++)
        v[i] = (double)task_below(100000) / 1000; /* next to nothing recurs, and no box says so */
    ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA__TILES_DECLINED);
    for (size_t i = 0; i < N; i++)
        v[i] = sin(0.05 * (double)i);
    v[N / 3] = -9999;
    ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA__TILES_DECLINED);
    ck_assert_uint_eq(calls, 1);
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
    const rqa_memory_hooks hooks = {.struct_size = sizeof hooks,
                                    .allocate = allocate,
                                    .reallocate = reallocate,
                                    .release = release};
    const double v[] = {0, 1, 2, 3, 2, 1, 0, 1, 2, 3}, bound = 1;
    const double *channel = v;
    const uint32_t dim = 1;
    const rqa__side side = {&channel, sizeof v / sizeof *v, 1, 1, &dim};
    const rqa__task t = {.n_dims = 1, .n_thresholds = 1, .x = side, .y = side, .bounds = &bound,
                         .tallies = 31};
    const rqa__tiles_call call = {
        .task = &t, .kernels = &rqa__tiles_ref, .choice = RQA__TILES_ALWAYS};
    unsigned calls = 0;
    int status = RQA_ERROR_MEMORY;
    ck_assert_int_eq(rqa_memory_hooks_set(&hooks), 0);
    for (size_t n = 0; status && n < 10; n++) {
        allocations_left = n;
        status = rqa__engine_tiles_run(&call, 0, 0, accept, &calls);
        ck_assert(status == RQA_OK || status == RQA_ERROR_MEMORY);
        ck_assert_uint_eq(calls, status == RQA_OK);
    }
    rqa_memory_hooks_set(NULL);
    ck_assert_int_eq(status, RQA_OK);
}
END_TEST

START_TEST(test_cancel)
{
    random_task r;
    atomic_int cancel = 1;
    unsigned calls = 0;
    create_auto(&r, 9, 100);
    r.task.skips = 0;
    r.bounds[0][0] = 1;
    const rqa__tiles_call call = {.task = &r.task,
                                  .kernels = &rqa__tiles_ref,
                                  .cancel = &cancel,
                                  .choice = RQA__TILES_ALWAYS};
    ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA_ERROR_CANCELLED);
    ck_assert_uint_eq(calls, 0);
    random_task_destroy(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_tiles");
    TCase *tcase = tcase_create("engine_tiles");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_draws, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_in_turn, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_borders, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_long_runs, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_ties, 0, KERNEL_LEVELS);
    tcase_add_test(tcase, test_choice);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_test(tcase, test_cancel);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
