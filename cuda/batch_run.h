// batch_run.h - takes planned batches through the device and their tallies to the sink.
#ifndef RQA_CUDA_BATCH_RUN_H
#define RQA_CUDA_BATCH_RUN_H

#include "device.h"

// The table's functions.
int32_t batch_supports(const rqa_plugin_device *device, const rqa_plugin_task *task);
int32_t batch_run_all(rqa_plugin_device *device, const rqa_plugin_run *run);

#endif
