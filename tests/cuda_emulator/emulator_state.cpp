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

thread_local int thread_device; // where a context would be made
thread_local void *thread_context;
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
    n_allocs = n_host_allocs = n_launches = n_calls = n_spins = 0;
    for (int d = 0; d < max_devices; d++) {
        devices[d].peak = devices[d].used;
        devices[d].launches = 0;
        devices[d].has_context = false;
        devices[d].lost = settings.lost_device == d && settings.lost_after == 0;
    }
}

namespace
{

// The context of device d; the address is all that it is.
char device_contexts[max_devices];

int device_of(const void *context)
{
    for (int d = 0; d < max_devices; d++)
        if (context == &device_contexts[d])
            return d;
    return 0;
}

// What calls do that cannot do without one; the lock is held.
void need_context(int device)
{
    state().devices[device].has_context = true;
    if (!thread_context)
        thread_context = &device_contexts[device];
}

} // namespace

void *current_context()
{
    return thread_context;
}

void set_current_context(void *context)
{
    thread_context = context;
}

int current_device()
{
    return thread_context ? device_of(thread_context) : thread_device;
}

void set_current_device(int device)
{
    std::lock_guard<std::mutex> lock(state().mutex);
    thread_device = device;
    thread_context = nullptr;
    need_context(device);
}

void count_spin()
{
    std::lock_guard<std::mutex> lock(state().mutex);
    state().n_spins++;
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
    const int device = current_device();
    if (device < e.settings.n_devices && e.devices[device].lost)
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
    if (e.settings.call.hits(++e.n_calls))
        return cudaErrorUnknown;
    need_context(device);
    return cudaSuccess;
}

cudaError_t enter()
{
    return enter(current_device());
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

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_waiting(int device)
{
    return over_devices(device, [](const device_state &d) { return d.waiting; });
}

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_contexts(int device)
{
    return over_devices(device, [](const device_state &d) { return d.has_context; });
}

RQA_EMULATOR_EXPORT uint64_t rqa_emulator_spins(void)
{
    std::lock_guard<std::mutex> lock(state().mutex);
    return state().n_spins;
}

RQA_EMULATOR_EXPORT void *rqa_emulator_context(void)
{
    return current_context();
}

RQA_EMULATOR_EXPORT void rqa_emulator_use_context(void *context)
{
    set_current_context(context);
}

RQA_EMULATOR_EXPORT void rqa_emulator_use_device(int device)
{
    set_current_device(device);
}

RQA_EMULATOR_EXPORT void rqa_emulator_reload(void)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    e.settings = read_config();
    e.begin_counting();
}
