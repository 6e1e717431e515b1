/* test_store.c - a batch into a store: the rows are those of a run in memory, whatever was there
 * before and whoever else is at work. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate.h"
#include "store_jobs.h"

enum { N_ITEMS = 5 };

static rqa_context *context;
static char folder[64], path[128], other_path[128];
static rqa_series *series[N_ITEMS];

static rqa_series *draw_series(uint64_t seed, size_t n)
{
    rng r = {seed};
    double *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = i && rng_below(&r, 3) == 0 ? x[i - 1] : (double)rng_below(&r, 40) / 8;
    rqa_series *made = support_series(context, x, n, 1);
    free(x);
    return made;
}

static void setup(void)
{
    context = support_context(2);
    job_make_folder(folder);
    snprintf(path, sizeof path, "%s/results.sqlite", folder);
    snprintf(other_path, sizeof other_path, "%s/other.sqlite", folder);
    for (uint64_t k = 0; k < N_ITEMS; k++)
        series[k] = draw_series(k + 1, 3 + 40 * (size_t)k); /* the first is too short for most settings */
}

static void teardown(void)
{
    for (int k = 0; k < N_ITEMS; k++)
        rqa_series_destroy(series[k]);
    rqa_context_destroy(context);
    job_remove(path);
    job_remove(other_path);
    rmdir(folder);
}

/* A grid; `wide` adds a dim, a delay, a threshold and an lmin. The backend is a column of the view,
 * and `auto` would choose it by the size of the job. */
static rqa_batch_options grid(int wide, const rqa_analysis_options *analysis)
{
    static rqa_analysis_options otherwise;
    rqa_analysis_options_init(&otherwise);
    otherwise.backend = RQA_BACKEND_THREADS;
    static const uint32_t dims[] = {1, 3, 2}, delays[] = {1, 3, 2}, lmins[] = {2, 4, 3};
    static const double thresholds[] = {.25, 1, 2.5, .1};
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.dims = dims;
    o.n_dims = wide ? 3 : 2;
    o.delays = delays;
    o.n_delays = wide ? 3 : 2;
    o.thresholds = thresholds;
    o.n_thresholds = wide ? 4 : 3;
    o.lmins = lmins;
    o.n_lmins = wide ? 3 : 2;
    o.analysis = analysis ? analysis : &otherwise;
    o.event_interval_s = 0;
    return o;
}

static void add_item(rqa_batch *batch, const rqa_series *x, const char *label)
{
    static const char *const names[] = {"group", "odd one"};
    const char *values[] = {label[strlen(label) - 1] % 2 ? "a" : "b", "it's"};
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = x};
    item.label = label;
    item.mode = "1d";
    item.key_names = names;
    item.key_values = values;
    item.n_keys = 2;
    if (!x) {
        item.status = RQA_ERROR_TOO_SHORT;
        item.text = "no samples";
    }
    ck_ok(rqa_batch_add(batch, &item));
}

static rqa_batch *make_batch(const rqa_batch_options *options)
{
    rqa_batch *batch;
    ck_ok(rqa_batch_create(&batch, context, options));
    for (int k = 0; k < N_ITEMS; k++) {
        char label[16];
        snprintf(label, sizeof label, "item%d", k);
        add_item(batch, series[k], label);
    }
    return batch;
}

static rqa_store *open_store(const char *file)
{
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.command = "test";
    ck_ok(rqa_store_open(&store, context, file, &options));
    return store;
}

/* Runs a batch into the store at `file`: what it did. */
static rqa_batch_statistics run_into(const char *file, const rqa_batch_options *options)
{
    rqa_store *store = open_store(file);
    rqa_batch *batch = make_batch(options);
    rqa_batch_statistics s = {.struct_size = sizeof s};
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_ok(rqa_batch_poll(batch, &s));
    ck_assert_uint_eq(s.n_done + s.n_failed + s.n_skipped, s.n_total);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    return s;
}

/* The whole answer to a query as text, rows by lines. */
static char *query(const char *file, const char *sql)
{
    char *text = job_query(file, sql);
    ck_assert_msg(text != NULL, "%s: SQLite fails", sql);
    return text;
}

static void expect_query(const char *file, const char *sql, const char *expected)
{
    char *got = query(file, sql);
    ck_assert_msg(strcmp(got, expected) == 0, "%s gives\n%snot\n%s", sql, got, expected);
    free(got);
}

static void execute(const char *file, const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void write_file(const char *file, const void *bytes, size_t n)
{
    FILE *f = fopen(file, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* The view, rows in an order that is nobody's but the settings'. */
#define VIEW "SELECT * FROM results ORDER BY series, mode, dim, delay, threshold, lmin, vmin"

static char *view(const char *file)
{
    expect_query(file, "PRAGMA integrity_check", "ok\n");
    expect_query(file, "SELECT count(*) FROM claim", "0\n");
    expect_query(file,
                 "SELECT count(*) FROM (SELECT 1 FROM results WHERE status <> 'failed' GROUP BY"
                 " series, mode, dim, delay, threshold, lmin, vmin HAVING count(*) > 1)",
                 "0\n");
    return query(file, VIEW);
}

/* Two stores must show the same. */
static void expect_same_view(const char *a, const char *b)
{
    char *x = view(a), *y = view(b);
    ck_assert_msg(strcmp(x, y) == 0, "the views differ");
    free(x);
    free(y);
}

/* The rows of a run in memory, to compare with. */
typedef struct table {
    rqa_batch *batch;
    double *values;
    uint8_t *reasons;
    uint64_t n_rows, n_measures, n_seen;
    int32_t last_item;
} table;

static table run_in_memory(const rqa_batch_options *options)
{
    table t = {.batch = make_batch(options)};
    t.n_rows = rqa_batch_size(t.batch, RQA_BATCH_ROWS);
    t.n_measures = rqa_batch_size(t.batch, RQA_BATCH_MEASURES);
    t.values = malloc((size_t)(t.n_rows * t.n_measures) * sizeof *t.values);
    t.reasons = malloc((size_t)(t.n_rows * t.n_measures));
    ck_ok(rqa_batch_set_table(t.batch, t.values, t.reasons, t.n_rows));
    ck_ok(rqa_batch_run(t.batch, NULL, NULL));
    return t;
}

static void free_table(table *t)
{
    rqa_batch_destroy(t->batch);
    free(t->values);
    free(t->reasons);
}

static int compare_row(const rqa_store_row *row, void *user)
{
    table *t = user;
    uint64_t found = UINT64_MAX;
    for (uint64_t r = 0; r < t->n_rows; r++) {
        rqa_batch_row s = {.struct_size = sizeof s};
        char label[16];
        ck_ok(rqa_batch_row_at(t->batch, r, &s));
        snprintf(label, sizeof label, "item%d", (int)s.item);
        if (strcmp(label, row->series) == 0 && s.dim == row->dim && s.delay == row->delay &&
            s.threshold == row->threshold && s.lmin == row->lmin && s.vmin == row->vmin)
            found = r;
    }
    ck_assert_msg(found != UINT64_MAX, "%s dim %u", row->series, row->dim);
    ck_assert_uint_eq(row->n_values, RQA_MEASURE_COUNT);
    ck_assert_str_eq(row->mode, "1d");
    ck_assert_uint_eq(row->n_keys, 2);
    ck_assert_str_eq(row->keys[1], "it's");
    int any_undefined = 0;
    for (uint32_t c = 0; c < t->n_measures; c++) {
        int32_t m = rqa_batch_measure_at(t->batch, c);
        double a = t->values[found * t->n_measures + c], b = row->values[m];
        ck_assert_msg((isnan(a) && isnan(b)) || a == b, "%s: %.17g in memory, %.17g in the store",
                      rqa_measure_name(m), a, b);
        ck_assert(row->measures & RQA_MEASURE_BIT(m));
        if (isnan(a)) {
            any_undefined = 1;
            ck_assert_ptr_nonnull(
                strstr(row->reason, rqa_reason_text(t->reasons[found * t->n_measures + c])));
        }
    }
    ck_assert_int_eq(any_undefined, row->reason[0] != 0);
    t->n_seen++;
    return 0;
}

static void expect_rows_of_memory(const char *file, const rqa_batch_options *options)
{
    table t = run_in_memory(options);
    rqa_store *store = open_store(file);
    ck_ok(rqa_store_read(store, NULL, compare_row, &t));
    ck_assert_uint_eq(t.n_seen, t.n_rows);
    rqa_store_close(store);
    free_table(&t);
}

START_TEST(rows_are_those_of_memory)
{
    rqa_batch_options o = grid(0, NULL);
    rqa_batch_statistics s = run_into(path, &o);
    ck_assert_uint_eq(s.n_done, N_ITEMS * 24);
    ck_assert_uint_eq(s.n_skipped, 0);
    expect_rows_of_memory(path, &o);
    expect_query(path, "SELECT count(*), sum(status = 'ok') > 50, sum(status = 'undefined') > 20,"
                       " sum(status = 'failed') FROM results",
                 "120|1|1|0\n");
    expect_query(path, "SELECT DISTINCT \"group\", \"odd one\", mode FROM results ORDER BY 1",
                 "a|it's|1d\nb|it's|1d\n");
    expect_query(path, "SELECT command, status, n_total, n_done, n_skipped, n_failed FROM run",
                 "test|completed|120|120|0|0\n");
    expect_query(path, "PRAGMA journal_mode", "delete\n"); /* one plain file is left */
}
END_TEST

START_TEST(a_second_run_does_nothing)
{
    rqa_batch_options o = grid(0, NULL);
    run_into(path, &o);
    char *before = query(path, "SELECT * FROM result");
    rqa_batch_statistics s = run_into(path, &o);
    ck_assert_uint_eq(s.n_skipped, s.n_total);
    ck_assert_uint_eq(s.n_done, 0);
    expect_query(path, "SELECT * FROM result", before);
    free(before);
    expect_query(path, "SELECT count(*) FROM item", "5\n");
    expect_query(path, "SELECT n_done, n_skipped FROM run ORDER BY id", "120|0\n0|120\n");
}
END_TEST

START_TEST(a_wider_grid_computes_its_new_part)
{
    rqa_batch_options narrow = grid(0, NULL), wide = grid(1, NULL);
    run_into(path, &narrow);
    rqa_batch_statistics s = run_into(path, &wide);
    ck_assert_uint_eq(s.n_skipped, N_ITEMS * 24);
    ck_assert_uint_eq(s.n_done, N_ITEMS * (3 * 3 * 4 * 3 - 24));
    expect_rows_of_memory(path, &wide);
    run_into(other_path, &wide);
    expect_same_view(path, other_path);
}
END_TEST

/* Stops a run after a while, `rest` ends it: the view is that of one run. */
static int stop_after(const rqa_batch_event *event, void *user)
{
    int *left = user;
    return event->type != RQA_EVENT_BATCH_COMPLETED && (*left)-- <= 0;
}

START_TEST(a_cancelled_run_is_resumed)
{
    rqa_batch_options wide = grid(1, NULL);
    run_into(other_path, &wide);
    for (int after = 0; after < 12; after++) {
        rqa_store *store = open_store(path);
        rqa_batch *batch = make_batch(&wide);
        int left = after;
        ck_ok(rqa_batch_set_store(batch, store));
        rqa_status status = rqa_batch_run(batch, stop_after, &left);
        ck_assert(status == RQA_OK || status == RQA_ERROR_CANCELLED);
        rqa_batch_destroy(batch);
        rqa_store_close(store);
        run_into(path, &wide);
        expect_same_view(path, other_path);
        job_remove(path);
    }
}
END_TEST

START_TEST(more_measures_replace_fewer)
{
    rqa_analysis_options few = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
    few.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    rqa_batch_options narrow = grid(0, &few), wide = grid(1, &few), all = grid(0, NULL);
    run_into(path, &wide);
    rqa_batch_statistics s = run_into(path, &all);
    ck_assert_uint_eq(s.n_done, 120);
    expect_query(path, "SELECT count(*), count(rr), count(l_entr) > 0 FROM results", "540|480|1\n");
    s = run_into(path, &narrow); /* the richer rows answer for the poorer */
    ck_assert_uint_eq(s.n_skipped, 120);
    s = run_into(path, &wide);
    ck_assert_uint_eq(s.n_skipped, 540);
    free(view(path));

    few.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_LAM);
    rqa_store *store = open_store(path);
    rqa_batch *batch = make_batch(&wide);
    char *before = view(path);
    ck_ok(rqa_batch_set_store(batch, store));
    ck_fails(rqa_batch_run(batch, NULL, NULL), RQA_ERROR_STORE_CONFLICT, "det|item|another store");
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    char *after = view(path);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

START_TEST(changed_data_take_the_old_ones_place)
{
    rqa_batch_options o = grid(0, NULL);
    run_into(path, &o);
    rqa_series *old = series[3], *changed = draw_series(99, 90);
    series[3] = changed;
    rqa_batch_statistics s = run_into(path, &o);
    ck_assert_uint_eq(s.n_done, 24);
    ck_assert_uint_eq(s.n_skipped, 96);
    expect_query(path, "SELECT count(*) FROM results", "120\n");
    expect_query(path, "SELECT count(*), min(series), max(series) FROM results_replaced",
                 "24|item3|item3\n");
    run_into(other_path, &o);
    expect_same_view(path, other_path);
    series[3] = old; /* and back: nothing to compute, and nothing left over */
    s = run_into(path, &o);
    ck_assert_uint_eq(s.n_skipped, 120);
    expect_query(path, "SELECT count(*) FROM results_replaced", "24\n");
    expect_rows_of_memory(path, &o);
    rqa_series_destroy(changed);
}
END_TEST

/* Rows and failures of item2. */
static int count_failure(const rqa_store_row *row, void *user)
{
    uint64_t *n = user;
    if (strcmp(row->series, "item2") != 0)
        return 0;
    n[row->status != RQA_OK]++;
    if (row->status)
        ck_assert_str_eq(row->reason, "no samples");
    return 0;
}

START_TEST(failed_items_have_a_row_until_they_work)
{
    rqa_batch_options o = grid(0, NULL);
    rqa_series *good = series[2];
    series[2] = NULL;
    rqa_batch_statistics s = run_into(path, &o);
    ck_assert_uint_eq(s.n_failed, 24);
    ck_assert_uint_eq(s.n_done, 96);
    expect_query(path, "SELECT series, \"group\", mode, dim, rr, status, reason FROM results WHERE"
                       " status = 'failed'",
                 "item2|b|1d|NULL|NULL|failed|no samples\n");
    series[2] = good;
    s = run_into(path, &o);
    ck_assert_uint_eq(s.n_done, 24);
    ck_assert_uint_eq(s.n_skipped, 96);
    expect_query(path, "SELECT count(*) FROM results WHERE status = 'failed'", "0\n");
    series[2] = NULL; /* results of better days stay, and are not of this batch */
    uint64_t n[2] = {0, 0}, n_kept[2] = {0, 0};
    rqa_store *store = open_store(path);
    rqa_batch *batch = make_batch(&o);
    rqa_store_filter f = {.struct_size = sizeof f, .batch = batch};
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_ok(rqa_store_read(store, &f, count_failure, n));
    ck_ok(rqa_store_read(store, NULL, count_failure, n_kept));
    ck_assert(n[0] == 0 && n[1] == 1);
    ck_assert(n_kept[0] == 24 && n_kept[1] == 0);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    s = run_into(path, &o);
    ck_assert_uint_eq(s.n_failed, 24);
    series[2] = good;
    expect_rows_of_memory(path, &o);
}
END_TEST

static int count_rows(const rqa_store_row *row, void *user)
{
    (void)row;
    ++*(uint64_t *)user;
    return 0;
}

/* Items of a batch that was refused while it entered are not in the store; others get their
 * numbers. */
START_TEST(what_was_not_entered_is_not_read)
{
    rqa_analysis_options few = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
    rqa_analysis_options other = few;
    few.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    other.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_LAM);
    rqa_batch_options o[] = {grid(0, &few), grid(0, &other), grid(0, &other)};
    rqa_batch *batch[3];
    rqa_store *store = open_store(path);
    for (int k = 0; k < 3; k++)
        if (k == 1)
            batch[k] = make_batch(&o[k]);
        else
            ck_ok(rqa_batch_create(&batch[k], context, &o[k]));
    add_item(batch[0], series[4], "item4");
    for (int k = 0; k < 4; k++)
        add_item(batch[2], series[k], (const char *[]){"other0", "other1", "other2", "other3"}[k]);
    for (int k = 0; k < 3; k++) {
        ck_ok(rqa_batch_set_store(batch[k], store));
        if (k == 1)
            ck_fails(rqa_batch_run(batch[k], NULL, NULL), RQA_ERROR_STORE_CONFLICT, "item4");
        else
            ck_ok(rqa_batch_run(batch[k], NULL, NULL));
    }
    static const uint64_t expected[] = {24, 0, 96};
    for (int k = 0; k < 3; k++) {
        rqa_store_filter f = {.struct_size = sizeof f, .batch = batch[k]};
        uint64_t n = 0;
        ck_ok(rqa_store_read(store, &f, count_rows, &n));
        ck_assert_uint_eq(n, expected[k]);
        rqa_batch_destroy(batch[k]);
    }
    rqa_store_close(store);
}
END_TEST

static int append_key(const rqa_store_row *row, void *user)
{
    strcat(strcat(user, row->keys[0]), " ");
    return 0;
}

/* As rqa_store_read() documents it. */
START_TEST(keys_come_by_length)
{
    static const char *const value[] = {"c", "aa", "b", "ab"}, *const name[] = {"group"};
    static const uint32_t one[] = {1};
    static const double threshold[] = {1};
    rqa_batch *batch;
    rqa_batch_options o = grid(0, NULL);
    o.dims = o.delays = o.lmins = one;
    o.thresholds = threshold;
    o.n_dims = o.n_delays = o.n_thresholds = o.n_lmins = 1;
    ck_ok(rqa_batch_create(&batch, context, &o));
    for (int k = 0; k < 4; k++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
        item.x = series[k + 1];
        item.label = "one name";
        item.key_names = name;
        item.key_values = &value[k];
        item.n_keys = 1;
        ck_ok(rqa_batch_add(batch, &item));
    }
    char seen[40] = "";
    rqa_store *store = open_store(path);
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_ok(rqa_store_read(store, NULL, append_key, seen));
    ck_assert_str_eq(seen, "b c aa ab ");
    rqa_batch_destroy(batch);
    rqa_store_close(store);
}
END_TEST

START_TEST(items_need_names_of_their_own)
{
    rqa_batch_options o = grid(0, NULL);
    rqa_store *store = open_store(path);
    rqa_batch *batch = make_batch(&o);
    add_item(batch, series[1], "item3");
    ck_ok(rqa_batch_set_store(batch, store));
    ck_fails(rqa_batch_start(batch), RQA_ERROR_VALUE, "item3|mode|1d");
    rqa_batch_destroy(batch);
    rqa_store_close(store);
}
END_TEST

START_TEST(shards_make_the_whole)
{
    rqa_batch_options o = grid(1, NULL);
    run_into(other_path, &o);
    uint64_t n_rows = 0, n_units = 0;
    for (uint32_t k = 1; k <= 4; k++) {
        o.shard_index = k;
        o.shard_count = 4;
        rqa_batch_statistics s = run_into(path, &o);
        ck_assert_uint_eq(s.n_skipped, 0); /* no unit twice */
        ck_assert_uint_gt(s.n_done, 0);
        n_rows += s.n_done;
        n_units++;
    }
    ck_assert_uint_eq(n_rows, N_ITEMS * 108);
    expect_same_view(path, other_path);
    rqa_batch *batch = make_batch(&o);
    ck_fails(rqa_batch_start(batch), RQA_ERROR_STATE, "shard 4 of 4|store");
    rqa_batch_destroy(batch);
    o.shard_index = 5;
    ck_fails(rqa_batch_create(&batch, context, &o), RQA_ERROR_VALUE, "shard_index|5|4");
}
END_TEST

static rqa_status merge_into(const char *into, const char *from)
{
    rqa_store *store = open_store(into);
    rqa_status status = rqa_store_merge(store, from);
    rqa_store_close(store);
    return status;
}

START_TEST(merged_shards_make_the_whole)
{
    rqa_batch_options o = grid(1, NULL);
    char part[3][160];
    run_into(other_path, &o);
    o.shard_count = 3;
    for (uint32_t k = 0; k < 3; k++) {
        snprintf(part[k], sizeof part[k], "%s/part%u", folder, k);
        o.shard_index = k + 1;
        run_into(part[k], &o);
    }
    for (int round = 0; round < 2; round++) { /* again changes nothing */
        for (int k = 2; k >= 0; k--)
            ck_ok(merge_into(path, part[k]));
        expect_same_view(path, other_path);
        expect_query(path, "SELECT count(*) FROM run", "3\n");
        expect_query(path, "SELECT sum(n), count(*) FROM unit", "540|15\n");
    }
    ck_ok(merge_into(path, other_path)); /* the same results by another run */
    expect_same_view(path, other_path);
    expect_query(path, "SELECT sum(n), count(*) FROM unit", "540|15\n");
    ck_ok(merge_into(path, path));
    for (int k = 0; k < 3; k++)
        job_remove(part[k]);
}
END_TEST

START_TEST(merging_completes_and_enriches)
{
    rqa_analysis_options few = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
    few.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    few.backend = RQA_BACKEND_THREADS;
    rqa_batch_options poor = grid(1, &few), rich = grid(0, NULL), all = grid(1, NULL);
    char whole[160];
    snprintf(whole, sizeof whole, "%s/whole", folder);
    rqa_series *good = series[4];
    series[4] = NULL;
    run_into(path, &poor);
    series[4] = good;
    run_into(other_path, &rich);
    ck_ok(merge_into(path, other_path));
    free(view(path));
    expect_query(path, "SELECT count(*), count(det) > 0, sum(status = 'failed') FROM results",
                 "456|1|0\n"); /* 4 x 108 and 24 */
    char *before = view(path);
    ck_ok(merge_into(path, other_path));
    char *after = view(path);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    run_into(path, &all);
    run_into(whole, &all);
    expect_same_view(path, whole);
    job_remove(whole);
}
END_TEST

START_TEST(what_contradicts_is_not_merged)
{
    rqa_batch_options o = grid(0, NULL);
    run_into(path, &o);
    char *before = view(path);
    rqa_series *old = series[3], *changed = draw_series(99, 90);
    series[3] = changed;
    run_into(other_path, &o);
    ck_fails(merge_into(path, other_path), RQA_ERROR_STORE_CONFLICT, "other.sqlite|item3|differ");
    job_remove(other_path);
    series[3] = old;
    run_into(other_path, &o);
    execute(other_path, "UPDATE result SET rr = rr * 1.0000001 WHERE id ="
                        " (SELECT min(id) FROM result WHERE rr > 0)");
    ck_fails(merge_into(path, other_path), RQA_ERROR_STORE_CONFLICT, "different values");
    execute(other_path, "UPDATE analysis SET numerics = 9, key = replace(key, 'numerics=' ||"
                        " numerics, 'numerics=9')");
    ck_fails(merge_into(path, other_path), RQA_ERROR_STORE_CONFLICT, "other.sqlite|version 9, the");
    execute(other_path, "PRAGMA user_version = 9");
    ck_fails(merge_into(path, other_path), RQA_ERROR_STORE_FORMAT, "other.sqlite|newer librqa");
    job_remove(other_path);
    ck_fails(merge_into(path, other_path), RQA_ERROR_STORE, "other.sqlite");
    ck_assert_int_ne(access(other_path, F_OK), 0);
    char *after = view(path);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    rqa_series_destroy(changed);
}
END_TEST

/* Several processes into one store: each with a context of its own. */
static void run_child(const rqa_batch_options *options)
{
    for (int k = 0; k < N_ITEMS; k++)
        rqa_series_destroy(series[k]);
    rqa_context_destroy(context);
    context = support_context(2);
    for (uint64_t k = 0; k < N_ITEMS; k++)
        series[k] = draw_series(k + 1, 3 + 40 * (size_t)k);
    run_into(path, options);
    _exit(0);
}

START_TEST(processes_share_the_work)
{
    rqa_batch_options o = grid(1, NULL);
    run_into(other_path, &o);
    enum { N_CHILDREN = 3 };
    pid_t child[N_CHILDREN];
    for (int k = 0; k < N_CHILDREN; k++) {
        child[k] = fork();
        if (child[k] == 0)
            run_child(&o);
    }
    for (int k = 0; k < N_CHILDREN; k++) {
        int code;
        ck_assert_int_eq(waitpid(child[k], &code, 0), child[k]);
        ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) == 0, "child %d: %x", k, code);
    }
    expect_same_view(path, other_path);
    expect_query(path, "SELECT sum(n_done) FROM run", "540\n"); /* nothing was computed twice */
    expect_query(path, "SELECT count(*) FROM worker", "0\n");
}
END_TEST

/* The filter and the order. */
typedef struct order {
    uint64_t n, item;
    rqa_store_row last;
} order;

static int check_order(const rqa_store_row *row, void *user)
{
    order *o = user;
    ck_assert(row->dim == 3 || row->dim == 1);
    ck_assert_uint_eq(row->delay, 3);
    ck_assert(row->threshold == .25 || row->threshold == .1);
    if (o->n && row->item == o->last.item)
        ck_assert(row->dim > o->last.dim ||
                  (row->dim == o->last.dim &&
                   (row->threshold > o->last.threshold ||
                    (row->threshold == o->last.threshold && row->lmin > o->last.lmin))));
    else
        ck_assert_uint_eq(row->item, o->n ? o->last.item + 1 : 0);
    o->n++;
    o->last = *row;
    return o->n == 1000;
}

/* A run whose process lives is not taken for a dead one. */
START_TEST(a_run_in_progress_is_left_alone)
{
    rqa_batch_options o = grid(0, NULL);
    rqa_store *store = open_store(path);
    rqa_series *slow = draw_series(77, 1000000); /* minutes */
    rqa_batch *batch;
    ck_ok(rqa_batch_create(&batch, context, &o));
    add_item(batch, slow, "slow1");
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_start(batch));
    run_into(path, &o);
    expect_query(path, "SELECT status FROM run ORDER BY id", "running\ncompleted\n");
    rqa_batch_cancel(batch);
    ck_fails(rqa_batch_wait(batch, -1, NULL, NULL), RQA_ERROR_CANCELLED, "cancelled");
    expect_query(path, "SELECT status FROM run ORDER BY id", "cancelled\ncompleted\n");
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    rqa_series_destroy(slow);
}
END_TEST

/* Making the tables and changing the journal are the moments when openers meet. */
static void open_and_close(void)
{
    rqa_context *own = NULL; /* a context belongs to the process that made it */
    rqa_status status = rqa_context_create(&own, NULL);
    for (int k = 0; k < 20; k++) {
        rqa_store *store = NULL;
        if (!status)
            status = rqa_store_open(&store, own, path, NULL);
        if (status) {
            fprintf(stderr, "%s\n", rqa_last_error());
            _exit(1);
        }
        rqa_store_close(store);
    }
    rqa_context_destroy(own);
    _exit(0);
}

START_TEST(many_open_and_close_at_once)
{
    enum { N_CHILDREN = 4 };
    for (int round = 0; round < 10; round++) {
        pid_t child[N_CHILDREN];
        for (int k = 0; k < N_CHILDREN; k++)
            if ((child[k] = fork()) == 0)
                open_and_close();
        for (int k = 0; k < N_CHILDREN; k++) {
            int code;
            ck_assert_int_eq(waitpid(child[k], &code, 0), child[k]);
            ck_assert_msg(WIFEXITED(code) && WEXITSTATUS(code) == 0, "child %d: %x", k, code);
        }
        expect_query(path, "PRAGMA integrity_check", "ok\n");
        job_remove(path);
    }
}
END_TEST

START_TEST(reading_filters_and_orders)
{
    rqa_batch_options o = grid(1, NULL);
    run_into(path, &o);
    static const uint32_t dims[] = {3, 1}, delays[] = {3};
    static const double thresholds[] = {.25, .1, 7};
    rqa_store_filter f = {.struct_size = sizeof f, .dims = dims, .delays = delays};
    f.thresholds = thresholds;
    f.n_dims = 2;
    f.n_delays = 1;
    f.n_thresholds = 3;
    order seen = {.n = 0};
    rqa_store *store = open_store(path);
    ck_ok(rqa_store_read(store, &f, check_order, &seen));
    ck_assert_uint_eq(seen.n, N_ITEMS * 2 * 2 * 3);
    rqa_store_summary s = {.struct_size = sizeof s};
    ck_ok(rqa_store_summarize(store, &s));
    ck_assert_uint_eq(s.n_items, N_ITEMS);
    ck_assert_uint_eq(s.n_rows, 540);
    ck_assert_uint_eq(s.n_runs, 1);
    ck_assert_uint_eq(s.n_keys, 2);
    ck_assert_int_eq(s.numerics, RQA_NUMERICS_VERSION);
    ck_assert_str_eq(rqa_store_key(store, 0), "group");
    ck_assert_ptr_null(rqa_store_key(store, 2));
    seen.n = 999;
    seen.last.item = UINT64_MAX;
    rqa_store_close(store);
}
END_TEST

/* How many rows are by which convention. */
typedef struct by_rules {
    uint64_t n_standard, n_pyrqa;
} by_rules;

static int count_by_rules(const rqa_store_row *row, void *user)
{
    by_rules *n = user;
    uint32_t convention = 0, theiler = 0, border = 0;
    while (strcmp(rqa_store_rule_name(border), "white_border") != 0)
        border++;
    while (strcmp(rqa_store_rule_name(convention), "convention") != 0)
        convention++;
    while (strcmp(rqa_store_rule_name(theiler), "theiler") != 0)
        theiler++;
    ck_assert_uint_gt(row->n_rules, theiler);
    ck_assert_ptr_null(rqa_store_rule_name(row->n_rules));
    int is_standard = strcmp(row->rules[convention], "standard") == 0;
    ck_assert_str_eq(row->rules[convention], is_standard ? "standard" : "pyrqa");
    ck_assert_str_eq(row->rules[theiler], is_standard ? "1" : "0");
    ck_assert_str_eq(row->rules[theiler + 1], "1"); /* of diagonals */
    ck_assert_str_eq(row->rules[theiler + 2], row->rules[theiler]);
    ck_assert_str_eq(row->rules[border], "include");
    n->n_standard += is_standard;
    n->n_pyrqa += !is_standard;
    return 0;
}

static int look_at_microstates(const rqa_store_row *row, void *user)
{
    uint32_t size = 0;
    while (strcmp(rqa_store_rule_name(size), "microstate_size") != 0)
        size++;
    ck_assert_str_eq(rqa_store_rule_name(size + 1), "microstate_theiler");
    uint64_t *n = user;
    n[row->rules[size][0] ? row->rules[size][0] - '0' : 0]++;
    ck_assert_str_eq(row->rules[size + 1], row->rules[size][0] ? "0" : "");
    return 0;
}

/* Entropies of blocks of different sizes are different results, and stay beside each other. */
START_TEST(sizes_of_microstates_are_told_apart)
{
    uint64_t n[5] = {0};
    for (uint32_t size = 1; size <= 3; size += 2) {
        rqa_analysis_options analysis =
            support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
        analysis.measures = RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY) | 1;
        analysis.microstate_size = size;
        rqa_batch_options o = grid(0, &analysis);
        run_into(path, &o);
        run_into(path, &o);
    }
    rqa_batch_options plain = grid(0, NULL);
    run_into(path, &plain);
    rqa_store *store = open_store(path);
    ck_ok(rqa_store_read(store, NULL, look_at_microstates, n));
    rqa_store_close(store);
    ck_assert_uint_gt(n[0], 0);
    ck_assert_uint_eq(n[1], n[0]);
    ck_assert_uint_eq(n[3], n[0]);
    ck_assert_uint_eq(n[2], 0);
}
END_TEST

/* What a store says of rows by one border rule. */
typedef struct by_border {
    const char *rule;
    uint64_t n;
    double l_mean; /* sum of what is defined */
} by_border;

static int look_at_borders(const rqa_store_row *row, void *user)
{
    by_border *b = user;
    uint32_t at = 0;
    while (strcmp(rqa_store_rule_name(at), "border") != 0)
        at++;
    if (row->status != RQA_OK || strcmp(row->rules[at], b->rule) != 0)
        return 0;
    b->n++;
    if (!isnan(row->values[RQA_MEASURE_L_MEAN]))
        b->l_mean += row->values[RQA_MEASURE_L_MEAN];
    return 0;
}

static by_border rows_by_border(const char *file, const char *rule)
{
    by_border b = {.rule = rule};
    rqa_store *store = open_store(file);
    ck_ok(rqa_store_read(store, NULL, look_at_borders, &b));
    rqa_store_close(store);
    return b;
}

static rqa_batch_options grid_by_border(rqa_analysis_options *analysis, int32_t border)
{
    *analysis = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0);
    analysis->border = border;
    analysis->backend = RQA_BACKEND_THREADS;
    return grid(0, analysis);
}

/* Rules for border lines stand beside each other, are found again, and are merged as what they are. */
START_TEST(border_rules_are_told_apart)
{
    rqa_analysis_options a[3];
    rqa_batch_options all = grid_by_border(&a[0], RQA_BORDER_ALL),
                      kelo = grid_by_border(&a[1], RQA_BORDER_KELO),
                      dibo = grid_by_border(&a[2], RQA_BORDER_DIBO_SEMI);
    const uint64_t n = run_into(path, &all).n_done;
    ck_assert_uint_eq(run_into(path, &kelo).n_done, n);
    ck_assert_uint_eq(run_into(path, &kelo).n_done, 0);
    ck_assert_uint_eq(run_into(path, &all).n_done, 0);
    run_into(other_path, &dibo);
    ck_assert_uint_eq(run_into(other_path, &kelo).n_done, n);
    rqa_store *store = open_store(path);
    ck_ok(rqa_store_merge(store, other_path));
    rqa_store_close(store);
    const by_border by[] = {rows_by_border(path, "all"), rows_by_border(path, "kelo"),
                            rows_by_border(path, "dibo-semi")};
    for (int k = 0; k < 3; k++)
        ck_assert_uint_eq(by[k].n, n);
    ck_assert(by[0].l_mean != by[1].l_mean && by[1].l_mean != by[2].l_mean);
    ck_assert(rows_by_border(other_path, "dibo-semi").l_mean == by[2].l_mean);
    ck_assert_int_eq(run_into(path, &dibo).n_done, 0);
    char *text = query(path, "SELECT count(DISTINCT rules) || ' ' || sum(rules LIKE '% border_rule=kelo')"
                             " FROM results WHERE dim > 0");
    char wanted[40];
    snprintf(wanted, sizeof wanted, "3 %" PRIu64, n);
    ck_assert_msg(strncmp(text, wanted, strlen(wanted)) == 0, "%s, not %s", text, wanted);
    free(text);
}
END_TEST

START_TEST(rules_are_told_apart)
{
    rqa_analysis_options pyrqa = support_options(RQA_CONVENTION_PYRQA, RQA_NORM_EUCLIDEAN, 0);
    rqa_batch_options o = grid(0, NULL), other = grid(0, &pyrqa);
    rqa_store_summary s = {.struct_size = sizeof s};
    rqa_store_filter f = {.struct_size = sizeof f};
    by_rules n = {0, 0};
    run_into(path, &o);
    rqa_store *store = open_store(path), *empty = open_store(other_path);
    ck_ok(rqa_store_summarize(store, &s));
    ck_assert_uint_eq(s.rules, 0);
    rqa_batch *batch = make_batch(&other);
    f.batch = batch;
    ck_fails(rqa_store_read(store, &f, count_by_rules, &n), RQA_ERROR_MISMATCH, "does not compute");
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_store_read(store, &f, count_by_rules, &n)); /* it has not entered its items yet */
    ck_assert_uint_eq(n.n_standard + n.n_pyrqa, 0);
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_fails(rqa_store_read(empty, &f, count_by_rules, &n), RQA_ERROR_MISMATCH, "does not compute");
    ck_ok(rqa_store_read(store, &f, count_by_rules, &n));
    ck_assert(n.n_standard == 0 && n.n_pyrqa == 120);
    ck_ok(rqa_store_read(store, NULL, count_by_rules, &n));
    ck_assert(n.n_standard == 120 && n.n_pyrqa == 240);
    ck_ok(rqa_store_summarize(store, &s));
    for (uint32_t k = 0; rqa_store_rule_name(k); k++) {
        int differs = strstr("convention compare theiler theiler_vertical wmin",
                             rqa_store_rule_name(k)) != NULL;
        ck_assert_msg((int)(s.rules >> k & 1) == differs, "%s", rqa_store_rule_name(k));
    }
    rqa_batch_destroy(batch);
    rqa_store_close(empty);
    rqa_store_close(store);
}
END_TEST

static void expect_refused(int32_t mode, rqa_status code, const char *words)
{
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = mode;
    ck_fails(rqa_store_open(&store, context, path, &options), code, words);
    ck_assert_ptr_null(store);
}

START_TEST(what_is_no_store_is_left_alone)
{
    expect_refused(RQA_STORE_READ, RQA_ERROR_STORE, "results.sqlite|unable to open");
    static const char text[] = "series,dim,rr\nthis is a table of somebody's, not a database\n";
    write_file(path, text, sizeof text);
    expect_refused(RQA_STORE_WRITE, RQA_ERROR_STORE_FORMAT, "results.sqlite|not an SQLite file");
    job_remove(path);
    execute(path, "CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)");
    expect_refused(RQA_STORE_WRITE, RQA_ERROR_STORE_FORMAT, "results.sqlite|not a store");
    expect_query(path, "SELECT * FROM theirs", "1\n");
    job_remove(path);

    rqa_batch_options o = grid(0, NULL);
    run_into(path, &o);
    expect_refused(RQA_STORE_CREATE, RQA_ERROR_STORE, "results.sqlite|exists");
    execute(path, "PRAGMA user_version = 77");
    expect_refused(RQA_STORE_WRITE, RQA_ERROR_STORE_FORMAT, "newer librqa|77|knows 2");
    expect_refused(RQA_STORE_READ, RQA_ERROR_STORE_FORMAT, "newer librqa|77|knows 2");
    execute(path, "PRAGMA user_version = 1");
    ck_assert_int_eq(truncate(path, 8192 * 3 + 100), 0);
    expect_refused(RQA_STORE_WRITE, RQA_ERROR_STORE_FORMAT, "results.sqlite|damaged");
}
END_TEST

START_TEST(a_store_for_reading_is_not_written)
{
    rqa_batch_options o = grid(0, NULL);
    run_into(path, &o);
    ck_assert_int_eq(chmod(path, 0444), 0);
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    ck_ok(rqa_store_open(&store, context, path, &options));
    rqa_batch *batch = make_batch(&o);
    ck_fails(rqa_batch_set_store(batch, store), RQA_ERROR_STATE, "open for reading");
    ck_fails(rqa_store_merge(store, path), RQA_ERROR_STATE, "open for reading");
    table t = run_in_memory(&o);
    ck_ok(rqa_store_read(store, NULL, compare_row, &t));
    free_table(&t);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
}
END_TEST

/* SQLite keeps some of these in memory, where results are lost with the last word "done". They are
 * refused, for reading and writing; a file of such a name has a folder in its path. */
START_TEST(every_name_is_a_file)
{
    static const char *const name[] = {":memory:", "file::memory:", "file:x?mode=memory"};
    char *home = getcwd(NULL, 0), with_folder[40];
    rqa_batch_options o = grid(0, NULL);
    rqa_store *store;
    ck_assert_int_eq(chdir(folder), 0);
    for (int32_t mode = RQA_STORE_WRITE; mode <= RQA_STORE_CREATE; mode++) {
        rqa_store_options options;
        rqa_store_options_init(&options);
        options.mode = mode;
        ck_fails(rqa_store_open(&store, context, name[_i], &options), RQA_ERROR_VALUE, "path is|file");
        ck_assert_ptr_null(store);
    }
    ck_ok(rqa_store_open(&store, context, "plain", NULL));
    ck_fails(rqa_store_merge(store, name[_i]), RQA_ERROR_VALUE, "path is|file");
    rqa_store_close(store);
    job_remove("plain");
    ck_assert_int_ne(access(name[_i], F_OK), 0);
    snprintf(with_folder, sizeof with_folder, "./%s", name[_i]);
    run_into(with_folder, &o);
    expect_rows_of_memory(with_folder, &o);
    ck_assert_int_eq(access(name[_i], F_OK), 0);
    job_remove(with_folder);
    ck_assert_int_eq(chdir(home), 0);
    free(home);
}
END_TEST

static int delete_it(const rqa_batch_event *event, void *user)
{
    (void)user;
    if (event->type == RQA_EVENT_BATCH_STARTED)
        ck_assert_int_eq(unlink(path), 0);
    gate_open();
    return 0;
}

START_TEST(a_deleted_store_is_noticed)
{
    rqa_batch_options o = grid(1, NULL);
    rqa_store *store = open_store(path);
    rqa_batch *batch = make_batch(&o);
    ck_ok(rqa_batch_set_store(batch, store));
    gate_close(); /* else all might be written before the event comes */
    ck_ok(rqa_batch_start(batch));
    ck_fails(rqa_batch_wait(batch, -1, delete_it, NULL), RQA_ERROR_STORE, "results.sqlite|deleted");
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("store");
    TCase *t = tcase_create("store");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, rows_are_those_of_memory);
    tcase_add_test(t, a_second_run_does_nothing);
    tcase_add_test(t, a_wider_grid_computes_its_new_part);
    tcase_add_test(t, a_cancelled_run_is_resumed);
    tcase_add_test(t, more_measures_replace_fewer);
    tcase_add_test(t, changed_data_take_the_old_ones_place);
    tcase_add_test(t, failed_items_have_a_row_until_they_work);
    tcase_add_test(t, what_was_not_entered_is_not_read);
    tcase_add_test(t, keys_come_by_length);
    tcase_add_test(t, items_need_names_of_their_own);
    tcase_add_test(t, shards_make_the_whole);
    tcase_add_test(t, merged_shards_make_the_whole);
    tcase_add_test(t, merging_completes_and_enriches);
    tcase_add_test(t, what_contradicts_is_not_merged);
    tcase_add_test(t, processes_share_the_work);
    tcase_add_test(t, many_open_and_close_at_once);
    tcase_add_test(t, a_run_in_progress_is_left_alone);
    tcase_add_test(t, reading_filters_and_orders);
    tcase_add_test(t, rules_are_told_apart);
    tcase_add_test(t, sizes_of_microstates_are_told_apart);
    tcase_add_test(t, border_rules_are_told_apart);
    tcase_add_test(t, what_is_no_store_is_left_alone);
    tcase_add_test(t, a_store_for_reading_is_not_written);
    tcase_add_loop_test(t, every_name_is_a_file, 0, 3);
    tcase_add_test(t, a_deleted_store_is_noticed);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    gate_install();
    return support_run(suite());
}
