/* store_jobs.c - small batches into stores, and what is in a store, for the tests of stores. */
#include "store_jobs.h"

#include <dirent.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double job_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void job_nap(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
    nanosleep(&time, NULL);
}

static void make_series(job *j, size_t n_samples)
{
    size_t longest = n_samples;
    for (int k = 0; k < j->n_items; k++)
        longest = j->length[k] > longest ? j->length[k] : longest;
    double *x = malloc(longest * sizeof *x);
    for (int k = 0; k < j->n_items; k++) {
        rng r = {(uint64_t)k + 1};
        size_t n = j->length[k] ? j->length[k] : k ? n_samples : 4;
        for (size_t i = 0; i < n; i++)
            x[i] = i && rng_below(&r, 3) == 0 ? x[i - 1] : (double)rng_below(&r, 40) / 8;
        j->series[k] = support_series(j->context, x, n, 1);
    }
    free(x);
}

void job_make_folder(char folder[64])
{
    snprintf(folder, 64, "%s/rqa_job_XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

void job_open(job *j, uint32_t n_threads, int n_items, size_t n_samples)
{
    static const uint32_t dims[] = {1, 3}, delays[] = {1, 3, 2}, lmins[] = {2, 4};
    static const double thresholds[] = {.25, 1, 2.5};
    memset(j, 0, sizeof *j);
    j->context = support_context(n_threads);
    j->n_items = n_items;
    make_series(j, n_samples);
    rqa_analysis_options_init(&j->analysis);
    j->analysis.backend = RQA_BACKEND_THREADS; /* a column of the view; auto would vary */
    rqa_batch_options_init(&j->grid);
    j->grid.dims = dims;
    j->grid.n_dims = 2;
    j->grid.delays = delays;
    j->grid.n_delays = 3;
    j->grid.thresholds = thresholds;
    j->grid.n_thresholds = 3;
    j->grid.lmins = lmins;
    j->grid.n_lmins = 2;
    j->grid.event_interval_s = 0;
    job_make_folder(j->folder);
    snprintf(j->path, sizeof j->path, "%s/a", j->folder);
}

void job_close(job *j)
{
    for (int k = 0; k < j->n_items; k++)
        rqa_series_destroy(j->series[k]);
    rqa_context_destroy(j->context);
    free(j->clean);
    DIR *folder = opendir(j->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char name[512];
        snprintf(name, sizeof name, "%s/%s", j->folder, entry->d_name);
        unlink(name); /* not the folders . and .. */
    }
    if (folder)
        closedir(folder);
    rmdir(j->folder);
}

void job_reopen(job *j, uint32_t n_threads, size_t n_samples)
{
    rqa_context_options how;
    rqa_context_options_init(&how);
    how.n_threads = n_threads;
    how.log = j->log;
    how.log_user = j->log_user;
    how.log_level = RQA_LOG_INFO;
    how.memory_limit_bytes = j->memory_limit_bytes;
    ck_ok(rqa_context_create(&j->context, &how));
    make_series(j, n_samples);
}

static rqa_status make_batch(const job *j, rqa_batch **batch)
{
    static const char *const names[] = {"group"};
    rqa_batch_options o = j->grid;
    o.analysis = &j->analysis;
    rqa_status status = rqa_batch_create(batch, j->context, &o);
    for (int k = 0; k < j->n_items && !status; k++) {
        char label[16];
        const char *values[] = {k % 2 ? "odd" : "even"};
        snprintf(label, sizeof label, "item%02d", k);
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
        item.x = j->series[k];
        item.label = label;
        item.mode = "1d";
        item.key_names = names;
        item.key_values = values;
        item.n_keys = 1;
        status = rqa_batch_add(*batch, &item);
    }
    return status;
}

rqa_batch *job_batch(const job *j)
{
    rqa_batch *batch;
    ck_ok(make_batch(j, &batch));
    return batch;
}

uint64_t job_n_rows(const job *j)
{
    return (uint64_t)j->n_items * j->grid.n_dims * j->grid.n_delays * j->grid.n_thresholds *
           j->grid.n_lmins;
}

rqa_status job_run_in(const job *j, rqa_store *store, rqa_batch_callback callback, void *user)
{
    rqa_batch *batch;
    rqa_status status = make_batch(j, &batch);
    if (!status)
        status = rqa_batch_set_store(batch, store);
    if (!status)
        status = rqa_batch_run(batch, callback, user);
    for (int k = 0; k < j->n_items && !status; k++)
        status = rqa_batch_item_status(batch, (uint64_t)k, NULL); /* what failed is an item */
    rqa_batch_destroy(batch);
    return status;
}

rqa_status job_run(const job *j, const char *file)
{
    rqa_store *store;
    rqa_status status = rqa_store_open(&store, j->context, file, NULL);
    if (!status)
        status = job_run_in(j, store, NULL, NULL);
    rqa_store_close(store);
    return status;
}

#define VIEW "SELECT * FROM results ORDER BY series, mode, dim, delay, threshold, lmin, vmin"

void job_keep_clean(job *j)
{
    ck_ok(job_run(j, j->path));
    j->clean = job_query(j->path, VIEW);
    ck_assert_ptr_nonnull(j->clean);
    ck_assert_int_eq(job_number(j->path, "SELECT count(*) FROM results"), job_n_rows(j));
    job_remove(j->path);
}

void job_remove(const char *file)
{
    static const char *const suffix[] = {"", "-wal", "-shm", "-workers", "-journal"};
    char name[600];
    for (size_t k = 0; k < sizeof suffix / sizeof suffix[0]; k++) {
        snprintf(name, sizeof name, "%s%s", file, suffix[k]);
        unlink(name);
    }
}

/* Appends the row a statement stands on. */
static void append_row(char **text, size_t *used, size_t *room, sqlite3_stmt *statement)
{
    int n = sqlite3_column_count(statement);
    for (int k = 0; k < n; k++) {
        char number[40];
        const char *cell = (const char *)sqlite3_column_text(statement, k);
        if (sqlite3_column_type(statement, k) == SQLITE_FLOAT) {
            snprintf(number, sizeof number, "%.17g", sqlite3_column_double(statement, k));
            cell = number;
        }
        size_t length = cell ? strlen(cell) : 4;
        if (*used + length + 2 > *room)
            *text = realloc(*text, *room = 2 * (*room + length));
        *used += (size_t)sprintf(*text + *used, "%s%c", cell ? cell : "NULL",
                                 k + 1 < n ? '|' : '\n');
    }
}

char *job_query(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    size_t used = 0, room = 1 << 16;
    char *text = malloc(room);
    text[0] = 0;
    int code = sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            append_row(&text, &used, &room, statement);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    if (code == SQLITE_DONE)
        return text;
    free(text);
    return NULL;
}

long long job_number(const char *file, const char *sql)
{
    char *text = job_query(file, sql);
    long long number = text && *text ? atoll(text) : -1;
    free(text);
    return number;
}

void job_expect_sound(const char *file, const char *what)
{
    char *check = job_query(file, "PRAGMA integrity_check");
    ck_assert_msg(check && strcmp(check, "ok\n") == 0, "%s: integrity_check says %s", what,
                  check ? check : "nothing");
    free(check);
    ck_assert_msg(job_number(file, "SELECT count(*) - count(DISTINCT series || '/' || dim || '/' ||"
                                   " delay || '/' || threshold || '/' || lmin) FROM results"
                                   " WHERE status <> 'failed'") <= 0, /* -1: no tables yet */
                  "%s: a result is there twice", what);
}

void job_expect_clean(const job *j, const char *file, const char *what)
{
    job_expect_sound(file, what);
    char *view = job_query(file, VIEW);
    ck_assert_msg(view && strcmp(view, j->clean) == 0, "%s: the view differs from a clean run's",
                  what);
    free(view);
    ck_assert_msg(job_number(file, "SELECT count(*) FROM claim") == 0, "%s: a claim is left", what);
}
