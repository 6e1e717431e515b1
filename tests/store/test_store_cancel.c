/* test_store_cancel.c - batches cancelled from another thread at random moments, with others
 * polling, in memory and into a store; and how soon a cancellation is heard inside one long series.
 *
 * RQA_TEST_CANCELS draws, default 60. RQA_TEST_LATENCY=1 draws more latencies. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store_jobs.h"

static job j;

static void setup(void)
{
    job_open(&j, 2, 12, 150);
    job_keep_clean(&j);
}

static void teardown(void)
{
    job_close(&j);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* From the cancellation to the end: the time, and the processor time, which others at work on the
 * machine do not stretch. */
typedef struct latency {
    double time, cpu;
} latency;

static void keep_worst(latency *worst, latency one)
{
    worst->time = one.time > worst->time ? one.time : worst->time;
    worst->cpu = one.cpu > worst->cpu ? one.cpu : worst->cpu;
}

/* Polls, and after a while cancels, until the batch is over. */
typedef struct watcher {
    pthread_t thread;
    rqa_batch *batch;
    double cancel_at; /* 0 = never */
    double cancelled_at;
    double cpu_at; /* what the process had used by then */
    atomic_int *over;
    uint64_t n_polls;
} watcher;

static void *watch(void *user)
{
    watcher *w = user;
    rqa_batch_statistics last = {.struct_size = sizeof last}, s = last;
    while (!atomic_load(w->over)) {
        w->n_polls++;
        /* Nothing but numbers that grow; Check's assertions belong to the test's own thread. */
        if (rqa_batch_poll(w->batch, &s) || s.n_done + s.n_failed + s.n_skipped > s.n_total ||
            s.n_done < last.n_done || s.state < last.state)
            abort();
        last = s;
        if (w->cancel_at > 0 && job_now() >= w->cancel_at && w->cancelled_at == 0) {
            w->cpu_at = cpu_seconds();
            w->cancelled_at = job_now();
            rqa_batch_cancel(w->batch);
        }
        job_nap(w->cancel_at > 0 ? 2e-5 : 2e-4);
    }
    return NULL;
}

/* Runs a batch that is cancelled `after` seconds. */
static rqa_status run_watched(rqa_batch *batch, double after, latency *worst)
{
    enum { N_WATCHERS = 3 };
    watcher w[N_WATCHERS];
    atomic_int over = 0;
    for (int k = 0; k < N_WATCHERS; k++) {
        w[k] = (watcher){.batch = batch, .over = &over};
        if (k == 0)
            w[k].cancel_at = job_now() + after;
        ck_assert_int_eq(pthread_create(&w[k].thread, NULL, watch, &w[k]), 0);
    }
    rqa_status status = rqa_batch_run(batch, NULL, NULL);
    double end = job_now(), end_cpu = cpu_seconds();
    atomic_store(&over, 1);
    for (int k = 0; k < N_WATCHERS; k++)
        pthread_join(w[k].thread, NULL);
    if (w[0].cancelled_at > 0)
        keep_worst(worst, (latency){end - w[0].cancelled_at, end_cpu - w[0].cpu_at});
    return status;
}

START_TEST(cancelled_at_random_moments)
{
    int n_draws = (int)env_number("RQA_TEST_CANCELS", 60), n_cancelled = 0, n_part = 0;
    double takes[2]; /* in memory, and into a store */
    latency worst = {0, 0};
    rng r = {env_number("RQA_TEST_SEED", 11)};
    double begin = job_now();
    ck_ok(job_run(&j, j.path));
    takes[0] = takes[1] = job_now() - begin;
    job_remove(j.path);
    for (int k = 0; k < n_draws; k++) {
        rqa_store *store = NULL;
        rqa_batch *batch = job_batch(&j);
        if (k % 3) {
            ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
            ck_ok(rqa_batch_set_store(batch, store));
        }
        double *t = &takes[store != NULL];
        rqa_status status = run_watched(batch, *t * rng_uniform(&r), &worst);
        *t *= status ? 1.1 : 0.7; /* the machine is not equally busy all along */
        ck_assert_msg(status == RQA_OK || status == RQA_ERROR_CANCELLED, "draw %d: %s", k,
                      rqa_last_error());
        rqa_batch_statistics s = {.struct_size = sizeof s};
        ck_ok(rqa_batch_poll(batch, &s));
        ck_assert_int_eq(s.state, status ? 3 : 2);
        n_cancelled += status != RQA_OK;
        rqa_batch_destroy(batch);
        rqa_store_close(store);
        if (!store)
            continue;
        long long n = job_number(j.path, "SELECT count(*) FROM results");
        n_part += n > 0 && n < (long long)job_n_rows(&j);
        job_expect_sound(j.path, "cancelled");
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM claim"), 0);
        if (k % 3 == 2) { /* resumed after one or two */
            ck_ok(job_run(&j, j.path));
            job_expect_clean(&j, j.path, "cancelled and resumed");
            job_remove(j.path);
        }
    }
    printf("%d draws: %d cancelled, %d left a part in the store, the slowest heard after %.3f s\n",
           n_draws, n_cancelled, n_part, worst.time);
    ck_assert_int_gt(n_cancelled * 3, n_draws);
    ck_assert_int_gt(n_part * 20, n_draws);
}
END_TEST

/* Before the start, and then at each event: a phase for each. */
static int cancel_at_event(const rqa_batch_event *event, void *user)
{
    int *left = user;
    return event->type != RQA_EVENT_BATCH_COMPLETED && --*left == 0;
}

START_TEST(cancelled_in_each_phase)
{
    int at = 0, n = 0;
    /* On a busy machine there are hundreds of progress events: then not each. */
    for (rqa_status status = RQA_ERROR_CANCELLED; status; at += 1 + at / 8, n++) {
        rqa_store *store;
        rqa_batch *batch = job_batch(&j);
        int left = at, n_left = 0;
        ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
        ck_ok(rqa_batch_set_store(batch, store));
        if (at == 0)
            rqa_batch_cancel(batch);
        status = rqa_batch_run(batch, cancel_at_event, &left);
        if (at == 0)
            ck_assert_int_eq(status, RQA_ERROR_CANCELLED);
        ck_assert(status == RQA_OK || status == RQA_ERROR_CANCELLED);
        for (int k = 0; k < j.n_items; k++)
            n_left += rqa_batch_item_status(batch, (uint64_t)k, NULL) == RQA_ERROR_CANCELLED;
        ck_assert_int_eq(n_left > 0, status != RQA_OK);
        rqa_batch_destroy(batch);
        rqa_store_close(store);
        if (n % 4 == 0) {
            ck_ok(job_run(&j, j.path));
            job_expect_clean(&j, j.path, "cancelled in a phase");
            job_remove(j.path);
        }
    }
    ck_assert_int_gt(at, 1);
}
END_TEST

/* One long series, of minutes: few thresholds go by bit rows, many by threshold indices. How often
 * they look is counted in test_looks.c. */
START_TEST(heard_inside_a_long_series)
{
    static const uint32_t one[] = {2};
    int full = env_number("RQA_TEST_LATENCY", 0) != 0, n_draws = full ? 50 : 3;
    size_t n = full ? 200000 : 1000000;
    double *x = malloc(n * sizeof *x), thresholds[60];
    rng r = {4};
    for (size_t i = 0; i < n; i++)
        x[i] = rng_gauss(&r);
    for (int k = 0; k < 60; k++)
        thresholds[k] = .02 + .02 * k;
    for (int variant = 0; variant < 8; variant++) {
        int sweep = variant & 1, threads = 1 + (variant >> 1 & 1), stored = variant >> 2;
        latency worst = {0, 0};
        for (int draw = 0; draw < n_draws; draw++) {
            rqa_context *context = support_context((uint32_t)threads);
            rqa_series *series = support_series(context, x, n, 1);
            rqa_batch_options o = j.grid;
            o.dims = o.delays = one;
            o.n_dims = o.n_delays = 1;
            o.thresholds = thresholds;
            o.n_thresholds = sweep ? 60 : 1;
            rqa_batch *batch;
            rqa_store *store = NULL;
            ck_ok(rqa_batch_create(&batch, context, &o));
            rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
            item.x = series;
            ck_ok(rqa_batch_add(batch, &item));
            if (draw == 0)
                ck_assert(strstr(rqa_batch_explain(batch), sweep ? "1 by threshold indices"
                                                                : "1 by bit rows"));
            if (stored) {
                ck_ok(rqa_store_open(&store, context, j.path, NULL));
                ck_ok(rqa_batch_set_store(batch, store));
            }
            rqa_status status = run_watched(batch, .005 + .2 * rng_uniform(&r), &worst);
            ck_assert_int_eq(status, RQA_ERROR_CANCELLED);
            rqa_batch_destroy(batch);
            rqa_store_close(store);
            rqa_series_destroy(series);
            rqa_context_destroy(context);
            job_remove(j.path);
        }
        printf("%zu samples, %s, %d thread%s, %s: heard within %.3f s (%.3f s of work) in %d draws\n", n,
               sweep ? "threshold indices" : "bit rows", threads, threads == 1 ? "" : "s",
               stored ? "store" : "memory", worst.time, worst.cpu, n_draws);
    }
    free(x);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store cancel");
    TCase *t = tcase_create("cancel");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 900);
    tcase_add_test(t, cancelled_at_random_moments);
    tcase_add_test(t, cancelled_in_each_phase);
    tcase_add_test(t, heard_inside_a_long_series);
    suite_add_tcase(s, t);
    return support_run(s);
}
