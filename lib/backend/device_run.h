/* device_run.h - runs tasks on a GPU, with the tallies that a CPU run would give. */
#ifndef RQA_BACKEND_DEVICE_RUN_H
#define RQA_BACKEND_DEVICE_RUN_H

#include <stdatomic.h>

#include "backend/device_list.h"
#include "lines/tally.h"
#include "plan/task.h"

/* As rqa__tally_sink, for several tasks: tasks in order, then dims, then thresholds. */
typedef int (*rqa__device_sink)(void *user, size_t task_index, uint32_t dim_index,
                                uint32_t threshold_index, const rqa__tally *tally);

/* Runs tasks on a device: many short ones at once are what it is good at. Takes the device for
 * itself. 0, or with text:
 *   RQA_ERROR_UNSUPPORTED     the device cannot run one of the tasks; none was begun
 *   RQA_ERROR_VALUE           a task's part is not one; none was begun
 *   RQA_ERROR_MEMORY          its memory (or the host's) does not hold one tally
 *   RQA_ERROR_BACKEND_FAILED  it failed and is not to be used again; tallies delivered so far hold
 *   RQA_ERROR_CANCELLED, or what the sink returned.
 * cancel and context (for its log) may be NULL. */
int rqa__device_run(rqa__device *device, const struct rqa_context *context,
                    const rqa__task *const *tasks, size_t n_tasks, const atomic_int *cancel,
                    rqa__device_sink sink, void *user);

/* One task, with the sink of rqa__cpu_run(). */
int rqa__device_run_one(rqa__device *device, const struct rqa_context *context,
                        const rqa__task *task, const atomic_int *cancel, rqa__tally_sink sink,
                        void *user);

/* Whether a task is for devices at all, whatever the device: RQA_OK, or RQA_ERROR_UNSUPPORTED and why. */
int rqa__device_takes(const rqa__task *task);

/* RQA_OK, or RQA_ERROR_UNSUPPORTED or RQA_ERROR_VALUE and why. */
int rqa__device_supports(rqa__device *device, const rqa__task *task);

/* Where the last run spent its time on the device; zeros before the first. */
rqa_plugin_timings rqa__device_timings(rqa__device *device);

/* Bytes of its memory that the device holds between runs. */
uint64_t rqa__device_memory_held(rqa__device *device);

#endif
