/* store_rows.c - adds the rows of a unit.
 *
 * The rows are shown to SQLite as a table, rqa_rows, and INSERT INTO result(...) SELECT ... FROM rqa_rows
 * takes them all in one statement (store_statements.c), where one INSERT a row takes twice as long.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

enum {
    COLUMN_ID,
    COLUMN_SETTING,
    COLUMN_REASON,
    COLUMN_MEASURES,
    COLUMN_REACHED = COLUMN_MEASURES + RQA_MEASURE_COUNT,
    COLUMN_WINDOW = COLUMN_REACHED + 2
};

typedef struct rows_table {
    sqlite3_vtab base;
    struct rqa_store *store;
} rows_table;

typedef struct rows_cursor {
    sqlite3_vtab_cursor base;
    const rqa__store_rows *rows;
    size_t at;
} rows_cursor;

static int rows_connect(sqlite3 *db, void *arg, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **error)
{
    (void)argc, (void)argv, (void)error;
    char columns[96 + 12 * RQA_MEASURE_COUNT] = "CREATE TABLE rows(id, setting, reason";
    size_t used = strlen(columns);
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        used += (size_t)snprintf(columns + used, sizeof columns - used, ", m%d", (int)measure);
    snprintf(columns + used, sizeof columns - used, ", threshold_reached, rr_reached, at)");
    int code = sqlite3_declare_vtab(db, columns);
    if (code != SQLITE_OK)
        return code;
    rows_table *table = sqlite3_malloc(sizeof *table);
    if (!table)
        return SQLITE_NOMEM;
    memset(table, 0, sizeof *table);
    table->store = arg;
    *out = &table->base;
    return SQLITE_OK;
}

static int rows_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int rows_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

static int rows_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    rows_cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    memset(cursor, 0, sizeof *cursor);
    cursor->rows = ((rows_table *)table)->store->rows;
    *out = &cursor->base;
    return SQLITE_OK;
}

static int rows_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int rows_filter(sqlite3_vtab_cursor *cursor, int index, const char *text, int argc,
                       sqlite3_value **argv)
{
    (void)index, (void)text, (void)argc, (void)argv;
    ((rows_cursor *)cursor)->at = 0;
    return SQLITE_OK;
}

static int rows_next(sqlite3_vtab_cursor *cursor)
{
    ((rows_cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int rows_eof(sqlite3_vtab_cursor *base)
{
    const rows_cursor *cursor = (const rows_cursor *)base;
    return !cursor->rows || cursor->at >= cursor->rows->n_rows;
}

static int rows_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
    const rows_cursor *cursor = (const rows_cursor *)base;
    const rqa__store_rows *rows = cursor->rows;
    if (column == COLUMN_WINDOW) {
        if (rows->window)
            sqlite3_result_int64(out, rows->window[cursor->at]);
    } else if (column >= COLUMN_REACHED) {
        if (rows->reached)
            sqlite3_result_double(out, rows->reached[2 * cursor->at + (size_t)(column - COLUMN_REACHED)]);
    } else if (column >= COLUMN_MEASURES) {
        int at = rows->column[column - COLUMN_MEASURES];
        if (at >= 0) /* SQLite makes NULL of NaN */
            sqlite3_result_double(out, rows->values[cursor->at * rows->n_columns + (size_t)at]);
    } else if (column == COLUMN_ID) {
        if (!rows->numbered) /* else SQLite numbers them, which saves it a search for each */
            sqlite3_result_int64(out, rows->first + (int64_t)cursor->at);
    } else if (column == COLUMN_SETTING) {
        sqlite3_result_int64(out, rows->setting[cursor->at]);
    } else if (rows->reason_id[cursor->at]) {
        sqlite3_result_int64(out, rows->reason_id[cursor->at]);
    }
    return SQLITE_OK;
}

static int rows_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((const rows_cursor *)base)->at;
    return SQLITE_OK;
}

int rqa__store_rows_module(struct rqa_store *store)
{
    static const sqlite3_module module = {
        .xConnect = rows_connect, .xBestIndex = rows_best_index, .xDisconnect = rows_disconnect,
        .xOpen = rows_open,       .xClose = rows_close,          .xFilter = rows_filter,
        .xNext = rows_next,       .xEof = rows_eof,              .xColumn = rows_column,
        .xRowid = rows_rowid,
    };
    int code = sqlite3_create_module(store->db, "rqa_rows", &module, store);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, "open");
}

/* "l_mean, l_entr: no line of the wanted length; t1: ...", or one reason if all share it. */
static char *words_of(const rqa__store_rows *rows, const uint8_t *reasons)
{
    int shared = reasons[0];
    for (uint32_t c = 1; c < rows->n_columns; c++)
        if (reasons[c] != shared)
            shared = 0;
    if (shared)
        return sqlite3_mprintf("%s", rqa_reason_text(shared));
    char *text = sqlite3_mprintf("%s", "");
    for (int32_t reason = RQA_REASON_DEFINED + 1; rqa_reason_text(reason); reason++) {
        int n_named = 0;
        for (int32_t m = 0; m < RQA_MEASURE_COUNT && text; m++) {
            if (rows->column[m] < 0 || reasons[rows->column[m]] != reason)
                continue;
            char *longer = sqlite3_mprintf("%s%s%s", text, n_named ? ", " : *text ? "; " : "",
                                           rqa_measure_name(m));
            sqlite3_free(text);
            text = longer;
            n_named++;
        }
        if (n_named && text) {
            char *longer = sqlite3_mprintf("%s: %s", text, rqa_reason_text(reason));
            sqlite3_free(text);
            text = longer;
        }
    }
    return text;
}

static int find_reason(struct rqa_store *store, const char *words, int64_t *id)
{
    sqlite3_stmt *find = rqa__store_statement(store, RQA__FIND_REASON);
    if (!find)
        return store->failure;
    sqlite3_bind_text(find, 1, words, -1, SQLITE_STATIC);
    int row, status = rqa__store_step(store, find, &row, "read");
    if (!status && row)
        *id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    if (status || row)
        return status;
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_REASON);
    if (!add)
        return store->failure;
    sqlite3_bind_text(add, 1, words, -1, SQLITE_STATIC);
    status = rqa__store_do(store, add, "write");
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

/* A measure outside the mask counts as defined: only what was asked for can be undefined. */
static int compare_reasons(const rqa__store_rows *rows, const uint8_t *reasons,
                           const rqa__reason_entry *entry)
{
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (entry->reasons[m] != (rows->column[m] < 0 ? 0 : reasons[rows->column[m]]))
            return 1;
    return 0;
}

/* There are few different vectors of reasons in a store, and neighbours mostly share theirs. */
static int reason_of(struct rqa_store *store, const rqa__store_rows *rows, const uint8_t *reasons,
                     int64_t *id)
{
    for (size_t k = store->n_reasons; k-- > 0;)
        if (!compare_reasons(rows, reasons, &store->reason[k])) {
            *id = store->reason[k].id;
            return RQA_OK;
        }
    if (store->n_reasons == store->reason_room) {
        size_t room = store->reason_room ? 2 * store->reason_room : 16;
        rqa__reason_entry *entry = rqa__realloc(store->reason, room * sizeof *entry);
        if (!entry)
            return rqa__fail_memory("a store");
        store->reason = entry;
        store->reason_room = room;
    }
    rqa__reason_entry *entry = &store->reason[store->n_reasons];
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        entry->reasons[m] = rows->column[m] < 0 ? 0 : reasons[rows->column[m]];
    char *words = words_of(rows, reasons);
    int status = words ? find_reason(store, words, &entry->id) : rqa__fail_memory("a store");
    sqlite3_free(words);
    if (!status)
        store->n_reasons++;
    *id = entry->id;
    return status;
}

static int name_reasons(struct rqa_store *store, rqa__store_rows *rows)
{
    size_t n = rows->n_columns;
    for (size_t r = 0; r < rows->n_rows; r++) {
        const uint8_t *reasons = rows->reasons + r * n;
        rows->reason_id[r] = 0;
        for (size_t c = 0; c < n; c++)
            if (reasons[c]) {
                int status = r > 0 && memcmp(reasons, reasons - n, n) == 0
                                 ? (rows->reason_id[r] = rows->reason_id[r - 1], RQA_OK)
                                 : reason_of(store, rows, reasons, &rows->reason_id[r]);
                if (status)
                    return status;
                break;
            }
    }
    return RQA_OK;
}

/* A unit that the new rows outdo: those of its rows go, and the unit with its last one. */
static int outdo(struct rqa_store *store, const rqa__stored_unit *unit)
{
    sqlite3_stmt *drop = rqa__store_statement(store, RQA__DROP_ROWS);
    if (!drop)
        return store->failure;
    sqlite3_bind_int64(drop, 1, unit->first);
    sqlite3_bind_int64(drop, 2, unit->first + unit->room - 1);
    int status = rqa__store_do(store, drop, "write");
    if (status || sqlite3_changes(store->db) == 0)
        return status;
    return rqa__store_unit_recount(store, unit);
}

static int outdo_all(struct rqa_store *store, const rqa__store_rows *rows)
{
    rqa__stored_unit *unit;
    size_t n;
    int status = rqa__store_units(store, rows->analysis, rows->delay, &unit, &n);
    for (size_t k = 0; !status && k < n; k++)
        if (unit[k].measures != rows->measures)
            status = outdo(store, &unit[k]);
    rqa__free(unit);
    return status;
}

int rqa__store_next_row(struct rqa_store *store, int64_t *out, int *numbered)
{
    sqlite3_stmt *last = rqa__store_statement(store, RQA__LAST_ROW);
    if (!last)
        return store->failure;
    int row, status = rqa__store_step(store, last, &row, "read");
    int64_t last_row = !status && row ? sqlite3_column_int64(last, 0) : 0;
    int64_t last_room = !status && row ? sqlite3_column_int64(last, 1) : 0;
    int64_t used = last_row >= last_room ? last_row : last_room;
    sqlite3_reset(last);
    if (!status && (used < 0 || used >= RQA__STORE_LAST_ROW))
        return rqa__store_fail_damaged(store, "the number of a row");
    *numbered = last_row >= last_room;
    *out = used + 1;
    return status;
}

static int add_unit(struct rqa_store *store, const rqa__store_rows *rows)
{
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_UNIT);
    if (!add)
        return store->failure;
    sqlite3_bind_int64(add, 1, rows->analysis);
    sqlite3_bind_int64(add, 2, rows->delay);
    sqlite3_bind_int64(add, 3, rows->first);
    sqlite3_bind_int64(add, 4, (sqlite3_int64)rows->n_rows);
    sqlite3_bind_int64(add, 5, (sqlite3_int64)rows->measures);
    sqlite3_bind_text(add, 6, rows->backend, -1, SQLITE_STATIC);
    sqlite3_bind_int64(add, 7, rows->run);
    sqlite3_bind_int64(add, 8, (sqlite3_int64)rows->n_rows);
    int status = rqa__store_do(store, add, "write");
    sqlite3_stmt *insert = status ? NULL : rqa__store_statement(store, RQA__ADD_ROWS);
    if (!insert)
        return status ? status : store->failure;
    status = rqa__store_do(store, insert, "write");
    if (!status && sqlite3_changes64(store->db) != (int64_t)rows->n_rows)
        status = rqa__fail(RQA_ERROR_STORE, "%.300s took %lld results of %llu", store->path,
                           (long long)sqlite3_changes64(store->db),
                           (unsigned long long)rows->n_rows);
    return status;
}

int rqa__store_rows_add(struct rqa_store *store, rqa__store_rows *rows)
{
    if (rows->n_rows == 0)
        return rqa__store_unclaim(store, rows->worker, rows->analysis, rows->delay);
    store->rows = rows;
    int status = name_reasons(store, rows);
    if (!status)
        status = outdo_all(store, rows);
    if (!status)
        status = rqa__store_next_row(store, &rows->first, &rows->numbered);
    if (!status)
        status = add_unit(store, rows);
    if (!status)
        status = rqa__store_unclaim(store, rows->worker, rows->analysis, rows->delay);
    store->rows = NULL;
    return status;
}
