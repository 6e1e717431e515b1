/* batch_state.h - rqa_batch inside: items, progress, and what the threads share. */
#ifndef RQA_BATCH_BATCH_STATE_H
#define RQA_BATCH_BATCH_STATE_H

#include <stdatomic.h>

#include "backend/cpu_run.h"
#include "backend/select.h"
#include "batch/grid.h"
#include "batch/threshold_scale.h"
#include "data/recording.h"
#include "plan/context_state.h"

typedef struct rqa__item {
    rqa__source x, y;    /* series retained; x.series NULL: failed before it got here */
    int has_y;
    rqa__rules rules;
    double *bounds;      /* [n_dims * n_thresholds] in engine order, NULL for diameters */
    double *bounds_y;    /* joint */
    char *label;
    int32_t status;      /* under the mutex while running */
    char *text;
    uint32_t n_units_left; /* under the mutex */
    double *values;      /* [n_combinations * n_measures], from the first unit to delivery */
    uint8_t *reasons;
    int owns_values, owns_reasons; /* ours, not the caller's table */
    int complete;        /* every unit has ended; under the mutex */
} rqa__item;

enum { RQA__BATCH_NEW = 0, RQA__BATCH_RUNNING = 1, RQA__BATCH_ENDED = 2, RQA__BATCH_STOPPED = 3 };

struct rqa_batch {
    struct rqa_context *context;
    rqa__grid grid;
    double event_interval_s;
    rqa__item *item;
    size_t n_items, item_room;
    double *table_values;
    uint8_t *table_reasons;
    uint64_t table_rows;
    char *explanation;

    rqa__choice choice;
    rqa__thread driver;
    int driver_started;
    atomic_int cancel;

    rqa__mutex mutex;
    rqa__cond event; /* to the waiting thread: an item completed, or the end */
    rqa__cond room;  /* to the workers: an item was delivered, or cancelled */
    int state;       /* RQA__BATCH_*; the rest under the mutex too */
    int driver_done;
    int32_t status;
    char text[512];
    size_t n_delivered;  /* items whose event is over */
    size_t last_complete;
    uint64_t n_done, n_failed;
    double cost_total, cost_done;
    double started_s, ended_s;
    double last_event_s;
    int announced_start, announced_end;
};

/* batch_unit.c: one unit of work. */
typedef struct rqa__unit_worker rqa__unit_worker;
int rqa__unit_worker_create(rqa__unit_worker **out, struct rqa_batch *batch);
void rqa__unit_worker_destroy(rqa__unit_worker *worker);
/* Fills the rows of (item, delay). 0 or a status with text. */
int rqa__unit_run(rqa__unit_worker *worker, const rqa__item *item, uint32_t delay_position,
                  const rqa__parallel *parallel);
/* The task of a unit without bounds; returns how many dims leave vectors enough (0: none). */
uint32_t rqa__unit_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item,
                        uint32_t delay_position);

/* batch_items.c */
int rqa__item_init(struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given);
void rqa__item_free(rqa__item *item);
int rqa__item_rows_take(struct rqa_batch *batch, size_t index); /* RQA_ERROR_MEMORY with text */
void rqa__item_rows_drop(rqa__item *item);
void rqa__item_rows_fail(struct rqa_batch *batch, rqa__item *item);

/* batch_run.c: where the batch stands; the caller holds the mutex. */
rqa_batch_statistics rqa__batch_statistics_locked(const struct rqa_batch *batch);

/* batch_driver.c: the thread that runs the units. */
int rqa__batch_prepare(struct rqa_batch *batch); /* checks, choice of backend, cost */
void *rqa__batch_driver(void *batch);

#endif
