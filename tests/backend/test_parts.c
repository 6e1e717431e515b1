/* test_parts.c - parts of a matrix: what the CPU makes of one against the contract cell by cell,
 * and parts of any cuts, joined in any order, against the whole.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/part_run.h"
#include "kernel_levels.h"
#include "part_oracle.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

static const rqa__bits_kernels *level(int k)
{
    return kernel_level_at(k).bits;
}

static void fail_draw(uint64_t seed, const random_task *r, const char *wrong)
{
    char what[256];
    random_task_describe(what, sizeof what, r);
    ck_abort_msg("draw %llu (%s): %s", (unsigned long long)seed, what, wrong);
}

/* Windows that end in any column, or are wider than any series, too. */
static void draw_task(random_task *r, uint64_t seed, size_t most)
{
    random_task_create(r, seed, most);
    task_drop_cuts(&r->task);
    if (task_below(4) == 0)
        r->task.theiler_diagonal = task_below(most);
    if (task_below(4) == 0)
        r->task.theiler_vertical = task_below(most);
    if (task_below(20) == 0)
        r->task.theiler_points = UINT64_MAX - task_below(2);
    if (task_below(20) == 0)
        r->task.theiler_diagonal = UINT64_MAX - task_below(2);
    if (task_below(20) == 0)
        r->task.theiler_vertical = UINT64_MAX - task_below(2);
}

/* ---- one part, cell by cell ---- */

typedef struct looked_at {
    const part_matrix *matrix;
    size_t first, end;
    char wrong[256];
    unsigned n_calls;
} looked_at;

static int look_at(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    looked_at *l = user;
    (void)d;
    (void)t;
    l->n_calls++;
    part_check(l->matrix, l->first, l->end, tally, l->wrong, sizeof l->wrong);
    return 0;
}

static void check_parts(const rqa__bits_kernels *kernels, uint64_t seed, size_t most)
{
    random_task r;
    draw_task(&r, seed, most);
    r.task.n_dims = 1;
    const rqa__part_shape shape = rqa__part_shape_of(&r.task, 0);
    rqa__part_engine *engine;
    ck_assert_int_eq(rqa__part_engine_create(&engine, &r.task, kernels), RQA_OK);
    for (uint32_t t = 0; t < r.task.n_thresholds && shape.n_x && shape.n_y; t++) {
        part_matrix matrix;
        part_matrix_create(&matrix, &r.task, t);
        for (int k = 0; k < 3; k++) {
            looked_at l = {.matrix = &matrix};
            l.first = task_below((size_t)shape.n_x);
            l.end = l.first + 1;
            if (task_below(4)) /* else one column alone */
                l.end += task_below((size_t)shape.n_x - l.first);
            ck_assert_int_eq(rqa__part_run(engine, &(rqa__part_request){0, t, l.first, l.end, NULL, NULL},
                                           look_at, &l),
                             RQA_OK);
            ck_assert_uint_eq(l.n_calls, 1);
            if (l.wrong[0])
                fail_draw(seed, &r, l.wrong);
        }
        part_matrix_destroy(&matrix);
    }
    rqa__part_engine_destroy(engine);
    random_task_destroy(&r);
}

START_TEST(test_oracle)
{
    const rqa__bits_kernels *kernels = level(_i);
    for (uint64_t seed = 1; kernels && seed <= n_draws(1500); seed++)
        check_parts(kernels, seed, seed % 8 ? 40 : 150);
}
END_TEST

/* ---- joined parts ---- */

typedef struct taken {
    rqa__part part;
    rqa__part_shape shape;
    uint64_t first, end;
} taken;

static int take_part(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    taken *p = user;
    (void)d;
    (void)t;
    return rqa__part_take(&p->part, &p->shape, p->first, p->end, tally);
}

enum { MOST_PARTS = 64 };

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Cuts into a few random parts, or between any two columns; how many there are. */
static size_t draw_cuts(uint64_t cut[MOST_PARTS + 1], uint64_t n_columns)
{
    const int all = n_columns <= MOST_PARTS && task_below(12) == 0;
    size_t n = all ? (size_t)n_columns : 1 + task_below(12);
    n = n > n_columns ? (size_t)n_columns : n;
    cut[0] = 0;
    for (size_t k = 1; k < n; k++)
        cut[k] = all ? k : 1 + task_below((size_t)n_columns - 1);
    cut[n] = n_columns;
    qsort(cut, n, sizeof cut[0], by_value);
    return n;
}

/* The whole as parts, made and joined in random order. */
static rqa__part joined(rqa__part_engine *engine, const rqa__task *task, uint32_t d, uint32_t t)
{
    taken p[MOST_PARTS];
    uint64_t cut[MOST_PARTS + 1];
    size_t order[MOST_PARTS];
    const rqa__part_shape shape = rqa__part_shape_of(task, d);
    size_t n = draw_cuts(cut, shape.n_x), n_parts = 0;
    for (size_t k = 0; k < n; k++)
        if (cut[k] < cut[k + 1])
            p[n_parts++] = (taken){.shape = shape, .first = cut[k], .end = cut[k + 1]};
    for (size_t k = 0; k < MOST_PARTS; k++)
        order[k] = k;
    for (size_t k = 0; k < n_parts; k++) {
        size_t other = k + task_below(n_parts - k), next = order[other];
        order[other] = order[k];
        taken *one = &p[next];
        ck_assert_msg(
            !rqa__part_run(engine, &(rqa__part_request){d, t, one->first, one->end, NULL, NULL},
                           take_part, one),
            "%s",
            rqa_last_error());
    }
    while (n_parts > 1) {
        size_t k = task_below(n_parts - 1);
        ck_assert_int_eq(rqa__part_join(&p[k].part, &p[k + 1].part), RQA_OK);
        memmove(&p[k + 1], &p[k + 2], (n_parts - k - 2) * sizeof p[0]);
        n_parts--;
    }
    return p[0].part;
}

static void check_joined(const rqa__bits_kernels *kernels, uint64_t seed, size_t most)
{
    random_task r;
    draw_task(&r, seed, most);
    rqa__part_engine *engine;
    task_check c = {.task = &r.task};
    ck_assert_int_eq(rqa__part_engine_create(&engine, &r.task, kernels), RQA_OK);
    for (uint32_t d = 0; d < r.task.n_dims; d++)
        for (uint32_t t = 0; t < r.task.n_thresholds; t++) {
            rqa__part_shape shape = rqa__part_shape_of(&r.task, d);
            rqa__tally tally = {0};
            rqa__part part = {0};
            if (shape.n_x && shape.n_y) {
                part = joined(engine, &r.task, d, t);
                ck_assert_uint_eq(part.first, 0);
                ck_assert_uint_eq(part.end, shape.n_x);
                ck_assert_int_eq(rqa__part_close(&part, &tally), RQA_OK);
            }
            task_check_tally(&c, d, t, &tally);
            rqa__part_free(&part);
            if (c.wrong[0])
                fail_draw(seed, &r, c.wrong);
        }
    rqa__part_engine_destroy(engine);
    random_task_destroy(&r);
}

START_TEST(test_joined)
{
    const rqa__bits_kernels *kernels = level(_i);
    for (uint64_t seed = 1; kernels && seed <= n_draws(1500); seed++)
        check_joined(kernels, 500000 + seed, seed % 8 ? 60 : 250);
}
END_TEST

/* ---- longer series: what rqa__cpu_run() says ---- */

typedef struct expected {
    rqa__part_engine *engine;
    const rqa__task *task;
    unsigned n_calls;
} expected;

static void same_spectrum(const rqa__spectrum *a, const rqa__spectrum *b)
{
    ck_assert_uint_eq(a->n_bins, b->n_bins);
    if (a->n_bins)
        ck_assert(!memcmp(a->bin, b->bin, a->n_bins * sizeof *a->bin));
}

static int compare(void *user, uint32_t d, uint32_t t, const rqa__tally *whole)
{
    expected *e = user;
    rqa__part part = joined(e->engine, e->task, d, t);
    rqa__tally tally;
    ck_assert_int_eq(rqa__part_close(&part, &tally), RQA_OK);
    e->n_calls++;
    ck_assert_uint_eq(tally.points, whole->points);
    ck_assert_uint_eq(tally.gap_sum, whole->gap_sum);
    same_spectrum(&tally.diagonal, &whole->diagonal);
    same_spectrum(&tally.vertical, &whole->vertical);
    same_spectrum(&tally.white_inner, &whole->white_inner);
    same_spectrum(&tally.white_border, &whole->white_border);
    same_spectrum(&tally.recurrence_time, &whole->recurrence_time);
    ck_assert_uint_eq(tally.n_offsets, whole->n_offsets);
    for (size_t k = 0; k < tally.n_offsets; k++)
        ck_assert_uint_eq(tally.offset_points[k], whole->offset_points[k]);
    rqa__part_free(&part);
    return 0;
}

/* Compares one task, of one dim and threshold, with rqa__cpu_run(). */
static void compare_with_whole(const rqa__bits_kernels *kernels, const rqa__task *task)
{
    expected e = {.task = task};
    const rqa__part_shape shape = rqa__part_shape_of(task, 0);
    ck_assert_int_eq(rqa__part_engine_create(&e.engine, task, kernels), RQA_OK);
    if (shape.n_x && shape.n_y) {
        ck_assert_int_eq(task_on_cpu(task, -1, compare, &e), RQA_OK);
        ck_assert_uint_eq(e.n_calls, 1);
    }
    rqa__part_engine_destroy(e.engine);
}

/* Above 4,096 offsets there are several strips. */
START_TEST(test_long)
{
    unsigned n_long = 0;
    for (uint64_t seed = 1; seed <= n_draws(1500) / 30; seed++) {
        random_task r;
        random_task_create(&r, 900000 + seed, seed % 5 ? 1500 : 9000);
        r.task.n_dims = r.task.n_thresholds = 1;
        r.task.tallies = 31;
        task_drop_cuts(&r.task);
        n_long += rqa__part_shape_of(&r.task, 0).n_y > 4096;
        compare_with_whole(rqa__cpu_bits_kernels(rqa__cpu_detect()), &r.task);
        random_task_destroy(&r);
    }
    ck_assert_uint_gt(n_long, 0);
}
END_TEST

/* A task of series that stay at one of two values for long: lines longer than parts and strips. */
typedef struct block_task {
    rqa__task task;
    double *samples[2];
    const double *channel[2];
    uint32_t dim;
    double bound;
} block_task;

static void draw_blocks(double *v, size_t n)
{
    static const size_t longest[] = {3, 300, 4200};
    unsigned value = 0;
    for (size_t i = 0, left = 0; i < n; i++) {
        if (left-- == 0) {
            value ^= 1;
            left = task_below(longest[task_below(3)]);
        }
        v[i] = value;
    }
}

static void block_task_create(block_task *b, uint64_t seed, size_t n)
{
    task_seed(seed);
    *b = (block_task){.dim = 1, .bound = 0.5};
    rqa__side side[2];
    for (int k = 0; k < 2; k++) {
        b->channel[k] = b->samples[k] = malloc(n * sizeof(double));
        draw_blocks(b->samples[k], n);
        side[k] = (rqa__side){&b->channel[k], n, 1, 1, &b->dim};
    }
    b->task = (rqa__task){.relation = (uint32_t)task_below(3),
                          .norm = (uint32_t)task_below(3),
                          .n_dims = 1,
                          .n_thresholds = 1,
                          .x = side[0],
                          .y = side[0],
                          .bounds = &b->bound,
                          .theiler_points = task_below(3),
                          .theiler_diagonal = task_below(3),
                          .theiler_vertical = task_below(2) ? 0 : task_below(n),
                          .tallies = task_below(2) ? 31 : 7};
    b->task.upper_only = b->task.relation == RQA__RELATION_AUTO && task_below(3) == 0;
    b->task.band_is_white = task_below(3) == 0;
    if (b->task.relation != RQA__RELATION_AUTO)
        b->task.y = side[1];
    if (b->task.relation == RQA__RELATION_CROSS)
        b->task.y.n_samples -= task_below(n / 2);
    b->task.bounds_y = b->task.relation == RQA__RELATION_JOINT ? &b->bound : NULL;
}

static void block_task_destroy(block_task *b)
{
    free(b->samples[0]);
    free(b->samples[1]);
}

START_TEST(test_long_lines)
{
    const rqa__bits_kernels *kernels = level(_i);
    for (uint64_t seed = 1; kernels && seed <= n_draws(1500) / 250; seed++) {
        block_task b;
        block_task_create(&b, 30000 + seed, (size_t)(4200 + seed % 4 * 700));
        compare_with_whole(kernels, &b.task);
        block_task_destroy(&b);
    }
}
END_TEST

/* Edges of such lines, cell by cell. */
START_TEST(test_long_oracle)
{
    const rqa__bits_kernels *kernels = rqa__cpu_bits_kernels(rqa__cpu_detect());
    for (uint64_t seed = 1; seed <= n_draws(1500) / 700; seed++) {
        block_task b;
        part_matrix matrix;
        rqa__part_engine *engine;
        block_task_create(&b, 40000 + seed, 4500);
        for (size_t i = 20; seed == 1 && i < 4500; i++) /* to the last row */
            b.samples[0][i] = b.samples[1][i] = 0;
        part_matrix_create(&matrix, &b.task, 0);
        looked_at l = {.matrix = &matrix, .first = task_below(20)};
        l.end = matrix.n_x - task_below(seed == 1 ? 20 : matrix.n_x - l.first);
        ck_assert_int_eq(rqa__part_engine_create(&engine, &b.task, kernels), RQA_OK);
        ck_assert_int_eq(rqa__part_run(engine, &(rqa__part_request){0, 0, l.first, l.end, NULL, NULL},
                                       look_at, &l),
                         RQA_OK);
        ck_assert_msg(!l.wrong[0], "draw %llu: %s", (unsigned long long)seed, l.wrong);
        rqa__part_engine_destroy(engine);
        part_matrix_destroy(&matrix);
        block_task_destroy(&b);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("parts");
    TCase *t = tcase_create("parts");
    tcase_add_loop_test(t, test_oracle, 0, KERNEL_LEVELS);
    tcase_add_loop_test(t, test_joined, 0, KERNEL_LEVELS);
    tcase_add_test(t, test_long);
    tcase_add_loop_test(t, test_long_lines, 0, KERNEL_LEVELS);
    tcase_add_test(t, test_long_oracle);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    return support_run(s);
}
