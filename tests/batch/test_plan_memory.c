/* test_plan_memory.c - the memory that a batch is predicted to need is what it takes, and the limit
 * on it is kept: fewer threads, smaller parts with the same rows, or a refusal that names the
 * numbers.
 *
 * RQA_TEST_DIVIDE=2 halves the recordings, for builds and kernel levels that take long. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counted_heap.h"
#include "support.h"

static int n_warnings;

static void on_log(void *user, int32_t level, const char *message)
{
    (void)user, (void)level;
    n_warnings += strstr(message, "for the memory limit") != NULL;
}

/* A batch, and what it belongs to. */
enum { MAX_SERIES = 4 };
typedef struct world {
    rqa_context *context;
    rqa_series *series[MAX_SERIES], *other;
    int n_series;
    rqa_batch *batch;
} world;

enum {
    PLAIN,
    HALVED,    /* each item has half the samples of the one before */
    CROSS,     /* with a second series, of two thirds of the length */
    DIAMETERS, /* thresholds that differ from dim to dim */
};
typedef struct plan {
    const char *name;
    size_t n;
    uint32_t n_dims, n_thresholds, n_threads;
    int32_t norm, few, smooth, n_items;
    int32_t kind;
} plan;

static void make(world *w, const plan *p, uint64_t limit_bytes)
{
    static const uint32_t dims[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, delays[] = {1, 5};
    double thresholds[51], *x = malloc(p->n * sizeof *x);
    rng r = {7};
    rqa_context_options co;
    rqa_context_options_init(&co);
    co.n_threads = p->n_threads;
    co.memory_limit_bytes = limit_bytes;
    co.log = on_log;
    co.log_level = RQA_LOG_WARNING;
    for (size_t i = 0; i < p->n; i++)
        x[i] = p->smooth ? sin((double)i * .002) + .3 * rng_uniform(&r) : 3 * rng_uniform(&r);
    for (int k = 0; k < 51; k++)
        thresholds[k] = .05 + .02 * k;
    rqa_analysis_options a;
    rqa_analysis_options_init(&a);
    a.norm = p->norm;
    a.relation = p->kind == CROSS ? RQA_RELATION_CROSS : RQA_RELATION_AUTO;
    a.threshold_unit = p->kind == DIAMETERS ? RQA_THRESHOLD_MAX_DIAMETER : RQA_THRESHOLD_DATA;
    a.backend = p->n_threads > 1 ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL;
    if (p->few)
        a.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.analysis = &a;
    o.dims = dims;
    o.n_dims = p->n_dims;
    o.delays = delays;
    o.n_delays = 2;
    o.thresholds = thresholds;
    o.n_thresholds = p->n_thresholds;
    ck_ok(rqa_context_create(&w->context, &co));
    w->n_series = p->kind == HALVED ? p->n_items : 1;
    for (int k = 0; k < w->n_series; k++)
        w->series[k] = support_series(w->context, x, p->n >> k, 1);
    w->other = p->kind == CROSS ? support_series(w->context, x + p->n / 4, p->n * 2 / 3, 1) : NULL;
    free(x);
    ck_ok(rqa_batch_create(&w->batch, w->context, &o));
    for (int k = 0; k < p->n_items; k++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
        item.x = w->series[k % w->n_series];
        item.y = w->other;
        ck_ok(rqa_batch_add(w->batch, &item));
    }
}

static void unmake(world *w)
{
    rqa_batch_destroy(w->batch);
    for (int k = 0; k < w->n_series; k++)
        rqa_series_destroy(w->series[k]);
    rqa_series_destroy(w->other);
    rqa_context_destroy(w->context);
}

/* Whether all its threads may work within so many bytes. */
static int fits(const plan *p, uint64_t limit_bytes)
{
    world w;
    make(&w, p, limit_bytes);
    n_warnings = 0;
    int refused = strstr(rqa_batch_explain(w.batch), "cannot run") != NULL;
    unmake(&w);
    return !refused && n_warnings == 0;
}

/* The least limit that lets all threads work is what the plan says they need. */
static uint64_t predicted(const plan *p)
{
    uint64_t least = p->n * sizeof(double) + 4096, most = UINT64_C(1) << 33;
    while (most - least > most / 256) {
        uint64_t limit = least + (most - least) / 2;
        if (fits(p, limit))
            most = limit;
        else
            least = limit;
    }
    return most;
}

static const plan plans[] = {
    {"one short analysis", 200, 1, 1, 1, RQA_NORM_MAXIMUM, 0, 0, 4, PLAIN},
    {"a short grid", 800, 10, 51, 2, RQA_NORM_MAXIMUM, 0, 1, 4, PLAIN},
    {"bit rows", 5000, 3, 3, 2, RQA_NORM_EUCLIDEAN, 0, 0, 4, PLAIN},
    {"noise", 5000, 10, 51, 1, RQA_NORM_MAXIMUM, 1, 0, 4, PLAIN},
    {"smooth data", 5000, 1, 51, 1, RQA_NORM_MAXIMUM, 1, 1, 4, PLAIN},
    {"smooth data, every measure", 4000, 4, 51, 2, RQA_NORM_EUCLIDEAN, 0, 1, 4, PLAIN},
    {"two recordings", 4000, 4, 51, 2, RQA_NORM_EUCLIDEAN, 0, 1, 2, PLAIN},
    {"one recording", 4000, 4, 51, 2, RQA_NORM_EUCLIDEAN, 0, 1, 1, PLAIN},
    {"one recording, four threads", 3000, 4, 51, 4, RQA_NORM_EUCLIDEAN, 0, 1, 1, PLAIN},
    {"long smooth data", 9000, 1, 51, 2, RQA_NORM_MAXIMUM, 1, 1, 4, PLAIN},
};

START_TEST(predictions_are_true)
{
    plan p = plans[_i];
    p.n /= (size_t)env_number("RQA_TEST_DIVIDE", 1);
    uint64_t n_bytes = predicted(&p);
    world w;
    make(&w, &p, 0);
    int64_t before = counted_heap_live();
    counted_heap_reset_peak();
    ck_ok(rqa_batch_run(w.batch, NULL, NULL));
    double ratio = (double)(counted_heap_peak() - before) / (double)n_bytes;
    printf("%s: %" PRIu64 " bytes predicted, %" PRId64 " taken (%.2f)\n", p.name, n_bytes,
           counted_heap_peak() - before, ratio);
    ck_assert_msg(ratio <= 1.1, "%s: %.2f times what was predicted", p.name, ratio);
    unmake(&w);
    ck_assert_int_eq(counted_heap_live(), 0);
}
END_TEST

/* 500,000 samples: with little memory one thread, with less none. */
START_TEST(a_tiny_limit)
{
    plan p = {"long", 500000, 1, 3, 2, RQA_NORM_EUCLIDEAN, 0, 0, 4, PLAIN};
    uint64_t both = predicted(&p);
    plan one = p;
    one.n_threads = 1;
    uint64_t single = predicted(&one);
    ck_assert(single < both);
    world w;
    make(&w, &p, (single + both) / 2);
    n_warnings = 0;
    ck_ok(rqa_batch_start(w.batch));
    ck_assert_int_eq(n_warnings, 1);
    ck_assert_ptr_nonnull(strstr(rqa_batch_explain(w.batch), "1 thread,"));
    rqa_batch_cancel(w.batch);
    ck_fails(rqa_batch_wait(w.batch, -1, NULL, NULL), RQA_ERROR_CANCELLED, "cancelled");
    unmake(&w);
    make(&w, &p, single / 2 > 5000000 ? single / 2 : 5000000);
    ck_fails(rqa_batch_run(w.batch, NULL, NULL), RQA_ERROR_MEMORY_LIMIT, "needs|bytes|limit");
    unmake(&w);
    ck_assert_int_eq(counted_heap_live(), 0);
}
END_TEST

/* ---- with less memory ---- */

/* The rows of a batch, as they were delivered. */
typedef struct rows {
    double *values;
    uint8_t *reasons;
    size_t n, room;
} rows;

static int keep_rows(const rqa_batch_event *event, void *user)
{
    rows *r = user;
    if (event->type != RQA_EVENT_ITEM_COMPLETED)
        return 0;
    size_t n = (size_t)(event->n_rows * event->n_measures);
    ck_assert_int_eq(event->status, RQA_OK);
    ck_assert_uint_le(r->n + n, r->room);
    memcpy(r->values + r->n, event->values, n * sizeof *r->values);
    memcpy(r->reasons + r->n, event->reasons, n);
    r->n += n;
    return 0;
}

static uint64_t number_after(const char *text, const char *words)
{
    uint64_t number = 0;
    const char *at = strstr(text, words);
    ck_assert_msg(at && sscanf(at + strlen(words), "%" SCNu64, &number) == 1, "%s: %s", words,
                  text);
    return number;
}

/* Runs it, and says how much memory that took at most. */
static int64_t run_rows(rows *r, const plan *p, uint64_t limit_bytes)
{
    world w;
    make(&w, p, limit_bytes);
    r->n = 0;
    r->room = (size_t)(rqa_batch_size(w.batch, RQA_BATCH_ROWS) *
                       rqa_batch_size(w.batch, RQA_BATCH_MEASURES));
    r->values = malloc(r->room * sizeof *r->values);
    r->reasons = malloc(r->room);
    int64_t before = counted_heap_live();
    counted_heap_reset_peak();
    n_warnings = 0;
    ck_ok(rqa_batch_run(w.batch, keep_rows, r));
    int64_t taken = counted_heap_peak() - before;
    ck_assert_uint_eq(r->n, r->room);
    const char *text = rqa_batch_explain(w.batch);
    ck_assert_int_eq(strstr(text, "less memory") != NULL, n_warnings);
    if (limit_bytes > 0)
        ck_assert_uint_le(number_after(text, "backend threads, ") * number_after(text, "; up to "),
                          limit_bytes);
    unmake(&w);
    ck_assert_int_eq(counted_heap_live(), 0);
    return taken;
}

static void forget_rows(rows *r)
{
    free(r->values);
    free(r->reasons);
}

/* What the refusal of a hopeless limit says is needed. */
static uint64_t needed_bytes(rqa_status status, uint64_t limit_bytes)
{
    uint64_t needed, limit;
    ck_assert_int_eq(status, RQA_ERROR_MEMORY_LIMIT);
    const char *numbers = strstr(rqa_last_error(), "needs");
    ck_assert_ptr_nonnull(numbers);
    ck_assert_int_eq(sscanf(numbers,
                            "needs %" SCNu64 " bytes; the context's memory limit is %" SCNu64,
                            &needed, &limit),
                     2);
    ck_assert_uint_eq(limit, limit_bytes);
    return needed;
}

static uint64_t hopeless(const plan *p)
{
    return p->n * sizeof(double) + 4096;
}

static uint64_t least_limit(const plan *p)
{
    world w;
    make(&w, p, hopeless(p));
    uint64_t needed = needed_bytes(rqa_batch_run(w.batch, NULL, NULL), hopeless(p));
    unmake(&w);
    return needed;
}

static const plan tight[] = {
    {"a short grid", 150, 10, 51, 2, RQA_NORM_MAXIMUM, 0, 1, 4, PLAIN},
    {"noise", 400, 6, 51, 2, RQA_NORM_MAXIMUM, 1, 0, 2, PLAIN},
    {"smooth data", 400, 10, 20, 2, RQA_NORM_EUCLIDEAN, 0, 1, 1, DIAMETERS},
    {"short smooth data", 200, 10, 20, 2, RQA_NORM_EUCLIDEAN, 0, 1, 1, DIAMETERS},
    {"long and short", 700, 5, 12, 2, RQA_NORM_EUCLIDEAN, 0, 1, 4, HALVED},
    {"unequal sides", 500, 8, 20, 2, RQA_NORM_MAXIMUM, 0, 1, 1, CROSS},
    {"many short ones", 40, 1, 2, 2, RQA_NORM_MAXIMUM, 1, 0, 6000, PLAIN},
};

static void expect_same(const rows *r, const rows *whole, const char *what)
{
    ck_assert_uint_eq(r->n, whole->n);
    ck_assert_msg(memcmp(r->values, whole->values, r->n * sizeof *r->values) == 0 &&
                      memcmp(r->reasons, whole->reasons, r->n) == 0,
                  "%s: the rows differ", what);
}

START_TEST(parts_are_the_whole)
{
    static const int shares[] = {2, 4, 10, 0}; /* 0: what the refusal says will do */
    plan shorter = tight[_i];
    const plan *p = &shorter;
    rows whole, part;
    shorter.n /= (size_t)env_number("RQA_TEST_DIVIDE", 1);
    uint64_t full = predicted(p), least = least_limit(p);
    run_rows(&whole, p, 0);
    ck_assert_int_eq(n_warnings, 0);
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
        uint64_t limit = shares[k] ? full / (uint64_t)shares[k] : least;
        limit = limit > least ? limit : least;
        int64_t taken = run_rows(&part, p, limit);
        double ratio = (double)taken / (double)limit;
        printf("%s: of %" PRIu64 " bytes %" PRIu64 " allowed, %" PRId64 " taken (%.2f)\n", p->name,
               full, limit, taken, ratio);
        ck_assert_int_eq(n_warnings, 1);
        ck_assert_msg(ratio <= 1.1, "%s: %.2f times the limit", p->name, ratio);
        expect_same(&part, &whole, p->name);
        forget_rows(&part);
    }
    forget_rows(&whole);
    world w;
    make(&w, p, least - 1);
    ck_fails(rqa_batch_run(w.batch, NULL, NULL), RQA_ERROR_MEMORY_LIMIT, "needs|bytes|limit");
    unmake(&w);
}
END_TEST

/* One analysis on its own: fewer threads, or the other strategy. */
typedef struct single {
    rqa_provenance provenance;
    double values[RQA_MEASURES_DEFAULT_COUNT];
    int64_t taken;
} single;

static rqa_status analyze(single *out, const plan *p, uint64_t limit_bytes)
{
    world w;
    rqa_embedding *e;
    rqa_metrics *m = NULL;
    rqa_analysis_options a;
    make(&w, p, limit_bytes);
    rqa_analysis_options_init(&a);
    a.norm = p->norm;
    a.threshold = .3;
    a.backend = RQA_BACKEND_THREADS;
    ck_ok(rqa_embedding_create(&e, w.series[0], 3, 150));
    int64_t before = counted_heap_live();
    counted_heap_reset_peak();
    n_warnings = 0;
    rqa_status status = rqa_metrics_compute(&m, e, NULL, &a);
    if (!status) {
        double ratio = (double)(counted_heap_peak() - before) / (double)limit_bytes;
        out->taken = counted_heap_peak() - before;
        ck_assert_msg(limit_bytes == 0 || ratio <= 1.1, "%.2f times the limit", ratio);
        out->provenance = (rqa_provenance){.struct_size = sizeof out->provenance};
        ck_ok(rqa_metrics_provenance(m, &out->provenance));
        ck_assert_int_eq(strstr(out->provenance.reason, "memory limit") != NULL, n_warnings);
        for (int32_t k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
            ck_ok(rqa_metrics_get(m, k, &out->values[k]));
    }
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(e);
    unmake(&w);
    return status;
}

START_TEST(an_analysis_takes_what_there_is)
{
    plan p = {"one analysis", 6000, 1, 1, 4, RQA_NORM_EUCLIDEAN, 0, 1, 1, PLAIN};
    single whole, less;
    int64_t taken[5] = {0}; /* by bit rows on so many threads; 0: by threshold indices */
    p.n /= (size_t)env_number("RQA_TEST_DIVIDE", 1);
    ck_ok(analyze(&whole, &p, 0));
    ck_assert_uint_eq(whole.provenance.n_threads, 4);
    ck_assert_str_eq(whole.provenance.strategy, "bits");
    uint64_t least = needed_bytes(analyze(&less, &p, hopeless(&p)), hopeless(&p));
    ck_assert_int_eq(analyze(&less, &p, least - 1), RQA_ERROR_MEMORY_LIMIT);
    n_warnings = 1;
    for (uint64_t limit = least; n_warnings > 0; limit += limit / 6) {
        ck_ok(analyze(&less, &p, limit));
        ck_assert_int_eq(memcmp(less.values, whole.values, sizeof whole.values), 0);
        ck_assert_uint_le(less.provenance.n_threads, 4);
        int by_bits = strcmp(less.provenance.strategy, "bits") == 0;
        taken[by_bits ? less.provenance.n_threads : 0] = less.taken;
    }
    ck_assert_int_gt(taken[0], 0);
    ck_assert_int_gt(taken[1], 0);
    for (int n = 2; n <= 4; n++)
        ck_assert_int_gt(taken[n], taken[n - 1]); /* so many workers there were */
}
END_TEST

/* All threads together keep to the limit, or it is a refusal; also where one of them alone would do. */
START_TEST(windows_and_networks_share_the_limit)
{
    enum { N = 3000 };
    const uint64_t asked[] = {0, RQA_MEASURE_BIT(RQA_MEASURE_RPDE), RQA_MEASURE_BIT(RQA_MEASURE_PATH_MEAN)};
    rng r = {3};
    double *x = malloc(N * sizeof *x);
    for (size_t i = 0; i < N; i++)
        x[i] = sin(0.1 * (double)i) + 0.1 * rng_uniform(&r);
    for (uint64_t limit = 200000; limit < 6000000; limit += limit / 3)
        for (int kind = 0; kind < 3; kind++) {
            rqa_status status[2];
            for (uint32_t n_threads = 1; n_threads <= 3; n_threads += 2) {
                rqa_context_options co;
                rqa_context *context;
                rqa_context_options_init(&co);
                co.n_threads = n_threads;
                co.memory_limit_bytes = limit;
                ck_ok(rqa_context_create(&context, &co));
                rqa_series *s = support_series(context, x, N, 1);
                rqa_embedding *e = support_embedding(s, 1, 1);
                rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 0.2);
                rqa_windows_options w;
                rqa_windows *windows = NULL;
                rqa_metrics *metrics = NULL;
                rqa_windows_options_init(&w);
                w.window = 1000;
                w.step = 500;
                o.measures = asked[kind];
                o.backend = RQA_BACKEND_THREADS;
                const int64_t before = counted_heap_live();
                counted_heap_reset_peak();
                status[n_threads > 1] = kind < 2 ? rqa_windows_compute(&windows, e, NULL, &o, &w)
                                                 : rqa_metrics_compute(&metrics, e, NULL, &o);
                ck_assert_msg((double)(counted_heap_peak() - before) <= 1.1 * (double)limit,
                              "kind %d on %u threads: %lld of %llu bytes", kind, n_threads,
                              (long long)(counted_heap_peak() - before), (unsigned long long)limit);
                rqa_windows_destroy(windows);
                rqa_metrics_destroy(metrics);
                rqa_embedding_destroy(e);
                rqa_series_destroy(s);
                rqa_context_destroy(context);
            }
            ck_assert_int_eq(status[0], status[1]);
        }
    free(x);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("memory of a plan");
    TCase *t = tcase_create("memory");
    tcase_add_checked_fixture(t, counted_heap_begin, counted_heap_end);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, predictions_are_true, 0, sizeof plans / sizeof plans[0]);
    tcase_add_test(t, a_tiny_limit);
    suite_add_tcase(s, t);
    t = tcase_create("parts");
    tcase_add_checked_fixture(t, counted_heap_begin, counted_heap_end);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, parts_are_the_whole, 0, sizeof tight / sizeof tight[0]);
    tcase_add_test(t, an_analysis_takes_what_there_is);
    tcase_add_test(t, windows_and_networks_share_the_limit);
    suite_add_tcase(s, t);
    return support_run(s);
}
