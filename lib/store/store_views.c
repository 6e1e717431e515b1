/* store_views.c - the keys of a store, which are columns of `item`, and the views that show them. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "measures/measure_list.h"
#include "store/store_state.h"

void rqa__store_append(char **out, const char *format, const char *text)
{
    if (!*out)
        return;
    char *piece = sqlite3_mprintf(format, text);
    char *whole = piece ? sqlite3_mprintf("%s%s", *out, piece) : NULL;
    sqlite3_free(piece);
    sqlite3_free(*out);
    *out = whole;
}

const char *rqa__store_measures(int64_t schema)
{
#define COLUMN(number, name, text, tallies, cells) ", result.\"" name "\""
#define MISSING(number, name, text, tallies, cells) ", NULL AS \"" name "\""
    return schema < 2 ? RQA__MEASURES_DEFAULT(COLUMN) RQA__MEASURES_NAMED(MISSING)
                      : RQA__MEASURES(COLUMN);
#undef COLUMN
}

const char *rqa__store_window(int64_t schema)
{
    return schema < 2 ? "NULL" : "result.\"window\"";
}

const char *rqa__store_tail(int64_t schema)
{
    return schema < 2 ? ", NULL, NULL, NULL"
                      : ", result.threshold_reached, result.rr_reached, result.\"window\"";
}

/* The same with the places of the window, as columns of a view. */
static const char *named_tail(int64_t schema)
{
    return schema < 2
               ? ", NULL AS threshold_reached, NULL AS rr_reached, NULL AS \"window\","
                 " NULL AS window_start, NULL AS window_end, NULL AS window_centre"
               : ", result.threshold_reached, result.rr_reached, result.\"window\" AS \"window\","
                 " result.\"window\" * analysis.window_step AS window_start,"
                 " result.\"window\" * analysis.window_step + analysis.window_length - 1 AS window_end,"
                 " result.\"window\" * analysis.window_step + (analysis.window_length - 1) / 2.0"
                 " AS window_centre";
}

static int is_fixed_column(const char *name)
{
    static const char *const fixed[] = {
        "series", "mode", "dim", "delay", "threshold", "lmin", "vmin", "status", "reason",
        "backend", "convention", "norm", "relation", "compare", "theiler", "theiler_diagonal",
        "theiler_vertical", "wmin", "threshold_unit", "data", "numerics", "threshold_reached",
        "rr_reached", "window", "window_start", "window_end", "window_centre", "rules"};
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
        rqa__store_append(sql, ", item.%s AS ", column);
        rqa__store_append(sql, is_fixed_column(store->key[k]) ? "\"key_%w\"" : "\"%w\"",
                          store->key[k]);
    }
}

/* The views, and item.replaced of what each shows. */
static const struct {
    const char *name, *which;
} views[] = {{"results", "0"}, {"results_replaced", "1"}, {"results_older", "2"}};
enum { N_VIEWS = sizeof views / sizeof views[0] };

int rqa__store_is_view(const char *name)
{
    for (int k = 0; k < N_VIEWS; k++)
        if (sqlite3_stricmp(views[k].name, name) == 0)
            return 1;
    return 0;
}

/* Of tables of a version. Items outside, rows inside: CROSS JOIN keeps SQLite from trying another
 * order. NULL without memory. */
static char *view_text(struct rqa_store *store, const char *create, int k, int64_t schema)
{
    const char *which = views[k].which;
    char *sql = sqlite3_mprintf("%s %s AS SELECT item.series", create, views[k].name);
    append_keys(store, &sql);
    rqa__store_append(
        &sql, "%s",
        ", item.mode, setting.dim, setting.delay, setting.threshold, setting.lmin,"
        " setting.vmin");
    rqa__store_append(&sql, "%s", rqa__store_measures(schema));
    rqa__store_append(
        &sql, "%s",
        ", CASE WHEN result.reason IS NULL THEN 'ok' ELSE 'undefined' END AS status,"
        " reason.text AS reason, unit.backend, analysis.convention, analysis.norm,"
        " analysis.relation, analysis.compare, analysis.theiler, analysis.theiler_diagonal,"
        " analysis.theiler_vertical, analysis.wmin, analysis.threshold_unit, analysis.data,"
        " analysis.numerics");
    rqa__store_append(&sql, "%s", named_tail(schema));
    rqa__store_append(
        &sql, "%s",
        ", item.rules"
        " FROM item CROSS JOIN analysis ON analysis.id = item.analysis"
        " CROSS JOIN unit ON unit.analysis = item.analysis"
        " CROSS JOIN result ON result.id BETWEEN unit.first AND unit.first + unit.room - 1"
        " CROSS JOIN setting ON setting.id = result.setting"
        " LEFT JOIN reason ON reason.id = result.reason");
    rqa__store_append(&sql, " WHERE item.replaced = %s UNION ALL SELECT item.series", which);
    append_keys(store, &sql);
    rqa__store_append(&sql, "%s", ", item.mode, NULL, NULL, NULL, NULL, NULL");
    rqa__store_append(&sql, "%s", RQA__MEASURES(MISSING));
    rqa__store_append(&sql, "%s",
                      ", 'failed', item.text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
                      " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, item.rules FROM item"
                      " WHERE item.status <> 0");
    rqa__store_append(&sql, " AND item.replaced = %s", which);
    return sql;
}

#define CREATE "CREATE VIEW"

static int make_view(struct rqa_store *store, int k)
{
    char *drop = sqlite3_mprintf("DROP VIEW IF EXISTS %s", views[k].name);
    char *sql = drop ? view_text(store, CREATE, k, RQA__STORE_SCHEMA) : NULL;
    int status = sql ? rqa__store_exec(store, drop, "make the view of")
                     : rqa__fail_memory("the view of a store");
    if (!status)
        status = rqa__store_exec(store, sql, "make the view of");
    sqlite3_free(drop);
    sqlite3_free(sql);
    return status;
}

int rqa__store_views_make(struct rqa_store *store)
{
    int status = RQA_OK;
    for (int k = 0; k < N_VIEWS && !status; k++)
        status = make_view(store, k);
    return status;
}

int rqa__store_views_lend(struct rqa_store *store)
{
    int status = rqa__store_exec(store, "PRAGMA temp_store = MEMORY", "read");
    for (int k = 0; k < N_VIEWS && !status; k++) {
        char *sql = view_text(store, "CREATE TEMP VIEW", k, store->schema);
        status = sql ? rqa__store_exec(store, sql, "read") : rqa__fail_memory("the view of a store");
        sqlite3_free(sql);
    }
    return status;
}

int rqa__store_views_check(struct rqa_store *store)
{
    sqlite3_stmt *find;
    store->has_other_views = 0;
    int status = rqa__store_prepare(
        store, "SELECT sql = ?2 FROM sqlite_schema WHERE name = ?1 AND type = 'view'", &find);
    for (int k = 0; k < N_VIEWS && !status; k++) {
        char *sql = view_text(store, CREATE, k, RQA__STORE_SCHEMA);
        int row = 0;
        sqlite3_reset(find);
        sqlite3_bind_text(find, 1, views[k].name, -1, SQLITE_STATIC);
        sqlite3_bind_text(find, 2, sql, -1, SQLITE_TRANSIENT);
        status = sql ? rqa__store_step(store, find, &row, "read")
                     : rqa__fail_memory("the view of a store");
        store->has_other_views |= !status && (!row || !sqlite3_column_int(find, 0));
        sqlite3_free(sql);
    }
    sqlite3_finalize(find);
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
    return rqa__store_views_make(store);
}
