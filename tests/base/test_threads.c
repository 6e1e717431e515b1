/* test_threads.c - threads that cannot be started: pthread_create() lets through as many as a test
 * allows. The work is done all the same, by those that are there, and it is said so.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rqa/store.h"
#include "support.h"

enum { N_ITEMS = 40, N_SAMPLES = 60, WANTED = 4 };

static atomic_int allowed = -1; /* -1: any number */

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*entry)(void *), void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*entry)(void *), void *arg)
{
    int n = atomic_load(&allowed);
    if (n == 0)
        return EAGAIN;
    if (n > 0)
        atomic_store(&allowed, n - 1);
    return __real_pthread_create(thread, attributes, entry, arg);
}

static rqa_context *context;
static char logged[4000];

static void on_line(void *user, int32_t level, const char *line)
{
    (void)user;
    if (level == RQA_LOG_WARNING) {
        size_t used = strlen(logged);
        snprintf(logged + used, sizeof logged - used, "%s\n", line);
    }
}

static void setup(void)
{
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = WANTED;
    options.log = on_line;
    options.log_level = RQA_LOG_WARNING;
    ck_ok(rqa_context_create(&context, &options));
    logged[0] = '\0';
    atomic_store(&allowed, -1);
}

static void teardown(void)
{
    atomic_store(&allowed, -1);
    rqa_context_destroy(context);
}

static rqa_series *noise(size_t n, uint64_t seed)
{
    double *value = malloc(n * sizeof *value);
    rng r = {seed};
    for (size_t k = 0; k < n; k++)
        value[k] = rng_uniform(&r);
    rqa_series *series = support_series(context, value, n, 1);
    free(value);
    return series;
}

static rqa_provenance provenance_of(const rqa_metrics *metrics)
{
    rqa_provenance out = {.struct_size = sizeof out};
    ck_ok(rqa_metrics_provenance(metrics, &out));
    return out;
}

START_TEST(analyses)
{
    rqa_series *series = noise(1500, 3);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .1);
    rqa_metrics *whole = support_metrics(embedding, NULL, &options);
    ck_assert_uint_eq(provenance_of(whole).n_threads, WANTED);
    rqa_context_destroy(context);
    for (int n = 0; n < WANTED; n++) {
        setup();
        rqa_series *again = noise(1500, 3);
        rqa_embedding *with = support_embedding(again, 1, 1);
        char words[60];
        atomic_store(&allowed, n);
        rqa_metrics *metrics = support_metrics(with, NULL, &options);
        rqa_provenance p = provenance_of(metrics);
        support_expect_same(whole, metrics, "fewer threads");
        ck_assert_uint_eq(p.n_threads, n + 1);
        ck_assert_int_eq(p.backend, n == 0 ? RQA_BACKEND_SEQUENTIAL : RQA_BACKEND_THREADS);
        snprintf(words, sizeof words, "%d of %d threads could be had", n + 1, WANTED);
        int told = n + 1 < WANTED;
        ck_assert_msg(!strstr(p.reason, words) == !told, "%s", p.reason);
        ck_assert_msg(!strstr(logged, words) == !told, "%s", logged);
        rqa_metrics_destroy(metrics);
        atomic_store(&allowed, -1); /* and when they can be started, they are */
        metrics = support_metrics(with, NULL, &options);
        ck_assert_uint_eq(provenance_of(metrics).n_threads, WANTED);
        rqa_metrics_destroy(metrics);
        rqa_embedding_destroy(with);
        rqa_series_destroy(again);
        teardown();
    }
    rqa_metrics_destroy(whole);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    setup();
}
END_TEST

/* Whoever names threads means them. */
START_TEST(named)
{
    rqa_metrics *metrics;
    rqa_matrix *matrix;
    rqa_series *series = noise(1500, 3);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .1);
    atomic_store(&allowed, 2);
    options.backend = RQA_BACKEND_THREADS;
    ck_fails(rqa_metrics_compute(&metrics, embedding, NULL, &options), RQA_ERROR_THREAD,
             "4 threads are wanted, 3 could be had");
    atomic_store(&allowed, 0);
    ck_fails(rqa_matrix_create(&matrix, embedding, NULL, &options), RQA_ERROR_THREAD, "1 could be");
    options.backend = RQA_BACKEND_AUTO;
    ck_ok(rqa_matrix_create(&matrix, embedding, NULL, &options));
    rqa_matrix_destroy(matrix);
    options.backend = RQA_BACKEND_SEQUENTIAL;
    ck_ok(rqa_metrics_compute(&metrics, embedding, NULL, &options));
    rqa_metrics_destroy(metrics);
    ck_ok(rqa_context_calibrate(context));
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

/* ---- batches ---- */

typedef struct account {
    int n_events, n_items, n_progress, n_ended, stop_at;
    double sum; /* of all values, in order */
    pthread_t thread;
} account;

static int take(const rqa_batch_event *event, void *user)
{
    account *a = user;
    ck_assert(pthread_equal(a->thread, pthread_self()));
    ck_assert_int_eq(event->type == RQA_EVENT_BATCH_STARTED, a->n_events == 0);
    ck_assert_int_eq(a->n_ended, 0);
    a->n_events++;
    a->n_progress += event->type == RQA_EVENT_PROGRESS;
    a->n_ended += event->type == RQA_EVENT_BATCH_COMPLETED;
    if (event->type == RQA_EVENT_ITEM_COMPLETED) {
        ck_assert_uint_eq(event->item, a->n_items);
        ck_assert_int_eq(event->status, RQA_OK);
        a->n_items++;
        for (uint64_t k = 0; event->values && k < event->n_rows * event->n_measures; k++)
            if (event->values[k] == event->values[k])
                a->sum = a->sum / 2 + event->values[k];
    }
    return a->stop_at && a->n_items >= a->stop_at;
}

static rqa_batch *make_batch(int32_t backend, rqa_store *store)
{
    static const uint32_t dims[2] = {1, 2}, delays[3] = {1, 2, 3}, two[1] = {2};
    static const double thresholds[2] = {.1, .2};
    rqa_batch *batch;
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    rqa_analysis_options analysis =
        support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .1);
    analysis.backend = backend;
    options.analysis = &analysis;
    options.dims = dims;
    options.delays = delays;
    options.thresholds = thresholds;
    options.lmins = options.vmins = two;
    options.n_dims = options.n_thresholds = 2;
    options.n_delays = 3;
    options.n_lmins = options.n_vmins = 1;
    options.event_interval_s = 0;
    ck_ok(rqa_batch_create(&batch, context, &options));
    for (uint64_t k = 0; k < N_ITEMS; k++) {
        char label[20];
        snprintf(label, sizeof label, "r%03d", (int)k);
        rqa_series *series = noise((size_t)(N_SAMPLES + k % 7), k);
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series,
                               .label = label};
        ck_ok(rqa_batch_add(batch, &item));
        rqa_series_destroy(series);
    }
    if (store)
        ck_ok(rqa_batch_set_store(batch, store));
    return batch;
}

static account run_batch(rqa_batch *batch, int n, rqa_status expected)
{
    account a = {.thread = pthread_self()};
    logged[0] = '\0';
    atomic_store(&allowed, n);
    rqa_status status = rqa_batch_run(batch, take, &a);
    atomic_store(&allowed, -1);
    ck_assert_msg(status == expected, "%d: %s", status, rqa_last_error());
    ck_assert_int_eq(a.n_ended, 1);
    return a;
}

static int sum_rows(const rqa_store_row *row, void *user)
{
    double *sum = user;
    for (uint32_t k = 0; k < row->n_values; k++)
        if (row->values[k] == row->values[k])
            *sum = *sum / 2 + row->values[k];
    return 0;
}

/* 0: not even the driver; then it, the writer of the store, and one helper after the other. */
START_TEST(batches)
{
    rqa_batch *batch = make_batch(RQA_BACKEND_AUTO, NULL);
    account whole = run_batch(batch, -1, RQA_OK);
    ck_assert_int_eq(whole.n_items, N_ITEMS);
    rqa_batch_destroy(batch);
    for (int n = 0; n < WANTED; n++)
        for (int32_t backend = RQA_BACKEND_AUTO; backend <= RQA_BACKEND_SEQUENTIAL; backend++) {
            batch = make_batch(backend, NULL);
            account a = run_batch(batch, n, RQA_OK);
            ck_assert_int_eq(a.n_items, N_ITEMS);
            ck_assert(a.sum == whole.sum);
            if (n == 0) {
                ck_assert_msg(strstr(logged, "no thread could be had") != NULL, "%s", logged);
                ck_assert_ptr_nonnull(strstr(rqa_batch_explain(batch), "fewer threads: "));
            }
            rqa_batch_destroy(batch);
        }
}
END_TEST

START_TEST(stores)
{
    double whole = 0;
    char folder[] = "/tmp/rqa-threads-XXXXXX", path[60], command[80];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int n = -1; n < WANTED; n++) {
        double sum = 0;
        rqa_store *store;
        snprintf(path, sizeof path, "%s/s%d", folder, n);
        ck_ok(rqa_store_open(&store, context, path, NULL));
        rqa_batch *batch = make_batch(RQA_BACKEND_AUTO, store);
        run_batch(batch, n, RQA_OK);
        rqa_batch_destroy(batch);
        ck_ok(rqa_store_read(store, NULL, sum_rows, n < 0 ? &whole : &sum));
        ck_assert(n < 0 || sum == whole);
        rqa_store_close(store);
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(batch_of_named_threads)
{
    account a = {.thread = pthread_self()};
    for (int n = 0; n < 3; n++) {
        rqa_batch *batch = make_batch(RQA_BACKEND_THREADS, NULL);
        atomic_store(&allowed, n);
        a = (account){.thread = pthread_self()};
        ck_fails(rqa_batch_run(batch, take, &a), RQA_ERROR_THREAD,
                 n > 0 ? "4 threads are wanted" : "a thread could not be created");
        atomic_store(&allowed, -1);
        rqa_batch_destroy(batch);
    }
}
END_TEST

/* Stopped by the callback, cancelled before the wait, never waited for; a wait without patience. */
START_TEST(endings_without_a_thread)
{
    account a = {.thread = pthread_self(), .stop_at = 5};
    rqa_batch_statistics now = {.struct_size = sizeof now};
    rqa_batch *batch = make_batch(RQA_BACKEND_AUTO, NULL);
    atomic_store(&allowed, 0);
    ck_fails(rqa_batch_run(batch, take, &a), RQA_ERROR_CANCELLED, "cancelled");
    ck_assert_int_ge(a.n_items, 5);
    ck_assert_int_lt(a.n_items, N_ITEMS);
    rqa_batch_destroy(batch);

    batch = make_batch(RQA_BACKEND_AUTO, NULL);
    a = (account){.thread = pthread_self()};
    ck_ok(rqa_batch_start(batch));
    rqa_batch_cancel(batch);
    ck_fails(rqa_batch_wait(batch, -1, take, &a), RQA_ERROR_CANCELLED, "cancelled");
    ck_assert_int_eq(a.n_items, 0);
    rqa_batch_destroy(batch);

    batch = make_batch(RQA_BACKEND_AUTO, NULL);
    ck_ok(rqa_batch_start(batch));
    rqa_batch_destroy(batch);

    batch = make_batch(RQA_BACKEND_AUTO, NULL);
    a = (account){.thread = pthread_self()};
    ck_ok(rqa_batch_start(batch));
    ck_ok(rqa_batch_poll(batch, &now));
    ck_assert_int_eq(now.state, 1);
    ck_ok(rqa_batch_wait(batch, 0, take, &a));
    ck_ok(rqa_batch_wait(batch, -1, take, &a));
    ck_ok(rqa_batch_poll(batch, &now));
    ck_assert_int_eq(now.state, 2);
    ck_assert_int_eq(a.n_items, N_ITEMS);
    rqa_batch_destroy(batch);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("threads");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, analyses);
    tcase_add_test(tcase, named);
    tcase_add_test(tcase, batches);
    tcase_add_test(tcase, stores);
    tcase_add_test(tcase, batch_of_named_threads);
    tcase_add_test(tcase, endings_without_a_thread);
    Suite *suite = suite_create("threads");
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
