/**
 * @file rqa/store.h
 * @brief rqa_store: results in a file that survives everything and that any SQLite program reads.
 *
 * @code
 * rqa_store_open(&store, context, "results.sqlite", NULL);
 * rqa_batch_set_store(batch, store);     // before the batch starts
 * rqa_batch_run(batch, on_event, user);  // computes what the store lacks
 * rqa_store_close(store);
 * @endcode
 *
 * The file. One SQLite 3 database in WAL mode. Rows are committed with the work unit (one item, one
 * delay) that made them: a process killed at any moment loses the units in flight and nothing else.
 * Its view `results` has one row for each result, and needs no librqa to be read:
 *
 *     series, <one column for each key>, mode, dim, delay, threshold, lmin, vmin,
 *     rr, det, ..., lam_det,        one column for each measure; NULL: undefined or not asked for
 *     status, reason,               'ok'; 'undefined' (some measure is) and which why; 'failed'
 *     backend, convention, norm, relation, compare, theiler, theiler_diagonal, theiler_vertical,
 *     wmin, threshold_unit, data,   what ran, by which rules, on what content
 *     numerics                      and its numerics version
 *     rules                         since 0.3.0, last: every rule in one text, those too that have no
 *                                   column, such as the rule for border lines
 *
 * An item that failed is one row with its text in `reason` and NULL for every setting. The tables
 * behind the view are described in docs/store.md; `run` keeps who computed what: command, options,
 * version, times.
 *
 * What is the same. A result is found again by the content of the recording (a 128-bit hash of the
 * samples as they are analysed, after scaling), the settings, every rule of the analysis, and the
 * numerics version of librqa: not by the recording's name. So the same batch run again computes what
 * is missing and no more, an extended grid computes its new part, and a recording that has changed
 * under its old name is new work: its new results take the place of the old ones in `results`, and
 * the old ones remain in `results_replaced`. Results of an older numerics version are computed anew:
 * when the first batch starts, all of them move to `results_older`, where they stay, so that
 * `results` and rqa_store_read() never mix two.
 *
 * Trust. A store may come from anybody. librqa runs no trigger and expands no view of it, refuses
 * tables that are not as it makes them, and says RQA_ERROR_STORE_FORMAT where one table contradicts
 * another, rather than leave out what leads nowhere; no query takes for ever. What a user has added
 * (tables, views, indices that are not UNIQUE) does not disturb.
 *
 * Sharing. Several threads and processes of one machine may compute into one store at a time: a
 * unit that one of them has begun is not begun by another, and what a killed process had begun is
 * taken up at once. For several machines give each its shard and its own store
 * (rqa_batch_options.shard_count), then rqa_store_merge().
 *
 * One SQLite. In the process that writes a store, read it through this library alone: by
 * rqa_store_read() and rqa_store_cursor_create(). Where a process has a second copy of SQLite (librqa
 * linked statically or taken from a wheel beside Python's sqlite3, R's RSQLite, ...), whatever that
 * copy opens and closes takes away the locks that librqa has on the file, since POSIX locks belong to
 * the process and end with the first close. Others then take the store for abandoned, and rows that
 * are committed afterwards can be lost. Another process may read a store with any SQLite at any time.
 */
#ifndef RQA_STORE_H
#define RQA_STORE_H

#include "batch.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An open store. Opaque. */
typedef struct rqa_store rqa_store;

/** How a store is opened. */
enum rqa_store_mode {
    RQA_STORE_WRITE = 0,  /**< For reading and writing; made if there is no file. */
    RQA_STORE_READ = 1,   /**< For reading; the file must be there and is not changed. */
    RQA_STORE_CREATE = 2  /**< For writing; an error if there is a file. */
};

/** Options of rqa_store_open(). Fill with rqa_store_options_init() first. */
typedef struct rqa_store_options {
    uint32_t struct_size; /**< sizeof(rqa_store_options); set by the init function. */
    int32_t mode;         /**< ::rqa_store_mode; default RQA_STORE_WRITE. */
    const char *command;  /**< Kept with each run: the command line, or what you like; copied. NULL
                               for none. */
} rqa_store_options;

/**
 * Fills the options with their defaults and struct_size.
 * @param[out] options NULL is ignored
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_store_options_init(rqa_store_options *options);

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes: the library may know a longer or a shorter one. Callers that look functions up at run time
 * call this one; the macro rqa_store_options_init() does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_store_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_store_options_init_sized(rqa_store_options *options, size_t size);

/**
 * The function of this name, with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_store_options_init(options) \
    rqa_store_options_init_sized((options), sizeof(rqa_store_options))

/**
 * Opens a store. Nothing is changed in a file that is not a store, is damaged, or was written by a
 * newer librqa. One of an older librqa is read as it is; opened for writing it gets the tables of
 * this one, all or nothing, and older ones refuse it from then on.
 *
 * @param[out] out the store, owned by the caller; NULL on failure
 * @param context the context it belongs to
 * @param path the file, UTF-8. Names that SQLite takes for something else, `:memory:` and those that
 *             begin with "file" and a colon, are refused; "./" before one makes it a file. Beside it
 *             SQLite keeps `path`-wal and `path`-shm while it is open, and librqa `path`-workers
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_STORE (it
 *         cannot be opened, written or locked, or an older librqa is computing into it),
 *         RQA_ERROR_STORE_FORMAT (no SQLite file, a foreign or damaged one, one whose tables were
 *         changed, or one of a newer librqa), RQA_ERROR_STORE_FULL, RQA_ERROR_MEMORY,
 *         RQA_ERROR_FORKED
 * @par Threads
 * Any. The store may be used from any thread, also by several batches at a time.
 * @since 0.2.0
 */
RQA_API rqa_status rqa_store_open(rqa_store **out, rqa_context *context, const char *path,
                                  const rqa_store_options *options);

/**
 * Closes a store. Batches that use it must have been destroyed.
 * @param store NULL is allowed
 * @par Threads
 * Any; not while another call uses the store.
 * @since 0.2.0
 */
RQA_API void rqa_store_close(rqa_store *store);

/**
 * Makes a batch compute into a store. It then computes only the rows that the store lacks; the
 * others count as skipped. Its ITEM_COMPLETED events come when the item's rows are in the file, and
 * carry no rows: read them there.
 *
 * Items are told apart by label, mode and keys (rqa_batch_item): two alike are refused when the
 * batch starts. If the store has a result with other measures than the batch asks for, the richer
 * set is kept: fewer are skipped, more are computed anew and replace it. Where neither set contains
 * the other, the batch does not start (RQA_ERROR_STORE_CONFLICT).
 *
 * @param batch a batch that has not been started and has no table
 * @param store open for writing, of the same context; it must outlive the batch
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STATE, RQA_ERROR_MISMATCH (other context)
 * @par Errors of the run
 * rqa_batch_start() and rqa_batch_run() also return RQA_ERROR_STORE, RQA_ERROR_STORE_FORMAT,
 * RQA_ERROR_STORE_FULL, RQA_ERROR_STORE_CONFLICT (also for results of a newer numerics version) and
 * RQA_ERROR_VALUE (two items alike). What had been committed by then stays. At the end it is looked
 * up whether the store has all that was done or found there: RQA_ERROR_STORE if another program has
 * taken some of it away.
 * @par Cost
 * One more thread, which writes about a million rows of 15 measures a second; up to 64 MB of rows on
 * their way.
 * @par Threads
 * The batch's owner.
 * @since 0.2.0
 */
RQA_API rqa_status rqa_batch_set_store(rqa_batch *batch, rqa_store *store);

/** What a store holds. */
typedef struct rqa_store_summary {
    uint32_t struct_size;  /**< sizeof(rqa_store_summary), set by the caller. */
    uint32_t schema;       /**< Version of the tables. */
    uint64_t n_items;      /**< Items (series and mode) of the view, failed ones included. */
    uint64_t n_failed;     /**< Items that failed. */
    uint64_t n_rows;       /**< Results of the view. */
    uint64_t n_replaced;   /**< Items whose data have changed since. */
    uint64_t n_runs;       /**< Runs. */
    uint32_t n_keys;       /**< Keys, such as group and subject. */
    int32_t numerics;      /**< Numerics version of the results of the view; 0 when there are none. */
    uint64_t measures;     /**< Bit k: some result of the view has measure k. */
    uint64_t rules;        /**< Bit k: results of one mode were made by more than one value of rule k
                                (rqa_store_rule_name()). 0: the mode tells by which rules. */
    uint64_t n_older;      /**< Items whose results are of an older numerics version and stand in the
                                view results_older; since 0.3.0. */
    uint64_t n_rates;      /**< Items of the view whose thresholds are recurrence rates, so that rows
                                 tell what they reached, or numbers of neighbours, whose rows tell that
                                 there is nothing of the kind; since 0.3.0. */
    uint64_t n_windowed;   /**< Items of the view with rows for each window; since 0.3.0. */
} rqa_store_summary;

/**
 * Counts what a store holds.
 * @param store a store
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_STORE, RQA_ERROR_STORE_FORMAT,
 *         RQA_ERROR_FORKED
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API rqa_status rqa_store_summarize(rqa_store *store, rqa_store_summary *out);

/**
 * Name of a key, in the order of the view's columns.
 * @param store a store
 * @param index 0 .. n_keys-1
 * @return borrowed until the store is closed; NULL for no such key, or in a forked child
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API const char *rqa_store_key(rqa_store *store, uint32_t index);

/**
 * Name of a rule: relation, norm, convention, compare, threshold_unit, theiler, theiler_diagonal,
 * theiler_vertical, wmin, trend_border, white_border, microstate_size, microstate_theiler (both empty
 * where no microstates were counted), border, ties (`index`, or empty: all), threshold_lower (of a
 * corridor, else empty), window_length, window_step, window_scope (empty without windows). Results of
 * one recording by different rules stand beside each other in a store.
 * @param index 0, 1, ...; the bits of rqa_store_summary.rules and entries of rqa_store_row.rules
 * @return static text; NULL: there are no more
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API const char *rqa_store_rule_name(uint32_t index);

/**
 * Adds the results of another store: those that `into` lacks. Merging the same store twice changes
 * nothing. All or nothing: on failure `into` is as it was. Several may merge and compute into one
 * store at a time, from any thread and process: they wait for each other.
 *
 * @param into open for writing
 * @param path the other store, named as in rqa_store_open(). It is only read, so that it may be on
 *             read-only media; while others write to it, its state at one moment is taken. If a
 *             killed process has left a -wal beside it, its folder must be one that can be written,
 *             or have its -shm as well
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (a name that is no file), RQA_ERROR_STATE (`into`
 *         is open for reading), RQA_ERROR_STORE,
 *         RQA_ERROR_STORE_FORMAT, RQA_ERROR_STORE_FULL, RQA_ERROR_STORE_CONFLICT (other numerics
 *         version, or other data under the same series, mode and keys, or other values for the same
 *         result), RQA_ERROR_MEMORY, RQA_ERROR_FORKED
 * @par Cost
 * About 2 microseconds for each row of `path`.
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API rqa_status rqa_store_merge(rqa_store *into, const char *path);

/** Which rows rqa_store_read() delivers. Zero it and set struct_size: everything. */
typedef struct rqa_store_filter {
    uint32_t struct_size;     /**< sizeof(rqa_store_filter), set by the caller. */
    uint32_t n_dims;          /**< Entries of `dims`; 0 = every dim. Likewise the others. */
    const uint32_t *dims;     /**< Dims wanted. */
    const uint32_t *delays;   /**< Delays wanted. */
    const double *thresholds; /**< Thresholds wanted, exactly as they were given. */
    const uint32_t *lmins;    /**< Shortest diagonal lines wanted. */
    const uint32_t *vmins;    /**< Shortest vertical lines wanted. */
    uint32_t n_delays;        /**< Entries of `delays`. */
    uint32_t n_thresholds;    /**< Entries of `thresholds`. */
    uint32_t n_lmins;         /**< Entries of `lmins`. */
    uint32_t n_vmins;         /**< Entries of `vmins`. */
    const rqa_batch *batch;   /**< Only the items of this batch, which has run into this very store:
                                   not those of other recordings, modes and rules; and of an item that
                                   was added as failed its failure, not what the store has of it from
                                   before. NULL: all. */
} rqa_store_filter;

/** A row of a store; pointers are valid during the call that delivers it. */
typedef struct rqa_store_row {
    uint32_t struct_size;     /**< sizeof(rqa_store_row) of the library. */
    int32_t status;           /**< RQA_OK, or the status of a failed item: then there are no settings
                                   and no values. */
    uint64_t item;            /**< 0, 1, ...: changes with every item. */
    const char *series;       /**< The item's label. */
    const char *mode;         /**< Its mode, "" for none. */
    const char *const *keys;  /**< Its values of the store's keys; NULL where it has none. */
    uint32_t n_keys;          /**< Entries of `keys`. */
    uint32_t dim;             /**< Embedding dimension. */
    double threshold;         /**< Threshold, as given. */
    uint32_t delay;           /**< Delay. */
    uint32_t lmin;            /**< Shortest diagonal line. */
    uint32_t vmin;            /**< Shortest vertical line. */
    uint32_t n_values;        /**< Entries of `values`: the number of measures. */
    const double *values;     /**< By ::rqa_measure; NaN: undefined or not computed. */
    const char *reason;       /**< Which measures are undefined and why, or the failed item's text;
                                   "" when all is well. */
    const char *backend;      /**< What computed it. */
    uint64_t measures;        /**< Bit k: measure k was computed. */
    const char *const *rules; /**< By which rules, as texts such as "pyrqa" and "1";
                                   rqa_store_rule_name() names them. */
    uint32_t n_rules;         /**< Entries of `rules`. */
    double threshold_reached; /**< Of a recurrence rate, the threshold in data units; NaN where there
                                   is none. Since 0.3.0. */
    double rr_reached;        /**< The recurrence rate that it makes; likewise. Since 0.3.0. */
    uint64_t window;          /**< Window, from 0; 0 without windows, as those below: the rule
                                   window_length is empty then. Since 0.3.0. */
    uint64_t window_start;    /**< Its first sample. Since 0.3.0. */
    uint64_t window_end;      /**< Its last sample. Since 0.3.0. */
    double window_centre;     /**< (start + end) / 2, in samples. Since 0.3.0. */
} rqa_store_row;

/** Receives a row. Return 0 to go on, anything else to stop. Called on the reader's thread, under no
 * lock: it may use the store, also to read or compute into it, but not close it. */
typedef int (*rqa_store_callback)(const rqa_store_row *row, void *user);

/**
 * Delivers the rows of the view in an order that depends on what the store holds and on nothing
 * else, however it got there: items by series, keys, mode and rules, each compared byte by byte as
 * the table `item` has it (keys with their lengths in front: b before aa), and the rows of each by
 * rising dim, delay, threshold, lmin, vmin, window. What is delivered is the store at one moment,
 * whatever is written meanwhile: it is read over a connection of its own.
 *
 * @param store a store
 * @param filter NULL for everything
 * @param callback receives the rows
 * @param user passed to the callback
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_MISMATCH (filter->batch does not
 *         compute into this store), RQA_ERROR_CANCELLED (the callback stopped it), RQA_ERROR_STORE,
 *         RQA_ERROR_STORE_FORMAT, RQA_ERROR_MEMORY, RQA_ERROR_FORKED
 * @par Cost
 * About a microsecond for each row, and a millisecond to open the file once more; memory for the
 * settings of one item.
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API rqa_status rqa_store_read(rqa_store *store, const rqa_store_filter *filter,
                                  rqa_store_callback callback, void *user);

/** What a value of an answer is. */
enum rqa_store_type {
    RQA_STORE_NULL = 0,    /**< Nothing: an undefined measure, a setting of a failed item. */
    RQA_STORE_INTEGER = 1, /**< An integer. */
    RQA_STORE_NUMBER = 2,  /**< A number. */
    RQA_STORE_TEXT = 3     /**< A text, UTF-8. */
};

/** A question to a store: one SELECT. Zero it, set struct_size and sql. */
typedef struct rqa_store_query {
    uint32_t struct_size;     /**< sizeof(rqa_store_query), set by the caller. */
    uint32_t n_parameters;    /**< How many ? the statement has. */
    const char *sql;          /**< The statement, in SQLite's SQL: on the views results,
                                   results_replaced and results_older, as librqa makes them, and on
                                   the tables of docs/store.md. */
    const uint8_t *types;     /**< [n_parameters] ::rqa_store_type of each; each then stands in one of
                                   the arrays below, which may be NULL where no type needs it. */
    const int64_t *integers;  /**< [n_parameters] The integers. */
    const double *numbers;    /**< [n_parameters] The numbers; NaN is NULL, as everywhere in SQLite. */
    const char *const *texts; /**< [n_parameters] The texts, UTF-8. */
    uint32_t block_rows;      /**< How many rows come at once at most, up to 1048576; 0: 1024. */
    uint32_t reserved;        /**< 0. */
} rqa_store_query;

/** Some rows of an answer, by columns. The value in row i of column k stands at [k * stride + i] of
 * the arrays; all pointers are valid until the cursor is asked for the next block or destroyed. */
typedef struct rqa_store_block {
    uint32_t struct_size;     /**< sizeof(rqa_store_block), set by the caller. */
    uint32_t n_columns;       /**< Columns of the answer. */
    uint64_t n_rows;          /**< Rows of this block; 0: there are no more. */
    uint64_t stride;          /**< From one column to the next; at least 1. */
    const char *const *names; /**< [n_columns] Names of the columns, also in a block without rows. */
    const uint8_t *types;     /**< ::rqa_store_type of each value. */
    const int64_t *integers;  /**< The integers; 0 where there is none. */
    const double *numbers;    /**< The numbers, and the integers as numbers; NaN where there is none. */
    const char *const *texts; /**< The texts; NULL where there is none. */
} rqa_store_block;

/** An answer that is being read. Opaque. */
typedef struct rqa_store_cursor rqa_store_cursor;

/**
 * Asks a store anything that one SELECT can say: which columns, `WHERE`, `count(*)`, means by
 * groups. It only reads: other statements, PRAGMA and ATTACH are refused. The views it sees are those
 * that librqa makes, whatever the file calls so.
 *
 * @code
 * rqa_store_query query = {.struct_size = sizeof query, .n_parameters = 1};
 * query.sql = "SELECT series, det FROM results WHERE dim = ? ORDER BY det";
 * query.types = (const uint8_t[]){RQA_STORE_INTEGER};
 * query.integers = (const int64_t[]){3};
 * rqa_store_cursor_create(&cursor, store, &query);
 * while ((status = rqa_store_cursor_next(cursor, &block)) == RQA_OK && block.n_rows) { ... }
 * rqa_store_cursor_destroy(cursor);
 * @endcode
 *
 * The answer is of the store at one moment, that of the first block, whatever is written meanwhile.
 * It comes over a connection of its own, made by this library, so that it disturbs no writer: not in
 * this process, where any other copy of SQLite would (see above), nor in others. While a cursor
 * lives, the file -wal beside the store cannot be emptied: destroy it soon.
 *
 * @param[out] out the cursor, owned by the caller; NULL on failure
 * @param store a store, which may be closed before the cursor
 * @param query the question; copied
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (SQL that SQLite does not
 *         understand or that does not only read, another number of parameters, an unknown type),
 *         RQA_ERROR_STORE, RQA_ERROR_STORE_FORMAT, RQA_ERROR_MEMORY, RQA_ERROR_FORKED
 * @par Cost
 * About a millisecond, for opening the file once more.
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_store_cursor_create(rqa_store_cursor **out, rqa_store *store,
                                           const rqa_store_query *query);

/**
 * The next rows of the answer.
 *
 * @param cursor a cursor
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled. n_rows is 0 when there
 *                    are no more, and from then on
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (the question asks for what
 *         cannot be computed, such as a text too long, for a blob, or does not end), RQA_ERROR_STORE,
 *         RQA_ERROR_STORE_FORMAT, RQA_ERROR_MEMORY, RQA_ERROR_FORKED. After a failure the cursor has
 *         no more rows
 * @par Cost
 * What SQLite takes; memory for one block.
 * @par Threads
 * Any, one at a time.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_store_cursor_next(rqa_store_cursor *cursor, rqa_store_block *out);

/**
 * Ends an answer, read to its end or not.
 * @param cursor NULL is allowed
 * @par Threads
 * Any; not while another call uses the cursor.
 * @since 0.3.0
 */
RQA_API void rqa_store_cursor_destroy(rqa_store_cursor *cursor);

#ifdef __cplusplus
}
#endif

#endif
