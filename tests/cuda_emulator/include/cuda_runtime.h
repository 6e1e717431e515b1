// cuda_runtime.h - stands in for CUDA's header of this name when a .cu source is compiled by the
// host compiler: host interface, device language, kernel launch.
#ifndef RQA_EMULATOR_CUDA_RUNTIME_H
#define RQA_EMULATOR_CUDA_RUNTIME_H

#include "cuda_runtime_api.h"

#ifdef __cplusplus

#include "emulated_types.h"
#include "emulated_threads.h"
#include "emulated_atomics.h"
#include "emulated_math.h"
#include "emulated_launch.h"

// The typed forms that nvcc's header offers beside the plain ones.
template <class T> cudaError_t cudaMalloc(T **pointer, size_t bytes)
{
    return cudaMalloc(reinterpret_cast<void **>(pointer), bytes);
}

template <class T> cudaError_t cudaMallocHost(T **pointer, size_t bytes)
{
    return cudaMallocHost(reinterpret_cast<void **>(pointer), bytes);
}

template <class T>
cudaError_t cudaFuncSetAttribute(T *kernel, cudaFuncAttribute attribute, int value)
{
    return cudaFuncSetAttribute(reinterpret_cast<const void *>(kernel), attribute, value);
}

template <class T>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, T *kernel, int block_size,
                                                          size_t dynamic_bytes)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        blocks, reinterpret_cast<const void *>(kernel), block_size, dynamic_bytes);
}

#endif

#endif
