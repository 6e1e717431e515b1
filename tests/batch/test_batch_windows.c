/* test_batch_windows.c - windows as the innermost axis of a batch: every row is what
 * rqa_windows_compute() gives for its settings, to the last bit; and what of it is in stores. Draw k has
 * the seed RQA_TEST_SEED + k.
 */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draws.h"
#include "store_jobs.h"

enum { MAX_ITEMS = 4, MAX_DIM = 3, MAX_DELAY = 2, MAX_THRESHOLDS = 3, MAX_LINES = 2 };

typedef struct draw {
    rqa_context *context;
    int n_items, has_y;
    side x[MAX_ITEMS], y[MAX_ITEMS];
    size_t n[MAX_ITEMS]; /* samples of the shorter recording */
    rqa_analysis_options o;
    rqa_batch_options grid;
    uint32_t dims[MAX_DIM], delays[MAX_DELAY], lmins[MAX_LINES], vmins[MAX_LINES];
    double thresholds[MAX_THRESHOLDS];
    char text[160];
} draw;

/* What was met, over all draws. */
static struct {
    uint64_t n_windows, n_defined, n_short, n_skipped, n_unreachable, n_unequal, n_own;
} met;

static rqa_context *context_of(uint32_t n_threads, uint64_t memory)
{
    rqa_context_options how;
    rqa_context *context;
    rqa_context_options_init(&how);
    how.n_threads = n_threads;
    how.memory_limit_bytes = memory;
    ck_ok(rqa_context_create(&context, &how));
    return context;
}

static void draw_analysis(rng *r, draw *d)
{
    rqa_analysis_options *o = &d->o;
    rqa_analysis_options_init(o);
    o->relation = (int32_t)rng_below(r, 3);
    d->has_y = o->relation != RQA_RELATION_AUTO;
    o->convention =
        (int32_t)rng_below(r, d->has_y ? RQA_CONVENTION_NEUROKIT : RQA_CONVENTION_FOUNDING + 1);
    o->norm = (int32_t)rng_below(r, 3);
    o->compare = (int32_t)rng_below(r, 3);
    o->theiler = rng_between(r, -1, 5);
    o->wmin = (uint32_t)rng_below(r, 3);
    o->threshold_unit = (int32_t)rng_below(r, RQA_THRESHOLD_RECURRENCE_RATE + 1);
    if (chance(r, 6) && o->relation == RQA_RELATION_AUTO)
        o->measures = RQA_MEASURE_BIT(RQA_MEASURE_DET) | RQA_MEASURE_BIT(RQA_MEASURE_RPDE) |
                      RQA_MEASURE_BIT(RQA_MEASURE_TRANSITIVITY);
    else if (chance(r, 3))
        o->measures = 1 + rng_below(r, RQA_MEASURES_DEFAULT);
    if (chance(r, 8))
        o->border = RQA_BORDER_KELO;
}

static void draw_axis(rng *r, uint32_t *axis, uint32_t *n, uint32_t most)
{
    *n = (uint32_t)rng_between(r, 1, most);
    for (uint32_t k = 0; k < *n; k++)
        axis[k] = *n - k + (uint32_t)rng_below(r, 2) * 3 * most;
}

static void draw_axes(rng *r, draw *d)
{
    const int is_rate = d->o.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE;
    rqa_batch_options *g = &d->grid;
    rqa_batch_options_init(g);
    draw_axis(r, d->dims, &g->n_dims, MAX_DIM);
    draw_axis(r, d->delays, &g->n_delays, MAX_DELAY);
    draw_axis(r, d->lmins, &g->n_lmins, MAX_LINES);
    draw_axis(r, d->vmins, &g->n_vmins, MAX_LINES);
    for (uint32_t k = 0; k < g->n_dims; k++)
        d->dims[k] = 1 + d->dims[k] % 7;
    g->n_dims = g->n_dims > 1 && d->dims[0] == d->dims[1] ? 1 : g->n_dims;
    g->n_dims = g->n_dims > 2 && (d->dims[2] == d->dims[1] || d->dims[2] == d->dims[0]) ? 2 : g->n_dims;
    g->n_thresholds = (uint32_t)rng_between(r, 1, MAX_THRESHOLDS);
    for (uint32_t k = 0; k < g->n_thresholds; k++)
        d->thresholds[k] = is_rate ? .9 - .3 * k + .1 * (double)rng_below(r, 2)
                                   : .25 * (double)(3 - k) + .125 * (double)rng_below(r, 2);
    g->dims = d->dims;
    g->delays = d->delays;
    g->thresholds = d->thresholds;
    g->lmins = d->lmins;
    g->vmins = d->vmins;
    g->analysis = &d->o;
    g->window = (uint64_t)rng_between(r, 2, chance(r, 3) ? 12 : 60);
    g->step = chance(r, 3) ? 1 : (uint64_t)rng_between(r, 1, 25);
    g->scope = (int32_t)rng_below(r, 2);
}

static void make_draw(rng *r, draw *d, uint64_t seed)
{
    memset(d, 0, sizeof *d);
    draw_analysis(r, d);
    draw_axes(r, d);
    d->o.backend = chance(r, 3) ? RQA_BACKEND_AUTO : RQA_BACKEND_THREADS;
    const uint32_t n_threads = (uint32_t)rng_between(r, 1, 4);
    /* Not enough for all threads: the search for a rate and networks take some megabytes. */
    const int is_large = d->o.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE ||
                         d->o.measures & RQA_MEASURE_BIT(RQA_MEASURE_TRANSITIVITY);
    const uint64_t little = is_large ? 16000000 : 900000;
    d->context = context_of(n_threads, chance(r, 3) ? little : 0);
    d->n_items = (int)rng_between(r, 1, MAX_ITEMS);
    snprintf(d->text, sizeof d->text,
             "RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=1 (%u threads, relation %d, unit %d, window %d, "
             "step %d, scope %d)",
             seed, n_threads, d->o.relation, d->o.threshold_unit, (int)d->grid.window,
             (int)d->grid.step, d->grid.scope);
    const size_t channels = (size_t)rng_between(r, 1, 3);
    for (int k = 0; k < d->n_items; k++) {
        const size_t n = (size_t)rng_between(r, 2, 150);
        d->n[k] = n;
        draw_side(r, &d->x[k], n, channels, 1, 1);
        create_side(d->context, &d->x[k], d->text);
        if (!d->has_y)
            continue;
        const size_t n_y = d->o.relation == RQA_RELATION_CROSS ? (size_t)rng_between(r, 2, 150) : n;
        d->n[k] = n_y < n ? n_y : n;
        draw_side(r, &d->y[k], n_y, channels, 1, 1);
        create_side(d->context, &d->y[k], d->text);
    }
}

static void free_draw(draw *d)
{
    for (int k = 0; k < d->n_items; k++) {
        destroy_side(&d->x[k]);
        if (d->has_y)
            destroy_side(&d->y[k]);
    }
    rqa_context_destroy(d->context);
}

/* The rows of a batch. */
typedef struct table {
    double *values, *reached;
    uint8_t *reasons;
    uint32_t n_measures;
} table;

static table table_of(uint64_t n_rows, uint32_t n_measures)
{
    return (table){malloc((size_t)n_rows * n_measures * sizeof(double)),
                   malloc((size_t)n_rows * 2 * sizeof(double)), malloc((size_t)n_rows * n_measures),
                   n_measures};
}

static void table_free(table *t)
{
    free(t->values);
    free(t->reached);
    free(t->reasons);
}

static int same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* One row that has no value, for one reason. */
static void expect_reason(const draw *d, const table *t, uint64_t row, int reason)
{
    for (uint32_t m = 0; m < t->n_measures; m++)
        ck_assert_msg(isnan(t->values[row * t->n_measures + m]) &&
                          t->reasons[row * t->n_measures + m] == reason,
                      "%s: row %" PRIu64 " has %.17g (%d), not reason %d", d->text, row,
                      t->values[row * t->n_measures + m], t->reasons[row * t->n_measures + m], reason);
    ck_assert(isnan(t->reached[2 * row]) && isnan(t->reached[2 * row + 1]));
}

static void expect_values(const draw *d, const rqa_batch *batch, const table *t, uint64_t row,
                          const rqa_windows *windows, uint64_t w)
{
    for (uint32_t m = 0; m < t->n_measures; m++) {
        const int32_t measure = rqa_batch_measure_at(batch, m);
        const double *wanted, got = t->values[row * t->n_measures + m];
        const uint8_t *why, reason = t->reasons[row * t->n_measures + m];
        ck_ok(rqa_windows_values(windows, measure, &wanted, &why, NULL));
        ck_assert_msg(same(got, wanted[w]) && reason == why[w],
                      "%s: row %" PRIu64 ", window %" PRIu64 ": %s is %.17g (%d) instead of %.17g (%d)",
                      d->text, row, w, rqa_measure_name(measure), got, reason, wanted[w], why[w]);
        met.n_defined += why[w] == RQA_REASON_DEFINED;
        met.n_skipped += why[w] == RQA_REASON_ALL_SKIPPED;
        met.n_unreachable += why[w] == RQA_REASON_RATE_UNREACHABLE;
        met.n_short += why[w] == RQA_REASON_SERIES_TOO_SHORT;
    }
    if (d->o.threshold_unit != RQA_THRESHOLD_RECURRENCE_RATE)
        return;
    rqa_window at = {.struct_size = sizeof at};
    ck_ok(rqa_windows_at(windows, (size_t)w, &at));
    if (t->reasons[row * t->n_measures] == RQA_REASON_SERIES_TOO_SHORT)
        return; /* by its convention: it has a threshold alone */
    ck_assert_msg(same(t->reached[2 * row], at.threshold), "%s: row %" PRIu64 " reached %.17g, not %.17g",
                  d->text, row, t->reached[2 * row], at.threshold);
    ck_assert(isnan(at.threshold) || t->reached[2 * row + 1] > 0);
}

static void expect_place(const draw *d, const rqa_batch *batch, uint64_t row, uint64_t w,
                         const rqa_batch_row *wanted)
{
    rqa_batch_row at = {.struct_size = sizeof at};
    ck_ok(rqa_batch_row_at(batch, row, &at));
    const uint64_t start = w * d->grid.step;
    ck_assert_msg(at.item == wanted->item && at.dim == wanted->dim && at.delay == wanted->delay &&
                      at.threshold == wanted->threshold && at.lmin == wanted->lmin &&
                      at.vmin == wanted->vmin && at.window == w && at.window_start == start &&
                      at.window_end == start + d->grid.window - 1 &&
                      at.window_centre == ((double)at.window_start + (double)at.window_end) / 2,
                  "%s: row %" PRIu64 " is not where it is said to be", d->text, row);
}

/* The rows of one combination of one item, from `row` on. */
static void expect_combination(const draw *d, const rqa_batch *batch, const table *t, uint64_t row,
                               uint64_t n_windows, const rqa_batch_row *at)
{
    rqa_embedding *x = NULL, *y = NULL;
    rqa_windows *windows = NULL;
    rqa_windows_options how;
    rqa_analysis_options o = d->o;
    rqa_windows_options_init(&how);
    how.window = d->grid.window;
    how.step = d->grid.step;
    how.scope = d->grid.scope;
    o.threshold = at->threshold;
    o.lmin = at->lmin;
    o.vmin = at->vmin;
    rqa_status status = rqa_embedding_create(&x, d->x[at->item].api_series, at->dim, at->delay);
    if (!status && d->has_y)
        status = rqa_embedding_create(&y, d->y[at->item].api_series, at->dim, at->delay);
    if (!status)
        status = rqa_windows_compute(&windows, x, y, &o, &how);
    for (uint64_t w = 0; w < n_windows; w++) {
        expect_place(d, batch, row + w, w, at);
        met.n_windows++;
        if (!status) {
            ck_assert_uint_eq(rqa_windows_count(windows), n_windows);
            expect_values(d, batch, t, row + w, windows, w);
        } else if (strstr(rqa_last_error(), "asks for a recurrence rate")) {
            expect_reason(d, t, row + w, RQA_REASON_RATE_UNREACHABLE);
        } else {
            ck_assert_msg(strstr(rqa_last_error(), "window") || strstr(rqa_last_error(), "needs at least"),
                          "%s: %s", d->text, rqa_last_error());
            expect_reason(d, t, row + w, RQA_REASON_SERIES_TOO_SHORT);
            met.n_short++;
        }
    }
    rqa_windows_destroy(windows);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
}

static void expect_item(const draw *d, const rqa_batch *batch, const table *t, uint64_t item,
                        uint64_t *next)
{
    const rqa_batch_options *g = &d->grid;
    const uint64_t n = d->n[item], n_combinations = rqa_batch_size(batch, RQA_BATCH_COMBINATIONS);
    const uint64_t n_windows = n < g->window ? 1 : (n - g->window) / g->step + 1;
    uint64_t first, n_rows;
    ck_ok(rqa_batch_item_rows(batch, item, &first, &n_rows));
    ck_assert_uint_eq(first, *next);
    ck_assert_uint_eq(n_rows, n_combinations * n_windows);
    *next += n_rows;
    for (uint32_t m = 0; m < g->n_dims; m++)
        for (uint32_t u = 0; u < g->n_delays; u++)
            for (uint32_t e = 0; e < g->n_thresholds; e++)
                for (uint32_t l = 0; l < g->n_lmins; l++)
                    for (uint32_t v = 0; v < g->n_vmins; v++, first += n_windows) {
                        const rqa_batch_row at = {.item = item,
                                                  .dim = d->dims[m],
                                                  .delay = d->delays[u],
                                                  .threshold = d->thresholds[e],
                                                  .lmin = d->lmins[l],
                                                  .vmin = d->vmins[v]};
                        expect_combination(d, batch, t, first, n_windows, &at);
                    }
}

/* NULL: one of its items cannot be. */
static rqa_batch *batch_of(const draw *d)
{
    rqa_batch *batch;
    ck_ok(rqa_batch_create(&batch, d->context, &d->grid));
    for (int k = 0; k < d->n_items; k++) {
        const rqa_batch_item item = {.struct_size = sizeof item,
                                     .norm = -1,
                                     .relation = -1,
                                     .x = d->x[k].api_series,
                                     .y = d->has_y ? d->y[k].api_series : NULL};
        const rqa_status status = rqa_batch_add(batch, &item);
        if (status == RQA_ERROR_TOO_SHORT && d->o.threshold_unit == RQA_THRESHOLD_STD) {
            rqa_batch_destroy(batch); /* no deviation: all of a recording is missing */
            return NULL;
        }
        ck_assert_msg(status == RQA_OK, "%s: %s", d->text, rqa_last_error());
    }
    return batch;
}

static void run_draw(uint64_t seed)
{
    static draw d;
    rng r = {seed};
    make_draw(&r, &d, seed);
    rqa_batch *batch = batch_of(&d);
    if (!batch) {
        free_draw(&d);
        return;
    }
    const uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    rqa_batch_statistics end = {.struct_size = sizeof end};
    table t = table_of(n_rows, (uint32_t)rqa_batch_size(batch, RQA_BATCH_MEASURES));
    ck_ok(rqa_batch_set_table(batch, t.values, t.reasons, n_rows));
    ck_ok(rqa_batch_set_reached(batch, t.reached, n_rows));
    const rqa_status status = rqa_batch_run(batch, NULL, NULL);
    ck_assert_msg(status == RQA_OK, "%s: %s", d.text, rqa_last_error());
    uint64_t next = 0;
    for (int k = 0; k < d.n_items; k++) {
        const char *text;
        ck_assert_msg(rqa_batch_item_status(batch, (uint64_t)k, &text) == RQA_OK, "%s: %s", d.text, text);
        expect_item(&d, batch, &t, (uint64_t)k, &next);
    }
    ck_assert_uint_eq(next, n_rows);
    ck_ok(rqa_batch_poll(batch, &end));
    ck_assert_uint_eq(end.n_done, n_rows);
    ck_assert_uint_eq(end.n_total, n_rows);
    met.n_unequal += d.n_items > 1 && d.n[0] != d.n[1];
    met.n_own += d.grid.scope == RQA_WINDOWS_SCOPE_WINDOW && d.o.threshold_unit > 0;
    table_free(&t);
    rqa_batch_destroy(batch);
    free_draw(&d);
}

START_TEST(rows_are_windows)
{
    const uint64_t seed = env_number("RQA_TEST_SEED", 20290000),
                   draws = env_number("RQA_TEST_DRAWS", 150);
    printf("RQA_TEST_SEED=%" PRIu64 " RQA_TEST_DRAWS=%" PRIu64 "\n", seed, draws);
    fflush(stdout);
    for (uint64_t k = 0; k < draws; k++)
        run_draw(seed + k);
    ck_assert_msg(draws < 150 ||
                      (met.n_windows > 20000 && met.n_defined > 20000 && met.n_short > 500 &&
                       met.n_skipped > 500 && met.n_unreachable > 500 && met.n_unequal > 30 &&
                       met.n_own > 20),
                  "%" PRIu64 " windows: %" PRIu64 " values, %" PRIu64 " too short, %" PRIu64
                  " skipped, %" PRIu64 " out of reach; %" PRIu64 " batches of unequal items, %" PRIu64
                  " with units of their own",
                  met.n_windows, met.n_defined, met.n_short, met.n_skipped, met.n_unreachable,
                  met.n_unequal, met.n_own);
}
END_TEST

/* Some channels of a recording are windows of a recording that has these alone. */
START_TEST(channels_are_chosen)
{
    enum { N = 90, ALL = 4 };
    static const uint32_t dims[] = {1, 2}, delays[] = {1};
    static const double thresholds[] = {.3, .6};
    double all[N * ALL], chosen[N * 2];
    rng r = {7};
    for (int i = 0; i < N; i++)
        for (int c = 0; c < ALL; c++) {
            all[i * ALL + c] = (c + 1) * rng_gauss(&r);
            if (c == 1 || c == 2)
                chosen[i * 2 + c - 1] = all[i * ALL + c];
        }
    rqa_context *context = context_of(2, 0);
    rqa_series *whole = support_series(context, all, N, ALL), *part = support_series(context, chosen, N, 2);
    for (int unit = 0; unit <= RQA_THRESHOLD_RECURRENCE_RATE; unit++)
        for (int kind = 0; kind < 4; kind++) {
            rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
            o.threshold_unit = unit;
            o.measures = kind & 1 ? RQA_MEASURE_BIT(RQA_MEASURE_RPDE) | RQA_MEASURE_BIT(RQA_MEASURE_RR) : 0;
            rqa_batch_options g;
            rqa_batch_options_init(&g);
            g.dims = dims;
            g.delays = delays;
            g.thresholds = thresholds;
            g.n_dims = g.n_thresholds = 2;
            g.n_delays = 1;
            g.analysis = &o;
            g.window = 40;
            g.step = 7;
            g.scope = kind >> 1;
            rqa_batch *batch;
            ck_ok(rqa_batch_create(&batch, context, &g));
            rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
            item.x = whole;
            item.channel_first = 1;
            item.channel_count = 2;
            ck_ok(rqa_batch_add(batch, &item));
            item.x = part;
            item.channel_first = item.channel_count = 0;
            ck_ok(rqa_batch_add(batch, &item));
            const uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
            table t = table_of(n_rows, (uint32_t)rqa_batch_size(batch, RQA_BATCH_MEASURES));
            ck_ok(rqa_batch_set_table(batch, t.values, t.reasons, n_rows));
            ck_ok(rqa_batch_run(batch, NULL, NULL));
            const size_t n = (size_t)n_rows / 2 * t.n_measures;
            ck_assert_int_eq(memcmp(t.reasons, t.reasons + n, n), 0);
            for (size_t k = 0; k < n; k++)
                ck_assert_msg(same(t.values[k], t.values[n + k]), "unit %d, kind %d: %.17g and %.17g",
                              unit, kind, t.values[k], t.values[n + k]);
            ck_assert(t.values[0] > 0);
            table_free(&t);
            rqa_batch_destroy(batch);
        }
    rqa_series_destroy(whole);
    rqa_series_destroy(part);
    rqa_context_destroy(context);
}
END_TEST

/* ---- events and numbers ---- */

static const size_t lengths[] = {6, 90, 61, 120, 90, 33};
enum { ITEMS = sizeof lengths / sizeof lengths[0] };

/* Recordings of unequal lengths, in windows. */
static void take_windows(job *j)
{
    for (int k = 0; k < j->n_items; k++)
        rqa_series_destroy(j->series[k]);
    rqa_context_destroy(j->context);
    for (int k = 0; k < j->n_items; k++)
        j->length[k] = lengths[k % ITEMS];
    job_reopen(j, 3, 0);
    j->grid.window = 30;
    j->grid.step = 4;
}

typedef struct counted {
    uint64_t n_rows, n_items, next_item;
    const rqa_batch *batch;
    int cancel_after; /* items; 0: never */
} counted;

static int count_event(const rqa_batch_event *event, void *user)
{
    counted *c = user;
    uint64_t n = 0;
    if (event->type != RQA_EVENT_ITEM_COMPLETED)
        return 0;
    if (event->values) {
        ck_ok(rqa_batch_item_rows(c->batch, event->item, NULL, &n));
        ck_assert_uint_eq(event->n_rows, n);
    }
    c->n_rows += event->n_rows;
    c->n_items++;
    return c->cancel_after && c->n_items >= (uint64_t)c->cancel_after;
}

START_TEST(numbers_of_rows)
{
    job j;
    counted c = {0};
    double seconds = 0;
    uint64_t first, n, sum = 0;
    job_open(&j, 3, ITEMS, 60);
    take_windows(&j);
    rqa_batch *batch = job_batch(&j);
    const uint64_t n_combinations = rqa_batch_size(batch, RQA_BATCH_COMBINATIONS);
    ck_assert_uint_eq(n_combinations, 2 * 3 * 3 * 2);
    for (int k = 0; k < ITEMS; k++) {
        const uint64_t n_windows = lengths[k] < 30 ? 1 : (lengths[k] - 30) / 4 + 1;
        ck_ok(rqa_batch_item_rows(batch, (uint64_t)k, &first, &n));
        ck_assert_uint_eq(first, sum);
        ck_assert_uint_eq(n, n_combinations * n_windows);
        sum += n;
    }
    ck_ok(rqa_batch_item_rows(batch, 1, NULL, NULL));
    ck_fails(rqa_batch_item_rows(batch, ITEMS, &first, &n), RQA_ERROR_VALUE, "item is 6|has 6");
    ck_fails(rqa_batch_item_rows(NULL, 0, &first, &n), RQA_ERROR_NULL, "batch");
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_ROWS), sum);
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_ok(rqa_batch_poll(batch, &s));
    ck_assert_uint_eq(s.n_total, sum);
    ck_ok(rqa_batch_predict(batch, &seconds));
    ck_assert(seconds > 0 && seconds < 10);
    const char *how = rqa_batch_explain(batch);
    ck_assert_msg(strstr(how, "15 in windows of 30 samples, 4 apart, 3 too short, 0 of failed") != NULL,
                  "%s", how);
    c.batch = batch;
    ck_ok(rqa_batch_run(batch, count_event, &c));
    ck_assert_uint_eq(c.n_rows, sum);
    ck_assert_uint_eq(c.n_items, ITEMS);
    rqa_batch_destroy(batch);
    double *values = malloc((size_t)sum * RQA_MEASURES_DEFAULT_COUNT * sizeof *values);
    batch = job_batch(&j);
    ck_ok(rqa_batch_set_table(batch, values, NULL, sum - 1));
    ck_fails(rqa_batch_run(batch, NULL, NULL), RQA_ERROR_STATE, "room for");
    rqa_batch_destroy(batch);
    free(values);
    job_close(&j);
}
END_TEST

/* Without windows the formula holds, and nothing is said of windows. */
START_TEST(without_windows)
{
    job j;
    uint64_t first, n;
    rqa_batch_row at = {.struct_size = sizeof at, .window = 9};
    job_open(&j, 1, 3, 60);
    rqa_batch *batch = job_batch(&j);
    ck_ok(rqa_batch_item_rows(batch, 2, &first, &n));
    ck_assert_uint_eq(n, rqa_batch_size(batch, RQA_BATCH_COMBINATIONS));
    ck_assert_uint_eq(first, 2 * n);
    ck_ok(rqa_batch_row_at(batch, first + 1, &at));
    ck_assert_uint_eq(at.item, 2);
    ck_assert_uint_eq(at.lmin, 4);
    ck_assert_uint_eq(at.window + at.window_start + at.window_end, 0);
    ck_assert(at.window_centre == 0);
    rqa_batch_destroy(batch);
    job_close(&j);
}
END_TEST

/* A caller whose structs end before windows: it has none, and nothing is written behind its row. */
START_TEST(older_callers)
{
    job j;
    rqa_batch *batch;
    struct {
        rqa_batch_row row;
        unsigned char behind[8];
    } out;
    job_open(&j, 1, 2, 60);
    rqa_batch_options old = j.grid;
    old.struct_size = offsetof(rqa_batch_options, window);
    old.window = 30; /* beyond its end */
    old.step = 0;
    ck_ok(rqa_batch_create(&batch, j.context, &old));
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = j.series[1]};
    ck_ok(rqa_batch_add(batch, &item));
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_ROWS), 36);
    rqa_batch_destroy(batch);
    take_windows(&j);
    batch = job_batch(&j);
    memset(&out, 0xa5, sizeof out);
    out.row.struct_size = offsetof(rqa_batch_row, window);
    ck_ok(rqa_batch_row_at(batch, 40, &out.row));
    for (size_t k = offsetof(rqa_batch_row, window); k < sizeof out; k++)
        ck_assert_uint_eq(((unsigned char *)&out)[k], 0xa5);
    ck_assert_uint_eq(out.row.item, 1);
    rqa_batch_destroy(batch);
    job_close(&j);
}
END_TEST

START_TEST(bad_input)
{
    job j;
    rqa_batch *batch = NULL;
    job_open(&j, 1, 2, 60);
    take_windows(&j);
    j.grid.analysis = &j.analysis;
    rqa_batch_options g = j.grid;
    g.window = 1;
    ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_VALUE, "options->window is 1|no two vectors");
    g = j.grid;
    g.step = 0;
    ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_VALUE, "options->step is 0");
    g.window = 0; /* then it is not read */
    ck_ok(rqa_batch_create(&batch, j.context, &g));
    rqa_batch_destroy(batch);
    g = j.grid;
    g.scope = 2;
    ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_VALUE, "options->scope is 2|0..1");
    g = j.grid;
    g.reserved = 1;
    ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_VALUE, "reserved");
    j.analysis.backend = RQA_BACKEND_GPU;
    g = j.grid;
    ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_BACKEND_MISSING, "gpu");
    j.analysis.backend = RQA_BACKEND_THREADS;
    g.window = UINT64_MAX;
    ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_VALUE, "options->window is|allowed is up to");
    g.window = INT64_MAX; /* longer than every recording: a row for each combination */
    ck_ok(rqa_batch_create(&batch, j.context, &g));
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = j.series[1]};
    ck_ok(rqa_batch_add(batch, &item));
    table t = table_of(36, RQA_MEASURES_DEFAULT_COUNT);
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_ROWS), 36);
    ck_ok(rqa_batch_set_table(batch, t.values, t.reasons, 36));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    for (size_t k = 0; k < 36 * RQA_MEASURES_DEFAULT_COUNT; k++)
        ck_assert(isnan(t.values[k]) && t.reasons[k] == RQA_REASON_SERIES_TOO_SHORT);
    table_free(&t);
    rqa_batch_destroy(batch);
    job_close(&j);
}
END_TEST

/* A rate that missing samples put out of reach in some windows. */
/* Neighbours are counted among the vectors of a window, and a corridor has two thresholds: the rows have
 * no place for either yet. */
START_TEST(rules_that_windows_lack)
{
    job j;
    rqa_batch *batch = NULL;
    static const double ones[] = {1};
    job_open(&j, 1, 2, 60);
    take_windows(&j);
    j.grid.analysis = &j.analysis;
    rqa_batch_options g = j.grid;
    g.thresholds = ones;
    g.n_thresholds = 1;
    j.analysis.convention = RQA_CONVENTION_STANDARD;
    for (int scope = 0; scope <= RQA_WINDOWS_SCOPE_WINDOW; scope++) {
        g.scope = scope;
        for (int unit = RQA_THRESHOLD_NEIGHBOURS; unit <= RQA_THRESHOLD_NEIGHBOUR_RATE; unit++) {
            j.analysis.threshold_unit = unit;
            g.window = 30;
            ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_UNSUPPORTED,
                     "options->window is 30|neighbours|rqa_windows_compute");
            g.window = 0;
            ck_ok(rqa_batch_create(&batch, j.context, &g));
            rqa_batch_destroy(batch);
        }
        j.analysis.threshold_unit = RQA_THRESHOLD_DATA;
        j.analysis.corridor = 1;
        j.analysis.threshold_lower = .5;
        g.window = 30;
        ck_fails(rqa_batch_create(&batch, j.context, &g), RQA_ERROR_UNSUPPORTED,
                 "options->window is 30|corridors|rqa_windows_compute");
        g.window = 0;
        ck_ok(rqa_batch_create(&batch, j.context, &g));
        rqa_batch_destroy(batch);
        j.analysis.corridor = 0;
        j.analysis.threshold_lower = 0;
    }
    job_close(&j);
}
END_TEST

START_TEST(rate_out_of_reach_in_a_window)
{
    double x[60];
    const double *rr;
    const uint8_t *why;
    rqa_windows *windows;
    rqa_windows_options how;
    rqa_context *context = context_of(2, 0);
    rqa_series_options so;
    rqa_series *series;
    rqa_series_options_init(&so);
    so.missing = RQA_MISSING_SKIP;
    for (int i = 0; i < 60; i++)
        x[i] = i >= 20 && i < 36 ? NAN : sin(i * .7);
    ck_ok(rqa_series_create(&series, context, x, 60, 1, &so));
    rqa_embedding *e = support_embedding(series, 1, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, .5);
    o.threshold_unit = RQA_THRESHOLD_RECURRENCE_RATE;
    rqa_windows_options_init(&how);
    how.window = how.step = 20;
    how.scope = RQA_WINDOWS_SCOPE_WINDOW;
    ck_ok(rqa_windows_compute(&windows, e, NULL, &o, &how));
    ck_ok(rqa_windows_values(windows, RQA_MEASURE_RR, &rr, &why, NULL));
    ck_assert(rr[0] >= .5 && why[0] == RQA_REASON_DEFINED);
    ck_assert(isnan(rr[1]) && why[1] == RQA_REASON_RATE_UNREACHABLE);
    ck_assert(rr[2] >= .5 && why[2] == RQA_REASON_DEFINED);
    rqa_window at = {.struct_size = sizeof at};
    ck_ok(rqa_windows_at(windows, 1, &at));
    ck_assert(isnan(at.threshold) && at.points == 0);
    rqa_windows_destroy(windows);
    how.scope = RQA_WINDOWS_SCOPE_RECORDING; /* of the recording it is an error */
    o.threshold = .9;
    ck_fails(rqa_windows_compute(&windows, e, NULL, &o, &how), RQA_ERROR_VALUE, "recurrence rate of 0.9");
    rqa_embedding_destroy(e);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}
END_TEST

/* ---- stores ---- */

#define ROWS                                                                                       \
    "SELECT * FROM results ORDER BY series, mode, dim, delay, threshold, lmin, vmin, \"window\""

/* A job with what an undisturbed run makes of it. */
static char *open_stored(job *j)
{
    job_open(j, 3, ITEMS, 60);
    take_windows(j);
    ck_ok(job_run(j, j->path));
    char *clean = job_query(j->path, ROWS);
    rqa_batch *batch = job_batch(j);
    ck_assert_int_eq(job_number(j->path, "SELECT count(*) FROM results"),
                     (long long)rqa_batch_size(batch, RQA_BATCH_ROWS));
    rqa_batch_destroy(batch);
    job_remove(j->path);
    return clean;
}

static void expect_stored(const char *file, const char *clean, const char *what)
{
    char *rows = job_query(file, ROWS), *check = job_query(file, "PRAGMA integrity_check");
    ck_assert_msg(rows && strcmp(rows, clean) == 0, "%s: the view differs from a clean run's", what);
    ck_assert_str_eq(check, "ok\n");
    ck_assert_int_eq(job_number(file, "SELECT count(*) FROM claim"), 0);
    free(rows);
    free(check);
}

typedef struct reading {
    const table *t;
    const rqa_batch *batch;
    uint64_t row;
} reading;

/* Rows of a store come as those of the batch: items by their labels, and axes rising. */
static int expect_read(const rqa_store_row *row, void *user)
{
    reading *r = user;
    rqa_batch_row at = {.struct_size = sizeof at};
    ck_ok(rqa_batch_row_at(r->batch, r->row, &at));
    ck_assert(at.item == row->item && at.dim == row->dim && at.delay == row->delay &&
              at.threshold == row->threshold && at.lmin == row->lmin && at.window == row->window &&
              at.window_start == row->window_start && at.window_end == row->window_end &&
              at.window_centre == row->window_centre);
    for (int m = 0; m < RQA_MEASURES_DEFAULT_COUNT; m++)
        ck_assert(same(row->values[m], r->t->values[r->row * RQA_MEASURES_DEFAULT_COUNT + (uint64_t)m]));
    ck_assert_str_eq(row->rules[16], "30");
    ck_assert_str_eq(row->rules[17], "4");
    ck_assert_str_eq(row->rules[18], "recording");
    r->row++;
    return 0;
}

START_TEST(stores_have_the_rows_of_tables)
{
    static const uint32_t rising[] = {1, 2, 3};
    job j;
    rqa_store *store;
    job_open(&j, 3, ITEMS, 60);
    take_windows(&j);
    j.grid.delays = rising;
    rqa_batch *batch = job_batch(&j);
    const uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    table t = table_of(n_rows, RQA_MEASURES_DEFAULT_COUNT);
    ck_ok(rqa_batch_set_table(batch, t.values, t.reasons, n_rows));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_ok(job_run(&j, j.path));
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    reading r = {&t, batch, 0};
    ck_ok(rqa_store_read(store, NULL, expect_read, &r));
    ck_assert_uint_eq(r.row, n_rows);
    rqa_store_summary s = {.struct_size = sizeof s};
    ck_ok(rqa_store_summarize(store, &s));
    ck_assert_uint_eq(s.n_windowed, ITEMS);
    ck_assert_uint_eq(s.n_rows, n_rows);
    ck_assert_uint_eq(s.rules, 0);
    rqa_store_close(store);
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results WHERE window_start <> \"window\" * 4"
                                        " OR window_end <> window_start + 29 OR window_centre <>"
                                        " window_start + 14.5 OR \"window\" IS NULL"),
                     0);
    rqa_batch_destroy(batch);
    table_free(&t);
    job_close(&j);
}
END_TEST

/* Cancelled at every item, and gone on with. */
START_TEST(cancelled_and_resumed)
{
    job j;
    char *clean = open_stored(&j);
    for (int k = 1; k < ITEMS; k++) {
        rqa_store *store;
        counted c = {.cancel_after = k};
        ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
        const rqa_status status = job_run_in(&j, store, count_event, &c);
        ck_assert(status == RQA_ERROR_CANCELLED || status == RQA_OK);
        ck_ok(job_run_in(&j, store, NULL, NULL));
        rqa_store_close(store);
        expect_stored(j.path, clean, "a batch that was cancelled");
        job_remove(j.path);
    }
    free(clean);
    job_close(&j);
}
END_TEST

START_TEST(killed_and_resumed)
{
    const int n_kills = (int)env_number("RQA_TEST_KILLS", 25);
    int code, n_partial = 0;
    rng r = {env_number("RQA_TEST_SEED", 11)};
    job j;
    char *clean = open_stored(&j);
    double takes = 0;
    for (int k = -1; k < n_kills; k++) {
        const double begin = job_now();
        pid_t child = fork();
        if (child == 0) {
            job_reopen(&j, 2, 0);
            _exit(job_run(&j, j.path) == RQA_OK ? 0 : 1);
        }
        if (k >= 0) {
            job_nap(takes * rng_uniform(&r));
            kill(child, SIGKILL);
        }
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        if (k < 0)
            takes = job_now() - begin;
        const long long n = job_number(j.path, "SELECT count(*) FROM results");
        n_partial += n > 0 && n < (long long)strlen(clean);
        ck_ok(job_run(&j, j.path));
        expect_stored(j.path, clean, "a batch that was killed");
        job_remove(j.path);
    }
    ck_assert_msg(n_kills < 25 || n_partial > 0, "no kill came in between");
    free(clean);
    job_close(&j);
}
END_TEST

/* The shards of three machines, merged in any order and twice. */
START_TEST(shards_are_merged)
{
    job j;
    rqa_store *store;
    char *clean = open_stored(&j), file[3][100];
    for (uint32_t k = 0; k < 3; k++) {
        snprintf(file[k], sizeof file[k], "%s/shard%u", j.folder, k);
        j.grid.shard_index = k + 1;
        j.grid.shard_count = 3;
        ck_ok(rqa_store_open(&store, j.context, file[k], NULL));
        rqa_batch *batch = job_batch(&j);
        ck_ok(rqa_batch_set_store(batch, store));
        ck_ok(rqa_batch_run(batch, NULL, NULL));
        rqa_batch_destroy(batch);
        rqa_store_close(store);
        ck_assert_int_gt(job_number(file[k], "SELECT count(*) FROM results"), 100);
    }
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    for (int k = 5; k >= 0; k--)
        ck_ok(rqa_store_merge(store, file[k % 3]));
    rqa_store_close(store);
    expect_stored(j.path, clean, "merged shards");
    free(clean);
    job_close(&j);
}
END_TEST

static int skip_row(const rqa_store_row *row, void *user)
{
    (void)row;
    (void)user;
    return 0;
}

static void change_store(const char *file, const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void merge_into(const job *j, const char *file, const char *from)
{
    rqa_store *store;
    ck_ok(rqa_store_open(&store, j->context, file, NULL));
    ck_ok(rqa_store_merge(store, from));
    rqa_store_close(store);
}

/* Fewer settings or measures at first: they are completed, by a batch and by a merge. */
START_TEST(stores_are_completed)
{
    static const char *const kinds[] = {"fewer settings, a merge", "fewer settings, a batch",
                                        "fewer measures, a merge", "fewer measures, a batch"};
    static const double few[] = {1};
    static const uint32_t one[] = {4};
    job j;
    char *clean = open_stored(&j), other[100];
    const rqa_batch_options full = j.grid;
    snprintf(other, sizeof other, "%s/other", j.folder);
    ck_ok(job_run(&j, j.path));
    for (int kind = 0; kind < 4; kind++) {
        j.grid.thresholds = few;
        j.grid.lmins = one;
        j.grid.n_thresholds = j.grid.n_lmins = 1;
        j.analysis.measures = kind < 2 ? 0 : RQA_MEASURE_BIT(RQA_MEASURE_DET);
        ck_ok(job_run(&j, other));
        j.grid = full;
        j.analysis.measures = 0;
        if (kind % 2)
            ck_ok(job_run(&j, other));
        else
            merge_into(&j, other, j.path);
        expect_stored(other, clean, kinds[kind]);
        job_remove(other);
    }
    free(clean);
    job_close(&j);
}
END_TEST

/* Some windows are gone: these come again, and no others. */
START_TEST(windows_that_are_gone)
{
    job j;
    char *clean = open_stored(&j), other[100];
    snprintf(other, sizeof other, "%s/other", j.folder);
    ck_ok(job_run(&j, j.path));
    for (int merged = 0; merged < 2; merged++) {
        ck_ok(job_run(&j, other));
        change_store(other, "DELETE FROM result WHERE \"window\" > 3");
        const long long n_left = job_number(other, "SELECT count(*) FROM result");
        if (merged)
            merge_into(&j, other, j.path);
        else
            ck_ok(job_run(&j, other));
        expect_stored(other, clean, merged ? "windows that a merge brings" : "windows computed again");
        if (!merged)
            ck_assert_int_eq(job_number(other, "SELECT n_done FROM run ORDER BY id DESC LIMIT 1"),
                             job_number(other, "SELECT count(*) FROM result") - n_left);
        job_remove(other);
    }
    free(clean);
    job_close(&j);
}
END_TEST

/* Rows of other windows, and of none, stand beside each other. */
START_TEST(other_windows_stand_beside)
{
    job j;
    rqa_store *store;
    char *clean = open_stored(&j);
    const rqa_batch_options full = j.grid;
    ck_ok(job_run(&j, j.path));
    j.grid.step = 8;
    ck_ok(job_run(&j, j.path));
    j.grid.window = 20;
    ck_ok(job_run(&j, j.path));
    j.grid.scope = RQA_WINDOWS_SCOPE_WINDOW;
    ck_ok(job_run(&j, j.path));
    j.grid = full;
    j.grid.window = 0;
    ck_ok(job_run(&j, j.path));
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM item WHERE replaced = 0"), 5 * ITEMS);
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results WHERE \"window\" IS NULL"),
                     (long long)job_n_rows(&j));
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    rqa_store_summary s = {.struct_size = sizeof s};
    ck_ok(rqa_store_summarize(store, &s));
    ck_assert_uint_eq(s.n_windowed, 4 * ITEMS);
    for (uint32_t k = 0; rqa_store_rule_name(k); k++)
        ck_assert_msg((s.rules >> k & 1) == (strncmp(rqa_store_rule_name(k), "window_", 7) == 0), "rule %s",
                      rqa_store_rule_name(k));
    rqa_store_close(store);
    j.grid = full; /* what there was is there */
    ck_ok(job_run(&j, j.path));
    ck_assert_int_eq(job_number(j.path, "SELECT n_done FROM run ORDER BY id DESC LIMIT 1"), 0);
    free(clean);
    job_close(&j);
}
END_TEST

/* A store that says of windows what cannot be. */
#define WITHOUT "UPDATE result SET \"window\" = 0 WHERE id = 3" /* of a store without windows */

START_TEST(damaged_windows)
{
    static const char *const damage[] = {
        "UPDATE result SET \"window\" = NULL WHERE id = 9",
        "UPDATE result SET \"window\" = -1 WHERE id = 9",
        "UPDATE result SET \"window\" = 'x' WHERE id = 9",
        "UPDATE result SET \"window\" = 5000000000 WHERE id = 9",
        "UPDATE result SET \"window\" = (SELECT \"window\" FROM result WHERE id = 40), setting ="
        " (SELECT setting FROM result WHERE id = 40) WHERE id = 41",
        WITHOUT};
    job j;
    rqa_store *store;
    char other[100];
    char *clean = open_stored(&j);
    snprintf(other, sizeof other, "%s/other", j.folder);
    const uint64_t window = j.grid.window;
    for (size_t k = 0; k < sizeof damage / sizeof damage[0]; k++) {
        j.grid.window = strcmp(damage[k], WITHOUT) == 0 ? 0 : window;
        ck_ok(job_run(&j, j.path));
        change_store(j.path, damage[k]);
        ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
        ck_assert_msg(rqa_store_read(store, NULL, skip_row, NULL) == RQA_ERROR_STORE_FORMAT, "%s",
                      damage[k]);
        rqa_store_close(store);
        ck_ok(rqa_store_open(&store, j.context, other, NULL));
        ck_assert_msg(rqa_store_merge(store, j.path) == RQA_ERROR_STORE_FORMAT, "%s", damage[k]);
        rqa_store_close(store);
        job_remove(other);
        job_remove(j.path);
    }
    free(clean);
    job_close(&j);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("windows in batches");
    TCase *tcase = tcase_create("grids");
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, rows_are_windows);
    tcase_add_test(tcase, channels_are_chosen);
    tcase_add_test(tcase, numbers_of_rows);
    tcase_add_test(tcase, without_windows);
    tcase_add_test(tcase, older_callers);
    tcase_add_test(tcase, bad_input);
    tcase_add_test(tcase, rules_that_windows_lack);
    tcase_add_test(tcase, rate_out_of_reach_in_a_window);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("stores");
    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, stores_have_the_rows_of_tables);
    tcase_add_test(tcase, cancelled_and_resumed);
    tcase_add_test(tcase, killed_and_resumed);
    tcase_add_test(tcase, shards_are_merged);
    tcase_add_test(tcase, stores_are_completed);
    tcase_add_test(tcase, windows_that_are_gone);
    tcase_add_test(tcase, other_windows_stand_beside);
    tcase_add_test(tcase, damaged_windows);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
