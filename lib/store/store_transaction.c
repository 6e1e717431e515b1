/* store_transaction.c - write transactions: how one begins, beside other processes, and how it
 * ends. */
#include "base/number.h"
#include "store/store_state.h"

/* How long another process may hold the file before what only tidies up is left. */
static const double busy_soon_s = 0.05;

/* A store that was moved or deleted would swallow what is written to it. */
static int check_in_place(struct rqa_store *store)
{
    int moved = 0;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STORE,
                     "cannot write %.300s: it was deleted or replaced while in use", store->path);
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
        int busy = !status && rqa__store_is_contended(code);
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
