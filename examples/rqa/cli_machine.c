/* cli_machine.c - what the machine and the build are called. */
#include "cli_machine.h"

#include "cli_system.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

void cli_machine_cpu(char *out, size_t size)
{
    system_processor(out, size);
}

void cli_machine_system(char *out, size_t size)
{
    system_name(out, size);
}

const char *cli_machine_compiler(void)
{
    return COMPILER;
}

void cli_machine_lower_kernels(const char *level)
{
    system_set_environment("RQA_CPU", level);
}
