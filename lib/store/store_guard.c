/* store_guard.c - what a file may make SQLite do: read and write tables, in bounded time, and
 * nothing else. */
#include "store/store_state.h"

/* How often SQLite asks whether to go on, in its own steps; and how many steps a query may take
 * between two rows: no table that is there needs a hundredth of it. */
enum { ASK_EVERY = 1000 };
static const int64_t steps_per_byte = 100;

/* With the bytes in the WAL. */
static int64_t bytes_of(const struct rqa_store *store)
{
    const char *path[] = {store->path, store->merged_path};
    int64_t sum = 0;
    for (int k = 0; k < 2 && path[k]; k++) {
        char *wal = sqlite3_mprintf("%s-wal", path[k]);
        int64_t size = rqa__file_state_of(path[k]).size,
                size_wal = wal ? rqa__file_state_of(wal).size : 0;
        sqlite3_free(wal);
        sum += (size > 0 ? size : 0) + (size_wal > 0 ? size_wal : 0);
    }
    return sum;
}

static int on_step(void *arg)
{
    struct rqa_store *store = arg;
    if (store->cancel && atomic_load(store->cancel))
        return 1;
    store->n_steps += ASK_EVERY;
    if (store->n_steps < store->max_steps)
        return 0;
    int64_t n_bytes = bytes_of(store);
    store->max_steps = n_bytes < INT64_MAX / steps_per_byte - RQA__STORE_LEAST_STEPS
                           ? RQA__STORE_LEAST_STEPS + n_bytes * steps_per_byte
                           : INT64_MAX;
    store->is_endless = store->n_steps >= store->max_steps;
    return store->is_endless;
}

int rqa__store_guard(struct rqa_store *store)
{
    static const struct {
        int option, value;
    } config[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 0},    {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    /* A batch's options and a command line are the longest texts, a view of many keys the longest
     * statement, a unit of many keys that with most operations. */
    static const struct {
        int what, most;
    } limit[] = {
        {SQLITE_LIMIT_LENGTH, 1 << 28},         {SQLITE_LIMIT_SQL_LENGTH, 1 << 24},
        {SQLITE_LIMIT_EXPR_DEPTH, 500},         {SQLITE_LIMIT_COMPOUND_SELECT, 100},
        {SQLITE_LIMIT_VDBE_OP, 1000000},        {SQLITE_LIMIT_ATTACHED, 1},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t k = 0; k < sizeof config / sizeof config[0]; k++) {
        int code = sqlite3_db_config(store->db, config[k].option, config[k].value, NULL);
        if (code != SQLITE_OK)
            return rqa__store_fail(store, code, "open");
    }
    for (size_t k = 0; k < sizeof limit / sizeof limit[0]; k++)
        sqlite3_limit(store->db, limit[k].what, limit[k].most);
    rqa__store_count_steps(store);
    sqlite3_progress_handler(store->db, ASK_EVERY, on_step, store);
    return rqa__store_exec(store, "PRAGMA cell_size_check = ON", "open");
}
