/* cli_files.h - the files behind the inputs: folders are searched, sub-folders are groups. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stddef.h>

typedef struct cli_file {
    char *path, *label, *group; /* group: sub-folder of a folder input, else "" */
} cli_file;

typedef struct cli_files {
    cli_file *file;
    size_t n;
    int has_groups;
} cli_files;

/* CLI_OK, or a code with a line. Files of a folder come sorted by path. */
int cli_files_find(cli_files *out, const char *const *inputs, size_t n_inputs);
void cli_files_free(cli_files *files);

#endif
