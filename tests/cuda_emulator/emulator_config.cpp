// emulator_config.cpp - reads the environment.
#include "emulator_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace rqa_emulator
{

namespace
{

[[noreturn]] void refuse(const char *name, const char *value, const char *allowed)
{
    fprintf(stderr, "rqa emulator: %s=%s: allowed is %s\n", name, value, allowed);
    abort();
}

const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : nullptr;
}

// Reads a number that begins at *text and leaves *text behind it.
bool number(const char **text, int base, uint64_t *result)
{
    if (!strchr("0123456789abcdefABCDEF", **text) || !**text)
        return false;
    char *end;
    errno = 0;
    *result = strtoull(*text, &end, base);
    const bool good = errno == 0 && end != *text;
    *text = end;
    return good;
}

uint64_t one_number(const char *name, uint64_t otherwise, uint64_t low, uint64_t high,
                    const char *allowed, int base = 10)
{
    const char *value = variable(name), *text = value;
    uint64_t result;
    if (!value)
        return otherwise;
    if (!number(&text, base, &result) || *text || result < low || result > high)
        refuse(name, value, allowed);
    return result;
}

failure one_failure(const char *name)
{
    const char *value = variable(name), *text = value;
    failure result = {0, false};
    if (!value)
        return result;
    if (!number(&text, 10, &result.at))
        refuse(name, value, "k (the k-th) or k+ (the k-th and all later)");
    result.onwards = *text == '+';
    if (text[result.onwards])
        refuse(name, value, "k (the k-th) or k+ (the k-th and all later)");
    return result;
}

// "number" or "device,number".
void per_device(const char *name, bool device_needed, int *device, uint64_t *result)
{
    const char *allowed = device_needed ? "device,k" : "microseconds or device,microseconds";
    const char *value = variable(name), *text = value;
    uint64_t first;
    *device = -1;
    *result = 0;
    if (!value)
        return;
    if (!number(&text, 10, &first))
        refuse(name, value, allowed);
    if (*text == ',') {
        text++;
        if (first >= max_devices || !number(&text, 10, result))
            refuse(name, value, allowed);
        *device = static_cast<int>(first);
    } else {
        *result = first;
    }
    if (*text || (device_needed && *device < 0))
        refuse(name, value, allowed);
}

void read_order(config &c)
{
    const char *name = "RQA_EMULATOR_ORDER", *value = variable(name);
    const char *allowed = "forward, reverse, shuffle or shuffle:seed";
    c.lanes = order::forward;
    c.seed = 1;
    if (!value || !strcmp(value, "forward"))
        return;
    if (!strcmp(value, "reverse")) {
        c.lanes = order::reverse;
        return;
    }
    if (strncmp(value, "shuffle", 7) != 0)
        refuse(name, value, allowed);
    c.lanes = order::shuffle;
    const char *text = value + 7;
    if (*text == ':' && (++text, !number(&text, 10, &c.seed) || *text))
        refuse(name, value, allowed);
    else if (*text)
        refuse(name, value, allowed);
}

} // namespace

config read_config()
{
    config c = {};
    const char *devices = variable("RQA_EMULATOR_DEVICES");
    c.no_driver = devices && !strcmp(devices, "none");
    if (!c.no_driver)
        c.n_devices = static_cast<int>(one_number("RQA_EMULATOR_DEVICES", 1, 0, max_devices,
                                                  "0..16, or none for a machine without driver"));
    c.memory_bytes = one_number("RQA_EMULATOR_MEMORY", 256u << 20, 1, UINT64_MAX >> 1, "bytes");
    c.alloc = one_failure("RQA_EMULATOR_FAIL_ALLOC");
    c.host_alloc = one_failure("RQA_EMULATOR_FAIL_HOST_ALLOC");
    c.launch = one_failure("RQA_EMULATOR_FAIL_LAUNCH");
    c.call = one_failure("RQA_EMULATOR_FAIL_CALL");
    per_device("RQA_EMULATOR_LOSE_DEVICE", true, &c.lost_device, &c.lost_after);
    int slow;
    uint64_t slow_us;
    per_device("RQA_EMULATOR_SLOW", false, &slow, &slow_us);
    for (int d = 0; d < max_devices; d++)
        c.slow_us[d] = slow < 0 || slow == d ? slow_us : 0;
    read_order(c);
    c.poison =
        static_cast<unsigned char>(one_number("RQA_EMULATOR_POISON", 0xa5, 0, 0xff, "00..ff", 16));
    c.n_processors = static_cast<int>(one_number("RQA_EMULATOR_PROCESSORS", 4, 1, 1024, "1..1024"));
    c.double_ratio = static_cast<int>(one_number("RQA_EMULATOR_DOUBLE_RATIO", 2, 1, 64, "1..64"));
    c.report_leaks = one_number("RQA_EMULATOR_LEAKS", 0, 0, 1, "0 or 1") == 1;
    c.written = one_number("RQA_EMULATOR_WRITTEN", 0, 0, 1, "0 or 1") == 1;
    c.lazy = one_number("RQA_EMULATOR_LAZY", 0, 0, 1, "0 or 1") == 1;
    return c;
}

} // namespace rqa_emulator
