/* store_open.c - opens and closes the database. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "store/store_content.h"
#include "store/store_state.h"

static int on_busy(void *arg, int attempt)
{
    const struct rqa_store *store = arg;
    if (store->impatient || attempt * RQA__STORE_BUSY_STEP_S > RQA__STORE_BUSY_S)
        return 0;
    rqa__sleep(RQA__STORE_BUSY_STEP_S);
    return 1;
}

static int open_database(struct rqa_store *store, const char *how)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
    flags |= store->mode == RQA_STORE_READ ? SQLITE_OPEN_READONLY
                                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    char *uri = rqa__store_uri(store->path, how);
    if (!uri)
        return rqa__fail_memory("a store");
    int code = sqlite3_open_v2(uri, &store->db, flags, NULL);
    rqa__free(uri);
    if (code != SQLITE_OK)
        return rqa__store_fail(store, code, "open");
    rqa__free(store->file);
    store->file = rqa__strdup(sqlite3_db_filename(store->db, "main"));
    if (!store->file)
        return rqa__fail_memory("a store");
    sqlite3_busy_handler(store->db, on_busy, store);
    int status = rqa__store_guard(store);
    if (!status)
        status = rqa__store_take_function(store);
    return status ? status : rqa__store_check_whole(store);
}

/* A file in WAL mode cannot be read where nothing can be written beside it, unless SQLite is told
 * that nobody changes it. That holds if nothing waits in a WAL, and is checked again after reading.
 * Only there: such a connection has no locks, and when it is closed, this process's others on the
 * same file lose theirs. */
static int open_frozen(struct rqa_store *store)
{
    const char *pending;
    store->frozen = rqa__file_state_of(store->path);
    int status = rqa__store_pending(store, &pending);
    if (status)
        return status;
    if (pending)
        return rqa__fail(RQA_ERROR_STORE,
                         "cannot read %.300s: its last changes are in the file %s beside it, which "
                         "needs a folder that can be written: copy both to one",
                         store->path, pending);
    sqlite3_close(store->db);
    store->db = NULL;
    store->is_frozen = 1;
    return open_database(store, "immutable=1");
}

static int open_for_reading(struct rqa_store *store, int may_freeze)
{
    int status = open_database(store, "mode=ro");
    if (status)
        return status;
    int code = sqlite3_exec(store->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    int refused = (code & 0xff) == SQLITE_CANTOPEN || code == SQLITE_READONLY_DIRECTORY;
    if (!refused) /* anything else comes again */
        return RQA_OK;
    return may_freeze ? open_frozen(store) : rqa__store_fail(store, code, "read");
}

/* SQLite asks no busy handler when two connections change the journal at once, since one that waited
 * for the other might wait for ever: both have to let go and try again. */
static int keep_wal(struct rqa_store *store)
{
    double until_s = rqa__now_s() + RQA__STORE_BUSY_S;
    int code;
    while ((code = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) &&
           rqa__store_is_contended(code) && rqa__now_s() < until_s)
        rqa__sleep(RQA__STORE_BUSY_STEP_S);
    return code == SQLITE_OK ? RQA_OK : rqa__store_fail(store, code, "write");
}

/* In one transaction: another process may be making the tables. */
static int check_whole_schema(struct rqa_store *store, int64_t *schema)
{
    int status = rqa__store_exec(store, "BEGIN", "read");
    if (!status)
        status = rqa__store_schema_check(store, schema);
    if (!status && store->mode == RQA_STORE_READ)
        status = rqa__store_keys_load(store);
    if (!status && store->mode == RQA_STORE_READ && *schema == RQA__STORE_SCHEMA)
        status = rqa__store_views_check(store); /* those of an older one are others */
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* it only read */
    return status;
}

/* The page size counts for a new file only. Rows are about 130 bytes: a page of 8 kB fills well, and
 * larger ones gained nothing. */
static int set_up(struct rqa_store *store)
{
    int64_t schema = 0;
    int status = check_whole_schema(store, &schema);
    if (status || store->mode == RQA_STORE_READ)
        return status;
    if (store->mode == RQA_STORE_CREATE && schema > 0)
        return rqa__fail(RQA_ERROR_STORE, "%.300s exists", store->path);
    if (schema == 0)
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
    status = rqa__store_schema_check(store, &schema); /* another process may have made it */
    if (!status && schema > 0)
        status = rqa__store_keys_load(store);
    if (!status && schema < RQA__STORE_SCHEMA)
        status = rqa__store_schema_lift(store, schema);
    if (!status)
        status = rqa__store_views_check(store);
    if (!status && store->has_other_views)
        status = rqa__store_views_make(store);
    status = rqa__store_end(store, status);
    return status ? status : rqa__store_rows_module(store);
}

static int make(struct rqa_store **out, struct rqa_context *context, const char *path,
                const rqa_store_options *options, int may_freeze)
{
    struct rqa_store *store = rqa__calloc(1, sizeof *store);
    if (!store)
        return rqa__fail_memory("a store");
    int status = rqa__mutex_init(&store->mutex);
    if (!status && (status = rqa__mutex_init(&store->merging)) != RQA_OK)
        rqa__mutex_destroy(&store->mutex);
    if (status) {
        rqa__free(store);
        return status;
    }
    store->context = context;
    store->mode = options->mode;
    store->path = rqa__path_for_others(path);
    if (options->command)
        store->command = rqa__strdup(options->command);
    if (!store->path || (options->command && !store->command))
        status = rqa__fail_memory("a store");
    const char *refusal = rqa__path_refusal(path);
    if (!status && refusal)
        status = rqa__fail(RQA_ERROR_STORE, "cannot open %.300s: %s", path, refusal);
    if (!status && rqa__is_folder(path))
        status = rqa__fail(RQA_ERROR_STORE, "%.300s is a folder; a store is a file", path);
    if (!status)
        status = store->mode == RQA_STORE_READ ? open_for_reading(store, may_freeze)
                                               : open_database(store, "mode=rwc");
    if (!status)
        status = set_up(store);
    if (status) {
        rqa__store_free(store);
        return status;
    }
    rqa__file_state state = rqa__file_state_of(store->file);
    store->device = state.device;
    store->number = state.number;
    *out = store;
    return RQA_OK;
}

int rqa__store_new(struct rqa_store **out, struct rqa_context *context, const char *path,
                   const rqa_store_options *options)
{
    return make(out, context, path, options, 1);
}

/* Frozen only where the store itself is: else the twin would take the locks of the store along. */
int rqa__store_twin(struct rqa_store **out, const struct rqa_store *store)
{
    const rqa_store_options options = {.struct_size = sizeof options, .mode = RQA_STORE_READ};
    struct rqa_store *twin;
    rqa__file_limit limit;
    rqa__file_limit_hold(&limit);
    int status = make(&twin, store->context, store->file, &options, store->is_frozen);
    if (!status && (twin->device != store->device || twin->number != store->number)) {
        rqa__store_free(twin);
        status = rqa__fail(RQA_ERROR_STORE, "cannot read %.300s: another file has taken its place",
                           store->file);
    }
    rqa__file_limit_release(&limit);
    if (!status)
        *out = twin;
    return status;
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
    rqa__free(store->file);
    rqa__free(store->path);
    rqa__mutex_destroy(&store->merging);
    rqa__mutex_destroy(&store->mutex);
    rqa__free(store);
}
