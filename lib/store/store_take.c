/* store_take.c - the rows of a unit as they are in the table, handed over inside one statement: as the
 * arguments of a function of SQLite's, which the sums of a query are made by, and not step by step and
 * cell by cell, which takes three times as long. */
#include "store/store_content.h"
#include "store/store_state.h"

enum { RQA__TAKEN_COLUMNS = 3 + RQA_MEASURE_COUNT + 3 };

/* Every row, whatever became of the one before: the first failure is told in the end. */
static void on_row(sqlite3_context *context, int n, sqlite3_value **column)
{
    rqa__store_taking *taking = ((struct rqa_store *)sqlite3_user_data(context))->taking;
    if (!taking || n != RQA__TAKEN_COLUMNS) { /* a query of the caller's */
        sqlite3_result_error(context, "rqa_take() is librqa's own", -1);
        return;
    }
    taking->n++;
    if (!taking->status)
        taking->status = taking->take(taking->arg, column);
}

static void on_last_row(sqlite3_context *context)
{
    (void)context;
}

int rqa__store_take_function(struct rqa_store *store)
{
    int code = sqlite3_create_function_v2(store->db, "rqa_take", -1,
                                          SQLITE_UTF8 | SQLITE_DIRECTONLY, store, NULL, on_row,
                                          on_last_row, NULL);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, "open");
}

int rqa__store_take(struct rqa_store *store, int64_t first, int64_t last, rqa__store_taking *taking)
{
    sqlite3_stmt *rows = rqa__store_statement(store, RQA__ROWS_OF);
    if (!rows)
        return store->failure;
    sqlite3_bind_int64(rows, 1, first);
    sqlite3_bind_int64(rows, 2, last);
    int row;
    store->taking = taking;
    int status = rqa__store_step(store, rows, &row, "read");
    store->taking = NULL;
    sqlite3_reset(rows);
    return status ? status : taking->status;
}
