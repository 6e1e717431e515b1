/* threshold_scale.h - what one unit of a threshold is in the units of the data. */
#ifndef RQA_BATCH_THRESHOLD_SCALE_H
#define RQA_BATCH_THRESHOLD_SCALE_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "data/recording.h"
#include "plan/analysis_rules.h"
#include "plan/task.h"

/* A series and the channels of it that are used. */
typedef struct rqa__source {
    const struct rqa_series *series;
    uint32_t channel_first, channel_count;
} rqa__source;

/* *scale_y differs from *scale_x for joint analyses alone. `task` has its sides; dim_index picks
 * the embedding. 0 or a status with text. */
int rqa__threshold_scale(const rqa__rules *rules, const rqa__source *x, const rqa__source *y,
                         const rqa__task *task, uint32_t dim_index, const rqa__parallel *parallel,
                         const atomic_int *cancel, double *scale_x, double *scale_y);

/* Points a side of a task at a source. */
rqa__side rqa__side_of(const rqa__source *source, uint32_t delay, const uint32_t *dims);

#endif
