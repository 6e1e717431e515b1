/* split_run.h - one long series shared between devices and threads, by ranges of columns. */
#ifndef RQA_BACKEND_SPLIT_RUN_H
#define RQA_BACKEND_SPLIT_RUN_H

#include <stdatomic.h>

#include "backend/device_list.h"
#include "lines/tally.h"
#include "plan/task.h"

/* Who takes part, and how fast each is assumed to be until it has done something: cells of the
 * matrix (of a symmetric one, of one side) per nanosecond. */
typedef struct rqa__split_team {
    rqa__device *const *device;
    size_t n_devices;
    const double *device_speed; /* [n_devices] */
    unsigned n_threads;         /* beside them */
    double thread_speed;        /* of one */
    double least_ns;            /* so much time, or all that is left, goes into a part */
    int may_lose_devices;       /* threads may finish without any */
} rqa__split_team;

/* What became of it. */
typedef struct rqa__split_report {
    uint64_t n_parts_of_devices, n_parts_of_threads;
    size_t n_lost;  /* devices that failed, or were too small */
    char lost[256]; /* how the last of them */
} rqa__split_report;

/* Runs a task on a team of at least one, on a pool of its own; the sink is called as by
 * rqa__cpu_run(), on the calling thread, with the same tallies whoever computed what. A worker that
 * fails or has too little memory gives its columns back and takes no more. 0, or with text:
 *   what the first lost device gave  if no worker is left, or (unless they may be lost) no device
 *   RQA_ERROR_MEMORY                 there is not enough to join parts
 *   RQA_ERROR_CANCELLED, or what the sink returned.
 * The report is filled in any case. cancel may be NULL. */
int rqa__split_run(const struct rqa_context *context, const rqa__split_team *team,
                   const rqa__task *task, const atomic_int *cancel, rqa__tally_sink sink,
                   void *user, rqa__split_report *report);

/* Upper estimate of the bytes of host memory, apart from histograms. */
uint64_t rqa__split_memory(const rqa__task *task, size_t n_devices, unsigned n_threads);

#endif
