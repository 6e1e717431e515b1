// plugin_entry.cu - the exported function: checks the interface's version, hands out the table.
#include "bundle_run.h"
#include "device.h"

#include <stddef.h>
#include <string.h>

#include "rqa/version.h"

// This plugin needs every service of the first version.
static int complete(const rqa_plugin_host *host)
{
    return host && host->struct_size >= offsetof(rqa_plugin_host, log) + sizeof host->log;
}

extern "C" __attribute__((visibility("default"))) int32_t
rqa_plugin_entry(uint32_t abi, const rqa_plugin_host *host, rqa_plugin_table *table)
{
    if (!complete(host) || !table)
        return RQA_ERROR_STRUCT_SIZE;
    device_host = host;
    if (abi != RQA_PLUGIN_ABI)
        return device_fail(RQA_ERROR_BACKEND_MISSING,
                           "the CUDA plugin has interface %u, librqa asks for %u", RQA_PLUGIN_ABI,
                           abi);
    rqa_plugin_table full;
    memset(&full, 0, sizeof full);
    full.struct_size = sizeof full;
    full.name = "cuda";
    full.version = RQA_VERSION_STRING;
    full.device_count = device_count;
    full.device_info = device_info;
    full.device_open = device_open;
    full.device_close = device_close;
    full.supports = bundle_supports;
    full.run = bundle_run_all;
    full.memory_held = device_memory_held;
    full.timings = device_timings;
    uint32_t room = table->struct_size;
    uint32_t size = room < sizeof full ? room : (uint32_t)sizeof full;
    full.struct_size = size;
    memcpy(table, &full, size);
    return RQA_OK;
}
