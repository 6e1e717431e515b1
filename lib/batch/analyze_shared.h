/* analyze_shared.h - one analysis shared between GPUs and threads. */
#ifndef RQA_BATCH_ANALYZE_SHARED_H
#define RQA_BATCH_ANALYZE_SHARED_H

#include <stdatomic.h>

#include "backend/select.h"
#include "lines/tally.h"
#include "plan/task.h"

/* Whether the backend chosen means to share this task out: HYBRID does, and GPU where there are
 * several and it is large. What has only been chosen by `auto` becomes GPU alone where the host's
 * memory limit is too low for it. */
int rqa__is_shared(const struct rqa_context *context, rqa__choice *choice, const rqa__task *task,
                   int is_auto);

/* Cells of the matrix per ns that are expected of a thread with parts of it. */
double rqa__thread_speed(const struct rqa_context *context, const rqa__task *task);

/* Runs it. Lost devices are logged and become part of choice->reason; without any left, the threads
 * of HYBRID finish, and choice->backend is what really ran. 0 or a status with text. */
int rqa__analyze_shared(const struct rqa_context *context, rqa__choice *choice,
                        const rqa__task *task, const atomic_int *cancel, rqa__tally_sink sink,
                        void *user);

#endif
