/* device_list.c - the GPUs of a context, found on the first need. */
#include "backend/device_list.h"

#include <stdio.h>
#include <string.h>

#include "backend/nvml.h"
#include "base/fp_env.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/plain_text.h"

static const double gib = 1024.0 * 1024.0 * 1024.0;

static void describe(rqa__device *device)
{
    const rqa_plugin_device_info *info = &device->info;
    char free_text[48] = "";
    if (info->memory_free)
        snprintf(free_text, sizeof free_text, " (%s free)",
                 rqa__decimals((double)info->memory_free / gib, 1).text);
    snprintf(device->detail, sizeof device->detail,
             "%s, %s GiB%s, compute %d.%d, CUDA driver %d.%d, %s", info->name,
             rqa__decimals((double)info->memory_total / gib, 1).text, free_text,
             info->capability_major, info->capability_minor, info->driver_version / 1000,
             info->driver_version % 1000 / 10, info->bus_id);
    rqa__plain_text(device->detail, "");
}

const rqa__nvml *rqa__device_monitor_nvml(rqa__device_monitor *monitor)
{
    if (!monitor->tried) {
        monitor->nvml = rqa__nvml_open(monitor->why, sizeof monitor->why);
        monitor->tried = 1;
    }
    return monitor->nvml;
}

/* A plugin does not know it of a device that it has not opened: asking would take memory there. */
static void find_free_memory(rqa__device *device, rqa__device_monitor *monitor)
{
    rqa_plugin_device_info *info = &device->info;
    double utilization = 0;
    uint64_t used = 0, total = 0;
    if (info->memory_free)
        return;
    rqa__mutex_lock(&monitor->mutex);
    const rqa__nvml *nvml = rqa__device_monitor_nvml(monitor);
    if (nvml)
        rqa__nvml_read(nvml, info->bus_id, &utilization, &used, &total);
    rqa__mutex_unlock(&monitor->mutex);
    if (total > used)
        info->memory_free = total - used;
}

static int find_device(rqa__device *device, rqa__device_monitor *monitor,
                       const rqa_plugin_table *table, uint32_t index,
                       const rqa_plugin_device_options *options)
{
    device->table = table;
    device->info.struct_size = sizeof device->info;
    int status = table->device_info(index, &device->info);
    rqa__fp_default();
    if (status)
        return status;
    device->info.name[sizeof device->info.name - 1] = '\0';
    device->info.bus_id[sizeof device->info.bus_id - 1] = '\0';
    if (options)
        device->options = *options;
    device->options.struct_size = sizeof device->options;
    device->options.index = index;
    find_free_memory(device, monitor);
    describe(device);
    return rqa__mutex_init(&device->mutex);
}

/* 0, or a status whose text becomes the list's reason. */
static int find_devices(rqa__device_list *list, const char *path,
                        const rqa_plugin_device_options *options)
{
    int status = rqa__plugin_load(&list->plugin, path);
    if (status)
        return status;
    uint32_t n = 0;
    status = list->plugin.table.device_count(&n);
    if (status)
        return status;
    if (n == 0 || n > 1024)
        return rqa__fail(RQA_ERROR_BACKEND_MISSING, "%.400s: lists %u devices", list->plugin.path,
                         n);
    list->device = rqa__calloc(n, sizeof *list->device);
    if (!list->device)
        return rqa__fail_memory("the list of devices");
    /* One broken device does not hide the others. */
    for (uint32_t index = 0; index < n; index++) {
        int found =
            find_device(&list->device[list->n_devices], list->monitor, &list->plugin.table, index,
                        options);
        list->n_devices += !found;
        status = found ? found : status;
    }
    return list->n_devices > 0 ? RQA_OK : status;
}

static int create_monitor(rqa__device_monitor **out)
{
    rqa__device_monitor *monitor = rqa__calloc(1, sizeof *monitor);
    if (!monitor)
        return rqa__fail_memory("the list of devices");
    int status = rqa__mutex_init(&monitor->mutex);
    if (status)
        rqa__free(monitor);
    else
        *out = monitor;
    return status;
}

static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
    rqa__plain_text(text, "");
}

/* Whoever has set RQA_PLUGIN_PATH is told what of it does not count, here or behind every device. */
static void note_path(rqa__device_list *list)
{
    char note[256];
    rqa__plugin_path_note(note, sizeof note);
    if (list->n_devices == 0)
        append(list->reason, sizeof list->reason, note);
    for (size_t k = 0; k < list->n_devices; k++)
        append(list->device[k].detail, sizeof list->device[k].detail, note);
}

int rqa__device_list_create(rqa__device_list **out, const char *path,
                            const rqa_plugin_device_options *options)
{
    rqa__device_list *list = rqa__calloc(1, sizeof *list);
    int status = list ? create_monitor(&list->monitor) : rqa__fail_memory("the list of devices");
    if (status) {
        rqa__free(list);
        return status;
    }
    if (find_devices(list, path, options))
        snprintf(list->reason, sizeof list->reason, "%s", rqa_last_error());
    if (!path)
        note_path(list);
    *out = list;
    return RQA_OK;
}

void rqa__device_list_destroy(rqa__device_list *list)
{
    if (!list)
        return;
    for (size_t k = 0; k < list->n_devices; k++) {
        list->plugin.table.device_close(list->device[k].handle);
        rqa__mutex_destroy(&list->device[k].mutex);
    }
    rqa__nvml_close(list->monitor->nvml);
    rqa__mutex_destroy(&list->monitor->mutex);
    rqa__free(list->monitor);
    rqa__free(list->device);
    rqa__free(list);
}

static void destroy_list(void *list)
{
    rqa__device_list_destroy(list);
}

const rqa__device_list *rqa__devices_of(const struct rqa_context *context)
{
    rqa__device_slot *slot = context->devices;
    rqa__device_list *list = NULL;
    rqa__mutex_lock(&slot->mutex);
    const rqa_plugin_device_options options = {.memory_share = context->device_memory_share,
                                               .batch_tallies = context->device_batch};
    if (!slot->list && !rqa__device_list_create(&list, NULL, &options)) {
        slot->list = list;
        slot->destroy = destroy_list;
    }
    list = slot->list;
    rqa__mutex_unlock(&slot->mutex);
    return list;
}

int rqa__device_failure(rqa__device *device, char *text, size_t room)
{
    rqa__mutex_lock(&device->mutex);
    int failed = device->failed;
    snprintf(text, room, "%s", device->failure);
    rqa__mutex_unlock(&device->mutex);
    return failed;
}

int rqa__device_has_failed(rqa__device *device)
{
    char text[sizeof device->failure];
    return rqa__device_failure(device, text, sizeof text);
}

rqa__device *rqa__device_usable(const rqa__device_list *list)
{
    for (size_t k = 0; list && k < list->n_devices; k++)
        if (!rqa__device_has_failed(&list->device[k]))
            return &list->device[k];
    return NULL;
}
