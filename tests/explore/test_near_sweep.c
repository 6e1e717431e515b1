/* test_near_sweep.c - nearest neighbours in several dimensions by one pass over all pairs: what it
 * knows against a brute force, and the false neighbours with it against those without. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explore/near_sweep.h"
#include "search/point_tree.h"
#include "kernel_levels.h"
#include "support.h"

enum { MOST_N = 1200, MOST_CHANNELS = 3, KINDS = 8 };

static double sample[MOST_CHANNELS][MOST_N];
static const double *const channel[MOST_CHANNELS] = {sample[0], sample[1], sample[2]};
static rng r;

/* Noise, ties, equal vectors, spikes, far units, and what lies in a circle's other half. */
static void draw_samples(int kind, size_t n)
{
    for (int c = 0; c < MOST_CHANNELS; c++)
        for (size_t i = 0; i < n; i++) {
            const double g = rng_gauss(&r);
            sample[c][i] = kind == 0   ? g
                           : kind == 1 ? (double)rng_below(&r, 8)
                           : kind == 2 ? (double)rng_below(&r, 2)
                           : kind == 3 ? (rng_below(&r, 300) ? g : 1e4 * g)
                           : kind == 4 ? 1e-130 * g
                           : kind == 5 ? 1e9 + 1e-3 * g
                           : kind == 6 ? 3
                                       : g + (double)(6 * rng_below(&r, 40));
        }
}

/* The nearest neighbour by the definition. */
static uint32_t nearest_to(const rqa__neighbour_question *q, uint32_t dim, uint32_t norm, size_t i,
                           double *distance)
{
    const size_t n = q->n - dim * q->delay;
    uint32_t found = RQA__TREE_NO_POINT;
    *distance = INFINITY;
    for (size_t j = 0; j < n; j++) {
        double square = 0, largest = 0;
        if ((j > i ? j - i : i - j) < q->exclusion)
            continue;
        for (uint32_t k = 0; k < dim; k++)
            for (uint32_t c = 0; c < q->n_channels; c++) {
                const double size = fabs(sample[c][i + k * q->delay] - sample[c][j + k * q->delay]);
                square += size * size;
                largest = fmax(largest, size);
            }
        const double own = norm ? sqrt(square) : largest;
        if (own < *distance && (norm || own > 0)) {
            *distance = own;
            found = (uint32_t)j;
        }
    }
    return found;
}

/* How many of the answers the pass knew, which are all right. */
static size_t check_sweep(const rqa__near_sweep *s, size_t *n_asked)
{
    const rqa__neighbour_question *q = s->q;
    size_t n_known = 0;
    *n_asked = 0;
    for (uint32_t dim = s->first_dim; dim <= s->last_dim; dim++)
        for (uint32_t norm = 0; norm < 2; norm++)
            for (size_t i = 0; i < q->n - dim * q->delay; i += 1 + (size_t)rng_below(&r, 60)) {
                uint32_t index;
                double distance, expected;
                ++*n_asked;
                if (!rqa__near_sweep_knows(s, dim, norm, i, &index, &distance))
                    continue;
                n_known++;
                const uint32_t wanted = nearest_to(q, dim, norm, i, &expected);
                ck_assert_msg(index == wanted && distance == expected,
                              "dim %u, norm %u, vector %zu: %u at %a, not %u at %a", dim, norm, i,
                              index, distance, wanted, expected);
            }
    return n_known;
}

START_TEST(knows_the_nearest)
{
    const kernel_level level = kernel_level_at(_i);
    for (uint64_t seed = 1; level.distance && seed <= env_number("RQA_TEST_DRAWS", 32); seed++) {
        r.state = seed;
        const int kind = (int)(seed % KINDS);
        const size_t n = 450 + (size_t)rng_below(&r, MOST_N - 450);
        const rqa__neighbour_question q = {.channel = channel,
                                           .n_channels = 1 + (uint32_t)rng_below(&r, 3),
                                           .n = n,
                                           .delay = 1 + (size_t)rng_below(&r, 12),
                                           .exclusion = 1 + (uint32_t)rng_below(&r, 20)};
        const uint32_t first = 1 + (uint32_t)rng_below(&r, 4),
                       last = first + (uint32_t)rng_below(&r, 4);
        static uint32_t near[2][MOST_N];
        rqa__explore_crew crew = {.kernels = level.distance};
        rqa__near_sweep s;
        size_t n_asked;
        draw_samples(kind, n);
        for (size_t i = 0; i < n; i++) /* to every other vector one that is far enough in time */
            near[0][i] = near[1][i] = i % 2 ? RQA__TREE_NO_POINT : (uint32_t)(i + 300);
        ck_ok(rqa__pool_create(&crew.pool, 1 + (unsigned)(seed % 3)));
        ck_ok(rqa__near_sweep_run(&s, &crew, &q, first, last,
                                  (const uint32_t *const[]){near[0], near[1]}, 1e9));
        const size_t n_known = check_sweep(&s, &n_asked);
        if (kind == 0 || kind == 4) /* for them it is made */
            ck_assert_msg(n_known > n_asked / 10 * 9, "seed %u: %zu of %zu known", (unsigned)seed,
                          n_known, n_asked);
        rqa__near_sweep_destroy(&s);
        rqa__pool_destroy(crew.pool);
    }
}
END_TEST

static void draw_many(double *x, size_t n, int kind)
{
    for (size_t i = 0; i < n; i++)
        x[i] = kind == 0   ? rng_gauss(&r)
               : kind == 1 ? (double)rng_below(&r, 30)
                           : tan(3.14159265 * (rng_uniform(&r) - 0.5));
}

static void count(rqa__neighbour_answer *out, const rqa__distance_kernels *kernels,
                  const rqa__neighbour_question *q, uint32_t n_dims)
{
    rqa__explore_crew crew = {.kernels = kernels};
    ck_ok(rqa__pool_create(&crew.pool, 2));
    ck_ok(rqa__neighbour_counts(&crew, q, n_dims, out));
    rqa__pool_destroy(crew.pool);
}

/* Noise in many dimensions, for which the tree is no help: the pass pays, and changes nothing. */
START_TEST(counts_are_the_same)
{
    enum { N = 4200, DIMS = 8 };
    static double x[2][N];
    const double *const both[2] = {x[0], x[1]};
    const kernel_level level = kernel_level_at(_i / 2 % KERNEL_LEVELS);
    if (!level.distance || isinf(rqa__near_sweep_cost(level.distance, N, 1, DIMS)))
        return;
    rqa__distance_kernels plain = *level.distance;
    plain.near_lanes = 1; /* for which it does not pay */
    r.state = (uint64_t)_i;
    for (int c = 0; c < 2; c++)
        draw_many(x[c], N, _i / (2 * KERNEL_LEVELS));
    const rqa__neighbour_question q = {.channel = both,
                                       .n_channels = 1 + (unsigned)_i % 2,
                                       .n = N,
                                       .delay = 2,
                                       .exclusion = 3,
                                       .sigma = 1,
                                       .rtol = 10,
                                       .atol = 2};
    rqa__neighbour_answer with[DIMS], without[DIMS];
    count(with, level.distance, &q, DIMS);
    count(without, &plain, &q, DIMS);
    for (int dim = 0; dim < DIMS; dim++) {
        ck_assert_uint_eq(with[dim].n, without[dim].n);
        ck_assert_uint_eq(with[dim].criterion1, without[dim].criterion1);
        ck_assert_uint_eq(with[dim].criterion2, without[dim].criterion2);
        ck_assert_uint_eq(with[dim].either, without[dim].either);
        ck_assert(with[dim].e == without[dim].e);
        ck_assert(with[dim].e_star == without[dim].e_star);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near_sweep");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, knows_the_nearest, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, counts_are_the_same, 0, 3 * 2 * KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
