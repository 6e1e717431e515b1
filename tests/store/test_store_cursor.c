/* test_store_cursor.c - questions to a store: the answers are SQLite's own, whatever stands in the
 * file and whoever else is at work; and callbacks of the reader find the store free. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store_jobs.h"

static job j;

static void setup(void)
{
    job_open(&j, 2, 4, 60);
    ck_ok(job_run(&j, j.path));
}

static void teardown(void)
{
    job_close(&j);
}

static rqa_store *open_as(const char *path, int32_t mode)
{
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = mode;
    ck_ok(rqa_store_open(&store, j.context, path, &options));
    return store;
}

static rqa_store_query ask(const char *sql)
{
    return (rqa_store_query){.struct_size = sizeof(rqa_store_query), .sql = sql};
}

/* The values of a block as job_query() writes them. */
static char *append_block(char *out, const rqa_store_block *b)
{
    for (size_t i = 0; i < b->n_rows; i++) {
        for (uint32_t k = 0; k < b->n_columns; k++) {
            size_t at = k * b->stride + i;
            char number[40];
            const char *text = number;
            if (b->types[at] == RQA_STORE_TEXT)
                text = b->texts[at];
            else
                ck_assert_ptr_null(b->texts[at]);
            if (b->types[at] == RQA_STORE_NULL) {
                ck_assert(isnan(b->numbers[at]));
                snprintf(number, sizeof number, "NULL");
            } else if (b->types[at] == RQA_STORE_INTEGER) {
                ck_assert(b->numbers[at] == (double)b->integers[at]);
                snprintf(number, sizeof number, "%lld", (long long)b->integers[at]);
            } else if (b->types[at] == RQA_STORE_NUMBER) {
                ck_assert_int_eq(b->integers[at], 0);
                snprintf(number, sizeof number, "%a", b->numbers[at]);
            }
            out = realloc(out, strlen(out) + strlen(text) + 2);
            strcat(out, text);
            strcat(out, k + 1 < b->n_columns ? "|" : "\n");
        }
    }
    return out;
}

/* The whole answer, which must come in blocks of at most block_rows. */
static char *answer(rqa_store *store, rqa_store_query query, uint32_t block_rows)
{
    rqa_store_cursor *cursor;
    rqa_store_block b = {.struct_size = sizeof b};
    char *text = calloc(1, 1);
    query.block_rows = block_rows;
    ck_ok(rqa_store_cursor_create(&cursor, store, &query));
    do {
        ck_ok(rqa_store_cursor_next(cursor, &b));
        ck_assert(b.n_rows <= (block_rows ? block_rows : 1024) && b.stride >= 1);
        ck_assert_ptr_nonnull(b.names[b.n_columns - 1]);
        text = append_block(text, &b);
    } while (b.n_rows);
    ck_ok(rqa_store_cursor_next(cursor, &b)); /* and none from then on */
    ck_assert_uint_eq(b.n_rows, 0);
    rqa_store_cursor_destroy(cursor);
    return text;
}

/* The same by SQLite, on the file. */
static char *wanted(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *rows;
    char *text = calloc(1, 1);
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    const int n = sqlite3_column_count(rows);
    while (sqlite3_step(rows) == SQLITE_ROW)
        for (int k = 0; k < n; k++) {
            char number[40];
            const char *value = number;
            const int type = sqlite3_column_type(rows, k);
            if (type == SQLITE_TEXT)
                value = (const char *)sqlite3_column_text(rows, k);
            else if (type == SQLITE_NULL)
                snprintf(number, sizeof number, "NULL");
            else if (type == SQLITE_INTEGER)
                snprintf(number, sizeof number, "%lld", (long long)sqlite3_column_int64(rows, k));
            else
                snprintf(number, sizeof number, "%a", sqlite3_column_double(rows, k));
            text = realloc(text, strlen(text) + strlen(value) + 2);
            strcat(text, value);
            strcat(text, k + 1 < n ? "|" : "\n");
        }
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return text;
}

static void expect_answer(rqa_store *store, rqa_store_query query, uint32_t block_rows,
                          const char *sql)
{
    char *is = answer(store, query, block_rows), *was = wanted(j.path, sql);
    ck_assert_msg(*was != '\0', "%s: no rows", sql);
    ck_assert_msg(strcmp(is, was) == 0, "%s", query.sql);
    free(is);
    free(was);
}

#define ALL "SELECT * FROM results ORDER BY series, mode, dim, delay, threshold, lmin, vmin"

START_TEST(answers_are_those_of_sqlite)
{
    static const char *const sql[] = {
        ALL, "SELECT * FROM results_replaced UNION ALL SELECT * FROM results",
        "SELECT count(*) FROM results", "SELECT series, dim, avg(det), count(*) FROM results"
        " WHERE dim IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT DISTINCT dim, threshold FROM setting ORDER BY 1, 2",
        "SELECT max(rr), min(reason), 1 + 1, 0.5, NULL, 'it''s' FROM results"};
    rqa_store *writer = open_as(j.path, RQA_STORE_WRITE), *reader = open_as(j.path, RQA_STORE_READ);
    for (size_t k = 0; k < sizeof sql / sizeof sql[0]; k++)
        for (uint32_t block_rows = 0; block_rows < 4; block_rows++)
            expect_answer(k % 2 ? writer : reader, ask(sql[k]), block_rows, sql[k]);
    rqa_store_close(reader);
    rqa_store_close(writer);
}
END_TEST

START_TEST(parameters_of_every_type)
{
    rqa_store *store = open_as(j.path, RQA_STORE_READ);
    const uint8_t types[] = {RQA_STORE_TEXT, RQA_STORE_INTEGER, RQA_STORE_NUMBER, RQA_STORE_NULL};
    const int64_t integers[] = {0, 1, 0, 0};
    const double numbers[] = {0, 0, .05, 0};
    char *name = wanted(j.path, "SELECT max(series) FROM results WHERE dim > 1 AND rr > 0.05");
    name[strlen(name) - 1] = '\0';
    const char *texts[] = {name, NULL, NULL, NULL};
    rqa_store_query q = ask("SELECT * FROM results WHERE series = ? AND dim > ? AND rr > ? AND ? IS NULL");
    q.n_parameters = 4;
    q.types = types;
    q.integers = integers;
    q.numbers = numbers;
    q.texts = texts;
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT * FROM results WHERE series = '%s' AND dim > 1"
                              " AND rr > 0.05", name);
    expect_answer(store, q, 2, sql);
    free(name);
    rqa_store_close(store);
}
END_TEST

static void expect_refused(rqa_store *store, rqa_store_query query, rqa_status status,
                           const char *words)
{
    rqa_store_cursor *cursor = (rqa_store_cursor *)&query;
    ck_fails(rqa_store_cursor_create(&cursor, store, &query), status, words);
    ck_assert_ptr_null(cursor);
}

START_TEST(only_a_select_is_answered)
{
    rqa_store *store = open_as(j.path, RQA_STORE_WRITE);
    static const char *const sql[] = {
        "DELETE FROM result", "DROP TABLE result", "CREATE TABLE t(x)", "PRAGMA user_version",
        "ATTACH ':memory:' AS o", "CREATE TEMP TABLE t AS SELECT 1", "BEGIN",
        "UPDATE item SET series = ''", "SELECT load_extension('x')", "SELECT rqa_take(1)",
        "SELECT * FROM pragma_table_info('item')"};
    for (size_t k = 0; k < sizeof sql / sizeof sql[0]; k++)
        expect_refused(store, ask(sql[k]), RQA_ERROR_VALUE, "query->sql");
    expect_refused(store, ask("SELECT 1; SELECT 2"), RQA_ERROR_VALUE, "goes on after|SELECT 2");
    expect_refused(store, ask(" -- nothing"), RQA_ERROR_VALUE, "is empty");
    expect_refused(store, ask("SELECT rrr FROM results"), RQA_ERROR_VALUE, "no such column: rrr");
    expect_refused(store, ask("SELEC"), RQA_ERROR_VALUE, "syntax error");
    expect_refused(store, ask("SELECT ?"), RQA_ERROR_VALUE, "n_parameters is 0|has 1");
    expect_refused(store, ask(NULL), RQA_ERROR_NULL, "query->sql");
    rqa_store_query q = ask("SELECT ?");
    q.n_parameters = 1;
    expect_refused(store, q, RQA_ERROR_NULL, "query->types");
    static const char *const names[] = {"", "integers", "numbers", "texts"};
    for (uint8_t type = 1; type < 4; type++) {
        q.types = &type;
        expect_refused(store, q, RQA_ERROR_NULL, names[type]);
    }
    const uint8_t unknown = 9;
    q.types = &unknown;
    expect_refused(store, q, RQA_ERROR_VALUE, "types[0] is 9|0..3");
    q = ask("SELECT 1");
    q.block_rows = (1 << 20) + 1;
    expect_refused(store, q, RQA_ERROR_VALUE, "block_rows is 1048577|0..1048576");
    q = ask("SELECT 1");
    q.reserved = 1;
    expect_refused(store, q, RQA_ERROR_VALUE, "reserved is 1");
    rqa_store_cursor *cursor;
    rqa_store_block b = {.struct_size = sizeof b};
    ck_fails(rqa_store_cursor_create(NULL, store, &q), RQA_ERROR_NULL, "out");
    ck_fails(rqa_store_cursor_create(&cursor, NULL, &q), RQA_ERROR_NULL, "store");
    ck_fails(rqa_store_cursor_create(&cursor, store, NULL), RQA_ERROR_NULL, "query");
    ck_fails(rqa_store_cursor_next(NULL, &b), RQA_ERROR_NULL, "cursor");
    rqa_store_cursor_destroy(NULL);
    rqa_store_close(store);
    job_expect_sound(j.path, "after refusals");
}
END_TEST

START_TEST(what_cannot_be_computed_ends_the_answer)
{
    rqa_store *store = open_as(j.path, RQA_STORE_READ);
    static const struct {
        const char *sql, *words;
    } question[] = {
        {"SELECT x'00'", "blob in column|hex"},
        {"SELECT length(zeroblob(300000000) || 'a')", "too big"},
        {"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
         "did not end"}};
    for (size_t k = 0; k < sizeof question / sizeof question[0]; k++) {
        rqa_store_query q = ask(question[k].sql);
        rqa_store_cursor *cursor;
        rqa_store_block b = {.struct_size = sizeof b};
        ck_ok(rqa_store_cursor_create(&cursor, store, &q));
        ck_fails(rqa_store_cursor_next(cursor, NULL), RQA_ERROR_NULL, "out");
        ck_fails(rqa_store_cursor_next(cursor, &b), RQA_ERROR_VALUE, question[k].words);
        ck_ok(rqa_store_cursor_next(cursor, &b));
        ck_assert_uint_eq(b.n_rows, 0);
        rqa_store_cursor_destroy(cursor);
    }
    rqa_store_close(store);
}
END_TEST

static void change(const char *sql)
{
    sqlite3 *db;
    char *text = NULL;
    ck_assert_int_eq(sqlite3_open(j.path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &text) == SQLITE_OK, "%s", text);
    sqlite3_close(db);
}

START_TEST(views_of_the_file_are_not_looked_at)
{
    char *was = wanted(j.path, ALL);
    change("DROP VIEW results; CREATE VIEW results AS SELECT 'no' AS series;"
           "CREATE VIEW mine AS SELECT * FROM item");
    rqa_store *store = open_as(j.path, RQA_STORE_READ);
    char *is = answer(store, ask(ALL), 0);
    ck_assert_str_eq(is, was);
    expect_refused(store, ask("SELECT * FROM mine"), RQA_ERROR_VALUE, "query->sql");
    expect_refused(store, ask("SELECT * FROM main.results"), RQA_ERROR_VALUE, "query->sql");
    rqa_store_close(store);
    free(is);
    free(was);
}
END_TEST

START_TEST(an_answer_is_of_one_moment)
{
    rqa_store *store = open_as(j.path, RQA_STORE_WRITE);
    char *before = answer(store, ask(ALL), 0);
    rqa_store_query q = ask(ALL);
    rqa_store_cursor *cursor;
    rqa_store_block b = {.struct_size = sizeof b};
    q.block_rows = 1;
    ck_ok(rqa_store_cursor_create(&cursor, store, &q));
    ck_ok(rqa_store_cursor_next(cursor, &b));
    char *seen = append_block(calloc(1, 1), &b);
    static const uint32_t more_dims[] = {1, 2, 3, 4};
    j.grid.dims = more_dims;
    j.grid.n_dims = 4;
    ck_ok(job_run_in(&j, store, NULL, NULL));
    rqa_store_close(store); /* before its cursor */
    do {
        ck_ok(rqa_store_cursor_next(cursor, &b));
        seen = append_block(seen, &b);
    } while (b.n_rows);
    rqa_store_cursor_destroy(cursor);
    ck_assert_str_eq(seen, before);
    store = open_as(j.path, RQA_STORE_READ);
    char *after = answer(store, ask(ALL), 0);
    ck_assert_uint_gt(strlen(after), strlen(before));
    rqa_store_close(store);
    free(seen);
    free(before);
    free(after);
    job_expect_sound(j.path, "after an answer");
}
END_TEST

/* ---- the reader and its callback ---- */

typedef struct visit {
    rqa_store *store;
    uint64_t n, n_inside;
} visit;

static int count_row(const rqa_store_row *row, void *user)
{
    (void)row;
    ++*(uint64_t *)user;
    return 0;
}

/* Everything that can be done with a store, from inside its own reader. */
static int use_it(const rqa_store_row *row, void *user)
{
    visit *v = user;
    (void)row;
    if (v->n++)
        return 0;
    rqa_store_summary s = {.struct_size = sizeof s};
    ck_ok(rqa_store_summarize(v->store, &s));
    ck_assert_ptr_null(rqa_store_key(v->store, s.n_keys));
    ck_ok(rqa_store_read(v->store, NULL, count_row, &v->n_inside));
    free(answer(v->store, ask(ALL), 0));
    static const uint32_t more_dims[] = {1, 2, 3, 4};
    j.grid.dims = more_dims;
    j.grid.n_dims = 4;
    ck_ok(job_run_in(&j, v->store, NULL, NULL));
    return 0;
}

START_TEST(a_callback_may_use_the_store)
{
    visit v = {.store = open_as(j.path, RQA_STORE_WRITE)};
    uint64_t n_after = 0;
    ck_ok(rqa_store_read(v.store, NULL, use_it, &v));
    ck_assert_uint_gt(v.n, 1);
    ck_assert_uint_eq(v.n, v.n_inside); /* what was computed meanwhile is of a later moment */
    ck_ok(rqa_store_read(v.store, NULL, count_row, &n_after));
    ck_assert_uint_gt(n_after, v.n);
    rqa_store_close(v.store);
    job_expect_sound(j.path, "after its own reader");
}
END_TEST

START_TEST(another_folder_is_the_same_store)
{
    char before[512];
    uint64_t n = 0, n_again = 0;
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(j.folder), 0);
    rqa_store *store = open_as("a", RQA_STORE_READ);
    ck_ok(rqa_store_read(store, NULL, count_row, &n));
    ck_assert_int_eq(chdir(before), 0);
    ck_ok(rqa_store_read(store, NULL, count_row, &n_again));
    ck_assert_uint_gt(n, 0);
    ck_assert_uint_eq(n, n_again);
    expect_answer(store, ask(ALL), 0, ALL);
    rqa_store_close(store);
}
END_TEST

START_TEST(another_file_is_not)
{
    rqa_store *store = open_as(j.path, RQA_STORE_READ), *new;
    char other[120];
    uint64_t n = 0;
    snprintf(other, sizeof other, "%s/b", j.folder);
    new = open_as(other, RQA_STORE_WRITE);
    rqa_store_close(new);
    ck_assert_int_eq(rename(other, j.path), 0);
    ck_fails(rqa_store_read(store, NULL, count_row, &n), RQA_ERROR_STORE, "another file");
    expect_refused(store, ask(ALL), RQA_ERROR_STORE, "another file");
    rqa_store_close(store);
}
END_TEST

/* A twin that cannot be opened properly is an error: read as one that nobody changes, it would take
 * the locks of the writer along when it is closed. */
START_TEST(a_writer_is_never_read_without_locks)
{
    rqa_store *store = open_as(j.path, RQA_STORE_WRITE);
    uint64_t n = 0;
    struct rlimit before, few;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    ck_ok(rqa_store_read(store, NULL, count_row, &n));
    int next = dup(0);
    ck_assert_int_ge(next, 0);
    close(next);
    few = before;
    few.rlim_cur = (rlim_t)next; /* the file is open already, its -wal is not to be had */
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    rqa_status status = rqa_store_read(store, NULL, count_row, &n);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_fails(status, RQA_ERROR_STORE, "read|files are open");
    ck_ok(rqa_store_read(store, NULL, count_row, &n));
    rqa_store_close(store);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store_cursor");
    TCase *t = tcase_create("store_cursor");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, answers_are_those_of_sqlite);
    tcase_add_test(t, parameters_of_every_type);
    tcase_add_test(t, only_a_select_is_answered);
    tcase_add_test(t, what_cannot_be_computed_ends_the_answer);
    tcase_add_test(t, views_of_the_file_are_not_looked_at);
    tcase_add_test(t, an_answer_is_of_one_moment);
    tcase_add_test(t, a_callback_may_use_the_store);
    tcase_add_test(t, another_folder_is_the_same_store);
    tcase_add_test(t, another_file_is_not);
    tcase_add_test(t, a_writer_is_never_read_without_locks);
    suite_add_tcase(s, t);
    return support_run(s);
}
