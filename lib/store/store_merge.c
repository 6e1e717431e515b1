/* store_merge.c - adds the results of another store: attached as `o`, read, all in one transaction.
 *
 * Numbers that stand for something (settings, reasons, analyses, runs) differ from store to store;
 * temporary tables map those of the other store to ours.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

typedef struct merge {
    struct rqa_store *into, *from;
    sqlite3_stmt *units, *insert_all, *fill, *conflict, *insert_new, *drop_poorer;
} merge;

static int fail_conflict(const merge *m, const char *what)
{
    return rqa__fail(RQA_ERROR_STORE_CONFLICT, "cannot merge %.200s into %.200s: %s", m->from->path,
                     m->into->path, what);
}

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
                                "SELECT a.numerics, b.numerics FROM main.analysis a, o.analysis b"
                                " WHERE a.numerics <> b.numerics LIMIT 1",
                                &query, &row);
    if (!status && row) {
        char what[120];
        snprintf(what, sizeof what, "its numbers are of numerics version %d, ours of %d",
                 sqlite3_column_int(query, 1), sqlite3_column_int(query, 0));
        status = fail_conflict(m, what);
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
        status = fail_conflict(m, what);
    }
    sqlite3_finalize(query);
    return status;
}

static const char maps[] =
    "INSERT OR IGNORE INTO main.setting(dim, delay, threshold, lmin, vmin)"
    " SELECT dim, delay, threshold, lmin, vmin FROM o.setting ORDER BY id;"
    "INSERT OR IGNORE INTO main.reason(text) SELECT text FROM o.reason ORDER BY id;"
    "INSERT OR IGNORE INTO main.analysis(key, data, data_y, relation, norm, convention, compare,"
    " theiler, theiler_diagonal, theiler_vertical, wmin, threshold_unit, numerics)"
    " SELECT key, data, data_y, relation, norm, convention, compare, theiler, theiler_diagonal,"
    " theiler_vertical, wmin, threshold_unit, numerics FROM o.analysis ORDER BY id;"
    "INSERT OR IGNORE INTO main.run(uid, started, ended, version, numerics, command, options,"
    " backend, why, kernels, threads, n_total, n_done, n_skipped, n_failed, status)"
    " SELECT uid, started, ended, version, numerics, command, options, backend, why, kernels,"
    " threads, n_total, n_done, n_skipped, n_failed, status FROM o.run ORDER BY id;"
    "CREATE TEMP TABLE map_setting(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE map_reason(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE map_analysis(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE map_run(old INTEGER PRIMARY KEY, new INTEGER);"
    "CREATE TEMP TABLE there(setting INTEGER PRIMARY KEY, id INTEGER, measures INTEGER);"
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
        " FROM o.item b LEFT JOIN map_analysis s ON s.old = b.analysis WHERE NOT EXISTS("
        "SELECT 1 FROM main.item a WHERE " SAME_NAME " AND (a.replaced = 0 AND b.replaced = 0"
        " OR a.analysis IS s.new)) ORDER BY b.id;",
        into, from) : NULL;
    int status = sql ? rqa__store_exec(m->into, sql, "write")
                     : rqa__fail_memory("the items of a store");
    sqlite3_free(sql);
    sqlite3_free(into);
    sqlite3_free(from);
    return status;
}

/* Text for every measure, `format` taking its name, its name again, and its number; NULL without
 * memory. */
static char *for_measures(const char *between, const char *format)
{
    char *text = sqlite3_mprintf("%s", "");
    for (int32_t k = 0; k < RQA_MEASURE_COUNT && text; k++) {
        const char *name = rqa_measure_name(k);
        char *piece = sqlite3_mprintf(format, name, name, k);
        char *longer = piece ? sqlite3_mprintf("%s%s%s", text, k ? between : "", piece) : NULL;
        sqlite3_free(piece);
        sqlite3_free(text);
        text = longer;
    }
    return text;
}

static int prepare_format(merge *m, sqlite3_stmt **out, const char *format, const char *measures)
{
    char *sql = measures ? sqlite3_mprintf(format, measures) : NULL;
    int status = sql ? rqa__store_prepare(m->into, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

/* ?1 first row of the other unit, ?2 its last, ?3 our first row, ?4 its measures. */
static int prepare_all(merge *m)
{
    char *columns = for_measures(", ", "r.\"%w\"");
    char *differ = for_measures(" OR ", "(r.\"%w\" IS NOT a.\"%w\" AND ?4 >> %d & 1)");
    int status = rqa__store_prepare(
        m->into,
        "SELECT u.first, u.room, u.n, u.measures, u.delay, u.backend, x.new, y.new FROM o.unit u"
        " JOIN map_analysis x ON x.old = u.analysis LEFT JOIN map_run y ON y.old = u.run"
        " ORDER BY u.id",
        &m->units);
    if (!status)
        status = prepare_format(m, &m->insert_all,
                                "INSERT INTO main.result SELECT r.id - ?1 + ?3, s.new, t.new, %s"
                                " FROM o.result r JOIN map_setting s ON s.old = r.setting LEFT JOIN"
                                " map_reason t ON t.old = r.reason WHERE r.id BETWEEN ?1 AND ?2"
                                " ORDER BY r.id",
                                columns);
    if (!status)
        status = rqa__store_prepare(m->into,
                                    "INSERT INTO there SELECT setting, id, ?3 FROM main.result"
                                    " WHERE id BETWEEN ?1 AND ?2",
                                    &m->fill);
    if (!status)
        status = prepare_format(
            m, &m->conflict,
            "SELECT (h.measures & ?4) <> ?4 FROM o.result r JOIN map_setting s ON s.old = r.setting"
            " JOIN there h ON h.setting = s.new JOIN main.result a ON a.id = h.id"
            " WHERE r.id BETWEEN ?1 AND ?2 AND CASE WHEN (h.measures & ?4) = ?4 THEN %s"
            " ELSE (h.measures & ?4) <> h.measures END LIMIT 1",
            differ);
    if (!status)
        status = rqa__store_prepare(
            m->into,
            "DELETE FROM main.result WHERE id IN (SELECT h.id FROM there h JOIN map_setting s ON"
            " s.new = h.setting JOIN o.result r ON r.setting = s.old AND r.id BETWEEN ?1 AND ?2"
            " WHERE (h.measures & ?4) <> ?4)",
            &m->drop_poorer);
    if (!status)
        status = prepare_format(
            m, &m->insert_new,
            "INSERT INTO main.result SELECT ?3 + row_number() OVER (ORDER BY r.id) - 1, s.new,"
            " t.new, %s FROM o.result r JOIN map_setting s ON s.old = r.setting LEFT JOIN"
            " map_reason t ON t.old = r.reason LEFT JOIN there h ON h.setting = s.new WHERE r.id"
            " BETWEEN ?1 AND ?2 AND (h.id IS NULL OR (h.measures & ?4) <> ?4) ORDER BY r.id",
            columns);
    sqlite3_free(columns);
    sqlite3_free(differ);
    return status;
}

static void finalize_all(merge *m)
{
    sqlite3_stmt *const all[] = {m->units,      m->insert_all,  m->fill,    m->conflict,
                                 m->insert_new, m->drop_poorer};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        sqlite3_finalize(all[k]);
}

/* A unit of the other store, and where it goes. */
typedef struct moving {
    int64_t first, last, n, analysis, run, to;
    uint64_t measures;
    uint32_t delay;
    const char *backend;
} moving;

static int run_with(merge *m, sqlite3_stmt *statement, const moving *u)
{
    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, 1, u->first);
    sqlite3_bind_int64(statement, 2, u->last);
    if (sqlite3_bind_parameter_count(statement) >= 3)
        sqlite3_bind_int64(statement, 3, u->to);
    if (sqlite3_bind_parameter_count(statement) >= 4)
        sqlite3_bind_int64(statement, 4, (sqlite3_int64)u->measures);
    return rqa__store_do(m->into, statement, "write");
}

static int add_unit(merge *m, const moving *u, int64_t room, int64_t n)
{
    sqlite3_stmt *add = rqa__store_statement(m->into, RQA__ADD_UNIT);
    if (!add)
        return m->into->failure;
    sqlite3_bind_int64(add, 1, u->analysis);
    sqlite3_bind_int64(add, 2, u->delay);
    sqlite3_bind_int64(add, 3, u->to);
    sqlite3_bind_int64(add, 4, room);
    sqlite3_bind_int64(add, 5, (sqlite3_int64)u->measures);
    sqlite3_bind_text(add, 6, u->backend, -1, SQLITE_STATIC);
    if (u->run)
        sqlite3_bind_int64(add, 7, u->run);
    sqlite3_bind_int64(add, 8, n);
    return rqa__store_do(m->into, add, "write");
}

/* What we have of the same analysis and delay, by setting. */
static int fill_there(merge *m, const rqa__stored_unit *ours, size_t n)
{
    int status = rqa__store_exec(m->into, "DELETE FROM there", "write");
    for (size_t k = 0; k < n && !status; k++) {
        sqlite3_reset(m->fill);
        sqlite3_bind_int64(m->fill, 1, ours[k].first);
        sqlite3_bind_int64(m->fill, 2, ours[k].first + ours[k].room - 1);
        sqlite3_bind_int64(m->fill, 3, (sqlite3_int64)ours[k].measures);
        status = rqa__store_do(m->into, m->fill, "write");
    }
    return status;
}

static int check_values(merge *m, const moving *u)
{
    sqlite3_reset(m->conflict);
    sqlite3_bind_int64(m->conflict, 1, u->first);
    sqlite3_bind_int64(m->conflict, 2, u->last);
    sqlite3_bind_int64(m->conflict, 4, (sqlite3_int64)u->measures);
    int row, status = rqa__store_step(m->into, m->conflict, &row, "read");
    if (!status && row)
        status = fail_conflict(m, sqlite3_column_int(m->conflict, 0)
                                      ? "they have other measures for the same settings, and "
                                        "neither has all of them"
                                      : "they have different values for the same result");
    sqlite3_reset(m->conflict);
    return status;
}

/* Only what is missing here, and what is poorer. */
static int merge_overlapping(merge *m, const moving *u, const rqa__stored_unit *ours, size_t n)
{
    int status = fill_there(m, ours, n);
    if (!status)
        status = check_values(m, u);
    if (!status)
        status = run_with(m, m->insert_new, u);
    int64_t n_new = status ? 0 : sqlite3_changes64(m->into->db);
    if (!status && n_new > 0)
        status = add_unit(m, u, n_new, n_new);
    if (!status && n_new > 0)
        status = run_with(m, m->drop_poorer, u);
    for (size_t k = 0; k < n && !status && n_new > 0; k++)
        if (ours[k].measures != u->measures)
            status = rqa__store_unit_recount(m->into, &ours[k]);
    return status;
}

static int merge_unit(merge *m, moving *u)
{
    rqa__stored_unit *ours;
    size_t n;
    int numbered, status = rqa__store_units(m->into, u->analysis, u->delay, &ours, &n);
    if (!status)
        status = rqa__store_next_row(m->into, &u->to, &numbered);
    int same = 0; /* a run computes a unit once: this one has been merged before */
    for (size_t k = 0; k < n && !status; k++)
        same |= u->run && ours[k].run == u->run && ours[k].measures == u->measures &&
                ours[k].n == u->n;
    if (!status && n == 0) {
        status = add_unit(m, u, u->last - u->first + 1, u->n);
        if (!status)
            status = run_with(m, m->insert_all, u);
    } else if (!status && !same) {
        status = merge_overlapping(m, u, ours, n);
    }
    rqa__free(ours);
    return status;
}

static int merge_units(merge *m)
{
    for (;;) {
        int row, status = rqa__store_step(m->into, m->units, &row, "read");
        if (status || !row)
            return status;
        moving u = {.first = sqlite3_column_int64(m->units, 0),
                    .n = sqlite3_column_int64(m->units, 2),
                    .measures = (uint64_t)sqlite3_column_int64(m->units, 3),
                    .delay = (uint32_t)sqlite3_column_int64(m->units, 4),
                    .backend = (const char *)sqlite3_column_text(m->units, 5),
                    .analysis = sqlite3_column_int64(m->units, 6),
                    .run = sqlite3_column_int64(m->units, 7)};
        int64_t room = sqlite3_column_int64(m->units, 1);
        status = rqa__store_check_unit(m->from, u.first, room, u.measures);
        u.last = status ? 0 : u.first + room - 1;
        if (!status)
            status = merge_unit(m, &u);
        if (status)
            return status;
    }
}

static int merge_attached(merge *m)
{
    char **names = NULL;
    uint32_t *column = NULL, n = 0;
    int status = check_numerics(m);
    if (!status)
        status = check_data(m);
    if (!status)
        status = rqa__store_exec(m->into, maps, "write");
    if (!status)
        status = map_keys(m, &names, &column, &n);
    if (!status)
        status = merge_items(m, column, n);
    if (!status)
        status = prepare_all(m);
    if (!status)
        status = merge_units(m);
    finalize_all(m);
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
