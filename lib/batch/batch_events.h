/* batch_events.h - the events of a batch. */
#ifndef RQA_BATCH_BATCH_EVENTS_H
#define RQA_BATCH_BATCH_EVENTS_H

#include "batch/batch_state.h"

/* Delivers what there is until the end or the deadline; the caller holds the mutex, and is the
 * thread inside run or wait. */
void rqa__batch_pump(struct rqa_batch *batch, double deadline_s, rqa_batch_callback callback,
                     void *user);

#endif
