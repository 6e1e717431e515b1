/* cli_machine.h - processor, system and compiler, in words. */
#ifndef CLI_MACHINE_H
#define CLI_MACHINE_H

#include <stddef.h>

/* "unknown" where the system does not say. */
void cli_machine_cpu(char *out, size_t size);
void cli_machine_system(char *out, size_t size);

/* What compiled this program: "gcc 12.2.0". */
const char *cli_machine_compiler(void);

/* Contexts made from here on take at most this kernel level, as with RQA_CPU. */
void cli_machine_lower_kernels(const char *level);

#endif
