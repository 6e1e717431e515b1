/* test_batch_rates.c - recurrence rates as an axis of a batch: every row is what a single analysis
 * of its settings gives, to the last bit. Draw k has the seed RQA_TEST_SEED + k.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"
#include "store_jobs.h"

enum { MAX_DIM = 4, MAX_DELAY = 2, MAX_RATES = 12, ROWS_CHECKED = 30, SAMPLES = 150 };

typedef struct draw {
    rqa_context *context;
    side x, y;
    int has_y;
    rqa_analysis_options o;
    rqa_batch_options grid;
    uint32_t dims[MAX_DIM], delays[MAX_DELAY];
    double rates[MAX_RATES];
    char text[80];
} draw;

static rqa_context *contexts[2];
static uint64_t n_unreachable, n_reached;

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

static void draw_rates(rng *r, draw *d)
{
    uint32_t n = 0, wanted = (uint32_t)rng_between(r, 1, MAX_RATES);
    while (n < wanted) {
        const double rate = chance(r, 8) ? 1 : (double)rng_between(r, 1, 400) / 400;
        uint32_t k = 0;
        while (k < n && d->rates[k] != rate)
            k++;
        if (k == n)
            d->rates[n++] = rate;
        else
            wanted--;
    }
    d->grid.thresholds = d->rates;
    d->grid.n_thresholds = n;
}

static void draw_grid(rng *r, draw *d, uint64_t seed)
{
    memset(d, 0, sizeof *d);
    snprintf(d->text, sizeof d->text, "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1", seed);
    d->context = contexts[rng_below(r, 2)];
    const size_t channels = (size_t)rng_between(r, 1, 3), n = (size_t)rng_between(r, 3, SAMPLES);
    rqa_analysis_options_init(&d->o);
    d->o.relation = (int32_t)rng_below(r, 3);
    d->has_y = d->o.relation != RQA_RELATION_AUTO;
    draw_side(r, &d->x, n, channels, 1, 1);
    create_side(d->context, &d->x, d->text);
    if (d->has_y) {
        const size_t n_y =
            d->o.relation == RQA_RELATION_CROSS ? (size_t)rng_between(r, 3, SAMPLES) : n;
        draw_side(r, &d->y, n_y, channels, 1, 1);
        create_side(d->context, &d->y, d->text);
    }
    d->o.convention =
        (int32_t)rng_below(r, d->has_y ? RQA_CONVENTION_NEUROKIT : RQA_CONVENTION_FOUNDING + 1);
    d->o.norm = (int32_t)rng_below(r, 3);
    d->o.compare = (int32_t)rng_below(r, 3);
    d->o.theiler = rng_between(r, -1, 5);
    d->o.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
    d->o.backend = RQA_BACKEND_THREADS;
    rqa_batch_options_init(&d->grid);
    for (uint32_t k = 0; k < MAX_DIM; k++)
        d->dims[k] = MAX_DIM - k;
    d->delays[0] = 2;
    d->delays[1] = 1;
    d->grid.dims = d->dims;
    d->grid.delays = d->delays;
    d->grid.n_dims = (uint32_t)rng_between(r, 1, MAX_DIM);
    d->grid.n_delays = MAX_DELAY;
    d->grid.analysis = &d->o;
    draw_rates(r, d);
}

static void check_numbers(const draw *d, const rqa_batch_row *at, const rqa_metrics *metrics,
                          const double *value, const uint8_t *reason, const double *reached)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(metrics, &p));
    ck_assert_msg(memcmp(&reached[0], &p.threshold, 8) == 0 &&
                      memcmp(&reached[1], &p.rr_reached, 8) == 0,
                  "%s: m=%u tau=%u rate=%.17g: reached %.17g, %.17g instead of %.17g, %.17g",
                  d->text, at->dim, at->delay, at->threshold, reached[0], reached[1],
                  p.threshold, p.rr_reached);
    for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++) {
        double wanted;
        ck_ok(rqa_metrics_get(metrics, k, &wanted));
        const int32_t why = rqa_metrics_reason(metrics, k);
        ck_assert_msg((isnan(wanted) ? isnan(value[k]) : wanted == value[k]) && reason[k] == why,
                      "%s: m=%u tau=%u rate=%.17g, %s = %.17g (%d) instead of %.17g (%d)", d->text,
                      at->dim, at->delay, at->threshold, rqa_measure_name(k), value[k], reason[k],
                      wanted, why);
    }
    n_reached++;
}

static void check_row(const draw *d, const rqa_batch *batch, uint64_t row, const double *value,
                      const uint8_t *reason, const double *reached)
{
    rqa_batch_row at = {.struct_size = sizeof at};
    rqa_embedding *x = NULL, *y = NULL;
    rqa_metrics *metrics = NULL;
    rqa_analysis_options o = d->o;
    ck_ok(rqa_batch_row_at(batch, row, &at));
    o.threshold = at.threshold;
    rqa_status status = rqa_embedding_create(&x, d->x.api_series, at.dim, at.delay);
    if (!status && d->has_y)
        status = rqa_embedding_create(&y, d->y.api_series, at.dim, at.delay);
    if (!status)
        status = rqa_metrics_compute(&metrics, x, y, &o);
    if (!status && reason[0] != RQA_REASON_SERIES_TOO_SHORT && reason[0] != RQA_REASON_ALL_SKIPPED) {
        check_numbers(d, &at, metrics, value, reason, reached);
    } else {
        const int is_rate = status && strstr(rqa_last_error(), "recurrence rate") != NULL;
        ck_assert_msg(is_rate == (reason[0] == RQA_REASON_RATE_UNREACHABLE) &&
                          (is_rate || reason[0] == RQA_REASON_SERIES_TOO_SHORT ||
                           reason[0] == RQA_REASON_ALL_SKIPPED),
                      "%s: m=%u tau=%u rate=%.17g has reason %d; alone: %s", d->text, at.dim,
                      at.delay, at.threshold, reason[0], rqa_last_error());
        for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
            ck_assert(isnan(value[k]) && reason[k] == reason[0]);
        ck_assert(isnan(reached[0]) && isnan(reached[1]));
        n_unreachable += (uint64_t)is_rate;
    }
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
}

static void run_draw(uint64_t seed)
{
    static draw d;
    rng r = {seed};
    draw_grid(&r, &d, seed);
    rqa_batch *batch = NULL;
    const rqa_batch_item item = {.struct_size = sizeof item,
                                 .norm = -1,
                                 .relation = -1,
                                 .x = d.x.api_series,
                                 .y = d.has_y ? d.y.api_series : NULL};
    ck_ok(rqa_batch_create(&batch, d.context, &d.grid));
    ck_ok(rqa_batch_add(batch, &item));
    const uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    const size_t m = RQA_MEASURES_DEFAULT_COUNT;
    double *values = malloc((size_t)n_rows * m * sizeof *values);
    double *reached = malloc((size_t)n_rows * 2 * sizeof *reached);
    uint8_t *reasons = malloc((size_t)n_rows * m);
    ck_ok(rqa_batch_set_table(batch, values, reasons, n_rows));
    ck_ok(rqa_batch_set_reached(batch, reached, n_rows));
    const rqa_status status = rqa_batch_run(batch, NULL, NULL);
    ck_assert_msg(status == RQA_OK, "%s: %s", d.text, rqa_last_error());
    for (int k = 0; k < ROWS_CHECKED; k++) {
        const uint64_t row = rng_below(&r, n_rows);
        check_row(&d, batch, row, values + row * m, reasons + row * m, reached + row * 2);
    }
    free(values);
    free(reached);
    free(reasons);
    rqa_batch_destroy(batch);
    destroy_side(&d.x);
    destroy_side(&d.y);
}

START_TEST(rows_are_single_analyses)
{
    const uint64_t seed = env_number("RQA_TEST_SEED", 20280000),
                   draws = env_number("RQA_TEST_DRAWS", 70);
    printf("RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=%" PRIu64 "\n", seed, draws);
    fflush(stdout);
    for (uint64_t k = 0; k < draws; k++)
        run_draw(seed + k);
    ck_assert_msg(draws < 70 || (n_unreachable > 20 && n_reached > 600),
                  "%" PRIu64 " rows were out of reach, %" PRIu64 " were not", n_unreachable,
                  n_reached);
}
END_TEST

/* ---- stores ---- */

static const double few_rates[] = {.05, .3}, all_rates[] = {.3, .02, .05, .5};

static void take_rates(job *j)
{
    j->analysis.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
    j->grid.analysis = &j->analysis;
    j->grid.thresholds = all_rates;
    j->grid.n_thresholds = 4;
}

/* One that had some rates, and one of two halves, have what an undisturbed one has. */
START_TEST(stores_are_completed_and_merged)
{
    job j;
    char other[96];
    job_open(&j, 2, 4, 70);
    take_rates(&j);
    job_keep_clean(&j);
    j.grid.thresholds = few_rates;
    j.grid.n_thresholds = 2;
    ck_ok(job_run(&j, j.path));
    take_rates(&j);
    ck_ok(job_run(&j, j.path));
    job_expect_clean(&j, j.path, "a store that had two rates");
    ck_assert_int_gt(job_number(j.path, "SELECT count(*) FROM results WHERE rr_reached >= threshold"
                                        " AND threshold_reached > 0 AND"
                                        " threshold_unit = 'recurrence_rate'"),
                     30);
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results WHERE rr_reached < threshold"
                                        " OR (rr IS NOT NULL) <> (rr_reached IS NOT NULL)"),
                     0);
    rqa_store *store;
    snprintf(other, sizeof other, "%s/b", j.folder);
    j.grid.thresholds = few_rates;
    j.grid.n_thresholds = 2;
    ck_ok(job_run(&j, other));
    ck_ok(rqa_store_open(&store, j.context, other, NULL));
    ck_ok(rqa_store_merge(store, j.path));
    rqa_store_close(store);
    job_expect_clean(&j, other, "a store that was merged");
    job_close(&j);
}
END_TEST

typedef struct counted {
    uint64_t n, n_reached;
} counted;

static int count_row(const rqa_store_row *row, void *user)
{
    counted *c = user;
    c->n++;
    c->n_reached += row->rr_reached >= row->threshold && row->threshold_reached >= 0;
    return 0;
}

START_TEST(stores_are_read)
{
    job j;
    rqa_store *store;
    counted c = {0};
    job_open(&j, 2, 3, 60);
    take_rates(&j);
    ck_ok(job_run(&j, j.path));
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    ck_ok(rqa_store_read(store, NULL, count_row, &c));
    ck_assert_uint_eq(c.n, job_n_rows(&j));
    ck_assert_uint_gt(c.n_reached, c.n / 2);
    rqa_store_close(store);
    job_close(&j);
}
END_TEST

/* ---- what is asked for, and what is refused ---- */

static int look_at_item(const rqa_batch_event *event, void *user)
{
    counted *c = user;
    for (uint64_t k = 0; event->reached && k < event->n_rows; k++, c->n++)
        c->n_reached += event->reached[2 * k + 1] > 0;
    return 0;
}

START_TEST(events_tell)
{
    job j;
    counted c = {0};
    job_open(&j, 1, 2, 50);
    take_rates(&j);
    rqa_batch *batch = job_batch(&j);
    ck_ok(rqa_batch_run(batch, look_at_item, &c));
    ck_assert_uint_eq(c.n, job_n_rows(&j));
    ck_assert_uint_gt(c.n_reached, c.n / 3);
    rqa_batch_destroy(batch);
    j.analysis.threshold_unit = RQA_THRESHOLD_DATA;
    batch = job_batch(&j);
    c.n = 0;
    ck_ok(rqa_batch_run(batch, look_at_item, &c));
    ck_assert_uint_eq(c.n, 0);
    rqa_batch_destroy(batch);
    job_close(&j);
}
END_TEST

START_TEST(rates_that_are_none)
{
    static const double bad[] = {0, -.1, 1.5, NAN};
    job j;
    rqa_batch *batch = NULL;
    double reached[2];
    job_open(&j, 1, 2, 50);
    take_rates(&j);
    for (int k = 0; k < 4; k++) {
        double rates[] = {.1, bad[k]};
        j.grid.thresholds = rates;
        j.grid.n_thresholds = 2;
        ck_fails(rqa_batch_create(&batch, j.context, &j.grid), RQA_ERROR_VALUE,
                 "options->thresholds[1] is|above 0 and at most 1");
    }
    take_rates(&j);
    batch = job_batch(&j);
    ck_fails(rqa_batch_set_reached(NULL, reached, 1), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_set_reached(batch, NULL, 1), RQA_ERROR_NULL, "reached");
    ck_ok(rqa_batch_set_reached(batch, reached, 1));
    ck_fails(rqa_batch_run(batch, NULL, NULL), RQA_ERROR_STATE, "room for 1 rows");
    rqa_batch_destroy(batch);
    job_close(&j);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recurrence rates in batches");
    TCase *tcase = tcase_create("grids");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, rows_are_single_analyses);
    tcase_add_test(tcase, stores_are_completed_and_merged);
    tcase_add_test(tcase, stores_are_read);
    tcase_add_test(tcase, events_tell);
    tcase_add_test(tcase, rates_that_are_none);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
