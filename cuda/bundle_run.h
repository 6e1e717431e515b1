// bundle_run.h - takes planned bundles through the device and their tallies to the sink.
#ifndef RQA_CUDA_BUNDLE_RUN_H
#define RQA_CUDA_BUNDLE_RUN_H

#include "device.h"

// The table's functions.
int32_t bundle_supports(const rqa_plugin_device *device, const rqa_plugin_task *task);
int32_t bundle_run_all(rqa_plugin_device *device, const rqa_plugin_run *run);

#endif
