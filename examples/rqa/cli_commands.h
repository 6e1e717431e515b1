/* cli_commands.h - the commands: each takes its arguments and returns the exit code. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli_options.h"

int cmd_analyze(const cli_arguments *arguments);
int cmd_sweep(const cli_arguments *arguments);
int cmd_plot(const cli_arguments *arguments);
int cmd_devices(const cli_arguments *arguments);
int cmd_merge(const cli_arguments *arguments);
int cmd_export(const cli_arguments *arguments);
int cmd_test(const cli_arguments *arguments);
int cmd_verify(const cli_arguments *arguments);
int cmd_windows(const cli_arguments *arguments);
int cmd_profile(const cli_arguments *arguments);
int cmd_suggest(const cli_arguments *arguments);

/* Takes the rest of the command line as it is; returns only if it could not hand over. */
int cmd_bench(char **argv);

#endif
