/* test_store_faults.c - what may happen to a batch that writes a store: killed, deleted, damaged,
 * kept waiting, forked, without threads, with a clock that jumps. */
#define _GNU_SOURCE /* F_OFD_GETLK, RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gate.h"
#include "store_jobs.h"

/* Interposed before the C library's own: a system that runs out of threads. */
static atomic_int thread_to_fail; /* 1 = the next one */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    void *symbol = dlsym(RTLD_NEXT, "pthread_create");
    memcpy(&next, &symbol, sizeof next);
    if (atomic_load(&thread_to_fail) > 0 && atomic_fetch_sub(&thread_to_fail, 1) == 1)
        return EAGAIN;
    return next(thread, attributes, run, argument);
}

/* And a time of day that goes an hour back each time somebody looks. */
static atomic_int clock_jumps, n_looks;

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int (*next)(clockid_t, struct timespec *);
    void *symbol = dlsym(RTLD_NEXT, "clock_gettime");
    memcpy(&next, &symbol, sizeof next);
    int failed = next(clock, out);
    if (clock == CLOCK_REALTIME && atomic_load(&clock_jumps))
        out->tv_sec -= 3600 * (1 + atomic_fetch_add(&n_looks, 1));
    return failed;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = (suseconds_t)(now.tv_nsec / 1000);
    return 0;
}

enum { SAMPLES = 150 };

static job j;

/* And somebody who extends the store to this size while librqa waits. */
static atomic_long grow_to;

int nanosleep(const struct timespec *duration, struct timespec *left)
{
    long size = atomic_exchange(&grow_to, 0);
    if (size && truncate(j.path, size))
        abort();
    return clock_nanosleep(CLOCK_MONOTONIC, 0, duration, left) ? -1 : 0;
}

static void open_job(int n_items, size_t n_samples)
{
    job_open(&j, 2, n_items, n_samples);
    job_keep_clean(&j);
}

static void setup(void)
{
    open_job(12, SAMPLES);
}

static void teardown(void)
{
    job_close(&j);
}

static rqa_store *open_store(void)
{
    rqa_store *store;
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    return store;
}

static void expect_resumed(const char *what)
{
    rqa_status status = job_run(&j, j.path);
    ck_assert_msg(status == RQA_OK, "%s: %s", what, rqa_last_error());
    job_expect_clean(&j, j.path, what);
}

/* ---- kill -9 */

static pid_t start_child(void)
{
    pid_t child = fork();
    if (child)
        return child;
    job_reopen(&j, 2, SAMPLES);
    _exit(job_run(&j, j.path) == RQA_OK ? 0 : 1);
}

START_TEST(killed_at_random_moments)
{
    int n_kills = (int)env_number("RQA_TEST_KILLS", 200), n_partial = 0, n_ended = 0, code;
    rng r = {env_number("RQA_TEST_SEED", 5)};
    teardown();
    open_job(40, SAMPLES);
    double begin = job_now();
    ck_assert_int_eq(waitpid(start_child(), &code, 0) > 0 && code == 0, 1);
    double takes = job_now() - begin;
    for (int k = 0; k < n_kills; k++) {
        char what[60];
        double after = takes * rng_uniform(&r) * 1.1;
        int ended_before = n_ended;
        snprintf(what, sizeof what, "killed after %.3f ms, of %.3f", 1e3 * after, 1e3 * takes);
        job_remove(j.path);
        /* Every third is killed while it resumes, too. */
        for (int times = 0; times <= (k % 3 == 0); times++) {
            pid_t child = start_child();
            job_nap(after);
            kill(child, SIGKILL);
            ck_assert_int_eq(waitpid(child, &code, 0), child);
            ck_assert_msg(WIFSIGNALED(code) || code == 0, "%s: the child failed", what);
            n_ended += !WIFSIGNALED(code);
        }
        takes *= n_ended > ended_before ? 0.7 : 1.1; /* the machine is not equally busy all along */
        if (job_number(j.path, "SELECT count(*) FROM sqlite_schema") > 0) {
            job_expect_sound(j.path, what);
            long long n = job_number(j.path, "SELECT count(*) FROM results");
            n_partial += n > 0 && n < (long long)job_n_rows(&j);
        }
        expect_resumed(what);
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM run WHERE status = 'running'"), 0);
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM worker"), 0);
    }
    printf("kill -9: %d stores, %d with a part of the rows, %d attempts had ended\n", n_kills,
           n_partial, n_ended);
    ck_assert(n_kills < 30 || n_partial * 20 > n_kills); /* else the moments were not in the batch */
}
END_TEST

/* ---- the file */

typedef int (*on_start)(void);

/* Runs a batch with something happening to the file, or a cancellation, when it has started and
 * before it has computed anything. */
static int at_start(const rqa_batch_event *event, void *user)
{
    on_start happen;
    memcpy(&happen, user, sizeof happen);
    if (event->type == RQA_EVENT_BATCH_STARTED)
        return happen();
    gate_open();
    return 0;
}

static rqa_status run_with(on_start happen)
{
    rqa_store *store = open_store();
    gate_close();
    rqa_status status = job_run_in(&j, store, at_start, &happen);
    gate_open();
    rqa_store_close(store);
    return status;
}

static int delete_store(void)
{
    return unlink(j.path);
}

static int replace_store(void)
{
    char other[120];
    snprintf(other, sizeof other, "%s-new", j.path);
    FILE *f = fopen(other, "w");
    return f == NULL || fputs("somebody's text\n", f) < 0 || fclose(f) || rename(other, j.path);
}

START_TEST(deleted_or_replaced)
{
    ck_fails(run_with(delete_store), RQA_ERROR_STORE, "deleted or replaced");
    ck_assert_int_ne(access(j.path, F_OK), 0);
    expect_resumed("deleted");
    job_remove(j.path);
    ck_fails(run_with(replace_store), RQA_ERROR_STORE, "deleted or replaced");
    char text[40] = "";
    FILE *f = fopen(j.path, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
    fclose(f);
    ck_assert_str_eq(text, "somebody's text\n");
    ck_fails(job_run(&j, j.path), RQA_ERROR_STORE_FORMAT, "not an SQLite file");
    job_remove(j.path);
    expect_resumed("replaced");
}
END_TEST

static unsigned char *load(size_t *n)
{
    FILE *f = fopen(j.path, "rb");
    ck_assert_ptr_nonnull(f);
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    unsigned char *bytes = malloc(*n);
    ck_assert_uint_eq(fread(bytes, 1, *n, f), *n);
    fclose(f);
    return bytes;
}

static void save(const unsigned char *bytes, size_t n)
{
    job_remove(j.path);
    FILE *f = fopen(j.path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static int count_row(const rqa_store_row *row, void *user)
{
    (void)row;
    ++*(uint64_t *)user;
    return 0;
}

/* Everything that can be done with a store, on one that may be damaged: an error, or a run that
 * shows what an undisturbed one shows. Returns whether it was noticed. */
static int try_damaged(const char *what, int whole_pages)
{
    rqa_store *store;
    rqa_store_summary s = {.struct_size = sizeof s};
    uint64_t n_rows = 0;
    char other[120];
    rqa_status status = rqa_store_open(&store, j.context, j.path, NULL), read = RQA_OK;
    if (!status) {
        rqa_store_summarize(store, &s);
        read = rqa_store_read(store, NULL, count_row, &n_rows);
        status = job_run_in(&j, store, NULL, NULL);
    }
    rqa_store_close(store);
    snprintf(other, sizeof other, "%s/b", j.folder);
    job_remove(other);
    rqa_store *into = NULL;
    ck_ok(rqa_store_open(&into, j.context, other, NULL));
    rqa_store_merge(into, j.path);
    rqa_store_close(into);
    if (!status) {
        char *view = job_query(j.path, "SELECT * FROM results ORDER BY series, mode, dim, delay,"
                                       " threshold, lmin, vmin");
        int noticed = !view || read;
        if (view && strcmp(view, j.clean) != 0) {
            /* SQLite has no checksums, but its own check must see it. */
            char *check = job_query(j.path, "PRAGMA integrity_check");
            ck_assert_msg(!whole_pages, "%s: the view differs", what);
            ck_assert_msg(!check || strcmp(check, "ok\n") != 0, "%s: the view differs", what);
            free(check);
            noticed = 0;
        }
        free(view);
        return noticed;
    }
    ck_assert_msg(status == RQA_ERROR_STORE_FORMAT || status == RQA_ERROR_STORE, "%s: %s: %s", what,
                  rqa_status_name(status), rqa_last_error());
    return 1;
}

START_TEST(truncated_or_overwritten)
{
    size_t n;
    ck_ok(job_run(&j, j.path));
    unsigned char *whole = load(&n);
    int n_cut = 0, n_tried = 0, n_noticed = 0, n_overwritten = (int)env_number("RQA_TEST_PAGES", 100);
    for (size_t size = 0; size < n; size += 4096, n_tried++) { /* pages and half pages */
        char what[60];
        snprintf(what, sizeof what, "cut at %zu of %zu", size, n);
        save(whole, size);
        n_cut += try_damaged(what, size % 8192 == 0);
    }
    ck_assert_int_eq(n_cut, n_tried - 1); /* an empty file is a new store */
    rng r = {3};
    unsigned char *damaged = malloc(n);
    for (int k = 0; k < n_overwritten; k++) {
        char what[60];
        size_t page = (size_t)rng_below(&r, n / 8192) * 8192;
        memcpy(damaged, whole, n);
        for (size_t i = 0; i < 8192; i++)
            damaged[page + i] = (unsigned char)rng_next(&r);
        snprintf(what, sizeof what, "garbage from %zu on", page);
        save(damaged, n);
        n_noticed += try_damaged(what, 1);
    }
    printf("damage: %d of %d truncations and %d of %d pages of garbage noticed\n", n_cut, n_tried,
           n_noticed, n_overwritten);
    ck_assert_int_gt(n_noticed, n_overwritten / 2);
    free(whole);
    free(damaged);
}
END_TEST

static rqa_status open_cut(int32_t mode, int64_t size)
{
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = mode;
    ck_assert_int_eq(truncate(j.path, size), 0);
    rqa_status status = rqa_store_open(&store, j.context, j.path, &options);
    rqa_store_close(store);
    return status;
}

/* SQLite rounds the size of a file up, and reads zeros for what is missing of the last page. */
START_TEST(cut_inside_a_page)
{
    size_t n, n_wal;
    char wal[120], from_wal[120];
    ck_ok(job_run(&j, j.path));
    unsigned char *whole = load(&n);
    int64_t sizes[] = {(int64_t)n - 1, (int64_t)n - 8191, (int64_t)n - 8192 - 100, 8192 + 1, 3000};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (int32_t mode = RQA_STORE_WRITE; mode <= RQA_STORE_READ; mode++) {
            save(whole, n);
            ck_fails(open_cut(mode, sizes[k]), RQA_ERROR_STORE_FORMAT, "damaged|truncated|8192");
            struct stat info;
            ck_assert_int_eq(stat(j.path, &info), 0);
            ck_assert_int_eq(info.st_size, sizes[k]);
        }
    /* A checkpoint that was killed may leave the same, and then the WAL has the page. */
    sqlite3 *db;
    save(whole, n);
    ck_assert_int_eq(sqlite3_open(j.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
                                      "VACUUM", NULL, NULL, NULL), SQLITE_OK);
    snprintf(wal, sizeof wal, "%s-wal", j.path);
    snprintf(from_wal, sizeof from_wal, "%s-kept", j.path);
    ck_assert_int_eq(link(wal, from_wal), 0);
    unsigned char *in_wal_mode = load(&n_wal);
    sqlite3_close(db);
    save(in_wal_mode, n_wal);
    ck_assert_int_eq(rename(from_wal, wal), 0);
    ck_ok(open_cut(RQA_STORE_WRITE, (int64_t)n_wal - 5000));
    job_expect_clean(&j, j.path, "cut, and whole in the WAL");
    free(in_wal_mode);
    free(whole);
}
END_TEST

/* A file that somebody is extending while it is opened is not a damaged one. */
START_TEST(growing_while_it_is_opened)
{
    size_t n;
    ck_ok(job_run(&j, j.path));
    unsigned char *whole = load(&n);
    save(whole, n);
    ck_assert_int_eq(truncate(j.path, (off_t)n + 100), 0);
    atomic_store(&grow_to, (long)n + 8192);
    rqa_store *store = open_store();
    ck_assert_int_eq(atomic_load(&grow_to), 0);
    rqa_store_close(store);
    job_expect_clean(&j, j.path, "grown");
    free(whole);
}
END_TEST

/* What SQLite takes for sound, and no librqa has written. */
START_TEST(numbers_that_cannot_be)
{
    static const struct {
        const char *sql;
        rqa_status read, run;
    } change[] = {
        {"UPDATE setting SET id = -5 WHERE id = 3", RQA_ERROR_STORE_FORMAT, RQA_ERROR_STORE_FORMAT},
        {"UPDATE setting SET id = 4000000000000 WHERE id = 3", RQA_ERROR_STORE_FORMAT,
         RQA_ERROR_STORE_FORMAT},
        {"UPDATE reason SET id = -1 WHERE id = 1", RQA_ERROR_STORE_FORMAT, RQA_ERROR_STORE_FORMAT},
        {"UPDATE reason SET id = 9000000000000000000 WHERE id = 1", RQA_ERROR_STORE_FORMAT,
         RQA_ERROR_STORE_FORMAT},
        {"UPDATE unit SET first = 9223372036854775807 WHERE id = 2", RQA_ERROR_STORE_FORMAT,
         RQA_ERROR_STORE_FORMAT},
        {"UPDATE unit SET room = -1 WHERE id = 2", RQA_ERROR_STORE_FORMAT, RQA_ERROR_STORE_FORMAT},
        {"UPDATE unit SET measures = -1 WHERE id = 2", RQA_ERROR_STORE_FORMAT,
         RQA_ERROR_STORE_FORMAT},
        {"UPDATE result SET id = 9223372036854775807 WHERE id = 7", RQA_ERROR_STORE_FORMAT,
         RQA_ERROR_STORE_FORMAT},
    };
    size_t n;
    ck_ok(job_run(&j, j.path));
    unsigned char *whole = load(&n);
    for (size_t k = 0; k < sizeof change / sizeof change[0]; k++) {
        sqlite3 *db;
        uint64_t n_rows = 0;
        save(whole, n);
        ck_assert_int_eq(sqlite3_open(j.path, &db), SQLITE_OK);
        ck_assert_int_eq(sqlite3_exec(db, change[k].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        rqa_store *store = open_store();
        rqa_status read = rqa_store_read(store, NULL, count_row, &n_rows);
        ck_assert_msg(read == change[k].read, "%s: read: %s", change[k].sql, rqa_status_name(read));
        if (read)
            ck_assert_msg(strstr(rqa_last_error(), "damaged"), "%s", rqa_last_error());
        rqa_status run = job_run_in(&j, store, NULL, NULL);
        ck_assert_msg(run == change[k].run, "%s: run: %s", change[k].sql, rqa_status_name(run));
        rqa_store_close(store);
    }
    free(whole);
}
END_TEST

/* ---- another process holds the file */

static sqlite3 *holder;

static int hold(void)
{
    ck_assert_int_eq(sqlite3_open(j.path, &holder), SQLITE_OK);
    sqlite3_busy_timeout(holder, 600000);
    ck_assert_int_eq(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return 0;
}

static void let_go(void)
{
    sqlite3_close(holder);
    holder = NULL;
}

typedef struct background {
    pthread_t thread;
    rqa_batch *batch;
    int hold_at_start;
    rqa_status status;
    atomic_int started;
} background;

static int hold_when_started(const rqa_batch_event *event, void *user)
{
    background *b = user;
    if (event->type == RQA_EVENT_BATCH_STARTED) {
        if (b->hold_at_start)
            hold();
        gate_open();
        atomic_store(&b->started, 1);
    }
    return 0;
}

static void *run_in_background(void *user)
{
    background *b = user;
    if (b->hold_at_start)
        gate_close();
    b->status = rqa_batch_run(b->batch, hold_when_started, b);
    return NULL;
}

/* Held when the items are registered (0), or while units are claimed and rows are written (1); then
 * let go, or cancelled. */
static void run_held(int at_start_too, int cancel)
{
    rqa_store *store = open_store();
    background b = {.batch = job_batch(&j), .hold_at_start = at_start_too};
    ck_ok(rqa_batch_set_store(b.batch, store));
    if (!at_start_too)
        hold();
    ck_assert_int_eq(pthread_create(&b.thread, NULL, run_in_background, &b), 0);
    while (at_start_too && !atomic_load(&b.started))
        job_nap(.001);
    job_nap(.3);
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_ok(rqa_batch_poll(b.batch, &s));
    ck_assert_int_le(s.state, 1);
    double begin = job_now();
    if (cancel)
        rqa_batch_cancel(b.batch);
    else
        let_go();
    pthread_join(b.thread, NULL);
    if (cancel) { /* that it was held would be said after a minute, if this were not heard */
        ck_assert_int_eq(b.status, RQA_ERROR_CANCELLED);
        printf("cancelled in %.3f s while another process held the store\n", job_now() - begin);
        let_go();
    } else {
        ck_assert_int_eq(b.status, RQA_OK);
    }
    rqa_batch_destroy(b.batch);
    rqa_store_close(store);
    expect_resumed("held by another");
}

START_TEST(held_by_another_process)
{
    run_held(_i & 1, _i >> 1);
}
END_TEST

/* ---- callbacks */

static int take_long(const rqa_batch_event *event, void *user)
{
    rqa_batch_statistics *s = user;
    while (event->type == RQA_EVENT_BATCH_STARTED && s[0].n_done == 0) { /* for ever, if it did */
        job_nap(.01);
        ck_ok(rqa_batch_poll((rqa_batch *)(uintptr_t)s[1].n_total, &s[0]));
    }
    return 0;
}

START_TEST(a_slow_callback_stops_nobody)
{
    rqa_store *store = open_store();
    rqa_batch *batch = job_batch(&j);
    rqa_batch_statistics s[2] = {{.struct_size = sizeof s[0]}, {.n_total = (uintptr_t)batch}};
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, take_long, s));
    ck_assert_uint_gt(s[0].n_done, 0); /* written while the callback slept */
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    job_expect_clean(&j, j.path, "slow callback");
}
END_TEST

static int refuse(void)
{
    return 7;
}

START_TEST(a_callback_that_fails_cancels)
{
    ck_fails(run_with(refuse), RQA_ERROR_CANCELLED, "cancelled");
    expect_resumed("callback failed");
}
END_TEST

/* ---- clock, threads, fork */

START_TEST(time_of_day_goes_backwards)
{
    rqa_store *store = open_store();
    rqa_batch *batch = job_batch(&j);
    rqa_batch_statistics s = {.struct_size = sizeof s};
    double begin = job_now();
    ck_ok(rqa_batch_set_store(batch, store));
    atomic_store(&clock_jumps, 1);
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_ok(rqa_batch_poll(batch, &s));
    atomic_store(&clock_jumps, 0);
    ck_assert_int_gt(atomic_load(&n_looks), 0); /* the times in `run` */
    ck_assert(s.elapsed_s > 0 && s.elapsed_s <= job_now() - begin);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    job_expect_clean(&j, j.path, "clock");
}
END_TEST

/* The batch names threads: without its driver or a helper it fails; without a writer the workers
 * write. */
START_TEST(no_thread_to_be_had)
{
    int n = 1, n_refused = 0;
    for (int left = 0; left == 0; n++) {
        char what[40];
        snprintf(what, sizeof what, "thread %d fails", n);
        job_remove(j.path);
        atomic_store(&thread_to_fail, n);
        rqa_status status = job_run(&j, j.path);
        left = atomic_exchange(&thread_to_fail, 0);
        if (status)
            ck_assert_msg(status == RQA_ERROR_THREAD && strstr(rqa_last_error(), "thread"), "%s: %s",
                          what, rqa_last_error());
        else
            job_expect_clean(&j, j.path, what);
        n_refused += status != RQA_OK;
        job_expect_sound(j.path, what);
        expect_resumed(what);
    }
    ck_assert_int_gt(n, 4); /* driver, helper, writer */
    ck_assert_int_eq(n_refused, 2);
}
END_TEST

/* All that a fork may try with what is its parent's; the number of the call that did otherwise. */
static int use_after_fork(rqa_store *store, rqa_batch *batch)
{
    rqa_store *other;
    rqa_batch_statistics s = {.struct_size = sizeof s};
    rqa_store_summary sum = {.struct_size = sizeof sum};
    uint64_t n = 0;
    alarm(1000); /* a lock that was held at the fork is held for ever */
    if (rqa_batch_poll(batch, &s) != RQA_ERROR_FORKED)
        return 1;
    if (rqa_batch_wait(batch, -1, NULL, NULL) != RQA_ERROR_FORKED)
        return 2;
    if (rqa_batch_item_status(batch, 0, NULL) != RQA_ERROR_FORKED)
        return 3;
    rqa_batch_cancel(batch);
    if (rqa_store_summarize(store, &sum) != RQA_ERROR_FORKED)
        return 4;
    if (rqa_store_read(store, NULL, count_row, &n) != RQA_ERROR_FORKED)
        return 5;
    if (rqa_store_merge(store, j.path) != RQA_ERROR_FORKED)
        return 6;
    if (rqa_store_key(store, 0) != NULL)
        return 7;
    if (rqa_store_open(&other, j.context, j.path, NULL) != RQA_ERROR_FORKED)
        return 8;
    const rqa_store_query query = {.struct_size = sizeof query, .sql = "SELECT 1"};
    rqa_store_cursor *cursor;
    if (rqa_store_cursor_create(&cursor, store, &query) != RQA_ERROR_FORKED)
        return 9;
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    return 0;
}

/* Whether anybody holds a byte of the workers file. */
static int has_workers(void)
{
    char name[120];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    snprintf(name, sizeof name, "%s-workers", j.path);
    int file = open(name, O_RDWR);
    int held = file >= 0 && fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (file >= 0)
        close(file);
    return held;
}

START_TEST(forked_while_running)
{
    for (int k = 0; k < 10; k++) {
        rqa_store *store = open_store();
        rqa_batch *batch = job_batch(&j);
        ck_ok(rqa_batch_set_store(batch, store));
        hold();
        job_nap(.001);
        let_go();
        ck_ok(rqa_batch_start(batch));
        hold(); /* the batch cannot end before it is let go */
        job_nap(.002 * k);
        pid_t child = fork();
        if (child == 0)
            _exit(use_after_fork(store, batch));
        int code;
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) == 0, "child: status 0x%x", code);
        rqa_batch_statistics s = {.struct_size = sizeof s};
        ck_ok(rqa_batch_poll(batch, &s));
        ck_assert(s.state != 1 || s.n_done == s.n_total || has_workers());
        let_go();
        ck_ok(rqa_batch_wait(batch, -1, NULL, NULL));
        rqa_batch_destroy(batch);
        rqa_store_close(store);
        job_expect_clean(&j, j.path, "forked");
        job_remove(j.path);
    }
}
END_TEST

/* ---- several writers in one process */

typedef struct writer {
    pthread_t thread;
    rqa_store *store; /* shared, or NULL: its own */
    rqa_status status;
} writer;

static void *write_whole(void *user)
{
    writer *w = user;
    w->status = w->store ? job_run_in(&j, w->store, NULL, NULL) : job_run(&j, j.path);
    return NULL;
}

START_TEST(writers_in_one_process)
{
    enum { N_WRITERS = 4 };
    for (int round = 0; round < 6; round++) {
        writer w[N_WRITERS];
        rqa_store *shared = round % 2 ? open_store() : NULL;
        for (int k = 0; k < N_WRITERS; k++) {
            w[k].store = shared;
            ck_assert_int_eq(pthread_create(&w[k].thread, NULL, write_whole, &w[k]), 0);
        }
        for (int k = 0; k < N_WRITERS; k++) {
            pthread_join(w[k].thread, NULL);
            ck_assert_msg(w[k].status == RQA_OK, "writer %d: %s", k, rqa_status_name(w[k].status));
        }
        rqa_store_close(shared);
        job_expect_clean(&j, j.path, "writers");
        ck_assert_int_eq(job_number(j.path, "SELECT sum(n_done) FROM run"), job_n_rows(&j));
        job_remove(j.path);
    }
}
END_TEST

int main(void)
{
    gate_install();
    Suite *s = suite_create("store faults");
    TCase *t = tcase_create("faults");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 600);
    tcase_add_test(t, killed_at_random_moments);
    tcase_add_test(t, deleted_or_replaced);
    tcase_add_test(t, truncated_or_overwritten);
    tcase_add_test(t, cut_inside_a_page);
    tcase_add_test(t, growing_while_it_is_opened);
    tcase_add_test(t, numbers_that_cannot_be);
    tcase_add_loop_test(t, held_by_another_process, 0, 4);
    tcase_add_test(t, a_slow_callback_stops_nobody);
    tcase_add_test(t, a_callback_that_fails_cancels);
    tcase_add_test(t, time_of_day_goes_backwards);
    tcase_add_test(t, no_thread_to_be_had);
    tcase_add_test(t, forked_while_running);
    tcase_add_test(t, writers_in_one_process);
    suite_add_tcase(s, t);
    return support_run(s);
}
