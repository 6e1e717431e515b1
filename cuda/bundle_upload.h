// bundle_upload.h - what a bundle finds on the device: its series, groups and passes, tallies
// cleared.
#ifndef RQA_CUDA_BUNDLE_UPLOAD_H
#define RQA_CUDA_BUNDLE_UPLOAD_H

#include "bundle_plan.h"

// Fills the planned bundle's arena, beside whatever another bundle has in the device's queue, and
// waits for that. 0 or a status.
int32_t bundle_upload(const bundle *b);

#endif
