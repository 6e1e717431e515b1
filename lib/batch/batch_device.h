/* batch_device.h - what a device does in the crew of a batch. */
#ifndef RQA_BATCH_BATCH_DEVICE_H
#define RQA_BATCH_BATCH_DEVICE_H

#include "batch/batch_queue.h"

/* Takes units from the queue, many at once, until there are no more or the device fails, which is
 * noted in the member; what it had in hand goes back then. 0, or what ends the batch. */
int rqa__device_work(rqa__queue *queue, rqa__batch_device *member);
/* Notes that a device takes part no more; an event will say so. */
void rqa__device_leaves(struct rqa_batch *batch, rqa__batch_device *member, int status,
                        const char *text);

#endif
