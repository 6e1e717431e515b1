// lags_group.h - what the lags of a group are.
#ifndef RQA_CUDA_LAGS_GROUP_H
#define RQA_CUDA_LAGS_GROUP_H

#include "bundle_plan.h"

// The sides of a field of a task: along the lanes, and along the steps.
static inline const rqa_plugin_side *lane_side(const rqa_plugin_task *task, uint32_t field)
{
    return field ? &task->y : &task->x;
}

static inline const rqa_plugin_side *step_side(const rqa_plugin_task *task, uint32_t field)
{
    return task->relation == RQA_PLUGIN_CROSS ? &task->y : lane_side(task, field);
}

static inline uint32_t n_fields_of(const rqa_plugin_task *task)
{
    return task->relation == RQA_PLUGIN_JOINT ? 2 : 1;
}

static inline uint32_t lags_in(const bundle *b, const bundle_group *g, uint32_t field)
{
    return lane_side(bundle_task(b, g), field)->dims[g->at.dim];
}

// One lag of one field is the base itself.
static inline int has_one_lag(const bundle *b, const bundle_group *g)
{
    return n_fields_of(bundle_task(b, g)) == 1 && lags_in(b, g, 0) == 1;
}

#endif
