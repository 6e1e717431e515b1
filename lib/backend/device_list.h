/* device_list.h - the GPUs of a context, found on the first need, or the reason why there are none.
 */
#ifndef RQA_BACKEND_DEVICE_LIST_H
#define RQA_BACKEND_DEVICE_LIST_H

#include "backend/plugin_loader.h"
#include "base/thread.h"
#include "plan/context_state.h"

/* One device. Its plugin handle is opened by the first run; one run at a time. */
typedef struct rqa__device {
    const rqa_plugin_table *table;
    rqa_plugin_device_info info;
    rqa_plugin_device_options options; /* for opening it */
    char detail[560];                  /* name, memory, driver */
    rqa__mutex mutex;                  /* guards what follows */
    rqa_plugin_device *handle;         /* NULL before the first run */
    int failed;                        /* a run broke it: it takes no more */
    char failure[256];                 /* how */
} rqa__device;

/* What watches the devices (device_stats.h), opened by the first look. */
typedef struct rqa__device_monitor {
    rqa__mutex mutex; /* guards what follows */
    int tried;
    struct rqa__nvml *nvml; /* NULL: not there */
    char why[256];          /* why not */
} rqa__device_monitor;

typedef struct rqa__device_list {
    rqa__plugin plugin;
    rqa__device *device;
    size_t n_devices;
    rqa__device_monitor *monitor;
    char reason[512]; /* why there are none; else empty */
} rqa__device_list;

/* The context's devices; NULL with text if there is no memory for the list itself. Any thread. */
const rqa__device_list *rqa__devices_of(const struct rqa_context *context);

/* Finds the devices by the plugin at `path` (NULL: searched for), each to be used with these options
 * but for the index (NULL: automatic). 0 or RQA_ERROR_MEMORY; without devices the list is empty and
 * has a reason. */
int rqa__device_list_create(rqa__device_list **out, const char *path,
                            const rqa_plugin_device_options *options);
void rqa__device_list_destroy(rqa__device_list *list); /* NULL allowed */

/* Whether a run broke it, and how. Waits for a run that is going on. */
int rqa__device_has_failed(rqa__device *device);
int rqa__device_failure(rqa__device *device, char *text, size_t room);

/* The monitor's library, opened by the first look, or NULL. The monitor is locked. */
const struct rqa__nvml *rqa__device_monitor_nvml(rqa__device_monitor *monitor);

/* The first device that has not failed, or NULL. */
rqa__device *rqa__device_usable(const rqa__device_list *list);

#endif
