// emulator_state.cpp - the one emulator of this plugin, its errors, its hooks.
#include "emulator_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "emulator_hooks.h"

#define RQA_EMULATOR_EXPORT extern "C" __attribute__((visibility("default")))

namespace rqa_emulator
{

namespace
{

thread_local int thread_device;
thread_local cudaError_t thread_error;

// Built when the plugin is opened, so that the environment of that moment counts.
emulator the_emulator;

} // namespace

emulator &state()
{
    return the_emulator;
}

emulator::emulator() : settings(read_config())
{
    for (int d = 0; d < max_devices; d++) {
        default_streams[d] = std::make_shared<stream_state>();
        default_streams[d]->device = d;
        default_streams[d]->blocking = true;
    }
    begin_counting();
}

emulator::~emulator()
{
    check_guards(-1, "at the end");
    const size_t n = memory.size(), objects = streams.size() + events.size();
    if (!settings.report_leaks || n + objects == 0)
        return;
    for (const auto &a : memory)
        fprintf(stderr, "rqa emulator: leaked: %zu bytes of %s %d\n", a.second.bytes,
                a.second.device < 0 ? "pinned memory" : "device", a.second.device);
    fprintf(stderr, "rqa emulator: leaked: %zu allocations, %zu streams, %zu events\n", n,
            streams.size(), events.size());
    fflush(nullptr);
    _exit(23);
}

void emulator::begin_counting()
{
    n_allocs = n_host_allocs = n_launches = n_calls = 0;
    for (int d = 0; d < max_devices; d++) {
        devices[d].peak = devices[d].used;
        devices[d].launches = 0;
        devices[d].lost = settings.lost_device == d && settings.lost_after == 0;
    }
}

int current_device()
{
    return thread_device;
}

void set_current_device(int device)
{
    thread_device = device;
}

cudaError_t record(cudaError_t error)
{
    if (error != cudaSuccess && error != cudaErrorNotReady)
        thread_error = error;
    return error;
}

cudaError_t last_error(bool clear)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    if (thread_device < e.settings.n_devices && e.devices[thread_device].lost)
        return cudaErrorLaunchFailure;
    const cudaError_t error = thread_error;
    if (clear)
        thread_error = cudaSuccess;
    return error;
}

cudaError_t enter(int device)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    if (e.settings.no_driver)
        return cudaErrorInsufficientDriver;
    if (e.settings.n_devices == 0)
        return cudaErrorNoDevice;
    if (device < 0 || device >= e.settings.n_devices)
        return cudaErrorInvalidDevice;
    if (e.devices[device].lost)
        return cudaErrorLaunchFailure;
    return e.settings.call.hits(++e.n_calls) ? cudaErrorUnknown : cudaSuccess;
}

cudaError_t enter()
{
    return enter(thread_device);
}

namespace
{

template <class F> uint64_t over_devices(int device, F value)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    uint64_t sum = 0;
    for (int d = 0; d < max_devices; d++)
        if (device < 0 || device == d)
            sum += value(e.devices[d]);
    return sum;
}

uint64_t count_memory(bool pinned)
{
    uint64_t n = 0;
    for (const auto &a : state().memory)
        n += (a.second.device < 0) == pinned;
    return n;
}

} // namespace

} // namespace rqa_emulator

using namespace rqa_emulator;

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_live_allocations(void)
{
    std::lock_guard<std::mutex> lock(state().mutex);
    return count_memory(false);
}

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_live_objects(void)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    return count_memory(true) + e.streams.size() + e.events.size();
}

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_used_bytes(int device)
{
    return over_devices(device, [](const device_state &d) { return d.used; });
}

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_peak_bytes(int device)
{
    return over_devices(device, [](const device_state &d) { return d.peak; });
}

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_launches(int device)
{
    return over_devices(device, [](const device_state &d) { return d.launches; });
}

RQA_EMULATOR_EXPORT void rqa_emulator_reload(void)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    e.settings = read_config();
    e.begin_counting();
}
