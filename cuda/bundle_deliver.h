// bundle_deliver.h - histograms from the device to the sink.
#ifndef RQA_CUDA_BUNDLE_DELIVER_H
#define RQA_CUDA_BUNDLE_DELIVER_H

#include "bundle_plan.h"

// Reads the tallies of a bundle out and hands them on in order. 0, a status, or what the sink said;
// *begun: the sink has had the first.
int32_t bundle_deliver(const bundle *b, int *begun);

// RQA_ERROR_CANCELLED if the host says so.
int32_t bundle_check_cancelled(const rqa_plugin_run *run);

#endif
