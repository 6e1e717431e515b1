/* fake_plugin.c - plugins that are broken in one way each; FAKE says which. */
#include <fenv.h>
#include <stddef.h>
#include <string.h>

#include "rqa/plugin.h"

enum {
    FAKE_WRONG_ABI = 1,
    FAKE_NO_SYMBOL,
    FAKE_SHORT_TABLE,
    FAKE_NULL_FUNCTION,
    FAKE_ENTRY_FAILS,
    FAKE_ENTRY_SILENT,
    FAKE_NO_DEVICE,
    FAKE_BAD_DEVICE,
    FAKE_NO_MEMORY,
    FAKE_FAILS,
    FAKE_UNSUPPORTED,
    FAKE_WORKS,
    FAKE_EDGES
};

#if FAKE == 2
int rqa_plugin_entrance(void);
__attribute__((visibility("default"))) int rqa_plugin_entrance(void)
{
    return 0;
}
#else

static const rqa_plugin_host *host;

/* As it is loaded, and in every call: what it loads in its turn may set what it likes. */
__attribute__((constructor)) static void set_a_mode(void)
{
#ifdef FE_UPWARD
    fesetround(FE_UPWARD);
#endif
}

static int32_t device_count(uint32_t *out)
{
    if (FAKE == FAKE_NO_DEVICE) {
        host->explain("no usable GPU: CUDA error 35 (driver too old)");
        return RQA_ERROR_BACKEND_MISSING;
    }
    *out = 1;
    return RQA_OK;
}

static int32_t device_info(uint32_t index, rqa_plugin_device_info *info)
{
    if (FAKE == FAKE_BAD_DEVICE) {
        host->explain("device 0: it is on fire");
        return RQA_ERROR_BACKEND_MISSING;
    }
    (void)index;
    set_a_mode();
    uint32_t size = info->struct_size;
    memset(info, 0, size);
    info->struct_size = size;
    info->n_processors = 1;
    info->memory_total = info->memory_free = (uint64_t)1 << 30;
    memset(info->name, 'x', sizeof info->name); /* not terminated */
    return RQA_OK;
}

static int32_t device_open(rqa_plugin_device **out, const rqa_plugin_device_options *options)
{
    (void)options;
    *out = host->allocate(1);
    return *out ? RQA_OK : RQA_ERROR_MEMORY;
}

static void device_close(rqa_plugin_device *device)
{
    host->release(device);
}

static int32_t supports(const rqa_plugin_device *device, const rqa_plugin_task *task)
{
    (void)device;
    (void)task;
    if (FAKE != FAKE_UNSUPPORTED)
        return RQA_OK;
    host->explain("not on a Sunday");
    return RQA_ERROR_UNSUPPORTED;
}

/* The edges of columns 32 to 63 of 100, with another defect at each call; none at the twelfth. */
static int32_t give_edges(const rqa_plugin_run *r)
{
    static const uint32_t word[100];
    static int n_calls;
    rqa_plugin_tally tally;
    memset(&tally, 0, sizeof tally);
    tally.struct_size = sizeof tally;
    tally.diagonals = (rqa_plugin_edges){68, 0, word, word, NULL, NULL, NULL};
    tally.columns = (rqa_plugin_edges){68, 32, word, word, word, word, word};
    switch (n_calls++) {
    case 0: /* knows no parts */
        tally.struct_size = offsetof(rqa_plugin_tally, diagonals);
        break;
    case 1:
        tally.diagonals.n_lines--;
        break;
    case 2:
        tally.diagonals.first_line++;
        break;
    case 3:
        tally.diagonals.head = NULL;
        break;
    case 4:
        tally.diagonals.tail = NULL;
        break;
    case 5:
        tally.columns.n_lines++;
        break;
    case 6:
        tally.columns.first_line--;
        break;
    case 7:
        tally.columns.head = NULL;
        break;
    case 8:
        tally.columns.first = NULL;
        break;
    case 9:
        tally.columns.last = NULL;
        break;
    case 10:
        tally.columns.end = NULL;
        break;
    default:
        break;
    }
    return r->sink(r->sink_user, 0, 0, 0, &tally);
}

static int32_t run(rqa_plugin_device *device, const rqa_plugin_run *r)
{
    (void)device;
    if (FAKE == FAKE_EDGES)
        return give_edges(r);
    if (FAKE == FAKE_NO_MEMORY) {
        host->explain("device 0: out of memory while allocating");
        return RQA_ERROR_MEMORY;
    }
    if (FAKE == FAKE_FAILS) {
        host->explain("device 0: CUDA error 719 (unspecified launch failure) while counting lines");
        return RQA_ERROR_BACKEND_FAILED;
    }
    rqa_plugin_tally tally;
    memset(&tally, 0, sizeof tally);
    tally.struct_size = sizeof tally;
    tally.points = 7; /* what no real matrix of the test has */
    host->log(r->log_user, 1, "a word from the plugin");
    set_a_mode();
    return r->sink(r->sink_user, 0, 0, 0, &tally);
}

static uint64_t memory_held(const rqa_plugin_device *device)
{
    (void)device;
    return 0;
}

static void timings(const rqa_plugin_device *device, rqa_plugin_timings *out)
{
    (void)device;
    (void)out;
}

int32_t rqa_plugin_entry(uint32_t abi, const rqa_plugin_host *given, rqa_plugin_table *table);
__attribute__((visibility("default"))) int32_t
rqa_plugin_entry(uint32_t abi, const rqa_plugin_host *given, rqa_plugin_table *table)
{
    static const rqa_plugin_table full = {
        .struct_size = sizeof full,
        .name = "fake",
        .version = "0",
        .device_count = device_count,
        .device_info = device_info,
        .device_open = device_open,
        .device_close = device_close,
        .supports = supports,
        .run = run,
        .memory_held = memory_held,
        .timings = timings,
    };
    uint32_t own = FAKE == FAKE_WRONG_ABI ? RQA_PLUGIN_ABI + 1 : RQA_PLUGIN_ABI;
    host = given;
    set_a_mode();
    if (abi != own) {
        host->explain("this plugin has interface 2, librqa asks for 1");
        return RQA_ERROR_BACKEND_MISSING;
    }
    if (FAKE == FAKE_ENTRY_FAILS)
        host->explain("the moon is in the wrong house");
    if (FAKE == FAKE_ENTRY_FAILS || FAKE == FAKE_ENTRY_SILENT)
        return RQA_ERROR_BACKEND_MISSING;
    *table = full;
    if (FAKE == FAKE_SHORT_TABLE)
        table->struct_size -= (uint32_t)sizeof table->timings;
    if (FAKE == FAKE_NULL_FUNCTION)
        table->supports = NULL;
    return RQA_OK;
}
#endif
