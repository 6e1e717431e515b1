// emulator_memories.cu - shared and device memory: poison, guards, accounts; races between threads.
#include <stdint.h>
#include <string.h>

#include "emulator_cases.h"
#include "emulator_hooks.h"

namespace
{

struct seen {
    unsigned array, dynamic, after;
};

// What a block finds in its shared memory before it writes there.
__global__ void look(seen *out)
{
    RQA_SHARED(unsigned, box, 64);
    RQA_DYNAMIC_SHARED(unsigned, tail);
    const unsigned t = threadIdx.x;
    seen s = {box[t], tail[t], 0};
    box[t] = t;
    tail[t] = 100 + t;
    __syncthreads();
    s.after = box[63 - t] + tail[63 - t];
    out[blockIdx.x * 64 + t] = s;
}

int shared_poison()
{
    seen out[192];
    seen *d = on_device<seen>(nullptr, 192);
    RQA_LAUNCH(look, 3, 64, 64 * sizeof(unsigned), nullptr, d);
    EXPECT(fetch(out, d, 192) == cudaSuccess);
    for (unsigned k = 0; k < 192; k++) {
        EXPECT(out[k].array == out[0].array && out[k].dynamic == out[0].array);
        EXPECT(out[k].after == 100 + 2 * (63 - k % 64));
    }
    printf("shared memory began as %08x\n", out[0].array);
    cudaFree(d);
    return 0;
}

template <class T> __device__ T *fresh_array()
{
    RQA_SHARED(T, items, 8);
    return items;
}

// Declarations are told apart by place and, in templates, by type.
__global__ void place_arrays(unsigned long long *out)
{
    RQA_SHARED(char, first, 3);
    RQA_SHARED(double, second, 5);
    RQA_SHARED(unsigned, empty_tail, 1);
    RQA_DYNAMIC_SHARED(unsigned char, dynamic);
    const void *where[] = {first,  second, empty_tail, fresh_array<int>(), fresh_array<float>(),
                           dynamic};
    if (sizeof first != 3 || sizeof second != 5 * sizeof(double))
        __trap();
    for (int k = 0; k < 6; k++)
        out[6 * threadIdx.x + static_cast<unsigned>(k)] = reinterpret_cast<uintptr_t>(where[k]);
}

int shared_places()
{
    unsigned long long out[12];
    unsigned long long *d = on_device<unsigned long long>(nullptr, 12);
    RQA_LAUNCH(place_arrays, 1, 2, 16, nullptr, d);
    EXPECT(fetch(out, d, 12) == cudaSuccess);
    EXPECT(!memcmp(out, out + 6, 6 * sizeof *out));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < i; j++)
            EXPECT(out[i] - out[j] >= 40 || out[j] - out[i] >= 40);
    EXPECT(out[5] % 16 == 0 && out[1] % 8 == 0);
    cudaFree(d);
    return 0;
}

enum class slip {
    none,
    array_end,
    array_begin,
    array_far,
    dynamic_end,
    dynamic_begin,
    device_end,
    device_begin,
    device_odd_end,
    device_read,
    device_freed
};

template <slip Which> __global__ void slipping(unsigned char *device, size_t bytes, int *out)
{
    RQA_SHARED(int, box, 10);
    RQA_SHARED(int, other, 4);
    RQA_DYNAMIC_SHARED(int, tail);
    const int t = static_cast<int>(threadIdx.x);
    if (t < 10)
        box[t] = t;
    if (t < 4)
        other[t] = tail[t] = t;
    __syncthreads();
    if (t == 3) {
        volatile int *b = box, *e = tail;
        volatile unsigned char *g = device;
        if (Which == slip::array_end)
            b[t + 7] = 1;
        if (Which == slip::array_begin)
            b[t - 4] = 1;
        if (Which == slip::array_far)
            b[t + 20] = 1;
        if (Which == slip::dynamic_end)
            e[t + 1] = 1;
        if (Which == slip::dynamic_begin)
            e[t - 4] = 1;
        if (Which == slip::device_end || Which == slip::device_odd_end ||
            Which == slip::device_freed)
            g[bytes] = 1;
        if (Which == slip::device_begin)
            g[-1] = 1;
        if (Which == slip::device_read)
            out[0] = g[bytes + 5];
    }
    if (blockIdx.x == 0)
        out[t + 1] = box[t % 10] + other[t % 4] + tail[t % 4];
}

template <slip Which> int slipped()
{
    const size_t bytes = Which == slip::device_odd_end ? 1001 : 1024;
    unsigned char *device = on_device<unsigned char>(nullptr, bytes);
    int *out = on_device<int>(nullptr, 33);
    if (Which != slip::device_freed)
        RQA_LAUNCH(slipping<Which>, 2, 32, 4 * sizeof(int), nullptr, device, bytes, out);
    cudaFree(device);
    if (Which == slip::device_freed)
        RQA_LAUNCH(slipping<Which>, 1, 32, 4 * sizeof(int), nullptr, device, size_t{0}, out);
    cudaFree(out);
    return 0;
}

__global__ void fill_too_much(int)
{
    RQA_SHARED(char, large, 40000);
    RQA_SHARED(char, larger, 10000);
    large[threadIdx.x] = larger[threadIdx.x] = 0;
}

int static_excess()
{
    RQA_LAUNCH(fill_too_much, 1, 1, 0, nullptr, 0);
    return 0;
}

int device_poison()
{
    unsigned fresh[100];
    unsigned *d = on_device<unsigned>(nullptr, 100);
    EXPECT(fetch(fresh, d, 100) == cudaSuccess);
    for (unsigned v : fresh)
        EXPECT(v == fresh[0]);
    printf("device memory began as %08x\n", fresh[0]);
    cudaFree(d);
    return 0;
}

int accounts()
{
    size_t before, total, now;
    EXPECT(cudaMemGetInfo(&before, &total) == cudaSuccess && before == total);
    char *a = nullptr, *b = nullptr;
    EXPECT(cudaMalloc(&a, 1000) == cudaSuccess && cudaMalloc(&b, 3) == cudaSuccess);
    EXPECT(reinterpret_cast<uintptr_t>(a) % 256 == 0 && reinterpret_cast<uintptr_t>(b) % 256 == 0);
    EXPECT(cudaMemGetInfo(&now, &total) == cudaSuccess && before - now == 1024 + 512);
    EXPECT(rqa_emulator_live_allocations() == 2 && rqa_emulator_used_bytes(0) == 1536);
    EXPECT(rqa_emulator_used_bytes(1) == 0);
    EXPECT(cudaFree(a) == cudaSuccess && cudaFree(nullptr) == cudaSuccess);
    EXPECT(cudaFree(a) == cudaErrorInvalidValue && cudaFree(b + 1) == cudaErrorInvalidValue);
    EXPECT(cudaFreeHost(b) == cudaErrorInvalidValue && cudaFree(b) == cudaSuccess);
    EXPECT(cudaMemGetInfo(&now, &total) == cudaSuccess && now == before);
    EXPECT(rqa_emulator_live_allocations() == 0 && rqa_emulator_peak_bytes(-1) == 1536);
    EXPECT(cudaMalloc(&a, 0) == cudaSuccess && a == nullptr);
    EXPECT(cudaMallocHost(&a, 100) == cudaSuccess && rqa_emulator_live_objects() == 1);
    EXPECT(rqa_emulator_live_allocations() == 0);
    EXPECT(cudaFree(a) == cudaErrorInvalidValue && cudaFreeHost(a) == cudaSuccess);
    EXPECT(rqa_emulator_live_objects() == 0);
    return 0;
}

int leaking()
{
    EXPECT(on_device<int>(nullptr, 10) != nullptr);
    return 0;
}

// Two updates of one number: a race unless atomic, whoever the two threads are.
enum class pair { lanes, warps, blocks };

template <pair Which, bool Atomic> __global__ void update(unsigned *number)
{
    const unsigned other = Which == pair::lanes ? 1 : Which == pair::warps ? 32 : 0;
    const bool mine =
        Which == pair::blocks ? threadIdx.x == 0 : threadIdx.x == 0 || threadIdx.x == other;
    __syncthreads();
    if (mine && (Which == pair::blocks || blockIdx.x == 0)) {
        if (Atomic)
            atomicAdd(number, 1u);
        else
            *number += 1;
    }
}

template <pair Which, bool Atomic> int updated()
{
    unsigned zero = 0, number;
    unsigned *d = on_device(&zero, 1);
    RQA_LAUNCH((update<Which, Atomic>), 2, 64, 0, nullptr, d);
    EXPECT(fetch(&number, d, 1) == cudaSuccess && number == 2);
    cudaFree(d);
    return 0;
}

// The same between two blocks, one before a barrier of its own, one behind.
__global__ void update_in_phases(unsigned *number)
{
    if (threadIdx.x == 0 && blockIdx.x == 0)
        *number += 1;
    __syncthreads();
    if (threadIdx.x == 0 && blockIdx.x == 1)
        *number += 1;
}

int phases()
{
    unsigned zero = 0, number;
    unsigned *d = on_device(&zero, 1);
    RQA_LAUNCH(update_in_phases, 2, 64, 0, nullptr, d);
    EXPECT(fetch(&number, d, 1) == cudaSuccess && number == 2);
    cudaFree(d);
    return 0;
}

// No race: a launch sees what the host and earlier launches left. So many launches also need the
// stacks of the first again.
__global__ void double_up(unsigned *numbers)
{
    numbers[blockDim.x - 1 - threadIdx.x] *= 2;
}

int many_launches()
{
    unsigned numbers[256], *d = on_device<unsigned>(nullptr, 256);
    for (unsigned k = 0; k < 200; k++) {
        for (unsigned &n : numbers)
            n = k;
        EXPECT(cudaMemcpy(d, numbers, sizeof numbers, cudaMemcpyHostToDevice) == cudaSuccess);
        RQA_LAUNCH(double_up, 1, 256, 0, nullptr, d);
        RQA_LAUNCH(double_up, 1, 128, 0, nullptr, d + 128);
        EXPECT(fetch(numbers, d, 256) == cudaSuccess);
        EXPECT(numbers[0] == 2 * k && numbers[255] == 4 * k);
    }
    cudaFree(d);
    return 0;
}

// Lane 0 writes, lane 1 reads; what lies between orders them, or does not.
enum class between { syncwarp, syncthreads, ballot, fence, nothing };

template <between Which> __global__ void hand_over(int *out)
{
    RQA_SHARED(int, box, 1);
    const unsigned t = threadIdx.x;
    if (t == 0)
        box[0] = 7;
    if (Which == between::fence)
        __threadfence_block();
    if (Which == between::syncwarp)
        __syncwarp();
    if (Which == between::syncthreads)
        __syncthreads();
    if (Which == between::ballot || Which == between::fence)
        __ballot_sync(0xffffffffu, 1);
    if (Which == between::fence)
        __threadfence_block();
    if (t == 1)
        out[blockIdx.x] = box[0];
}

template <between Which> int handed_over()
{
    int out[2];
    int *d = on_device<int>(nullptr, 2);
    RQA_LAUNCH(hand_over<Which>, 2, 32, 0, nullptr, d);
    EXPECT(fetch(out, d, 2) == cudaSuccess && out[0] == 7 && out[1] == 7);
    cudaFree(d);
    return 0;
}

} // namespace

const emulator_case memory_cases[] = {
    {"shared_poison", shared_poison},
    {"shared_places", shared_places},
    {"slip_none", slipped<slip::none>},
    {"slip_array_end", slipped<slip::array_end>},
    {"slip_array_begin", slipped<slip::array_begin>},
    {"slip_array_far", slipped<slip::array_far>},
    {"slip_dynamic_end", slipped<slip::dynamic_end>},
    {"slip_dynamic_begin", slipped<slip::dynamic_begin>},
    {"slip_device_end", slipped<slip::device_end>},
    {"slip_device_begin", slipped<slip::device_begin>},
    {"slip_device_odd_end", slipped<slip::device_odd_end>},
    {"slip_device_read", slipped<slip::device_read>},
    {"slip_device_freed", slipped<slip::device_freed>},
    {"static_excess", static_excess},
    {"device_poison", device_poison},
    {"accounts", accounts},
    {"leak", leaking},
    {"race_lanes", updated<pair::lanes, false>},
    {"race_warps", updated<pair::warps, false>},
    {"race_blocks", updated<pair::blocks, false>},
    {"race_phases", phases},
    {"many_launches", many_launches},
    {"atomic_lanes", updated<pair::lanes, true>},
    {"atomic_warps", updated<pair::warps, true>},
    {"atomic_blocks", updated<pair::blocks, true>},
    {"order_syncwarp", handed_over<between::syncwarp>},
    {"order_syncthreads", handed_over<between::syncthreads>},
    {"order_fence", handed_over<between::fence>},
    {"order_ballot", handed_over<between::ballot>},
    {"order_nothing", handed_over<between::nothing>},
    {nullptr, nullptr},
};
