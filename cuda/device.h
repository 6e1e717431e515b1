// device.h - an opened device: streams, waits, memory and its limit; and how failures are told.
#ifndef RQA_CUDA_DEVICE_H
#define RQA_CUDA_DEVICE_H

#include <cuda_runtime.h>

#include "caller_context.h"
#include "products.h"
#include "rqa/plugin.h"

// Events around the kernels of a band.
enum { EVENT_BEGIN, EVENT_BITS, EVENT_DIAGONALS, EVENT_COLUMNS, EVENT_JOIN, N_EVENTS };

// What a bundle has of the device while it is there. Of two bundles, one is counted while the one
// before it is read out.
enum { N_SETS = 2 };
struct device_set {
    void *arena; // everything of the bundle
    uint64_t arena_size;
    void *jobs; // of one band
    uint64_t jobs_size;
    cudaEvent_t event[N_EVENTS]; // of the last band launched
};

struct rqa_plugin_device {
    rqa_plugin_device_options options;
    uint32_t n_processors;
    int32_t capability_major, capability_minor;
    double double_cost;       // of an operation in double, in those in float
    caller_context *caller;   // of the entry in hand
    cudaStream_t stream;      // bands, one after the other
    cudaStream_t copies;      // uploads and what reads tallies out, beside them
    cudaEvent_t done;         // of either
    double seconds[N_EVENTS]; // up to each event, in the last run
    uint64_t n_by_lags;       // tallies of the last run whose bits are made so
    uint64_t memory_limit;    // bytes, of all
    uint64_t limit;           // of the bundle in hand
    uint64_t memory_total;
    uint64_t n_refused; // allocations, since it was opened
    device_set set[N_SETS];
    void *bins; // histograms on their way out
    uint64_t bins_size;
    void *out; // where they arrive: host memory that is not paged
    uint64_t out_size;
    void *edges; // likewise those of a part, of one tally
    uint64_t edges_size;
    product_state products;
    int is_counted; // among those that are open
    int failed;     // nothing works any more
};

// The host's services, once the entry has been called.
extern const rqa_plugin_host *device_host;

// Sets the failure's text and returns the status.
int32_t device_fail(int32_t status, const char *format, ...) __attribute__((format(printf, 2, 3)));

// A CUDA result as a status: RQA_ERROR_MEMORY for no memory, else RQA_ERROR_BACKEND_FAILED, which
// marks the device.
int32_t device_check(rqa_plugin_device *device, cudaError_t error, const char *doing);

// Makes it the calling thread's device, which a caller_context is to give back. 0 or a status.
int32_t device_select(rqa_plugin_device *device);

// Waits for one of its streams without keeping a processor busy, which `hybrid` has other work for.
cudaError_t device_wait(rqa_plugin_device *device, cudaStream_t stream);

// Sets the limit of all anew: others may have taken memory, or given some back. 0 or a status.
int32_t device_measure(rqa_plugin_device *device);

// Gives back a bundle's blocks of device memory, which is not there any more; or all.
void device_release_set(device_set *set);
void device_release(rqa_plugin_device *device);
// The same after a run if they are large: others want memory too.
void device_rest(rqa_plugin_device *device);

// A line to the log of a run.
void device_log(rqa_plugin_device *device, const rqa_plugin_run *run, int32_t level,
                const char *line);

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
