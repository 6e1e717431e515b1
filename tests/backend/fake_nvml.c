/* fake_nvml.c - stands in for libnvidia-ml.so.1; FAKE_NVML_REFUSE names functions that refuse. */
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6, DRIVER_NOT_LOADED = 9 };

static int live;

static int refuses(const char *what)
{
    const char *words = getenv("FAKE_NVML_REFUSE");
    return words && strstr(words, what);
}

int nvmlInit_v2(void);
int nvmlShutdown(void);
int fake_nvml_live(void);
const char *nvmlErrorString(int result);
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus_id, void **device);
int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates);
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *bytes);

int nvmlInit_v2(void)
{
    if (refuses("init"))
        return DRIVER_NOT_LOADED;
    live++;
    return SUCCESS;
}

int nvmlShutdown(void)
{
    live--;
    return SUCCESS;
}

int fake_nvml_live(void)
{
    return live;
}

const char *nvmlErrorString(int result)
{
    return result == DRIVER_NOT_LOADED ? "Driver Not Loaded" : "another error";
}

/* Knows the emulator's second device alone. */
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus_id, void **device)
{
    if (refuses("handle") || strcmp(bus_id, "0000:E1:00.0") != 0)
        return NOT_FOUND;
    *device = &live;
    return SUCCESS;
}

#ifndef FAKE_NVML_OLD
int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates)
{
    if (device != &live || refuses("utilization"))
        return NOT_SUPPORTED;
    rates[0] = 37;
    rates[1] = 99;
    return SUCCESS;
}
#endif

int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *bytes)
{
    if (device != &live || refuses("memory"))
        return NOT_SUPPORTED;
    bytes[0] = 1000; /* total, free, used */
    bytes[1] = 600;
    bytes[2] = 400;
    return SUCCESS;
}
