/* test_batch_neighbourhood.c - recurrence rates and numbers of neighbours as an axis of a batch, and
 * corridors: every row is what a single analysis of its settings gives, to the last bit. Draw k has the
 * seed RQA_TEST_SEED + k.
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

/* Of one, two, ... threads, and one with little memory, so that bounds are found one by one. */
enum { CONTEXTS = 5 };
static rqa_context *contexts[CONTEXTS];
static uint64_t n_unreachable, n_reached, n_few;

static void setup(void)
{
    for (uint32_t k = 0; k < CONTEXTS - 1; k++)
        contexts[k] = support_context(k + 1);
    rqa_context_options o;
    rqa_context_options_init(&o);
    o.n_threads = 2;
    o.memory_limit_bytes = 96 << 20;
    ck_ok(rqa_context_create(&contexts[CONTEXTS - 1], &o));
}

static void teardown(void)
{
    for (int k = 0; k < CONTEXTS; k++)
        rqa_context_destroy(contexts[k]);
}

static double draw_value(rng *r, const draw *d)
{
    switch (d->o.threshold_unit) {
    case RQA_THRESHOLD_RECURRENCE_RATE:
    case RQA_THRESHOLD_NEIGHBOUR_RATE:
        return chance(r, 8) ? 1 : (double)rng_between(r, 1, 400) / 400;
    case RQA_THRESHOLD_NEIGHBOURS:
        return (double)rng_between(r, 1, chance(r, 3) ? SAMPLES + 10 : 20);
    case RQA_THRESHOLD_DATA:
        return (double)rng_between(r, 1, 400) / 40;
    default:
        return (double)rng_between(r, 1, 400) / 400;
    }
}

/* None twice. */
static void draw_values(rng *r, draw *d)
{
    uint32_t n = 0, wanted = (uint32_t)rng_between(r, 1, MAX_RATES);
    double least = INFINITY;
    while (n < wanted) {
        const double value = draw_value(r, d);
        uint32_t k = 0;
        while (k < n && d->rates[k] != value)
            k++;
        if (k == n)
            d->rates[n++] = value;
        else
            wanted--;
        least = fmin(least, value);
    }
    d->grid.thresholds = d->rates;
    d->grid.n_thresholds = n;
    if (d->o.corridor)
        d->o.threshold_lower = chance(r, 4) ? 0 : least * rng_uniform(r);
}

static void draw_unit(rng *r, draw *d)
{
    static const int32_t units[] = {RQA_THRESHOLD_RECURRENCE_RATE, RQA_THRESHOLD_NEIGHBOURS,
                                    RQA_THRESHOLD_NEIGHBOUR_RATE,  RQA_THRESHOLD_DATA,
                                    RQA_THRESHOLD_STD,             RQA_THRESHOLD_MEAN_DIAMETER,
                                    RQA_THRESHOLD_MAX_DIAMETER};
    rqa_analysis_options *o = &d->o;
    o->threshold_unit = units[chance(r, 3) ? 1 : rng_below(r, 7)];
    o->corridor = o->threshold_unit <= RQA_THRESHOLD_MEAN_DIAMETER;
    const int neighbours = o->threshold_unit >= RQA_THRESHOLD_NEIGHBOURS;
    o->ties = neighbours && chance(r, 2) ? RQA_TIES_INDEX : RQA_TIES_ALL;
    do
        o->convention = (int32_t)rng_below(
            r, d->has_y ? RQA_CONVENTION_NEUROKIT : RQA_CONVENTION_FOUNDING + 1);
    while (neighbours && o->convention == RQA_CONVENTION_NEUROKIT);
}

static void draw_grid(rng *r, draw *d, uint64_t seed)
{
    memset(d, 0, sizeof *d);
    snprintf(d->text, sizeof d->text, "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1", seed);
    d->context = contexts[rng_below(r, CONTEXTS)];
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
    draw_unit(r, d);
    d->o.norm = (int32_t)rng_below(r, 3);
    d->o.compare = (int32_t)rng_below(r, 3);
    d->o.theiler = rng_between(r, -1, 5);
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
    draw_values(r, d);
}

static void check_numbers(const draw *d, const rqa_batch_row *at, const rqa_metrics *metrics,
                          const double *value, const uint8_t *reason, const double *reached)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(metrics, &p));
    const int tells = d->o.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE;
    ck_assert_msg(tells ? memcmp(&reached[0], &p.threshold, 8) == 0 &&
                              memcmp(&reached[1], &p.rr_reached, 8) == 0
                        : isnan(reached[0]) && isnan(reached[1]),
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
    const int few = status && strstr(rqa_last_error(), "neighbours; a vector has") != NULL;
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
        n_few += (uint64_t)few;
        ck_assert(!few || reason[0] == RQA_REASON_SERIES_TOO_SHORT);
    }
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
}

static void close_draw(draw *d, rqa_batch *batch)
{
    rqa_batch_destroy(batch);
    destroy_side(&d->x);
    destroy_side(&d->y);
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
    rqa_status status = rqa_batch_create(&batch, d.context, &d.grid);
    ck_assert_msg(status == RQA_OK, "%s: %s", d.text, rqa_last_error());
    status = rqa_batch_add(batch, &item);
    if (status) { /* as a single analysis does */
        ck_assert_msg(status == RQA_ERROR_UNSUPPORTED &&
                          strstr(rqa_last_error(), "whose Theiler window is white"),
                      "%s: %s", d.text, rqa_last_error());
        close_draw(&d, batch);
        return;
    }
    const uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    const size_t m = RQA_MEASURES_DEFAULT_COUNT;
    double *values = malloc((size_t)n_rows * m * sizeof *values);
    double *reached = malloc((size_t)n_rows * 2 * sizeof *reached);
    uint8_t *reasons = malloc((size_t)n_rows * m);
    ck_ok(rqa_batch_set_table(batch, values, reasons, n_rows));
    ck_ok(rqa_batch_set_reached(batch, reached, n_rows));
    status = rqa_batch_run(batch, NULL, NULL);
    ck_assert_msg(status == RQA_OK, "%s: %s", d.text, rqa_last_error());
    for (int k = 0; k < ROWS_CHECKED; k++) {
        const uint64_t row = rng_below(&r, n_rows);
        check_row(&d, batch, row, values + row * m, reasons + row * m, reached + row * 2);
    }
    free(values);
    free(reached);
    free(reasons);
    close_draw(&d, batch);
}

START_TEST(rows_are_single_analyses)
{
    const uint64_t seed = env_number("RQA_TEST_SEED", 20280000),
                   draws = env_number("RQA_TEST_DRAWS", 200);
    printf("RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=%" PRIu64 "\n", seed, draws);
    fflush(stdout);
    for (uint64_t k = 0; k < draws; k++)
        run_draw(seed + k);
    ck_assert_msg(draws < 200 || (n_unreachable > 20 && n_few > 50 && n_reached > 1500),
                  "%" PRIu64 " and %" PRIu64 " rows were out of reach, %" PRIu64 " were not",
                  n_unreachable, n_few, n_reached);
}
END_TEST

/* ---- stores ---- */

static const double few_rates[] = {.05, .3}, all_rates[] = {.3, .02, .05, .5};
static const double few_numbers[] = {5, 2}, all_numbers[] = {9, 2, 5, 40};

static void take(job *j, int32_t unit, const double *thresholds, uint32_t n)
{
    j->analysis.threshold_unit = unit;
    j->grid.analysis = &j->analysis;
    j->grid.thresholds = thresholds;
    j->grid.n_thresholds = n;
}

static void take_rates(job *j)
{
    take(j, RQA_THRESHOLD_RECURRENCE_RATE, all_rates, 4);
}

/* One that had some thresholds, and one of two halves or shards, have what an undisturbed one has. */
static void complete_and_merge(job *j, int32_t unit, const double *few, const double *all)
{
    char other[96];
    rqa_store *store;
    take(j, unit, all, 4);
    job_keep_clean(j);
    take(j, unit, few, 2);
    ck_ok(job_run(j, j->path));
    take(j, unit, all, 4);
    ck_ok(job_run(j, j->path));
    job_expect_clean(j, j->path, "a store that had two thresholds");
    snprintf(other, sizeof other, "%s/b", j->folder);
    take(j, unit, few, 2);
    ck_ok(job_run(j, other));
    ck_ok(rqa_store_open(&store, j->context, other, NULL));
    ck_ok(rqa_store_merge(store, j->path));
    rqa_store_close(store);
    job_expect_clean(j, other, "a store that was merged");
    job_remove(other);
    take(j, unit, all, 4);
    j->grid.shard_count = 2;
    for (j->grid.shard_index = 1; j->grid.shard_index <= 2; j->grid.shard_index++) {
        rqa_batch *batch = job_batch(j);
        ck_ok(rqa_store_open(&store, j->context, other, NULL));
        ck_ok(rqa_batch_set_store(batch, store));
        ck_ok(rqa_batch_run(batch, NULL, NULL));
        rqa_batch_destroy(batch);
        rqa_store_close(store);
    }
    j->grid.shard_count = j->grid.shard_index = 0;
    job_expect_clean(j, other, "a store of two shards");
    job_remove(other);
}

START_TEST(stores_of_rates)
{
    job j;
    job_open(&j, 2, 4, 70);
    complete_and_merge(&j, RQA_THRESHOLD_RECURRENCE_RATE, few_rates, all_rates);
    ck_assert_int_gt(job_number(j.path, "SELECT count(*) FROM results WHERE rr_reached >= threshold"
                                        " AND threshold_reached > 0 AND"
                                        " threshold_unit = 'recurrence_rate'"),
                     30);
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results WHERE rr_reached < threshold"
                                        " OR (rr IS NOT NULL) <> (rr_reached IS NOT NULL)"),
                     0);
    job_close(&j);
}
END_TEST

START_TEST(stores_of_neighbours_and_corridors)
{
    for (int k = 0; k < 3; k++) {
        job j;
        job_open(&j, 2, 4, 70);
        j.analysis.ties = k == 1 ? RQA_TIES_INDEX : RQA_TIES_ALL;
        j.analysis.corridor = k == 2;
        j.analysis.threshold_lower = k == 2 ? .25 : 0;
        complete_and_merge(&j, k == 2 ? RQA_THRESHOLD_DATA : RQA_THRESHOLD_NEIGHBOURS, few_numbers,
                           all_numbers);
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results WHERE rr_reached IS NOT NULL"
                                            " OR threshold_reached IS NOT NULL"),
                         0);
        ck_assert_int_gt(job_number(j.path, "SELECT count(*) FROM results WHERE rr > 0"), 30);
        job_close(&j);
    }
}
END_TEST

/* Ties and corridors are rules: results by other ones stand beside each other. */
START_TEST(rules_tell_them_apart)
{
    static const char *const name[] = {"ties", "threshold_lower"};
    job j;
    rqa_store *store;
    job_open(&j, 1, 2, 60);
    take(&j, RQA_THRESHOLD_NEIGHBOURS, few_numbers, 2);
    for (int32_t ties = 0; ties < 2; ties++) {
        j.analysis.ties = ties;
        ck_ok(job_run(&j, j.path));
    }
    j.analysis.ties = RQA_TIES_ALL;
    take(&j, RQA_THRESHOLD_DATA, few_numbers, 2);
    ck_ok(job_run(&j, j.path));
    j.analysis.corridor = 1;
    for (int k = 0; k < 3; k++) {
        j.analysis.threshold_lower = .5 * k;
        ck_ok(job_run(&j, j.path));
    }
    ck_assert_int_eq(job_number(j.path, "SELECT count(DISTINCT rules) FROM item"), 6);
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results"),
                     6 * (long long)job_n_rows(&j));
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    rqa_store_summary summary = {.struct_size = sizeof summary};
    ck_ok(rqa_store_summarize(store, &summary));
    for (uint32_t k = 0; rqa_store_rule_name(k); k++)
        for (int n = 0; n < 2; n++)
            if (strcmp(rqa_store_rule_name(k), name[n]) == 0)
                ck_assert_msg(summary.rules >> k & 1, "%s", name[n]);
    rqa_store_close(store);
    job_close(&j);
}
END_TEST

static int look_at_rules(const rqa_store_row *row, void *user)
{
    uint64_t *seen = user;
    for (uint32_t k = 0; k < row->n_rules; k++) {
        const char *name = rqa_store_rule_name(k), *value = row->rules[k];
        if (strcmp(name, "threshold_lower") == 0)
            *seen += strcmp(value, "0.125") == 0;
        else if (strcmp(name, "ties") == 0 || strncmp(name, "microstate", 10) == 0)
            ck_assert_str_eq(value, "");
    }
    return 0;
}

START_TEST(rules_are_read)
{
    job j;
    rqa_store *store;
    uint64_t n = 0;
    job_open(&j, 1, 2, 60);
    take(&j, RQA_THRESHOLD_DATA, few_numbers, 2);
    j.analysis.corridor = 1;
    j.analysis.threshold_lower = .125;
    ck_ok(job_run(&j, j.path));
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    ck_ok(rqa_store_read(store, NULL, look_at_rules, &n));
    ck_assert_uint_eq(n, job_n_rows(&j));
    rqa_store_close(store);
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

static void fill_table(rqa_context *context, int32_t unit, double *table, rqa_status *status)
{
    enum { N = 3000 };
    static const uint32_t dims[] = {1, 2}, one[] = {1};
    static const double numbers[] = {1, 2, 3, 5, 8, 13, 21, 34};
    static const double rates[] = {.01, .02, .03, .05, .08, .13, .21, .34};
    double v[N];
    rng r = {3};
    for (int k = 0; k < N; k++)
        v[k] = rng_uniform(&r);
    rqa_series *series = support_series(context, v, N, 1);
    rqa_analysis_options a = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0);
    rqa_batch_options b;
    rqa_batch *batch = NULL;
    rqa_batch_options_init(&b);
    a.threshold_unit = unit;
    a.backend = RQA_BACKEND_THREADS;
    a.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET);
    b.dims = dims;
    b.delays = b.lmins = b.vmins = one;
    b.n_delays = b.n_lmins = b.n_vmins = 1;
    b.n_dims = 2;
    b.thresholds = unit == RQA_THRESHOLD_NEIGHBOURS ? numbers : rates;
    b.n_thresholds = 8;
    b.analysis = &a;
    const rqa_batch_item item = {
        .struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
    ck_ok(rqa_batch_create(&batch, context, &b));
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_set_table(batch, table, NULL, 16));
    *status = rqa_batch_run(batch, NULL, NULL);
    rqa_batch_destroy(batch);
    rqa_series_destroy(series);
}

/* What memory does not hold together is found one after the other; less is one clear line. */
static void expect_same_with_less(int32_t unit, const uint64_t limit[4])
{
    double table[2][16];
    for (int k = 0; k < 4; k++) {
        rqa_context_options o;
        rqa_context *context;
        rqa_status status;
        rqa_context_options_init(&o);
        o.n_threads = 1;
        o.memory_limit_bytes = limit[k];
        ck_ok(rqa_context_create(&context, &o));
        fill_table(context, unit, table[k > 0], &status);
        if (k == 3)
            ck_fails(status, RQA_ERROR_MEMORY_LIMIT, "the batch, on one thread");
        else
            ck_assert_msg(status == RQA_OK, "limit %d: %s", k, rqa_last_error());
        ck_assert(k == 0 || k == 3 || memcmp(table[0], table[1], sizeof table[0]) == 0);
        rqa_context_destroy(context);
    }
}

START_TEST(little_memory)
{
    static const uint64_t numbers[] = {0, 8000000, 7000000, 300000};
    static const uint64_t rates[] = {0, 12000000, 9000000, 300000};
    expect_same_with_less(RQA_THRESHOLD_NEIGHBOURS, numbers);
    expect_same_with_less(RQA_THRESHOLD_RECURRENCE_RATE, rates);
}
END_TEST

/* A convention that no engine has with missing samples is refused whichever delay there are vectors for. */
START_TEST(white_bands)
{
    static const uint32_t dims[] = {3}, delays[] = {30, 1};
    double v[40];
    for (int k = 0; k < 40; k++)
        v[k] = k % 5;
    v[7] = NAN;
    rqa_series_options so;
    rqa_series_options_init(&so);
    so.missing = RQA_MISSING_SKIP;
    rqa_series *series;
    rqa_batch *batch = NULL;
    rqa_batch_options b;
    rqa_analysis_options a = support_options(RQA_CONVENTION_RECURRENCEANALYSIS, RQA_NORM_MAXIMUM, 2);
    const double number[] = {2};
    a.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
    rqa_batch_options_init(&b);
    b.dims = dims;
    b.delays = delays;
    b.thresholds = number;
    b.n_dims = b.n_thresholds = 1;
    b.n_delays = 2;
    b.analysis = &a;
    ck_ok(rqa_series_create(&series, contexts[0], v, 40, 1, &so));
    const rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
    ck_ok(rqa_batch_create(&batch, contexts[0], &b));
    ck_fails(rqa_batch_add(batch, &item), RQA_ERROR_UNSUPPORTED,
             "neighbours with missing samples|whose Theiler window is white");
    rqa_batch_destroy(batch);
    rqa_series_destroy(series);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbourhoods in batches");
    TCase *tcase = tcase_create("grids");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, rows_are_single_analyses);
    tcase_add_test(tcase, stores_of_rates);
    tcase_add_test(tcase, stores_of_neighbours_and_corridors);
    tcase_add_test(tcase, rules_tell_them_apart);
    tcase_add_test(tcase, rules_are_read);
    tcase_add_test(tcase, little_memory);
    tcase_add_test(tcase, white_bands);
    tcase_add_test(tcase, stores_are_read);
    tcase_add_test(tcase, events_tell);
    tcase_add_test(tcase, rates_that_are_none);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
