/* store_runs.c - who computed what: a row for each run. */
#include "rqa/version.h"
#include "store/store_content.h"
#include "store/store_state.h"

#define NOW "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"

static void bind_counts(sqlite3_stmt *statement, int first, const rqa__store_run *run)
{
    sqlite3_bind_int64(statement, first, (sqlite3_int64)run->n_total);
    sqlite3_bind_int64(statement, first + 1, (sqlite3_int64)run->n_done);
    sqlite3_bind_int64(statement, first + 2, (sqlite3_int64)run->n_skipped);
    sqlite3_bind_int64(statement, first + 3, (sqlite3_int64)run->n_failed);
    sqlite3_bind_text(statement, first + 4, run->status, -1, SQLITE_STATIC);
}

static int execute(struct rqa_store *store, sqlite3_stmt *statement)
{
    int status = rqa__store_do(store, statement, "write");
    sqlite3_finalize(statement);
    return status;
}

int rqa__store_run_begin(struct rqa_store *store, const rqa__store_run *run,
                         const atomic_int *cancel, int64_t *id)
{
    sqlite3_stmt *add;
    int status = rqa__store_begin(store, cancel);
    if (status)
        return status;
    status = rqa__store_prepare(
        store,
        "INSERT INTO run(uid, started, version, numerics, command, options, backend, why, kernels,"
        " threads, n_total, n_done, n_skipped, n_failed, status) VALUES(lower(hex(randomblob(16))),"
        " " NOW ", ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        &add);
    if (!status) {
        sqlite3_bind_text(add, 1, RQA_VERSION_STRING, -1, SQLITE_STATIC);
        sqlite3_bind_int(add, 2, RQA_NUMERICS_VERSION);
        sqlite3_bind_text(add, 3, store->command, -1, SQLITE_STATIC);
        sqlite3_bind_text(add, 4, run->options, -1, SQLITE_STATIC);
        sqlite3_bind_text(add, 5, run->backend, -1, SQLITE_STATIC);
        sqlite3_bind_text(add, 6, run->why, -1, SQLITE_STATIC);
        sqlite3_bind_text(add, 7, run->kernels, -1, SQLITE_STATIC);
        sqlite3_bind_int64(add, 8, run->n_threads);
        bind_counts(add, 9, run);
        status = execute(store, add);
        *id = sqlite3_last_insert_rowid(store->db);
    }
    return rqa__store_end(store, status);
}

int rqa__store_run_end(struct rqa_store *store, int64_t id, const rqa__store_run *run, int soon)
{
    sqlite3_stmt *set;
    int status = soon ? rqa__store_begin_soon(store) : rqa__store_begin(store, NULL);
    if (status)
        return status;
    status = rqa__store_prepare(store,
                                "UPDATE run SET ended = " NOW ", n_total = ?2, n_done = ?3,"
                                " n_skipped = ?4, n_failed = ?5, status = ?6 WHERE id = ?1",
                                &set);
    if (!status) {
        sqlite3_bind_int64(set, 1, id);
        bind_counts(set, 2, run);
        status = execute(store, set);
    }
    return rqa__store_end(store, status);
}
