/* test_store_versions.c - a store of release 0.2.0 (tests/data/store), of older tables and an older
 * numerics version: read, taken over, computed into, killed on the way, merged; and those who meet
 * there. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_jobs.h"

enum { SAMPLES = 90, ITEMS = 5, OLD_ROWS = 64 };

/* What the old view had; the new ones have a column more. */
#define COLUMNS                                                                                    \
    "series, \"group\", mode, dim, delay, threshold, lmin, vmin, rr, det, l_mean, l_max, div, "    \
    "l_entr, lam, tt, v_max, v_entr, w_mean, w_max, w_entr, t1, t2, rte, trend, det_rr, lam_det, " \
    "status, reason, backend, convention, norm, relation, compare, theiler, theiler_diagonal, "    \
    "theiler_vertical, wmin, threshold_unit, data"
#define ROWS_OF(view)                                                                              \
    "SELECT " COLUMNS " FROM " view " WHERE dim > 0 ORDER BY series, mode, dim, delay, threshold, lmin"

static job j;
static char other[120];
static atomic_int n_older_lines;

static void take_line(void *user, int32_t level, const char *line)
{
    (void)user;
    n_older_lines += level == RQA_LOG_WARNING && strstr(line, "results_older") != NULL;
}

static void copy(const char *from, const char *to)
{
    static char bytes[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    ck_assert(in && out);
    size_t n = fread(bytes, 1, sizeof bytes, in);
    ck_assert(n > 0 && n < sizeof bytes);
    ck_assert_uint_eq(fwrite(bytes, 1, n, out), n);
    fclose(in);
    fclose(out);
}

static void take_old(void)
{
    job_remove(j.path);
    copy(RQA_TEST_OLD_STORE, j.path);
}

static void setup(void)
{
    job_open(&j, 2, ITEMS, SAMPLES);
    for (int k = 0; k < ITEMS; k++)
        rqa_series_destroy(j.series[k]);
    rqa_context_destroy(j.context);
    j.log = take_line;
    job_reopen(&j, 2, SAMPLES);
    job_keep_clean(&j);
    snprintf(other, sizeof other, "%s/other", j.folder);
    take_old();
    n_older_lines = 0;
}

static void teardown(void)
{
    job_close(&j);
}

static rqa_status open_as(rqa_store **out, const char *file, int32_t mode)
{
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = mode;
    return rqa_store_open(out, j.context, file, &options);
}

static void lift(const char *file)
{
    rqa_store *store;
    ck_ok(open_as(&store, file, RQA_STORE_WRITE));
    rqa_store_close(store);
}

static rqa_store_summary summary_of(const char *file)
{
    rqa_store *store;
    rqa_store_summary s = {.struct_size = sizeof s};
    ck_ok(open_as(&store, file, RQA_STORE_READ));
    ck_ok(rqa_store_summarize(store, &s));
    rqa_store_close(store);
    return s;
}

static void expect_same(const char *file, const char *sql, const char *wanted)
{
    char *text = job_query(file, sql);
    ck_assert_msg(text && strcmp(text, wanted) == 0, "%s: %s", sql, text ? "differs" : "fails");
    free(text);
}

static int count_row(const rqa_store_row *row, void *user)
{
    *(uint64_t *)user += row->status == RQA_OK;
    ck_assert(row->status || row->n_values == RQA_MEASURE_COUNT);
    for (int k = RQA_MEASURES_DEFAULT_COUNT; k < RQA_MEASURE_COUNT && row->status == RQA_OK; k++)
        ck_assert(isnan(row->values[k])); /* of which the older tables have no column */
    return 0;
}

static uint64_t count_read(const char *file)
{
    rqa_store *store;
    uint64_t n = 0;
    ck_ok(open_as(&store, file, RQA_STORE_READ));
    ck_ok(rqa_store_read(store, NULL, count_row, &n));
    rqa_store_close(store);
    return n;
}

/* By the views that librqa would make of these tables: of measures to come they have NULL. */
static void expect_old_answers(void)
{
    const rqa_store_query query = {
        .struct_size = sizeof query,
        .sql = "SELECT count(*), count(dim), count(rr), sum(rr), count(transitivity),"
               " count(threshold_reached), max(numerics) FROM results"};
    rqa_store *store;
    rqa_store_cursor *cursor;
    rqa_store_block b = {.struct_size = sizeof b};
    ck_ok(open_as(&store, j.path, RQA_STORE_READ));
    ck_ok(rqa_store_cursor_create(&cursor, store, &query));
    ck_ok(rqa_store_cursor_next(cursor, &b));
    ck_assert_uint_eq(b.n_rows, 1);
    char *was = job_query(j.path, "SELECT count(rr), sum(rr) > 0 FROM results");
    char is[64];
    snprintf(is, sizeof is, "%lld|%d\n", (long long)b.integers[2 * b.stride],
             b.numbers[3 * b.stride] > 0);
    ck_assert_str_eq(is, was);
    ck_assert_int_eq(b.integers[0], OLD_ROWS + 2); /* with those that failed */
    ck_assert_int_eq(b.integers[b.stride], OLD_ROWS);
    ck_assert_int_eq(b.integers[4 * b.stride], 0);
    ck_assert_int_eq(b.integers[5 * b.stride], 0);
    ck_assert_int_eq(b.integers[6 * b.stride], 1);
    free(was);
    rqa_store_cursor_destroy(cursor);
    rqa_store_close(store);
}

START_TEST(an_older_store_is_read_as_it_is)
{
    rqa_store_summary s = summary_of(j.path);
    ck_assert_uint_eq(s.schema, 1);
    ck_assert_int_eq(s.numerics, 1);
    ck_assert_uint_eq(s.n_items, 6);
    ck_assert_uint_eq(s.n_failed, 2);
    ck_assert_uint_eq(s.n_rows, OLD_ROWS);
    ck_assert_uint_eq(s.n_replaced, 4);
    ck_assert_uint_eq(s.n_older, 0);
    ck_assert_uint_eq(count_read(j.path), OLD_ROWS);
    expect_old_answers();
    static char was[1 << 20], is[1 << 20];
    FILE *a = fopen(RQA_TEST_OLD_STORE, "rb"), *b = fopen(j.path, "rb");
    ck_assert(a && b);
    size_t n = fread(was, 1, sizeof was, a);
    ck_assert_uint_eq(fread(is, 1, sizeof is, b), n);
    ck_assert_mem_eq(was, is, n);
    fclose(a);
    fclose(b);
}
END_TEST

/* Opening it for writing changes its tables and no result. */
START_TEST(tables_are_taken_over)
{
    static const char schema[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name";
    char *old = job_query(j.path, ROWS_OF("results"));
    lift(j.path);
    expect_same(j.path, "PRAGMA integrity_check", "ok\n");
    expect_same(j.path, ROWS_OF("results"), old);
    rqa_store_summary s = summary_of(j.path);
    ck_assert_uint_eq(s.schema, 2);
    ck_assert_int_eq(s.numerics, 1);
    ck_assert_uint_eq(s.n_rows, OLD_ROWS);
    ck_assert_uint_eq(s.n_older, 0);
    /* As those of a new store with the same keys. */
    ck_ok(job_run(&j, other));
    char *made = job_query(other, schema);
    expect_same(j.path, schema, made);
    free(made);
    free(old);
}
END_TEST

START_TEST(a_run_computes_anew_and_keeps_the_old)
{
    char *old = job_query(j.path, ROWS_OF("results"));
    char *replaced = job_query(j.path, ROWS_OF("results_replaced"));
    ck_ok(job_run(&j, j.path));
    ck_assert_int_eq(n_older_lines, 1);
    for (int again = 0; again < 2; again++) {
        expect_same(j.path, "PRAGMA integrity_check", "ok\n");
        expect_same(j.path, ROWS_OF("results_older"), old);
        expect_same(j.path, ROWS_OF("results_replaced"), replaced);
        expect_same(j.path, "SELECT DISTINCT numerics FROM results WHERE dim > 0", "2\n");
        expect_same(j.path, "SELECT DISTINCT numerics FROM results_older", "1\n");
        ck_assert_uint_eq(count_read(j.path), job_n_rows(&j));
        rqa_store_summary s = summary_of(j.path);
        ck_assert_int_eq(s.numerics, 2);
        ck_assert_uint_eq(s.n_rows, job_n_rows(&j));
        ck_assert_uint_eq(s.n_older, 4);
        ck_assert_uint_eq(s.n_replaced, 4);
        ck_assert_uint_eq(s.n_items, ITEMS + 2); /* those that had failed have no numbers */
        ck_ok(job_run(&j, j.path)); /* nothing is left to do */
    }
    ck_assert_int_eq(n_older_lines, 1);
    ck_assert_int_eq(job_number(j.path, "SELECT n_done FROM run ORDER BY id DESC LIMIT 1"), 0);
    free(old);
    free(replaced);
}
END_TEST

START_TEST(killed_on_the_way)
{
    int n_kills = (int)env_number("RQA_TEST_KILLS", 60), n_before = 0, n_between = 0, code;
    rng r = {env_number("RQA_TEST_SEED", 3)};
    char *old = job_query(j.path, ROWS_OF("results"));
    double takes = .02;
    for (int k = 0; k < n_kills; k++) {
        take_old();
        pid_t child = fork();
        if (child == 0) {
            job_reopen(&j, 2, SAMPLES);
            _exit(job_run(&j, j.path) == RQA_OK ? 0 : 1);
        }
        job_nap(takes * rng_uniform(&r));
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        ck_assert(WIFSIGNALED(code) || code == 0);
        takes *= WIFSIGNALED(code) ? 1.1 : .7;
        expect_same(j.path, "PRAGMA integrity_check", "ok\n");
        long long n = job_number(j.path, "SELECT count(*) FROM results WHERE dim > 0");
        int turned = job_number(j.path, "PRAGMA user_version") == 2 &&
                     job_number(j.path, "SELECT count(*) FROM results_older") > 0;
        expect_same(j.path, turned ? ROWS_OF("results_older") : ROWS_OF("results"), old);
        if (turned)
            ck_assert_int_eq(
                job_number(j.path, "SELECT count(*) FROM results WHERE numerics <> 2"), 0);
        n_before += !turned;
        n_between += turned && n < (long long)job_n_rows(&j);
        ck_ok(job_run(&j, j.path));
        expect_same(j.path, ROWS_OF("results_older"), old);
        ck_assert_uint_eq(count_read(j.path), job_n_rows(&j));
    }
    printf("%d kills: %d before the old results made room, %d with a part of the new\n", n_kills,
           n_before, n_between);
    free(old);
}
END_TEST

/* ---- those who meet */

START_TEST(opened_by_several_at_once)
{
    enum { N_CHILDREN = 4 };
    char *old = job_query(j.path, ROWS_OF("results"));
    for (int round = 0; round < 10; round++) {
        pid_t child[N_CHILDREN];
        take_old();
        for (int k = 0; k < N_CHILDREN; k++)
            if ((child[k] = fork()) == 0) {
                rqa_store *store;
                job_reopen(&j, 1, SAMPLES);
                rqa_status status = open_as(&store, j.path, RQA_STORE_WRITE);
                if (status)
                    fprintf(stderr, "%s\n", rqa_last_error());
                rqa_store_close(store);
                _exit(status != RQA_OK);
            }
        for (int k = 0; k < N_CHILDREN; k++) {
            int code;
            ck_assert_int_eq(waitpid(child[k], &code, 0), child[k]);
            ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) == 0, "child %d: %x", k, code);
        }
        expect_same(j.path, "PRAGMA integrity_check", "ok\n");
        ck_assert_int_eq(job_number(j.path, "PRAGMA user_version"), 2);
        expect_same(j.path, ROWS_OF("results"), old);
    }
    free(old);
}
END_TEST

/* It looked at the version when it opened the store: what it begins now is refused. */
START_TEST(an_older_process_has_it_open)
{
    static const char *const begins[] = {
        "INSERT INTO worker(process, started) VALUES(1, 'now')",
        "INSERT INTO item(series, mode, keys, rules) VALUES('a', 'b', 'c', 'd')",
        "INSERT INTO unit VALUES(500, 1, 1, 500, 1, 1, 1, 'threads', NULL)"};
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(j.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "SELECT * FROM results", NULL, NULL, NULL), SQLITE_OK);
    lift(j.path);
    for (int k = 0; k < 3; k++) {
        ck_assert_int_eq(sqlite3_exec(db, begins[k], NULL, NULL, NULL), SQLITE_CONSTRAINT);
        ck_assert_ptr_nonnull(strstr(sqlite3_errmsg(db), "newer librqa"));
    }
    sqlite3_close(db);
    ck_ok(job_run(&j, j.path));
}
END_TEST

static void execute(const char *file, const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* It has a worker, and that worker's lock. */
START_TEST(an_older_process_computes_into_it)
{
    char workers[120];
    int ready[2], done[2];
    char byte = 0;
    rqa_store *store;
    execute(j.path, "INSERT INTO worker(id, process) VALUES(5, 1)");
    snprintf(workers, sizeof workers, "%s-workers", j.path);
    ck_assert(pipe(ready) == 0 && pipe(done) == 0);
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 1};
        int file = open(workers, O_RDWR | O_CREAT, 0666);
        close(done[1]);
        if (file < 0 || fcntl(file, F_SETLK, &lock) || write(ready[1], &byte, 1) != 1)
            _exit(1);
        _exit(read(done[0], &byte, 1) != 0); /* until the parent closes its end */
    }
    close(done[0]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_fails(open_as(&store, j.path, RQA_STORE_WRITE), RQA_ERROR_STORE, "older librqa|ended");
    ck_assert_int_eq(job_number(j.path, "PRAGMA user_version"), 1);
    ck_assert_uint_eq(count_read(j.path), OLD_ROWS);
    close(done[1]);
    int code;
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_int_eq(code, 0);
    lift(j.path);
    close(ready[0]);
    close(ready[1]);
}
END_TEST

/* ---- merging, and numbers of a newer librqa */

static rqa_status merge(const char *into, const char *from)
{
    rqa_store *store;
    ck_ok(open_as(&store, into, RQA_STORE_WRITE));
    rqa_status status = rqa_store_merge(store, from);
    rqa_store_close(store);
    return status;
}

START_TEST(numerics_are_not_mixed)
{
    char *old = job_query(j.path, ROWS_OF("results"));
    ck_ok(job_run(&j, other));
    ck_fails(merge(other, j.path), RQA_ERROR_STORE_CONFLICT, "numerics version 1|of 2");
    ck_assert_uint_eq(count_read(other), job_n_rows(&j));
    ck_fails(merge(j.path, other), RQA_ERROR_STORE_CONFLICT, "numerics version 2|of 1");
    expect_same(j.path, ROWS_OF("results"), old);
    /* Old ones with each other, and what has been computed anew with its like: nothing is lost. */
    job_remove(other);
    ck_ok(merge(other, RQA_TEST_OLD_STORE));
    expect_same(other, ROWS_OF("results"), old);
    ck_ok(merge(other, j.path));
    expect_same(other, ROWS_OF("results"), old);
    ck_ok(job_run(&j, j.path));
    job_remove(other);
    ck_ok(job_run(&j, other));
    ck_ok(merge(other, j.path));
    expect_same(other, ROWS_OF("results_older"), old);
    ck_assert_uint_eq(count_read(other), job_n_rows(&j));
    ck_assert_uint_eq(summary_of(other).n_older, 4);
    free(old);
}
END_TEST

START_TEST(newer_numbers_are_left_alone)
{
    job_remove(j.path);
    ck_ok(job_run(&j, j.path));
    execute(j.path, "UPDATE analysis SET key = replace(key, 'numerics=2', 'numerics=3'),"
                    " numerics = 3");
    ck_assert_int_eq(summary_of(j.path).numerics, 3);
    char *before = job_query(j.path, "SELECT * FROM item");
    ck_fails(job_run(&j, j.path), RQA_ERROR_STORE_CONFLICT, "numerics version 3|newer|version 2");
    expect_same(j.path, "SELECT * FROM item", before);
    free(before);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("versions");
    TCase *tc = tcase_create("versions");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_older_store_is_read_as_it_is);
    tcase_add_test(tc, tables_are_taken_over);
    tcase_add_test(tc, a_run_computes_anew_and_keeps_the_old);
    tcase_add_test(tc, killed_on_the_way);
    tcase_add_test(tc, opened_by_several_at_once);
    tcase_add_test(tc, an_older_process_has_it_open);
    tcase_add_test(tc, an_older_process_computes_into_it);
    tcase_add_test(tc, numerics_are_not_mixed);
    tcase_add_test(tc, newer_numbers_are_left_alone);
    suite_add_tcase(s, tc);
    return support_run(s);
}
