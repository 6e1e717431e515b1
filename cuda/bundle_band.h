// bundle_band.h - one band of every group of a bundle: its jobs and launches.
#ifndef RQA_CUDA_BUNDLE_BAND_H
#define RQA_CUDA_BUNDLE_BAND_H

#include "bundle_plan.h"

// Puts the next band into the device's queue; the one before it has ended. 0 or a status.
int32_t bundle_launch_band(bundle *b);

// Waits for the band that was launched last, if any. 0 or a status.
int32_t bundle_end_band(const bundle *b);

#endif
