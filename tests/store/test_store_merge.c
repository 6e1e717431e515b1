/* test_store_merge.c - merging where it may meet others: a source that cannot or must not be
 * written, one that is being written, and a target that several merge and compute into at a time.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_jobs.h"

enum { SAMPLES = 90, N_PARTS = 3, NOT_HERE = 77, NOBODY = 65534 };

static job j;
static char part[N_PARTS][120];

static void setup(void)
{
    job_open(&j, 2, 6, SAMPLES);
    job_keep_clean(&j);
}

static void teardown(void)
{
    job_close(&j);
}

static void make_parts(void)
{
    j.grid.shard_count = N_PARTS;
    for (uint32_t k = 0; k < N_PARTS; k++) {
        snprintf(part[k], sizeof part[k], "%s/part%u", j.folder, k);
        j.grid.shard_index = k + 1;
        rqa_store *store;
        ck_ok(rqa_store_open(&store, j.context, part[k], NULL));
        rqa_batch *batch = job_batch(&j);
        ck_ok(rqa_batch_set_store(batch, store));
        ck_ok(rqa_batch_run(batch, NULL, NULL));
        rqa_batch_destroy(batch);
        rqa_store_close(store);
    }
    j.grid.shard_index = j.grid.shard_count = 0;
}

static rqa_status merge_into(rqa_context *context, const char *into, const char *from)
{
    rqa_store *store;
    rqa_status status = rqa_store_open(&store, context, into, NULL);
    if (!status)
        status = rqa_store_merge(store, from);
    rqa_store_close(store);
    return status;
}

static void execute(const char *file, const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* Names, sizes and sums of all files in a folder but those that end in `besides` (or NULL). */
static void list_folder(const char *folder, const char *besides, char *out, size_t room)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, alphasort);
    out[0] = 0;
    ck_assert_int_ge(n, 2);
    for (int k = 0; k < n; k++) {
        char name[400];
        const char *end = strrchr(entry[k]->d_name, '-');
        snprintf(name, sizeof name, "%s/%s", folder, entry[k]->d_name);
        FILE *file = entry[k]->d_name[0] == '.' || (besides && end && strcmp(end, besides) == 0)
                         ? NULL
                         : fopen(name, "rb");
        uint64_t sum = 14695981039346656037u, size = 0;
        for (int c; file && (c = getc(file)) != EOF; size++)
            sum = (sum ^ (uint64_t)c) * 1099511628211u;
        size_t used = strlen(out);
        if (file)
            snprintf(out + used, room - used, "%s %llu %llx\n", entry[k]->d_name,
                     (unsigned long long)size, (unsigned long long)sum);
        if (file)
            fclose(file);
        free(entry[k]);
    }
    free(entry);
}

/* ---- a source that is only read */

/* A store as a killed process leaves it: all of its results are in its WAL. */
static void leave_in_wal(const char *file)
{
    pid_t child = fork();
    int code;
    if (child == 0) {
        rqa_store *store;
        job_reopen(&j, 2, SAMPLES);
        if (rqa_store_open(&store, j.context, file, NULL) || job_run_in(&j, store, NULL, NULL))
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert(WIFSIGNALED(code));
}

enum { PLAIN, WAL_MODE, KILLED, N_SOURCES };

static void make_source(int kind, const char *file)
{
    if (kind == KILLED)
        leave_in_wal(file);
    else
        ck_ok(job_run(&j, file));
    if (kind == WAL_MODE)
        execute(file, "PRAGMA journal_mode = WAL; SELECT count(*) FROM result");
}

START_TEST(the_source_stays_as_it_is)
{
    char source[120], folder[80], before[2000], after[2000];
    /* SQLite takes '?' for the end of a name, '#' for that of all, and %41 for an A. */
    snprintf(folder, sizeof folder, "%s/f", j.folder);
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    snprintf(source, sizeof source, "%s/a %%41b?mode=rw&c#d'e\303\274;%%", folder);
    make_source(_i, source);
    /* Where there is a WAL, SQLite notes in -shm who reads. */
    const char *besides = _i == PLAIN ? NULL : "-shm";
    list_folder(folder, besides, before, sizeof before);
    ck_assert_int_eq(strstr(before, "-wal ") != NULL, _i == KILLED);
    ck_ok(merge_into(j.context, j.path, source));
    job_expect_clean(&j, j.path, "merged");
    list_folder(folder, besides, after, sizeof after);
    if (_i == WAL_MODE) /* an empty WAL may be made beside it */
        after[strlen(before)] = 0;
    ck_assert_str_eq(before, after);
    job_remove(source);
    rmdir(folder);
}
END_TEST

/* Rights as on read-only media; NOT_HERE where they cannot be given up. */
static void become_nobody(void)
{
    if (geteuid() == 0 && (setgid(NOBODY) || setuid(NOBODY) || geteuid() == 0))
        _exit(NOT_HERE);
}

/* Merges as somebody who may only read the source and its folder, and puts the text of a failure
 * into a pipe; the child's exit code. */
static int merge_as_nobody(const char *source, char *text, size_t room)
{
    int ends[2], code;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        become_nobody();
        job_reopen(&j, 2, SAMPLES);
        rqa_status status = merge_into(j.context, j.path, source);
        const char *words = status ? rqa_last_error() : "";
        _exit(write(ends[1], words, strlen(words)) < 0 ? 2 : status != RQA_OK);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], text, room - 1);
    text[n > 0 ? n : 0] = 0;
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_msg(WIFEXITED(code), "status 0x%x", code);
    return WEXITSTATUS(code);
}

static void set_read_only(const char *folder, const char *source)
{
    static const char *const suffix[] = {"", "-wal", "-shm"};
    char name[200];
    for (int k = 0; k < 3; k++) {
        snprintf(name, sizeof name, "%s%s", source, suffix[k]);
        chmod(name, 0444);
    }
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert_int_eq(chmod(j.folder, 0777), 0);
}

START_TEST(a_folder_that_cannot_be_written)
{
    char source[120], folder[80], name[200], text[600], before[2000], after[2000];
    int with_shm = _i != N_SOURCES, kind = with_shm ? _i : KILLED;
    snprintf(folder, sizeof folder, "%s/f", j.folder);
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    snprintf(source, sizeof source, "%s/source", folder);
    make_source(kind, source);
    snprintf(name, sizeof name, "%s-shm", source);
    if (!with_shm)
        ck_assert_int_eq(unlink(name), 0);
    set_read_only(folder, source);
    list_folder(folder, NULL, before, sizeof before);
    int code = merge_as_nobody(source, text, sizeof text);
    list_folder(folder, NULL, after, sizeof after);
    ck_assert_str_eq(before, after);
    if (code == NOT_HERE) {
        printf("this user cannot become nobody: not tested\n");
    } else if (with_shm) {
        ck_assert_msg(code == 0, "%d: %s", code, text);
        job_expect_clean(&j, j.path, "merged");
    } else {
        ck_assert_int_eq(code, 1);
        ck_assert_msg(strstr(text, source) && strstr(text, "-wal") && strstr(text, "copy both") &&
                          !strchr(text, '\n'),
                      "%s", text);
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM results"), 0);
    }
    chmod(folder, 0777);
    job_remove(source);
    rmdir(folder);
}
END_TEST

static int touch(const rqa_store_row *row, void *source)
{
    struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    (void)row;
    return utimensat(AT_FDCWD, source, times, 0);
}

/* Without locks only a look at the file afterwards says whether somebody has written to it. */
static int read_while_it_changes(const char *source)
{
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    become_nobody();
    job_reopen(&j, 2, SAMPLES);
    if (rqa_store_open(&store, j.context, source, &options))
        return 1;
    rqa_status status = rqa_store_read(store, NULL, touch, (void *)(uintptr_t)source);
    if (status != RQA_ERROR_STORE || !strstr(rqa_last_error(), "written to meanwhile"))
        return 2;
    rqa_store_summary s = {.struct_size = sizeof s};
    status = rqa_store_summarize(store, &s);
    if (status != RQA_ERROR_STORE || !strstr(rqa_last_error(), "written to meanwhile"))
        return 3;
    rqa_store_close(store);
    return rqa_store_open(&store, j.context, source, &options) ? 4 : 0;
}

START_TEST(changed_while_read_without_locks)
{
    char source[120], folder[80];
    int code;
    snprintf(folder, sizeof folder, "%s/f", j.folder);
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    snprintf(source, sizeof source, "%s/source", folder);
    make_source(WAL_MODE, source);
    set_read_only(folder, source);
    ck_assert(geteuid() != 0 || chown(source, NOBODY, NOBODY) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(read_while_it_changes(source));
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_msg(WIFEXITED(code) && (WEXITSTATUS(code) == 0 || WEXITSTATUS(code) == NOT_HERE),
                  "child: status 0x%x", code);
    chmod(folder, 0777);
    job_remove(source);
    rmdir(folder);
}
END_TEST

/* ---- several at once */

static pid_t start_merging(int first, int n_rounds)
{
    pid_t child = fork();
    if (child)
        return child;
    job_reopen(&j, 1, SAMPLES);
    for (int k = 0; k < n_rounds; k++)
        if (merge_into(j.context, j.path, part[(first + k) % N_PARTS])) {
            fprintf(stderr, "%s\n", rqa_last_error());
            _exit(1);
        }
    _exit(0);
}

static void expect_ended(pid_t child)
{
    int code;
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) == 0, "child: status 0x%x", code);
}

START_TEST(many_merge_into_one)
{
    enum { N_CHILDREN = 4 };
    make_parts();
    for (int round = 0; round < 5; round++) {
        pid_t child[N_CHILDREN];
        for (int k = 0; k < N_CHILDREN; k++) /* two of them begin with the same part */
            child[k] = start_merging(k, 2 * N_PARTS);
        for (int k = 0; k < N_CHILDREN; k++)
            expect_ended(child[k]);
        job_expect_clean(&j, j.path, "merged by many");
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM run"), N_PARTS);
        job_remove(j.path);
    }
}
END_TEST

/* Each into the other: neither may wait for the other while it is waited for. */
START_TEST(crosswise)
{
    make_parts();
    for (int round = 0; round < 5; round++) {
        pid_t child[2];
        for (int k = 0; k < 2; k++)
            if ((child[k] = fork()) == 0) {
                job_reopen(&j, 1, SAMPLES);
                for (int n = 0; n < 4; n++)
                    if (merge_into(j.context, part[k], part[1 - k]))
                        _exit(fprintf(stderr, "%s\n", rqa_last_error()));
                _exit(0);
            }
        expect_ended(child[0]);
        expect_ended(child[1]);
    }
    static const char rows[] = "SELECT series, dim, delay, threshold, lmin, rr FROM results"
                               " ORDER BY series, dim, delay, threshold, lmin";
    char *x = job_query(part[0], rows), *y = job_query(part[1], rows);
    ck_assert_str_eq(x, y);
    free(x);
    free(y);
}
END_TEST

START_TEST(into_a_running_batch)
{
    make_parts();
    for (int round = 0; round < 5; round++) {
        pid_t child[2] = {start_merging(round, N_PARTS), start_merging(round + 1, N_PARTS)};
        ck_ok(job_run(&j, j.path));
        expect_ended(child[0]);
        expect_ended(child[1]);
        job_expect_clean(&j, j.path, "merged into a running batch");
        job_remove(j.path);
    }
}
END_TEST

typedef struct merger {
    pthread_t thread;
    rqa_store *into;
    int first;
    rqa_status status;
} merger;

static void *merge_parts(void *user)
{
    merger *m = user;
    for (int k = 0; k < 2 * N_PARTS && !m->status; k++)
        m->status = rqa_store_merge(m->into, part[(m->first + k) % N_PARTS]);
    return NULL;
}

START_TEST(threads_share_the_target)
{
    merger m[3];
    rqa_store *into;
    make_parts();
    ck_ok(rqa_store_open(&into, j.context, j.path, NULL));
    for (int k = 0; k < 3; k++) {
        m[k] = (merger){.into = into, .first = k};
        ck_assert_int_eq(pthread_create(&m[k].thread, NULL, merge_parts, &m[k]), 0);
    }
    rqa_status run = job_run_in(&j, into, NULL, NULL);
    for (int k = 0; k < 3; k++)
        pthread_join(m[k].thread, NULL);
    ck_ok(run);
    for (int k = 0; k < 3; k++)
        ck_ok(m[k].status);
    rqa_store_close(into);
    job_expect_clean(&j, j.path, "merged by threads");
}
END_TEST

/* Whoever writes to the source, or is about to, is not waited for. */
START_TEST(from_a_store_that_is_held)
{
    char source[120];
    sqlite3 *holder;
    snprintf(source, sizeof source, "%s/source", j.folder);
    rqa_store *live;
    ck_ok(rqa_store_open(&live, j.context, source, NULL));
    ck_ok(job_run_in(&j, live, NULL, NULL));
    ck_assert_int_eq(sqlite3_open(source, &holder), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(holder, "BEGIN IMMEDIATE; DELETE FROM unit", NULL, NULL, NULL),
                     SQLITE_OK);
    ck_ok(merge_into(j.context, j.path, source));
    sqlite3_close(holder);
    rqa_store_close(live);
    job_expect_clean(&j, j.path, "merged from a store that is held");
}
END_TEST

/* A source that is being written: each merge takes one state of it, whole units only. */
START_TEST(from_a_store_being_written)
{
    char source[120];
    snprintf(source, sizeof source, "%s/source", j.folder);
    rqa_store *empty; /* the file is there; closed, since SQLite's handles do not survive a fork */
    ck_ok(rqa_store_open(&empty, j.context, source, NULL));
    rqa_store_close(empty);
    pid_t child = fork();
    if (child == 0) {
        job_reopen(&j, 2, SAMPLES);
        _exit(job_run(&j, source) != RQA_OK);
    }
    int code;
    pid_t ended;
    do {
        ended = waitpid(child, &code, WNOHANG);
        ck_ok(merge_into(j.context, j.path, source));
        job_expect_sound(j.path, "merged while it was written");
        ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM unit WHERE n <> (SELECT count(*)"
                                            " FROM result WHERE id BETWEEN first AND"
                                            " first + room - 1)"),
                         0);
    } while (ended == 0);
    ck_assert(WIFEXITED(code) && WEXITSTATUS(code) == 0);
    job_expect_clean(&j, source, "the source");
    job_expect_clean(&j, j.path, "merged while it was written");
}
END_TEST

/* Overwrites the first page of a table. */
static void spoil(const char *file, const char *table)
{
    char sql[120];
    unsigned char garbage[8192];
    snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", table);
    int64_t page = job_number(file, sql);
    memset(garbage, 0xff, sizeof garbage);
    int fd = open(file, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, garbage, sizeof garbage, (page - 1) * (off_t)sizeof garbage),
                     sizeof garbage);
    close(fd);
}

/* Whoever reads this may throw a file away: it has to be the right one. */
START_TEST(what_is_damaged_is_named)
{
    static const char *const table[] = {"unit", "setting", "analysis", "result", NULL};
    char source[120];
    snprintf(source, sizeof source, "%s/source", j.folder);
    ck_ok(job_run(&j, source));
    if (table[_i])
        spoil(source, table[_i]);
    else
        execute(source, "UPDATE unit SET room = -1 WHERE id = 2");
    ck_assert_int_eq(merge_into(j.context, j.path, source), RQA_ERROR_STORE_FORMAT);
    const char *text = rqa_last_error();
    ck_assert_msg(!strncmp(text, source, strlen(source)) && strstr(text, " is damaged"), "%s",
                  text);
    ck_ok(job_run(&j, j.path));
    job_expect_clean(&j, j.path, "not merged");
    if (table[_i])
        spoil(j.path, table[_i]);
    else
        execute(j.path, "UPDATE unit SET room = -1 WHERE id = 2");
    job_remove(source);
    ck_ok(job_run(&j, source));
    ck_assert_int_eq(merge_into(j.context, j.path, source), RQA_ERROR_STORE_FORMAT);
    text = rqa_last_error();
    ck_assert_msg(!strncmp(text, j.path, strlen(j.path)) && strstr(text, " is damaged"), "%s",
                  text);
    job_remove(source);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store merge");
    TCase *t = tcase_create("merge");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, the_source_stays_as_it_is, 0, N_SOURCES);
    tcase_add_loop_test(t, a_folder_that_cannot_be_written, 0, N_SOURCES + 1);
    tcase_add_test(t, changed_while_read_without_locks);
    tcase_add_loop_test(t, what_is_damaged_is_named, 0, 5);
    tcase_add_test(t, from_a_store_that_is_held);
    tcase_add_test(t, from_a_store_being_written);
    tcase_add_test(t, many_merge_into_one);
    tcase_add_test(t, crosswise);
    tcase_add_test(t, into_a_running_batch);
    tcase_add_test(t, threads_share_the_target);
    suite_add_tcase(s, t);
    return support_run(s);
}
