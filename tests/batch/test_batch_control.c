/* test_batch_control.c - start, wait, poll and cancel; errors of batches. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

enum { SAMPLES = 400, LONG_SAMPLES = 3000, LONG_ITEMS = 400 };

static rqa_context *context;
static rqa_series *series;      /* quick */
static rqa_series *long_series; /* a good part of a second for each item of the long grid */

static void nap(double time_s)
{
    struct timespec time = {(time_t)time_s, (long)((time_s - floor(time_s)) * 1e9)};
    nanosleep(&time, NULL);
}

static void setup(void)
{
    static double x[LONG_SAMPLES];
    rng r = {9};
    for (int i = 0; i < LONG_SAMPLES; i++)
        x[i] = rng_gauss(&r);
    context = support_context(2);
    series = support_series(context, x, SAMPLES, 1);
    long_series = support_series(context, x, LONG_SAMPLES, 1);
}

static void teardown(void)
{
    rqa_series_destroy(series);
    rqa_series_destroy(long_series);
    rqa_context_destroy(context);
}

static const uint32_t dims[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, delays[] = {1, 2, 3, 4, 5, 6, 7, 8};
static double thresholds[100];

static rqa_batch_options small_grid(void)
{
    rqa_batch_options o;
    for (int k = 0; k < 100; k++)
        thresholds[k] = .05 + .01 * k;
    rqa_batch_options_init(&o);
    o.dims = dims;
    o.delays = delays;
    o.thresholds = thresholds;
    o.n_dims = o.n_delays = 2;
    o.n_thresholds = 3;
    return o;
}

static rqa_batch *batch_of(const rqa_batch_options *options, const rqa_series *x, int n_items)
{
    rqa_batch *batch = NULL;
    ck_ok(rqa_batch_create(&batch, context, options));
    for (int k = 0; k < n_items; k++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = x};
        ck_ok(rqa_batch_add(batch, &item));
    }
    return batch;
}

static rqa_batch *small_batch(int n_items)
{
    rqa_batch_options options = small_grid();
    return batch_of(&options, series, n_items);
}

/* Minutes of work: one that ends was cancelled. */
static rqa_batch *long_batch(void)
{
    rqa_batch_options options = small_grid();
    options.n_dims = 10;
    options.n_delays = 8;
    options.n_thresholds = 100;
    options.event_interval_s = .02;
    return batch_of(&options, long_series, LONG_ITEMS);
}

static int state_of(const rqa_batch *batch)
{
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_ok(rqa_batch_poll(batch, &s));
    return s.state;
}

typedef struct tally {
    int n_completed, last_type, stop_at_type;
    rqa_status status;
} tally;

static int count_events(const rqa_batch_event *event, void *user)
{
    tally *t = user;
    t->last_type = event->type;
    if (event->type == RQA_EVENT_BATCH_COMPLETED) {
        t->n_completed++;
        t->status = event->status;
    }
    return event->type == t->stop_at_type;
}

START_TEST(run_equals_start_and_wait)
{
    enum { VALUES = 3 * 12 * RQA_MEASURES_DEFAULT_COUNT };
    double one[VALUES], two[VALUES];
    rqa_batch *a = small_batch(3), *b = small_batch(3);
    ck_ok(rqa_batch_set_table(a, one, NULL, 36));
    ck_ok(rqa_batch_set_table(b, two, NULL, 36));
    ck_ok(rqa_batch_run(a, NULL, NULL));
    ck_ok(rqa_batch_start(b));
    ck_ok(rqa_batch_wait(b, -1, NULL, NULL));
    ck_assert_int_eq(state_of(b), 2);
    for (int k = 0; k < VALUES; k++)
        ck_assert(isnan(one[k]) ? isnan(two[k]) : one[k] == two[k]);
    rqa_batch_destroy(a);
    rqa_batch_destroy(b);
}
END_TEST

/* Waits that end before the batch does return RQA_OK; poll tells. */
START_TEST(wait_with_timeouts)
{
    rqa_batch *batch = long_batch();
    tally t = {0, 0, 0, 0};
    ck_ok(rqa_batch_start(batch));
    ck_ok(rqa_batch_wait(batch, 0, count_events, &t));
    ck_ok(rqa_batch_wait(batch, .05, count_events, &t));
    ck_assert_int_eq(state_of(batch), 1);
    ck_assert_int_eq(t.n_completed, 0);
    rqa_batch_cancel(batch);
    ck_assert_int_eq(rqa_batch_wait(batch, -1, count_events, &t), RQA_ERROR_CANCELLED);
    ck_assert_int_eq(t.n_completed, 1);
    ck_assert_int_eq(t.last_type, RQA_EVENT_BATCH_COMPLETED);
    ck_assert_int_eq(t.status, RQA_ERROR_CANCELLED);
    ck_assert_int_eq(state_of(batch), 3);
    ck_assert_int_eq(rqa_batch_item_status(batch, LONG_ITEMS - 1, NULL), RQA_ERROR_CANCELLED);
    rqa_batch_destroy(batch);
}
END_TEST

/* Another thread polls, then cancels; the owner comes back soon after. */
static void *poll_then_cancel(void *user)
{
    rqa_batch *batch = user;
    rqa_batch_statistics s = {.struct_size = sizeof s};
    uint64_t done = 0;
    int wrong = 0;
    for (int k = 0; k < 20; k++) {
        wrong |= rqa_batch_poll(batch, &s) != RQA_OK || s.n_done < done || s.percent > 100;
        done = s.n_done;
        nap(.005);
    }
    rqa_batch_cancel(batch);
    return wrong ? user : NULL;
}

START_TEST(cancel_from_another_thread)
{
    rqa_batch *batch = long_batch();
    tally t = {0, 0, 0, 0};
    pthread_t thread;
    void *wrong = NULL;
    ck_assert_int_eq(pthread_create(&thread, NULL, poll_then_cancel, batch), 0);
    ck_assert_int_eq(rqa_batch_run(batch, count_events, &t), RQA_ERROR_CANCELLED);
    pthread_join(thread, &wrong);
    ck_assert_ptr_null(wrong);
    ck_assert_int_eq(t.n_completed, 1);
    ck_assert_int_eq(state_of(batch), 3);
    rqa_batch_destroy(batch);
}
END_TEST

/* A callback that says no at its first call, or at the first of some kind. */
START_TEST(callback_cancels)
{
    static const int types[] = {RQA_EVENT_BATCH_STARTED, RQA_EVENT_PROGRESS};
    for (int k = 0; k < 2; k++) {
        rqa_batch *batch = long_batch();
        tally t = {0, 0, types[k], 0};
        ck_fails(rqa_batch_run(batch, count_events, &t), RQA_ERROR_CANCELLED, "cancel");
        ck_assert_int_eq(t.n_completed, 1);
        ck_assert_int_eq(state_of(batch), 3);
        rqa_batch_destroy(batch);
    }
}
END_TEST

/* Too late to stop anything, or just in time: either way the event, the call and poll agree. */
START_TEST(callback_cancels_at_the_last_item)
{
    rqa_batch *batch = small_batch(1);
    tally t = {0, 0, RQA_EVENT_ITEM_COMPLETED, 0};
    rqa_status status = rqa_batch_run(batch, count_events, &t);
    ck_assert(status == RQA_OK || status == RQA_ERROR_CANCELLED);
    ck_assert_int_eq(t.status, status);
    ck_assert_int_eq(t.n_completed, 1);
    ck_assert_int_eq(state_of(batch), status ? 3 : 2);
    ck_assert_int_eq(rqa_batch_item_status(batch, 0, NULL), RQA_OK); /* its results are kept */
    rqa_batch_destroy(batch);
}
END_TEST

static int cancel_inside(const rqa_batch_event *event, void *user)
{
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_ok(rqa_batch_poll(user, &s));
    if (event->type == RQA_EVENT_BATCH_STARTED)
        rqa_batch_cancel(user);
    return 0;
}

START_TEST(callback_may_poll_and_cancel)
{
    rqa_batch *batch = long_batch();
    ck_assert_int_eq(rqa_batch_run(batch, cancel_inside, batch), RQA_ERROR_CANCELLED);
    rqa_batch_destroy(batch);
}
END_TEST

START_TEST(cancel_before_start)
{
    rqa_batch *batch = small_batch(2);
    tally t = {0, 0, 0, 0};
    rqa_batch_cancel(batch);
    ck_fails(rqa_batch_run(batch, count_events, &t), RQA_ERROR_CANCELLED, "cancel");
    ck_assert_int_eq(t.n_completed, 1);
    ck_assert_int_eq(state_of(batch), 3);
    ck_assert_int_eq(rqa_batch_item_status(batch, 1, NULL), RQA_ERROR_CANCELLED);
    rqa_batch_destroy(batch);
    rqa_batch_cancel(NULL);
    rqa_batch_destroy(NULL);
}
END_TEST

/* What runs is cancelled and waited for; the context stays usable. */
START_TEST(destroy_while_running)
{
    rqa_batch *batch = long_batch();
    ck_ok(rqa_batch_start(batch));
    nap(.02);
    rqa_batch_destroy(batch);
    batch = small_batch(1);
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    rqa_batch_destroy(batch);
}
END_TEST

START_TEST(states)
{
    double values[100];
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
    rqa_batch *batch = small_batch(0);
    ck_fails(rqa_batch_run(batch, NULL, NULL), RQA_ERROR_STATE, "no items");
    ck_fails(rqa_batch_wait(batch, -1, NULL, NULL), RQA_ERROR_STATE, "start");
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_set_table(batch, values, NULL, 5));
    ck_fails(rqa_batch_start(batch), RQA_ERROR_STATE, "5 rows|12");
    rqa_batch_destroy(batch);
    batch = small_batch(1);
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_fails(rqa_batch_add(batch, &item), RQA_ERROR_STATE, "started");
    ck_fails(rqa_batch_set_table(batch, values, NULL, 100), RQA_ERROR_STATE, "started");
    ck_fails(rqa_batch_run(batch, NULL, NULL), RQA_ERROR_STATE, "started");
    ck_fails(rqa_batch_start(batch), RQA_ERROR_STATE, "started");
    rqa_batch_destroy(batch);
}
END_TEST

START_TEST(null_pointers)
{
    double value;
    rqa_batch *batch = small_batch(1), *none = (rqa_batch *)1;
    rqa_batch_options options = small_grid();
    rqa_batch_item item = {.struct_size = sizeof item};
    rqa_batch_row row = {.struct_size = sizeof row};
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_fails(rqa_batch_create(NULL, context, &options), RQA_ERROR_NULL, "out");
    ck_fails(rqa_batch_create(&none, NULL, &options), RQA_ERROR_NULL, "context");
    ck_assert_ptr_null(none);
    ck_fails(rqa_batch_create(&none, context, NULL), RQA_ERROR_NULL, "options");
    ck_fails(rqa_batch_add(NULL, &item), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_add(batch, NULL), RQA_ERROR_NULL, "item");
    ck_fails(rqa_batch_row_at(NULL, 0, &row), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_row_at(batch, 0, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_batch_row_at(batch, 12, &row), RQA_ERROR_VALUE, "row is 12|12");
    ck_assert_int_eq(rqa_batch_measure_at(NULL, 0), -1);
    ck_fails(rqa_batch_set_table(NULL, &value, NULL, 1), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_set_table(batch, NULL, NULL, 1), RQA_ERROR_NULL, "values");
    ck_fails(rqa_batch_run(NULL, NULL, NULL), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_start(NULL), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_wait(NULL, 0, NULL, NULL), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_poll(NULL, &s), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_poll(batch, NULL), RQA_ERROR_NULL, "out");
    ck_fails(rqa_batch_item_status(NULL, 0, NULL), RQA_ERROR_NULL, "batch");
    ck_fails(rqa_batch_item_status(batch, 1, NULL), RQA_ERROR_VALUE, "item is 1");
    rqa_batch_destroy(batch);
}
END_TEST

#define GRID_FAILS(change, code, words)                                                            \
    do {                                                                                           \
        rqa_batch_options o = small_grid();                                                        \
        rqa_batch *none_ = (rqa_batch *)1;                                                         \
        change;                                                                                    \
        ck_fails(rqa_batch_create(&none_, context, &o), code, words);                              \
        ck_assert_ptr_null(none_);                                                                 \
    } while (0)

START_TEST(grids_that_are_refused)
{
    static const uint32_t zero[] = {1, 0}, twice[] = {2, 2}, large[] = {1001};
    static const double negative[] = {1, -1}, undefined[] = {NAN}, endless[] = {INFINITY},
                        again[] = {.5, .25, .5};
    rqa_analysis_options analysis = support_options(99, 0, 1);
    GRID_FAILS(o.struct_size = 0, RQA_ERROR_STRUCT_SIZE, "struct_size is 0");
    GRID_FAILS(o.struct_size = 12, RQA_ERROR_STRUCT_SIZE, "struct_size");
    GRID_FAILS(o.n_dims = 0, RQA_ERROR_VALUE, "dims");
    GRID_FAILS(o.n_delays = 0, RQA_ERROR_VALUE, "delays");
    GRID_FAILS(o.n_thresholds = 0, RQA_ERROR_VALUE, "thresholds");
    GRID_FAILS(o.dims = NULL, RQA_ERROR_NULL, "dims");
    GRID_FAILS(o.delays = NULL, RQA_ERROR_NULL, "delays");
    GRID_FAILS(o.thresholds = NULL, RQA_ERROR_NULL, "thresholds");
    GRID_FAILS(o.n_lmins = 2, RQA_ERROR_NULL, "lmins");
    GRID_FAILS(o.n_vmins = 2, RQA_ERROR_NULL, "vmins");
    GRID_FAILS(o.dims = zero, RQA_ERROR_VALUE, "dims|0");
    GRID_FAILS(o.dims = twice, RQA_ERROR_VALUE, "dims|2 twice");
    GRID_FAILS((o.dims = large, o.n_dims = 1), RQA_ERROR_VALUE, "dims|1001");
    GRID_FAILS(o.delays = zero, RQA_ERROR_VALUE, "delays|0");
    GRID_FAILS(o.delays = twice, RQA_ERROR_VALUE, "delays|twice");
    GRID_FAILS((o.lmins = zero, o.n_lmins = 2), RQA_ERROR_VALUE, "lmins|0");
    GRID_FAILS((o.vmins = twice, o.n_vmins = 2), RQA_ERROR_VALUE, "vmins|twice");
    GRID_FAILS((o.thresholds = negative, o.n_thresholds = 2), RQA_ERROR_VALUE, "thresholds|-1");
    GRID_FAILS((o.thresholds = undefined, o.n_thresholds = 1), RQA_ERROR_VALUE, "thresholds|nan");
    GRID_FAILS((o.thresholds = endless, o.n_thresholds = 1), RQA_ERROR_VALUE, "thresholds|inf");
    GRID_FAILS(o.thresholds = again, RQA_ERROR_VALUE, "thresholds|0.5 twice");
    GRID_FAILS(o.event_interval_s = -1, RQA_ERROR_VALUE, "event_interval_s|-1");
    GRID_FAILS(o.device_interval_s = NAN, RQA_ERROR_VALUE, "device_interval_s");
    GRID_FAILS(o.analysis = &analysis, RQA_ERROR_VALUE, "convention is 99");
    analysis.convention = 0;
    analysis.backend = RQA_BACKEND_GPU;
    GRID_FAILS(o.analysis = &analysis, RQA_ERROR_BACKEND_MISSING, "gpu");
    analysis.struct_size = 3;
    GRID_FAILS(o.analysis = &analysis, RQA_ERROR_STRUCT_SIZE, "struct_size is 3");
}
END_TEST

#define ITEM_FAILS(change, code, words)                                                            \
    do {                                                                                           \
        rqa_batch_item i = {.struct_size = sizeof i, .norm = -1, .relation = -1, .x = series};     \
        change;                                                                                    \
        ck_fails(rqa_batch_add(batch, &i), code, words);                                           \
    } while (0)

START_TEST(items_that_are_refused)
{
    static const double x[2 * SAMPLES] = {1};
    rqa_context *foreign = support_context(1);
    rqa_series *elsewhere = support_series(foreign, x, SAMPLES, 1);
    rqa_series *two = support_series(context, x, SAMPLES, 2);
    rqa_series *shorter = support_series(context, x, SAMPLES - 1, 1);
    rqa_batch *batch = small_batch(0);
    ITEM_FAILS(i.struct_size = 0, RQA_ERROR_STRUCT_SIZE, "struct_size is 0");
    ITEM_FAILS(i.x = NULL, RQA_ERROR_NULL, "x is NULL");
    ITEM_FAILS(i.norm = 3, RQA_ERROR_VALUE, "norm is 3");
    ITEM_FAILS(i.relation = 3, RQA_ERROR_VALUE, "relation is 3");
    ITEM_FAILS(i.relation = RQA_RELATION_CROSS, RQA_ERROR_NULL, "y");
    ITEM_FAILS((i.relation = RQA_RELATION_CROSS, i.y = two), RQA_ERROR_MISMATCH, "channels|1|2");
    ITEM_FAILS((i.relation = RQA_RELATION_JOINT, i.y = shorter), RQA_ERROR_MISMATCH, "400|399");
    ITEM_FAILS(i.x = elsewhere, RQA_ERROR_MISMATCH, "context");
    ITEM_FAILS((i.relation = RQA_RELATION_CROSS, i.y = elsewhere), RQA_ERROR_MISMATCH, "context");
    ITEM_FAILS(i.channel_first = 1, RQA_ERROR_VALUE, "channel");
    ITEM_FAILS(i.channel_first = -1, RQA_ERROR_VALUE, "channel");
    ITEM_FAILS(i.channel_count = 2, RQA_ERROR_VALUE, "channel");
    ITEM_FAILS(i.channel_count = -1, RQA_ERROR_VALUE, "channel");
    ITEM_FAILS(i.reserved = 1, RQA_ERROR_VALUE, "reserved");
    ITEM_FAILS(i.reserved2 = 1, RQA_ERROR_VALUE, "reserved");
    ck_assert_uint_eq(rqa_batch_size(batch, RQA_BATCH_ITEMS), 0);
    rqa_batch_destroy(batch);
    rqa_series_destroy(two);
    rqa_series_destroy(shorter);
    rqa_series_destroy(elsewhere);
    rqa_context_destroy(foreign);
}
END_TEST

START_TEST(output_sizes)
{
    rqa_batch *batch = small_batch(1);
    union {
        rqa_batch_row row;
        rqa_batch_statistics statistics;
        unsigned char byte[256];
    } out;
    memset(&out, 0xff, sizeof out);
    out.row.struct_size = 8;
    ck_fails(rqa_batch_row_at(batch, 0, &out.row), RQA_ERROR_STRUCT_SIZE, "struct_size is 8");
    out.row.struct_size = sizeof out;
    ck_ok(rqa_batch_row_at(batch, 0, &out.row));
    ck_assert_uint_eq(out.byte[sizeof out - 1], 0);
    memset(&out, 0xff, sizeof out);
    out.statistics.struct_size = 0;
    ck_fails(rqa_batch_poll(batch, &out.statistics), RQA_ERROR_STRUCT_SIZE, "struct_size is 0");
    out.statistics.struct_size = sizeof out;
    ck_ok(rqa_batch_poll(batch, &out.statistics));
    ck_assert_uint_eq(out.byte[sizeof out - 1], 0);
    rqa_batch_destroy(batch);
}
END_TEST

START_TEST(forked_child)
{
    rqa_batch *batch = small_batch(1), *used = small_batch(1);
    ck_ok(rqa_batch_run(used, NULL, NULL));
    rqa_batch_destroy(used); /* its thread, ended but not joined, is a leak of the child's to TSan */
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(rqa_batch_run(batch, NULL, NULL) == RQA_ERROR_FORKED ? 0 : 1);
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: status 0x%x", status);
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    rqa_batch_destroy(batch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batch control");
    TCase *tcase = tcase_create("control");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, run_equals_start_and_wait);
    tcase_add_test(tcase, wait_with_timeouts);
    tcase_add_test(tcase, cancel_from_another_thread);
    tcase_add_test(tcase, callback_cancels);
    tcase_add_test(tcase, callback_cancels_at_the_last_item);
    tcase_add_test(tcase, callback_may_poll_and_cancel);
    tcase_add_test(tcase, cancel_before_start);
    tcase_add_test(tcase, destroy_while_running);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("errors");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, states);
    tcase_add_test(tcase, null_pointers);
    tcase_add_test(tcase, grids_that_are_refused);
    tcase_add_test(tcase, items_that_are_refused);
    tcase_add_test(tcase, output_sizes);
    tcase_add_test(tcase, forked_child);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
