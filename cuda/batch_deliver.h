// batch_deliver.h - histograms from the device to the sink.
#ifndef RQA_CUDA_BATCH_DELIVER_H
#define RQA_CUDA_BATCH_DELIVER_H

#include "batch_plan.h"

// Reads the tallies of a batch out and hands them on in order. 0, a status, or what the sink said.
int32_t batch_deliver(const batch *b);

// RQA_ERROR_CANCELLED if the host says so.
int32_t batch_check_cancelled(const rqa_plugin_run *run);

#endif
