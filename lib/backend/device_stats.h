/* device_stats.h - what a device is doing now, for the events of a batch. */
#ifndef RQA_BACKEND_DEVICE_STATS_H
#define RQA_BACKEND_DEVICE_STATS_H

#include "backend/device_list.h"

typedef struct rqa__device_stats {
    double utilization;                 /* 0..1; NaN: not known here */
    uint64_t memory_used, memory_total; /* bytes; both 0: not known here */
} rqa__device_stats;

/* From NVML where it is; else memory from the plugin, and no utilization. Microseconds to a
 * millisecond. Any thread. */
void rqa__device_stats_read(const rqa__device_list *list, size_t index, rqa__device_stats *out);

#endif
