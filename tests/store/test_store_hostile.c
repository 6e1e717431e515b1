/* test_store_hostile.c - stores that somebody has been at: SQLite takes them for sound, and librqa
 * says what is wrong with them, in bounded time, or is not harmed. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "store_jobs.h"

enum { SAMPLES = 60, ITEMS = 4 };

static job j;
static char other[120];

static void setup(void)
{
    job_open(&j, 2, ITEMS, SAMPLES);
    j.grid.n_delays = 2;
    job_keep_clean(&j);
    snprintf(other, sizeof other, "%s/other", j.folder);
}

static void teardown(void)
{
    job_close(&j);
}

/* As any program may; a store's own triggers stop those of an older librqa. */
static void execute(const char *file, const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 600000);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int count_row(const rqa_store_row *row, void *user)
{
    (void)row;
    ++*(uint64_t *)user;
    return 0;
}

static rqa_status open_as(rqa_store **out, int32_t mode)
{
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = mode;
    return rqa_store_open(out, j.context, j.path, &options);
}

static rqa_status read_store(uint64_t *n_rows)
{
    rqa_store *store;
    *n_rows = 0;
    rqa_status status = open_as(&store, RQA_STORE_READ);
    if (!status)
        status = rqa_store_read(store, NULL, count_row, n_rows);
    rqa_store_close(store);
    return status;
}

static rqa_status summarize(uint64_t *n_rows)
{
    rqa_store *store;
    rqa_store_summary s = {.struct_size = sizeof s};
    rqa_status status = open_as(&store, RQA_STORE_READ);
    if (!status)
        status = rqa_store_summarize(store, &s);
    rqa_store_close(store);
    *n_rows = s.n_rows;
    return status;
}

static rqa_status merge(void)
{
    rqa_store *store;
    job_remove(other);
    ck_ok(rqa_store_open(&store, j.context, other, NULL));
    rqa_status status = rqa_store_merge(store, j.path);
    rqa_store_close(store);
    return status;
}

/* Whether a text names the store, by its path or, as a reader of its own does, by the whole one, which
 * has a drive and backslashes on Windows. */
static int names_it(const char *text)
{
    const char *folder = strrchr(j.folder, '/') + 1, *at = strstr(text, folder);
    at = at ? at + strlen(folder) : NULL;
    return at && (*at == '/' || *at == '\\') && at[1] == *(strrchr(j.path, '/') + 1);
}

static void expect_told(rqa_status status, const char *what, const char *sql, const char *words)
{
    ck_assert_msg(status == RQA_ERROR_STORE_FORMAT, "%s: %s: %s", sql, what,
                  rqa_status_name(status));
    ck_assert_msg(strstr(rqa_last_error(), words) && names_it(rqa_last_error()) &&
                      !strchr(rqa_last_error(), '\n'),
                  "%s: %s: \"%s\" lacks \"%s\"", sql, what, rqa_last_error(), words);
}

/* ---- tables that are others */

static const struct {
    const char *sql, *words;
} other_table[] = {
    {"ALTER TABLE setting RENAME TO s; CREATE VIEW setting AS WITH RECURSIVE c(x) AS (SELECT 1"
     " UNION ALL SELECT x + 1 FROM c) SELECT x AS id, 1 AS dim, 1 AS delay, 1.0 AS threshold,"
     " 2 AS lmin, 2 AS vmin FROM c", "view setting"},
    {"DROP VIEW results; DROP VIEW results_replaced; ALTER TABLE unit RENAME TO u;"
     "CREATE VIEW unit AS SELECT u.* FROM u, u a, u b, u c, u d", "its "},
    {"DROP INDEX item_name", "1 of its"},
    {"DROP INDEX unit_analysis; CREATE INDEX unit_analysis ON unit(analysis)",
     "index unit_analysis"},
    {"CREATE UNIQUE INDEX one_each ON result(setting, rr, id)", "index one_each"},
    {"ALTER TABLE result ADD COLUMN twice AS (rr * 2)", "table result"},
    {"ALTER TABLE result ADD COLUMN note TEXT", "table result"},
    {"DROP TABLE reason; CREATE TABLE reason(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE"
     " ON CONFLICT IGNORE)", "table reason"},
    {"DROP TABLE reason; CREATE TABLE reason(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"
     " WITHOUT ROWID", "table reason"},
    {"DROP TABLE claim", "1 of its"},
    {"DROP VIEW results; CREATE TABLE results(a)", "table results"},
    {"INSERT INTO item_key VALUES(1, 'subject')", "table item"},
    {"PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'theiler INTEGER"
     " NOT NULL', 'theiler INTEGER NOT NULL CHECK(theiler < 0)') WHERE name = 'analysis'",
     "table analysis"},
    {"PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM"
     " sqlite_schema WHERE name = 'reason') WHERE name = 'item_key'", "share"},
};

START_TEST(other_tables)
{
    const char *sql = other_table[_i].sql, *words = other_table[_i].words;
    uint64_t n;
    ck_ok(job_run(&j, j.path));
    execute(j.path, sql);
    expect_told(read_store(&n), "read", sql, words);
    expect_told(summarize(&n), "summarize", sql, words);
    expect_told(merge(), "merge", sql, words);
    expect_told(job_run(&j, j.path), "run", sql, words);
}
END_TEST

/* What a user may well have added, and what could only harm others. */
static const char *const added[] = {
    "CREATE TABLE mine(a PRIMARY KEY, b REFERENCES item(id) ON DELETE CASCADE)",
    "CREATE VIEW my_means AS SELECT series, avg(rr) FROM results GROUP BY series",
    "CREATE INDEX by_setting ON result(setting)",
    "CREATE TABLE log(a); CREATE TRIGGER mine AFTER INSERT ON log BEGIN DELETE FROM log; END",
    "CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
    " SELECT x FROM c",
    "ANALYZE",
    "DROP VIEW results; CREATE VIEW results AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT"
    " x + 1 FROM c) SELECT x FROM c",
    "DROP VIEW results",
    "CREATE TRIGGER half AFTER INSERT ON result WHEN NEW.id % 2 BEGIN DELETE FROM result WHERE"
    " id = NEW.id; END",
    "CREATE TRIGGER none BEFORE INSERT ON unit BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER other AFTER UPDATE ON run BEGIN DELETE FROM result; END",
};

START_TEST(what_does_not_hurt)
{
    uint64_t n;
    rqa_store *store;
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    rqa_store_close(store);
    execute(j.path, added[_i]);
    ck_ok(job_run(&j, j.path));
    job_expect_clean(&j, j.path, added[_i]);
    ck_ok(read_store(&n));
    ck_assert_uint_eq(n, job_n_rows(&j));
    ck_ok(merge());
    job_expect_clean(&j, other, added[_i]);
}
END_TEST

/* ---- numbers that lead nowhere, and values that lie */

enum { FINE, HEALED, REFUSED };

/* Reading and merging say so; a run refuses it too, is not concerned, or sets it right. */
static const struct {
    const char *sql, *words;
    int run;
} lie[] = {
    {"DELETE FROM analysis WHERE id = 2", "analysis of item", REFUSED},
    {"UPDATE unit SET analysis = 77 WHERE id = 2", "analysis of unit 2", REFUSED},
    {"UPDATE item SET analysis = 'x' WHERE id = 2", "analysis of item 2", REFUSED},
    {"UPDATE item SET analysis = NULL WHERE id = 2", "item 2", REFUSED},
    {"UPDATE unit SET run = 5 WHERE id = 2", "run of unit 2", REFUSED},
    {"UPDATE result SET setting = 777 WHERE id = 7", "setting of row 7", FINE},
    {"UPDATE result SET setting = 'x' WHERE id = 7", "setting of row 7", FINE},
    {"UPDATE result SET setting = (SELECT setting FROM result WHERE id = 8) WHERE id = 7",
     "two results", FINE},
    {"UPDATE result SET setting = (SELECT id FROM setting WHERE delay <> (SELECT delay FROM"
     " setting s JOIN result r ON r.setting = s.id WHERE r.id = 7) LIMIT 1) WHERE id = 7",
     "delay of row 7", FINE},
    {"UPDATE result SET reason = 99 WHERE id = 7", "reason of row 7", FINE},
    {"DELETE FROM reason", "reason of row", FINE},
    {"UPDATE result SET rr = 'much' WHERE id = 7", "rr of row 7", FINE},
    {"UPDATE result SET rr = x'00ff' WHERE id = 7", "rr of row 7", FINE},
    {"UPDATE result SET rr = NULL, reason = NULL WHERE id = 7", "rr of row 7", FINE},
    {"UPDATE unit SET measures = measures & ~1 WHERE id = 2", "rr of row", FINE},
    {"DELETE FROM result WHERE id = 7", "of its", HEALED},
    {"DELETE FROM result", "of its", HEALED},
    {"INSERT INTO result(id, setting) VALUES(100000, 1)", "in no unit", FINE},
    {"UPDATE unit SET n = n - 1 WHERE id = 2", "in no unit", HEALED},
    {"DELETE FROM unit WHERE id = 2", "in no unit", FINE},
    {"UPDATE unit SET analysis = 1 WHERE id IN (SELECT min(id) FROM unit GROUP BY analysis)",
     "two results", FINE},
    {"UPDATE unit SET n = -1 WHERE id = 2", "a unit, 2", REFUSED},
    {"UPDATE unit SET room = 1152921504606846976 WHERE id = 2", "same rows", REFUSED},
    {"UPDATE unit SET first = 1, room = 60", "same rows", REFUSED},
    {"UPDATE unit SET first = 'x' WHERE id = 2", "a unit, 2", REFUSED},
    {"UPDATE unit SET measures = 'rr' WHERE id = 2", "a unit, 2", REFUSED},
    {"UPDATE unit SET measures = 4611686018427387904 WHERE id = 2", "rows of a unit", REFUSED},
    {"UPDATE unit SET delay = 4294967297 WHERE id = 2", "a unit, 2", REFUSED},
    {"UPDATE unit SET backend = x'00' WHERE id = 2", "a unit, 2", REFUSED},
    {"UPDATE setting SET dim = 'two' WHERE id = 2", "setting 2", REFUSED},
    {"UPDATE setting SET dim = -1 WHERE id = 2", "setting 2", REFUSED},
    {"UPDATE setting SET lmin = 4294967298 WHERE id = 2", "setting 2", REFUSED},
    {"UPDATE setting SET threshold = 9e999 WHERE id = 2", "setting 2", REFUSED},
    {"UPDATE setting SET threshold = -threshold WHERE id = 2", "setting 2", REFUSED},
    {"UPDATE item SET status = 4294967296 WHERE id = 1", "item 1", REFUSED},
    {"UPDATE item SET series = zeroblob(9) WHERE id = 2", "item 2", REFUSED},
    {"UPDATE item SET replaced = 3 WHERE id = 2", "item 2", REFUSED},
    {"UPDATE item SET id = 0 WHERE id = 2", "item 0", REFUSED},
    {"UPDATE item SET id = 9223372036854775807 WHERE id = 2", "item 92233", REFUSED},
    {"UPDATE item SET rules = replace(rules, 'euclidean', 'maximum') WHERE id = 2",
     "rules of item 2", REFUSED},
    {"UPDATE analysis SET key = key || ' odd=1' WHERE id = 2; UPDATE item SET rules = rules || ' odd=1'"
     " WHERE analysis = 2", "rule \"odd\" of an item", FINE},
    {"UPDATE analysis SET numerics = numerics - 1 WHERE id = 2", "analysis 2", REFUSED},
    {"UPDATE analysis SET id = -2 WHERE id = 2; UPDATE item SET analysis = -2 WHERE analysis = 2;"
     "UPDATE unit SET analysis = -2 WHERE analysis = 2", "analysis -2", REFUSED},
    {"UPDATE analysis SET data = 5 WHERE id = 2", "analysis 2", REFUSED},
    {"UPDATE item_key SET position = 1", "keys of its items", REFUSED},
    {"UPDATE item_key SET name = x'41'", "keys of its items", REFUSED},
    {"UPDATE run SET id = 0; UPDATE unit SET run = 0", "run 0", REFUSED},
    {"UPDATE reason SET text = x'41' WHERE id = 1", "reason 1", REFUSED},
    {"INSERT INTO worker(id) VALUES(9223372036854775807)", "worker", REFUSED},
    {"UPDATE sqlite_sequence SET seq = 9223372036854775807", "worker", REFUSED},
    {"UPDATE sqlite_sequence SET seq = 'x'", "worker", REFUSED},
};

START_TEST(numbers_that_lie)
{
    const char *sql = lie[_i].sql, *words = lie[_i].words;
    uint64_t n;
    ck_ok(job_run(&j, j.path));
    execute(j.path, sql);
    expect_told(read_store(&n), "read", sql, words);
    rqa_status status = merge();
    ck_assert_msg(status == RQA_ERROR_STORE_FORMAT && strstr(rqa_last_error(), j.path),
                  "%s: merge: %s", sql, rqa_last_error());
    ck_assert_msg(job_number(other, "SELECT count(*) FROM item") == 0, "%s: a part was merged",
                  sql);
    status = job_run(&j, j.path);
    if (lie[_i].run == REFUSED) {
        expect_told(status, "run", sql, words);
        return;
    }
    ck_assert_msg(status == RQA_OK, "%s: run: %s", sql, rqa_last_error());
    if (lie[_i].run == HEALED) {
        ck_ok(read_store(&n));
        ck_assert_uint_eq(n, job_n_rows(&j));
        job_expect_clean(&j, j.path, sql);
    }
}
END_TEST

/* Numbers without an end are not multiplied: as many units as items, all of one analysis. */
START_TEST(many_items_of_one_analysis)
{
    uint64_t n;
    ck_ok(job_run(&j, j.path));
    execute(j.path,
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)"
            " INSERT INTO item(series, mode, keys, rules, analysis) SELECT 'copy ' || x, mode, keys,"
            " rules, analysis FROM c, item WHERE id = 2");
    execute(j.path,
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)"
            " INSERT INTO unit(analysis, delay, first, room, n, measures, backend) SELECT analysis,"
            " delay, 100000 + x, 1, 0, measures, backend FROM c, unit WHERE id ="
            " (SELECT min(id) FROM unit WHERE analysis = 2)");
    ck_ok(summarize(&n));
    ck_assert_uint_eq(n, job_n_rows(&j) + 20000 * job_n_rows(&j) / ITEMS);
}
END_TEST

/* ---- another program writes while a batch runs */

/* Of what the batch found there, before it has computed anything. */
static int delete_rows(const rqa_batch_event *event, void *user)
{
    if (event->type == RQA_EVENT_BATCH_STARTED)
        execute(j.path, user);
    gate_open();
    return 0;
}

START_TEST(what_was_written_is_looked_at)
{
    static char *const deletes[] = {"DELETE FROM result WHERE id % 2", "DELETE FROM unit",
                                    "DELETE FROM result; DELETE FROM unit"};
    rqa_store *store;
    j.grid.n_delays = 1;
    ck_ok(job_run(&j, j.path));
    j.grid.n_delays = 2;
    ck_ok(rqa_store_open(&store, j.context, j.path, NULL));
    gate_close();
    rqa_status status = job_run_in(&j, store, delete_rows, deletes[_i]);
    gate_open();
    ck_fails(status, RQA_ERROR_STORE, "lacks|results|another program");
    rqa_store_close(store);
    ck_assert_int_eq(job_number(j.path, "SELECT count(*) FROM run WHERE status = 'failed'"), 1);
    ck_ok(job_run(&j, j.path));
    job_expect_clean(&j, j.path, deletes[_i]);
}
END_TEST

int main(void)
{
    gate_install();
    Suite *s = suite_create("hostile");
    TCase *tc = tcase_create("hostile");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, other_tables, 0, sizeof other_table / sizeof other_table[0]);
    tcase_add_loop_test(tc, what_does_not_hurt, 0, sizeof added / sizeof added[0]);
    tcase_add_loop_test(tc, numbers_that_lie, 0, sizeof lie / sizeof lie[0]);
    tcase_add_test(tc, many_items_of_one_analysis);
    tcase_add_loop_test(tc, what_was_written_is_looked_at, 0, 3);
    suite_add_tcase(s, tc);
    return support_run(s);
}
