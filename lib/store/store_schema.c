/* store_schema.c - the tables of a store, its views, and every statement that is kept prepared. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

/* Rows of a unit are neighbours in `result`: a unit needs no index on its rows, and adding rows is
 * always at the end of the table. */
static const char tables[] =
    "CREATE TABLE setting(id INTEGER PRIMARY KEY, dim INTEGER NOT NULL, delay INTEGER NOT NULL,"
    " threshold REAL NOT NULL, lmin INTEGER NOT NULL, vmin INTEGER NOT NULL,"
    " UNIQUE(dim, delay, threshold, lmin, vmin));"
    "CREATE TABLE analysis(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL,"
    " data_y TEXT NOT NULL, relation TEXT NOT NULL, norm TEXT NOT NULL, convention TEXT NOT NULL,"
    " compare TEXT NOT NULL, theiler INTEGER NOT NULL, theiler_diagonal INTEGER NOT NULL,"
    " theiler_vertical INTEGER NOT NULL, wmin INTEGER NOT NULL, threshold_unit TEXT NOT NULL,"
    " numerics INTEGER NOT NULL);"
    "CREATE TABLE item(id INTEGER PRIMARY KEY, series TEXT NOT NULL, mode TEXT NOT NULL,"
    " keys TEXT NOT NULL, rules TEXT NOT NULL, analysis INTEGER REFERENCES analysis(id),"
    " replaced INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, text TEXT);"
    "CREATE UNIQUE INDEX item_name ON item(series, mode, keys, rules) WHERE replaced = 0;"
    "CREATE TABLE item_key(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE run(id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, started TEXT NOT NULL,"
    " ended TEXT, version TEXT NOT NULL, numerics INTEGER NOT NULL, command TEXT, options TEXT,"
    " backend TEXT, why TEXT, kernels TEXT, threads INTEGER, n_total INTEGER, n_done INTEGER,"
    " n_skipped INTEGER, n_failed INTEGER, status TEXT);"
    "CREATE TABLE unit(id INTEGER PRIMARY KEY, analysis INTEGER NOT NULL REFERENCES analysis(id),"
    " delay INTEGER NOT NULL, first INTEGER NOT NULL, room INTEGER NOT NULL, n INTEGER NOT NULL,"
    " measures INTEGER NOT NULL, backend TEXT NOT NULL, run INTEGER REFERENCES run(id));"
    "CREATE INDEX unit_analysis ON unit(analysis, delay);"
    "CREATE TABLE reason(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
    "CREATE TABLE worker(id INTEGER PRIMARY KEY AUTOINCREMENT, process INTEGER, started TEXT);"
    "CREATE TABLE claim(analysis INTEGER NOT NULL, delay INTEGER NOT NULL, worker INTEGER NOT NULL,"
    " PRIMARY KEY(analysis, delay)) WITHOUT ROWID;";

#define MEASURE_COLUMNS                                                                            \
    "rr, det, l_mean, l_max, div, l_entr, lam, tt, v_max, v_entr, w_mean, w_max, w_entr, t1, t2, " \
    "rte, trend, det_rr, lam_det"

static const char *const kept_sql[RQA__STATEMENTS] = {
    [RQA__ADD_SETTING] = "INSERT INTO setting(dim, delay, threshold, lmin, vmin)"
                         " VALUES(?1, ?2, ?3, ?4, ?5)",
    [RQA__FIND_SETTING] = "SELECT id FROM setting WHERE dim = ?1 AND delay = ?2 AND threshold = ?3"
                          " AND lmin = ?4 AND vmin = ?5",
    [RQA__ADD_ANALYSIS] =
        "INSERT INTO analysis(key, data, data_y, relation, norm, convention, compare, theiler,"
        " theiler_diagonal, theiler_vertical, wmin, threshold_unit, numerics)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [RQA__FIND_ANALYSIS] = "SELECT id FROM analysis WHERE key = ?1",
    [RQA__FIND_ITEM] = "SELECT id, analysis FROM item WHERE series = ?1 AND mode = ?2 AND keys = ?3"
                       " AND rules = ?4 AND replaced = 0",
    [RQA__ADD_ITEM] = NULL, /* its columns grow with the keys */
    [RQA__SET_ITEM] = "UPDATE item SET analysis = ?2, status = ?3, text = ?4 WHERE id = ?1",
    [RQA__REPLACE_ITEM] = "UPDATE item SET replaced = 1 WHERE id = ?1",
    [RQA__DROP_REPLACED] = "DELETE FROM item WHERE series = ?1 AND mode = ?2 AND keys = ?3"
                           " AND rules = ?4 AND replaced = 1 AND analysis = ?5",
    [RQA__UNITS_OF] = "SELECT id, first, room, n, run, measures FROM unit WHERE analysis = ?1"
                      " AND delay = ?2 ORDER BY id",
    [RQA__SETTINGS_OF] = "SELECT setting FROM result WHERE id BETWEEN ?1 AND ?2",
    [RQA__LAST_ROW] = "SELECT (SELECT ifnull(max(id), 0) FROM result),"
                      " (SELECT ifnull(max(first + room - 1), 0) FROM unit WHERE id ="
                      " (SELECT max(id) FROM unit))",
    [RQA__ADD_UNIT] = "INSERT INTO unit(analysis, delay, first, room, n, measures, backend, run)"
                      " VALUES(?1, ?2, ?3, ?4, ?8, ?5, ?6, ?7)",
    [RQA__ADD_ROWS] = "INSERT INTO result SELECT * FROM rqa_rows",
    [RQA__DROP_ROWS] = "DELETE FROM result WHERE id BETWEEN ?1 AND ?2"
                       " AND setting IN (SELECT setting FROM rqa_rows)",
    [RQA__COUNT_ROWS] = "SELECT count(*) FROM result WHERE id BETWEEN ?1 AND ?2",
    [RQA__SET_UNIT] = "UPDATE unit SET n = ?2 WHERE id = ?1",
    [RQA__DROP_UNIT] = "DELETE FROM unit WHERE id = ?1",
    [RQA__ADD_REASON] = "INSERT INTO reason(text) VALUES(?1)",
    [RQA__FIND_REASON] = "SELECT id FROM reason WHERE text = ?1",
    [RQA__FIND_CLAIM] = "SELECT worker FROM claim WHERE analysis = ?1 AND delay = ?2",
    [RQA__ADD_CLAIM] = "INSERT OR REPLACE INTO claim(analysis, delay, worker) VALUES(?1, ?2, ?3)",
    [RQA__DROP_CLAIM] = "DELETE FROM claim WHERE analysis = ?1 AND delay = ?2 AND worker = ?3",
    [RQA__DROP_CLAIMS] = "DELETE FROM claim WHERE worker = ?1",
    [RQA__ADD_WORKER] = "INSERT INTO worker(process, started)"
                        " VALUES(?1, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
    [RQA__DROP_WORKER] = "DELETE FROM worker WHERE id = ?1",
    [RQA__ITEMS_IN_ORDER] = "SELECT * FROM item WHERE replaced = 0 ORDER BY series, keys, mode, rules",
    [RQA__ROWS_OF] = "SELECT setting, reason, id, " MEASURE_COLUMNS
                     " FROM result WHERE id BETWEEN ?1 AND ?2",
    [RQA__ROW_AT] = "SELECT setting, reason, id, " MEASURE_COLUMNS " FROM result WHERE id = ?1",
};

/* Appends to a statement that grows; *out becomes NULL when memory runs out. */
static void append(char **out, const char *format, const char *text)
{
    if (!*out)
        return;
    char *piece = sqlite3_mprintf(format, text);
    char *whole = piece ? sqlite3_mprintf("%s%s", *out, piece) : NULL;
    sqlite3_free(piece);
    sqlite3_free(*out);
    *out = whole;
}

static int prepare_add_item(struct rqa_store *store, sqlite3_stmt **out)
{
    char *sql = sqlite3_mprintf("INSERT INTO item(series, mode, keys, rules, analysis, status, text");
    char text[32];
    for (uint32_t k = 0; k < store->n_keys; k++) {
        snprintf(text, sizeof text, "%u", k);
        append(&sql, ", k%s", text);
    }
    append(&sql, ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7%s", "");
    for (uint32_t k = 0; k < store->n_keys; k++) {
        snprintf(text, sizeof text, "%u", k + 8);
        append(&sql, ", ?%s", text);
    }
    append(&sql, "%s", ")");
    int status = sql ? rqa__store_prepare(store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

sqlite3_stmt *rqa__store_statement(struct rqa_store *store, enum rqa__statement which)
{
    sqlite3_stmt **kept = &store->statement[which];
    int status = *kept                    ? RQA_OK
                 : which == RQA__ADD_ITEM ? prepare_add_item(store, kept)
                                          : rqa__store_prepare(store, kept_sql[which], kept);
    if (status) {
        store->failure = status;
        return NULL;
    }
    sqlite3_reset(*kept);
    sqlite3_clear_bindings(*kept);
    return *kept;
}

int rqa__store_schema_check(struct rqa_store *store, int *is_new)
{
    int64_t application, schema, n_tables;
    int status = rqa__store_integer(store, "PRAGMA application_id", &application);
    if (!status)
        status = rqa__store_integer(store, "PRAGMA user_version", &schema);
    if (!status)
        status = rqa__store_integer(store, "SELECT count(*) FROM sqlite_schema", &n_tables);
    if (status)
        return status;
    *is_new = application == 0 && schema == 0 && n_tables == 0;
    if (*is_new && store->mode == RQA_STORE_READ)
        return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is empty, not a store of librqa",
                         store->path);
    if (*is_new)
        return RQA_OK;
    if (application != RQA__STORE_APPLICATION)
        return rqa__fail(RQA_ERROR_STORE_FORMAT,
                         "%.300s is an SQLite file, but not a store of librqa", store->path);
    if (schema > RQA__STORE_SCHEMA)
        return rqa__fail(RQA_ERROR_STORE_FORMAT,
                         "%.300s was written by a newer librqa (tables of version %lld; this one "
                         "knows %d)",
                         store->path, (long long)schema, (int)RQA__STORE_SCHEMA);
    return RQA_OK;
}

static int is_fixed_column(const char *name)
{
    static const char *const fixed[] = {
        "series", "mode", "dim", "delay", "threshold", "lmin", "vmin", "status", "reason",
        "backend", "convention", "norm", "relation", "compare", "theiler", "theiler_diagonal",
        "theiler_vertical", "wmin", "threshold_unit", "data"};
    for (size_t k = 0; k < sizeof fixed / sizeof fixed[0]; k++)
        if (sqlite3_stricmp(fixed[k], name) == 0)
            return 1;
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (sqlite3_stricmp(rqa_measure_name(measure), name) == 0)
            return 1;
    return 0;
}

static void append_keys(struct rqa_store *store, char **sql)
{
    for (uint32_t k = 0; k < store->n_keys; k++) {
        char column[32];
        snprintf(column, sizeof column, "k%u", k);
        append(sql, ", item.%s AS ", column);
        append(sql, is_fixed_column(store->key[k]) ? "\"key_%w\"" : "\"%w\"", store->key[k]);
    }
}

/* Items outside, rows inside: CROSS JOIN keeps SQLite from trying another order. */
static int make_view(struct rqa_store *store, const char *name, const char *which)
{
    char *sql = sqlite3_mprintf("DROP VIEW IF EXISTS %s; CREATE VIEW %s AS SELECT item.series", name,
                                name);
    append_keys(store, &sql);
    append(&sql, "%s",
           ", item.mode, setting.dim, setting.delay, setting.threshold, setting.lmin,"
           " setting.vmin, " MEASURE_COLUMNS
           ", CASE WHEN result.reason IS NULL THEN 'ok' ELSE 'undefined' END AS status,"
           " reason.text AS reason, unit.backend, analysis.convention, analysis.norm,"
           " analysis.relation, analysis.compare, analysis.theiler, analysis.theiler_diagonal,"
           " analysis.theiler_vertical, analysis.wmin, analysis.threshold_unit, analysis.data"
           " FROM item CROSS JOIN analysis ON analysis.id = item.analysis"
           " CROSS JOIN unit ON unit.analysis = item.analysis"
           " CROSS JOIN result ON result.id BETWEEN unit.first AND unit.first + unit.room - 1"
           " CROSS JOIN setting ON setting.id = result.setting"
           " LEFT JOIN reason ON reason.id = result.reason");
    append(&sql, " WHERE item.replaced = %s UNION ALL SELECT item.series", which);
    append_keys(store, &sql);
    append(&sql, "%s", ", item.mode");
    for (int32_t k = 0; k < 5 + RQA_MEASURE_COUNT; k++)
        append(&sql, "%s", ", NULL");
    append(&sql, "%s",
           ", 'failed', item.text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
           " NULL FROM item WHERE item.status <> 0");
    append(&sql, " AND item.replaced = %s", which);
    int status = sql ? rqa__store_exec(store, sql, "make the view of")
                     : rqa__fail_memory("the view of a store");
    sqlite3_free(sql);
    return status;
}

static int make_views(struct rqa_store *store)
{
    int status = make_view(store, "results", "0");
    return status ? status : make_view(store, "results_replaced", "1");
}

int rqa__store_schema_make(struct rqa_store *store)
{
    char *results = sqlite3_mprintf(
        "CREATE TABLE result(id INTEGER PRIMARY KEY, setting INTEGER NOT NULL, reason INTEGER");
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        append(&results, ", \"%w\" REAL", rqa_measure_name(measure));
    append(&results, "%s", ");");
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             (int)RQA__STORE_APPLICATION, (int)RQA__STORE_SCHEMA);
    int status = results ? rqa__store_exec(store, pragmas, "make")
                         : rqa__fail_memory("the tables of a store");
    if (!status)
        status = rqa__store_exec(store, tables, "make");
    if (!status)
        status = rqa__store_exec(store, results, "make");
    if (!status)
        status = make_views(store);
    sqlite3_free(results);
    return status;
}

static int push_key(struct rqa_store *store, const char *name)
{
    char **key = rqa__realloc(store->key, (store->n_keys + 1) * sizeof *key);
    if (!key)
        return rqa__fail_memory("the keys of a store");
    store->key = key;
    key[store->n_keys] = rqa__strdup(name);
    if (!key[store->n_keys])
        return rqa__fail_memory("the keys of a store");
    store->n_keys++;
    return RQA_OK;
}

/* Its columns are those of the keys. */
static void forget_add_item(struct rqa_store *store)
{
    sqlite3_finalize(store->statement[RQA__ADD_ITEM]);
    store->statement[RQA__ADD_ITEM] = NULL;
}

void rqa__store_keys_forget(struct rqa_store *store, uint32_t n)
{
    while (store->n_keys > n)
        rqa__free(store->key[--store->n_keys]);
    forget_add_item(store);
}

int rqa__store_keys_load(struct rqa_store *store)
{
    sqlite3_stmt *statement;
    int row = 1, status = rqa__store_prepare(
                     store, "SELECT name FROM item_key ORDER BY position", &statement);
    if (status)
        return status;
    for (uint32_t k = 0; !status && row; k++) {
        status = rqa__store_step(store, statement, &row, "read");
        if (status || !row || k < store->n_keys)
            continue;
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        status = name ? push_key(store, name) : rqa__fail_memory("the keys of a store");
        forget_add_item(store);
    }
    sqlite3_finalize(statement);
    return status;
}

static int add_key(struct rqa_store *store, const char *name)
{
    char *sql = sqlite3_mprintf("ALTER TABLE item ADD COLUMN k%u TEXT;"
                                "INSERT INTO item_key(position, name) VALUES(%u, %Q)",
                                store->n_keys, store->n_keys, name);
    int status = sql ? rqa__store_exec(store, sql, "write")
                     : rqa__fail_memory("the keys of a store");
    sqlite3_free(sql);
    return status ? status : push_key(store, name);
}

int rqa__store_keys_add(struct rqa_store *store, const char *const *names, uint32_t n,
                        uint32_t *column)
{
    int status = rqa__store_keys_load(store); /* another process may have added some */
    uint32_t before = store->n_keys;
    for (uint32_t k = 0; !status && k < n; k++) {
        uint32_t at = 0;
        while (at < store->n_keys && strcmp(store->key[at], names[k]) != 0)
            at++;
        if (at == store->n_keys)
            status = add_key(store, names[k]);
        column[k] = at;
    }
    if (status || store->n_keys == before)
        return status;
    forget_add_item(store);
    return make_views(store);
}
