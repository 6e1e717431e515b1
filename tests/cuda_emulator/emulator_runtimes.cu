// emulator_runtimes.cu - the runtime's calls: devices, failures, copies, streams, host threads.
#include <string.h>
#include <thread>
#include <vector>

#include "emulator_cases.h"
#include "emulator_hooks.h"

namespace
{

__global__ void add_one(int *numbers, int n)
{
    const int at = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (at < n)
        numbers[at] += 1;
}

__global__ void touch_dynamic(int *out)
{
    RQA_DYNAMIC_SHARED(int, room);
    room[threadIdx.x] = 5;
    __syncthreads();
    if (threadIdx.x == 0 && blockIdx.x == 0 && blockIdx.y == 0)
        *out = room[blockDim.x - 1];
}

int launch_error(dim3 grid, dim3 block, size_t dynamic_bytes, int *d)
{
    RQA_LAUNCH(touch_dynamic, grid, block, dynamic_bytes, nullptr, d);
    return cudaGetLastError();
}

int count_devices()
{
    int n = -7, current = -7;
    const cudaError_t error = cudaGetDeviceCount(&n);
    if (error != cudaSuccess) {
        int *p = nullptr;
        EXPECT(n == -7 && cudaPeekAtLastError() == error && cudaGetLastError() == error);
        EXPECT(cudaGetLastError() == cudaSuccess);
        EXPECT(cudaMalloc(&p, 4) == error && p == nullptr && cudaSetDevice(0) == error);
        printf("devices: %s\n", cudaGetErrorName(error));
        return 0;
    }
    EXPECT(cudaGetDevice(&current) == cudaSuccess && current == 0);
    char first[16] = "", bus[16];
    for (int d = 0; d < n; d++) {
        cudaDeviceProp p;
        int major = 0;
        EXPECT(cudaSetDevice(d) == cudaSuccess && cudaGetDevice(&current) == cudaSuccess);
        EXPECT(current == d && cudaGetDeviceProperties(&p, d) == cudaSuccess);
        EXPECT(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, d) == cudaSuccess);
        EXPECT(p.major == major && p.warpSize == 32 && p.totalGlobalMem > 0 && p.name[0]);
        EXPECT(cudaDeviceGetPCIBusId(bus, sizeof bus, d) == cudaSuccess && strlen(bus) == 12);
        EXPECT(strcmp(bus, first) != 0);
        strcpy(first, bus);
    }
    EXPECT(cudaSetDevice(n) == cudaErrorInvalidDevice &&
           cudaSetDevice(-1) == cudaErrorInvalidDevice);
    EXPECT(cudaGetDevice(&current) == cudaSuccess && current == n - 1);
    printf("devices: %d\n", n);
    return 0;
}

// With one mebibyte: the limit is kept, refusal is not sticky, what is freed can be had again.
int memory_limit()
{
    std::vector<char *> held;
    size_t free_bytes, total;
    for (char *p; cudaMalloc(&p, 100 << 10) == cudaSuccess;)
        held.push_back(p);
    EXPECT(held.size() == 10);
    EXPECT(cudaMemGetInfo(&free_bytes, &total) == cudaSuccess && total == 1 << 20);
    EXPECT(free_bytes == total - 10 * (100 << 10));
    EXPECT(cudaGetLastError() == cudaErrorMemoryAllocation && cudaGetLastError() == cudaSuccess);
    char *p = nullptr;
    EXPECT(cudaMalloc(&p, free_bytes) == cudaSuccess && cudaFree(p) == cudaSuccess);
    EXPECT(cudaMalloc(&p, free_bytes + 1) == cudaErrorMemoryAllocation && !p);
    EXPECT(cudaMalloc(&p, ~size_t{0}) == cudaErrorMemoryAllocation);
    for (char *h : held)
        EXPECT(cudaFree(h) == cudaSuccess);
    EXPECT(cudaMemGetInfo(&free_bytes, &total) == cudaSuccess && free_bytes == total);
    return 0;
}

int failing_allocations()
{
    for (int k = 1; k <= 5; k++) {
        char *p = nullptr, *h = nullptr;
        const cudaError_t device = cudaMalloc(&p, 8), host = cudaMallocHost(&h, 8);
        printf("%d%s%s ", k, device ? " no" : "", host ? " host no" : "");
        EXPECT(!device || device == cudaErrorMemoryAllocation);
        EXPECT(!host || host == cudaErrorMemoryAllocation);
        cudaFree(p);
        cudaFreeHost(h);
    }
    printf("\n");
    EXPECT(cudaDeviceSynchronize() == cudaSuccess);
    return 0;
}

int failing_launches()
{
    int zero = 0, n = -1;
    int *d = on_device(&zero, 1);
    for (int k = 1; k <= 4; k++) {
        RQA_LAUNCH(add_one, 1, 32, 0, nullptr, d, 1);
        const cudaError_t error = cudaGetLastError();
        EXPECT(!error || error == cudaErrorLaunchOutOfResources);
        printf("%d%s ", k, error ? " no" : "");
    }
    EXPECT(fetch(&n, d, 1) == cudaSuccess && cudaFree(d) == cudaSuccess);
    printf("ran %d, counted %d\n", n, static_cast<int>(rqa_emulator_launches(-1)));
    return 0;
}

// The k-th call fails, whichever it is; the ones that give back do not.
int failing_calls()
{
    int *d = nullptr;
    cudaStream_t s = nullptr;
    int failed = 0;
    failed += cudaSetDevice(0) == cudaErrorUnknown;
    failed += 2 * (cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking) == cudaErrorUnknown);
    failed += 4 * (cudaMalloc(&d, 4) == cudaErrorUnknown);
    failed += 8 * (cudaStreamSynchronize(nullptr) == cudaErrorUnknown);
    cudaFree(d);
    if (s)
        cudaStreamDestroy(s);
    EXPECT(rqa_emulator_live_allocations() + rqa_emulator_live_objects() == 0);
    printf("failed: %d\n", failed);
    return 0;
}

// Device 1 of two goes with its second launch.
int lost_device()
{
    int zero[2] = {0, 0}, n = 0;
    size_t a, b;
    cudaStream_t s;
    cudaEvent_t v;
    int *d0 = on_device(zero, 2);
    EXPECT(cudaSetDevice(1) == cudaSuccess);
    int *d1 = on_device(zero, 2), *p = nullptr;
    EXPECT(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&v, cudaEventDefault) == cudaSuccess);
    EXPECT(cudaEventRecord(v, s) == cudaSuccess);
    for (int k = 0; k < 2; k++) {
        EXPECT(cudaGetLastError() == cudaSuccess);
        RQA_LAUNCH(add_one, 1, 32, 0, s, d1, 2);
    }
    const cudaError_t gone = cudaErrorLaunchFailure;
    EXPECT(cudaStreamSynchronize(s) == gone && cudaGetLastError() == gone);
    EXPECT(cudaGetLastError() == gone && cudaPeekAtLastError() == gone);
    RQA_LAUNCH(add_one, 1, 32, 0, s, d1, 2);
    EXPECT(cudaGetLastError() == gone && rqa_emulator_launches(1) == 2);
    EXPECT(cudaMalloc(&p, 4) == gone && !p && cudaMemGetInfo(&a, &b) == gone);
    EXPECT(fetch(zero, d1, 1) == gone && cudaMemset(d1, 0, 4) == gone);
    EXPECT(cudaDeviceSynchronize() == gone && cudaStreamQuery(s) == gone);
    EXPECT(cudaEventQuery(v) == gone && cudaEventSynchronize(v) == gone);
    EXPECT(cudaEventRecord(v, s) == gone);
    // Another device, and questions about devices, are not touched by it.
    EXPECT(cudaGetDeviceCount(&n) == cudaSuccess && n == 2);
    EXPECT(cudaSetDevice(0) == cudaSuccess && cudaGetLastError() == cudaErrorLaunchFailure);
    EXPECT(cudaGetLastError() == cudaSuccess);
    RQA_LAUNCH(add_one, 1, 32, 0, nullptr, d0, 2);
    EXPECT(cudaGetLastError() == cudaSuccess && fetch(zero, d0, 2) == cudaSuccess && zero[1] == 1);
    EXPECT(cudaStreamSynchronize(s) == gone);
    // What was on it is given back all the same.
    EXPECT(cudaFree(d1) == gone && cudaStreamDestroy(s) == gone && cudaEventDestroy(v) == gone);
    EXPECT(cudaFree(d0) == cudaSuccess);
    EXPECT(rqa_emulator_live_allocations() + rqa_emulator_live_objects() == 0);
    return 0;
}

int configurations()
{
    int out = 0, blocks = 0;
    int *d = on_device<int>(nullptr, 1);
    const size_t limit = 227 << 10;
    EXPECT(launch_error(1, 1024, 4096, d) == cudaSuccess);
    EXPECT(launch_error(1, 1025, 8192, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(1, dim3(32, 33), 8192, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(1, dim3(1, 1, 65), 1024, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(1, 0, 0, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(0, 1, 4, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(dim3(1, 65536), 1, 4, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(dim3(1, 1, 65536), 1, 4, d) == cudaErrorInvalidConfiguration);
    EXPECT(launch_error(1, 32, 48 << 10, d) == cudaSuccess);
    EXPECT(launch_error(1, 32, (48 << 10) + 1, d) == cudaErrorInvalidValue);
    EXPECT(cudaFuncSetAttribute(touch_dynamic, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                static_cast<int>(limit + 1)) == cudaErrorInvalidValue);
    EXPECT(cudaFuncSetAttribute(touch_dynamic, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                static_cast<int>(limit)) == cudaSuccess);
    EXPECT(launch_error(1, 32, limit, d) == cudaErrorInvalidValue);
    EXPECT(cudaGetLastError() == cudaSuccess && launch_error(2, 64, limit, d) == cudaSuccess);
    EXPECT(fetch(&out, d, 1) == cudaSuccess && out == 5);
    EXPECT(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, touch_dynamic, 1024, 0) ==
               cudaSuccess &&
           blocks == 2);
    EXPECT(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, touch_dynamic, 32, limit) ==
               cudaSuccess &&
           blocks == 1);
    cudaFree(d);
    return 0;
}

int copies()
{
    char host[64] = "a line of text", back[64] = "";
    char *d = on_device<char>(nullptr, 32), *e = on_device<char>(nullptr, 32);
    EXPECT(cudaMemcpy(d, host, 32, cudaMemcpyHostToDevice) == cudaSuccess);
    EXPECT(cudaMemcpy(e, d, 32, cudaMemcpyDeviceToDevice) == cudaSuccess);
    EXPECT(cudaMemcpy(back, e, 32, cudaMemcpyDefault) == cudaSuccess && !strcmp(back, host));
    EXPECT(cudaMemset(e + 2, 'x', 3) == cudaSuccess && fetch(back, e, 32) == cudaSuccess);
    EXPECT(!strcmp(back, "a xxxe of text"));
    const cudaError_t no = cudaErrorInvalidValue;
    EXPECT(cudaMemcpy(d, host, 33, cudaMemcpyHostToDevice) == no);
    EXPECT(cudaMemcpy(d + 1, host, 32, cudaMemcpyHostToDevice) == no);
    EXPECT(cudaMemcpy(d - 1, host, 4, cudaMemcpyHostToDevice) == no);
    EXPECT(cudaMemcpy(back, e + 31, 2, cudaMemcpyDeviceToHost) == no);
    EXPECT(cudaMemcpy(d, host, 4, cudaMemcpyDeviceToDevice) == no);
    EXPECT(cudaMemcpy(host, d, 4, cudaMemcpyHostToDevice) == no);
    EXPECT(cudaMemcpy(back, d, 4, cudaMemcpyHostToHost) == no);
    EXPECT(cudaMemcpy(d, nullptr, 4, cudaMemcpyHostToDevice) == no);
    EXPECT(cudaMemcpy(d, host, 4, static_cast<cudaMemcpyKind>(5)) ==
           cudaErrorInvalidMemcpyDirection);
    EXPECT(cudaMemset(d, 0, 33) == no && cudaMemset(host, 0, 4) == no);
    EXPECT(cudaMemcpy(nullptr, nullptr, 0, cudaMemcpyHostToDevice) == cudaSuccess);
    EXPECT(cudaMemcpyAsync(d, host, 33, cudaMemcpyHostToDevice, nullptr) == no);
    EXPECT(cudaMemsetAsync(d, 0, 33, nullptr) == no);
    EXPECT(cudaGetLastError() == no && cudaGetLastError() == cudaSuccess);
    cudaFree(d);
    cudaFree(e);
    return 0;
}

int streams_and_events()
{
    const cudaError_t no = cudaErrorInvalidResourceHandle;
    cudaStream_t s, gone;
    cudaEvent_t start, end, untimed, fresh;
    float ms = -1;
    int *d = on_device<int>(nullptr, 4);
    EXPECT(cudaStreamCreateWithFlags(&s, cudaStreamDefault) == cudaSuccess);
    EXPECT(cudaStreamCreateWithFlags(&gone, cudaStreamNonBlocking) == cudaSuccess);
    EXPECT(cudaStreamCreateWithFlags(&gone, 8) == cudaErrorInvalidValue);
    int least = -1, greatest = 1;
    EXPECT(cudaDeviceGetStreamPriorityRange(&least, &greatest) == cudaSuccess);
    EXPECT(least >= 0 && greatest <= least);
    EXPECT(cudaStreamDestroy(gone) == cudaSuccess);
    EXPECT(cudaStreamCreateWithPriority(&gone, cudaStreamNonBlocking, greatest) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&start, cudaEventDefault) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&end, cudaEventBlockingSync) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&fresh, cudaEventDefault) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&untimed, cudaEventDisableTiming) == cudaSuccess);
    EXPECT(rqa_emulator_live_objects() == 6 && cudaStreamDestroy(gone) == cudaSuccess);
    EXPECT(cudaStreamDestroy(gone) == no && cudaStreamSynchronize(gone) == no);
    EXPECT(cudaMemsetAsync(d, 0, 4, gone) == no && cudaEventRecord(start, gone) == no);
    RQA_LAUNCH(add_one, 1, 4, 0, gone, d, 4);
    EXPECT(cudaGetLastError() == no);
    EXPECT(cudaMemsetAsync(d, 0, 16, s) == cudaSuccess && cudaEventRecord(start, s) == cudaSuccess);
    for (int k = 0; k < 2; k++)
        RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(cudaEventRecord(end, s) == cudaSuccess && cudaEventRecord(untimed, s) == cudaSuccess);
    EXPECT(cudaEventSynchronize(end) == cudaSuccess && cudaEventQuery(start) == cudaSuccess);
    EXPECT(cudaEventElapsedTime(&ms, start, end) == cudaSuccess);
    printf("two launches took %s than 400 ms\n", ms < 400 ? "less" : "no less");
    EXPECT(cudaEventElapsedTime(&ms, start, untimed) == no);
    EXPECT(cudaEventElapsedTime(&ms, start, fresh) == no && cudaEventQuery(fresh) == cudaSuccess);
    int out[4];
    EXPECT(fetch(out, d, 4) == cudaSuccess && out[0] == 2 && out[3] == 2);
    EXPECT(cudaEventDestroy(start) == cudaSuccess && cudaEventDestroy(start) == no);
    EXPECT(cudaEventDestroy(end) == cudaSuccess && cudaEventDestroy(untimed) == cudaSuccess);
    EXPECT(cudaEventDestroy(fresh) == cudaSuccess && cudaStreamDestroy(s) == cudaSuccess);
    EXPECT(cudaFree(d) == cudaSuccess && rqa_emulator_live_objects() == 0);
    return 0;
}

// With RQA_EMULATOR_LAZY nothing asynchronous happens before somebody waits for it.
int laziness()
{
    int *pinned, *d = on_device<int>(nullptr, 4), pageable[4] = {1, 2, 3, 4}, out[4];
    cudaStream_t s;
    cudaEvent_t v;
    EXPECT(cudaMallocHost(&pinned, 16) == cudaSuccess);
    EXPECT(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking) == cudaSuccess);
    EXPECT(cudaEventCreateWithFlags(&v, cudaEventDisableTiming) == cudaSuccess);
    // The device reads pinned memory late, pageable memory before the call returns.
    memcpy(pinned, pageable, 16);
    EXPECT(cudaMemcpyAsync(d, pinned, 16, cudaMemcpyHostToDevice, s) == cudaSuccess);
    pinned[2] = 30;
    RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(cudaEventRecord(v, s) == cudaSuccess);
    EXPECT(cudaStreamQuery(s) == cudaErrorNotReady && cudaGetLastError() == cudaSuccess);
    EXPECT(cudaStreamQuery(s) == cudaSuccess && cudaEventQuery(v) == cudaSuccess);
    EXPECT(fetch(out, d, 4) == cudaSuccess && out[0] == 2 && out[2] == 31);
    EXPECT(cudaMemcpyAsync(d, pageable, 16, cudaMemcpyHostToDevice, s) == cudaSuccess);
    pageable[0] = 10;
    EXPECT(cudaStreamSynchronize(s) == cudaSuccess);
    EXPECT(fetch(out, d, 4) == cudaSuccess && out[0] == 1);
    // A result in pinned memory is there after the wait, not before.
    RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(cudaMemcpyAsync(pinned, d, 16, cudaMemcpyDeviceToHost, s) == cudaSuccess);
    EXPECT(cudaEventRecord(v, s) == cudaSuccess && pinned[2] == 30);
    EXPECT(cudaEventSynchronize(v) == cudaSuccess && pinned[2] == 4);
    // A wait for an event does what is before it alone.
    RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(cudaEventRecord(v, s) == cudaSuccess && rqa_emulator_waiting(0) == 1);
    RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(rqa_emulator_waiting(0) == 2 && cudaEventSynchronize(v) == cudaSuccess);
    EXPECT(rqa_emulator_waiting(0) == 1 && fetch(out, d, 4) == cudaSuccess && out[3] == 6);
    EXPECT(cudaStreamSynchronize(s) == cudaSuccess && rqa_emulator_waiting(0) == 0);
    EXPECT(fetch(out, d, 4) == cudaSuccess && out[3] == 7);
    // A plain copy does not wait for a stream that does not block; cudaFree does.
    RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(fetch(out, d, 4) == cudaSuccess && out[3] == 7);
    EXPECT(cudaDeviceSynchronize() == cudaSuccess && fetch(out, d, 4) == cudaSuccess &&
           out[3] == 8);
    RQA_LAUNCH(add_one, 1, 4, 0, nullptr, d, 4);
    EXPECT(fetch(out, d, 4) == cudaSuccess && out[3] == 9);
    RQA_LAUNCH(add_one, 1, 4, 0, s, d, 4);
    EXPECT(cudaFree(d) == cudaSuccess && cudaStreamQuery(s) == cudaSuccess);
    EXPECT(cudaStreamDestroy(s) == cudaSuccess && cudaEventDestroy(v) == cudaSuccess);
    EXPECT(cudaFreeHost(pinned) == cudaSuccess && rqa_emulator_live_objects() == 0);
    return 0;
}

__global__ void reverse_blocks(const int *in, int *out)
{
    RQA_SHARED(int, box, 64);
    const unsigned at = blockIdx.x * 64 + threadIdx.x;
    box[threadIdx.x] = in[at];
    __syncthreads();
    out[at] = __shfl_xor_sync(0xffffffffu, box[63 - threadIdx.x], 0);
}

void work_on_device(int device, int *wrong)
{
    int in[128], out[128];
    cudaStream_t s;
    *wrong = cudaSetDevice(device) != cudaSuccess ||
             cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking) != cudaSuccess;
    for (int round = 0; round < 5 && !*wrong; round++) {
        for (int k = 0; k < 128; k++)
            in[k] = k + 1000 * device + round;
        int *a = on_device(in, 128), *b = on_device<int>(nullptr, 128);
        RQA_LAUNCH(reverse_blocks, 2, 64, 0, s, a, b);
        *wrong += cudaStreamSynchronize(s) != cudaSuccess || fetch(out, b, 128) != cudaSuccess;
        for (int k = 0; k < 128; k++)
            *wrong += out[k] != in[k / 64 * 64 + 63 - k % 64];
        cudaFree(a);
        cudaFree(b);
    }
    *wrong += cudaStreamDestroy(s) != cudaSuccess;
}

int host_threads()
{
    int wrong[8], n = 0;
    std::vector<std::thread> threads;
    EXPECT(cudaGetDeviceCount(&n) == cudaSuccess);
    for (int k = 0; k < 8; k++)
        threads.emplace_back(work_on_device, k % n, &wrong[k]);
    for (std::thread &t : threads)
        t.join();
    for (int w : wrong)
        EXPECT(w == 0);
    EXPECT(rqa_emulator_live_allocations() + rqa_emulator_live_objects() == 0);
    EXPECT(rqa_emulator_launches(-1) == 40);
    for (int d = 0; d < n; d++)
        EXPECT(rqa_emulator_launches(d) == 40u / static_cast<unsigned>(n));
    return 0;
}

int reloading()
{
    int n = 0;
    char *p = nullptr;
    EXPECT(cudaGetDeviceCount(&n) == cudaSuccess && n == 1);
    setenv("RQA_EMULATOR_DEVICES", "3", 1);
    setenv("RQA_EMULATOR_FAIL_ALLOC", "1", 1);
    EXPECT(cudaMalloc(&p, 4) == cudaSuccess && cudaFree(p) == cudaSuccess);
    rqa_emulator_reload();
    EXPECT(cudaGetDeviceCount(&n) == cudaSuccess && n == 3);
    EXPECT(cudaMalloc(&p, 4) == cudaErrorMemoryAllocation);
    EXPECT(cudaMalloc(&p, 4) == cudaSuccess && cudaFree(p) == cudaSuccess);
    return 0;
}

// A launch takes its arguments once, converted, as they were when it was made.
__global__ void store(long long *out, double scale, const long long *in)
{
    out[threadIdx.x] = in ? 0 : static_cast<long long>(scale * 2);
}

int arguments()
{
    int n = 20;
    long long out[64];
    long long *d = on_device<long long>(nullptr, 64);
    RQA_LAUNCH(store, 1, 64, 0, nullptr, d, ++n, nullptr);
    n = 1000;
    EXPECT(fetch(out, d, 64) == cudaSuccess);
    for (long long v : out)
        EXPECT(v == 42);
    cudaFree(d);
    return 0;
}

int error_names()
{
    EXPECT(!strcmp(cudaGetErrorName(cudaErrorNoDevice), "cudaErrorNoDevice"));
    EXPECT(!strcmp(cudaGetErrorString(cudaErrorMemoryAllocation), "out of memory"));
    EXPECT(!strcmp(cudaGetErrorName(static_cast<cudaError_t>(998)), "unrecognized error code"));
    int version = 0;
    EXPECT(cudaRuntimeGetVersion(&version) == cudaSuccess && version >= 12000);
    EXPECT(cudaDriverGetVersion(&version) == cudaSuccess && version >= 12000);
    return 0;
}

} // namespace

const emulator_case runtime_cases[] = {
    {"devices", count_devices},
    {"memory_limit", memory_limit},
    {"fail_alloc", failing_allocations},
    {"fail_launch", failing_launches},
    {"fail_call", failing_calls},
    {"lost_device", lost_device},
    {"configurations", configurations},
    {"copies", copies},
    {"streams", streams_and_events},
    {"lazy", laziness},
    {"host_threads", host_threads},
    {"reload", reloading},
    {"arguments", arguments},
    {"errors", error_names},
    {nullptr, nullptr},
};
