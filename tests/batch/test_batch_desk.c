/* test_batch_desk.c - measures that threads compute from what a device has counted: the rows are those
 * of threads alone, more than the device's thread is at it, and memory that runs out is told. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator_control.h"
#include "support.h"

enum { N_SERIES = 8, N_SAMPLES = 40, N_DIMS = 3, N_THRESHOLDS = 4 };

static double sample[N_SERIES][N_SAMPLES];
static int n_series; /* fewer where they are slow */

static void make_samples(void)
{
    uint32_t state = 12345;
    for (int k = 0; k < N_SERIES; k++) {
        double at = 0;
        for (int i = 0; i < N_SAMPLES; i++) {
            state = state * 1664525u + 1013904223u;
            at += (double)(state >> 16) / 65536 - 0.5;
            sample[k][i] = at;
        }
    }
}

/* ---- hooks ---- */

enum { MOST_THREADS = 32 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t seen[MOST_THREADS];
static int n_seen;
static long n_live, n_allocations, fail_at; /* 0: none */

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    pthread_mutex_lock(&lock);
    const int fails = ++n_allocations == fail_at;
    n_live += !fails;
    pthread_mutex_unlock(&lock);
    return fails ? NULL : malloc(n_bytes);
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    return block ? realloc(block, n_bytes) : allocate(n_bytes, user);
}

static void release(void *block, void *user)
{
    (void)user;
    if (!block)
        return;
    pthread_mutex_lock(&lock);
    int k = 0;
    while (k < n_seen && !pthread_equal(seen[k], pthread_self()))
        k++;
    if (k == n_seen && n_seen < MOST_THREADS)
        seen[n_seen++] = pthread_self();
    n_live--;
    pthread_mutex_unlock(&lock);
    free(block);
}

static const rqa_memory_hooks hooks = {
    .struct_size = sizeof hooks, .allocate = allocate, .reallocate = reallocate, .release = release};

/* ---- a batch ---- */

typedef struct table {
    double *values;
    uint8_t *reasons;
    size_t n;
} table;

static rqa_status fill(rqa_context *context, int32_t backend, table *t)
{
    static const uint32_t dims[N_DIMS] = {1, 2, 3}, delays[] = {1, 2}, lmins[] = {2, 3};
    static const double thresholds[N_THRESHOLDS] = {.1, .3, .6, 1};
    rqa_series *series[N_SERIES] = {NULL};
    rqa_analysis_options analysis;
    rqa_batch_options options;
    rqa_batch *batch = NULL;
    rqa_analysis_options_init(&analysis);
    rqa_batch_options_init(&options);
    analysis.backend = backend;
    options.analysis = &analysis;
    options.dims = dims;
    options.n_dims = N_DIMS;
    options.delays = delays;
    options.n_delays = 2;
    options.thresholds = thresholds;
    options.n_thresholds = N_THRESHOLDS;
    options.lmins = lmins;
    options.n_lmins = 2;
    rqa_status status = rqa_batch_create(&batch, context, &options);
    for (int k = 0; k < n_series && !status; k++) {
        status = rqa_series_create(&series[k], context, sample[k], N_SAMPLES, 1, NULL);
        rqa_batch_item item = {
            .struct_size = sizeof item, .norm = -1, .relation = -1, .x = series[k]};
        if (!status)
            status = rqa_batch_add(batch, &item);
    }
    if (!status) {
        const uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
        t->n = (size_t)(n_rows * rqa_batch_size(batch, RQA_BATCH_MEASURES));
        t->values = calloc(t->n, sizeof *t->values);
        t->reasons = calloc(t->n, 1);
        status = rqa_batch_set_table(batch, t->values, t->reasons, n_rows);
    }
    if (!status)
        status = rqa_batch_run(batch, NULL, NULL);
    for (uint64_t k = 0; k < (uint64_t)n_series && !status; k++)
        status = rqa_batch_item_status(batch, k, NULL);
    rqa_batch_destroy(batch);
    for (int k = 0; k < N_SERIES; k++)
        rqa_series_destroy(series[k]);
    return status;
}

static void forget(table *t)
{
    free(t->values);
    free(t->reasons);
    *t = (table){NULL, NULL, 0};
}

static rqa_status run(uint32_t n_threads, int32_t backend, table *t)
{
    rqa_context_options how;
    rqa_context *context = NULL;
    rqa_context_options_init(&how);
    how.n_threads = n_threads;
    how.device_batch = 20; /* results at a time: many bundles */
    rqa_status status = rqa_context_create(&context, &how);
    if (!status)
        status = fill(context, backend, t);
    rqa_context_destroy(context);
    return status;
}

static int same(const table *a, const table *b)
{
    return a->n == b->n && memcmp(a->values, b->values, a->n * sizeof *a->values) == 0 &&
           memcmp(a->reasons, b->reasons, a->n) == 0;
}

START_TEST(rows_whoever_computes_them)
{
    static const char *const settings[] = {"DEVICES=1", "DEVICES=2 SLOW=50", "DEVICES=3 LAZY=1"};
    table expected = {NULL, NULL, 0}, got = expected;
    ck_ok(run(2, RQA_BACKEND_THREADS, &expected));
    for (int k = 0; k < 3; k++)
        for (uint32_t n_threads = 1; n_threads < 6; n_threads += 4)
            for (int32_t b = RQA_BACKEND_GPU; b <= RQA_BACKEND_HYBRID; b++) {
                emulate("%s", settings[k]);
                ck_ok(run(n_threads, b, &got));
                ck_assert_msg(same(&expected, &got), "%s, %u threads, %s", settings[k], n_threads,
                              rqa_backend_name(b));
                forget(&got);
            }
    forget(&expected);
}
END_TEST

/* A device that is slow, so that the others have the time for it. */
START_TEST(others_than_the_device_thread)
{
    int n[2];
    rqa_memory_hooks_set(&hooks);
    for (int many = 0; many < 2; many++) {
        table t = {NULL, NULL, 0};
        emulate("DEVICES=1 SLOW=1000");
        n_seen = 0;
        ck_ok(run(many ? 4 : 1, RQA_BACKEND_GPU, &t));
        n[many] = n_seen;
        forget(&t);
    }
    rqa_memory_hooks_set(NULL);
    ck_assert_int_gt(n[1], n[0]);
}
END_TEST

/* Of all allocations of a run, here and there one fails. */
START_TEST(no_memory_for_it)
{
    table expected = {NULL, NULL, 0};
    int n_failed = 0;
    emulate("DEVICES=1");
    rqa_memory_hooks_set(&hooks);
    n_allocations = fail_at = 0;
    ck_ok(run(4, RQA_BACKEND_GPU, &expected));
    const long n = n_allocations, step = n / 25 + 1;
    for (long at = 1; at <= n; at += step) {
        table got = {NULL, NULL, 0};
        emulate("DEVICES=1");
        n_allocations = n_live = 0;
        fail_at = at;
        const rqa_status status = run(4, RQA_BACKEND_GPU, &got);
        fail_at = 0;
        ck_assert_msg(status == RQA_OK || status == RQA_ERROR_MEMORY ||
                          status == RQA_ERROR_BACKEND_MISSING,
                      "allocation %ld of %ld: %s: %s", at, n, rqa_status_name(status),
                      rqa_last_error());
        ck_assert_msg(status || same(&expected, &got), "allocation %ld: the rows differ", at);
        ck_assert_int_eq(n_live, 0);
        n_failed += status != RQA_OK;
        forget(&got);
    }
    rqa_memory_hooks_set(NULL);
    ck_assert_int_gt(n_failed, 5);
    forget(&expected);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("batch desk");
    TCase *races = tcase_create("races"), *memory = tcase_create("memory");
    n_series = (int)env_number("RQA_TEST_SERIES", N_SERIES);
    make_samples();
    tcase_set_timeout(races, 600);
    tcase_add_test(races, rows_whoever_computes_them);
    tcase_add_test(races, others_than_the_device_thread);
    suite_add_tcase(s, races);
    tcase_set_timeout(memory, 600);
    tcase_add_test(memory, no_memory_for_it);
    suite_add_tcase(s, memory);
    return support_run(s);
}
