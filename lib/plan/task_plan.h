/* task_plan.h - how a task is computed on threads: decided once, when the task is planned, and
 * handed on to what computes it. */
#ifndef RQA_PLAN_TASK_PLAN_H
#define RQA_PLAN_TASK_PLAN_H

#include <stddef.h>
#include <stdint.h>

typedef struct rqa__plan {
    int strategy;                  /* RQA__STRATEGY_* */
    uint32_t n_dims, n_thresholds; /* at once, at most; all of the task where that fits */
    unsigned n_threads;            /* that work on it together, at most */
    size_t n_bytes;                /* upper estimate of what they take together */
    double cost;                   /* predicted ns on one thread, of all slices */
} rqa__plan;

#endif
