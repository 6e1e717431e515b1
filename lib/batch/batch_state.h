/* batch_state.h - rqa_batch inside: items, units, progress, and what the threads share. */
#ifndef RQA_BATCH_BATCH_STATE_H
#define RQA_BATCH_BATCH_STATE_H

#include <stdatomic.h>

#include "backend/cpu_run.h"
#include "backend/select.h"
#include "batch/grid.h"
#include "batch/pace.h"
#include "batch/threshold_scale.h"
#include "data/recording.h"
#include "plan/context_state.h"
#include "rqa/store.h"

typedef struct rqa__item {
    rqa__source x, y;    /* x.series NULL: failed before it got here */
    int has_y;
    rqa__rules rules;
    double *bounds;      /* [n_dims * n_thresholds] in engine order, NULL for diameters */
    double *bounds_y;    /* joint */
    char *label, *mode;
    char **key_names, **key_values;
    uint32_t n_keys;
    int32_t status;      /* under the mutex while running */
    char *text;
    uint32_t n_units_left; /* under the mutex */
    double *values;      /* [n_combinations * n_measures], from the first unit to delivery */
    uint8_t *reasons;
    int owns_values, owns_reasons; /* ours, not the caller's table */
    int complete;        /* every unit has ended; under the mutex */
    /* With a store. */
    int64_t analysis_id, store_id; /* 0 = not registered */
} rqa__item;

enum {
    RQA__UNIT_OPEN = 0,
    RQA__UNIT_MINE = 1,  /* ours to compute; without a store every unit is */
    RQA__UNIT_BUSY = 2,  /* another process has begun it */
    RQA__UNIT_GIVEN = 3, /* computed, and on its way to the store */
    RQA__UNIT_ENDED = 4, /* computed, skipped, or of another shard */
};

/* One item and delay. */
typedef struct rqa__unit {
    double cost;         /* predicted ns on one thread, of its rows to compute */
    double seconds;      /* what it took, of one thread */
    uint64_t n_rows;     /* rows to compute */
    int64_t last_stored; /* newest of the store's units for it when last looked at; 0 = none */
    uint8_t *present;    /* [rows of a unit] 1 = the store has it; NULL = it has none of them */
    atomic_int state;    /* RQA__UNIT_* */
    uint8_t in_shard;
    uint8_t alone;       /* sharing it has failed: one worker takes it */
} rqa__unit;

/* A device that takes part. */
typedef struct rqa__batch_device {
    rqa__device *device;   /* borrowed from the context */
    size_t index;          /* in the context's list */
    double speed;          /* assumed, in CPU threads */
    int32_t status;        /* why it takes part no more; under the mutex */
    int announced;
    char text[256];
} rqa__batch_device;

enum { RQA__BATCH_NEW = 0, RQA__BATCH_RUNNING = 1, RQA__BATCH_ENDED = 2, RQA__BATCH_STOPPED = 3 };

struct rqa__batch_store; /* batch_store.c */
struct rqa__writer;      /* batch_writer.c */

struct rqa_batch {
    struct rqa_context *context;
    rqa__grid grid;
    double event_interval_s;
    uint32_t shard_index, shard_count;
    rqa__item *item;
    size_t n_items, item_room;
    double *table_values;
    uint8_t *table_reasons;
    uint64_t table_rows;
    char *explanation;

    rqa__choice choice;
    unsigned n_cpu;          /* threads that compute; of a GPU batch those that may have to */
    uint64_t memory_left;    /* bytes that computing may take: the limit without rows in flight */
    size_t n_ahead;        /* items begun and not yet delivered, at most, before workers pause; with
                              a store, units computed and not yet written */
    char memory_note[256]; /* what the memory limit has changed; empty: nothing */
    int may_leave_devices;   /* what devices cannot do, threads may */
    rqa__batch_device *device; /* [n_devices]; none unless the backend is gpu or hybrid */
    size_t n_devices;
    double device_interval_s, last_device_event_s;
    size_t next_device_event; /* of the devices whose turn it is */
    rqa__unit *unit; /* [n_items * n_delays], from prepare on */
    uint64_t n_units;
    uint64_t n_rows; /* of the units in this shard */
    struct rqa__batch_store *store; /* NULL = none */
    struct rqa__writer *writer;     /* while running, with a store */
    rqa__thread driver;
    int driver_started;
    int runs_here; /* it could not be: the thread that waits does the work */
    int is_auto;   /* nobody has named a backend */
    char thread_note[80]; /* which threads could not be had; under the mutex; empty: none */
    atomic_int cancel;
    rqa__mutex claim_mutex; /* one worker claims at a time */

    rqa__mutex mutex;
    rqa__cond event; /* to the waiting thread: an item completed, or the end */
    rqa__cond room;  /* to the workers: an item was delivered, or cancelled */
    int state;       /* RQA__BATCH_*; the rest under the mutex too */
    int driver_done;
    int32_t status;
    char text[512];
    size_t n_delivered;  /* items whose event is over */
    size_t last_complete;
    int any_complete;
    uint64_t n_done, n_failed, n_skipped;
    double cost_total; /* of what is to be computed when the batch starts */
    rqa__pace pace;
    double started_s, ended_s;
    double working_s; /* when the first unit could begin */
    double last_event_s;
    int announced_start, announced_end;
};

static inline uint64_t rqa__batch_unit_rows(const struct rqa_batch *batch)
{
    return batch->grid.n_combinations / batch->grid.n_delays;
}

/* Where a unit's values go: rows of a whole item, or of one delay alone. */
typedef struct rqa__unit_rows {
    double *values;
    uint8_t *reasons;
    uint32_t n_delays, delay; /* the item's axis and position, or 1 and 0 */
} rqa__unit_rows;

/* batch_unit.c: one unit of work. */
typedef struct rqa__unit_worker rqa__unit_worker;
/* cpu_bytes: what its tasks may take of memory, in parts where they are more; 0: it runs none
 * itself, and makes no such parts. */
int rqa__unit_worker_create(rqa__unit_worker **out, struct rqa_batch *batch, uint64_t cpu_bytes);
void rqa__unit_worker_destroy(rqa__unit_worker *worker);
/* Bytes of one, without what its tasks take. */
uint64_t rqa__unit_worker_bytes(const struct rqa_batch *batch);
/* Fills the rows of a unit; of those that are there already (`present`) only what costs nothing. 0
 * or a status with text. */
int rqa__unit_run(rqa__unit_worker *worker, uint64_t unit, const rqa__unit_rows *rows,
                  const rqa__parallel *parallel);
/* The same in steps, for somebody else to run the tasks: the first part of the unit that is missing,
 * or NULL; then, once its tallies have been taken, the next. `rows` stays in use. */
int rqa__unit_begin(rqa__unit_worker *worker, uint64_t unit, const rqa__unit_rows *rows,
                    const rqa__parallel *parallel, const rqa__task **part);
const rqa__task *rqa__unit_next(rqa__unit_worker *worker);
/* The measures of one tally of the part in hand, for every (lmin, vmin), into their rows. */
int rqa__unit_take(void *worker, uint32_t dim_index, uint32_t threshold_index,
                   const rqa__tally *tally);
/* The task of a unit without bounds; returns how many dims leave vectors enough (0: none). */
uint32_t rqa__unit_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item,
                        uint32_t delay_position);
/* The same by number; 0 when there is nothing to run. */
int rqa__batch_task(rqa__task *task, const struct rqa_batch *batch, uint64_t unit);

/* batch_items.c */
int rqa__item_init(struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given);
void rqa__item_free(rqa__item *item);
int rqa__item_rows_take(struct rqa_batch *batch, size_t index); /* RQA_ERROR_MEMORY with text */
void rqa__item_rows_drop(rqa__item *item);
void rqa__item_rows_fail(struct rqa_batch *batch, rqa__item *item);

/* batch_run.c: where the batch stands; the caller holds the mutex. */
rqa_batch_statistics rqa__batch_statistics_locked(const struct rqa_batch *batch);

/* batch_memory.c: what a batch takes of memory, and what it does with less. */
/* Sets n_cpu, n_ahead, memory_left and memory_note, and the costs of units that are computed in
 * parts. `largest`: the unit that takes most. 0 or RQA_ERROR_MEMORY_LIMIT, naming what the least
 * needs. */
int rqa__batch_fit_memory(struct rqa_batch *batch, uint64_t largest);
/* What a unit may take while all work, and when it has all threads for itself. */
uint64_t rqa__batch_apart_bytes(const struct rqa_batch *batch);
uint64_t rqa__batch_together_bytes(const struct rqa_batch *batch);
/* Whether all threads can work on this unit together. */
int rqa__batch_fits_together(const struct rqa_batch *batch, uint64_t unit);

/* batch_plan.c: units, shard, costs, choice of backend. */
int rqa__batch_prepare(struct rqa_batch *batch);
void rqa__batch_units_free(struct rqa_batch *batch);
/* Sorts units by falling cost. 0 or RQA_ERROR_MEMORY. */
int rqa__batch_sort(const struct rqa_batch *batch, uint64_t *units, size_t n);

/* batch_costs.c */
/* Makes the units' costs, told from sizes, those of their data. */
void rqa__batch_weigh(struct rqa_batch *batch);

/* batch_accounts.c */
/* Accounts for a unit that has ended; what failed is the item's. The error text of a failure is
 * `text`. */
void rqa__batch_end_unit(struct rqa_batch *batch, uint64_t unit, int status, const char *text);
/* Accounts for n_rows of a unit that another process has computed; the caller holds the mutex. */
void rqa__batch_skip_rows_locked(struct rqa_batch *batch, uint64_t unit, uint64_t n_rows);

/* batch_hand.c: a unit in somebody's hand. */
enum { RQA__MAX_CLAIM = 256 };
typedef struct rqa__hand {
    uint64_t unit;
    rqa__unit_rows rows;
    struct rqa__parcel *parcel; /* with a store */
} rqa__hand;
/* Units order[at], order[at + step], ... up to but without order[end]. */
typedef struct rqa__stretch {
    const uint64_t *order;
    size_t at, end;
    int step;
} rqa__stretch;
/* Whether the item of a unit may begin. The caller holds the mutex. */
int rqa__hand_is_free_locked(const struct rqa_batch *batch, uint64_t unit);
/* Whether a unit is still to be taken, and by us. */
int rqa__hand_is_ours(const struct rqa_batch *batch, uint64_t unit);
/* Takes a unit in hand: with a store claims it, unless that is done, together with as many of the
 * stretch that it begins as are worth a claim; and makes room for its rows. Where there is none now,
 * `wait` for it, or leave *open 0. *open is 0 too for a unit that is not ours, and for one that
 * failed by itself, which is accounted for. */
int rqa__hand_take(struct rqa_batch *batch, uint64_t unit, const rqa__stretch *ahead, int wait,
                   rqa__hand *hand, int *open);
/* Hands the rows on, or the failure with the calling thread's text. */
void rqa__hand_close(struct rqa_batch *batch, rqa__hand *hand, int status);
/* Lets go of a unit that was not computed. */
void rqa__hand_drop(struct rqa_batch *batch, rqa__hand *hand);

/* batch_crew.c: devices, and threads beside them, from one queue of units. */
/* Runs the units of `order`. RQA_OK also where some are left open, because the devices have failed.
 * With `sorted` (falling cost) devices take from the front and threads from the back. */
int rqa__crew_run(struct rqa_batch *batch, const uint64_t *order, size_t n_order, int sorted);
/* Of all workers that are left together, in CPU threads; while a crew runs, the caller holds the
 * mutex. */
double rqa__crew_speed(const struct rqa_batch *batch);
/* Whether a device is left. */
int rqa__crew_has_devices(struct rqa_batch *batch);

/* batch_shared.c: a unit for all of them together. */
int rqa__shared_is_worth(const struct rqa_batch *batch, uint64_t unit);
/* Runs the unit at order[at]. RQA_OK also where it is left open: sharing it failed, and will not be
 * worth it again. */
int rqa__shared_run(struct rqa_batch *batch, const uint64_t *order, size_t at);

/* batch_driver.c: the thread that runs the units. */
void *rqa__batch_driver(void *batch);

/* batch_here.c: without such a thread. */
/* Does the work, with the events of rqa__batch_wait(). */
void rqa__batch_run_here(struct rqa_batch *batch, rqa_batch_callback callback, void *user);
/* Delivers an event or two if the calling thread is inside that; 0 if it is not. `locked`: the caller
 * holds the mutex, which is let go meanwhile. */
int rqa__batch_breathe_locked(struct rqa_batch *batch);
void rqa__batch_breathe(struct rqa_batch *batch);

/* batch_events.c: delivers what there is until the end or the deadline; the caller holds the mutex. */
void rqa__batch_pump(struct rqa_batch *batch, double deadline_s, rqa_batch_callback callback,
                     void *user);

/* Whether a unit is so much of the work that n_threads better share it than take it one of them. */
int rqa__batch_is_large(const struct rqa_batch *batch, uint64_t unit, unsigned n_threads);

/* batch_store.c: what the store has, and who computes what it lacks. */
int rqa__batch_store_set(struct rqa_batch *batch, struct rqa_store *store);
void rqa__batch_store_free(struct rqa_batch *batch);
struct rqa_store *rqa__batch_store_of(const struct rqa_batch *batch);
struct rqa__store_chosen;
/* The batch's items in this store; the caller frees *out. RQA_ERROR_MISMATCH if it does not compute
 * into it. */
int rqa__batch_store_items(const struct rqa_batch *batch, struct rqa_store *store,
                           struct rqa__store_chosen **out, size_t *n);
/* Registers the items, finds what is there: sets `present`, `n_rows` and `state` of the units. */
int rqa__batch_store_begin(struct rqa_batch *batch);
/* Gives back what was claimed and not computed, and closes the account of the run, which only a run
 * that completed fails for. */
int rqa__batch_store_end(struct rqa_batch *batch, int status);
/* Makes n units that are OPEN or BUSY ours unless somebody else has them, after another look at what
 * is there. */
int rqa__batch_store_claim(struct rqa_batch *batch, const uint64_t *units, size_t n);
/* Inside a transaction, for the writer: adds a unit's rows, or says why there are none. */
int rqa__batch_store_add(struct rqa_batch *batch, uint64_t unit, rqa__unit_rows *rows);
int rqa__batch_store_fail_item(struct rqa_batch *batch, uint64_t unit, int status,
                               const char *text);

/* batch_writer.c: the thread that puts finished units into the store. */
int rqa__writer_start(struct rqa_batch *batch);
/* A unit on its way to the store: computed, or failed with a text. */
typedef struct rqa__parcel {
    struct rqa__parcel *next;
    uint64_t unit;
    int status;
    char *text;
    rqa__unit_rows rows;
} rqa__parcel;
/* An empty parcel with room for the rows of a unit. While too much is on its way, `wait` or NULL. */
int rqa__writer_take(struct rqa_batch *batch, int wait, rqa__parcel **out);
/* Hands it over, with unit, rows and status set; if that is a failure, the calling thread's error
 * text goes with it. The writer accounts for the unit. */
void rqa__writer_give(struct rqa_batch *batch, rqa__parcel *parcel);
/* Writes what is left and ends the thread: 0 or the store's failure with text. */
int rqa__writer_stop(struct rqa_batch *batch);
/* Parcels that are worth having on their way with n_threads at work, and the bytes of one. */
size_t rqa__writer_parcels(const struct rqa_batch *batch, unsigned n_threads);
uint64_t rqa__writer_parcel_bytes(const struct rqa_batch *batch);

#endif
