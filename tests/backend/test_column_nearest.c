/* test_column_nearest.c - the nearest cells of every column, by the search tree and by bits, against all
 * distances sorted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/column_nearest.h"
#include "backend/cpu_run.h"
#include "base/pool.h"
#include "cpu/level.h"
#include "draws.h"

enum { MOST_SAMPLES = 800, MOST_K = 200 };

/* Smooth, noise, few numbers, long stretches of one number, one far sample. */
static double sample_of(rng *r, int kind, size_t i)
{
    switch (kind) {
    case 0:
        return sin(.11 * (double)i) + .3 * sin(.037 * (double)i);
    case 1:
        return rng_gauss(r);
    case 2:
        return (double)rng_below(r, 4);
    case 3:
        return (double)(i / 90) + (i % 90 > 80 ? rng_uniform(r) : 0);
    default:
        return i == 17 ? 1e9 : rng_uniform(r);
    }
}

typedef struct plot {
    rqa__side x, y;
    uint32_t norm;
    uint64_t theiler, k;
} plot;

static double distance_of(const plot *p, size_t i, size_t j)
{
    double value = 0;
    for (uint32_t k = 0; k < p->x.dims[0]; k++)
        for (uint32_t c = 0; c < p->x.n_channels; c++) {
            const double d = p->x.channel[c][i + k * p->x.delay] - p->y.channel[c][j + k * p->y.delay];
            if (p->norm == RQA__NORM_MAXIMUM)
                value = fabs(d) > value ? fabs(d) : value;
            else
                value += p->norm == RQA__NORM_EUCLIDEAN ? d * d : fabs(d);
        }
    return p->norm == RQA__NORM_EUCLIDEAN ? sqrt(value) : value;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int is_kept(const plot *p, size_t i, size_t j)
{
    return (i > j ? i - j : j - i) >= p->theiler;
}

/* Everything as near as the k-th, by rising row, and nothing twice. */
static int check_column(void *user, size_t i, const rqa__nearest *nearest, double *reach)
{
    const plot *p = user;
    double all[MOST_SAMPLES];
    size_t n = 0, at = 0;
    const size_t n_y = rqa__side_vectors(&p->y, 0);
    for (size_t j = 0; j < n_y; j++)
        if (is_kept(p, i, j))
            all[n++] = distance_of(p, i, j);
    if (nearest->n_nearer != 0 || (n == 0) != (nearest->n == 0))
        return 1;
    if (n == 0)
        return 0;
    qsort(all, n, sizeof *all, compare_doubles);
    const double d = all[(p->k < n ? p->k : n) - 1];
    for (size_t j = 0; j < n_y; j++) {
        if (!is_kept(p, i, j))
            continue;
        const double own = distance_of(p, i, j);
        const int is_there = at < nearest->n && nearest->row[at] == j;
        if (is_there ? nearest->distance[at] != own : own <= d)
            return 1;
        at += (size_t)is_there;
    }
    *reach = d;
    return at == nearest->n ? 0 : 1;
}

static void check_plot(plot *p, rqa__pool *pool)
{
    const rqa__cpu cpu = rqa__cpu_detect();
    const rqa__ranked_cells cells = {.x = &p->x,
                                     .y = &p->y,
                                     .norm = p->norm,
                                     .is_auto = p->x.channel == p->y.channel,
                                     .theiler = p->theiler,
                                     .bits = rqa__cpu_bits_kernels(cpu),
                                     .distances = rqa__cpu_distance_kernels(cpu)};
    const rqa__parallel parallel = rqa__parallel_from_pool(pool);
    for (int way = RQA__NEAREST_BY_BITS; way <= RQA__NEAREST_BY_TREE; way++) {
        const rqa__nearest_wish wish = {.k = p->k, .way = way};
        ck_assert_int_eq(rqa__column_nearest(&cells, &wish, NULL, NULL, check_column, p), 0);
        ck_assert_int_eq(rqa__column_nearest(&cells, &wish, &parallel, NULL, check_column, p), 0);
    }
}

START_TEST(ways_agree)
{
    static double x[2][MOST_SAMPLES], y[2][MOST_SAMPLES];
    const double *channel_x[] = {x[0], x[1]}, *channel_y[] = {y[0], y[1]};
    rng r = {(uint64_t)_i + 1};
    rqa__pool *pool;
    ck_assert_int_eq(rqa__pool_create(&pool, 3), 0);
    for (int round = 0; round < 8; round++) {
        const size_t n_x = (size_t)rng_between(&r, 60, MOST_SAMPLES);
        const size_t n_y = (size_t)rng_between(&r, 60, MOST_SAMPLES);
        const uint32_t dim = (uint32_t)rng_between(&r, 1, 4);
        const int is_cross = round % 3 == 2;
        for (size_t c = 0; c < 2; c++)
            for (size_t i = 0; i < MOST_SAMPLES; i++) {
                x[c][i] = sample_of(&r, _i, i + 31 * c);
                y[c][i] = sample_of(&r, _i, i + 7 + 31 * c);
            }
        plot p = {.norm = (uint32_t)round % 3,
                  .theiler = rng_below(&r, 3) * rng_below(&r, 30),
                  .k = 1 + rng_below(&r, chance(&r, 3) ? MOST_K : 12)};
        p.x = (rqa__side){channel_x, n_x, (uint32_t)rng_between(&r, 1, 2),
                          (uint32_t)rng_between(&r, 1, 9), &dim};
        p.y = is_cross ? (rqa__side){channel_y, n_y, p.x.n_channels, 3, &dim} : p.x;
        check_plot(&p, pool);
    }
    rqa__pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("column_nearest");
    TCase *tcase = tcase_create("columns");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, ways_agree, 0, 5);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
