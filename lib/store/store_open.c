/* store_open.c - opens and closes the database; errors, statements, transactions. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

/* How long another process may hold the file before that is an error, the same for what only
 * tidies up, and how often to look. */
static const double busy_limit_s = 60;
static const double busy_soon_s = 0.05;
static const double busy_step_s = 0.002;

int rqa__store_fail(struct rqa_store *store, int code, const char *doing)
{
    int primary = code & 0xff;
    const char *path = store->path;
    if (primary == SQLITE_NOMEM)
        return rqa__fail_memory("the store");
    if (primary == SQLITE_FULL ||
        (primary == SQLITE_IOERR && rqa__is_disk_full(sqlite3_system_errno(store->db))))
        return rqa__fail(RQA_ERROR_STORE_FULL, "cannot %s %.300s: no room left on its disk", doing,
                         path);
    if (primary == SQLITE_NOTADB)
        return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is not an SQLite file", path);
    if (primary == SQLITE_CORRUPT)
        return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is damaged (%s)", path,
                         sqlite3_errmsg(store->db));
    if (primary == SQLITE_BUSY)
        return rqa__fail(RQA_ERROR_STORE, "cannot %s %.300s: another process holds it", doing,
                         path);
    return rqa__fail(RQA_ERROR_STORE, "cannot %s %.300s: %s", doing, path,
                     store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
}

int rqa__store_fail_damaged(struct rqa_store *store, const char *what)
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
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, doing);
}

int rqa__store_prepare(struct rqa_store *store, const char *sql, sqlite3_stmt **out)
{
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, "read");
}

sqlite3_stmt *rqa__store_statement(struct rqa_store *store, enum rqa__statement which)
{
    sqlite3_stmt **kept = &store->statement[which];
    int status = *kept                    ? RQA_OK
                 : which == RQA__ADD_ITEM ? rqa__store_prepare_add_item(store, kept)
                                          : rqa__store_prepare(store, rqa__store_sql[which], kept);
    if (status) {
        store->failure = status;
        return NULL;
    }
    sqlite3_reset(*kept);
    sqlite3_clear_bindings(*kept);
    return *kept;
}

int rqa__store_step(struct rqa_store *store, sqlite3_stmt *statement, int *row, const char *doing)
{
    *row = 0;
    int code = sqlite3_step(statement);
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
        rqa__mutex_unlock(&store->mutex);
        if (!busy)
            return status;
        if (cancel && atomic_load(cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (rqa__now_s() > until_s)
            return rqa__fail(RQA_ERROR_STORE,
                             "cannot write %.300s: another process has held it for %g s",
                             store->path, limit_s);
        rqa__sleep(busy_step_s);
    }
}

int rqa__store_begin(struct rqa_store *store, const atomic_int *cancel)
{
    return begin_within(store, busy_limit_s, cancel);
}

int rqa__store_begin_soon(struct rqa_store *store)
{
    return begin_within(store, busy_soon_s, NULL);
}

int rqa__store_end(struct rqa_store *store, int status)
{
    if (!status)
        status = rqa__store_exec(store, "COMMIT", "write");
    if (status) {
        if (!sqlite3_get_autocommit(store->db))
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        store->n_reasons = 0; /* what was remembered may be gone with the transaction */
        rqa__store_keys_forget(store, store->n_keys_kept);
    }
    rqa__mutex_unlock(&store->mutex);
    return status;
}

static int on_busy(void *arg, int attempt)
{
    const struct rqa_store *store = arg;
    if (store->impatient || attempt * busy_step_s > busy_limit_s)
        return 0;
    rqa__sleep(busy_step_s);
    return 1;
}

static int open_database(struct rqa_store *store)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= store->mode == RQA_STORE_READ ? SQLITE_OPEN_READONLY
                                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(store->path, &store->db, flags, NULL);
    if (code != SQLITE_OK)
        return rqa__store_fail(store, code, "open");
    sqlite3_busy_handler(store->db, on_busy, store);
    return RQA_OK;
}

/* SQLite asks no busy handler when two connections change the journal at once, since one that waited
 * for the other might wait for ever: both have to let go and try again. */
static int keep_wal(struct rqa_store *store)
{
    double until_s = rqa__now_s() + busy_limit_s;
    int code;
    while ((code = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) &&
           (code & 0xff) == SQLITE_BUSY && rqa__now_s() < until_s)
        rqa__sleep(busy_step_s);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, "write");
}

/* In one transaction: another process may be making the tables. */
static int check_whole_schema(struct rqa_store *store, int *is_new)
{
    int status = rqa__store_exec(store, "BEGIN", "read");
    if (!status)
        status = rqa__store_schema_check(store, is_new);
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* it only read */
    return status;
}

/* The page size counts for a new file only. Rows are about 130 bytes: a page of 8 kB fills well, and
 * larger ones gained nothing. */
static int set_up(struct rqa_store *store)
{
    int is_new = 0;
    int status = check_whole_schema(store, &is_new);
    if (status)
        return status;
    if (store->mode == RQA_STORE_CREATE && !is_new)
        return rqa__fail(RQA_ERROR_STORE, "%.300s exists", store->path);
    if (store->mode == RQA_STORE_READ)
        return rqa__store_keys_load(store);
    if (is_new)
        status = rqa__store_exec(store, "PRAGMA page_size = 8192", "make");
    if (!status)
        status = keep_wal(store);
    if (!status)
        status = rqa__store_exec(store,
                                 "PRAGMA synchronous = NORMAL;"
                                 "PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY",
                                 "write");
    if (!status)
        status = rqa__store_begin(store, NULL);
    if (status)
        return status;
    status = rqa__store_schema_check(store, &is_new); /* another process may have made it */
    if (!status && is_new)
        status = rqa__store_schema_make(store);
    if (!status)
        status = rqa__store_keys_load(store);
    status = rqa__store_end(store, status);
    return status ? status : rqa__store_rows_module(store);
}

int rqa__store_new(struct rqa_store **out, struct rqa_context *context, const char *path,
                   const rqa_store_options *options)
{
    struct rqa_store *store = rqa__calloc(1, sizeof *store);
    if (!store)
        return rqa__fail_memory("a store");
    int status = rqa__mutex_init(&store->mutex);
    if (status) {
        rqa__free(store);
        return status;
    }
    store->context = context;
    store->mode = options->mode;
    store->path = rqa__strdup(path);
    if (options->command)
        store->command = rqa__strdup(options->command);
    if (!store->path || (options->command && !store->command))
        status = rqa__fail_memory("a store");
    if (!status)
        status = open_database(store);
    if (!status)
        status = set_up(store);
    if (status) {
        rqa__store_free(store);
        return status;
    }
    *out = store;
    return RQA_OK;
}

void rqa__store_free(struct rqa_store *store)
{
    if (!store)
        return;
    rqa__store_keys_forget(store, 0);
    for (int k = 0; k < RQA__STATEMENTS; k++)
        sqlite3_finalize(store->statement[k]);
    /* Alone with the file, leave it as one plain file, which can be read from a read-only folder;
     * with others it stays in WAL mode. */
    if (store->db && store->mode != RQA_STORE_READ) {
        sqlite3_busy_handler(store->db, NULL, NULL);
        sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(store->db);
    rqa__free(store->key);
    rqa__free(store->reason);
    rqa__free(store->command);
    rqa__free(store->path);
    rqa__mutex_destroy(&store->mutex);
    rqa__free(store);
}
