// emulator_stream.cpp - streams, events and launches.
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "emulator_block.h"
#include "emulator_hooks.h"
#include "emulator_state.h"

namespace rqa_emulator
{

namespace
{

double now_seconds()
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void sleep_us(uint64_t us)
{
    struct timespec left = {static_cast<time_t>(us / 1000000),
                            static_cast<long>(us % 1000000 * 1000)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

std::shared_ptr<event_state> find_event(cudaEvent_t event)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    const auto at = e.events.find(event);
    return at == e.events.end() ? nullptr : at->second;
}

// Whether the configuration is one a card accepts; the lock is held.
cudaError_t check_launch(const emulator &e, const launch &what)
{
    const uint64_t threads = static_cast<uint64_t>(what.block.x) * what.block.y * what.block.z;
    if (threads == 0 || threads > max_block_threads || what.block.x > 1024 || what.block.y > 1024 ||
        what.block.z > 64 || what.grid.x == 0 || what.grid.y == 0 || what.grid.z == 0 ||
        what.grid.x > 0x7fffffffu || what.grid.y > 65535 || what.grid.z > 65535)
        return cudaErrorInvalidConfiguration;
    const auto limit = e.dynamic_limits.find(what.kernel);
    if (what.dynamic_bytes > (limit == e.dynamic_limits.end() ? max_static_shared : limit->second))
        return cudaErrorInvalidValue;
    return cudaSuccess;
}

// Accepts the launch, or says why not; counts it.
cudaError_t accept(const launch &what, int device, uint64_t *number)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    const cudaError_t error = check_launch(e, what);
    if (error)
        return error;
    *number = ++e.n_launches;
    if (e.settings.launch.hits(*number))
        return cudaErrorLaunchOutOfResources;
    e.devices[device].launches++;
    e.devices[device].waiting++;
    return cudaSuccess;
}

void execute(const launch &what, int device, uint64_t number)
{
    emulator &e = state();
    config settings;
    {
        std::lock_guard<std::mutex> lock(e.mutex);
        settings = e.settings;
        e.devices[device].waiting--;
    }
    if (settings.slow_us[device])
        sleep_us(settings.slow_us[device]);
    run_grid(what, settings, number);
    char when[300];
    snprintf(when, sizeof when, "after kernel %s", what.name);
    check_guards(device, when);
}

// A device goes with the launch that was named, once that one is done.
void lose_if_due(int device)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    if (e.settings.lost_device == device && e.devices[device].launches >= e.settings.lost_after)
        e.devices[device].lost = true;
}

bool is_done(const event_mark *mark)
{
    std::lock_guard<std::mutex> lock(state().mutex);
    return mark && mark->done;
}

// Up to the mark, if there is one.
void run_queue(stream_state &s, const event_mark *until = nullptr)
{
    while (!s.queue.empty() && !is_done(until)) {
        const auto operation = std::move(s.queue.front());
        s.queue.pop_front();
        operation();
    }
}

} // namespace

std::shared_ptr<stream_state> find_stream(cudaStream_t stream, int device)
{
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    if (!stream)
        return device >= 0 && device < max_devices ? e.default_streams[device] : nullptr;
    const auto at = e.streams.find(stream);
    return at == e.streams.end() ? nullptr : at->second;
}

void drain(const std::shared_ptr<stream_state> &stream)
{
    std::lock_guard<std::mutex> lock(stream->mutex);
    run_queue(*stream);
}

void drain_device(int device, bool only_blocking)
{
    emulator &e = state();
    std::vector<std::shared_ptr<stream_state>> all;
    {
        std::lock_guard<std::mutex> lock(e.mutex);
        all.push_back(e.default_streams[device]);
        for (const auto &s : e.streams)
            if (s.second->device == device && (s.second->blocking || !only_blocking))
                all.push_back(s.second);
    }
    for (const auto &s : all)
        drain(s);
}

void enqueue(const std::shared_ptr<stream_state> &stream, std::function<void()> operation)
{
    emulator &e = state();
    bool lazy;
    std::shared_ptr<stream_state> first;
    {
        std::lock_guard<std::mutex> lock(e.mutex);
        lazy = e.settings.lazy;
        first = e.default_streams[stream->device];
    }
    // The default stream and the blocking ones wait for each other.
    if (lazy && stream == first)
        drain_device(stream->device, true);
    else if (lazy && stream->blocking)
        drain(first);
    std::lock_guard<std::mutex> lock(stream->mutex);
    stream->queue.push_back(std::move(operation));
    if (!lazy)
        run_queue(*stream);
}

void submit(launch &&what)
{
    const int device = current_device();
    cudaError_t error = enter();
    const auto s = find_stream(what.stream, device);
    uint64_t number = 0;
    if (!error && (!s || s->device != device))
        error = cudaErrorInvalidResourceHandle;
    if (!error)
        error = accept(what, device, &number);
    if (!error) {
        const auto kept = std::make_shared<launch>(std::move(what));
        enqueue(s, [kept, device, number]() { execute(*kept, device, number); });
        lose_if_due(device);
    }
    record(error);
}

} // namespace rqa_emulator

using namespace rqa_emulator;

extern "C" {

cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest)
{
    const cudaError_t error = enter();
    if (!error) { // as on cards; the emulator runs one kernel at a time, and makes no difference
        *least = 0;
        *greatest = -5;
    }
    return record(error);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags)
{
    return cudaStreamCreateWithPriority(stream, flags, 0);
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned flags, int priority)
{
    cudaError_t error = enter();
    (void)priority; // one beyond the range is taken for its end, as on a card
    if (!error && (!stream || flags > cudaStreamNonBlocking))
        error = cudaErrorInvalidValue;
    if (!error) {
        const auto s = std::make_shared<stream_state>();
        s->device = current_device();
        s->blocking = flags != cudaStreamNonBlocking;
        *stream = reinterpret_cast<cudaStream_t>(s.get());
        std::lock_guard<std::mutex> lock(state().mutex);
        state().streams[*stream] = s;
    }
    return record(error);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    const auto s = stream ? find_stream(stream, 0) : nullptr;
    if (!s)
        return record(cudaErrorInvalidResourceHandle);
    drain(s);
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    e.streams.erase(stream);
    return record(e.devices[s->device].lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    const auto s = find_stream(stream, current_device());
    const cudaError_t error = s ? enter(s->device) : cudaErrorInvalidResourceHandle;
    if (!error) {
        count_spin();
        drain(s);
        check_guards(s->device, "cudaStreamSynchronize");
    }
    return record(error);
}

__attribute__((visibility("default"))) int
rqa_emulator_enqueue(void *stream, void (*work)(void *argument), void *argument)
{
    const int device = current_device();
    const auto s = find_stream(static_cast<cudaStream_t>(stream), device);
    cudaError_t error = enter();
    if (!error && (!s || s->device != device))
        error = cudaErrorInvalidResourceHandle;
    if (!error)
        enqueue(s, [work, argument]() { work(argument); });
    return error;
}

cudaError_t cudaStreamQuery(cudaStream_t stream)
{
    const auto s = find_stream(stream, current_device());
    const cudaError_t error = s ? enter(s->device) : cudaErrorInvalidResourceHandle;
    if (error)
        return record(error);
    // Who polls gets there: the first question finds the work undone and has it done.
    bool busy;
    {
        std::lock_guard<std::mutex> lock(s->mutex);
        busy = !s->queue.empty();
        run_queue(*s);
    }
    return busy ? cudaErrorNotReady : cudaSuccess;
}

cudaError_t cudaDeviceSynchronize(void)
{
    const cudaError_t error = enter();
    if (!error) {
        count_spin();
        drain_device(current_device(), false);
        check_guards(current_device(), "cudaDeviceSynchronize");
    }
    return record(error);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags)
{
    cudaError_t error = enter();
    if (!error && (!event || flags > (cudaEventBlockingSync | cudaEventDisableTiming)))
        error = cudaErrorInvalidValue;
    if (!error) {
        const auto v = std::make_shared<event_state>();
        v->device = current_device();
        v->sleeps = (flags & cudaEventBlockingSync) != 0;
        v->timed = !(flags & cudaEventDisableTiming);
        *event = reinterpret_cast<cudaEvent_t>(v.get());
        std::lock_guard<std::mutex> lock(state().mutex);
        state().events[*event] = v;
    }
    return record(error);
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    const auto v = find_event(event);
    if (!v)
        return record(cudaErrorInvalidResourceHandle);
    emulator &e = state();
    std::lock_guard<std::mutex> lock(e.mutex);
    e.events.erase(event);
    return record(e.devices[v->device].lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    const auto v = find_event(event);
    const auto s = find_stream(stream, current_device());
    if (!v || !s || s->device != v->device)
        return record(cudaErrorInvalidResourceHandle);
    const cudaError_t error = enter(v->device);
    if (!error) {
        const auto mark = std::make_shared<event_mark>();
        mark->stream = s;
        {
            std::lock_guard<std::mutex> lock(state().mutex);
            v->mark = mark;
        }
        enqueue(s, [mark]() {
            std::lock_guard<std::mutex> lock(state().mutex);
            mark->done = true;
            mark->seconds = now_seconds();
        });
    }
    return record(error);
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    const auto v = find_event(event);
    const cudaError_t error = v ? enter(v->device) : cudaErrorInvalidResourceHandle;
    if (error)
        return record(error);
    std::shared_ptr<event_mark> mark;
    bool done;
    {
        std::lock_guard<std::mutex> lock(state().mutex);
        mark = v->mark;
        done = !mark || mark->done;
    }
    if (!done) { // not what was put there after it
        std::lock_guard<std::mutex> lock(mark->stream->mutex);
        run_queue(*mark->stream, mark.get());
    }
    return done ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    const auto v = find_event(event);
    const cudaError_t error = cudaEventQuery(event);
    if (v && !v->sleeps)
        count_spin();
    if (v && (error == cudaSuccess || error == cudaErrorNotReady))
        check_guards(v->device, "cudaEventSynchronize");
    return error == cudaErrorNotReady ? cudaSuccess : error;
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start, cudaEvent_t end)
{
    const auto a = find_event(start), b = find_event(end);
    const cudaError_t error = a ? enter(a->device) : cudaErrorInvalidResourceHandle;
    if (error)
        return record(error);
    std::lock_guard<std::mutex> lock(state().mutex);
    if (!milliseconds)
        return record(cudaErrorInvalidValue);
    if (!b || !a->timed || !b->timed || !a->mark || !b->mark)
        return record(cudaErrorInvalidResourceHandle);
    if (!a->mark->done || !b->mark->done)
        return cudaErrorNotReady;
    *milliseconds = static_cast<float>(1e3 * (b->mark->seconds - a->mark->seconds));
    return cudaSuccess;
}
}
