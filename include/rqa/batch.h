/**
 * @file rqa/batch.h
 * @brief rqa_batch: a grid of settings over many recordings, as one job.
 *
 * @code
 * rqa_batch_create(&batch, context, &options);      // the grid
 * rqa_batch_add(batch, &item);                      // once for each recording and mode
 * rqa_batch_run(batch, on_event, user);             // or start, poll, cancel, wait
 * @endcode
 *
 * Work is shared: one pass over a recording and delay serves every dim, threshold, lmin and vmin.
 *
 * Rows. A combination is one (dim, delay, threshold, lmin, vmin). The rows of an item are in the
 * order of nested loops: dim outermost, then delay, threshold, lmin, vmin innermost, each axis in
 * the order of the options; items follow each other in the order they were added. So row
 *
 *     r = item * n_combinations + ((((d*n_delays + t)*n_thresholds + e)*n_lmins + l)*n_vmins + v)
 *
 * has one value for each measure asked for, by rising measure id.
 *
 * Windows (since 0.3.0). With `window` and `step` every combination is computed in windows that move
 * along the recording, as rqa_windows_compute() has them for the same settings, to the last bit; windows
 * are the innermost axis. Their number differs between recordings, so that the formula does not hold:
 * rqa_batch_item_rows() gives the rows of an item, of which
 *
 *     first + ((((d*n_delays + t)*n_thresholds + e)*n_lmins + l)*n_vmins + v) * n_windows + w
 *
 * is that of window w, with n_windows = n / n_combinations. A recording that is shorter than a window
 * has one row for each combination, NaN with RQA_REASON_SERIES_TOO_SHORT, which stands for the window
 * that it would have first; so has an item that failed. Where one window, and not the recording, cannot
 * have a value (all of its vectors touch a missing sample, or a rate is out of its reach), the row
 * of that window is NaN and says why.
 *
 * One bad item never stops the others: it has its own status and text, and its rows are NaN with
 * RQA_REASON_FAILED. A combination too long for its series is no error: NaN with
 * RQA_REASON_SERIES_TOO_SHORT; nor is one all of whose vectors touch a missing sample: NaN with
 * RQA_REASON_ALL_SKIPPED; nor, under RQA_THRESHOLD_RECURRENCE_RATE, a rate that missing samples or
 * the Theiler window put out of reach: NaN with RQA_REASON_RATE_UNREACHABLE.
 *
 * Thresholds are in the unit of the analysis options. Recurrence rates are an axis like the others
 * (since 0.3.0): for every item, dim and delay each is the threshold that rqa_metrics_compute() takes
 * for it, and what it reached comes with the rows, see rqa_batch_set_reached(). So are numbers of
 * neighbours and their rates; a number that a combination has no vectors for is no error: NaN with
 * RQA_REASON_SERIES_TOO_SHORT. A corridor reaches from the options' threshold_lower to each threshold.
 * Neighbours and corridors run on threads alone. RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS is refused.
 */
#ifndef RQA_BATCH_H
#define RQA_BATCH_H

#include "analysis.h"
#include "series.h"
#include "windows.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A grid over many recordings. Opaque; owned by one thread, but see poll and cancel. */
typedef struct rqa_batch rqa_batch;

/** Options of rqa_batch_create(). Fill with rqa_batch_options_init() first; arrays are copied. */
typedef struct rqa_batch_options {
    uint32_t struct_size;     /**< sizeof(rqa_batch_options); set by the init function. */
    uint32_t n_dims;          /**< How many dims, >= 1. */
    const uint32_t *dims;     /**< Embedding dimensions, 1..1000, none twice. */
    const uint32_t *delays;   /**< Delays, >= 1, none twice. */
    const double *thresholds; /**< Thresholds, finite, >= 0, none twice, above a corridor's lower one;
                                   rates above 0 and at most 1; numbers of neighbours from 1 on. */
    const uint32_t *lmins;    /**< Shortest diagonal lines, >= 1; NULL = the analysis options'. */
    const uint32_t *vmins;    /**< Shortest vertical lines, >= 1; NULL = the analysis options'. */
    uint32_t n_delays;        /**< How many delays, >= 1. */
    uint32_t n_thresholds;    /**< How many thresholds, >= 1. */
    uint32_t n_lmins;         /**< How many lmins; 0 with NULL. */
    uint32_t n_vmins;         /**< How many vmins; 0 with NULL. */
    const rqa_analysis_options *analysis; /**< Everything else (convention, Theiler, measures,
                                               backend, ...): its threshold and threshold_y are not
                                               used (a threshold of the grid is that of both series),
                                               its norm, relation are defaults that an item may
                                               replace. NULL for the defaults. */
    double event_interval_s;  /**< At most one progress event in this time; default 0.2. */
    double device_interval_s; /**< Between device_stats events; default 5. */
    uint32_t shard_index;     /**< Which shard, 1 .. shard_count. Since 0.2.0. */
    uint32_t shard_count;     /**< 0 or 1: the whole batch. Else only the work units of this shard
                                   are computed, into a store, which is required: the units are
                                   dealt out evenly by predicted cost, the same on every machine.
                                   Since 0.2.0. */
    uint64_t window;          /**< Samples of a window, 2 .. INT64_MAX; 0 = no windows. Windows run on
                                   threads: a `backend` of GPU or HYBRID is refused. Since 0.3.0. */
    uint64_t step;            /**< Samples from one start to the next, 1 .. INT64_MAX; default 1. Since
                                   0.3.0. */
    int32_t scope;            /**< Of windows: ::rqa_windows_scope; default RECORDING. Since 0.3.0. */
    uint32_t reserved;        /**< 0. */
} rqa_batch_options;

/**
 * Fills the options with their defaults and struct_size.
 * @param[out] options NULL is ignored
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API void rqa_batch_options_init(rqa_batch_options *options);

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes: the library may know a longer or a shorter one. Callers that look functions up at run time
 * call this one; the macro rqa_batch_options_init() does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_batch_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_batch_options_init_sized(rqa_batch_options *options, size_t size);

/**
 * The function of this name, with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_batch_options_init(options) \
    rqa_batch_options_init_sized((options), sizeof(rqa_batch_options))

/**
 * Makes an empty batch for a grid.
 *
 * @param[out] out the batch, owned by the caller; NULL on failure
 * @param context the context it belongs to
 * @param options the grid; copied
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (an axis is empty or holds
 *         a value that is not allowed), RQA_ERROR_OVERFLOW, RQA_ERROR_UNSUPPORTED,
 *         RQA_ERROR_MEMORY, RQA_ERROR_BACKEND_MISSING
 * @par Cost
 * O(size of the axes).
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_create(rqa_batch **out, rqa_context *context,
                                    const rqa_batch_options *options);

/**
 * Cancels what runs, waits for it and frees the batch.
 * @param batch NULL is allowed
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API void rqa_batch_destroy(rqa_batch *batch);

/** One recording in one mode. Zero it, set struct_size, norm and relation (or -1), and x. */
typedef struct rqa_batch_item {
    uint32_t struct_size; /**< sizeof(rqa_batch_item), set by the caller. */
    int32_t norm;         /**< ::rqa_norm, or -1 for the batch's. */
    int32_t relation;     /**< ::rqa_relation, or -1 for the batch's. */
    uint32_t reserved;    /**< 0. */
    const rqa_series *x;  /**< The recording; kept by the batch. NULL: the item failed before it got
                               here, with `status` and `text`. */
    const rqa_series *y;  /**< The other recording for cross and joint, else NULL. */
    const char *label;    /**< Shown in events; copied; NULL = "item k". */
    const char *text;     /**< Why there is no x; copied. */
    int32_t status;       /**< Why there is no x: a ::rqa_status_code. */
    int32_t channel_first; /**< First channel of x and y to use, 0-based. */
    int32_t channel_count; /**< How many channels; 0 = all from channel_first. */
    uint32_t reserved2;   /**< 0. */
    const char *mode;     /**< Name of the mode, such as "2d", for a store; copied; NULL = none.
                               Since 0.2.0. */
    const char *const *key_names;  /**< What else tells the item apart in a store, such as "group"
                                        and "subject": names of columns; copied. Since 0.2.0. */
    const char *const *key_values; /**< Their values; copied. Since 0.2.0. */
    uint32_t n_keys;      /**< Entries of key_names and key_values. Since 0.2.0. */
    uint32_t reserved3;   /**< 0. */
} rqa_batch_item;

/**
 * Adds an item.
 *
 * @param batch a batch that has not been started
 * @param item copied; the series stay alive as long as the batch needs them
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH,
 *         RQA_ERROR_STATE (already started), RQA_ERROR_OVERFLOW, RQA_ERROR_MEMORY,
 *         RQA_ERROR_UNSUPPORTED
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_add(rqa_batch *batch, const rqa_batch_item *item);

/** Sizes of a batch, for rqa_batch_size(). */
enum rqa_batch_axis {
    RQA_BATCH_ITEMS = 0,        /**< Items added. */
    RQA_BATCH_COMBINATIONS = 1, /**< Rows of one item, or, with windows, of one window of it. */
    RQA_BATCH_ROWS = 2,         /**< Rows of all items: items x combinations without windows. */
    RQA_BATCH_MEASURES = 3,     /**< Values in a row. */
    RQA_BATCH_UNITS = 4         /**< Work units: items x delays. */
};

/**
 * Sizes of a batch.
 * @param batch a batch
 * @param axis ::rqa_batch_axis
 * @return the number; 0 for NULL or an unknown axis
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API uint64_t rqa_batch_size(const rqa_batch *batch, int32_t axis);

/** The settings of a row. */
typedef struct rqa_batch_row {
    uint32_t struct_size; /**< sizeof(rqa_batch_row), set by the caller. */
    uint32_t dim;         /**< Embedding dimension. */
    uint64_t item;        /**< Item, in the order of rqa_batch_add(). */
    double threshold;     /**< Threshold, as given. */
    uint32_t delay;       /**< Delay. */
    uint32_t lmin;        /**< Shortest diagonal line. */
    uint32_t vmin;        /**< Shortest vertical line. */
    uint32_t reserved;    /**< 0. */
    uint64_t window;        /**< Window, from 0; 0 without windows, as those below. Since 0.3.0. */
    uint64_t window_start;  /**< Its first sample. Since 0.3.0. */
    uint64_t window_end;    /**< Its last sample. Since 0.3.0. */
    double window_centre;   /**< (start + end) / 2, in samples. Since 0.3.0. */
} rqa_batch_row;

/**
 * The settings of a row.
 * @param batch a batch
 * @param row 0 .. rows-1
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_row_at(const rqa_batch *batch, uint64_t row, rqa_batch_row *out);

/**
 * The rows of an item, which are next to each other.
 * @param batch a batch
 * @param item 0-based
 * @param[out] first the first of them; NULL if not wanted
 * @param[out] n how many: combinations, times the windows of the item; NULL if not wanted
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such item)
 * @par Threads
 * The owner's.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_batch_item_rows(const rqa_batch *batch, uint64_t item, uint64_t *first,
                                       uint64_t *n);

/**
 * The measure in a column of the results.
 * @param batch a batch
 * @param column 0 .. measures-1
 * @return ::rqa_measure, -1 for no such column
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API int32_t rqa_batch_measure_at(const rqa_batch *batch, uint32_t column);

/**
 * Gives the array that takes all results. Optional: results also come with the events.
 *
 * @param batch a batch that has not been started
 * @param values n_rows x measures doubles, row-major, the caller's; written until wait returns
 * @param reasons n_rows x measures ::rqa_reason codes, or NULL
 * @param n_rows rows there is room for; must be at least the rows when the batch starts
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STATE
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_set_table(rqa_batch *batch, double *values, uint8_t *reasons,
                                       uint64_t n_rows);

/**
 * Gives the array that takes what recurrence rates have reached. Of each row two numbers: the
 * threshold, in data units, and the recurrence rate that it makes, at least the one asked for;
 * rqa_provenance has the same of a single analysis as `threshold` and `rr_reached`. Joint: those of x,
 * since a row has the columns of every relation; what y reached rqa_metrics_compute() tells. NaN where
 * the unit of the thresholds is another one, and in rows without a threshold.
 *
 * Optional: the events and a store have them too.
 *
 * @param batch a batch that has not been started, and has no store
 * @param reached n_rows x 2 doubles, row-major, the caller's; written until wait returns
 * @param n_rows rows there is room for; must be at least the rows when the batch starts
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STATE
 * @par Threads
 * The owner's.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_batch_set_reached(rqa_batch *batch, double *reached, uint64_t n_rows);

/** Events of a batch. */
enum rqa_event {
    RQA_EVENT_BATCH_STARTED = 1,  /**< n_total is known. */
    RQA_EVENT_PROGRESS = 2,       /**< Counters, rate and ETA. */
    RQA_EVENT_DEVICE_STATS = 3,   /**< Load of a device that takes part: at the start and every
                                       device_interval_s; and once when it fails. */
    RQA_EVENT_BATCH_COMPLETED = 4, /**< The last one; also after a cancellation. */
    RQA_EVENT_ITEM_COMPLETED = 5  /**< An item's rows are complete: see `values`, or, with a store,
                                       the store. Items come in the order they were added. */
};

/** Where a batch stands. */
typedef struct rqa_batch_statistics {
    uint32_t struct_size;   /**< sizeof(rqa_batch_statistics), set by the caller. */
    int32_t state;          /**< 0 not started, 1 running, 2 ended, 3 ended by cancellation or
                                 error. */
    uint64_t n_total;       /**< Rows in all; with shards those of this shard. */
    uint64_t n_done;        /**< Rows computed (also those that are too short). */
    uint64_t n_failed;      /**< Rows of failed items. */
    uint64_t n_skipped;     /**< Rows that a store already had. */
    double percent;         /**< 100 * (done + failed + skipped) / total. */
    double elapsed_s;       /**< Since the start. */
    double eta_s;           /**< Estimated time left: what is done has taken so long, and the rest
                                 is as much again by its sizes and a look at its data. NaN until
                                 there is something to go by. */
    double rate_per_s;      /**< Rows computed in a second so far, failed ones included. */
} rqa_batch_statistics;

/** An event. The callback's copy; pointers are valid during the call. */
typedef struct rqa_batch_event {
    uint32_t struct_size;   /**< sizeof(rqa_batch_event) of the library. */
    int32_t type;           /**< ::rqa_event. */
    rqa_batch_statistics statistics; /**< Where the batch stands. */
    const char *label;      /**< Item completed last, or the device's name. */
    uint64_t item;          /**< ITEM_COMPLETED: which. DEVICE_STATS: which device, 0-based. */
    int32_t status;         /**< ITEM_COMPLETED: its status. BATCH_COMPLETED: the batch's.
                                 DEVICE_STATS: RQA_OK, or why it takes part no more: its work goes
                                 back to the queue. */
    uint32_t n_measures;    /**< ITEM_COMPLETED: values in a row. */
    const char *text;       /**< Text of a status that is not RQA_OK, else "". */
    const double *values;   /**< ITEM_COMPLETED: rows x measures, row-major. */
    const uint8_t *reasons; /**< ITEM_COMPLETED: a ::rqa_reason for each value. */
    uint64_t n_rows;        /**< ITEM_COMPLETED: rows in `values`. */
    double device_utilization; /**< DEVICE_STATS: 0..1, NaN if unknown. */
    uint64_t device_memory_used_bytes;  /**< DEVICE_STATS */
    uint64_t device_memory_total_bytes; /**< DEVICE_STATS. 0 if nobody says, as of a device just
                                             lost, or one not used yet where there is no NVML: then
                                             device_memory_used_bytes is 0 too. */
    const double *reached;  /**< ITEM_COMPLETED: rows x 2, as rqa_batch_set_reached() has
                                 them; NULL where thresholds are no rates, with a store, and with a
                                 table alone. Since 0.3.0. */
} rqa_batch_event;

/**
 * Receives the events of a batch.
 *
 * @param event valid during the call
 * @param user what rqa_batch_run() or rqa_batch_wait() was given
 * @return 0 to go on; anything else cancels the batch
 * @par Threads
 * Called on the thread inside rqa_batch_run() or rqa_batch_wait(), one at a time, under no lock: it
 * may call rqa_batch_poll() and rqa_batch_cancel().
 */
typedef int (*rqa_batch_callback)(const rqa_batch_event *event, void *user);

/**
 * Runs the whole batch and returns when it has ended.
 *
 * @param batch a batch with at least one item
 * @param callback NULL = no events
 * @param user passed to the callback
 * @return RQA_OK (items may have failed: see their status), RQA_ERROR_CANCELLED,
 *         RQA_ERROR_STATE (started before, no items, table too small), RQA_ERROR_MEMORY,
 *         RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD, RQA_ERROR_FORKED
 * @par Cost
 * See rqa_batch_explain(). Memory: one item's rows for each item in flight, O(n) for each thread
 * and each dim and threshold that are computed at once: as many as the context's memory limit
 * allows.
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_run(rqa_batch *batch, rqa_batch_callback callback, void *user);

/**
 * Starts the batch in the background. rqa_batch_wait() must follow; results wait for it, and the
 * workers pause when too many of them do, unless a table was given and no callback is used.
 *
 * @param batch a batch with at least one item
 * @return as rqa_batch_run(), without waiting
 * @par Cost
 * As rqa_batch_run(), on other threads; the call itself is O(units).
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_start(rqa_batch *batch);

/**
 * Waits for a started batch, delivering events meanwhile.
 *
 * @param batch a started batch
 * @param timeout_s returns after this time at the latest; negative = no limit
 * @param callback NULL = no events
 * @param user passed to the callback
 * @return RQA_OK when the batch has ended or, with a timeout, when the time is over (rqa_batch_poll()
 *         tells which); RQA_ERROR_CANCELLED; RQA_ERROR_STATE (not started); or what made it fail
 *
 * Where not one thread could be started, and the backend is `auto` or `sequential`, the first call
 * does all the work on the calling thread before it returns, whatever timeout_s is; the log says so,
 * and the callback can still stop it.
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_wait(rqa_batch *batch, double timeout_s, rqa_batch_callback callback,
                                  void *user);

/**
 * Where the batch stands.
 *
 * @param batch a batch
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_FORKED
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_poll(const rqa_batch *batch, rqa_batch_statistics *out);

/**
 * Asks the batch to stop; work in flight is dropped within about 0.1 s. A batch that has not been
 * started ends as cancelled as soon as it is. Completed items keep their results.
 *
 * @param batch a batch; NULL is ignored
 * @par Threads
 * Any. Not async-signal-safe.
 * @since 0.1.0
 */
RQA_API void rqa_batch_cancel(rqa_batch *batch);

/**
 * Status of an item after the run.
 *
 * @param batch a batch
 * @param item 0-based
 * @param[out] text its text ("" if it is RQA_OK), borrowed from the batch; may be NULL
 * @return the item's status; RQA_ERROR_CANCELLED if it was not completed; RQA_ERROR_NULL or
 *         RQA_ERROR_VALUE for a wrong argument; RQA_ERROR_FORKED
 * @par Threads
 * The owner's, while no run or wait is going on.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_batch_item_status(const rqa_batch *batch, uint64_t item, const char **text);

/**
 * Says how the batch will be (or was) computed: backend and why, units, strategy for each kind of
 * unit, kernel level, threads, memory, and what the memory limit has changed. A few lines of plain
 * text.
 *
 * @param batch a batch
 * @return borrowed from the batch until the next call; NULL for NULL or without memory
 * @par Threads
 * The owner's.
 * @since 0.1.0
 */
RQA_API const char *rqa_batch_explain(rqa_batch *batch);

/**
 * Predicts how long a batch would compute: the cost model's time of all units on one CPU thread, with
 * the context's profile (rqa_context_calibrate() measures it, else an assumed one). What a store has
 * already and what a GPU would take over is not left out.
 *
 * @param batch a batch
 * @param[out] core_seconds seconds of one thread; 0 when there is nothing to compute
 * @return RQA_OK, RQA_ERROR_NULL, and what rqa_batch_start() refuses: RQA_ERROR_STATE (no items),
 *         RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT
 * @par Cost
 * O(units).
 * @par Threads
 * The owner's.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_batch_predict(rqa_batch *batch, double *core_seconds);

#ifdef __cplusplus
}
#endif

#endif
