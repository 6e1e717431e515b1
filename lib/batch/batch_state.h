/* batch_state.h - rqa_batch inside: items, units, progress, and who may touch what of it. */
#ifndef RQA_BATCH_BATCH_STATE_H
#define RQA_BATCH_BATCH_STATE_H

#include <stdatomic.h>

#include "backend/select.h"
#include "batch/grid.h"
#include "batch/pace.h"
#include "batch/source.h"
#include "plan/context_state.h"
#include "plan/task_plan.h"
#include "rqa/store.h"

typedef struct rqa__item {
    rqa__source x, y;    /* x.series NULL: failed before it got here */
    int has_y;
    rqa__rules rules;
    uint64_t first_row;  /* of the batch */
    uint64_t n_windows;  /* rows of a combination: 1 without windows, and where there is none */
    int has_no_window;   /* it is too short for one */
    double *bounds;      /* [n_dims * n_thresholds] in engine order; NULL: they depend on the unit */
    double *bounds_y;    /* joint */
    double below[2];     /* of a corridor, for x and y, where there are bounds */
    char *label, *mode;
    char **key_names, **key_values;
    uint32_t n_keys;
    int32_t status;      /* under the mutex while running */
    char *text;
    uint32_t n_units_left; /* under the mutex */
    double *values;      /* [rows * n_measures], from the first unit to delivery */
    uint8_t *reasons;
    double *reached; /* [rows * RQA__REACHED], where thresholds are rates; or NULL */
    int owns_values, owns_reasons, owns_reached; /* ours, not the caller's table */
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

/* Who computes a unit. */
enum {
    RQA__TEAM_ONE = 0,     /* a thread or a device: units side by side */
    RQA__TEAM_THREADS = 1, /* all threads together */
    RQA__TEAM_ALL = 2,     /* every device, and the threads beside them */
};

/* One item and delay. */
typedef struct rqa__unit {
    double cost;         /* predicted ns on one thread, of its rows to compute */
    double seconds;      /* what it took, of one thread */
    double passes;       /* of the cost of its plan, what passes beside the lines take */
    double weight;       /* times the cost of its plan: what is told from its data */
    uint64_t n_rows;     /* rows to compute */
    int64_t last_stored; /* newest of the store's units for it when last looked at; 0 = none */
    uint8_t *present;    /* [rows of a unit] 1 = the store has it; NULL = it has none of them */
    rqa__plan plan; /* on threads; of a unit without anything to compute, no dims. From the start
                       on written under the mutex, by the driver */
    atomic_int state;    /* RQA__UNIT_* */
    uint8_t in_shard;
    uint8_t team;  /* RQA__TEAM_*; as the plan */
    uint8_t alone; /* devices could not share it; the driver's */
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

/* What its owner asked for: constant once the batch has started. */
typedef struct rqa__batch_job {
    rqa__grid grid;
    double event_interval_s, device_interval_s;
    uint32_t shard_index, shard_count;
    rqa__item *item;
    size_t n_items, item_room; /* n_items and n_rows are counted up under the mutex */
    uint64_t n_rows;
    uint64_t most_windows; /* of any item, as rqa__item.n_windows; 0 without items */
    double *table_values;
    uint8_t *table_reasons;
    uint64_t table_rows;
    double *table_reached;
    uint64_t table_reached_rows;
} rqa__batch_job;

/* What rqa__batch_prepare() has made of it: constant from the start on, but for what rqa__unit and
 * rqa__batch_device say of themselves. */
typedef struct rqa__batch_plan {
    rqa__choice choice;
    int is_auto;               /* nobody has named a backend */
    int may_leave_devices;     /* what devices cannot do, threads may */
    rqa__batch_device *device; /* [n_devices]; none unless the backend is gpu or hybrid */
    size_t n_devices;
    unsigned n_cpu;          /* threads that compute; of a GPU batch those that may have to */
    int searches_least;      /* bounds are searched for with the least memory that does */
    uint64_t worker_bytes;   /* what a worker knows of the unit in hand, with what finds its bounds */
    uint64_t together_bytes; /* what computing may take: the limit without rows in flight */
    uint64_t apart_bytes;    /* of that, each who computes while all do */
    size_t n_ahead; /* items begun and not yet delivered, at most, before workers pause; with a
                       store, units computed and not yet written */
    char memory_note[256]; /* what the memory limit has changed; empty: nothing */
    rqa__unit *unit;       /* [n_items * n_delays] */
    uint64_t n_units;
    uint64_t n_rows; /* of the units in this shard */
} rqa__batch_plan;

/* Where it stands; under the mutex. */
typedef struct rqa__batch_progress {
    uint64_t n_done, n_failed, n_skipped;
    double cost_total; /* of what is to be computed when the batch starts */
    rqa__pace pace;
    size_t n_delivered; /* items whose event is over */
    size_t last_complete;
    int any_complete;
    double started_s, working_s, ended_s; /* working: the first unit could begin */
} rqa__batch_progress;

/* Whether it runs, and how it ended; under the mutex. */
typedef struct rqa__batch_life {
    int state; /* RQA__BATCH_* */
    int driver_done;
    int32_t status;
    char text[512];
    char thread_note[80]; /* which threads could not be had; empty: none */
    /* Of the owner, and constant while the driver runs: */
    rqa__thread driver;
    int driver_started;
    int runs_here; /* it could not be: the thread that waits does the work */
    char *explanation;
} rqa__batch_life;

/* Which events are out; touched by the thread that waits alone. */
typedef struct rqa__batch_delivery {
    int announced_start, announced_end;
    double last_event_s, last_device_event_s;
    size_t next_device_event; /* of the devices whose turn it is */
} rqa__batch_delivery;

typedef struct rqa__batch_sync {
    rqa__mutex claim_mutex; /* one worker claims at a time; taken before the other */
    rqa__mutex mutex;
    rqa__cond event; /* to the waiting thread: an item completed, or the end */
    rqa__cond room;  /* to the workers: an item was delivered, or cancelled */
    atomic_int cancel;
} rqa__batch_sync;

struct rqa_batch {
    struct rqa_context *context;
    rqa__batch_job job;
    rqa__batch_plan plan;
    rqa__batch_progress progress;
    rqa__batch_life life;
    rqa__batch_delivery delivery;
    rqa__batch_sync sync;
    struct rqa__batch_store *store; /* NULL = none; batch_store.c */
    struct rqa__writer *writer;     /* while running, with a store; batch_writer.c */
};

static inline rqa__item *rqa__batch_item_of(const struct rqa_batch *batch, uint64_t unit)
{
    return &batch->job.item[unit / batch->job.grid.n_delays];
}

static inline uint64_t rqa__item_rows(const struct rqa_batch *batch, const rqa__item *item)
{
    return rqa__grid_item_rows(&batch->job.grid, item->n_windows);
}

static inline uint64_t rqa__batch_unit_rows(const struct rqa_batch *batch, uint64_t unit)
{
    return rqa__grid_unit_rows(&batch->job.grid, rqa__batch_item_of(batch, unit)->n_windows);
}

/* Of the unit that has most. */
static inline uint64_t rqa__batch_most_unit_rows(const struct rqa_batch *batch)
{
    return rqa__grid_unit_rows(&batch->job.grid, batch->job.most_windows);
}

static inline uint32_t rqa__batch_delay_of(const struct rqa_batch *batch, uint64_t unit)
{
    return (uint32_t)(unit % batch->job.grid.n_delays);
}

/* Where a unit's values go: rows of a whole item, or of one delay alone. */
typedef struct rqa__unit_rows {
    double *values;
    uint8_t *reasons;
    uint32_t n_delays, delay; /* the item's axis and position, or 1 and 0 */
    double *reached;          /* of rates, [rows * RQA__REACHED]; or NULL */
} rqa__unit_rows;

#endif
