/* test_kernels_distance.c - each distance kernel at each level against the reference: equal to the
 * last bit on random shapes, starts and data, and nothing written astray. */
#include "guarded.h"
#include "kernel_levels.h"

#include <math.h>

enum { MOST_CHANNELS = 3, MOST_DIM = 5, MOST_DELAY = 4, MOST_ROWS = 100, MOST_COLUMNS = 20 };

static const rqa__distance_kernels *const ref = &rqa__distance_ref;
static kernel_level level;
static rng r;

/* Two sides of exactly the samples that are named, for instruments that see further reads. */
typedef struct space_draw {
    rqa__distance_space space;
    size_t i, n, j, n_j;
    double *sample[2][MOST_CHANNELS];
    const double *channel[2][MOST_CHANNELS];
} space_draw;

/* Ties; numbers whose squares are subnormal, vanish or leave the range; missing samples. */
static double random_sample(unsigned kind)
{
    static const double scale[] = {1e-170, 1e-160, 1e-140, 1, 1e160, 1e300};
    if (kind == 0)
        return (double)rng_below(&r, 5);
    if (kind == 1 && rng_below(&r, 20) == 0)
        return (double)NAN;
    return rng_gauss(&r) * (kind == 2 ? scale[rng_below(&r, 6)] : 1);
}

static void make_space(space_draw *w)
{
    rqa__distance_space *s = &w->space;
    *s = (rqa__distance_space){.n_channels = 1 + (uint32_t)rng_below(&r, MOST_CHANNELS),
                               .dim = 1 + (uint32_t)rng_below(&r, MOST_DIM),
                               .norm = (uint32_t)rng_below(&r, 3),
                               .x_delay = 1 + (size_t)rng_below(&r, MOST_DELAY),
                               .y_delay = 1 + (size_t)rng_below(&r, MOST_DELAY)};
    w->i = (size_t)rng_below(&r, 8);
    w->j = (size_t)rng_below(&r, 8);
    w->n = (size_t)rng_below(&r, rng_below(&r, 2) ? MOST_ROWS : 12);
    w->n_j = (size_t)rng_below(&r, MOST_COLUMNS);
    const size_t n_samples[2] = {w->i + w->n + (s->dim - 1) * s->x_delay,
                                 w->j + w->n_j + (s->dim - 1) * s->y_delay};
    const unsigned kind = (unsigned)rng_below(&r, 4);
    for (int side = 0; side < 2; side++)
        for (uint32_t c = 0; c < s->n_channels; c++) {
            double *to = malloc((n_samples[side] + 1) * sizeof *to);
            ck_assert_ptr_nonnull(to);
            for (size_t t = 0; t <= n_samples[side]; t++)
                to[t] = random_sample(kind);
            w->sample[side][c] = to;
            w->channel[side][c] = to + 1;
        }
    s->x = w->channel[0];
    s->y = w->channel[1];
}

static void free_space(space_draw *w)
{
    for (int side = 0; side < 2; side++)
        for (uint32_t c = 0; c < w->space.n_channels; c++)
            free(w->sample[side][c]);
}

/* All that is not a number is one. */
static int same_bits(double a, double b)
{
    return (isnan(a) && isnan(b)) || !memcmp(&a, &b, sizeof a);
}

static void expect_same(const guarded *got, const guarded *expected, const space_draw *w,
                        const char *what)
{
    const double *a = got->data, *b = expected->data;
    ck_assert_msg(guarded_is_whole(got), "%s, %s: written outside", level.name, what);
    for (size_t t = 0; t < w->n; t++)
        ck_assert_msg(same_bits(a[t], b[t]), "%s, %s, norm %u: %zu of %zu is %a, not %a",
                      level.name, what, w->space.norm, t, w->n, a[t], b[t]);
}

static void check_values(const space_draw *w)
{
    guarded a = guarded_make(&r, w->n, sizeof(double)), b = guarded_copy(&r, &a, sizeof(double));
    const size_t j = w->j + (w->n_j ? (size_t)rng_below(&r, w->n_j) : 0);
    if (w->n_j) {
        ref->values(&w->space, w->i, w->n, j, a.data);
        level.distance->values(&w->space, w->i, w->n, j, b.data);
    }
    expect_same(&b, &a, w, "values");
    guarded_free(&a);
    guarded_free(&b);
}

static void check_add(const space_draw *w)
{
    guarded a = guarded_make(&r, w->n, sizeof(double));
    for (size_t t = 0; t < w->n; t++)
        ((double *)a.data)[t] = rng_below(&r, 3) ? rng_uniform(&r) : 0;
    guarded b = guarded_copy(&r, &a, sizeof(double));
    ref->add(&w->space, w->i, w->n, w->j, w->n_j, a.data);
    level.distance->add(&w->space, w->i, w->n, w->j, w->n_j, b.data);
    expect_same(&b, &a, w, "add");
    guarded_free(&a);
    guarded_free(&b);
}

static void check_add_both(const space_draw *w)
{
    guarded a = guarded_make(&r, w->n, sizeof(double)),
            c = guarded_make(&r, w->n_j, sizeof(double));
    for (size_t t = 0; t < w->n; t++)
        ((double *)a.data)[t] = rng_below(&r, 3) ? rng_uniform(&r) : 0;
    for (size_t u = 0; u < w->n_j; u++)
        ((double *)c.data)[u] = rng_below(&r, 3) ? rng_uniform(&r) : 0;
    guarded b = guarded_copy(&r, &a, sizeof(double)), d = guarded_copy(&r, &c, sizeof(double));
    ref->add_both(&w->space, w->i, w->n, w->j, w->n_j, a.data, c.data);
    level.distance->add_both(&w->space, w->i, w->n, w->j, w->n_j, b.data, d.data);
    expect_same(&b, &a, w, "the rows of add_both");
    ck_assert(guarded_is_whole(&d));
    for (size_t u = 0; u < w->n_j; u++)
        ck_assert_msg(same_bits(((double *)d.data)[u], ((double *)c.data)[u]),
                      "%s, the columns of add_both, norm %u: %zu of %zu is %a, not %a", level.name,
                      w->space.norm, u, w->n_j, ((double *)d.data)[u], ((double *)c.data)[u]);
    guarded_free(&a);
    guarded_free(&b);
    guarded_free(&c);
    guarded_free(&d);
}

/* Cells of a tile, of which the arrays end with the last that is asked for. */
static void check_band(const space_draw *w)
{
    const size_t rows = w->n_j < 8 ? w->n_j : 8, columns = w->n < 8 ? w->n : 8;
    const double mean = w->space.norm == 1 ? 3 : 1.5;
    uint64_t cells = 0;
    for (size_t b = 0; b < 64; b++)
        cells |= (uint64_t)(b / 8 < rows && b % 8 < columns && rng_below(&r, 3)) << b;
    guarded a = guarded_make(&r, 72, sizeof(double)), b = guarded_copy(&r, &a, sizeof(double));
    rqa__distance_band expected = {.low = rng_below(&r, 3) ? mean * rng_uniform(&r) : -1, .n_below = 5};
    expected.high = rng_below(&r, 8) ? mean + 2 * rng_uniform(&r) : expected.low;
    rqa__distance_band got = expected;
    expected.out = a.data;
    got.out = b.data;
    const size_t i = w->i + w->n - columns, j = w->j + w->n_j - rows;
    ref->band(&w->space, i, j, cells, &expected);
    level.distance->band(&w->space, i, j, cells, &got);
    ck_assert_msg(guarded_is_whole(&b), "%s, band: written outside", level.name);
    ck_assert_msg(got.n == expected.n && got.n_below == expected.n_below,
                  "%s, band, norm %u: %zu and %zu below, not %zu and %zu", level.name, w->space.norm,
                  got.n, (size_t)got.n_below, expected.n, (size_t)expected.n_below);
    for (size_t t = 0; t < expected.n; t++)
        ck_assert_msg(same_bits(got.out[t], expected.out[t]), "%s, band, norm %u: %a, not %a",
                      level.name, w->space.norm, got.out[t], expected.out[t]);
    guarded_free(&a);
    guarded_free(&b);
}

static void check_largest(const space_draw *w)
{
    const double least = rng_below(&r, 2) ? -1 : 3 * rng_uniform(&r);
    const double a = ref->largest(&w->space, w->i, w->n, w->j, w->n_j, least);
    const double b = level.distance->largest(&w->space, w->i, w->n, w->j, w->n_j, least);
    ck_assert_msg(same_bits(a, b), "%s, largest, norm %u: %a, not %a", level.name, w->space.norm, b,
                  a);
}

/* And never above the value of a point in the box, which is asked of a copy of it. */
static void check_boxes(uint32_t norm)
{
    enum { MOST = 12, SIDES = 2 * RQA__BOXES };
    double box[MOST * SIDES], point[MOST], inside[MOST], out[RQA__BOXES], *end;
    const double *x[MOST], *y[MOST];
    const uint32_t n = 1 + (uint32_t)rng_below(&r, MOST);
    const unsigned kind = rng_below(&r, 2) ? 0 : 2;
    const uint32_t chosen = (uint32_t)rng_below(&r, RQA__BOXES);
    for (uint32_t k = 0; k < n; k++) {
        x[k] = &inside[k];
        y[k] = &point[k];
        point[k] = random_sample(kind);
        for (int c = 0; c < RQA__BOXES; c++) {
            const double a = random_sample(kind), b = random_sample(kind);
            box[k * SIDES + c] = fmin(a, b);
            box[k * SIDES + RQA__BOXES + c] = fmax(a, b);
        }
        inside[k] = box[k * SIDES + chosen + (rng_below(&r, 2) ? RQA__BOXES : 0)];
    }
    /* At the end of its block, so that a read past it is seen. */
    end = malloc(n * SIDES * sizeof *end);
    ck_assert_ptr_nonnull(end);
    memcpy(end, box, n * SIDES * sizeof *end);
    guarded a = guarded_make(&r, RQA__BOXES, sizeof(double));
    ref->boxes(end, point, n, norm, out);
    level.distance->boxes(end, point, n, norm, a.data);
    ck_assert_msg(guarded_is_whole(&a), "%s, boxes: written outside", level.name);
    for (int c = 0; c < RQA__BOXES; c++)
        ck_assert_msg(((double *)a.data)[c] == out[c], "%s, boxes, norm %u: %a, not %a", level.name,
                      norm, ((double *)a.data)[c], out[c]);
    const rqa__distance_space s = {.x = x, .y = y, .n_channels = n, .dim = 1, .norm = norm};
    double value;
    level.distance->values(&s, 0, 1, 0, &value);
    ck_assert_msg(out[chosen] <= value, "%s, boxes, norm %u: %a above %a", level.name, norm,
                  out[chosen], value);
    free(end);
    guarded_free(&a);
}

/* Whole numbers: samples that are exactly those of the vectors, and what they may differ by. */
static void check_near(void)
{
    enum { MOST_WORDS = RQA__NEAR_PAIRS / 64 };
    const uint16_t *x[MOST_CHANNELS];
    uint16_t *block[MOST_CHANNELS];
    rqa__near_space s = {.x = x, .n_channels = 1 + (uint32_t)rng_below(&r, MOST_CHANNELS)};
    const size_t n = 1 + (size_t)rng_below(&r, rng_below(&r, 3) ? RQA__NEAR_PAIRS : 40);
    const size_t i = (size_t)rng_below(&r, 9), j = i + (size_t)rng_below(&r, 300);
    s.delay = 1 + (size_t)rng_below(&r, rng_below(&r, 3) ? 5 : 400);
    s.last_dim = 1 + (uint32_t)rng_below(&r, 7);
    s.first_dim = 1 + (uint32_t)rng_below(&r, s.last_dim);
    const size_t n_most = j + n, n_rows = s.last_dim - s.first_dim + 1;
    const size_t n_samples = j + n + (s.last_dim - 1) * s.delay;
    const uint64_t spread = UINT64_C(1) << (4 + rng_below(&r, 13));
    for (uint32_t c = 0; c < s.n_channels; c++) {
        x[c] = block[c] = malloc(n_samples * sizeof *block[c]);
        ck_assert_ptr_nonnull(block[c]);
        for (size_t t = 0; t < n_samples; t++)
            block[c][t] = (uint16_t)(65500 + rng_below(&r, spread));
    }
    uint16_t *most = malloc(2 * n_rows * n_most * sizeof *most);
    s.terms = malloc(2 * (size_t)RQA__NEAR_PAIRS * s.last_dim * sizeof *s.terms);
    ck_assert(most && s.terms);
    for (size_t t = 0; t < 2 * n_rows * n_most; t++)
        most[t] = rng_below(&r, 8) ? 0 : (uint16_t)rng_below(&r, spread < 65536 ? spread : 65536);
    s.most[0] = most;
    s.most[1] = most + n_rows * n_most;
    s.most_stride = n_most;
    const size_t n_words = (n + 63) / 64;
    uint64_t expected[MOST_WORDS];
    guarded got = guarded_make(&r, n_words, sizeof(uint64_t));
    ref->near_pairs(&s, i, j, n, expected);
    level.distance->near_pairs(&s, i, j, n, got.data);
    ck_assert_msg(guarded_is_whole(&got), "%s, near_pairs: written outside", level.name);
    ck_assert_msg(!memcmp(got.data, expected, n_words * sizeof expected[0]),
                  "%s, near_pairs: %zu of dims %u to %u, delay %zu", level.name, n, s.first_dim,
                  s.last_dim, s.delay);
    for (uint32_t c = 0; c < s.n_channels; c++)
        free(block[c]);
    free(most);
    free(s.terms);
    guarded_free(&got);
}

START_TEST(kernels_equal_ref)
{
    level = kernel_level_at(_i);
    for (uint64_t seed = 1; level.distance && seed <= env_number("RQA_TEST_DRAWS", 3000); seed++) {
        space_draw w;
        r.state = seed;
        make_space(&w);
        check_values(&w);
        check_add(&w);
        check_add_both(&w);
        check_band(&w);
        check_largest(&w);
        check_boxes(w.space.norm);
        check_near();
        free_space(&w);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_distance");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, kernels_equal_ref, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
