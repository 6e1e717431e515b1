/* store_claims.c - who computes what, when several processes share a store.
 *
 * A claim names a worker; the worker lives as long as it holds its byte of the workers file. So the
 * claims of a killed process are void at once, without clocks or heartbeats. Claims only save double
 * work: whoever adds rows looks first whether they are there (rqa__store_rows_add's caller).
 */
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

enum { MAX_ATTEMPTS = 100 };

static int add_worker(struct rqa_store *store, int64_t *id)
{
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_WORKER);
    if (!add)
        return RQA_ERROR_STORE;
    sqlite3_bind_int64(add, 1, rqa__process_id());
    int status = rqa__store_do(store, add, "write");
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

static int drop_worker(struct rqa_store *store, int64_t id)
{
    sqlite3_stmt *drop = rqa__store_statement(store, RQA__DROP_WORKER);
    if (!drop)
        return RQA_ERROR_STORE;
    sqlite3_bind_int64(drop, 1, id);
    return rqa__store_do(store, drop, "write");
}

/* A number that nobody holds. Where the system has no locks, the last one tried serves without: then
 * others take our claims for void and may compute the same, which costs time and nothing else. */
static int enlist(struct rqa_store *store)
{
    int status = RQA_OK;
    for (int attempt = 0; !status && attempt < MAX_ATTEMPTS; attempt++) {
        if (attempt > 0)
            status = drop_worker(store, store->worker);
        if (!status)
            status = add_worker(store, &store->worker);
        if (!status && rqa__lock_file_take(store->worker_file, store->worker))
            break;
    }
    return status;
}

int rqa__store_work(struct rqa_store *store)
{
    static const char suffix[] = "-workers";
    int status = rqa__store_begin(store);
    if (status)
        return status;
    if (store->worker)
        return rqa__store_end(store, RQA_OK);
    size_t length = strlen(store->path);
    store->worker_path = rqa__alloc(length + sizeof suffix);
    if (!store->worker_path)
        return rqa__store_end(store, rqa__fail_memory("a store"));
    memcpy(store->worker_path, store->path, length);
    memcpy(store->worker_path + length, suffix, sizeof suffix);
    status = rqa__lock_file_open(&store->worker_file, store->worker_path);
    if (!status)
        status = enlist(store);
    status = rqa__store_end(store, status);
    if (!status)
        return status;
    if (store->worker_file >= 0)
        rqa__lock_file_close(store->worker_file, store->worker_path);
    rqa__free(store->worker_path);
    store->worker_path = NULL;
    store->worker_file = -1;
    store->worker = 0;
    return status;
}

static int take_claim(struct rqa_store *store, int64_t analysis, uint32_t delay)
{
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_CLAIM);
    if (!add)
        return RQA_ERROR_STORE;
    sqlite3_bind_int64(add, 1, analysis);
    sqlite3_bind_int64(add, 2, delay);
    sqlite3_bind_int64(add, 3, store->worker);
    return rqa__store_do(store, add, "write");
}

int rqa__store_claim(struct rqa_store *store, int64_t analysis, uint32_t delay, int *mine)
{
    *mine = 0;
    sqlite3_stmt *find = rqa__store_statement(store, RQA__FIND_CLAIM);
    if (!find)
        return RQA_ERROR_STORE;
    sqlite3_bind_int64(find, 1, analysis);
    sqlite3_bind_int64(find, 2, delay);
    int row, status = rqa__store_step(store, find, &row, "read");
    int64_t worker = !status && row ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (status)
        return status;
    /* A claim of our own is that of another batch on this store. */
    if (worker &&
        (worker == store->worker || rqa__lock_file_is_held(store->worker_file, worker)))
        return RQA_OK;
    *mine = 1;
    return take_claim(store, analysis, delay);
}

int rqa__store_unclaim(struct rqa_store *store, int64_t analysis, uint32_t delay)
{
    sqlite3_stmt *drop = rqa__store_statement(store, RQA__DROP_CLAIM);
    if (!drop)
        return RQA_ERROR_STORE;
    sqlite3_bind_int64(drop, 1, analysis);
    sqlite3_bind_int64(drop, 2, delay);
    sqlite3_bind_int64(drop, 3, store->worker);
    return rqa__store_do(store, drop, "write");
}

void rqa__store_retire(struct rqa_store *store)
{
    int status = rqa__store_begin(store);
    if (!status) {
        sqlite3_stmt *drop = rqa__store_statement(store, RQA__DROP_CLAIMS);
        if (drop) {
            sqlite3_bind_int64(drop, 1, store->worker);
            status = rqa__store_do(store, drop, "write");
        }
        if (!status)
            status = drop_worker(store, store->worker);
        rqa__store_end(store, status);
    }
    rqa__lock_file_close(store->worker_file, store->worker_path);
}
