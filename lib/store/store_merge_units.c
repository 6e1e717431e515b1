/* store_merge_units.c - the results of another store, unit by unit: where a unit goes, what of it is
 * there already, and whether all of it came. */
#include <stdio.h>

#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

typedef struct merge {
    struct rqa_store *into, *from;
    int64_t begin; /* our first row that comes from this merge */
    sqlite3_stmt *units, *check, *different, *insert_all, *fill, *twice, *conflict, *insert_new,
        *drop_poorer;
} merge;

/* Text for every measure of which the other store has a column, `format` taking its name, its name
 * again, and its number; NULL without memory. */
static char *for_measures(int64_t schema, const char *between, const char *format)
{
    char *text = sqlite3_mprintf("%s", "");
    for (int32_t k = 0; k < rqa__store_schema_measures(schema) && text; k++) {
        const char *name = rqa_measure_name(k);
        char *piece = sqlite3_mprintf(format, name, name, k);
        char *longer = piece ? sqlite3_mprintf("%s%s%s", text, k ? between : "", piece) : NULL;
        sqlite3_free(piece);
        sqlite3_free(text);
        text = longer;
    }
    return text;
}

/* The format takes columns of the other store, and, if it likes, what that has for the window. */
static int prepare_format(merge *m, sqlite3_stmt **out, const char *format, const char *columns)
{
    char *sql =
        columns ? sqlite3_mprintf(format, columns, rqa__store_window(m->from->schema)) : NULL;
    int status = sql ? rqa__store_prepare(m->into, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

/* ?1 first row of the other unit, ?2 its last, ?3 our first row, ?4 its measures. */
static int prepare_all(merge *m)
{
    char *columns = sqlite3_mprintf("%s%s", rqa__store_measures(m->from->schema),
                                    rqa__store_tail(m->from->schema));
    char *differ = for_measures(m->from->schema, " OR ",
                                "(result.\"%w\" IS NOT a.\"%w\" AND ?4 >> %d & 1)");
    if (differ && m->from->schema >= 2) /* %z frees the shorter one */
        differ = sqlite3_mprintf("%z OR result.threshold_reached IS NOT a.threshold_reached OR"
                                 " result.rr_reached IS NOT a.rr_reached",
                                 differ);
    int status = rqa__store_prepare(
        m->into,
        "SELECT u.first, u.room, u.n, u.measures, u.delay, u.backend, x.new, y.new, u.id,"
        " instr(a.key, ' window=') FROM o.unit u JOIN map_analysis x ON x.old = u.analysis JOIN"
        " o.analysis a ON a.id = u.analysis LEFT JOIN map_run y ON y.old = u.run ORDER BY u.id",
        &m->units);
    if (!status)
        status = prepare_format(m, &m->check,
                                "SELECT s.new, q.delay, result.reason, t.new%s FROM o.result AS"
                                " result LEFT JOIN map_setting s ON s.old = result.setting LEFT"
                                " JOIN map_reason t ON t.old = result.reason LEFT JOIN o.setting q"
                                " ON q.id = result.setting WHERE result.id BETWEEN ?1 AND ?2",
                                columns);
    if (!status)
        status = prepare_format(m, &m->different,
                                "SELECT count(*) FROM (SELECT DISTINCT setting, %s FROM o.result AS"
                                " result WHERE id BETWEEN ?1 AND ?2)",
                                rqa__store_window(m->from->schema));
    if (!status)
        status = prepare_format(m, &m->insert_all,
                                "INSERT INTO main.result SELECT result.id - ?1 + ?3, s.new, t.new%s"
                                " FROM o.result AS result JOIN map_setting s ON s.old ="
                                " result.setting LEFT JOIN map_reason t ON t.old = result.reason"
                                " WHERE result.id BETWEEN ?1 AND ?2 ORDER BY result.id",
                                columns);
    if (!status)
        status = rqa__store_prepare(m->into,
                                    "INSERT INTO there SELECT setting, ifnull(\"window\", -1), id, ?3"
                                    " FROM main.result WHERE id BETWEEN ?1 AND ?2",
                                    &m->fill);
    if (!status)
        status = prepare_format(m, &m->twice,
                                "SELECT 1 FROM o.result AS result JOIN map_setting s ON s.old ="
                                " result.setting JOIN there h ON h.setting = s.new AND h.win ="
                                " ifnull(%s, -1) WHERE h.id >= ?3 AND result.id BETWEEN ?1 AND ?2"
                                " LIMIT 1",
                                rqa__store_window(m->from->schema));
    if (!status)
        status = prepare_format(
            m, &m->conflict,
            "SELECT (h.measures & ?4) <> ?4 FROM o.result AS result JOIN map_setting s ON s.old ="
            " result.setting JOIN there h ON h.setting = s.new JOIN main.result a ON a.id = h.id"
            " WHERE result.id BETWEEN ?1 AND ?2 AND CASE WHEN (h.measures & ?4) = ?4 THEN %s"
            " ELSE (h.measures & ?4) <> h.measures END AND h.win = ifnull(%s, -1) LIMIT 1",
            differ);
    if (!status)
        status = prepare_format(
            m, &m->drop_poorer,
            "DELETE FROM main.result WHERE id IN (SELECT h.id FROM there h JOIN map_setting s ON"
            " s.new = h.setting JOIN o.result AS result ON result.setting = s.old AND result.id"
            " BETWEEN ?1 AND ?2 WHERE (h.measures & ?4) <> ?4 AND h.win = ifnull(%s, -1))",
            rqa__store_window(m->from->schema));
    if (!status)
        status = prepare_format(
            m, &m->insert_new,
            "INSERT INTO main.result SELECT ?3 + row_number() OVER (ORDER BY result.id) - 1, s.new,"
            " t.new%s FROM o.result AS result JOIN map_setting s ON s.old = result.setting LEFT JOIN"
            " map_reason t ON t.old = result.reason LEFT JOIN there h ON h.setting = s.new AND h.win ="
            " ifnull(%s, -1) WHERE result.id BETWEEN ?1 AND ?2 AND (h.id IS NULL OR"
            " (h.measures & ?4) <> ?4) ORDER BY result.id",
            columns);
    sqlite3_free(differ);
    sqlite3_free(columns);
    return status;
}

static void finalize_all(merge *m)
{
    sqlite3_stmt *const all[] = {m->units, m->check,    m->different,  m->insert_all, m->fill,
                                 m->twice, m->conflict, m->insert_new, m->drop_poorer};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        sqlite3_finalize(all[k]);
}

/* A unit of the other store, and where it goes. */
typedef struct moving {
    int64_t id, first, last, n, analysis, run, to;
    uint64_t measures;
    uint32_t delay;
    int has_windows;
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

/* Whether an earlier unit of the other store has brought a result of this one's. */
static int check_once(merge *m, const moving *u)
{
    sqlite3_reset(m->twice);
    sqlite3_bind_int64(m->twice, 1, u->first);
    sqlite3_bind_int64(m->twice, 2, u->last);
    sqlite3_bind_int64(m->twice, 3, m->begin);
    int row, status = rqa__store_step(m->into, m->twice, &row, "read");
    sqlite3_reset(m->twice);
    return status || !row ? status
                          : rqa__store_fail_damaged(m->from, "two results of one setting");
}

static int check_values(merge *m, const moving *u)
{
    sqlite3_reset(m->conflict);
    sqlite3_bind_int64(m->conflict, 1, u->first);
    sqlite3_bind_int64(m->conflict, 2, u->last);
    sqlite3_bind_int64(m->conflict, 4, (sqlite3_int64)u->measures);
    int row, status = rqa__store_step(m->into, m->conflict, &row, "read");
    if (!status && row)
        status = rqa__store_fail_conflict(
            m->into, m->from,
            sqlite3_column_int(m->conflict, 0)
                ? "they have other measures for the same settings, and neither has all of them"
                : "they have different values for the same result");
    sqlite3_reset(m->conflict);
    return status;
}

/* Only what is missing here, and what is poorer. */
static int merge_overlapping(merge *m, const moving *u, const rqa__stored_unit *ours, size_t n)
{
    int status = fill_there(m, ours, n);
    if (!status)
        status = check_once(m, u);
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

static int has_odd_value(sqlite3_stmt *rows, int first, uint64_t measures, int has_reason)
{
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (rqa__store_is_odd_value(sqlite3_column_type(rows, first + m), measures >> m & 1, has_reason))
            return 1;
    return 0;
}

/* Whether the rows of the other store are all there, and what they say can be: a join would drop
 * those that lead nowhere. */
static int check_rows(merge *m, const moving *u)
{
    enum { SETTING, DELAY, REASON, KNOWN, FIRST_VALUE, WINDOW = FIRST_VALUE + RQA_MEASURE_COUNT + 2 };
    int64_t n = 0, n_odd = 0;
    int row = 1, status = RQA_OK;
    sqlite3_reset(m->check);
    sqlite3_bind_int64(m->check, 1, u->first);
    sqlite3_bind_int64(m->check, 2, u->last);
    for (; !status && row; n += row) {
        status = rqa__store_step(m->into, m->check, &row, "read");
        if (status || !row)
            break;
        int has_reason = sqlite3_column_type(m->check, REASON) != SQLITE_NULL;
        n_odd += sqlite3_column_type(m->check, SETTING) == SQLITE_NULL ||
                 sqlite3_column_int64(m->check, DELAY) != u->delay ||
                 has_reason != (sqlite3_column_type(m->check, KNOWN) != SQLITE_NULL) ||
                 rqa__store_is_odd_window(sqlite3_column_type(m->check, WINDOW),
                                          sqlite3_column_int64(m->check, WINDOW), u->has_windows) ||
                 has_odd_value(m->check, FIRST_VALUE, u->measures, has_reason);
    }
    sqlite3_reset(m->check);
    char what[60];
    snprintf(what, sizeof what, "the results of unit %lld", (long long)u->id);
    return status || (!n_odd && n == u->n) ? status : rqa__store_fail_damaged(m->from, what);
}

/* And whether no two of them are of one setting. */
static int check_different(merge *m, const moving *u)
{
    sqlite3_reset(m->different);
    sqlite3_bind_int64(m->different, 1, u->first);
    sqlite3_bind_int64(m->different, 2, u->last);
    int row, status = rqa__store_step(m->into, m->different, &row, "read");
    int64_t n = !status && row ? sqlite3_column_int64(m->different, 0) : 0;
    sqlite3_reset(m->different);
    return status || n == u->n ? status
                               : rqa__store_fail_damaged(m->from, "two results of one setting");
}

/* And whether all of them came. */
static int insert_all(merge *m, const moving *u)
{
    int status = run_with(m, m->insert_all, u);
    if (!status && sqlite3_changes64(m->into->db) != u->n)
        status = rqa__store_fail_damaged(m->into, "it did not take all results of a unit");
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
                ours[k].n == u->n && ours[k].first < m->begin;
    if (!status && !same)
        status = check_rows(m, u);
    if (!status && !same)
        status = check_different(m, u);
    if (!status && n == 0) {
        status = add_unit(m, u, u->last - u->first + 1, u->n);
        if (!status)
            status = insert_all(m, u);
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
                    .run = sqlite3_column_int64(m->units, 7),
                    .id = sqlite3_column_int64(m->units, 8),
                    .has_windows = sqlite3_column_int(m->units, 9) != 0};
        int64_t room = sqlite3_column_int64(m->units, 1);
        status = rqa__store_check_unit(m->from, u.first, room, u.measures);
        u.last = status ? 0 : u.first + room - 1;
        if (!status)
            status = merge_unit(m, &u);
        if (status)
            return status;
    }
}

int rqa__store_merge_units(struct rqa_store *into, struct rqa_store *from)
{
    merge m = {.into = into, .from = from};
    int numbered, status = rqa__store_next_row(into, &m.begin, &numbered);
    if (!status)
        status = prepare_all(&m);
    if (!status)
        status = merge_units(&m);
    finalize_all(&m);
    return status;
}
