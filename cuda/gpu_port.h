/* gpu_port.h - the spellings of a .cu source that nvcc and the emulator do not share. */
#ifndef RQA_GPU_PORT_H
#define RQA_GPU_PORT_H

#include <cuda_runtime.h>

/*
 * RQA_LAUNCH(kernel, grid, block, dynamic_shared_bytes, stream, args...)
 *     Launches; a failure is read with cudaGetLastError(). Grid and block are dim3 or a number. A
 *     template kernel whose arguments contain a comma goes in parentheses.
 * RQA_SHARED(type, name, count)
 *     Declares a static shared array, in a kernel or a device function. Not initialised.
 * RQA_DYNAMIC_SHARED(type, name)
 *     Declares name as type *, the start of the dynamic shared memory, aligned to 16 bytes.
 * RQA_NOINLINE
 *     A device function that is called.
 * gpu_global(pointer)
 *     The pointer, which is one to global memory. What is read out of a struct may be anything to the
 *     compiler: it takes generic loads, and atomics that ask first whether they are in shared memory.
 */
#ifdef RQA_CUDA_EMULATOR

#define RQA_LAUNCH(kernel, grid, block, dynamic_shared_bytes, stream, ...)                         \
    rqa_emulator::launch_of(#kernel, kernel, grid, block, dynamic_shared_bytes, stream)(__VA_ARGS__)
#define RQA_SHARED(type, name, count)                                                              \
    static const char name##_site = 0;                                                             \
    type(&name)[count] = rqa_emulator::shared_array<type, count>(&name##_site, #name)
#define RQA_DYNAMIC_SHARED(type, name)                                                             \
    type *const name = static_cast<type *>(rqa_emulator::dynamic_shared())
#define RQA_NOINLINE __attribute__((noinline))

template <class T> static inline T *gpu_global(T *pointer)
{
    return pointer;
}

#else

template <class T> static __device__ __forceinline__ T *gpu_global(T *pointer)
{
    __builtin_assume(__isGlobal(pointer));
    return pointer;
}

/* One extern array of bytes for all kernels: of different types it could not be declared twice. */
extern __shared__ __align__(16) unsigned char rqa_dynamic_shared[];

#define RQA_LAUNCH(kernel, grid, block, dynamic_shared_bytes, stream, ...)                         \
    kernel<<<grid, block, dynamic_shared_bytes, stream>>>(__VA_ARGS__)
#define RQA_SHARED(type, name, count) __shared__ type name[count]
#define RQA_NOINLINE __noinline__
#define RQA_DYNAMIC_SHARED(type, name)                                                             \
    type *const name = reinterpret_cast<type *>(rqa_dynamic_shared)

#endif

#endif
