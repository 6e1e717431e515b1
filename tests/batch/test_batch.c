/* test_batch.c - batches: rows equal single analyses, events, cancellation, failed items. */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static rqa_context *context;

static void setup(void)
{
    context = support_context(3);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

static void draw(rng *r, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = i && rng_below(r, 3) == 0 ? x[i - 1] : (double)rng_below(r, 40) / 8;
}

/* Axes out of order, so that the order of the rows is seen to be that of the options. */
static const uint32_t dims[] = {3, 1, 2}, delays[] = {2, 1}, lmins[] = {3, 1, 5}, vmins[] = {2, 4};
static const double thresholds[] = {1, .25, 2.5, 0};
enum { N_DIMS = 3, N_DELAYS = 2, N_THRESHOLDS = 4, N_LMINS = 3, N_VMINS = 2 };
enum { N_COMBINATIONS = N_DIMS * N_DELAYS * N_THRESHOLDS * N_LMINS * N_VMINS };

static rqa_batch_options grid(const rqa_analysis_options *analysis)
{
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.dims = dims;
    o.n_dims = N_DIMS;
    o.delays = delays;
    o.n_delays = N_DELAYS;
    o.thresholds = thresholds;
    o.n_thresholds = N_THRESHOLDS;
    o.lmins = lmins;
    o.n_lmins = N_LMINS;
    o.vmins = vmins;
    o.n_vmins = N_VMINS;
    o.analysis = analysis;
    o.event_interval_s = 0;
    return o;
}

static rqa_batch *make_batch(const rqa_batch_options *options)
{
    rqa_batch *batch = NULL;
    ck_ok(rqa_batch_create(&batch, context, options));
    ck_assert_ptr_nonnull(batch);
    return batch;
}

static rqa_batch_item item_of(const rqa_series *x, const rqa_series *y, int32_t norm,
                              int32_t relation)
{
    rqa_batch_item item = {.struct_size = sizeof item, .norm = norm, .relation = relation};
    item.x = x;
    item.y = y;
    return item;
}

/* What a run told its callback. */
typedef struct witness {
    int n_started, n_completed, n_items, n_progress, last_type;
    uint64_t n_total, n_rows;
    double percent;
    pthread_t thread;
    int cancel_after; /* items; -1 = never */
    double *values;   /* the blocks of ITEM_COMPLETED put together */
    uint8_t *reasons;
    uint64_t n_combinations, n_measures;
    rqa_batch_statistics last;
    char label[32];
} witness;

static void check_statistics(witness *w, const rqa_batch_statistics *s)
{
    ck_assert_uint_eq(s->struct_size, sizeof *s);
    ck_assert_uint_eq(s->n_total, w->n_total);
    ck_assert_uint_le(s->n_done + s->n_failed + s->n_skipped, s->n_total);
    ck_assert_msg(s->percent >= w->percent && s->percent <= 100, "%g %% after %g %%", s->percent,
                  w->percent);
    ck_assert_msg(isnan(s->eta_s) || (isfinite(s->eta_s) && s->eta_s >= 0), "eta %g", s->eta_s);
    ck_assert_msg(isfinite(s->elapsed_s) && s->elapsed_s >= w->last.elapsed_s, "elapsed %g",
                  s->elapsed_s);
    ck_assert_msg(isfinite(s->rate_per_s) && s->rate_per_s >= 0, "rate %g", s->rate_per_s);
    w->percent = s->percent;
    w->last = *s;
}

static int on_event(const rqa_batch_event *event, void *user)
{
    witness *w = user;
    ck_assert_uint_eq(event->struct_size, sizeof *event);
    ck_assert_ptr_nonnull(event->text);
    ck_assert(pthread_equal(w->thread, pthread_self()));
    ck_assert_int_eq(w->n_completed, 0);
    ck_assert_int_eq(event->type == RQA_EVENT_BATCH_STARTED, w->n_started == 0);
    w->last_type = event->type;
    if (event->type == RQA_EVENT_BATCH_STARTED) {
        w->n_started++;
        w->n_total = event->statistics.n_total;
    }
    check_statistics(w, &event->statistics);
    if (event->type == RQA_EVENT_PROGRESS)
        w->n_progress++;
    if (event->type == RQA_EVENT_BATCH_COMPLETED)
        w->n_completed++;
    if (event->type != RQA_EVENT_ITEM_COMPLETED)
        return 0;
    w->n_items++;
    w->n_rows += event->n_rows;
    if (event->label)
        snprintf(w->label, sizeof w->label, "%s", event->label);
    ck_assert_ptr_nonnull(event->values);
    ck_assert_ptr_nonnull(event->reasons);
    size_t block = (size_t)event->n_rows * event->n_measures;
    if (w->values) {
        ck_assert_uint_eq(event->n_rows, w->n_combinations);
        ck_assert_uint_eq(event->n_measures, w->n_measures);
        memcpy(w->values + event->item * block, event->values, block * sizeof(double));
        memcpy(w->reasons + event->item * block, event->reasons, block);
    }
    return w->cancel_after >= 0 && w->n_items >= w->cancel_after;
}

static witness new_witness(void)
{
    witness w;
    memset(&w, 0, sizeof w);
    w.thread = pthread_self();
    w.cancel_after = -1;
    return w;
}

static rqa_batch_statistics poll(const rqa_batch *batch)
{
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_ok(rqa_batch_poll(batch, &s));
    return s;
}

/* The row of `batch` against one analysis of its own, to the last bit. */
static void check_row(const rqa_batch *batch, uint64_t row, const rqa_series *x,
                      const rqa_series *y, const rqa_analysis_options *analysis,
                      const double *values, const uint8_t *reasons)
{
    rqa_batch_row at = {.struct_size = sizeof at};
    ck_ok(rqa_batch_row_at(batch, row, &at));
    uint64_t n_measures = rqa_batch_size(batch, RQA_BATCH_MEASURES);
    const double *value = values + row * n_measures;
    const uint8_t *reason = reasons + row * n_measures;
    if ((at.dim - 1) * at.delay + 1 > rqa_series_n_samples(x) ||
        (y && (at.dim - 1) * at.delay + 1 > rqa_series_n_samples(y))) {
        for (uint64_t k = 0; k < n_measures; k++)
            ck_assert(isnan(value[k]) && reason[k] == RQA_REASON_SERIES_TOO_SHORT);
        return;
    }
    rqa_analysis_options o = *analysis;
    o.threshold = at.threshold;
    o.lmin = at.lmin;
    o.vmin = at.vmin;
    rqa_embedding *ex = support_embedding(x, at.dim, at.delay);
    rqa_embedding *ey = y ? support_embedding(y, at.dim, at.delay) : NULL;
    rqa_metrics *m = support_metrics(ex, ey, &o);
    for (uint64_t k = 0; k < n_measures; k++) {
        int32_t measure = rqa_batch_measure_at(batch, (uint32_t)k);
        double single = support_get(m, measure);
        int same = isnan(single) ? isnan(value[k]) : memcmp(&single, &value[k], 8) == 0;
        ck_assert_msg(same && reason[k] == rqa_metrics_reason(m, measure),
                      "row %" PRIu64 " (m=%u tau=%u eps=%g lmin=%u vmin=%u), norm %d, relation %d, "
                      "%s: %s = %.17g (reason %u), alone %.17g (reason %d)",
                      row, at.dim, at.delay, at.threshold, at.lmin, at.vmin, o.norm, o.relation,
                      rqa_convention_name(o.convention), rqa_measure_name(measure), value[k],
                      reason[k], single, rqa_metrics_reason(m, measure));
    }
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
}

static const struct {
    int32_t norm, relation;
} modes[] = {{RQA_NORM_MANHATTAN, RQA_RELATION_AUTO},
             {RQA_NORM_EUCLIDEAN, RQA_RELATION_AUTO},
             {RQA_NORM_MAXIMUM, RQA_RELATION_AUTO},
             {RQA_NORM_EUCLIDEAN, RQA_RELATION_CROSS},
             {RQA_NORM_MAXIMUM, RQA_RELATION_JOINT}};
enum { N_MODES = sizeof modes / sizeof modes[0] };

/* Every row of every mode, dialect by dialect; blocks of ITEM_COMPLETED against the table. */
static void check_grid(int32_t convention, int32_t unit, uint64_t measures)
{
    enum { SAMPLES = 70 };
    rng r = {400 + (uint64_t)convention};
    double x[SAMPLES], y[SAMPLES];
    draw(&r, x, SAMPLES);
    draw(&r, y, SAMPLES);
    rqa_series *sx = support_series(context, x, SAMPLES, 1);
    rqa_series *sy = support_series(context, y, SAMPLES, 1);
    rqa_analysis_options analysis = support_options(convention, RQA_NORM_EUCLIDEAN, 99);
    analysis.threshold_unit = unit;
    analysis.measures = measures;
    rqa_batch_options options = grid(&analysis);
    rqa_batch *batch = make_batch(&options);
    uint64_t n_modes = convention == RQA_CONVENTION_NEUROKIT ? 3 : N_MODES;
    for (uint64_t k = 0; k < n_modes; k++) {
        rqa_batch_item item =
            item_of(sx, modes[k].relation ? sy : NULL, modes[k].norm, modes[k].relation);
        ck_ok(rqa_batch_add(batch, &item));
    }
    uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    uint64_t n_measures = rqa_batch_size(batch, RQA_BATCH_MEASURES);
    ck_assert_uint_eq(n_rows, n_modes * N_COMBINATIONS);
    size_t n_values = (size_t)(n_rows * n_measures);
    double *values = malloc(2 * n_values * sizeof *values);
    uint8_t *reasons = malloc(2 * n_values);
    witness w = new_witness();
    w.values = values + n_values;
    w.reasons = reasons + n_values;
    w.n_combinations = N_COMBINATIONS;
    w.n_measures = n_measures;
    ck_ok(rqa_batch_set_table(batch, values, reasons, n_rows));
    ck_ok(rqa_batch_run(batch, on_event, &w));
    ck_assert_uint_eq(w.n_rows, n_rows);
    ck_assert_mem_eq(values, w.values, n_values * sizeof *values);
    ck_assert_mem_eq(reasons, w.reasons, n_values);
    for (uint64_t row = 0; row < n_rows; row++) {
        uint64_t k = row / N_COMBINATIONS;
        rqa_analysis_options o = analysis;
        o.norm = modes[k].norm;
        o.relation = modes[k].relation;
        check_row(batch, row, sx, modes[k].relation ? sy : NULL, &o, values, reasons);
    }
    free(values);
    free(reasons);
    rqa_batch_destroy(batch);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
}

START_TEST(rows_equal_single_analyses)
{
    check_grid(_i, RQA_THRESHOLD_DATA, 0);
}
END_TEST

START_TEST(rows_in_other_units)
{
    for (int32_t unit = RQA_THRESHOLD_STD; unit <= RQA_THRESHOLD_MEAN_DIAMETER; unit++)
        check_grid(RQA_CONVENTION_STANDARD, unit, 0);
}
END_TEST

/* A few measures alone, each with what it takes and no more. */
START_TEST(rows_of_few_measures)
{
    for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
        check_grid(RQA_CONVENTION_STANDARD, RQA_THRESHOLD_DATA, RQA_MEASURE_BIT(k));
    check_grid(RQA_CONVENTION_STANDARD, RQA_THRESHOLD_DATA,
               RQA_MEASURE_BIT(RQA_MEASURE_LAM) | RQA_MEASURE_BIT(RQA_MEASURE_T2));
}
END_TEST

START_TEST(row_order)
{
    static const double x[30] = {1, 2};
    rqa_batch_options options = grid(NULL);
    rqa_batch *batch = make_batch(&options);
    rqa_series *s = support_series(context, x, 30, 1);
    rqa_batch_item item = item_of(s, NULL, -1, -1);
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_add(batch, &item));
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_ITEMS), 2);
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_COMBINATIONS), N_COMBINATIONS);
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_MEASURES), RQA_MEASURES_DEFAULT_COUNT);
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_UNITS), 2 * N_DELAYS);
    ck_assert_uint_eq(rqa_batch_size(batch, 99), 0);
    ck_assert_uint_eq(rqa_batch_size(NULL, RQA_BATCH_ITEMS), 0);
    for (uint32_t k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
        ck_assert_int_eq(rqa_batch_measure_at(batch, k), (int32_t)k);
    ck_assert_int_eq(rqa_batch_measure_at(batch, RQA_MEASURES_DEFAULT_COUNT), -1);
    uint64_t row = 0;
    for (uint64_t i = 0; i < 2; i++)
        for (int d = 0; d < N_DIMS; d++)
            for (int t = 0; t < N_DELAYS; t++)
                for (int e = 0; e < N_THRESHOLDS; e++)
                    for (int l = 0; l < N_LMINS; l++)
                        for (int v = 0; v < N_VMINS; v++) {
                            rqa_batch_row at = {.struct_size = sizeof at};
                            ck_ok(rqa_batch_row_at(batch, row++, &at));
                            ck_assert_uint_eq(at.item, i);
                            ck_assert_uint_eq(at.dim, dims[d]);
                            ck_assert_uint_eq(at.delay, delays[t]);
                            ck_assert_double_eq(at.threshold, thresholds[e]);
                            ck_assert_uint_eq(at.lmin, lmins[l]);
                            ck_assert_uint_eq(at.vmin, vmins[v]);
                        }
    rqa_batch_destroy(batch);
    rqa_series_destroy(s);
}
END_TEST

/* Two channels of three, picked by the item: as a series of those alone. */
START_TEST(channel_ranges)
{
    enum { SAMPLES = 60 };
    rng r = {77};
    double all[3 * SAMPLES], some[2 * SAMPLES];
    draw(&r, all, 3 * SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
        some[2 * i] = all[3 * i + 1];
        some[2 * i + 1] = all[3 * i + 2];
    }
    rqa_series *wide = support_series(context, all, SAMPLES, 3);
    rqa_series *narrow = support_series(context, some, SAMPLES, 2);
    rqa_analysis_options analysis = support_options(0, RQA_NORM_EUCLIDEAN, 0);
    rqa_batch_options options = grid(&analysis);
    rqa_batch *batch = make_batch(&options);
    rqa_batch_item item = item_of(wide, NULL, -1, -1);
    item.channel_first = 1;
    ck_ok(rqa_batch_add(batch, &item));
    item.channel_count = 2;
    ck_ok(rqa_batch_add(batch, &item));
    static double values[2 * N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT];
    static uint8_t reasons[2 * N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT];
    ck_ok(rqa_batch_set_table(batch, values, reasons, 2 * N_COMBINATIONS));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    for (uint64_t row = 0; row < 2 * N_COMBINATIONS; row++)
        check_row(batch, row, narrow, NULL, &analysis, values, reasons);
    rqa_batch_destroy(batch);
    rqa_series_destroy(wide);
    rqa_series_destroy(narrow);
}
END_TEST

/* Started first, completed last and once each, everything accounted for. */
START_TEST(events)
{
    enum { SAMPLES = 150, ITEMS = 12 };
    rng r = {5};
    double x[SAMPLES];
    rqa_batch_options options = grid(NULL);
    rqa_batch *batch = make_batch(&options);
    ck_assert_int_eq(poll(batch).state, 0);
    for (int k = 0; k < ITEMS; k++) {
        draw(&r, x, SAMPLES);
        rqa_series *s = support_series(context, x, SAMPLES, 1);
        rqa_batch_item item = item_of(s, NULL, k % 3, -1);
        item.label = "gaze";
        ck_ok(rqa_batch_add(batch, &item));
        rqa_series_destroy(s); /* the batch keeps what it needs */
    }
    witness w = new_witness();
    ck_ok(rqa_batch_run(batch, on_event, &w));
    ck_assert_int_eq(w.n_started, 1);
    ck_assert_int_eq(w.n_completed, 1);
    ck_assert_int_eq(w.last_type, RQA_EVENT_BATCH_COMPLETED);
    ck_assert_int_eq(w.n_items, ITEMS);
    ck_assert_str_eq(w.label, "gaze");
    ck_assert_uint_eq(w.n_total, ITEMS * N_COMBINATIONS);
    ck_assert_uint_eq(w.last.n_done, w.n_total);
    ck_assert_double_eq(w.last.percent, 100);
    ck_assert_int_eq(poll(batch).state, 2);
    ck_assert_uint_eq(poll(batch).n_done, w.n_total);
    const char *explanation = rqa_batch_explain(batch);
    ck_assert_ptr_nonnull(explanation);
    ck_assert_str_ne(explanation, "");
    ck_assert_ptr_null(rqa_batch_explain(NULL));
    rqa_batch_destroy(batch);
}
END_TEST

/* Recordings far too short and items that failed before they came here stop nobody. */
START_TEST(failed_and_short_items)
{
    static const double x[40] = {1, 2, 3};
    rqa_batch_options options = grid(NULL);
    rqa_batch *batch = make_batch(&options);
    rqa_series *fine = support_series(context, x, 40, 1), *two = support_series(context, x, 2, 1);
    rqa_batch_item item = item_of(fine, NULL, -1, -1);
    ck_ok(rqa_batch_add(batch, &item));
    item.x = NULL;
    item.status = RQA_ERROR_IO;
    item.text = "s07.csv: no such file";
    ck_ok(rqa_batch_add(batch, &item));
    item = item_of(two, NULL, -1, -1);
    ck_ok(rqa_batch_add(batch, &item));
    item = item_of(fine, NULL, RQA_NORM_MAXIMUM, -1);
    ck_ok(rqa_batch_add(batch, &item));
    static double values[4 * N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT];
    static uint8_t reasons[4 * N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT];
    ck_ok(rqa_batch_set_table(batch, values, reasons, 4 * N_COMBINATIONS));
    witness w = new_witness();
    ck_ok(rqa_batch_run(batch, on_event, &w));
    ck_assert_int_eq(w.n_items, 4);
    ck_assert_uint_eq(w.last.n_failed, N_COMBINATIONS);
    ck_assert_uint_eq(w.last.n_done, 3 * N_COMBINATIONS);
    const char *text = NULL;
    ck_assert_int_eq(rqa_batch_item_status(batch, 0, &text), RQA_OK);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(rqa_batch_item_status(batch, 1, &text), RQA_ERROR_IO);
    ck_assert_str_eq(text, "s07.csv: no such file");
    ck_assert_int_eq(rqa_batch_item_status(batch, 2, NULL), RQA_OK);
    ck_assert_int_eq(rqa_batch_item_status(batch, 3, NULL), RQA_OK);
    size_t block = (size_t)N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT;
    for (size_t k = 0; k < block; k++)
        ck_assert(isnan(values[block + k]) && reasons[block + k] == RQA_REASON_FAILED);
    rqa_analysis_options analysis = support_options(0, RQA_NORM_EUCLIDEAN, 0);
    for (uint64_t row = 0; row < N_COMBINATIONS; row++)
        check_row(batch, 2 * N_COMBINATIONS + row, two, NULL, &analysis, values, reasons);
    /* m = 3, tau = 2 leaves nothing of two samples. */
    ck_assert_int_eq(reasons[2 * block], RQA_REASON_SERIES_TOO_SHORT);
    rqa_batch_destroy(batch);
    rqa_series_destroy(fine);
    rqa_series_destroy(two);
}
END_TEST

/* A recording without a sample is no error of the batch, in whatever unit thresholds are: its rows say
 * why they are NaN. */
START_TEST(nothing_but_missing_samples)
{
    static const double fine[40] = {1, 2, 3};
    static double values[2 * N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT], gaps[40];
    static uint8_t reasons[2 * N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT];
    const size_t block = (size_t)N_COMBINATIONS * RQA_MEASURES_DEFAULT_COUNT;
    rqa_series_options skip;
    rqa_series *x = support_series(context, fine, 40, 1), *empty;
    rqa_series_options_init(&skip);
    skip.missing = RQA_MISSING_SKIP;
    for (int i = 0; i < 40; i++)
        gaps[i] = NAN;
    ck_ok(rqa_series_create(&empty, context, gaps, 40, 1, &skip));
    for (int32_t unit = RQA_THRESHOLD_DATA; unit <= RQA_THRESHOLD_MEAN_DIAMETER; unit++)
        for (int32_t relation = RQA_RELATION_AUTO; relation <= RQA_RELATION_JOINT; relation++)
            for (int is_y = 0; is_y <= (relation != RQA_RELATION_AUTO); is_y++) {
                rqa_analysis_options analysis = support_options(0, RQA_NORM_EUCLIDEAN, 0);
                analysis.threshold_unit = unit;
                analysis.relation = relation;
                rqa_batch_options options = grid(&analysis);
                rqa_batch *batch = make_batch(&options);
                const int is_auto = relation == RQA_RELATION_AUTO;
                rqa_batch_item item =
                    item_of(is_y ? x : empty, is_auto ? NULL : is_y ? empty : x, -1, -1);
                ck_ok(rqa_batch_add(batch, &item));
                item = item_of(x, is_auto ? NULL : x, -1, -1);
                ck_ok(rqa_batch_add(batch, &item));
                ck_ok(rqa_batch_set_table(batch, values, reasons, 2 * N_COMBINATIONS));
                ck_ok(rqa_batch_run(batch, NULL, NULL));
                ck_assert_int_eq(rqa_batch_item_status(batch, 0, NULL), RQA_OK);
                for (size_t k = 0; k < block; k++)
                    ck_assert_msg(isnan(values[k]) && reasons[k] == RQA_REASON_ALL_SKIPPED,
                                  "unit %d, relation %d: %g, reason %d", unit, relation, values[k],
                                  reasons[k]);
                ck_assert_int_eq(reasons[block], RQA_REASON_DEFINED);
                rqa_batch_destroy(batch);
            }
    rqa_series_destroy(x);
    rqa_series_destroy(empty);
}
END_TEST

/* The founding shape: a thousand recordings of fifty samples. */
START_TEST(many_tiny_items)
{
    enum { SAMPLES = 50, ITEMS = 1000 };
    static double x[ITEMS + SAMPLES];
    rng r = {6};
    draw(&r, x, ITEMS + SAMPLES);
    rqa_analysis_options analysis = support_options(RQA_CONVENTION_FOUNDING, RQA_NORM_MANHATTAN, 0);
    rqa_batch_options options = grid(&analysis);
    options.event_interval_s = .05;
    rqa_batch *batch = make_batch(&options);
    for (int k = 0; k < ITEMS; k++) {
        rqa_series *s = support_series(context, x + k, SAMPLES, 1);
        rqa_batch_item item = item_of(s, NULL, -1, -1);
        ck_ok(rqa_batch_add(batch, &item));
        rqa_series_destroy(s);
    }
    uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    size_t n_values = (size_t)n_rows * RQA_MEASURES_DEFAULT_COUNT;
    double *values = malloc(n_values * sizeof *values);
    uint8_t *reasons = malloc(n_values);
    ck_ok(rqa_batch_set_table(batch, values, reasons, n_rows));
    witness w = new_witness();
    ck_ok(rqa_batch_run(batch, on_event, &w));
    ck_assert_int_eq(w.n_items, ITEMS);
    ck_assert_uint_eq(w.n_rows, n_rows);
    for (int k = 0; k < 40; k++) {
        uint64_t row = rng_below(&r, n_rows);
        rqa_series *s = support_series(context, x + row / N_COMBINATIONS, SAMPLES, 1);
        check_row(batch, row, s, NULL, &analysis, values, reasons);
        rqa_series_destroy(s);
    }
    free(values);
    free(reasons);
    rqa_batch_destroy(batch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batch");
    TCase *tcase = tcase_create("results");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, rows_equal_single_analyses, 0, 9);
    tcase_add_test(tcase, rows_in_other_units);
    tcase_add_test(tcase, rows_of_few_measures);
    tcase_add_test(tcase, row_order);
    tcase_add_test(tcase, channel_ranges);
    tcase_add_test(tcase, events);
    tcase_add_test(tcase, failed_and_short_items);
    tcase_add_test(tcase, nothing_but_missing_samples);
    tcase_add_test(tcase, many_tiny_items);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
