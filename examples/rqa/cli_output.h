/* cli_output.h - a result file that appears under its name only when it is complete. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stddef.h>

typedef struct cli_output {
    int fd;
    char *path;      /* for messages */
    char *target;    /* where symbolic links lead */
    char *temporary; /* NULL when written directly: stdout, a device, a named pipe */
    int force, failed;
    int is_terminal; /* which gets nothing that would steer it */
    char *buffer;
    size_t used;
} cli_output;

/* "-" is stdout. CLI_OK, or CLI_BAD_INPUT with a line: exists (without force), cannot be made. */
int cli_output_open(cli_output *output, const char *path, int force);

/* CLI_OK, or CLI_FAILED with one line for the first failure. */
int cli_output_write(cli_output *output, const void *data, size_t n);
int cli_output_flush(cli_output *output);

/* Moves the file into place; CLI_OK, CLI_FAILED, or CLI_BAD_INPUT if it exists by now. */
int cli_output_commit(cli_output *output);

/* Removes what was written, unless it was committed, and frees. Safe on a zeroed struct. */
void cli_output_close(cli_output *output);

/* May a file of that name be made here? Same errors as open. */
int cli_output_check(const char *path, int force);

/* A store may hold the work of hours: no other output takes its place or is appended to it, --force
 * or not. CLI_OK, or CLI_BAD_INPUT with a line. */
int cli_output_refuse_store(const char *path);

#endif
