/* store_state.h - rqa_store inside: the connection, its statements and transactions, the tables and views.
 * What is in them has store_content.h.
 *
 * All functions return 0 or a status with text. Those between rqa__store_begin() and
 * rqa__store_end() are called by the thread that began; the others lock for themselves.
 */
#ifndef RQA_STORE_STORE_STATE_H
#define RQA_STORE_STORE_STATE_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "base/file_limit.h"
#include "base/lock_file.h"
#include "base/thread.h"
#include "rqa/measure.h"
#include "rqa/store.h"

/* How many of its own steps SQLite may take between two rows, whatever the file. */
enum { RQA__STORE_LEAST_STEPS = 20000000 };

enum { RQA__STORE_SCHEMA = 2, RQA__STORE_APPLICATION = 0x52514131 /* "RQA1" */ };

/* item.replaced: what a user sees of an item, in which view. */
enum {
    RQA__ITEM_CURRENT = 0,  /* results */
    RQA__ITEM_REPLACED = 1, /* results_replaced: its data have changed since */
    RQA__ITEM_OLDER = 2     /* results_older: of an older numerics version */
};

/* Ids of rows stay below this, far from overflow. */
#define RQA__STORE_LAST_ROW (INT64_C(1) << 60)

/* How long another process may hold the file before that is an error, and how often to look. */
#define RQA__STORE_BUSY_S 60.0
#define RQA__STORE_BUSY_STEP_S 0.002

/* The statements that are kept prepared. */
enum rqa__statement {
    RQA__ADD_SETTING,
    RQA__FIND_SETTING,
    RQA__ADD_ANALYSIS,
    RQA__FIND_ANALYSIS,
    RQA__FIND_ITEM,
    RQA__ADD_ITEM,
    RQA__SET_ITEM,
    RQA__REPLACE_ITEM,
    RQA__DROP_REPLACED,
    RQA__UNITS_OF,
    RQA__SETTINGS_OF,
    RQA__LAST_ROW,
    RQA__ADD_UNIT,
    RQA__ADD_ROWS,
    RQA__DROP_ROWS,
    RQA__COUNT_ROWS,
    RQA__SET_UNIT,
    RQA__DROP_UNIT,
    RQA__ADD_REASON,
    RQA__FIND_REASON,
    RQA__FIND_CLAIM,
    RQA__ADD_CLAIM,
    RQA__DROP_CLAIM,
    RQA__DROP_CLAIMS,
    RQA__ADD_WORKER,
    RQA__DROP_WORKER,
    RQA__ITEMS_IN_ORDER,
    RQA__ROWS_OF,
    RQA__STATEMENTS
};

/* A vector of reasons and the row of `reason` that says it in words. */
typedef struct rqa__reason_entry {
    uint8_t reasons[RQA_MEASURE_COUNT];
    int64_t id;
} rqa__reason_entry;

struct rqa_store {
    struct rqa_context *context; /* borrowed */
    char *path;
    char *file; /* the whole path, as SQLite has it: a change of folder does not touch it */
    uint64_t device, number; /* of the file */
    char *command;
    int32_t mode;
    rqa__mutex mutex; /* one user of the connection at a time */
    rqa__file_limit limit; /* of the thread that has begun a transaction */
    rqa__mutex merging; /* taken before it: one merge at a time, from ATTACH to DETACH */
    int is_frozen; /* read without locks, as on read-only media; `frozen` says whether that was right */
    rqa__file_state frozen;
    sqlite3 *db;
    sqlite3_stmt *statement[RQA__STATEMENTS];
    int failure;   /* why rqa__store_statement() gave NULL */
    int impatient; /* the busy handler gives up at once */
    const atomic_int *cancel; /* ends what SQLite is at; NULL: nothing does */
    int64_t n_steps, max_steps; /* of SQLite since it last gave a row, and how many it may take */
    int is_endless;             /* it took them */
    const char *merged_path;    /* the store that is attached */
    int64_t n_triggers;         /* of others, on our tables */
    int has_other_views;        /* those under our names are not ours */
    char **key;    /* [n_keys] names; they stay where they are until the store is closed */
    uint32_t n_keys, n_keys_kept; /* kept: at the begin of the transaction */
    int64_t schema; /* of the tables; older than ours only where the store is read */
    rqa__reason_entry *reason; /* cache */
    size_t n_reasons, reason_room;
    const struct rqa__store_rows *rows; /* what the table rqa_rows shows at the moment */
    uint64_t rows_shape;         /* of which rows RQA__ADD_ROWS was prepared for */
    struct rqa__store_taking *taking; /* who takes the rows that are read at the moment */
};

/* store_open.c */
int rqa__store_new(struct rqa_store **out, struct rqa_context *context, const char *path,
                   const rqa_store_options *options);
void rqa__store_free(struct rqa_store *store);
/* The same file over a connection of its own, for reading: who reads for long, or calls the user back
 * meanwhile, holds nothing of `store`. rqa__store_free() it. */
int rqa__store_twin(struct rqa_store **out, const struct rqa_store *store);

/* store_file.c */
/* What SQLite opens: `how` is "mode=ro", ... The caller frees it; NULL without memory. */
char *rqa__store_uri(const char *path, const char *how);
/* The suffix of a file beside the store that has changes which are not in the store yet: "-wal" or
 * "-journal"; NULL: there is none. */
int rqa__store_pending(const struct rqa_store *store, const char **suffix);
/* RQA_ERROR_STORE_FORMAT for a file that was cut inside a page, which SQLite does not notice. */
int rqa__store_check_whole(struct rqa_store *store);
/* RQA_ERROR_STORE if a store that is read without locks has been written to since. */
int rqa__store_check_frozen(const struct rqa_store *store);

/* store_guard.c */
/* Sets up a connection that has just been opened. */
int rqa__store_guard(struct rqa_store *store);

/* store_access.c */
/* Whether a later attempt may pass: another process holds the file, or was faster to delete a journal that
 * both took for one that a dead process had left beside an empty file. */
int rqa__store_is_contended(int code);
/* The status and text for SQLite's last failure while `doing` ("write"). */
int rqa__store_fail(struct rqa_store *store, int code, const char *doing);
/* For what SQLite's own checks do not see: `what` is the number that cannot be. */
int rqa__store_fail_damaged(const struct rqa_store *store, const char *what);
int rqa__store_fail_conflict(const struct rqa_store *into, const struct rqa_store *from,
                             const char *what);
/* A query goes on: its steps are counted anew. */
void rqa__store_count_steps(struct rqa_store *store);
int rqa__store_exec(struct rqa_store *store, const char *sql, const char *doing);
/* The first cell of a query's first row, 0 if there is none. */
int rqa__store_integer(struct rqa_store *store, const char *sql, int64_t *out);
int rqa__store_prepare(struct rqa_store *store, const char *sql, sqlite3_stmt **out);
/* A number that is another whenever another connection has changed the store. */
int rqa__store_data_version(struct rqa_store *store, int64_t *out);
/* One step: *row = 1 if there is a row. The statement is reset when it has ended or failed. */
int rqa__store_step(struct rqa_store *store, sqlite3_stmt *statement, int *row, const char *doing);
/* Runs a statement that yields no row. */
int rqa__store_do(struct rqa_store *store, sqlite3_stmt *statement, const char *doing);

/* store_transaction.c */
/* A write transaction; end commits when status is 0, else rolls back, and returns the first
 * failure. While another process writes, begin waits up to a minute without holding the store;
 * *cancel (may be NULL) ends that. begin_soon is for tidying up: it hardly waits at all. */
int rqa__store_begin(struct rqa_store *store, const atomic_int *cancel);
int rqa__store_begin_soon(struct rqa_store *store);
/* Inside a transaction, up to its end: *cancel also stops a query that runs. */
void rqa__store_listen(struct rqa_store *store, const atomic_int *cancel);
int rqa__store_end(struct rqa_store *store, int status);

/* store_schema.c */
/* Inside a transaction: makes the tables, or those of an older version into ours. */
int rqa__store_schema_lift(struct rqa_store *store, int64_t schema);
/* The next of the statements that make the tables of a version, NULL after the last; *step and
 * *entry say where, and begin with 0. */
const char *rqa__store_step_at(int64_t schema, int64_t *step, int64_t *entry);
/* RQA_ERROR_STORE_FORMAT: its tables are of a version that this librqa does not know. */
int rqa__store_fail_newer(const struct rqa_store *store, int64_t schema);
/* Of how many measures tables of a version have columns: the first so many. */
static inline int32_t rqa__store_schema_measures(int64_t schema)
{
    return schema < 2 ? RQA_MEASURES_DEFAULT_COUNT : RQA_MEASURE_COUNT;
}

/* store_compare.c */
/* RQA_ERROR_STORE_FORMAT if the tables of the database `base` ("main", or "o" of a merge, which is
 * the file of `from`) are not those that librqa makes; sets n_triggers. */
int rqa__store_compare(struct rqa_store *store, const char *base, const struct rqa_store *from,
                       int64_t schema);

/* Whether a file is a store that this librqa can use. *schema = the version of its tables, 0 for an
 * empty file, of which a store can be made. */
int rqa__store_schema_check(struct rqa_store *store, int64_t *schema);

/* store_check.c */
/* RQA_ERROR_STORE_FORMAT if what tables say of each other does not hold: a number that leads
 * nowhere, rows that two units claim. Costs a few microseconds for each item and unit. */
int rqa__store_check(struct rqa_store *store, const char *base, const struct rqa_store *from);
/* Whether all rows are in a unit: those in none would be in no result. Reads all of `result`. */
int rqa__store_check_no_stray(struct rqa_store *store, const char *base,
                              const struct rqa_store *from);

/* Whether a measure of a row of `result`, of SQLite's `type`, cannot be: no number, or not computed
 * (is_due 0), or missing without a reason. */
static inline int rqa__store_is_odd_value(int type, int is_due, int has_reason)
{
    return type == SQLITE_FLOAT ? !is_due : type != SQLITE_NULL || (is_due && !has_reason);
}
/* Whether a window cannot be that of a row of an item with windows, or without. */
int rqa__store_is_odd_window(int type, int64_t window, int has_windows);

/* store_views.c */
int rqa__store_is_view(const char *name);
/* Inside a transaction. */
int rqa__store_views_make(struct rqa_store *store);
/* The views for the eyes of this connection alone, before those of the file. */
int rqa__store_views_lend(struct rqa_store *store);
/* Sets has_other_views. */
int rqa__store_views_check(struct rqa_store *store);
int rqa__store_keys_load(struct rqa_store *store);
/* All but the first n. */
void rqa__store_keys_forget(struct rqa_store *store, uint32_t n);
/* Makes the keys columns of the view; inside a transaction. Column k of `column` gets the position
 * of names[k]. */
int rqa__store_keys_add(struct rqa_store *store, const char *const *names, uint32_t n,
                        uint32_t *column);
/* Appends to a statement that grows; *out becomes NULL when memory runs out. */
void rqa__store_append(char **out, const char *format, const char *text);
/* ", result.name" for every measure; NULL for those of which tables of a version have no column. */
const char *rqa__store_measures(int64_t schema);
/* Behind them, in the table as in a list: what a recurrence rate has reached, and the window. */
const char *rqa__store_tail(int64_t schema);
/* The last of these by itself. */
const char *rqa__store_window(int64_t schema);

/* store_statements.c */
/* The kept statement, reset and without bindings; NULL with a failure, whose status is in
 * store->failure. */
sqlite3_stmt *rqa__store_statement(struct rqa_store *store, enum rqa__statement which);

#endif
