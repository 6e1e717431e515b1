/* test_store_disk.c - a store on a disk that fails: at every write, sync, read, lock in turn there is
 * a clear error, nothing is damaged, and a further run completes what is missing. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store_jobs.h"

static job tiny;

static void setup(void)
{
    job_open(&tiny, 2, 4, 60);
    job_keep_clean(&tiny);
}

static void teardown(void)
{
    job_close(&tiny);
}

static int is_full(int kind)
{
    return kind == FAULTY_FULL || kind == FAULTY_SHORT || kind == FAULTY_NO_SPACE;
}

/* A clear error of the right kind, unless the fault hit what SQLite can do without (a checkpoint, a
 * file removed at the end). */
static void expect_told(rqa_status status, int kind, const char *what)
{
    rqa_status expected = is_full(kind) ? RQA_ERROR_STORE_FULL : RQA_ERROR_STORE;
    if (status == RQA_OK)
        return;
    const char *text = rqa_last_error();
    /* SQLite keeps no errno of a write that fails in a commit. */
    if (kind == FAULTY_NO_SPACE && status == RQA_ERROR_STORE)
        expected = status;
    ck_assert_msg(status == expected, "%s: %s, expected %s: %s", what, rqa_status_name(status),
                  rqa_status_name(expected), text);
    ck_assert_msg(strstr(text, tiny.path) && !strchr(text, '\n'), "%s: text \"%s\"", what, text);
    ck_assert_msg((expected == RQA_ERROR_STORE_FULL) == (strstr(text, "no room left") != NULL),
                  "%s: text \"%s\"", what, text);
}

/* One run with a fault, then one without in the same open store, or in the store opened again. */
static int run_with_fault(int kind, int n, int forever, int again)
{
    char what[120];
    int n_failed;
    rqa_store *store;
    snprintf(what, sizeof what, "%s at operation %d%s, %s", faulty_names[kind], n,
             forever ? " and ever after" : "", again ? "opened again" : "same store");
    job_remove(tiny.path);
    faulty_arm((enum faulty_kind)kind, n, forever);
    rqa_status status = rqa_store_open(&store, tiny.context, tiny.path, NULL);
    if (!status)
        status = job_run_in(&tiny, store, NULL, NULL);
    expect_told(status, kind, what);
    if (again || !store) {
        rqa_store_close(store);
        faulty_disarm(&n_failed);
        if (status && job_number(tiny.path, "SELECT count(*) FROM sqlite_schema") > 0)
            job_expect_sound(tiny.path, what);
        ck_ok(rqa_store_open(&store, tiny.context, tiny.path, NULL));
    }
    faulty_disarm(&n_failed);
    status = job_run_in(&tiny, store, NULL, NULL);
    ck_assert_msg(status == RQA_OK, "%s: the next run: %s", what, rqa_last_error());
    rqa_store_close(store);
    job_expect_clean(&tiny, tiny.path, what);
    return n_failed;
}

/* How many operations of a kind a run has. */
static int count_operations(int kind)
{
    int n_failed;
    job_remove(tiny.path);
    faulty_arm((enum faulty_kind)kind, 0, 0);
    ck_ok(job_run(&tiny, tiny.path));
    return faulty_disarm(&n_failed);
}

START_TEST(every_operation_fails_once)
{
    int n_faults = 0, n_hits = 0, n = count_operations(_i);
    ck_assert(n > 0 || _i > 0); /* every store is written to, and by the SQLite that is made to fail */
    int step = n > 20 ? (int)env_number("RQA_TEST_STEP", 1) : 1;
    int all = env_number("RQA_TEST_ALL", 0) != 0;
    for (int at = 1; at <= n + 2; at += step)
        for (int variant = all ? 0 : at / step % 4; variant < 4; variant += all ? 1 : 4, n_faults++)
            n_hits += run_with_fault(_i, at, variant & 1, variant >> 1) > 0;
    ck_assert(n_hits > 0 || n < 5); /* operations vary a little with the threads */
    printf("%s: %d operations, %d faults, %d hit\n", faulty_names[_i], n, n_faults, n_hits);
}
END_TEST

/* Two processes that make a store may both want to delete what SQLite left beside it: whoever comes
 * second goes on all the same. */
START_TEST(a_file_that_another_process_deleted)
{
    int n_hits = 0, n_failed, n = count_operations(FAULTY_GONE);
    for (int at = 1; at <= n + 1; at++, n_hits += n_failed) {
        rqa_store *store;
        job_remove(tiny.path);
        faulty_arm(FAULTY_GONE, at, 0);
        rqa_status status = rqa_store_open(&store, tiny.context, tiny.path, NULL);
        ck_assert_msg(status == RQA_OK, "deletion %d, open: %s", at, rqa_last_error());
        status = job_run_in(&tiny, store, NULL, NULL);
        ck_assert_msg(status == RQA_OK, "deletion %d, run: %s", at, rqa_last_error());
        rqa_store_close(store);
        faulty_disarm(&n_failed);
        job_expect_clean(&tiny, tiny.path, "a file that is gone");
    }
    ck_assert_int_ge(n_hits, 1);
}
END_TEST

/* A limit on the size of files, as a disk that is full for good: the child of a fork, because it
 * cannot be raised again by everybody. */
static int run_in_small_file(rlim_t size)
{
    struct rlimit limit = {size, size};
    signal(SIGXFSZ, SIG_IGN);
    job_reopen(&tiny, 2, 60);
    if (setrlimit(RLIMIT_FSIZE, &limit))
        return 3;
    rqa_status status = job_run(&tiny, tiny.path);
    return status == RQA_OK ? 0 : status == RQA_ERROR_STORE || status == RQA_ERROR_STORE_FULL ? 1 : 2;
}

START_TEST(files_of_limited_size)
{
    int n_refused = 0;
    for (rlim_t size = 0; size < 400000; size += size < 40000 ? 4096 : 40960) {
        char what[60];
        int code;
        snprintf(what, sizeof what, "files of %lu bytes at most", (unsigned long)size);
        job_remove(tiny.path);
        pid_t child = fork();
        if (child == 0)
            _exit(run_in_small_file(size));
        ck_assert_int_eq(waitpid(child, &code, 0), child);
        ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) <= 1, "%s: status 0x%x", what, code);
        n_refused += WEXITSTATUS(code);
        ck_ok(job_run(&tiny, tiny.path));
        job_expect_clean(&tiny, tiny.path, what);
    }
    ck_assert_int_gt(n_refused, 5);
}
END_TEST

/* A folder or file that may not be written: root may write everything, so as somebody else. */
static int try_as_nobody(int32_t mode, const char *words)
{
    if (getuid() == 0 && setuid(65534))
        return 3;
    job_reopen(&tiny, 1, 60);
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = mode;
    rqa_status status = rqa_store_open(&store, tiny.context, tiny.path, &options);
    if (!status && mode != RQA_STORE_READ)
        status = job_run_in(&tiny, store, NULL, NULL);
    rqa_store_summary s = {.struct_size = sizeof s};
    if (!status)
        status = rqa_store_summarize(store, &s);
    rqa_store_close(store);
    if (words[0] == 0)
        return status == RQA_OK && s.n_rows == job_n_rows(&tiny) ? 0 : 1;
    if (status == RQA_ERROR_STORE && strstr(rqa_last_error(), words) &&
        strstr(rqa_last_error(), tiny.path))
        return 0;
    fprintf(stderr, "%s: %s\n", rqa_status_name(status), rqa_last_error());
    return 2;
}

static void expect_as_nobody(int32_t mode, const char *words)
{
    int code;
    pid_t child = fork();
    if (child == 0)
        _exit(try_as_nobody(mode, words));
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) == 0, "mode %d: status 0x%x", mode, code);
}

START_TEST(what_must_not_be_written)
{
    ck_assert_int_eq(chmod(tiny.folder, 0555), 0);
    expect_as_nobody(RQA_STORE_WRITE, "unable to open"); /* there is none and none can be made */
    ck_assert_int_eq(chmod(tiny.folder, 0777), 0);
    ck_ok(job_run(&tiny, tiny.path));
    ck_assert_int_eq(chmod(tiny.path, 0444), 0);
    expect_as_nobody(RQA_STORE_WRITE, "read"); /* a file that is read-only */
    expect_as_nobody(RQA_STORE_READ, "");
    ck_assert_int_eq(chmod(tiny.folder, 0555), 0);
    expect_as_nobody(RQA_STORE_READ, "");
    ck_assert_int_eq(chmod(tiny.path, 0666), 0);
    expect_as_nobody(RQA_STORE_WRITE, "cannot"); /* a folder that is: no room for the log */
    expect_as_nobody(RQA_STORE_READ, "");
    ck_assert_int_eq(chmod(tiny.path, 0), 0);
    expect_as_nobody(RQA_STORE_READ, "unable to open");
    ck_assert_int_eq(chmod(tiny.folder, 0755), 0);
    ck_assert_int_eq(chmod(tiny.path, 0666), 0);
    job_expect_clean(&tiny, tiny.path, "read-only");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store disk");
    TCase *t = tcase_create("disk");
    faulty_install();
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 600);
    tcase_add_loop_test(t, every_operation_fails_once, 0, FAULTY_KINDS);
    tcase_add_test(t, a_file_that_another_process_deleted);
    tcase_add_test(t, files_of_limited_size);
    tcase_add_test(t, what_must_not_be_written);
    suite_add_tcase(s, t);
    return support_run(s);
}
