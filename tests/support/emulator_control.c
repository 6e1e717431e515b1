/* emulator_control.c - sets the emulated plugin's environment and finds what it exports. */
#include "emulator_control.h"

#include <check.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

emulator_counters emulator;

const char *emulator_path(void)
{
    const char *path = getenv("RQA_TEST_EMULATED");
    return path ? path : getenv("RQA_PLUGIN_PATH");
}

static void *hook(void *library, const char *name)
{
    void *function = dlsym(library, name);
    ck_assert_msg(function != NULL, "%s", dlerror());
    return function;
}

/* How it runs (ORDER, LAZY, POISON) is CTest's to choose and stays. */
static void set_variables(char *settings)
{
    static const char *const names[] = {
        "DEVICES",   "MEMORY",          "FAIL_ALLOC", "FAIL_LAUNCH", "LOSE_DEVICE",
        "FAIL_CALL", "FAIL_HOST_ALLOC", "SLOW",       "PROCESSORS",  "DOUBLE_RATIO"};
    char variable[64];
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        snprintf(variable, sizeof variable, "RQA_EMULATOR_%s", names[k]);
        unsetenv(variable);
    }
    for (char *one = strtok(settings, " "); one; one = strtok(NULL, " ")) {
        char *value = strchr(one, '=');
        ck_assert_msg(value != NULL, "%s has no value", one);
        *value++ = '\0';
        snprintf(variable, sizeof variable, "RQA_EMULATOR_%s", one);
        setenv(variable, value, 1);
    }
}

void emulate(const char *format, ...)
{
    char settings[128];
    va_list arguments;
    va_start(arguments, format);
    ck_assert_int_lt(vsnprintf(settings, sizeof settings, format, arguments), sizeof settings);
    va_end(arguments);
    set_variables(settings);

    void (*reload)(void);
    void *library = dlopen(emulator_path(), RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(library != NULL, "%s", dlerror());
    *(void **)&emulator.live_allocations = hook(library, "rqa_emulator_live_allocations");
    *(void **)&emulator.live_objects = hook(library, "rqa_emulator_live_objects");
    *(void **)&emulator.peak_bytes = hook(library, "rqa_emulator_peak_bytes");
    *(void **)&emulator.launches = hook(library, "rqa_emulator_launches");
    *(void **)&emulator.waiting = hook(library, "rqa_emulator_waiting");
    *(void **)&emulator.used_bytes = hook(library, "rqa_emulator_used_bytes");
    *(void **)&emulator.contexts = hook(library, "rqa_emulator_contexts");
    *(void **)&emulator.spins = hook(library, "rqa_emulator_spins");
    *(void **)&emulator.context = hook(library, "rqa_emulator_context");
    *(void **)&emulator.use_context = hook(library, "rqa_emulator_use_context");
    *(void **)&emulator.use_device = hook(library, "rqa_emulator_use_device");
    *(void **)&reload = hook(library, "rqa_emulator_reload");
    reload();
}
