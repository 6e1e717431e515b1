/* device_stats.c - what a device is doing now, for the events of a batch. */
#include "backend/device_stats.h"

#include <math.h>

#include "backend/nvml.h"

void rqa__device_stats_read(const rqa__device_list *list, size_t index, rqa__device_stats *out)
{
    const rqa__device *device = &list->device[index];
    rqa__device_monitor *monitor = list->monitor;
    *out = (rqa__device_stats){.utilization = NAN};
    rqa__mutex_lock(&monitor->mutex);
    const rqa__nvml *nvml = rqa__device_monitor_nvml(monitor);
    if (nvml)
        rqa__nvml_read(nvml, device->info.bus_id, &out->utilization, &out->memory_used,
                       &out->memory_total);
    rqa__mutex_unlock(&monitor->mutex);
    rqa_plugin_device_info now = {.struct_size = sizeof now};
    if (out->memory_total == 0 &&
        list->plugin.table.device_info(device->options.index, &now) == RQA_OK && now.memory_free) {
        out->memory_total = now.memory_total;
        out->memory_used = now.memory_total - now.memory_free;
    }
}
