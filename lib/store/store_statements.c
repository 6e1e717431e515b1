/* store_statements.c - every statement that is kept prepared. */
#include <stdio.h>
#include <string.h>

#include "store/store_state.h"

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
    char *sql = sqlite3_mprintf("SELECT setting, reason, id%s%s FROM result WHERE id BETWEEN ?1 AND"
                                " ?2",
                                rqa__store_measures(store->schema),
                                rqa__store_reached(store->schema));
    int status = sql ? rqa__store_prepare(store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

sqlite3_stmt *rqa__store_statement(struct rqa_store *store, enum rqa__statement which)
{
    sqlite3_stmt **kept = &store->statement[which];
    int status = *kept                    ? RQA_OK
                 : which == RQA__ADD_ITEM ? prepare_add_item(store, kept)
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
