// emulator_memory.cpp - device and pinned memory: the table of allocations, their guards, poison
// and the account of each device; copies and fills.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator_block.h"
#include "emulator_sanitizers.h"
#include "emulator_state.h"

namespace rqa_emulator
{

namespace
{

constexpr size_t guard_bytes = 256;
constexpr unsigned char guard_mark = 0xd9;
// A card gives memory out in units; so two tiny arrays cost more than their bytes.
constexpr size_t unit_bytes = 512;

size_t accounted(size_t bytes)
{
    return (bytes + unit_bytes - 1) / unit_bytes * unit_bytes;
}

// The guard behind a block reaches to the end of its unit and a whole guard further.
size_t back_guard(size_t bytes)
{
    return accounted(bytes) - bytes + guard_bytes;
}

#ifdef RQA_EMULATOR_ASAN
// Guards are poisoned: the culprit itself is stopped.
void check(const char *, const allocation &, const char *)
{
}
#else
bool intact(const char *from, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (static_cast<unsigned char>(from[k]) != guard_mark)
            return false;
    return true;
}

void check(const char *user, const allocation &a, const char *when)
{
    const bool front = intact(a.block, guard_bytes);
    if (front && intact(user + a.bytes, back_guard(a.bytes)))
        return;
    fflush(stdout);
    fprintf(stderr, "rqa emulator: %s: written %s an allocation of %zu bytes on device %d\n", when,
            front ? "behind" : "before", a.bytes, a.device);
    abort();
}
#endif

cudaMemcpyKind resolve(cudaMemcpyKind kind, bool to_device, bool from_device)
{
    if (kind != cudaMemcpyDefault)
        return kind;
    return to_device ? (from_device ? cudaMemcpyDeviceToDevice : cudaMemcpyHostToDevice)
                     : (from_device ? cudaMemcpyDeviceToHost : cudaMemcpyHostToHost);
}

// One side of a copy: a device range must lie inside one allocation, a host range in none.
bool side_is_good(const void *p, size_t bytes, bool device)
{
    const allocation *a = holder(p, bytes);
    return device ? a && a->device >= 0 : (!touches_device(p) || (a && a->device < 0));
}

// What nobody has written is no result: a copy to the host must have none of it, if that was asked
// for. As far as poison can tell: bytes that are as likely to have been written are left alone.
void check_written(const char *from, size_t bytes)
{
    const unsigned char poison = state().settings.poison;
    const size_t word = 8;
    if (!state().settings.written || poison == 0 || poison == 0xff)
        return;
    for (size_t at = 0; at + word <= bytes; at += word) {
        size_t n = 0;
        while (n < word && static_cast<unsigned char>(from[at + n]) == poison)
            n++;
        if (n < word)
            continue;
        fflush(stdout);
        fprintf(stderr,
                "rqa emulator: a copy of %zu bytes to the host: bytes from %zu on were never "
                "written\n",
                bytes, at);
        abort();
    }
}

void copy(void *to, const void *from, size_t bytes, bool to_host)
{
    if (to_host)
        check_written(static_cast<const char *>(from), bytes);
    memmove(to, from, bytes);
}

// What a copy's ends are to it.
struct copy_ends {
    bool to_host;
    bool pinned; // or the device's, both
    bool staged; // from host memory that is not pinned to the device
};

cudaError_t check_copy(const void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                       copy_ends *ends)
{
    std::lock_guard<std::mutex> lock(state().mutex);
    if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault)
        return cudaErrorInvalidMemcpyDirection;
    const allocation *a = holder(to, 1), *b = holder(from, 1);
    kind = resolve(kind, a && a->device >= 0, b && b->device >= 0);
    const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    if (!to || !from || !side_is_good(to, bytes, to_device) ||
        !side_is_good(from, bytes, from_device))
        return cudaErrorInvalidValue;
    ends->to_host = from_device && !to_device;
    ends->pinned = (to_device || holder(to, bytes)) && (from_device || holder(from, bytes));
    ends->staged = to_device && !ends->pinned;
    return cudaSuccess;
}

cudaError_t check_fill(const void *pointer, size_t bytes)
{
    std::lock_guard<std::mutex> lock(state().mutex);
    const allocation *a = holder(pointer, bytes);
    return a && a->device >= 0 ? cudaSuccess : cudaErrorInvalidValue;
}

} // namespace

const allocation *holder(const void *from, size_t bytes)
{
    const auto &memory = state().memory;
    const char *p = static_cast<const char *>(from);
    auto at = memory.upper_bound(p);
    if (at == memory.begin())
        return nullptr;
    --at;
    const size_t offset = static_cast<size_t>(p - at->first);
    return offset < at->second.bytes && bytes <= at->second.bytes - offset ? &at->second : nullptr;
}

bool touches_device(const void *from)
{
    return holder(from, 1) != nullptr;
}

void check_guards(int device, const char *when)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    for (const auto &a : e.memory)
        if (device < 0 || a.second.device == device)
            check(a.first, a.second, when);
}

cudaError_t allocate(void **pointer, size_t bytes, int device)
{
    emulator &e = state();
    const bool pinned = device < 0;
    if (!pointer)
        return cudaErrorInvalidValue;
    *pointer = nullptr;
    std::lock_guard<std::mutex> lock(e.mutex);
    if (pinned ? e.settings.host_alloc.hits(++e.n_host_allocs)
               : e.settings.alloc.hits(++e.n_allocs))
        return cudaErrorMemoryAllocation;
    if (bytes == 0)
        return cudaSuccess;
    if (!pinned && (bytes > e.settings.memory_bytes ||
                    accounted(bytes) > e.settings.memory_bytes - e.devices[device].used))
        return cudaErrorMemoryAllocation;
    const size_t whole = guard_bytes + bytes + back_guard(bytes);
    char *block = bytes > SIZE_MAX / 2 ? nullptr : static_cast<char *>(aligned_alloc(256, whole));
    if (!block)
        return cudaErrorMemoryAllocation;
    char *user = block + guard_bytes;
    memset(block, guard_mark, guard_bytes);
    memset(user, e.settings.poison, bytes);
    memset(user + bytes, guard_mark, back_guard(bytes));
    ASAN_POISON_MEMORY_REGION(block, guard_bytes);
    ASAN_POISON_MEMORY_REGION(user + bytes, back_guard(bytes));
    e.memory[user] = {block, bytes, device};
    if (!pinned) {
        device_state &d = e.devices[device];
        d.used += accounted(bytes);
        if (d.used > d.peak)
            d.peak = d.used;
    }
    *pointer = user;
    return cudaSuccess;
}

cudaError_t release(void *pointer, bool pinned)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    const auto at = e.memory.find(static_cast<const char *>(pointer));
    if (at == e.memory.end() || (at->second.device < 0) != pinned)
        return cudaErrorInvalidValue;
    const allocation a = at->second;
    check(at->first, a, pinned ? "cudaFreeHost" : "cudaFree");
    e.memory.erase(at);
    ASAN_UNPOISON_MEMORY_REGION(a.block, guard_bytes + a.bytes + back_guard(a.bytes));
    free(a.block);
    if (pinned)
        return cudaSuccess;
    e.devices[a.device].used -= accounted(a.bytes);
    // A lost device's memory is gone all the same.
    return e.devices[a.device].lost ? cudaErrorLaunchFailure : cudaSuccess;
}

} // namespace rqa_emulator

using namespace rqa_emulator;

extern "C" {

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total_bytes)
{
    cudaError_t error = enter();
    if (!error && (!free_bytes || !total_bytes))
        error = cudaErrorInvalidValue;
    if (!error) {
        emulator &e = state();
        std::lock_guard<std::mutex> lock(e.mutex);
        *total_bytes = e.settings.memory_bytes;
        *free_bytes = e.settings.memory_bytes - e.devices[current_device()].used;
    }
    return record(error);
}

cudaError_t cudaMalloc(void **pointer, size_t bytes)
{
    const cudaError_t error = enter();
    return record(error ? error : allocate(pointer, bytes, current_device()));
}

cudaError_t cudaMallocHost(void **pointer, size_t bytes)
{
    const cudaError_t error = enter();
    return record(error ? error : allocate(pointer, bytes, -1));
}

cudaError_t cudaFree(void *pointer)
{
    if (!pointer)
        return cudaSuccess;
    int device = -1;
    {
        std::lock_guard<std::mutex> lock(state().mutex);
        if (const allocation *a = holder(pointer, 0))
            device = a->device;
    }
    if (device >= 0)
        drain_device(device, false);
    return record(release(pointer, false));
}

cudaError_t cudaFreeHost(void *pointer)
{
    if (!pointer)
        return cudaSuccess;
    for (int d = 0; d < max_devices; d++)
        drain_device(d, false);
    return record(release(pointer, true));
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind)
{
    copy_ends ends;
    cudaError_t error = enter();
    if (!error && bytes)
        error = check_copy(to, from, bytes, kind, &ends);
    if (!error && bytes) {
        drain_device(current_device(), true);
        copy(to, from, bytes, ends.to_host);
    }
    return record(error);
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    copy_ends ends;
    cudaError_t error = enter();
    const auto s = find_stream(stream, current_device());
    if (!error && !s)
        error = cudaErrorInvalidResourceHandle;
    if (!error && bytes)
        error = check_copy(to, from, bytes, kind, &ends);
    if (!error && bytes && ends.staged) {
        // Read before the call returns, written in its turn, on a card too.
        const char *bytes_now = static_cast<const char *>(from);
        const auto stage = std::make_shared<std::vector<char>>(bytes_now, bytes_now + bytes);
        enqueue(s, [=]() { copy(to, stage->data(), bytes, false); });
    } else if (!error && bytes) {
        enqueue(s, [=]() { copy(to, from, bytes, ends.to_host); });
        if (!ends.pinned) // there before the call returns
            drain(s);
    }
    return record(error);
}

cudaError_t cudaMemset(void *pointer, int value, size_t bytes)
{
    cudaError_t error = enter();
    if (!error && bytes)
        error = check_fill(pointer, bytes);
    if (!error && bytes) {
        drain_device(current_device(), true);
        memset(pointer, value, bytes);
    }
    return record(error);
}

cudaError_t cudaMemsetAsync(void *pointer, int value, size_t bytes, cudaStream_t stream)
{
    cudaError_t error = enter();
    const auto s = find_stream(stream, current_device());
    if (!error && !s)
        error = cudaErrorInvalidResourceHandle;
    if (!error && bytes)
        error = check_fill(pointer, bytes);
    if (!error && bytes)
        enqueue(s, [=]() { memset(pointer, value, bytes); });
    return record(error);
}
}
