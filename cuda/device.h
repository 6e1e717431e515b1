// device.h - an opened device: stream, memory, limits; and how failures are told.
#ifndef RQA_CUDA_DEVICE_H
#define RQA_CUDA_DEVICE_H

#include <cuda_runtime.h>

#include "products.h"
#include "rqa/plugin.h"

// Events around the kernels of a band.
enum { EVENT_BEGIN, EVENT_BITS, EVENT_DIAGONALS, EVENT_COLUMNS, EVENT_JOIN, N_EVENTS };

struct rqa_plugin_device {
    rqa_plugin_device_options options;
    uint32_t n_processors;
    int32_t capability_major, capability_minor;
    cudaStream_t stream;
    cudaEvent_t event[N_EVENTS];
    double seconds[N_EVENTS]; // up to each event, in the last run
    uint64_t limit;           // bytes
    void *arena;              // everything of one bundle
    uint64_t arena_size;
    void *jobs; // of one band
    uint64_t jobs_size;
    void *bins; // histograms on their way out
    uint64_t bins_size;
    void *out; // where they arrive: host memory that is not paged
    uint64_t out_size;
    void *edges; // likewise those of a part, of one tally
    uint64_t edges_size;
    product_state products;
    int failed; // nothing works any more
};

// The host's services, once the entry has been called.
extern const rqa_plugin_host *device_host;

// Sets the failure's text and returns the status.
int32_t device_fail(int32_t status, const char *format, ...) __attribute__((format(printf, 2, 3)));

// A CUDA result as a status: RQA_ERROR_MEMORY for no memory, else RQA_ERROR_BACKEND_FAILED, which
// marks the device.
int32_t device_check(rqa_plugin_device *device, cudaError_t error, const char *doing);

// Makes it the calling thread's device. 0 or a status.
int32_t device_select(rqa_plugin_device *device);

// Makes a block at least `size` bytes; its contents are lost. 0 or a status.
int32_t device_reserve(rqa_plugin_device *device, void **block, uint64_t *have, uint64_t size);

// The same for page-locked host memory.
int32_t device_reserve_host(rqa_plugin_device *device, void **block, uint64_t *have, uint64_t size);

void *host_alloc(uint64_t n, uint64_t size); // zeroed; NULL: no memory
void host_free(void *block);

int32_t device_count(uint32_t *out);
int32_t device_info(uint32_t index, rqa_plugin_device_info *info);
int32_t device_open(rqa_plugin_device **out, const rqa_plugin_device_options *options);
void device_close(rqa_plugin_device *device);
void device_timings(const rqa_plugin_device *device, rqa_plugin_timings *timings);
uint64_t device_memory_held(const rqa_plugin_device *device);

#endif
