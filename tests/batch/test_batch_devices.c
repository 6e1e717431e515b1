/* test_batch_devices.c - batches on emulated devices, and on devices and threads together: the rows
 * are those of threads, whatever fails and whoever computes what.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator_control.h"
#include "store_jobs.h"

enum { N_ITEMS = 7, MAX_MEASURES = 32 };

static job j;
static size_t n_samples;
static int step; /* trials to go on by, where they are slow */

/* The emulator anew, and a context that knows it. */
static void restart(uint32_t n_threads, const char *settings)
{
    emulate("%s", settings);
    for (int k = 0; k < j.n_items; k++)
        rqa_series_destroy(j.series[k]);
    rqa_context_destroy(j.context);
    job_reopen(&j, n_threads, n_samples);
}

static void setup(void)
{
    emulate("DEVICES=1");
    n_samples = (size_t)env_number("RQA_TEST_SAMPLES", 60);
    step = (int)env_number("RQA_TEST_STEP", 1);
    job_open(&j, 2, N_ITEMS, n_samples);
}

static void teardown(void)
{
    job_close(&j);
}

/* ---- what the log said ---- */

static const char *awaited;
static int n_lines;

static void on_line(void *user, int32_t level, const char *line)
{
    (void)user;
    (void)level;
    n_lines += strstr(line, awaited) != NULL;
}

/* Has n_lines count the lines with a text in them, from the next context on. */
static void count_lines(const char *text)
{
    awaited = text;
    j.log = on_line;
}

/* ---- what a batch gave ---- */

typedef struct outcome {
    rqa_status status;
    char text[512];
    double *values; /* [n_rows * n_measures] */
    uint8_t *reasons;
    uint64_t n_rows, n_measures, n_items_seen;
    int n_device_events, n_failures, n_known; /* of devices */
    int cancel_at;                   /* event to cancel at; 0 = none */
    int n_events;
    rqa_batch_statistics end;
} outcome;

static int on_event(const rqa_batch_event *event, void *user)
{
    outcome *o = user;
    if (event->type == RQA_EVENT_ITEM_COMPLETED) {
        ck_assert_uint_eq(event->item, o->n_items_seen); /* in order */
        size_t n = (size_t)(event->n_rows * event->n_measures);
        size_t at = (size_t)(event->item * (o->n_rows / N_ITEMS)) * event->n_measures;
        ck_assert_uint_eq(event->n_measures, o->n_measures);
        if (event->values) {
            memcpy(o->values + at, event->values, n * sizeof *o->values);
            memcpy(o->reasons + at, event->reasons, n);
        }
        o->n_items_seen++;
    } else if (event->type == RQA_EVENT_DEVICE_STATS) {
        ck_assert_int_eq(strncmp(event->label, "Emulated device", 15), 0);
        /* One that is not in use yet, or is being lost, tells nothing. */
        ck_assert_uint_le(event->device_memory_used_bytes, event->device_memory_total_bytes);
        o->n_known += event->device_memory_total_bytes > 0;
        ck_assert_int_eq(event->status == RQA_OK, event->text[0] == 0);
        o->n_device_events++;
        o->n_failures += event->status != RQA_OK;
    } else if (event->type == RQA_EVENT_BATCH_COMPLETED) {
        o->end = event->statistics;
    }
    return ++o->n_events == o->cancel_at;
}

enum { IN_EVENTS, IN_TABLE, IN_STORE };

/* Runs the job with a backend; the rows are compared by expect_rows(). */
static outcome run(int32_t backend, int where, int cancel_at)
{
    outcome o = {.cancel_at = cancel_at};
    rqa_store *store = NULL;
    j.analysis.backend = backend;
    rqa_batch *batch = job_batch(&j);
    o.n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    o.n_measures = rqa_batch_size(batch, RQA_BATCH_MEASURES);
    o.values = calloc((size_t)(o.n_rows * o.n_measures), sizeof *o.values);
    o.reasons = calloc((size_t)(o.n_rows * o.n_measures), 1);
    if (where == IN_TABLE)
        ck_ok(rqa_batch_set_table(batch, o.values, o.reasons, o.n_rows));
    if (where == IN_STORE) {
        ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
        ck_ok(rqa_batch_set_store(batch, store));
    }
    o.status = rqa_batch_run(batch, on_event, &o);
    snprintf(o.text, sizeof o.text, "%s", o.status ? rqa_last_error() : "");
    for (uint64_t k = 0; k < N_ITEMS && !o.status; k++) {
        const char *text;
        o.status = rqa_batch_item_status(batch, k, &text);
        snprintf(o.text, sizeof o.text, "%s", text);
    }
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    return o;
}

static void forget(outcome *o)
{
    free(o->values);
    free(o->reasons);
}

/* The rows that threads make, in memory and as a store shows them. */
static outcome expected;
static char *expected_view;

#define VIEW                                                                                       \
    "SELECT series, dim, delay, threshold, lmin, vmin, rr, det, l_mean, l_max, l_entr, lam, tt,"   \
    " w_mean, w_entr, status FROM results ORDER BY 1, 2, 3, 4, 5, 6"

static void expect_rows(const outcome *o, const char *what)
{
    ck_assert_msg(o->status == RQA_OK, "%s: %s: %s", what, rqa_status_name(o->status), o->text);
    ck_assert_msg(o->end.n_done == o->n_rows, "%s: %d of %d rows", what, (int)o->end.n_done,
                  (int)o->n_rows);
    size_t n = (size_t)(o->n_rows * o->n_measures);
    ck_assert_uint_eq(o->n_rows, expected.n_rows);
    for (size_t k = 0; k < n; k++)
        ck_assert_msg(memcmp(&o->values[k], &expected.values[k], sizeof(double)) == 0 &&
                          o->reasons[k] == expected.reasons[k],
                      "%s: row %d measure %d: %.17g (%d), not %.17g (%d)", what,
                      (int)(k / o->n_measures), (int)(k % o->n_measures), o->values[k],
                      o->reasons[k], expected.values[k], expected.reasons[k]);
}

static void expect_store(const char *what)
{
    char *view = job_query(j.path, VIEW);
    job_expect_sound(j.path, what);
    ck_assert_msg(strcmp(view, expected_view) == 0, "%s: the view differs", what);
    free(view);
}

static void make_expected(void)
{
    restart(2, "DEVICES=1");
    expected = run(RQA_BACKEND_THREADS, IN_TABLE, 0);
    ck_assert_int_eq(expected.status, RQA_OK);
    ck_assert_int_eq(expected.n_device_events, 0);
    outcome stored = run(RQA_BACKEND_THREADS, IN_STORE, 0);
    ck_assert_int_eq(stored.status, RQA_OK);
    forget(&stored);
    expected_view = job_query(j.path, VIEW);
    job_remove(j.path);
}

static void forget_expected(void)
{
    forget(&expected);
    free(expected_view);
}

static void run_and_expect(int32_t backend, int where, const char *what)
{
    outcome o = run(backend, where, 0);
    if (where == IN_STORE) {
        ck_assert_msg(o.status == RQA_OK, "%s: %s", what, o.text);
        expect_store(what);
        job_remove(j.path);
    } else {
        expect_rows(&o, what);
    }
    forget(&o);
}

/* ---- tests ---- */

static const int32_t both[] = {RQA_BACKEND_GPU, RQA_BACKEND_HYBRID};

START_TEST(rows_are_those_of_threads)
{
    static const char *const devices[] = {"DEVICES=1", "DEVICES=2", "DEVICES=4"};
    make_expected();
    for (int d = 0; d < 3; d += step)
        for (int b = 0; b < 2; b++)
            for (int where = IN_EVENTS; where <= IN_STORE; where++) {
                char what[80];
                snprintf(what, sizeof what, "%s, backend %s, where %d", devices[d],
                         rqa_backend_name(both[b]), where);
                restart((uint32_t)d + 1, devices[d]);
                run_and_expect(both[b], where, what);
            }
    forget_expected();
}
END_TEST

/* The diameter is computed by threads, the rest is not. */
START_TEST(thresholds_in_diameters)
{
    static const double thresholds[] = {.05, .2, .5};
    j.grid.thresholds = thresholds;
    j.analysis.threshold_unit = RQA_THRESHOLD_MAX_DIAMETER;
    make_expected();
    restart(1, "DEVICES=1");
    run_and_expect(RQA_BACKEND_GPU, IN_EVENTS, "diameters");
    forget_expected();
}
END_TEST

/* Units of which a store has some rows, so that they come in several parts. */
START_TEST(wider_grid)
{
    static const uint32_t dims[] = {1, 3, 2};
    static const double thresholds[] = {.25, 1, 2.5, .7};
    rqa_batch_options narrow = j.grid;
    j.grid.dims = dims;
    j.grid.thresholds = thresholds;
    j.grid.n_dims = 3;
    j.grid.n_thresholds = 4;
    rqa_batch_options wide = j.grid;
    make_expected();
    restart(2, "DEVICES=2");
    for (int b = 0; b < 2; b++) {
        j.grid = narrow;
        outcome o = run(both[b], IN_STORE, 0);
        ck_assert_msg(o.status == RQA_OK, "%s", o.text);
        forget(&o);
        j.grid = wide;
        run_and_expect(both[1 - b], IN_STORE, "wider");
    }
    forget_expected();
}
END_TEST

/* Threads compute in small parts what a device computes whole, and both what a store lacks. */
START_TEST(little_memory)
{
    static const uint32_t dims[] = {1, 3, 2};
    static const double thresholds[] = {.25, 1, 2.5, .7};
    static const struct {
        int32_t backend;
        const char *settings;
    } trials[] = {{RQA_BACKEND_HYBRID, "DEVICES=1"},
                  {RQA_BACKEND_HYBRID, "DEVICES=1 LOSE_DEVICE=0,2"},
                  {RQA_BACKEND_HYBRID, "DEVICES=1 MEMORY=4000"},
                  {RQA_BACKEND_THREADS, "DEVICES=1"}};
    rqa_batch_options narrow = j.grid;
    j.grid.dims = dims;
    j.grid.thresholds = thresholds;
    j.grid.n_dims = 3;
    j.grid.n_thresholds = 4;
    rqa_batch_options wide = j.grid;
    make_expected();
    count_lines("1 of 2 threads, for the memory limit");
    for (size_t k = 0; k < sizeof trials / sizeof trials[0]; k++) {
        j.memory_limit_bytes = 20000;
        restart(2, trials[k].settings);
        outcome o = run(trials[k].backend, IN_STORE, 0);
        ck_assert_int_eq(o.status, RQA_ERROR_MEMORY_LIMIT);
        const char *numbers = strstr(o.text, "needs ");
        ck_assert_msg(numbers && sscanf(numbers, "needs %" SCNu64, &j.memory_limit_bytes) == 1,
                      "%s", o.text);
        forget(&o);
        restart(2, trials[k].settings);
        j.grid = narrow;
        o = run(trials[k].backend, IN_STORE, 0);
        ck_assert_msg(o.status == RQA_OK, "%s", o.text);
        forget(&o);
        j.grid = wide;
        restart(2, trials[k].settings); /* a device that is lost is so for good */
        n_lines = 0;
        run_and_expect(trials[k].backend, IN_STORE, trials[k].settings);
        ck_assert_int_eq(n_lines, 1);
        j.memory_limit_bytes *= 2;
        restart(2, trials[k].settings);
        run_and_expect(trials[k].backend, IN_EVENTS, trials[k].settings);
    }
    forget_expected();
}
END_TEST

START_TEST(lost_device)
{
    make_expected();
    static const struct {
        int32_t backend;
        const char *settings;
    } trials[] = {
        {RQA_BACKEND_HYBRID, "DEVICES=1 LOSE_DEVICE=0,1"},
        {RQA_BACKEND_HYBRID, "DEVICES=1 LOSE_DEVICE=0,4"},
        {RQA_BACKEND_HYBRID, "DEVICES=4 LOSE_DEVICE=2,2"},
        {RQA_BACKEND_GPU, "DEVICES=2 LOSE_DEVICE=0,3"},
        {RQA_BACKEND_GPU, "DEVICES=2 LOSE_DEVICE=1,1"},
    };
    for (size_t k = 0; k < sizeof trials / sizeof trials[0]; k += (size_t)step)
        for (int where = IN_EVENTS; where <= IN_STORE; where++) {
            restart(2, trials[k].settings);
            outcome o = run(trials[k].backend, where, 0);
            ck_assert_msg(o.status == RQA_OK, "%s: %s", trials[k].settings, o.text);
            ck_assert_int_le(o.n_failures, 1);
            if (where == IN_STORE) {
                expect_store(trials[k].settings);
                ck_assert_int_eq(job_number(j.path, "SELECT sum(n_done) FROM run"), o.n_rows);
                job_remove(j.path);
            } else {
                expect_rows(&o, trials[k].settings);
            }
            forget(&o);
        }
    forget_expected();
}
END_TEST

/* A unit that is most of the work is shared by all, devices and threads; `slow` processors make it
 * worth it. */
static void slow_processors(void)
{
    rqa_profile slow = {.struct_size = sizeof slow};
    ck_ok(rqa_context_get_profile(j.context, &slow));
    slow.bits_scale = slow.sweep_scale = 1e7;
    slow.gpu_rate = 1e-6;
    ck_ok(rqa_context_set_profile(j.context, &slow));
}

START_TEST(one_large_unit)
{
    static const char *const trials[] = {"DEVICES=2", "DEVICES=2 LOSE_DEVICE=0,2",
                                         "DEVICES=2 FAIL_LAUNCH=5", "DEVICES=2 MEMORY=4000"};
    static const uint32_t one_delay[] = {2};
    count_lines("is shared by");
    j.grid.delays = one_delay;
    j.grid.n_delays = 1;
    n_samples = 20;
    for (int large = 0; large < N_ITEMS; large += N_ITEMS - 1) {
        j.length[large] = 250;
        make_expected();
        for (int k = 0; k < 4; k++)
            for (int b = 0; b < 2; b++) {
                restart(2, trials[k]);
                slow_processors();
                if (b == 0 && k == 3)
                    continue; /* a GPU too small, and nobody else: that is small_memory */
                n_lines = 0;
                run_and_expect(both[b], k % 3, trials[k]);
                ck_assert_int_eq(n_lines, both[b] == RQA_BACKEND_HYBRID);
            }
        forget_expected();
        j.length[large] = 0;
    }
}
END_TEST

/* Several batches at the same devices and store: each unit is computed once. */
static void *run_whole(void *user)
{
    *(rqa_status *)user = job_run(&j, j.path);
    return NULL;
}

START_TEST(several_batches)
{
    enum { N = 3 };
    make_expected();
    for (int b = 0; b < 2; b++) {
        pthread_t thread[N];
        rqa_status status[N];
        restart(2, "DEVICES=2");
        j.analysis.backend = both[b];
        for (int k = 0; k < N; k++)
            ck_assert_int_eq(pthread_create(&thread[k], NULL, run_whole, &status[k]), 0);
        for (int k = 0; k < N; k++) {
            pthread_join(thread[k], NULL);
            ck_assert_msg(status[k] == RQA_OK, "batch %d: %s", k, rqa_status_name(status[k]));
        }
        expect_store("several batches");
        ck_assert_int_eq(job_number(j.path, "SELECT sum(n_done) FROM run"), job_n_rows(&j));
        job_remove(j.path);
    }
    forget_expected();
}
END_TEST

/* Said at once by an event; named explicitly and alone, it is the batch that fails. */
START_TEST(last_device_lost)
{
    make_expected();
    restart(2, "LOSE_DEVICE=0,3");
    outcome o = run(RQA_BACKEND_GPU, IN_EVENTS, 0);
    ck_assert_int_eq(o.status, RQA_ERROR_BACKEND_FAILED);
    ck_assert_msg(strstr(o.text, "no device is left") && strstr(o.text, "CUDA error"), "%s",
                  o.text);
    ck_assert_int_eq(o.n_failures, 1);
    forget(&o);
    /* The context remembers. */
    j.analysis.backend = RQA_BACKEND_GPU;
    rqa_batch *batch;
    rqa_batch_options options = j.grid;
    options.analysis = &j.analysis;
    ck_fails(rqa_batch_create(&batch, j.context, &options), RQA_ERROR_BACKEND_MISSING,
             "backend 'gpu'|failed");

    restart(2, "LOSE_DEVICE=0,3");
    o = run(RQA_BACKEND_GPU, IN_STORE, 0);
    ck_assert_int_eq(o.status, RQA_ERROR_BACKEND_FAILED);
    job_expect_sound(j.path, "device lost");
    forget(&o);
    run_and_expect(RQA_BACKEND_THREADS, IN_STORE, "resumed"); /* what was stored is good */
    forget_expected();
}
END_TEST

typedef struct heard {
    pthread_t thread;
    int n_lines, lost;
} heard;

static void hear(void *user, int32_t level, const char *line)
{
    heard *h = user;
    (void)level;
    ck_assert(pthread_equal(h->thread, pthread_self()));
    h->n_lines++;
    h->lost += strstr(line, "takes part no more") != NULL;
}

/* A batch of one short series on the GPUs of a context made with these options. */
static rqa_status run_alone(const rqa_context_options *how, int wait)
{
    const double x[40] = {1, 2, 3, 1, 2, 3, 4};
    rqa_context *context;
    ck_ok(rqa_context_create(&context, how));
    rqa_series *series = support_series(context, x, 40, 1);
    rqa_batch_options options = j.grid;
    options.analysis = &j.analysis;
    j.analysis.backend = RQA_BACKEND_GPU;
    rqa_batch *batch;
    ck_ok(rqa_batch_create(&batch, context, &options));
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_start(batch));
    rqa_batch_statistics s = {.struct_size = sizeof s, .eta_s = 1};
    while (!wait && s.eta_s != 0) /* as long as it runs */
        ck_ok(rqa_batch_poll(batch, &s));
    rqa_status status = wait ? rqa_batch_wait(batch, -1, NULL, NULL) : RQA_OK;
    rqa_batch_destroy(batch);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
    return status;
}

/* Lines come on the caller's thread, whoever has something to say; when it waits, or at the end. */
START_TEST(the_log_stays_on_its_thread)
{
    for (int wait = 0; wait < 2; wait++) {
        heard h = {.thread = pthread_self()};
        rqa_context_options how;
        rqa_context_options_init(&how);
        how.log = hear;
        how.log_user = &h;
        restart(2, "LOSE_DEVICE=0,2");
        ck_assert_int_eq(run_alone(&how, wait), wait ? RQA_ERROR_BACKEND_FAILED : RQA_OK);
        ck_assert_int_eq(h.lost, 1);
    }
}
END_TEST

START_TEST(a_few_results_at_once)
{
    uint64_t n_launches[2];
    for (int few = 0; few < 2; few++) {
        rqa_context_options how;
        rqa_context_options_init(&how);
        how.device_batch = few ? 4 : 0;
        restart(2, "DEVICES=1");
        ck_ok(run_alone(&how, 1));
        n_launches[few] = emulator.launches(0);
    }
    ck_assert_msg(n_launches[1] >= 3 * n_launches[0], "%d launches, %d with 4 at once",
                  (int)n_launches[0], (int)n_launches[1]);
}
END_TEST

/* Neighbours, corridors and windows: `auto` says why no device takes part, a named one is refused. */
START_TEST(what_threads_do_alone)
{
    static const double numbers[] = {4, 1};
    static const char *const said[] = {"neighbours run on threads alone",
                                       "corridors run on threads alone",
                                       "windows run on threads alone"};
    for (int k = 0; k < 3; k++) {
        rqa_batch *batch = NULL;
        rqa_analysis_options_init(&j.analysis);
        j.analysis.threshold_unit = k ? RQA_THRESHOLD_DATA : RQA_THRESHOLD_NEIGHBOURS;
        j.analysis.corridor = k == 1;
        j.grid.window = k == 2 ? 20 : 0;
        j.grid.step = k == 2 ? 5 : 1;
        j.grid.analysis = &j.analysis;
        j.grid.thresholds = numbers;
        j.grid.n_thresholds = 2;
        batch = job_batch(&j);
        ck_ok(rqa_batch_run(batch, NULL, NULL));
        ck_assert_msg(strstr(rqa_batch_explain(batch), said[k]), "%s", rqa_batch_explain(batch));
        rqa_batch_destroy(batch);
        for (j.analysis.backend = RQA_BACKEND_GPU; j.analysis.backend <= RQA_BACKEND_HYBRID;
             j.analysis.backend++)
            ck_fails(rqa_batch_create(&batch, j.context, &j.grid), RQA_ERROR_BACKEND_MISSING,
                     j.analysis.backend == RQA_BACKEND_GPU ? "runs on threads alone"
                                                           : "not shared out");
    }
}
END_TEST

/* `auto` takes the GPU for work of this size, and threads when it fails. */
START_TEST(auto_leaves_the_device)
{
    n_samples = 300;
    make_expected();
    for (int lose = 0; lose < 2; lose++) {
        restart(2, lose ? "LOSE_DEVICE=0,2" : "DEVICES=1");
        j.analysis.backend = RQA_BACKEND_AUTO;
        rqa_batch *batch = job_batch(&j);
        ck_assert_msg(strstr(rqa_batch_explain(batch), "backend gpu"), "%s",
                      rqa_batch_explain(batch));
        rqa_batch_destroy(batch);
        if (!lose)
            continue;
        outcome o = run(RQA_BACKEND_AUTO, IN_EVENTS, 0);
        expect_rows(&o, "auto");
        ck_assert_int_eq(o.n_failures, 1);
        forget(&o);
    }
    forget_expected();
}
END_TEST

/* A device without memory for a unit: threads compute it, or it fails by itself. */
START_TEST(small_memory)
{
    make_expected();
    restart(2, "MEMORY=4000");
    run_and_expect(RQA_BACKEND_HYBRID, IN_EVENTS, "hybrid");
    restart(2, "MEMORY=4000");
    run_and_expect(RQA_BACKEND_HYBRID, IN_STORE, "hybrid into a store");
    restart(2, "MEMORY=4000");
    outcome o = run(RQA_BACKEND_GPU, IN_EVENTS, 0);
    ck_assert_int_eq(o.status, RQA_ERROR_MEMORY);
    ck_assert_uint_eq(o.n_items_seen, N_ITEMS);
    ck_assert_int_eq(o.n_failures, 0);
    ck_assert_uint_eq(o.end.n_done + o.end.n_failed, o.n_rows);
    forget(&o);
    forget_expected();
}
END_TEST

START_TEST(any_failing_call)
{
    make_expected();
    static const char *const kinds[] = {"FAIL_ALLOC", "FAIL_LAUNCH"};
    for (int kind = 0; kind < 2; kind++)
        for (int k = 1; k <= 6; k++) {
            char setting[64];
            snprintf(setting, sizeof setting, "%s=%d", kinds[kind], k);
            restart(1, setting);
            run_and_expect(RQA_BACKEND_HYBRID, k % 3, setting);
        }
    forget_expected();
}
END_TEST

START_TEST(cancelled_at_any_event)
{
    j.grid.device_interval_s = 0;
    make_expected();
    for (int k = 1; k < 12; k += step)
        for (int b = 0; b < 2; b++) {
            restart(2, "DEVICES=2");
            int where = k % 2 ? IN_STORE : IN_EVENTS;
            outcome o = run(both[b], where, k);
            ck_assert(o.status == RQA_ERROR_CANCELLED || o.status == RQA_OK);
            if (where == IN_STORE) {
                job_expect_sound(j.path, "cancelled");
                run_and_expect(both[b], IN_STORE, "resumed");
            }
            forget(&o);
        }
    forget_expected();
}
END_TEST

START_TEST(devices_tell_their_load)
{
    make_expected();
    for (int often = 0; often < 2; often++) {
        restart(2, "DEVICES=3");
        j.grid.device_interval_s = often ? 0 : 1000;
        outcome o = run(RQA_BACKEND_HYBRID, IN_EVENTS, 0);
        expect_rows(&o, "load");
        ck_assert_int_eq(o.n_failures, 0);
        if (often)
            ck_assert_int_ge(o.n_device_events, 3);
        else
            ck_assert_int_eq(o.n_device_events, 3);
        forget(&o);
        if (often)
            continue;
        /* Those that are open already tell from the first event on. */
        o = run(RQA_BACKEND_HYBRID, IN_EVENTS, 0);
        ck_assert_int_gt(o.n_known, 0);
        ck_assert_int_le(o.n_known, o.n_device_events);
        forget(&o);
    }
    forget_expected();
}
END_TEST

static int count_items(const rqa_batch_event *event, void *user)
{
    *(int *)user += event->type == RQA_EVENT_ITEM_COMPLETED;
    return 0;
}

/* Workers wait until items are delivered, and events of devices come without end where no time is to
 * lie between them: they must let items pass. */
START_TEST(items_pass_device_events)
{
    enum { MANY = 16, N_LMINS = 2500 }; /* 8 MB of results each: some 10 items may be open */
    static uint32_t lmins[N_LMINS];
    int n_seen = 0;
    for (uint32_t k = 0; k < N_LMINS; k++)
        lmins[k] = k + 2;
    job_close(&j);
    job_open(&j, 2, MANY, 40);
    j.grid.lmins = lmins;
    j.grid.n_lmins = N_LMINS;
    j.grid.device_interval_s = 0;
    j.analysis.backend = RQA_BACKEND_HYBRID;
    rqa_batch *batch = job_batch(&j);
    ck_ok(rqa_batch_run(batch, count_items, &n_seen));
    ck_assert_int_eq(n_seen, MANY);
    rqa_batch_destroy(batch);
}
END_TEST

/* The emulator is slow enough for `auto` to stay away from it once it has been measured. */
START_TEST(calibration_measures_the_device)
{
    restart(2, "DEVICES=1");
    rqa_profile before = {.struct_size = sizeof before}, after = before;
    ck_ok(rqa_context_get_profile(j.context, &before));
    ck_ok(rqa_context_calibrate(j.context));
    ck_ok(rqa_context_get_profile(j.context, &after));
    ck_assert(after.gpu_rate > 0 && after.gpu_rate < before.gpu_rate);
    ck_assert(after.gpu_start_s > 0 && after.gpu_start_s != before.gpu_start_s);
    outcome o = run(RQA_BACKEND_AUTO, IN_EVENTS, 0);
    ck_assert(o.status == RQA_OK && o.n_device_events == 0);
    forget(&o);

    /* The faster it is said to be, the more it is given: nothing, a share, all. */
    const char *const choices[] = {"backend threads", "backend hybrid", "backend gpu"};
    int at = 0;
    j.analysis.backend = RQA_BACKEND_AUTO;
    after.bits_scale = after.sweep_scale = 1e4;
    after.thread_speedup = 1.5;
    after.gpu_start_s = 0;
    for (double rate = 1e-9; rate < 1e6 && at < 3; rate *= 2) {
        after.gpu_rate = rate;
        ck_ok(rqa_context_set_profile(j.context, &after));
        rqa_batch *batch = job_batch(&j);
        const char *text = rqa_batch_explain(batch);
        at += at < 2 && strstr(text, choices[at + 1]);
        ck_assert_msg(strstr(text, choices[at]), "%g: %s", rate, text);
        rqa_batch_destroy(batch);
    }
    ck_assert_int_eq(at, 2);
    restart(2, "LOSE_DEVICE=0,1");
    ck_ok(rqa_context_calibrate(j.context)); /* without the device */
    ck_ok(rqa_context_get_profile(j.context, &after));
    ck_assert(after.gpu_rate == before.gpu_rate);
}
END_TEST

START_TEST(names_what_is_missing)
{
    restart(2, "DEVICES=0");
    for (int b = 0; b < 2; b++) {
        rqa_batch *batch;
        rqa_batch_options options = j.grid;
        options.analysis = &j.analysis;
        j.analysis.backend = both[b];
        ck_fails(rqa_batch_create(&batch, j.context, &options), RQA_ERROR_BACKEND_MISSING,
                 "no usable GPU");
    }
    outcome o = run(RQA_BACKEND_AUTO, IN_EVENTS, 0);
    ck_assert_int_eq(o.status, RQA_OK);
    forget(&o);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("batches on devices");
    TCase *t = tcase_create("devices");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, rows_are_those_of_threads);
    tcase_add_test(t, lost_device);
    tcase_add_test(t, several_batches);
    tcase_add_test(t, one_large_unit);
    tcase_add_test(t, cancelled_at_any_event);
    suite_add_tcase(s, t);
    /* Under a thread sanitizer the emulator is too slow for more. */
    t = tcase_create("more");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, thresholds_in_diameters);
    tcase_add_test(t, wider_grid);
    tcase_add_test(t, little_memory);
    tcase_add_test(t, last_device_lost);
    tcase_add_test(t, the_log_stays_on_its_thread);
    tcase_add_test(t, a_few_results_at_once);
    tcase_add_test(t, what_threads_do_alone);
    tcase_add_test(t, auto_leaves_the_device);
    tcase_add_test(t, small_memory);
    tcase_add_test(t, any_failing_call);
    tcase_add_test(t, devices_tell_their_load);
    tcase_add_test(t, items_pass_device_events);
    tcase_add_test(t, calibration_measures_the_device);
    tcase_add_test(t, names_what_is_missing);
    suite_add_tcase(s, t);
    return support_run(s);
}
