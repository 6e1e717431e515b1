/* store_statements.c - every statement that is kept prepared. */
#include <stdio.h>
#include <string.h>

#include "store/store_content.h"
#include "store/store_state.h"

static const char *const kept_sql[RQA__STATEMENTS] = {
    [RQA__ADD_SETTING] = "INSERT INTO setting(dim, delay, threshold, lmin, vmin)"
                         " VALUES(?1, ?2, ?3, ?4, ?5)",
    [RQA__FIND_SETTING] = "SELECT id FROM setting WHERE dim = ?1 AND delay = ?2 AND threshold = ?3"
                          " AND lmin = ?4 AND vmin = ?5",
    [RQA__ADD_ANALYSIS] =
        "INSERT INTO analysis(key, data, data_y, relation, norm, convention, compare, theiler,"
        " theiler_diagonal, theiler_vertical, wmin, threshold_unit, numerics, window_length,"
        " window_step) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
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
    [RQA__SETTINGS_OF] = "SELECT setting, ifnull(\"window\", -1) FROM result WHERE id BETWEEN ?1 AND ?2",
    [RQA__LAST_ROW] = "SELECT (SELECT ifnull(max(id), 0) FROM result),"
                      " (SELECT ifnull(max(first + room - 1), 0) FROM unit WHERE id ="
                      " (SELECT max(id) FROM unit))",
    [RQA__ADD_UNIT] = "INSERT INTO unit(analysis, delay, first, room, n, measures, backend, run)"
                      " VALUES(?1, ?2, ?3, ?4, ?8, ?5, ?6, ?7)",
    [RQA__ADD_ROWS] = NULL, /* a column for each measure that the rows have */
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
    [RQA__ROWS_OF] = NULL, /* a column for each measure that the tables have */
};

static int prepare_add_item(struct rqa_store *store, sqlite3_stmt **out)
{
    char *sql = sqlite3_mprintf("INSERT INTO item(series, mode, keys, rules, analysis, status, text");
    char text[32];
    for (uint32_t k = 0; k < store->n_keys; k++) {
        snprintf(text, sizeof text, "%u", k);
        rqa__store_append(&sql, ", k%s", text);
    }
    rqa__store_append(&sql, ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7%s", "");
    for (uint32_t k = 0; k < store->n_keys; k++) {
        snprintf(text, sizeof text, "%u", k + 8);
        rqa__store_append(&sql, ", ?%s", text);
    }
    rqa__store_append(&sql, "%s", ")");
    int status = sql ? rqa__store_prepare(store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

static int prepare_rows_of(struct rqa_store *store, sqlite3_stmt **out)
{
    char *sql = sqlite3_mprintf("SELECT rqa_take(setting, reason, id");
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++)
        rqa__store_append(&sql,
                          m < rqa__store_schema_measures(store->schema) ? ", \"%w\"" : ", NULL",
                          rqa_measure_name(m));
    rqa__store_append(&sql, "%s) FROM result WHERE id BETWEEN ?1 AND ?2",
                      rqa__store_tail(store->schema));
    int status = sql ? rqa__store_prepare(store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

/* Columns that no row has are left to SQLite, which makes their NULL once and not for each row: a row of
 * 15 measures takes 6,650 instructions, and with all columns 8,370. */
static int prepare_add_rows(struct rqa_store *store, sqlite3_stmt **out)
{
    const rqa__store_rows *rows = store->rows;
    char *to = sqlite3_mprintf("INSERT INTO result(id, setting, reason");
    char *from = sqlite3_mprintf(") SELECT id, setting, reason");
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++) {
        char column[16];
        if (rows->column[m] < 0)
            continue;
        snprintf(column, sizeof column, "m%d", (int)m);
        rqa__store_append(&to, ", \"%w\"", rqa_measure_name(m));
        rqa__store_append(&from, ", %s", column);
    }
    if (rows->reached) {
        rqa__store_append(&to, "%s", ", threshold_reached, rr_reached");
        rqa__store_append(&from, "%s", ", threshold_reached, rr_reached");
    }
    if (rows->window) {
        rqa__store_append(&to, "%s", ", \"window\"");
        rqa__store_append(&from, "%s", ", at");
    }
    char *sql = to && from ? sqlite3_mprintf("%s%s FROM rqa_rows", to, from) : NULL;
    int status = sql ? rqa__store_prepare(store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    sqlite3_free(from);
    sqlite3_free(to);
    return status;
}

/* Which columns the rows at hand have, as a number. */
static uint64_t shape_of(const rqa__store_rows *rows)
{
    uint64_t shape = (uint64_t)(rows->reached != NULL) << 62 | (uint64_t)(rows->window != NULL) << 63;
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        shape |= (uint64_t)(rows->column[m] >= 0) << m;
    return shape;
}

static void drop_other_shape(struct rqa_store *store, sqlite3_stmt **kept)
{
    const uint64_t shape = shape_of(store->rows);
    if (shape == store->rows_shape)
        return;
    sqlite3_finalize(*kept);
    *kept = NULL;
    store->rows_shape = shape;
}

sqlite3_stmt *rqa__store_statement(struct rqa_store *store, enum rqa__statement which)
{
    sqlite3_stmt **kept = &store->statement[which];
    if (which == RQA__ADD_ROWS)
        drop_other_shape(store, kept);
    int status = *kept                    ? RQA_OK
                 : which == RQA__ADD_ITEM ? prepare_add_item(store, kept)
                 : which == RQA__ADD_ROWS ? prepare_add_rows(store, kept)
                 : which == RQA__ROWS_OF  ? prepare_rows_of(store, kept)
                                          : rqa__store_prepare(store, kept_sql[which], kept);
    if (status) {
        store->failure = status;
        return NULL;
    }
    sqlite3_reset(*kept);
    sqlite3_clear_bindings(*kept);
    return *kept;
}
