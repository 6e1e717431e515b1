// device.cu - finds, opens and closes devices; device memory; failures.
#include "device.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const rqa_plugin_host *device_host;

int32_t device_fail(int32_t status, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    device_host->explain(text);
    return status;
}

int32_t device_check(rqa_plugin_device *device, cudaError_t error, const char *doing)
{
    if (error == cudaSuccess)
        return RQA_OK;
    (void)cudaGetLastError(); // not to be met again by the next call
    if (error == cudaErrorMemoryAllocation)
        return device_fail(RQA_ERROR_MEMORY, "device %u: out of memory while %s",
                           device->options.index, doing);
    device->failed = 1;
    return device_fail(RQA_ERROR_BACKEND_FAILED, "device %u: CUDA error %d (%s) while %s",
                       device->options.index, (int)error, cudaGetErrorString(error), doing);
}

int32_t device_select(rqa_plugin_device *device)
{
    cudaError_t error = cudaSetDevice((int)device->options.index);
    // An error that another device, or another user of the runtime, left on this thread.
    (void)cudaGetLastError();
    return device_check(device, error, "selecting it");
}

int32_t device_reserve(rqa_plugin_device *device, void **block, uint64_t *have, uint64_t size)
{
    if (size <= *have)
        return RQA_OK;
    if (*block) {
        cudaError_t freed = cudaFree(*block);
        *block = NULL;
        *have = 0;
        if (freed != cudaSuccess)
            return device_check(device, freed, "freeing memory");
    }
    int32_t status = device_check(device, cudaMalloc(block, (size_t)size), "allocating");
    if (status)
        *block = NULL;
    else
        *have = size;
    return status;
}

int32_t device_reserve_host(rqa_plugin_device *device, void **block, uint64_t *have, uint64_t size)
{
    if (size <= *have)
        return RQA_OK;
    if (*block)
        (void)cudaFreeHost(*block);
    *block = NULL;
    *have = 0;
    int32_t status =
        device_check(device, cudaMallocHost(block, (size_t)size), "allocating host memory");
    if (status)
        *block = NULL;
    else
        *have = size;
    return status;
}

void *host_alloc(uint64_t n, uint64_t size)
{
    if (size > 0 && n > UINT64_MAX / size)
        return NULL;
    uint64_t n_bytes = n * size;
    n_bytes = n_bytes > 0 ? n_bytes : 1;
    void *block = device_host->allocate(n_bytes);
    if (block)
        memset(block, 0, (size_t)n_bytes);
    return block;
}

void host_free(void *block)
{
    device_host->release(block);
}

// ---- finding devices ----

int32_t device_count(uint32_t *out)
{
    int n = 0;
    cudaError_t error = cudaGetDeviceCount(&n);
    *out = 0;
    if (error != cudaSuccess) {
        (void)cudaGetLastError();
        return device_fail(RQA_ERROR_BACKEND_MISSING, "no usable GPU: CUDA error %d (%s)",
                           (int)error, cudaGetErrorString(error));
    }
    if (n <= 0)
        return device_fail(RQA_ERROR_BACKEND_MISSING, "no usable GPU: the driver lists no device");
    *out = (uint32_t)n;
    return RQA_OK;
}

static int32_t no_device(uint32_t index, cudaError_t error)
{
    (void)cudaGetLastError();
    return device_fail(RQA_ERROR_BACKEND_MISSING, "device %u: CUDA error %d (%s)", index,
                       (int)error, cudaGetErrorString(error));
}

int32_t device_info(uint32_t index, rqa_plugin_device_info *info)
{
    uint32_t room = info->struct_size;
    rqa_plugin_device_info full;
    memset(&full, 0, sizeof full);
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceProperties(&properties, (int)index);
    int driver = 0, runtime = 0;
    size_t free_bytes = 0, total = 0;
    if (error == cudaSuccess)
        error = cudaSetDevice((int)index);
    if (error == cudaSuccess)
        error = cudaMemGetInfo(&free_bytes, &total);
    if (error == cudaSuccess)
        error = cudaDriverGetVersion(&driver);
    if (error == cudaSuccess)
        error = cudaRuntimeGetVersion(&runtime);
    if (error == cudaSuccess)
        error = cudaDeviceGetPCIBusId(full.bus_id, (int)sizeof full.bus_id, (int)index);
    if (error != cudaSuccess)
        return no_device(index, error);
    full.n_processors = (uint32_t)properties.multiProcessorCount;
    full.memory_total = total;
    full.memory_free = free_bytes;
    full.driver_version = driver;
    full.runtime_version = runtime;
    full.capability_major = properties.major;
    full.capability_minor = properties.minor;
    snprintf(full.name, sizeof full.name, "%.127s", properties.name);
    full.struct_size = room;
    memset(info, 0, room);
    memcpy(info, &full, room < sizeof full ? room : sizeof full);
    return RQA_OK;
}

static int32_t check_options(const rqa_plugin_device_options *o)
{
    if (o->memory_share >= 0 && o->memory_share <= 1)
        return RQA_OK;
    // With a point, whatever locale the host has set; librqa has checked the share before.
    char share[40];
    snprintf(share, sizeof share, "%.15g", o->memory_share); // number_law: the comma goes
    if (char *comma = strchr(share, ','))
        *comma = '.';
    return device_fail(RQA_ERROR_VALUE, "memory_share is %s; allowed is 0 to 1", share);
}

int32_t device_open(rqa_plugin_device **out, const rqa_plugin_device_options *options)
{
    *out = NULL;
    rqa_plugin_device *device = (rqa_plugin_device *)host_alloc(1, sizeof *device);
    if (!device)
        return device_fail(RQA_ERROR_MEMORY, "out of memory for a device");
    memcpy(&device->options, options,
           options->struct_size < sizeof device->options ? options->struct_size
                                                         : sizeof device->options);
    rqa_plugin_device_info info;
    info.struct_size = sizeof info;
    int32_t status = check_options(&device->options);
    if (!status)
        status = device_info(device->options.index, &info);
    if (!status)
        status = device_select(device);
    if (!status)
        status =
            device_check(device, cudaStreamCreateWithFlags(&device->stream, cudaStreamNonBlocking),
                         "making a stream");
    for (int k = 0; k < N_EVENTS && !status; k++)
        status = device_check(device, cudaEventCreateWithFlags(&device->event[k], cudaEventDefault),
                              "making an event");
    if (status) {
        device_close(device);
        return status;
    }
    double share = device->options.memory_share > 0 ? device->options.memory_share : 0.8;
    device->limit = (uint64_t)(share * (double)info.memory_free);
    if (device->options.memory_limit && device->options.memory_limit < device->limit)
        device->limit = device->options.memory_limit;
    device->n_processors = info.n_processors ? info.n_processors : 1;
    device->capability_major = info.capability_major;
    device->capability_minor = info.capability_minor;
    *out = device;
    return RQA_OK;
}

void device_close(rqa_plugin_device *device)
{
    if (!device)
        return;
    // A device that was lost refuses all of it; there is nobody to tell.
    (void)cudaSetDevice((int)device->options.index);
    gemm_close(&device->products.gemm);
    (void)cudaFree(device->arena);
    (void)cudaFree(device->jobs);
    (void)cudaFree(device->bins);
    (void)cudaFreeHost(device->out);
    (void)cudaFreeHost(device->edges);
    for (int k = 0; k < N_EVENTS; k++)
        if (device->event[k])
            (void)cudaEventDestroy(device->event[k]);
    if (device->stream)
        (void)cudaStreamDestroy(device->stream);
    (void)cudaGetLastError();
    host_free(device);
}

void device_timings(const rqa_plugin_device *device, rqa_plugin_timings *timings)
{
    uint32_t room = timings->struct_size;
    const rqa_plugin_timings full = {room,
                                     0,
                                     device->seconds[EVENT_BITS],
                                     device->seconds[EVENT_DIAGONALS],
                                     device->seconds[EVENT_COLUMNS],
                                     device->seconds[EVENT_JOIN],
                                     device->products.n_products};
    memset(timings, 0, room);
    memcpy(timings, &full, room < sizeof full ? room : sizeof full);
}

uint64_t device_memory_held(const rqa_plugin_device *device)
{
    return device->arena_size + device->jobs_size + device->bins_size +
           device->products.gemm.bytes;
}
