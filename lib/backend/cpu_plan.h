/* cpu_plan.h - what computing a task takes of memory, and the plan to do it within some. */
#ifndef RQA_BACKEND_CPU_PLAN_H
#define RQA_BACKEND_CPU_PLAN_H

#include "plan/cost.h"
#include "plan/task_plan.h"

/* Upper estimate of the bytes a task needs under a strategy, with the worker that runs it. */
size_t rqa__cpu_memory(const rqa__task *task, int strategy, unsigned n_threads);

/* Bytes of the smallest slice, one dim and threshold. */
size_t rqa__least_memory(const rqa__task *task, unsigned n_threads);

/* All of a task at once. */
rqa__plan rqa__plan_whole(const rqa__task *task, int strategy, unsigned n_threads);

/* How n_threads together compute a task within so many bytes: whole where that fits, else in the
 * slices that are predicted to be fastest. 0: the smallest slice needs more, and `out` is a plan of
 * such slices. */
int rqa__plan_make(rqa__plan *out, const rqa__profile *profile, const rqa__task *task,
                   unsigned n_threads, uint64_t most_bytes);

#endif
