/* test_diameter.c - largest and mean distance against a plain double loop, equal to the last bit: all
 * norms, channels and delays, missing samples, one side or two, at each level, on one thread or
 * more. */
#include "backend/diameter.h"

#include "backend/cpu_run.h"
#include "kernel_levels.h"
#include "series_draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static rng r;

typedef struct pairs_draw {
    rqa__vector_pairs pairs;
    drawn_side x, y;
    uint32_t dim;
    double largest, mean; /* by a plain loop */
} pairs_draw;

/* Without what is too small or too large for a plain loop. */
static void make_side(drawn_side *s, const uint32_t *dim, uint32_t n_channels, size_t n_vectors)
{
    s->side = (rqa__side){.n_channels = n_channels, .dims = dim};
    draw_vectors(&r, s, (unsigned)rng_below(&r, SERIES_NUMBERS), n_vectors);
}

static size_t random_size(void)
{
    switch (rng_below(&r, 5)) {
    case 0:
        return 1 + (size_t)rng_below(&r, 20);
    case 1: /* about the blocks */
        return 62 + (size_t)rng_below(&r, 5) + 64 * (size_t)rng_below(&r, 3);
    case 2: /* about the strips */
        return 254 + (size_t)rng_below(&r, 5) + 256 * (size_t)rng_below(&r, 2);
    default:
        return 1 + (size_t)rng_below(&r, 400);
    }
}

static double distance_of(const rqa__vector_pairs *p, uint32_t dim, size_t i, size_t j)
{
    double value = 0;
    for (size_t k = 0; k < dim; k++)
        for (uint32_t c = 0; c < p->x->n_channels; c++) {
            const double a = p->x->channel[c][i + k * p->x->delay];
            const double b = p->y->channel[c][j + k * p->y->delay];
            if (isnan(a) || isnan(b))
                return (double)NAN;
            if (p->norm == RQA__NORM_EUCLIDEAN)
                value += (a - b) * (a - b);
            else if (p->norm == RQA__NORM_MANHATTAN)
                value += fabs(a - b);
            else
                value = fmax(value, fabs(a - b));
        }
    return p->norm == RQA__NORM_EUCLIDEAN ? sqrt(value) : value;
}

/* As the documentation of the mean has it: each row by rising j, then the rows. */
static void loop_plainly(pairs_draw *w)
{
    const rqa__vector_pairs *p = &w->pairs;
    uint64_t n_pairs = 0;
    double sum = 0;
    w->largest = 0;
    for (size_t i = 0; i < rqa__side_vectors(p->x, 0); i++) {
        double row = 0;
        for (size_t j = 0; j < rqa__side_vectors(p->y, 0); j++) {
            const double distance = distance_of(p, w->dim, i, j);
            if (isnan(distance) || (p->is_auto && i == j))
                continue;
            row += distance;
            n_pairs++;
            w->largest = distance > w->largest ? distance : w->largest;
        }
        sum += row;
    }
    w->mean = n_pairs ? sum / (double)n_pairs : 0;
}

static void make_pairs(pairs_draw *w)
{
    const uint32_t n_channels = 1 + (uint32_t)rng_below(&r, SERIES_MOST_CHANNELS);
    w->dim = rng_below(&r, 3) ? 1 + (uint32_t)rng_below(&r, 6) : 1;
    make_side(&w->x, &w->dim, n_channels, random_size());
    make_side(&w->y, &w->dim, n_channels, random_size());
    w->pairs = (rqa__vector_pairs){.x = &w->x.side,
                                   .norm = (uint32_t)rng_below(&r, 3),
                                   .is_auto = rng_below(&r, 2) != 0};
    w->pairs.y = w->pairs.is_auto ? &w->x.side : &w->y.side;
    loop_plainly(w);
}

static void expect_same(const pairs_draw *w, const rqa__parallel *parallel, const char *level)
{
    double largest = -1, mean = -1;
    ck_ok(rqa__diameter_largest(&w->pairs, parallel, NULL, &largest));
    ck_ok(rqa__diameter_mean(&w->pairs, parallel, NULL, &mean));
    ck_assert_msg(largest == w->largest, "%s, norm %u: largest is %a, not %a", level,
                  w->pairs.norm, largest, w->largest);
    ck_assert_msg(mean == w->mean, "%s, norm %u: mean is %a, not %a", level, w->pairs.norm, mean,
                  w->mean);
}

START_TEST(equals_plain_loop)
{
    static pairs_draw w;
    rqa__pool *pool;
    ck_ok(rqa__pool_create(&pool, 3));
    const rqa__parallel parallel = rqa__parallel_from_pool(pool);
    for (uint64_t seed = 1; seed <= env_number("RQA_TEST_DRAWS", 400); seed++) {
        r.state = seed;
        make_pairs(&w);
        for (int k = 0; k < KERNEL_LEVELS; k++) {
            const kernel_level level = kernel_level_at(k);
            w.pairs.kernels = level.distance;
            if (level.distance)
                expect_same(&w, rng_below(&r, 2) ? &parallel : NULL, level.name);
        }
    }
    rqa__pool_destroy(pool);
}
END_TEST

/* Five resting points: from the middle the search for the ends runs into a pair that is nearly the
 * farthest, and only a box of no spare room leads to the farthest. */
START_TEST(nearly_largest)
{
    enum { REST = 64, POINTS = 5 };
    static const double cross[2][POINTS] = {{0, 1.000501, 0, 0, -1.000501}, {1.001, 0, 0, -1, 0}};
    static const double turned[2][POINTS] = {{1.001, 1.000501, 0, -1, -1.000501},
                                             {1.001, -1.000501, 0, -1, 1.000501}};
    static pairs_draw w;
    w.dim = 1;
    for (uint32_t norm = 0; norm < 3; norm++) {
        make_side(&w.x, &w.dim, 2, REST * POINTS);
        for (size_t t = 0; t < REST * POINTS; t++)
            for (int c = 0; c < 2; c++)
                w.x.sample[c][t] = (norm == RQA__NORM_MANHATTAN ? turned : cross)[c][t / REST];
        w.pairs = (rqa__vector_pairs){.x = &w.x.side, .y = &w.x.side, .norm = norm, .is_auto = 1};
        loop_plainly(&w);
        for (int k = 0; k < KERNEL_LEVELS; k++) {
            const kernel_level level = kernel_level_at(k);
            w.pairs.kernels = level.distance;
            if (level.distance)
                expect_same(&w, NULL, level.name);
        }
    }
}
END_TEST

/* Every level takes its own kernels. */
START_TEST(levels_are_taken)
{
    rqa__cpu cpu = rqa__cpu_detect();
    for (int k = 0; k < KERNEL_LEVELS; k++) {
        const kernel_level level = kernel_level_at(k);
        if (!level.name || strchr(level.name, '_'))
            continue;
        rqa__cpu lowered = cpu;
        rqa__cpu_lower(&lowered, level.name);
        ck_assert_ptr_eq(rqa__cpu_distance_kernels(lowered), level.distance);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diameter");
    TCase *all = tcase_create("all");
    tcase_add_test(all, equals_plain_loop);
    tcase_add_test(all, nearly_largest);
    tcase_add_test(all, levels_are_taken);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
