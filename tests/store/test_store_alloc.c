/* test_store_alloc.c - memory of batches into stores: every allocation of librqa and of SQLite fails
 * once, and nothing grows however many recordings there are. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "store_jobs.h"

enum { LIBRARY, SQLITE, N_HEAPS };

/* A heap that counts, and whose allocation number fail_at fails. */
static struct {
    long long n_asked, fail_at, n_failed, n_live;
    int forever;
} heap[N_HEAPS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_mem_methods real; /* SQLite's own */

static int refuses(int which)
{
    pthread_mutex_lock(&lock);
    long long n = ++heap[which].n_asked, at = heap[which].fail_at;
    int refuse = at && (n == at || (heap[which].forever && n > at));
    heap[which].n_failed += refuse;
    pthread_mutex_unlock(&lock);
    return refuse;
}

static void count(int which, int n)
{
    pthread_mutex_lock(&lock);
    heap[which].n_live += n;
    pthread_mutex_unlock(&lock);
}

static void *library_allocate(size_t n_bytes, void *user)
{
    (void)user;
    void *block = refuses(LIBRARY) ? NULL : malloc(n_bytes);
    count(LIBRARY, block != NULL);
    return block;
}

static void *library_reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    return refuses(LIBRARY) ? NULL : realloc(block, n_bytes);
}

static void library_release(void *block, void *user)
{
    (void)user;
    count(LIBRARY, -1);
    free(block);
}

static void *sqlite_malloc(int n)
{
    void *block = refuses(SQLITE) ? NULL : real.xMalloc(n);
    count(SQLITE, block != NULL);
    return block;
}

static void sqlite_free(void *block)
{
    count(SQLITE, -(block != NULL));
    real.xFree(block);
}

static void *sqlite_realloc(void *block, int n)
{
    return refuses(SQLITE) ? NULL : real.xRealloc(block, n);
}

/* Before SQLite is used for the first time. */
static int take_over(void)
{
    const rqa_memory_hooks hooks = {sizeof hooks, 0, library_allocate, library_reallocate,
                                    library_release, NULL};
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
    sqlite3_mem_methods counting = real;
    counting.xMalloc = sqlite_malloc;
    counting.xFree = sqlite_free;
    counting.xRealloc = sqlite_realloc;
    return rqa_memory_hooks_set(&hooks) == RQA_OK &&
           sqlite3_config(SQLITE_CONFIG_MALLOC, &counting) == SQLITE_OK;
}

static job tiny;

static void setup(void)
{
    job_open(&tiny, 2, 2, 40);
    tiny.grid.n_delays = 1;
    tiny.grid.n_thresholds = 2;
    job_keep_clean(&tiny);
}

static void teardown(void)
{
    job_close(&tiny);
}

/* Makes a store (variant 0), or fills, reads and merges one that is there (1). */
static rqa_status use_store(int variant)
{
    if (variant == 0)
        return job_run(&tiny, tiny.path);
    char other[120];
    snprintf(other, sizeof other, "%s/b", tiny.folder);
    rqa_store *store;
    rqa_store_summary s = {.struct_size = sizeof s};
    rqa_status status = rqa_store_open(&store, tiny.context, tiny.path, NULL);
    if (!status)
        status = rqa_store_merge(store, other);
    if (!status)
        status = rqa_store_summarize(store, &s);
    rqa_store_close(store);
    return status;
}

static int ignore_row(const rqa_store_row *row, void *user)
{
    (void)row, (void)user;
    return 0;
}

static rqa_status read_store(int variant)
{
    (void)variant;
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    rqa_status status = rqa_store_open(&store, tiny.context, tiny.path, &options);
    if (!status)
        status = rqa_store_read(store, NULL, ignore_row, NULL);
    rqa_store_cursor *cursor = NULL;
    rqa_store_block b = {.struct_size = sizeof b, .n_rows = 1};
    const rqa_store_query query = {.struct_size = sizeof query, .sql = "SELECT * FROM results"};
    if (!status)
        status = rqa_store_cursor_create(&cursor, store, &query);
    while (!status && b.n_rows)
        status = rqa_store_cursor_next(cursor, &b);
    rqa_store_cursor_destroy(cursor);
    rqa_store_close(store);
    return status;
}

static const struct {
    const char *name;
    rqa_status (*run)(int variant);
    int variant, fresh; /* fresh: begins without a store */
} scenario[] = {
    {"a run into a new store", use_store, 0, 1},
    {"a merge into a new store", use_store, 1, 1},
    {"a run with nothing to do", use_store, 0, 0},
    {"a reading", read_store, 0, 0},
};

enum { N_SCENARIOS = sizeof scenario / sizeof scenario[0] };

/* Allocation number `at` of a heap fails: whether there was one. */
static int fail_one(int which, int s, long long at, int forever)
{
    char what[120];
    snprintf(what, sizeof what, "%s, allocation %lld of %s fails%s", scenario[s].name, at,
             which == SQLITE ? "SQLite" : "librqa", forever ? ", and all after it" : "");
    if (scenario[s].fresh)
        job_remove(tiny.path);
    long long live[N_HEAPS] = {heap[LIBRARY].n_live, heap[SQLITE].n_live};
    heap[which].n_asked = heap[which].n_failed = 0;
    heap[which].forever = forever;
    heap[which].fail_at = at;
    rqa_status status = scenario[s].run(scenario[s].variant);
    heap[which].fail_at = 0;
    int hit = heap[which].n_failed > 0;
    /* SQLite can do without some of its allocations. */
    ck_assert_msg(status == RQA_OK ? !hit || which == SQLITE : status == RQA_ERROR_MEMORY && hit,
                  "%s: %s (%s)", what, rqa_status_name(status), rqa_last_error());
    for (int k = 0; k < N_HEAPS; k++)
        ck_assert_msg(heap[k].n_live == live[k], "%s: %lld blocks leak", what,
                      heap[k].n_live - live[k]);
    if (access(tiny.path, F_OK) == 0)
        job_expect_sound(tiny.path, what);
    status = scenario[s].run(scenario[s].variant);
    ck_assert_msg(status == RQA_OK, "%s: the next run: %s", what, rqa_last_error());
    job_expect_clean(&tiny, tiny.path, what);
    return hit;
}

START_TEST(every_allocation_fails_once)
{
    int which = _i / N_SCENARIOS, s = _i % N_SCENARIOS;
    long long n = 0, step = (long long)env_number("RQA_TEST_STEP", 1);
    char other[120];
    snprintf(other, sizeof other, "%s/b", tiny.folder);
    ck_ok(job_run(&tiny, other));
    ck_ok(job_run(&tiny, tiny.path));
    if (which == SQLITE) /* there are forty thousand */
        step = (long long)env_number("RQA_TEST_SQLITE_STEP", 151);
    for (long long at = 1; fail_one(which, s, at, (int)(at / step % 2)); at += step)
        n++;
    printf("%s: %lld allocations of %s failed\n", scenario[s].name, n,
           which == SQLITE ? "SQLite" : "librqa");
    ck_assert_int_gt(n, 10 / step);
}
END_TEST

/* What is in use, not what malloc keeps: how many of its arenas a run's threads fall into is up to
 * the machine, and each keeps what it has freed. */
static long resident_pages(void)
{
    long total, resident = 0;
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return resident;
}

/* Many short recordings into one store. */
static double run_many(int n_items)
{
    rqa_store *store;
    rqa_batch *batch;
    double begin = job_now();
    rqa_batch_options o = tiny.grid;
    o.analysis = &tiny.analysis;
    ck_ok(rqa_store_open(&store, tiny.context, tiny.path, NULL));
    ck_ok(rqa_batch_create(&batch, tiny.context, &o));
    for (int k = 0; k < n_items; k++) {
        double x[50];
        char label[20];
        for (int i = 0; i < 50; i++)
            x[i] = (i * 37 % 11 + k % 97) / 4. + k;
        rqa_series *series = support_series(tiny.context, x, 50, 1);
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
        snprintf(label, sizeof label, "r%d", k);
        item.label = label;
        ck_ok(rqa_batch_add(batch, &item));
        rqa_series_destroy(series);
    }
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    return job_now() - begin;
}

START_TEST(nothing_grows)
{
    int n_items = (int)env_number("RQA_TEST_RECORDINGS", 10000);
    long long live[2] = {0, 0};
    long pages[4];
    for (int k = 0; k < 4; k++) {
        job_remove(tiny.path);
        double took = run_many(n_items);
        ck_assert_int_eq(job_number(tiny.path, "SELECT count(*) FROM results"),
                         (long long)n_items * tiny.grid.n_dims * 2 * tiny.grid.n_lmins);
        pages[k] = resident_pages();
        printf("%d recordings of 50 samples: %.2f s, %ld kB resident\n", n_items, took,
               pages[k] * (sysconf(_SC_PAGESIZE) / 1024));
        if (k)
            for (int h = 0; h < N_HEAPS; h++)
                ck_assert_int_eq(heap[h].n_live, live[h]);
        live[LIBRARY] = heap[LIBRARY].n_live;
        live[SQLITE] = heap[SQLITE].n_live;
    }
    /* With few recordings, as under a sanitizer, its own memory is what grows. */
    const long slack = 1000; /* 200 bytes a recording in each of two runs */
    ck_assert_msg(n_items < 10000 || pages[3] <= pages[1] + slack, "from %ld to %ld pages",
                  pages[1], pages[3]);
}
END_TEST

int main(void)
{
    if (!take_over())
        return EXIT_FAILURE;
    Suite *s = suite_create("store allocation");
    TCase *t = tcase_create("allocation");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 600);
    tcase_add_loop_test(t, every_allocation_fails_once, 0, N_HEAPS * N_SCENARIOS);
    tcase_add_test(t, nothing_grows);
    suite_add_tcase(s, t);
    return support_run(s);
}
