/* batch_limits.h - what decides the cells of a unit beside bounds: its neighbours, and corridors. */
#ifndef RQA_BATCH_BATCH_LIMITS_H
#define RQA_BATCH_BATCH_LIMITS_H

#include "batch/batch_state.h"
#include "batch/neighbour_bounds.h"
#include "plan/task.h"

/* What a worker keeps of them. */
typedef struct rqa__unit_limits {
    double *below;       /* [2 * n_dims] of corridors, x and y, where every dim has its own */
    rqa__limits own[2];  /* of a corridor, for x and y */
    rqa__neighbour_bounds *found[2]; /* [n_at_once] of numbers of neighbours */
    uint64_t *k;         /* [n_at_once], */
    uint32_t *threshold; /* and which of the dim they are */
    uint32_t n_at_once, n_found;
    uint32_t dim; /* whose they are */
} rqa__unit_limits;

int rqa__unit_limits_create(rqa__unit_limits *limits, const struct rqa_batch *batch);
void rqa__unit_limits_destroy(rqa__unit_limits *limits);
/* Bytes of one, with what a search takes, for the largest item. */
uint64_t rqa__unit_limits_bytes(const struct rqa_batch *batch);

/* What a task of so many dims and thresholds must be cut to: with neighbours one of either, with a
 * corridor in diameters one dim. */
int rqa__unit_limits_one_dim(const rqa__item *item);
int rqa__unit_limits_one_threshold(const rqa__item *item);

/* Whether a dim of the task has vectors enough for a number of neighbours. */
int rqa__unit_has_neighbours(const rqa__item *item, const rqa__task *task, uint32_t dim_index,
                             double threshold);

/* Where the limits of a unit are looked for. */
typedef struct rqa__unit_search {
    const struct rqa_batch *batch;
    const rqa__item *item;
    const rqa__task *task;  /* the unit's */
    const uint8_t *missing; /* of a dim: which thresholds are wanted too, from the one asked for on */
    const rqa__parallel *parallel;
} rqa__unit_search;

/* A unit begins: what is found belongs to another. */
void rqa__unit_limits_forget(rqa__unit_limits *limits);
/* Gives the selection, which begins at a dim and threshold of the unit, its limits; with neighbours
 * its bounds too. It and they are good until the next. 0 or a status with text. */
int rqa__unit_limits_set(rqa__unit_limits *limits, const rqa__unit_search *search, uint32_t dim_index,
                         uint32_t threshold_index, rqa__task *selection, double *bounds,
                         double *bounds_y);

#endif
