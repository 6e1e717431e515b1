/* store_units.c - which units a store has, and which rows those have. */
#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

int rqa__store_check_unit(struct rqa_store *store, int64_t first, int64_t room, uint64_t measures)
{
    if (first >= 1 && first <= RQA__STORE_LAST_ROW && room >= 1 && room <= RQA__STORE_LAST_ROW &&
        measures >> RQA_MEASURE_COUNT == 0)
        return RQA_OK;
    return rqa__store_fail_damaged(store, "the rows of a unit");
}

int rqa__store_units(struct rqa_store *store, int64_t analysis, uint32_t delay,
                     rqa__stored_unit **out, size_t *n_units)
{
    rqa__stored_unit *unit = NULL;
    size_t n = 0, room = 0;
    sqlite3_stmt *find = rqa__store_statement(store, RQA__UNITS_OF);
    int row = find != NULL, status = find ? RQA_OK : store->failure;
    sqlite3_bind_int64(find, 1, analysis);
    sqlite3_bind_int64(find, 2, delay);
    while (!status && row) {
        status = rqa__store_step(store, find, &row, "read");
        if (status || !row)
            break;
        if (n == room) {
            room = room ? 2 * room : 4;
            rqa__stored_unit *more = rqa__realloc(unit, room * sizeof *more);
            if (!more) {
                status = rqa__fail_memory("the units of a store");
                break;
            }
            unit = more;
        }
        unit[n++] = (rqa__stored_unit){
            sqlite3_column_int64(find, 0), sqlite3_column_int64(find, 1),
            sqlite3_column_int64(find, 2), sqlite3_column_int64(find, 3),
            sqlite3_column_int64(find, 4), (uint64_t)sqlite3_column_int64(find, 5)};
        status =
            rqa__store_check_unit(store, unit[n - 1].first, unit[n - 1].room, unit[n - 1].measures);
    }
    sqlite3_reset(find);
    if (status) {
        rqa__free(unit);
        unit = NULL;
        n = 0;
    }
    *out = unit;
    *n_units = n;
    return status;
}

int rqa__store_unit_recount(struct rqa_store *store, const rqa__stored_unit *unit)
{
    sqlite3_stmt *count = rqa__store_statement(store, RQA__COUNT_ROWS);
    if (!count)
        return store->failure;
    sqlite3_bind_int64(count, 1, unit->first);
    sqlite3_bind_int64(count, 2, unit->first + unit->room - 1);
    int row, status = rqa__store_step(store, count, &row, "read");
    int64_t n = !status && row ? sqlite3_column_int64(count, 0) : 0;
    sqlite3_reset(count);
    sqlite3_stmt *set =
        status ? NULL : rqa__store_statement(store, n ? RQA__SET_UNIT : RQA__DROP_UNIT);
    if (!set)
        return status ? status : store->failure;
    sqlite3_bind_int64(set, 1, unit->id);
    if (n)
        sqlite3_bind_int64(set, 2, n);
    return rqa__store_do(store, set, "write");
}

int rqa__store_unit_settings(struct rqa_store *store, const rqa__stored_unit *unit,
                             void (*visit)(void *arg, int64_t setting, int64_t window), void *arg)
{
    sqlite3_stmt *find = rqa__store_statement(store, RQA__SETTINGS_OF);
    if (!find)
        return store->failure;
    sqlite3_bind_int64(find, 1, unit->first);
    sqlite3_bind_int64(find, 2, unit->first + unit->room - 1);
    for (int64_t n = 0;; n++) {
        int row, status = rqa__store_step(store, find, &row, "read");
        if (!status && !row && n != unit->n)
            return rqa__store_unit_recount(store, unit);
        if (status || !row)
            return status;
        visit(arg, sqlite3_column_int64(find, 0), sqlite3_column_int64(find, 1));
    }
}
