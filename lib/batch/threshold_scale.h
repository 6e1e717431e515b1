/* threshold_scale.h - what one unit of a threshold is in the numbers that a plan reads. */
#ifndef RQA_BATCH_THRESHOLD_SCALE_H
#define RQA_BATCH_THRESHOLD_SCALE_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "batch/source.h"

/* size * 2^exponent */
typedef struct rqa__threshold_unit {
    double size;
    int exponent;
} rqa__threshold_unit;

/* What a unit is of: the rules name it, the recordings or, of diameters, an embedding have it. */
typedef struct rqa__threshold_scale {
    const rqa__rules *rules;
    const rqa__source *x, *y;
    /* Of diameters: */
    const rqa__task *task; /* has the sides */
    uint32_t dim_index;
    const rqa__parallel *parallel; /* may be NULL, as the next */
    const atomic_int *cancel;
} rqa__threshold_scale;

/* *unit_y differs from *unit_x for joint analyses alone. 0 or a status with text. */
int rqa__threshold_units(const rqa__threshold_scale *scale, rqa__threshold_unit *unit_x,
                         rqa__threshold_unit *unit_y);

/* A threshold as the plan compares with it: finite, and 0 only where it, or its unit, is. */
double rqa__threshold_in(rqa__threshold_unit unit, double threshold);

/* The way back, into data units; what is beyond the largest double is given as that. */
double rqa__threshold_shown(const rqa__source *source, double threshold);

#endif
