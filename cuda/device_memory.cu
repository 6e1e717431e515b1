// device_memory.cu - an opened device's memory: its blocks, its limit, and the host's.
#include <string.h>

#include "device.h"

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
    device->n_refused += status == RQA_ERROR_MEMORY;
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

void device_release_set(device_set *set)
{
    (void)cudaFree(set->arena);
    (void)cudaFree(set->jobs);
    (void)cudaGetLastError(); // not to be met again by the next call
    set->arena = set->jobs = NULL;
    set->arena_size = set->jobs_size = 0;
}

void device_release(rqa_plugin_device *device)
{
    for (int k = 0; k < N_SETS; k++)
        device_release_set(&device->set[k]);
    (void)cudaFree(device->bins);
    (void)cudaGetLastError();
    device->bins = NULL;
    device->bins_size = 0;
}

static uint64_t blocks_of(const rqa_plugin_device *device)
{
    uint64_t n_bytes = device->bins_size;
    for (int k = 0; k < N_SETS; k++)
        n_bytes += device->set[k].arena_size + device->set[k].jobs_size;
    return n_bytes;
}

void device_rest(rqa_plugin_device *device)
{
    // What a short run is quicker for, and nobody misses.
    const uint64_t little = device->memory_total / 32;
    if (!device->failed && blocks_of(device) > little)
        device_release(device);
}

// A share of what is free or its own already.
int32_t device_measure(rqa_plugin_device *device)
{
    const rqa_plugin_device_options *o = &device->options;
    const double share = o->memory_share > 0 ? o->memory_share : 0.8;
    size_t free_bytes = 0, total = 0;
    int32_t status =
        device_check(device, cudaMemGetInfo(&free_bytes, &total), "asking for its memory");
    const uint64_t held = device_memory_held(device);
    device->memory_limit = (uint64_t)(share * ((double)free_bytes + (double)held));
    if (o->memory_limit && o->memory_limit < device->memory_limit)
        device->memory_limit = o->memory_limit;
    return status;
}

uint64_t device_memory_held(const rqa_plugin_device *device)
{
    return blocks_of(device) + device->products.gemm.bytes;
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
