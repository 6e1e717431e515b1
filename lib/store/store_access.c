/* store_access.c - queries, transactions and what SQLite says, for the rest of the store. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "store/store_state.h"

/* How long another process may hold the file before what only tidies up is left. */
static const double busy_soon_s = 0.05;

/* SQLite forgets the errno of a COMMIT; that of the last system call is still there. */
static int errno_of(struct rqa_store *store)
{
    int error = store->db ? sqlite3_system_errno(store->db) : 0;
    return error ? error : errno;
}

int rqa__store_fail(struct rqa_store *store, int code, const char *doing)
{
    int primary = code & 0xff, error = errno_of(store);
    const char *path = store->path;
    if (primary == SQLITE_NOMEM)
        return rqa__fail_memory("the store");
    if (primary == SQLITE_FULL ||
        (primary == SQLITE_IOERR && rqa__is_disk_full(error)))
        return rqa__fail(RQA_ERROR_STORE_FULL, "cannot %s %.300s: %s", doing, path,
                         rqa__is_file_limit(error)
                             ? "a file may not grow so large here (ulimit -f)"
                             : "no room left on its disk");
    if (primary == SQLITE_NOTADB)
        return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is not an SQLite file", path);
    if (primary == SQLITE_INTERRUPT)
        return store->is_endless
                   ? rqa__fail(RQA_ERROR_STORE_FORMAT,
                               "%.300s is damaged (a query did not end within %lld steps)", path,
                               (long long)store->max_steps)
                   : rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    if (primary == SQLITE_CORRUPT)
        return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is damaged (%s)", path,
                         sqlite3_errmsg(store->db));
    if (code == SQLITE_READONLY_ROLLBACK)
        return rqa__fail(RQA_ERROR_STORE,
                         "cannot %s %.300s: its last change was cut off and is in the file -journal "
                         "beside it; open it once for writing",
                         doing, path);
    if (primary == SQLITE_CANTOPEN && (error == EMFILE || error == ENFILE))
        return rqa__fail(RQA_ERROR_STORE, "cannot %s %.300s: too many files are open (ulimit -n)",
                         doing, path);
    if (primary == SQLITE_BUSY)
        return rqa__fail(RQA_ERROR_STORE, "cannot %s %.300s: another process holds it", doing,
                         path);
    return rqa__fail(RQA_ERROR_STORE, "cannot %s %.300s: %s", doing, path,
                     store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
}

int rqa__store_fail_damaged(const struct rqa_store *store, const char *what)
{
    return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is damaged (%s)", store->path, what);
}

int rqa__store_integer(struct rqa_store *store, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement;
    int row, status = rqa__store_prepare(store, sql, &statement);
    if (status)
        return status;
    status = rqa__store_step(store, statement, &row, "read");
    *out = !status && row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return status;
}

int rqa__store_exec(struct rqa_store *store, const char *sql, const char *doing)
{
    rqa__file_limit limit;
    rqa__file_limit_hold(&limit);
    rqa__store_count_steps(store);
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    rqa__file_limit_release(&limit);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, doing);
}

int rqa__store_prepare(struct rqa_store *store, const char *sql, sqlite3_stmt **out)
{
    rqa__file_limit limit; /* the first statement of all reads the tables, and recovers a WAL */
    rqa__file_limit_hold(&limit);
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    rqa__file_limit_release(&limit);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, "read");
}

int rqa__store_step(struct rqa_store *store, sqlite3_stmt *statement, int *row, const char *doing)
{
    *row = 0;
    /* A statement writes in its first step: what it has to, or what it sorts. Millions of further
     * ones only read. */
    int begins = !sqlite3_stmt_busy(statement);
    rqa__file_limit limit;
    if (begins)
        rqa__file_limit_hold(&limit);
    rqa__store_count_steps(store);
    int code = sqlite3_step(statement);
    if (begins)
        rqa__file_limit_release(&limit);
    if (code == SQLITE_ROW) {
        *row = 1;
        return RQA_OK;
    }
    int status = code == SQLITE_DONE ? RQA_OK : rqa__store_fail(store, code, doing);
    sqlite3_reset(statement);
    return status;
}

int rqa__store_do(struct rqa_store *store, sqlite3_stmt *statement, const char *doing)
{
    int row;
    int status = rqa__store_step(store, statement, &row, doing);
    sqlite3_reset(statement);
    return status;
}

/* A store that was moved or deleted would swallow what is written to it. */
static int check_in_place(struct rqa_store *store)
{
    int moved = 0;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STORE, "cannot write %.300s: it was deleted or replaced while in use",
                     store->path);
}

/* Other threads may use the store between two attempts. */
static int begin_within(struct rqa_store *store, double limit_s, const atomic_int *cancel)
{
    double until_s = rqa__now_s() + limit_s;
    for (;;) {
        rqa__mutex_lock(&store->mutex);
        rqa__file_limit_hold(&store->limit); /* until the end of the transaction */
        int status = check_in_place(store), code = SQLITE_OK;
        if (!status) {
            store->impatient = 1;
            code = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
            store->impatient = 0;
        }
        if (!status && code == SQLITE_OK) {
            store->n_keys_kept = store->n_keys;
            return RQA_OK;
        }
        int busy = !status && (code & 0xff) == SQLITE_BUSY;
        if (!status && !busy)
            status = rqa__store_fail(store, code, "write");
        rqa__file_limit_release(&store->limit);
        rqa__mutex_unlock(&store->mutex);
        if (!busy)
            return status;
        if (cancel && atomic_load(cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (rqa__now_s() > until_s)
            return rqa__fail(RQA_ERROR_STORE,
                             "cannot write %.300s: another process has held it for %s s",
                             store->path, rqa__shortest(limit_s).text);
        rqa__sleep(RQA__STORE_BUSY_STEP_S);
    }
}

int rqa__store_begin(struct rqa_store *store, const atomic_int *cancel)
{
    return begin_within(store, RQA__STORE_BUSY_S, cancel);
}

int rqa__store_begin_soon(struct rqa_store *store)
{
    return begin_within(store, busy_soon_s, NULL);
}

void rqa__store_listen(struct rqa_store *store, const atomic_int *cancel)
{
    store->cancel = cancel;
}

int rqa__store_end(struct rqa_store *store, int status)
{
    store->cancel = NULL; /* what was begun is ended */
    if (!status)
        status = rqa__store_exec(store, "COMMIT", "write");
    if (status) {
        if (!sqlite3_get_autocommit(store->db))
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        store->n_reasons = 0; /* what was remembered may be gone with the transaction */
        rqa__store_keys_forget(store, store->n_keys_kept);
    }
    rqa__file_limit_release(&store->limit);
    rqa__mutex_unlock(&store->mutex);
    return status;
}
