// exact.h - device code: whether a pair recurs, in the documented order of operations.
#ifndef RQA_CUDA_EXACT_H
#define RQA_CUDA_EXACT_H

#include "gpu_port.h"
#include "walk.h"

#include <math.h>

static __device__ __forceinline__ bool recurs(const walk_field &f, uint32_t lane, uint32_t step, double bound)
{
    double value = 0;
    uint32_t n_lags = f.n_coordinates / f.n_channels;
    for (uint32_t k = 0; k < n_lags; k++) {
        const double *a = gpu_global(f.lane + lane + (size_t)k * f.lane_delay);
        const double *b = gpu_global(f.step + step + (size_t)k * f.step_delay);
        for (uint32_t c = 0; c < f.n_channels; c++) {
            double difference =
                __dsub_rn(a[(size_t)c * f.lane_samples], b[(size_t)c * f.step_samples]);
            double size = fabs(difference);
            if (!(size >= 0))
                return false; // a missing sample
            if (f.norm == 1)
                value = __dadd_rn(value, __dmul_rn(difference, difference));
            else if (f.norm == 2)
                value = __dadd_rn(value, size);
            else
                value = size > value ? size : value;
        }
    }
    return value <= bound;
}

#endif
