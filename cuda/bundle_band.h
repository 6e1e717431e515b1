// bundle_band.h - one band of every group of a bundle: its jobs and launches.
#ifndef RQA_CUDA_BUNDLE_BAND_H
#define RQA_CUDA_BUNDLE_BAND_H

#include "bundle_plan.h"

// Runs a band to its end. 0 or a status.
int32_t bundle_run_band(const bundle *b, uint32_t band);

#endif
