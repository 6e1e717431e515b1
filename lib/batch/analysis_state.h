/* analysis_state.h - one analysis, matrix or plot on its way: rules, task, backend, threads. */
#ifndef RQA_BATCH_ANALYSIS_STATE_H
#define RQA_BATCH_ANALYSIS_STATE_H

#include "backend/parallel.h"
#include "backend/select.h"
#include "backend/skeleton.h"
#include "backend/tangents.h"
#include "base/pool.h"
#include "batch/bound_search.h"
#include "batch/metrics_result.h"
#include "batch/neighbour_bounds.h"
#include "batch/source.h"
#include "batch/threshold_scale.h"
#include "data/delay_embedding.h"
#include "plan/analysis_rules.h"
#include "plan/task_plan.h"

/* What an analysis gets that is part of other work; it takes no threads, and logs nothing. */
typedef struct rqa__analysis_host {
    const atomic_int *cancel;
    uint64_t memory_bytes;
} rqa__analysis_host;

typedef struct rqa__analysis {
    struct rqa_context *context;
    const rqa__analysis_host *host; /* NULL: it is alone */
    /* The least bytes of the step that its bounds are for, of a task that has them; NULL: none. From
     * whoever makes that step, before there are bounds; `last_of` is theirs. */
    uint64_t (*last)(const struct rqa__analysis *a, const rqa__task *task);
    const void *last_of;
    int last_grows; /* more than the least it is by what the plot says */
    double wanted; /* the threshold, in its unit */
    rqa__rules rules;
    rqa__source source_x, source_y;
    uint32_t dim_x, dim_y;
    rqa__task task;
    double bound_x, bound_y;
    rqa__reached reached_x, reached_y;
    double threshold_lower;         /* of a corridor, in data units */
    double below[2];                /* its bounds */
    rqa__neighbour_bounds neighbours[2]; /* for x and y */
    rqa__tangents *tangents[2];     /* of directions, likewise */
    rqa__skeleton *skeleton;
    rqa__cells cell_rule[2];        /* the rules of those */
    rqa__limits limits[2];          /* what the task has of either */
    rqa__cell_lists cells;          /* of adaptive neighbours */
    rqa__choice choice;
    rqa__plan plan;   /* on threads: made once it is known how many there are */
    int in_parts;     /* shared between GPUs and threads */
    rqa__pool *pool;  /* NULL on one thread */
    rqa__pool *fewer; /* in its place, where memory does not do for all threads */
    rqa__parallel parallel;
    const atomic_int *cancel; /* NULL before it entered the context, or has its host's */
    int is_unreachable;       /* it failed for a rate that is out of reach */
} rqa__analysis;

/* Rules and task, without bounds. Whether it succeeds or not, rqa__analysis_end() follows. */
int rqa__analysis_begin(rqa__analysis *a, const struct rqa_embedding *x,
                        const struct rqa_embedding *y, const rqa_analysis_options *options);
void rqa__analysis_end(rqa__analysis *a);

/* Chooses, and takes the threads; `work` says what besides threads can do it (RQA__WORK_*). */
int rqa__analysis_take_backend(rqa__analysis *a, int32_t requested, unsigned work);
/* What is requested of work that threads alone do, even where the environment sends analyses to a GPU. */
int32_t rqa__analysis_thread_backend(const rqa__analysis *a);
int rqa__analysis_take_pool(rqa__analysis *a);
/* `auto` goes on with the threads it got, and says so. */
void rqa__analysis_accept_threads(rqa__analysis *a, const rqa__pool *pool);

/* Turns the thresholds into data units and exact bounds, and finds the cells that other rules take
 * away; the first alone. */
int rqa__analysis_set_bounds(rqa__analysis *a, const rqa_analysis_options *options);
int rqa__analysis_set_thresholds(rqa__analysis *a, const rqa_analysis_options *options);

/* Of the first dim. 0 or a status with text. */
int rqa__analysis_units(const rqa__analysis *a, rqa__threshold_unit *unit_x,
                        rqa__threshold_unit *unit_y);

/* NULL on one thread. */
const rqa__parallel *rqa__analysis_parallel(const rqa__analysis *a);
/* Where the bounds of x against y are looked for, or those of one side of a joint plot against itself. */
rqa__bound_search rqa__analysis_search(const rqa__analysis *a, int of_y);
/* Whether librqa chooses the backend. */
int rqa__analysis_is_auto(const rqa__analysis *a);
double rqa__analysis_pairs(const rqa__analysis *a);
/* Adds to why the backend was chosen. */
void rqa__analysis_add_reason(rqa__analysis *a, const char *note);

#endif
