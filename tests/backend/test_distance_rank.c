/* test_distance_rank.c - the k-th smallest distance and the cells up to it against all distances in
 * order, by tiles and by rows, at each level: norms, channels, delays, Theiler windows, missing
 * samples, ties, one side or two, on one thread or more. */
#include "backend/distance_rank.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "cpu/tiles_table.h"
#include "kernel_levels.h"
#include "series_draws.h"

enum { MOST_CHANNELS = 2, MOST_VECTORS = 420, ORDERS = 9 };

static rng r;

typedef struct rank_draw {
    rqa__ranked_cells cells;
    drawn_side x, y;
    uint32_t dim;
    double sorted[MOST_VECTORS * MOST_VECTORS]; /* of the cells that have a distance */
    size_t n;
} rank_draw;

/* ---- what is drawn ---- */

static void make_side(rank_draw *d, drawn_side *s, size_t n_vectors, unsigned kind)
{
    s->side.dims = &d->dim;
    draw_vectors(&r, s, kind, n_vectors);
    d->cells.skips |= s->skips;
}

static size_t random_size(void)
{
    return rng_below(&r, 3) ? 200 + (size_t)rng_below(&r, MOST_VECTORS - 200 + 1)
                            : 1 + (size_t)rng_below(&r, 80);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double distance_of(const rank_draw *d, size_t i, size_t j)
{
    const rqa__side *x = d->cells.x, *y = d->cells.y;
    double value = 0;
    for (size_t k = 0; k < d->dim; k++)
        for (uint32_t c = 0; c < x->n_channels; c++) {
            const double a = x->channel[c][i + k * x->delay], b = y->channel[c][j + k * y->delay];
            const double size = fabs(a - b);
            if (isnan(size))
                return size;
            value = d->cells.norm == RQA__NORM_EUCLIDEAN   ? value + size * size
                    : d->cells.norm == RQA__NORM_MANHATTAN ? value + size
                                                           : fmax(value, size);
        }
    return d->cells.norm == RQA__NORM_EUCLIDEAN ? sqrt(value) : value;
}

/* All of them, of an auto plot that is counted on one side those on and right of the diagonal. */
static void sort_distances(rank_draw *d)
{
    const size_t n_x = rqa__side_vectors(d->cells.x, 0), n_y = rqa__side_vectors(d->cells.y, 0);
    d->n = 0;
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = d->cells.upper_only ? i : 0; j < n_y; j++) {
            const double distance = distance_of(d, i, j);
            if ((i > j ? i - j : j - i) >= d->cells.theiler && !isnan(distance))
                d->sorted[d->n++] = distance;
        }
    qsort(d->sorted, d->n, sizeof *d->sorted, compare_doubles);
}

static void make_draw(rank_draw *d)
{
    static const size_t most[] = {0, 0, 40, 1500, 12000};
    static const uint64_t window[] = {0, 0, 1, 2, 7, 8, 9, 70, 300};
    const unsigned kind = (unsigned)rng_below(&r, SERIES_KINDS);
    memset(&d->cells, 0, sizeof d->cells);
    d->dim = 1 + (uint32_t)rng_below(&r, 4);
    d->x.side.n_channels = d->y.side.n_channels = 1 + (uint32_t)rng_below(&r, MOST_CHANNELS);
    make_side(d, &d->x, random_size(), kind);
    d->cells.is_auto = rng_below(&r, 4) != 0;
    if (!d->cells.is_auto)
        make_side(d, &d->y, random_size(), kind);
    d->cells.x = &d->x.side;
    d->cells.y = d->cells.is_auto ? &d->x.side : &d->y.side;
    d->cells.norm = (uint32_t)rng_below(&r, 3);
    d->cells.upper_only = d->cells.is_auto && rng_below(&r, 4) == 0;
    d->cells.theiler = window[rng_below(&r, 9)];
    d->cells.most_collected = most[rng_below(&r, 5)];
    sort_distances(d);
}

/* ---- what is found ---- */

static void check_rank(const rank_draw *d, const char *level, uint64_t order,
                       const rqa__ranked_distance *got)
{
    const double expected = d->sorted[order - 1];
    uint64_t within = 0, equal = 0;
    for (size_t c = 0; c < d->n; c++) {
        within += d->sorted[c] <= expected;
        equal += d->sorted[c] == expected;
    }
    ck_assert_msg(got->distance == expected && got->n_within == within && got->n_equal == equal &&
                      got->n_cells == d->n,
                  "%s, passes %d, seed %" PRIu64 ", order %" PRIu64 " of %zu: %a (%" PRIu64
                  ", %" PRIu64 " of %" PRIu64 "), not %a (%" PRIu64 ", %" PRIu64 ")",
                  level, d->cells.passes, r.state, order, d->n, got->distance, got->n_within,
                  got->n_equal, got->n_cells, expected, within, equal);
}

/* One by one, or all together. */
static void expect_ranks(rank_draw *d, const rqa__parallel *parallel, const char *level)
{
    uint64_t order[ORDERS];
    rqa__ranked_distance got[ORDERS];
    const int together = rng_below(&r, 2) != 0;
    order[0] = 1;
    for (size_t k = 1; k + 1 < ORDERS; k++)
        order[k] = k % 2 ? order[k - 1] + rng_below(&r, (d->n - order[k - 1]) / (ORDERS - k) + 1)
                         : order[k - 1] + (order[k - 1] < d->n);
    order[ORDERS - 1] = d->n;
    if (together)
        ck_ok(rqa__distance_ranks(&d->cells, &(rqa__orders){order, ORDERS}, parallel, NULL, got));
    for (size_t k = 0; k < ORDERS; k++) {
        if (!together)
            ck_ok(rqa__distance_rank(&d->cells, order[k], parallel, NULL, &got[k]));
        check_rank(d, level, order[k], &got[k]);
    }
}

START_TEST(equals_all_distances)
{
    static rank_draw d;
    rqa__pool *pool;
    ck_ok(rqa__pool_create(&pool, 3));
    const rqa__parallel parallel = rqa__parallel_from_pool(pool);
    for (uint64_t seed = 1; seed <= env_number("RQA_TEST_DRAWS", 60); seed++) {
        r.state = seed;
        make_draw(&d);
        for (int k = 0; k < KERNEL_LEVELS && d.n > 0; k++) {
            const kernel_level level = kernel_level_at(k);
            if (!level.name)
                continue;
            rqa__bits_kernels bits = *level.bits;
            if (k == 0)
                bits.tiles = &rqa__tiles_ref;
            d.cells.bits = &bits;
            d.cells.distances = level.distance;
            for (d.cells.passes = 0; d.cells.passes < 3; d.cells.passes++)
                expect_ranks(&d, rng_below(&r, 2) ? &parallel : NULL, level.name);
        }
    }
    rqa__pool_destroy(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("distance_rank");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, equals_all_distances);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
