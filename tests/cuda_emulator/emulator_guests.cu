// emulator_guests.cu - contexts and waits, as a host that uses CUDA itself sees them.
#include "emulator_cases.h"
#include "emulator_hooks.h"

namespace
{

int contexts()
{
    static char own; // a context that a host has made with the driver
    int (*get)(void **), (*set)(void *), current = -1, n = 0;
    void *context = &own, *function = nullptr;
    size_t a, b;
    cudaDeviceProp p;
    EXPECT(cudaGetDriverEntryPoint("cuCtxGetCurrent", &function, cudaEnableDefault, nullptr) ==
           cudaSuccess);
    get = reinterpret_cast<int (*)(void **)>(function);
    EXPECT(cudaGetDriverEntryPoint("cuCtxSetCurrent", &function, cudaEnableDefault, nullptr) ==
           cudaSuccess);
    set = reinterpret_cast<int (*)(void *)>(function);
    // Questions about devices make none.
    EXPECT(cudaGetDeviceCount(&n) == cudaSuccess && n == 2);
    EXPECT(cudaGetDeviceProperties(&p, 1) == cudaSuccess);
    EXPECT(get(&context) == 0 && !context && rqa_emulator_contexts(-1) == 0);
    // Memory does; so does choosing a device, whatever was current.
    EXPECT(cudaMemGetInfo(&a, &b) == cudaSuccess && rqa_emulator_contexts(0) == 1);
    EXPECT(rqa_emulator_contexts(1) == 0 && get(&context) == 0 && context);
    EXPECT(set(&own) == 0 && rqa_emulator_context() == &own);
    EXPECT(cudaSetDevice(1) == cudaSuccess && rqa_emulator_contexts(1) == 1);
    EXPECT(rqa_emulator_context() != &own && rqa_emulator_context() != context);
    EXPECT(set(context) == 0 && cudaGetDevice(&current) == cudaSuccess && current == 0);
    EXPECT(set(nullptr) == 0 && cudaGetDevice(&current) == cudaSuccess && current == 1);
    return 0;
}

int spins()
{
    cudaStream_t s;
    cudaEvent_t busy, asleep;
    EXPECT(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&busy, cudaEventDisableTiming) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&asleep, cudaEventBlockingSync) == cudaSuccess);
    EXPECT(cudaEventRecord(asleep, s) == cudaSuccess && cudaEventRecord(busy, s) == cudaSuccess);
    EXPECT(cudaEventSynchronize(asleep) == cudaSuccess && rqa_emulator_spins() == 0);
    EXPECT(cudaEventSynchronize(busy) == cudaSuccess && rqa_emulator_spins() == 1);
    EXPECT(cudaStreamSynchronize(s) == cudaSuccess && rqa_emulator_spins() == 2);
    EXPECT(cudaDeviceSynchronize() == cudaSuccess && rqa_emulator_spins() == 3);
    EXPECT(cudaEventDestroy(busy) == cudaSuccess && cudaEventDestroy(asleep) == cudaSuccess);
    EXPECT(cudaStreamDestroy(s) == cudaSuccess);
    return 0;
}

} // namespace

const emulator_case guest_cases[] = {
    {"contexts", contexts},
    {"spins", spins},
    {nullptr, nullptr},
};
