/* store_merge.c - adds the results of another store: attached as `o`, read, all in one transaction.
 *
 * Numbers that stand for something (settings, reasons, analyses, runs) differ from store to store;
 * temporary tables map those of the other store to ours.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

typedef struct merge {
    struct rqa_store *into, *from;
} merge;

/* First row of a query, or *row = 0; finalize *out in either case. */
static int first_row(merge *m, const char *sql, sqlite3_stmt **out, int *row)
{
    *row = 0;
    int status = rqa__store_prepare(m->into, sql, out);
    return status ? status : rqa__store_step(m->into, *out, row, "read");
}

static int check_numerics(merge *m)
{
    sqlite3_stmt *query;
    int row, status = first_row(m,
                                "SELECT a.numerics, b.numerics FROM"
                                " (SELECT DISTINCT numerics FROM main.analysis WHERE id IN"
                                "  (SELECT analysis FROM main.item WHERE replaced = 0)) a,"
                                " (SELECT DISTINCT numerics FROM o.analysis WHERE id IN"
                                "  (SELECT analysis FROM o.item WHERE replaced = 0)) b"
                                " WHERE a.numerics <> b.numerics LIMIT 1",
                                &query, &row);
    if (!status && row) {
        char what[120];
        snprintf(what, sizeof what,
                 "its results are of numerics version %d, the others of %d: compute the older ones "
                 "anew",
                 sqlite3_column_int(query, 1), sqlite3_column_int(query, 0));
        status = rqa__store_fail_conflict(m->into, m->from, what);
    }
    sqlite3_finalize(query);
    return status;
}

static int check_data(merge *m)
{
    sqlite3_stmt *query;
    int row, status =
                 first_row(m,
                           "SELECT b.series, b.mode FROM o.item b JOIN main.item a ON"
                           " a.series = b.series AND a.mode = b.mode AND a.keys = b.keys AND"
                           " a.rules = b.rules AND a.replaced = 0 JOIN main.analysis x ON"
                           " x.id = a.analysis JOIN o.analysis y ON y.id = b.analysis"
                           " WHERE b.replaced = 0 AND x.key <> y.key LIMIT 1",
                           &query, &row);
    if (!status && row) {
        char what[300];
        const char *series = (const char *)sqlite3_column_text(query, 0);
        const char *mode = (const char *)sqlite3_column_text(query, 1);
        snprintf(what, sizeof what, "the data of \"%.150s\" (mode \"%.50s\") differ",
                 series ? series : "", mode ? mode : "");
        status = rqa__store_fail_conflict(m->into, m->from, what);
    }
    sqlite3_finalize(query);
    return status;
}

/* %s: what the other store has in the place of the columns of windows. */
static const char maps[] =
    "INSERT OR IGNORE INTO main.setting(dim, delay, threshold, lmin, vmin)"
    " SELECT dim, delay, threshold, lmin, vmin FROM o.setting ORDER BY id;"
    "INSERT OR IGNORE INTO main.reason(text) SELECT text FROM o.reason ORDER BY id;"
    "INSERT OR IGNORE INTO main.analysis(key, data, data_y, relation, norm, convention, compare,"
    " theiler, theiler_diagonal, theiler_vertical, wmin, threshold_unit, numerics, window_length,"
    " window_step)"
    " SELECT key, data, data_y, relation, norm, convention, compare, theiler, theiler_diagonal,"
    " theiler_vertical, wmin, threshold_unit, numerics, %s FROM o.analysis ORDER BY id;"
    "INSERT OR IGNORE INTO main.run(uid, started, ended, version, numerics, command, options,"
    " backend, why, kernels, threads, n_total, n_done, n_skipped, n_failed, status)"
    " SELECT uid, started, ended, version, numerics, command, options, backend, why, kernels,"
    " threads, n_total, n_done, n_skipped, n_failed, status FROM o.run ORDER BY id;"
    "CREATE TEMP TABLE map_setting(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE map_reason(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE map_analysis(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE map_run(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE there(setting INTEGER, win INTEGER, id INTEGER, measures INTEGER,"
    " PRIMARY KEY(setting, win)) WITHOUT ROWID;"
    "INSERT INTO map_setting SELECT b.id, a.id FROM o.setting b JOIN main.setting a"
    " USING(dim, delay, threshold, lmin, vmin);"
    "INSERT INTO map_reason SELECT b.id, a.id FROM o.reason b JOIN main.reason a USING(text);"
    "INSERT INTO map_analysis SELECT b.id, a.id FROM o.analysis b JOIN main.analysis a USING(key);"
    "INSERT INTO map_run SELECT b.id, a.id FROM o.run b JOIN main.run a USING(uid);";

static const char unmaps[] = "DROP TABLE IF EXISTS temp.map_setting;"
                             "DROP TABLE IF EXISTS temp.map_reason;"
                             "DROP TABLE IF EXISTS temp.map_analysis;"
                             "DROP TABLE IF EXISTS temp.map_run;"
                             "DROP TABLE IF EXISTS temp.there;";

/* The names of the other store's keys, and where ours stand; the caller frees both arrays. */
static int map_keys(merge *m, char ***names, uint32_t **column, uint32_t *n)
{
    sqlite3_stmt *list;
    *names = NULL;
    *column = NULL;
    *n = 0;
    int status =
        rqa__store_prepare(m->into, "SELECT name FROM o.item_key ORDER BY position", &list);
    for (int row = 1; !status && row;) {
        status = rqa__store_step(m->into, list, &row, "read");
        if (status || !row)
            break;
        char **more = rqa__realloc(*names, (*n + 1) * sizeof *more);
        const char *name = (const char *)sqlite3_column_text(list, 0);
        if (more)
            *names = more;
        if (!more || !(more[*n] = rqa__strdup(name ? name : "")))
            status = rqa__fail_memory("the keys of a store");
        else
            ++*n;
    }
    sqlite3_finalize(list);
    if (!status && !(*column = rqa__alloc_array(*n, sizeof **column)))
        status = rqa__fail_memory("the keys of a store");
    return status ? status
                  : rqa__store_keys_add(m->into, (const char *const *)*names, *n, *column);
}

#define SAME_NAME "a.series = b.series AND a.mode = b.mode AND a.keys = b.keys AND a.rules = b.rules"

/* New items, with their keys in our columns; and those that had failed here and not there. */
static int merge_items(merge *m, const uint32_t *column, uint32_t n)
{
    char *into = sqlite3_mprintf("%s", ""), *from = sqlite3_mprintf("%s", "");
    for (uint32_t k = 0; k < n && into && from; k++) {
        char *more_into = sqlite3_mprintf("%s, k%u", into, column[k]);
        char *more_from = sqlite3_mprintf("%s, b.k%u", from, k);
        sqlite3_free(into);
        sqlite3_free(from);
        into = more_into;
        from = more_from;
    }
    char *sql = into && from ? sqlite3_mprintf(
        "UPDATE main.item AS a SET analysis = (SELECT s.new FROM o.item b JOIN map_analysis s ON"
        " s.old = b.analysis WHERE b.replaced = 0 AND " SAME_NAME "), status = 0, text = NULL"
        " WHERE a.replaced = 0 AND a.analysis IS NULL AND EXISTS(SELECT 1 FROM o.item b WHERE"
        " b.replaced = 0 AND b.analysis IS NOT NULL AND " SAME_NAME ");"
        "INSERT INTO main.item(series, mode, keys, rules, analysis, replaced, status, text%s)"
        " SELECT b.series, b.mode, b.keys, b.rules, s.new, b.replaced, b.status, b.text%s"
        " FROM o.item b LEFT JOIN map_analysis s ON s.old = b.analysis WHERE"
        " NOT (b.replaced = 0 AND EXISTS(SELECT 1 FROM main.item a WHERE a.replaced = 0 AND "
        SAME_NAME ")) AND NOT EXISTS(SELECT 1 FROM main.item a WHERE a.analysis = s.new AND "
        SAME_NAME ") ORDER BY b.id;",
        into, from) : NULL;
    int status = sql ? rqa__store_exec(m->into, sql, "write")
                     : rqa__fail_memory("the items of a store");
    sqlite3_free(sql);
    sqlite3_free(into);
    sqlite3_free(from);
    return status;
}

/* The other store as it is now, and not only when it was opened; and ours. */
static int check_both(merge *m)
{
    int64_t schema = 0;
    int status = rqa__store_integer(m->into, "PRAGMA o.user_version", &schema);
    if (!status && schema > RQA__STORE_SCHEMA)
        status = rqa__store_fail_newer(m->from, schema);
    if (!status && schema < 1)
        status = rqa__store_fail_damaged(m->from, "the version of its tables");
    m->from->schema = schema;
    if (!status)
        status = rqa__store_compare(m->into, "o", m->from, schema);
    if (!status)
        status = rqa__store_check(m->into, "o", m->from);
    if (!status)
        status = rqa__store_check_no_stray(m->into, "o", m->from);
    if (!status)
        status = rqa__store_check_rules(m->into, "o", m->from);
    return status ? status : rqa__store_check(m->into, "main", m->into);
}

static int map_numbers(merge *m)
{
    char *sql =
        sqlite3_mprintf(maps, m->from->schema < 2 ? "NULL, NULL" : "window_length, window_step");
    int status = sql ? rqa__store_exec(m->into, sql, "write") : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

static int merge_attached(merge *m)
{
    char **names = NULL;
    uint32_t *column = NULL, n = 0;
    int status = check_both(m);
    if (!status)
        status = check_numerics(m);
    if (!status)
        status = check_data(m);
    if (!status)
        status = map_numbers(m);
    if (!status)
        status = map_keys(m, &names, &column, &n);
    if (!status)
        status = merge_items(m, column, n);
    if (!status)
        status = rqa__store_merge_units(m->into, m->from);
    for (uint32_t k = 0; k < n; k++)
        rqa__free(names[k]);
    rqa__free(names);
    rqa__free(column);
    return status;
}

/* For reading only: a merge changes nothing in the other store, and waits for none of its writers. */
static int attach(struct rqa_store *into, const struct rqa_store *from)
{
    char *uri = rqa__store_uri(from->path, from->is_frozen ? "immutable=1" : "mode=ro");
    char *sql = uri ? sqlite3_mprintf("ATTACH %Q AS o", uri) : NULL;
    rqa__mutex_lock(&into->mutex);
    into->merged_path = from->path;
    int status = sql ? rqa__store_exec(into, sql, "read") : rqa__fail_memory("a store");
    rqa__mutex_unlock(&into->mutex);
    sqlite3_free(sql);
    rqa__free(uri);
    return status;
}

static void detach(struct rqa_store *into)
{
    rqa__mutex_lock(&into->mutex);
    sqlite3_exec(into->db, unmaps, NULL, NULL, NULL);
    sqlite3_exec(into->db, "DETACH o", NULL, NULL, NULL);
    into->merged_path = NULL;
    rqa__mutex_unlock(&into->mutex);
}

static int is_sound(struct rqa_store *store)
{
    sqlite3_stmt *check = NULL;
    int sound =
        sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
        sqlite3_step(check) == SQLITE_ROW &&
        sqlite3_stricmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    return sound;
}

static int merge_from(struct rqa_store *into, struct rqa_store *from)
{
    int status = attach(into, from);
    if (status)
        return status;
    merge m = {.into = into, .from = from};
    status = rqa__store_begin(into, NULL);
    if (!status) {
        int merged = merge_attached(&m);
        /* First of all: what was read while it changed may look damaged. */
        status = rqa__store_check_frozen(from);
        status = rqa__store_end(into, status ? status : merged);
    }
    detach(into);
    /* SQLite says that a file is damaged, and not which: so far the text names `into`. */
    if (status == RQA_ERROR_STORE_FORMAT && !is_sound(from))
        status = rqa__store_fail_damaged(from, sqlite3_errstr(SQLITE_CORRUPT));
    return status;
}

int rqa__store_merge(struct rqa_store *into, const char *path)
{
    struct rqa_store *from;
    rqa_store_options reading = {.struct_size = sizeof reading, .mode = RQA_STORE_READ};
    if (rqa__is_same_file(into->path, path))
        return RQA_OK;
    int status = rqa__store_new(&from, into->context, path, &reading); /* says what is wrong */
    if (status)
        return status;
    rqa__mutex_lock(&into->merging);
    status = merge_from(into, from);
    rqa__mutex_unlock(&into->merging);
    rqa__store_free(from);
    return status;
}
