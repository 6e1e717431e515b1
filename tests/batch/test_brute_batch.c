/* test_brute_batch.c - random grids compared with tests/brute, row by row.
 *
 * A batch takes many thresholds and dimensions in one pass, by another engine than an analysis of
 * its own does. Draw k has the seed RQA_TEST_SEED + k.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"

enum { MAX_DIM = 5, MAX_DELAY = 3, MAX_THRESHOLDS = 70, ROWS_CHECKED = 30 };

typedef struct draw {
    rqa_context *context;
    side x, y;
    int has_y;
    int32_t relation;
    rqa_analysis_options o;
    rqa_batch_options grid;
    uint32_t dims[MAX_DIM], delays[MAX_DELAY];
    double thresholds[MAX_THRESHOLDS];
    char text[200];
} draw;

static rqa_context *contexts[2];

static void setup(void)
{
    contexts[0] = support_context(1);
    contexts[1] = support_context(3);
}

static void teardown(void)
{
    rqa_context_destroy(contexts[0]);
    rqa_context_destroy(contexts[1]);
}

/* The numbers 1..n in random order, the first `keep` of which are used. */
static uint32_t shuffle(rng *r, uint32_t *out, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        uint32_t at = (uint32_t)rng_below(r, k + 1);
        out[k] = out[at];
        out[at] = k + 1;
    }
    return (uint32_t)rng_between(r, 1, n);
}

static void draw_thresholds(rng *r, draw *d)
{
    uint32_t wanted =
        (uint32_t)(chance(r, 3) ? rng_between(r, 1, 4) : rng_between(r, 5, MAX_THRESHOLDS));
    const brute_series *y = d->relation == RQA_RELATION_CROSS ? &d->y.series : &d->x.series;
    uint32_t n = 0;
    for (uint32_t k = 0; k < wanted; k++) {
        double threshold = draw_threshold(r, &d->x.series, y, d->o.norm);
        uint32_t j = 0;
        while (j < n && d->thresholds[j] != threshold)
            j++;
        if (j == n)
            d->thresholds[n++] = threshold;
    }
    d->grid.thresholds = d->thresholds;
    d->grid.n_thresholds = n;
}

static void draw_batch(rng *r, draw *d, uint64_t seed)
{
    memset(d, 0, sizeof *d);
    snprintf(d->text, sizeof d->text, "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1", seed);
    d->context = contexts[rng_below(r, 2)];
    size_t channels = (size_t)rng_between(r, 1, 3), n = (size_t)rng_between(r, 3, 130);
    d->relation = (int32_t)rng_below(r, 3);
    d->has_y = d->relation != RQA_RELATION_AUTO;
    draw_side(r, &d->x, n, channels, 1, 1);
    create_side(d->context, &d->x, d->text);
    if (d->has_y) {
        size_t n_y = d->relation == RQA_RELATION_CROSS ? (size_t)rng_between(r, 3, 130) : n;
        draw_side(r, &d->y, n_y, channels, 1, 1);
        create_side(d->context, &d->y, d->text);
    }
    rqa_analysis_options_init(&d->o);
    d->o.convention =
        (int32_t)rng_below(r, d->has_y ? RQA_CONVENTION_NEUROKIT : RQA_CONVENTION_FOUNDING + 1);
    d->o.norm = (int32_t)rng_below(r, 3);
    d->o.compare = (int32_t)rng_below(r, 3);
    d->o.theiler = rng_between(r, -1, 5);
    if (chance(r, 3)) {
        d->o.theiler_points = rng_between(r, -1, 5);
        d->o.theiler_vertical = rng_between(r, -1, 5);
    }
    d->o.white_border = (int32_t)rng_below(r, 3);
    d->o.trend_border = (uint32_t)rng_below(r, 4);
    d->o.backend = (int32_t)rng_below(r, 3);
    size_t n_missing = rqa_series_n_missing(d->x.api_series);
    if (d->has_y)
        n_missing += rqa_series_n_missing(d->y.api_series);
    if (n_missing > 0 && getenv("RQA_BACKEND")) /* no GPU counts what missing samples cut */
        d->o.backend = RQA_BACKEND_THREADS;
    rqa_batch_options_init(&d->grid);
    d->grid.n_dims = shuffle(r, d->dims, MAX_DIM);
    d->grid.dims = d->dims;
    d->grid.n_delays = shuffle(r, d->delays, MAX_DELAY);
    d->grid.delays = d->delays;
    d->grid.analysis = &d->o;
    draw_thresholds(r, d);
}

static void compare_row(const draw *d, const rqa_batch_row *at, const brute_result *expected,
                        const double *value, const uint8_t *reason)
{
    for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++) {
        int close = support_close(value[k], expected->value[k], 1e-12) ||
                    (k == RQA_MEASURE_TREND && fabs(value[k] - expected->value[k]) <= 1e-9);
        char options[700];
        ck_assert_msg(close && reason[k] == expected->reason[k],
                      "%s: n=%zu channels=%zu m=%u tau=%u eps=%.17g of %u, %s: %s = %.17g (reason "
                      "%d), brute has %.17g (reason %d)",
                      d->text, d->x.series.n_samples, d->x.series.n_channels, at->dim, at->delay,
                      at->threshold, d->grid.n_thresholds,
                      support_describe(options, sizeof options, &d->o), rqa_measure_name(k),
                      value[k], reason[k], expected->value[k], expected->reason[k]);
    }
}

static void check_row(const draw *d, const rqa_batch *batch, uint64_t row, const double *values,
                      const uint8_t *reasons)
{
    rqa_batch_row at = {.struct_size = sizeof at};
    ck_ok(rqa_batch_row_at(batch, row, &at));
    brute_series x = d->x.series, y = d->y.series;
    x.dim = y.dim = at.dim;
    x.delay = y.delay = at.delay;
    brute_matrix m = brute_recurrence(&x, d->has_y ? &y : NULL, d->relation, d->o.norm,
                                      brute_compare(&d->o), at.threshold, -1);
    brute_result expected;
    if (m.nx && m.ny)
        brute_measure(&expected, &m, d->relation, &d->o);
    for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT && !(m.nx && m.ny); k++) {
        expected.value[k] = NAN;
        expected.reason[k] = RQA_REASON_SERIES_TOO_SHORT;
    }
    compare_row(d, &at, &expected, values + row * RQA_MEASURES_DEFAULT_COUNT,
                reasons + row * RQA_MEASURES_DEFAULT_COUNT);
    if (m.nx && m.ny)
        brute_result_free(&expected);
    brute_matrix_free(&m);
}

static void run_draw(uint64_t seed)
{
    static draw d;
    rng r = {seed};
    draw_batch(&r, &d, seed);
    rqa_batch *batch = NULL;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = d.relation};
    item.x = d.x.api_series;
    item.y = d.has_y ? d.y.api_series : NULL;
    ck_ok(rqa_batch_create(&batch, d.context, &d.grid));
    ck_ok(rqa_batch_add(batch, &item));
    uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    double *values = malloc((size_t)n_rows * RQA_MEASURES_DEFAULT_COUNT * sizeof *values);
    uint8_t *reasons = malloc((size_t)n_rows * RQA_MEASURES_DEFAULT_COUNT);
    ck_ok(rqa_batch_set_table(batch, values, reasons, n_rows));
    rqa_status status = rqa_batch_run(batch, NULL, NULL);
    ck_assert_msg(status == RQA_OK, "%s: %s", d.text, rqa_last_error());
    for (int k = 0; k < ROWS_CHECKED; k++)
        check_row(&d, batch, rng_below(&r, n_rows), values, reasons);
    free(values);
    free(reasons);
    rqa_batch_destroy(batch);
    destroy_side(&d.x);
    destroy_side(&d.y);
}

START_TEST(random_grids)
{
    uint64_t seed = env_number("RQA_TEST_SEED", 20270000),
             draws = env_number("RQA_TEST_DRAWS", 250);
    printf("RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=%" PRIu64 "\n", seed, draws);
    fflush(stdout);
    for (uint64_t k = 0; k < draws; k++)
        run_draw(seed + k);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("brute force, batches");
    TCase *tcase = tcase_create("grids");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, random_grids);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
