// device.cu - finds, opens and closes devices; waits; failures.
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

cudaError_t device_wait(rqa_plugin_device *device, cudaStream_t stream)
{
    cudaError_t error = cudaEventRecord(device->done, stream);
    return error == cudaSuccess ? cudaEventSynchronize(device->done) : error;
}

void device_log(rqa_plugin_device *device, const rqa_plugin_run *run, int32_t level,
                const char *line)
{
    device->caller->lend();
    device_host->log(run->log_user, level, line);
    device->caller->take_back();
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

// How many of each device are open: these have a context, so that asking makes none.
enum { MOST_COUNTED = 1024 };
static int n_open[MOST_COUNTED];

static void count_open(uint32_t index, int change)
{
    if (index < MOST_COUNTED)
        __atomic_fetch_add(&n_open[index], change, __ATOMIC_RELAXED);
}

static int is_open(uint32_t index)
{
    return index < MOST_COUNTED && __atomic_load_n(&n_open[index], __ATOMIC_RELAXED) > 0;
}

static cudaError_t measure_free(uint32_t index, uint64_t *out)
{
    caller_context caller;
    size_t free_bytes = 0, total = 0;
    cudaError_t error = cudaSetDevice((int)index);
    if (error == cudaSuccess)
        error = cudaMemGetInfo(&free_bytes, &total);
    *out = free_bytes;
    return error;
}

int32_t device_info(uint32_t index, rqa_plugin_device_info *info)
{
    uint32_t room = info->struct_size;
    rqa_plugin_device_info full;
    memset(&full, 0, sizeof full);
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceProperties(&properties, (int)index);
    int driver = 0, runtime = 0;
    if (error == cudaSuccess)
        error = cudaDriverGetVersion(&driver);
    if (error == cudaSuccess)
        error = cudaRuntimeGetVersion(&runtime);
    if (error == cudaSuccess)
        error = cudaDeviceGetPCIBusId(full.bus_id, (int)sizeof full.bus_id, (int)index);
    if (error == cudaSuccess && is_open(index))
        error = measure_free(index, &full.memory_free);
    if (error != cudaSuccess)
        return no_device(index, error);
    full.n_processors = (uint32_t)properties.multiProcessorCount;
    full.memory_total = properties.totalGlobalMem;
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

static int32_t make_events(rqa_plugin_device *device)
{
    // Blocks that read tallies out go before those of a band that fills the device.
    int least = 0, greatest = 0;
    cudaError_t error = cudaDeviceGetStreamPriorityRange(&least, &greatest);
    if (error == cudaSuccess)
        error = cudaStreamCreateWithPriority(&device->stream, cudaStreamNonBlocking, least);
    if (error == cudaSuccess)
        error = cudaStreamCreateWithPriority(&device->copies, cudaStreamNonBlocking, greatest);
    if (error == cudaSuccess)
        error =
            cudaEventCreateWithFlags(&device->done, cudaEventBlockingSync | cudaEventDisableTiming);
    for (int k = 0; k < N_SETS * N_EVENTS && error == cudaSuccess; k++)
        error = cudaEventCreateWithFlags(&device->set[k / N_EVENTS].event[k % N_EVENTS],
                                         cudaEventBlockingSync);
    return device_check(device, error, "making streams and their events");
}

// An operation in double costs as much as so many in float.
static int32_t ask_double(rqa_plugin_device *device)
{
    int ratio = 0;
    cudaError_t error = cudaDeviceGetAttribute(&ratio, cudaDevAttrSingleToDoublePrecisionPerfRatio,
                                               (int)device->options.index);
    device->double_cost = ratio > 1 ? ratio : 1;
    return device_check(device, error, "asking for its units for double");
}

int32_t device_open(rqa_plugin_device **out, const rqa_plugin_device_options *options)
{
    *out = NULL;
    caller_context caller;
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
        status = make_events(device);
    if (!status)
        status = ask_double(device);
    if (status) {
        device_close(device);
        return status;
    }
    count_open(device->options.index, 1);
    device->is_counted = 1;
    device->memory_total = info.memory_total;
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
    caller_context caller;
    // A device that was lost refuses all of it; there is nobody to tell.
    (void)cudaSetDevice((int)device->options.index);
    gemm_close(&device->products.gemm);
    device_release(device);
    (void)cudaFreeHost(device->out);
    (void)cudaFreeHost(device->edges);
    for (int k = 0; k < N_SETS * N_EVENTS; k++)
        if (cudaEvent_t event = device->set[k / N_EVENTS].event[k % N_EVENTS])
            (void)cudaEventDestroy(event);
    if (device->done)
        (void)cudaEventDestroy(device->done);
    if (device->stream)
        (void)cudaStreamDestroy(device->stream);
    if (device->copies)
        (void)cudaStreamDestroy(device->copies);
    (void)cudaGetLastError();
    if (device->is_counted)
        count_open(device->options.index, -1);
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
                                     device->products.n_products,
                                     device->n_by_lags};
    memset(timings, 0, room);
    memcpy(timings, &full, room < sizeof full ? room : sizeof full);
}
