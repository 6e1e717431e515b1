/* test_rows.c - the producer of rows against the definition of a recurrence, cell by cell. */
#include "backend/cpu_run.h"
#include "backend/matrix_fill.h"
#include "backend/row_producer.h"
#include "base/pool.h"
#include "guarded.h"
#include "kernel_levels.h"
#include "rqa/status.h"
#include "task_draws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One dim and one threshold of a task as a task. */
static rqa__task one_of(const rqa__task *t, uint32_t d, uint32_t threshold)
{
    rqa__task one = *t;
    const size_t at = (size_t)d * t->n_thresholds + threshold;
    one.n_dims = one.n_thresholds = 1;
    one.x.dims += d;
    one.y.dims += d;
    one.bounds += at;
    one.bounds_y = t->bounds_y ? t->bounds_y + at : NULL;
    return one;
}

static void sizes_of(const rqa__task *one, size_t *n_rows, size_t *n_columns)
{
    *n_columns = rqa__side_vectors(&one->x, 0);
    *n_rows = one->relation == RQA__RELATION_AUTO ? *n_columns : rqa__side_vectors(&one->y, 0);
    if (one->relation == RQA__RELATION_JOINT)
        *n_rows = *n_columns = smaller(*n_rows, *n_columns);
}

/* The cells by the definition, a byte each. */
typedef struct oracle {
    uint8_t *cell;
    size_t n_rows, n_columns;
} oracle;

static oracle oracle_of(const rqa__task *one)
{
    oracle o;
    sizes_of(one, &o.n_rows, &o.n_columns);
    o.cell = malloc(o.n_rows * o.n_columns + 1);
    for (size_t j = 0; j < o.n_rows; j++)
        for (size_t i = 0; i < o.n_columns; i++)
            o.cell[j * o.n_columns + i] = (uint8_t)task_recurs(one, 0, 0, i, j);
    return o;
}

static int expected(const oracle *o, size_t i, size_t j)
{
    return i < o->n_columns && o->cell[j * o->n_columns + i];
}

/* An area of the matrix, with room to the right that must stay as it was. */
static void check_area(const oracle *o, rqa__rows *rows, unsigned worker, rng *r,
                       const char *what)
{
    const size_t n_rows = rqa__rows_n_rows(rows), n_columns = rqa__rows_n_columns(rows);
    const size_t words = (n_columns + 63) / 64;
    rqa__rows_area a = {.row = rng_below(r, n_rows), .first_word = rng_below(r, words)};
    a.n_rows = 1 + rng_below(r, n_rows - a.row);
    a.n_words = 1 + rng_below(r, words - a.first_word);
    a.stride = a.n_words + rng_below(r, 3);
    guarded out = guarded_make(r, a.n_rows * a.stride, sizeof(uint64_t));
    guarded before = guarded_copy(r, &out, sizeof(uint64_t));
    a.out = out.data;
    ck_assert_int_eq(rqa__rows_fill(rows, worker, &a), 0);
    ck_assert_msg(guarded_is_whole(&out), "%s: written outside the area", what);
    for (size_t row = 0; row < a.n_rows; row++)
        for (size_t k = 0; k < a.stride; k++) {
            const uint64_t word = a.out[row * a.stride + k];
            if (k >= a.n_words && word != ((const uint64_t *)before.data)[row * a.stride + k])
                ck_abort_msg("%s: written beside the area, row %zu", what, row);
            for (size_t b = 0; b < 64 && k < a.n_words; b++) {
                const size_t i = 64 * (a.first_word + k) + b, j = a.row + row;
                if ((int)(word >> b & 1) != expected(o, i, j))
                    ck_abort_msg("%s: row %zu column %zu", what, j, i);
            }
        }
    guarded_free(&out);
    guarded_free(&before);
}

static void check_matrix(const rqa__task *one, const oracle *o, const rqa__bits_kernels *kernels,
                         const rqa__parallel *parallel, rng *r, const char *what)
{
    const size_t n_rows = o->n_rows, n_columns = o->n_columns;
    const size_t words = (n_columns + 63) / 64;
    guarded out = guarded_make(r, n_rows * words, sizeof(uint64_t));
    const uint64_t *word = (const uint64_t *)out.data;
    ck_assert_int_eq(rqa__matrix_fill(one, kernels, out.data, words, parallel, NULL), 0);
    ck_assert_msg(guarded_is_whole(&out), "%s: written outside the matrix", what);
    for (size_t j = 0; j < n_rows; j++)
        for (size_t i = 0; i < 64 * words; i++)
            if ((int)(word[j * words + i / 64] >> i % 64 & 1) != expected(o, i, j))
                ck_abort_msg("%s: the matrix, row %zu column %zu", what, j, i);
    guarded_free(&out);
}

static void check_one(const rqa__task *one, const rqa__bits_kernels *kernels,
                      const rqa__parallel *parallel, rng *r, const char *what)
{
    rqa__rows *rows;
    const oracle o = oracle_of(one);
    if (o.n_rows == 0 || o.n_columns == 0) {
        free(o.cell);
        return;
    }
    ck_assert_int_eq(rqa__rows_open(&rows, one, kernels, parallel, NULL), 0);
    ck_assert_uint_eq(rqa__rows_n_rows(rows), o.n_rows);
    ck_assert_uint_eq(rqa__rows_n_columns(rows), o.n_columns);
    ck_assert_int_eq(rqa__rows_are_symmetric(rows), one->relation != RQA__RELATION_CROSS);
    for (int k = 0; k < 2; k++)
        check_area(&o, rows, parallel ? parallel->n_workers - 1 : 0, r, what);
    rqa__rows_close(rows);
    check_matrix(one, &o, kernels, parallel, r, what);
    free(o.cell);
}

static void check_draw(const rqa__bits_kernels *kernels, uint64_t seed, size_t most,
                       const rqa__parallel *parallel)
{
    random_task drawn;
    rng r = {seed};
    char what[256];
    random_task_create(&drawn, seed, most);
    const int used = snprintf(what, sizeof what, "draw %llu, ", (unsigned long long)seed);
    random_task_describe(what + used, sizeof what - (size_t)used, &drawn);
    for (uint32_t d = 0; d < drawn.task.n_dims; d++)
        for (uint32_t t = 0; t < drawn.task.n_thresholds; t++) {
            const rqa__task one = one_of(&drawn.task, d, t);
            check_one(&one, kernels, parallel, &r, what);
        }
    random_task_destroy(&drawn);
}

START_TEST(small)
{
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 240);
    for (uint64_t seed = 1; kernels && seed <= n_draws; seed++)
        check_draw(kernels, seed, 70 + 70 * (seed % 3), NULL);
}
END_TEST

/* Several bands, panels and workers. */
START_TEST(larger)
{
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 300) / 30;
    for (uint64_t seed = 1; kernels && seed <= n_draws; seed++) {
        rqa__pool *pool;
        ck_assert_int_eq(rqa__pool_create(&pool, 2 + (unsigned)(seed % 3)), 0);
        const rqa__parallel parallel = rqa__parallel_from_pool(pool);
        check_draw(kernels, 500000 + seed, 1400, &parallel);
        rqa__pool_destroy(pool);
    }
}
END_TEST

/* Around the ends of words, panels and bands; short and long vectors. */
START_TEST(sizes)
{
    static const size_t size[] = {63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 1090};
    static const uint32_t dims[] = {1, 2, 3, 11};
    static double v[3000];
    const double *channel = v;
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    rng r = {5};
    for (size_t k = 0; k < sizeof v / sizeof *v; k++)
        v[k] = rng_uniform(&r);
    for (uint64_t k = 0; kernels && k < 10 * 4 * 3; k++) {
        const uint32_t dim = dims[k / 10 % 4];
        const double bound[] = {.4, .2 * dim, .25 * dim};
        const uint32_t delay = dim == 11 ? 97 : 7;
        const size_t n = size[k % 10] + (size_t)delay * (dim - 1);
        const rqa__side side = {&channel, n, 1, delay, &dim};
        const rqa__task one = {.norm = (uint32_t)(k / 40), .n_dims = 1, .n_thresholds = 1, .x = side,
                               .y = side, .bounds = &bound[k / 40]};
        char what[80];
        snprintf(what, sizeof what, "%zu vectors of dim %u, norm %u", size[k % 10], dim, one.norm);
        check_one(&one, kernels, NULL, &r, what);
    }
}
END_TEST

/* More values than there are ranks in a window, from one end to the other. */
START_TEST(windows)
{
    enum { LONG = 140000, FEW = 12 };
    static const uint32_t dim = 2;
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    const double bound = 70000;
    double *v = malloc(LONG * sizeof *v);
    rng r = {6};
    for (size_t k = 0; k < LONG; k++)
        v[k] = (double)rng_below(&r, 1 << 20);
    const double *channel = v;
    const rqa__side x = {&channel, LONG, 1, 3, &dim}, y = {&channel, FEW, 1, 1, &dim};
    const rqa__task one = {.relation = RQA__RELATION_CROSS, .n_dims = 1, .n_thresholds = 1, .x = x,
                           .y = y, .bounds = &bound};
    const rqa__task other = {.relation = RQA__RELATION_CROSS, .n_dims = 1, .n_thresholds = 1,
                             .x = y, .y = x, .bounds = &bound};
    if (kernels) {
        check_one(&one, kernels, NULL, &r, "many columns");
        check_one(&other, kernels, NULL, &r, "many rows");
    }
    free(v);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rows");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, small, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, larger, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, sizes, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, windows, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
