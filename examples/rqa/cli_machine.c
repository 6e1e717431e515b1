/* cli_machine.c - what the machine and the build are called. */
#include "cli_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

void cli_machine_cpu(char *out, size_t size)
{
    snprintf(out, size, "unknown");
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !value)
            continue;
        value += 1 + strspn(value + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        snprintf(out, size, "%.90s", value);
        break;
    }
    if (file)
        fclose(file);
}

void cli_machine_system(char *out, size_t size)
{
    struct utsname name;
    snprintf(out, size, "unknown");
    if (uname(&name) == 0)
        snprintf(out, size, "%.30s %.40s %.20s", name.sysname, name.release, name.machine);
}

const char *cli_machine_compiler(void)
{
    return COMPILER;
}

void cli_machine_lower_kernels(const char *level)
{
    setenv("RQA_CPU", level, 1);
}
