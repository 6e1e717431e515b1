// emulator_state.h - the devices: settings, memory, streams, events, failures. One lock for all of
// it, never held while a kernel runs.
#ifndef RQA_EMULATOR_STATE_H
#define RQA_EMULATOR_STATE_H

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "emulator_config.h"
#include "include/cuda_runtime_api.h"

namespace rqa_emulator
{

struct allocation {
    char *block; // what to free; the user's bytes begin a guard further on
    size_t bytes;
    int device; // -1: pinned host memory
};

struct device_state {
    size_t used = 0, peak = 0;
    uint64_t launches = 0, waiting = 0; // in a queue
    bool lost = false;
    bool has_context = false;
};

// Operations wait in the queue until somebody synchronises, when that was asked for.
struct stream_state {
    int device;
    bool blocking;
    std::mutex mutex; // one operation of a stream at a time
    std::deque<std::function<void()>> queue;
};

struct event_mark {
    bool done = false;
    double seconds = 0;
    std::shared_ptr<stream_state> stream;
};

struct event_state {
    int device;
    bool timed;
    bool sleeps;                      // whoever waits for it
    std::shared_ptr<event_mark> mark; // of the last record, if any
};

struct emulator {
    std::mutex mutex;
    config settings;
    device_state devices[max_devices];
    std::map<const char *, allocation> memory; // by the user's first byte
    std::map<cudaStream_t, std::shared_ptr<stream_state>> streams;
    std::map<cudaEvent_t, std::shared_ptr<event_state>> events;
    std::shared_ptr<stream_state> default_streams[max_devices];
    std::map<const void *, size_t> dynamic_limits;
    uint64_t n_allocs, n_host_allocs, n_launches, n_calls, n_spins;

    emulator();
    ~emulator();
    void begin_counting();
};

emulator &state();
// A thread's context: none, that of a device, which calls that need one make, or one of the host's
// own, on device 0.
void *current_context();
void set_current_context(void *context);
int current_device();
void set_current_device(int device);
// A wait that keeps a processor busy.
void count_spin();

// Keeps the outcome for cudaGetLastError() and passes it on.
cudaError_t record(cudaError_t error);
cudaError_t last_error(bool clear);
// What every call on a device asks first: is there one, is it lost, is this call to fail?
cudaError_t enter(int device);
cudaError_t enter();

// memory (emulator_memory.cpp)
cudaError_t allocate(void **pointer, size_t bytes, int device);
cudaError_t release(void *pointer, bool pinned);
// The allocation that holds all bytes of the range, or NULL; the lock is held.
const allocation *holder(const void *from, size_t bytes);
bool touches_device(const void *from);
// Aborts when a guard around a live allocation was written on; device -1: all.
void check_guards(int device, const char *when);

// streams (emulator_stream.cpp)
std::shared_ptr<stream_state> find_stream(cudaStream_t stream, int device);
// Runs the operation in its turn: at once, or with RQA_EMULATOR_LAZY at the next synchronisation.
void enqueue(const std::shared_ptr<stream_state> &stream, std::function<void()> operation);
void drain(const std::shared_ptr<stream_state> &stream);
// Everything of the device; with only_blocking what the default stream waits for.
void drain_device(int device, bool only_blocking);

} // namespace rqa_emulator

#endif
