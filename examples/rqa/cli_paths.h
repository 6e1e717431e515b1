/* cli_paths.h - the files a command names: no output is an input, no two outputs are one file. */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

#include "cli_options.h"

/* Of all options whose value is a FILE (cli_option_table.h), before anything is opened. Files are told
 * apart by device and number, so links lead nowhere else; devices and pipes may be named twice. What
 * lies beside a store is the store's. CLI_OK, or CLI_BAD_INPUT with a line. */
int cli_paths_check(const cli_arguments *arguments);

/* ":memory:" and "file:...", which SQLite takes for no file, are no name of a store. CLI_OK, or
 * CLI_BAD_INPUT with a line that `what` begins. */
int cli_paths_check_store(const char *what, const char *path);

#endif
