/* test_engine_tiles.c - the engine of tiles against the brute force and against strips of bits. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/engine_bits.h"
#include "backend/engine_tiles.h"
#include "failing_memory.h"
#include "job_threads.h"
#include "kernel_levels.h"
#include "rqa/context.h"
#include "rqa/status.h"
#include "support.h"
#include "task_draws.h"

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

/* A draw of this engine's kind: mostly with lines of both directions. */
static void create_for_tiles(random_task *r, uint64_t seed, size_t most)
{
    random_task_create(r, seed, most);
    r->task.tallies |= seed % 8 ? RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL : 0;
    if (seed % 3 == 0)
        task_drop_cuts(&r->task);
}

static void create_auto(random_task *r, uint64_t seed, size_t most)
{
    create_for_tiles(r, seed, most);
    r->task.relation = RQA__RELATION_AUTO;
    r->task.y = r->task.x;
    r->task.upper_only &= seed % 2;
    task_set_skips(&r->task);
    if (seed % 3 == 0)
        task_drop_cuts(&r->task);
}

/* Windows that the engine does not take are no part of its draws. */
static void narrow(uint64_t *window)
{
    *window = *window > 256 ? *window % 20 : *window;
}

static void create_pair(random_task *r, uint64_t seed, size_t most)
{
    create_for_tiles(r, seed, most);
    narrow(&r->task.theiler_points);
    narrow(&r->task.theiler_diagonal);
    narrow(&r->task.theiler_vertical);
}

static unsigned run_draw(const rqa__tiles_kernels *k, uint64_t seed, const random_task *r)
{
    unsigned n_run = 0;
    task_check c = {.task = &r->task};
    const rqa__tiles_call call = {
        .task = &r->task, .kernels = k, .choice = RQA__TILES_ALWAYS};
    for (uint32_t d = 0; d < r->task.n_dims; d++)
        for (uint32_t t = 0; t < r->task.n_thresholds; t++) {
            c.n_calls = d * r->task.n_thresholds + t;
            const int status = rqa__engine_tiles_run(&call, d, t, task_check_tally, &c);
            ck_assert(status == RQA_OK || status == RQA__TILES_DECLINED);
            n_run += status == RQA_OK;
        }
    if (c.wrong[0] != '\0') {
        char what[256];
        random_task_describe(what, sizeof what, r);
        ck_abort_msg("draw %llu (%s): %s", (unsigned long long)seed, what, c.wrong);
    }
    return n_run;
}

START_TEST(test_draws)
{
    const rqa__tiles_kernels *k = level(_i);
    const uint64_t n = n_draws(600);
    uint64_t n_run = 0;
    for (uint64_t seed = 1; k != NULL && seed <= n; seed++) {
        random_task r;
        create_auto(&r, seed, seed % 3 ? 40 : 150);
        n_run += run_draw(k, seed, &r);
        random_task_destroy(&r);
    }
    ck_assert(k == NULL || n_run > n / 4);
}
END_TEST

START_TEST(test_draws_of_pairs)
{
    const rqa__tiles_kernels *k = level(_i);
    const uint64_t n = n_draws(1800);
    uint64_t n_cross = 0, n_joint = 0;
    for (uint64_t seed = 1; k != NULL && seed <= n; seed++) {
        random_task r;
        create_pair(&r, 50000 + seed, seed % 3 ? 40 : 150);
        if (r.task.relation == RQA__RELATION_CROSS)
            n_cross += run_draw(k, seed, &r);
        else if (r.task.relation == RQA__RELATION_JOINT)
            n_joint += run_draw(k, seed, &r);
        random_task_destroy(&r);
    }
    ck_assert(k == NULL || (n_cross > n / 8 && n_joint > n / 16));
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

enum { MOST_BINS = 4 * 11000 };

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
    const rqa__parallel parallel = {n_workers, job_threads_run, NULL};
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

/* The beginning of a series and a later part of it, with delays of their own. */
static void compare_pair(int at, uint32_t relation, size_t n_x, size_t n_y, const double *v,
                         unsigned turn)
{
    const double *channel_x = v, *channel_y = v + 997;
    const uint32_t dim_x = 2, dim_y = relation == RQA__RELATION_JOINT ? 3 : 2;
    const uint32_t delay_x = 3, delay_y = 1 + turn % 5;
    const double bound = 0.8, bound_y = 1.3;
    static const uint64_t window[] = {0, 1, 2, 9, 70, 256, 0};
    rqa__task t = {.relation = relation,
                   .norm = turn % 3,
                   .n_dims = 1,
                   .n_thresholds = 1,
                   .x = {&channel_x, n_x + (dim_x - 1) * delay_x, 1, delay_x, &dim_x},
                   .y = {&channel_y, n_y + (dim_y - 1) * delay_y, 1, delay_y, &dim_y},
                   .bounds = &bound,
                   .bounds_y = &bound_y,
                   .tallies = turn % 4 == 3 ? 31 : turn % 4 == 2 ? 23 : 7};
    t.theiler_points = t.theiler_diagonal = window[turn % 7];
    t.theiler_vertical = window[turn / 3 % 7];
    t.band_is_white = turn / 2 % 2;
    task_set_skips(&t);
    if (t.skips && !rqa__strategy_is_possible(&t, RQA__STRATEGY_BITS))
        t.band_is_white = 0;
    compare_with_strips(at, &t, 1 + turn / 5 % 4);
}

enum { LONGEST = 5200 };

/* Some are missing at the borders of tiles and strips, if any are. */
static double *make_pair(int has_missing)
{
    static const size_t border[] = {8, 64, 512, 1024, 4096};
    double *v = malloc((LONGEST + 1200) * sizeof *v);
    fill(v, LONGEST + 1200);
    for (size_t k = 0; has_missing && k < 5; k++)
        for (size_t i = border[k] - 1; i <= border[k] + k; i++)
            v[i] = v[997 + i] = NAN;
    return v;
}

START_TEST(test_borders_of_pairs)
{
    static const size_t around[] = {8, 64, 512, 1024, 2048, 4096};
    unsigned turn = 0;
    task_seed(6);
    for (int has_missing = 0; level(_i) != NULL && has_missing < 2; has_missing++) {
        double *v = make_pair(has_missing);
        for (size_t k = 0; k < sizeof around / sizeof *around; k++)
            for (size_t n = around[k] - 2; n <= around[k] + 2; n++, turn++) {
                const size_t other = turn % 3 == 0 ? n : turn % 3 == 1 ? 1 + n / 37 : 300 + n % 9;
                if (n > 1500 && _i == 0 && n % 3 != 0)
                    continue; /* the reference is slow */
                compare_pair(_i, RQA__RELATION_CROSS, n, other, v, turn);
                compare_pair(_i, RQA__RELATION_CROSS, other, n, v, turn + 11);
                compare_pair(_i, RQA__RELATION_JOINT, n, n, v, turn);
            }
        free(v);
    }
}
END_TEST

/* Threads that take more strips than there are, and fewer; every window beside every kind of tally. */
START_TEST(test_threads_of_pairs)
{
    task_seed(8);
    double *v = make_pair(1), *whole = make_pair(0);
    for (unsigned turn = 0; level(_i) != NULL && turn < (_i ? 84 : 12); turn++) {
        const double *given = turn % 2 ? v : whole;
        compare_pair(_i, RQA__RELATION_CROSS, 1100 + turn % 17, 1900 - turn % 9, given, turn);
        compare_pair(_i, RQA__RELATION_CROSS, 1300, 1300, given, turn);
        compare_pair(_i, RQA__RELATION_JOINT, 1500 + turn % 17, 1500 + turn % 17, given, turn);
    }
    free(v);
    free(whole);
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
        /* Of the same pairs, but with other numbers for the same differences. */
        const double *later[2] = {v + 100, v + N + 100};
        rqa__task pair = t;
        pair.relation = seed % 2 ? RQA__RELATION_CROSS : RQA__RELATION_JOINT;
        pair.x.n_samples = pair.y.n_samples = N - 100;
        pair.y.channel = later;
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
            pair.bounds = pair.bounds_y = &at;
            compare_with_strips(_i, &pair, 1);
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

/* The same of pairs; and limits, or windows that are too wide, are for strips alone. */
START_TEST(test_choice_of_pairs)
{
    enum { N = 3000 };
    double *smooth = malloc(N * sizeof *smooth), *noise = malloc(N * sizeof *noise);
    const double *channel[2] = {smooth, noise};
    const uint32_t dim = 2;
    const double bound = 0.01;
    const rqa__limits limits = {.below = &bound};
    for (size_t i = 0; i < N; i++) {
        smooth[i] = sin(0.05 * (double)i);
        noise[i] = (double)task_below(100000) / 1000;
    }
    for (uint32_t relation = RQA__RELATION_CROSS; relation <= RQA__RELATION_JOINT; relation++) {
        unsigned calls = 0;
        rqa__task t = {.relation = relation, .norm = RQA__NORM_EUCLIDEAN, .n_dims = 1, .n_thresholds = 1,
                       .bounds = &bound, .bounds_y = &bound, .tallies = 7};
        rqa__tiles_call call = {.task = &t, .kernels = &rqa__tiles_ref};
        t.x = t.y = (rqa__side){&channel[0], N, 1, 1, &dim};
        ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA_OK);
        ck_assert_uint_eq(calls, 1);
        t.x = t.y = (rqa__side){&channel[1], N, 1, 1, &dim};
        ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA__TILES_DECLINED);
        call.choice = RQA__TILES_ALWAYS;
        t.theiler_diagonal = 257;
        ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA__TILES_DECLINED);
        t.theiler_diagonal = 0;
        t.limits_y = &limits;
        ck_assert_int_eq(rqa__engine_tiles_run(&call, 0, 0, accept, &calls), RQA__TILES_DECLINED);
        ck_assert_uint_eq(calls, 1);
    }
    free(smooth);
    free(noise);
}
END_TEST

/* ---- failures ---- */

/* What a worker keeps of a row of tiles is as wide as the series, not as the widest strip. */
START_TEST(test_short_series_take_little)
{
    static const double value[100] = {0};
    const double *channel[] = {value};
    const uint32_t dim = 3;
    const double bound = 1;
    const rqa__side side = {channel, 100, 1, 6, &dim};
    const rqa__task task = {.norm = RQA__NORM_EUCLIDEAN, .n_dims = 1, .n_thresholds = 1, .x = side,
                            .y = side, .bounds = &bound,
                            .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL | RQA__TALLY_WHITE |
                                       RQA__TALLY_RECURRENCE_TIME | RQA__TALLY_OFFSETS};
    const size_t n_bytes = rqa__engine_tiles_memory(&task, 1);
    ck_assert_uint_gt(n_bytes, 0);
    ck_assert_uint_le(n_bytes, (size_t)64 << 10);
}
END_TEST

START_TEST(test_no_memory)
{
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
    failing_memory_install();
    for (size_t n = 0; status && n < 10; n++) {
        failing_memory_grant((long)n);
        status = rqa__engine_tiles_run(&call, 0, 0, accept, &calls);
        ck_assert(status == RQA_OK || status == RQA_ERROR_MEMORY);
        ck_assert_uint_eq(calls, status == RQA_OK);
    }
    failing_memory_remove();
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
    tcase_add_loop_test(tcase, test_draws_of_pairs, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_in_turn, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_borders, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_borders_of_pairs, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_threads_of_pairs, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_long_runs, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_ties, 0, KERNEL_LEVELS);
    tcase_add_test(tcase, test_choice);
    tcase_add_test(tcase, test_choice_of_pairs);
    tcase_add_test(tcase, test_short_series_take_little);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_test(tcase, test_cancel);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
