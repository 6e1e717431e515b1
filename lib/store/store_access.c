/* store_access.c - queries and what SQLite says, for the rest of the store. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

/* SQLite forgets the errno of a COMMIT; that of the last system call is still there. */
static int errno_of(struct rqa_store *store)
{
    int error = store->db ? sqlite3_system_errno(store->db) : 0;
    return error ? error : errno;
}

int rqa__store_is_contended(int code)
{
    return (code & 0xff) == SQLITE_BUSY || code == SQLITE_IOERR_DELETE_NOENT;
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
    if (primary == SQLITE_CANTOPEN && rqa__is_too_many_files(error))
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

int rqa__store_fail_conflict(const struct rqa_store *into, const struct rqa_store *from,
                             const char *what)
{
    return rqa__fail(RQA_ERROR_STORE_CONFLICT, "cannot merge %.200s into %.200s: %s", from->path,
                     into->path, what);
}

void rqa__store_count_steps(struct rqa_store *store)
{
    store->n_steps = 0;
    store->max_steps = RQA__STORE_LEAST_STEPS;
    store->is_endless = 0;
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

int rqa__store_data_version(struct rqa_store *store, int64_t *out)
{
    return rqa__store_integer(store, "PRAGMA data_version", out);
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
