/* store_claims.c - who computes what, when several processes share a store.
 *
 * A claim names a worker; the worker lives as long as it holds its byte of the workers file. So the
 * claims of a killed process are void at once, without clocks or heartbeats. Claims only save double
 * work: whoever adds rows looks first whether they are there (rqa__store_rows_add's caller).
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

enum { MAX_ATTEMPTS = 100 };

static int add_worker(struct rqa_store *store, int64_t *id)
{
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_WORKER);
    if (!add)
        return store->failure;
    sqlite3_bind_int64(add, 1, rqa__process_id());
    int status = rqa__store_do(store, add, "write");
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

/* A worker, or what it claims. */
static int drop(struct rqa_store *store, enum rqa__statement which, int64_t worker)
{
    sqlite3_stmt *statement = rqa__store_statement(store, which);
    if (!statement)
        return store->failure;
    sqlite3_bind_int64(statement, 1, worker);
    return rqa__store_do(store, statement, "write");
}

/* A number that nobody holds. Where the system has no locks, the last one tried serves without: then
 * others take our claims for void and may compute the same, which costs time and nothing else. */
static int enlist(struct rqa_store *store, rqa__store_worker *worker)
{
    int status = RQA_OK;
    for (int attempt = 0; !status && attempt < MAX_ATTEMPTS; attempt++) {
        if (attempt > 0)
            status = drop(store, RQA__DROP_WORKER, worker->id);
        if (!status)
            status = add_worker(store, &worker->id);
        if (!status && rqa__lock_file_take(worker->file, worker->id))
            break;
    }
    return status;
}

/* Whether a worker other than this one (which may be none) lives. */
static int find_company(struct rqa_store *store, const rqa__store_worker *worker, int *found)
{
    sqlite3_stmt *list;
    int row = 1;
    *found = 0;
    int status = rqa__store_prepare(store, "SELECT id FROM worker", &list);
    while (!status && row && !*found) {
        status = rqa__store_step(store, list, &row, "read");
        int64_t id = !status && row ? sqlite3_column_int64(list, 0) : worker->id;
        *found = id != worker->id && rqa__lock_file_is_held(worker->file, id);
    }
    sqlite3_finalize(list);
    return status;
}

/* Alone with the store, a worker tidies up after those that were killed. */
static int bury_the_dead(struct rqa_store *store, const rqa__store_worker *worker)
{
    int found;
    int status = find_company(store, worker, &found);
    if (status || found)
        return status;
    char sql[120];
    snprintf(sql, sizeof sql,
             "UPDATE run SET status = 'killed' WHERE status = 'running';"
             "DELETE FROM worker WHERE id <> %lld",
             (long long)worker->id);
    return rqa__store_exec(store, sql, "write");
}

static char *path_of_workers(const struct rqa_store *store)
{
    static const char suffix[] = "-workers";
    size_t length = strlen(store->path);
    char *path = rqa__alloc(length + sizeof suffix);
    if (!path)
        return NULL;
    memcpy(path, store->path, length);
    memcpy(path + length, suffix, sizeof suffix);
    return path;
}

int rqa__store_check_alone(struct rqa_store *store)
{
    int found = 0;
    rqa__store_worker nobody = {0, -1, path_of_workers(store)};
    if (!nobody.path)
        return rqa__fail_memory("a store");
    int status = RQA_OK;
    if (rqa__file_state_of(nobody.path).size >= 0) {
        status = rqa__lock_file_open(&nobody.file, nobody.path);
        if (!status)
            status = find_company(store, &nobody, &found);
        rqa__lock_file_close(nobody.file, NULL);
    }
    if (!status && found)
        status = rqa__fail(RQA_ERROR_STORE,
                           "cannot write %.300s: it is of an older librqa, and a process of that "
                           "computes into it; try again when it has ended",
                           store->path);
    rqa__free(nobody.path);
    return status;
}

int rqa__store_work(struct rqa_store *store, rqa__store_worker *worker, const atomic_int *cancel)
{
    *worker = (rqa__store_worker){0, -1, path_of_workers(store)};
    if (!worker->path)
        return rqa__fail_memory("a store");
    int status = rqa__store_begin(store, cancel);
    if (!status) {
        rqa__store_listen(store, cancel);
        status = rqa__store_check(store, "main", store);
        if (!status)
            status = rqa__lock_file_open(&worker->file, worker->path);
        if (!status)
            status = enlist(store, worker);
        if (!status)
            status = bury_the_dead(store, worker);
        status = rqa__store_end(store, status);
    }
    if (!status)
        return RQA_OK;
    rqa__lock_file_close(worker->file, NULL);
    rqa__free(worker->path);
    *worker = (rqa__store_worker){0, -1, NULL};
    return status;
}

/* Adds or drops a claim. */
static int change_claim(struct rqa_store *store, enum rqa__statement which,
                        const rqa__store_worker *worker, int64_t analysis, uint32_t delay)
{
    sqlite3_stmt *statement = rqa__store_statement(store, which);
    if (!statement)
        return store->failure;
    sqlite3_bind_int64(statement, 1, analysis);
    sqlite3_bind_int64(statement, 2, delay);
    sqlite3_bind_int64(statement, 3, worker->id);
    return rqa__store_do(store, statement, "write");
}

int rqa__store_claim(struct rqa_store *store, const rqa__store_worker *worker, int64_t analysis,
                     uint32_t delay, int *mine)
{
    *mine = 0;
    sqlite3_stmt *find = rqa__store_statement(store, RQA__FIND_CLAIM);
    if (!find)
        return store->failure;
    sqlite3_bind_int64(find, 1, analysis);
    sqlite3_bind_int64(find, 2, delay);
    int row, status = rqa__store_step(store, find, &row, "read");
    int64_t other = !status && row ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (status)
        return status;
    if (other && other != worker->id && rqa__lock_file_is_held(worker->file, other))
        return RQA_OK;
    *mine = 1;
    return change_claim(store, RQA__ADD_CLAIM, worker, analysis, delay);
}

int rqa__store_unclaim(struct rqa_store *store, const rqa__store_worker *worker, int64_t analysis,
                       uint32_t delay)
{
    return change_claim(store, RQA__DROP_CLAIM, worker, analysis, delay);
}

/* The file is closed, and removed by the last worker, while nobody else can enlist. */
void rqa__store_retire(struct rqa_store *store, rqa__store_worker *worker, int soon)
{
    if (!worker->id)
        return;
    int status = soon ? rqa__store_begin_soon(store) : rqa__store_begin(store, NULL);
    if (status) {
        rqa__lock_file_close(worker->file, NULL);
    } else {
        status = drop(store, RQA__DROP_CLAIMS, worker->id);
        if (!status)
            status = drop(store, RQA__DROP_WORKER, worker->id);
        rqa__lock_file_close(worker->file, worker->path);
        rqa__store_end(store, status);
    }
    rqa__free(worker->path);
    *worker = (rqa__store_worker){0, -1, NULL};
}
