/* nvml.h - load and memory of devices from NVIDIA's management library, opened at run time. */
#ifndef RQA_BACKEND_NVML_H
#define RQA_BACKEND_NVML_H

#include <stddef.h>
#include <stdint.h>

typedef struct rqa__nvml rqa__nvml;

/* NULL, and why, where there is no such library or it refuses to start. */
rqa__nvml *rqa__nvml_open(char *why, size_t size);
void rqa__nvml_close(rqa__nvml *nvml); /* NULL allowed */

/* Of the device with a PCI bus id, which is not the runtime's index. Each is left as it is if the
 * library does not know it. */
void rqa__nvml_read(const rqa__nvml *nvml, const char *bus_id, double *utilization,
                    uint64_t *memory_used, uint64_t *memory_total);

#endif
