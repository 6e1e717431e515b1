/* nvml.c - load and memory of devices from NVIDIA's management library, opened at run time.
 *
 * Six functions of its stable interface, declared here (NVML API Reference, "Device Queries"): the
 * header need not be there to build, nor the library to run. Any of them may be missing or refuse.
 */
#include "backend/nvml.h"

#include <stdio.h>
#include <string.h>

#include "base/library.h"
#include "base/memory.h"

typedef struct utilization {
    unsigned gpu, memory; /* percent */
} utilization;

typedef struct memory {
    unsigned long long total, free, used; /* bytes */
} memory;

struct rqa__nvml {
    int (*init)(void);
    int (*shutdown)(void);
    const char *(*error_string)(int result);
    int (*handle)(const char *bus_id, void **device);
    int (*utilization)(void *device, utilization *out);
    int (*memory)(void *device, memory *out);
};

/* Functions of any type, as dlsym gives them. */
static void find(void *library, const char *name, void *function)
{
    rqa__library_function found = rqa__library_find(library, name);
    memcpy(function, &found, sizeof found);
}

rqa__nvml *rqa__nvml_open(char *why, size_t size)
{
    void *library = rqa__library_open_system(RQA__NVML_FILE, why, size);
    if (!library)
        return NULL;
    rqa__nvml *nvml = rqa__calloc(1, sizeof *nvml);
    if (!nvml) {
        snprintf(why, size, "out of memory");
        return NULL;
    }
    find(library, "nvmlInit_v2", &nvml->init);
    find(library, "nvmlShutdown", &nvml->shutdown);
    find(library, "nvmlErrorString", &nvml->error_string);
    find(library, "nvmlDeviceGetHandleByPciBusId_v2", &nvml->handle);
    find(library, "nvmlDeviceGetUtilizationRates", &nvml->utilization);
    find(library, "nvmlDeviceGetMemoryInfo", &nvml->memory);
    int result = nvml->init && nvml->handle ? nvml->init() : -1;
    if (result == 0)
        return nvml;
    const char *text = result > 0 && nvml->error_string ? nvml->error_string(result) : NULL;
    snprintf(why, size, RQA__NVML_FILE ": %s",
             text         ? text
             : result < 0 ? "nvmlInit_v2 or its like is missing"
                          : "refuses to start");
    rqa__free(nvml);
    return NULL;
}

void rqa__nvml_close(rqa__nvml *nvml)
{
    if (!nvml)
        return;
    if (nvml->shutdown)
        (void)nvml->shutdown();
    rqa__free(nvml);
}

void rqa__nvml_read(const rqa__nvml *nvml, const char *bus_id, double *load, uint64_t *memory_used,
                    uint64_t *memory_total)
{
    void *device = NULL;
    if (nvml->handle(bus_id, &device))
        return;
    utilization u = {0, 0};
    if (nvml->utilization && nvml->utilization(device, &u) == 0)
        *load = u.gpu / 100.0;
    memory m = {0, 0, 0};
    if (nvml->memory && nvml->memory(device, &m) == 0) {
        *memory_used = m.used;
        *memory_total = m.total;
    }
}
