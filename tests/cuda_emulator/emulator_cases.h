// emulator_cases.h - the emulator's test kernels by name: a case says nothing when all is well, or
// prints what was wrong.
#ifndef EMULATOR_CASES_H
#define EMULATOR_CASES_H

#include <stdio.h>

#include "gpu_port.h"

struct emulator_case {
    const char *name;
    int (*run)();
};

extern const emulator_case meeting_cases[];
extern const emulator_case memory_cases[];
extern const emulator_case runtime_cases[];
extern const emulator_case guest_cases[];
extern const emulator_case arithmetic_cases[];

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                         \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

// Device memory holding n values, and the way back.
template <class T> T *on_device(const T *values, size_t n)
{
    T *device = nullptr;
    if (cudaMalloc(&device, n * sizeof(T)) != cudaSuccess)
        return nullptr;
    if (values)
        cudaMemcpy(device, values, n * sizeof(T), cudaMemcpyHostToDevice);
    return device;
}

template <class T> cudaError_t fetch(T *values, const T *device, size_t n)
{
    return cudaMemcpy(values, device, n * sizeof(T), cudaMemcpyDeviceToHost);
}

#endif
