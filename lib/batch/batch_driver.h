/* batch_driver.h - the thread that runs the units of a batch. */
#ifndef RQA_BATCH_BATCH_DRIVER_H
#define RQA_BATCH_BATCH_DRIVER_H

#include "batch/batch_state.h"

void *rqa__batch_driver(void *batch);

#endif
