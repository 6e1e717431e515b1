/* cli_files.h - the files behind the inputs: folders are searched, sub-folders are groups. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stddef.h>

typedef struct cli_file {
    char *path, *label, *group; /* group: sub-folder of a folder input, else "" */
    char *name;                 /* within the folder that was given, with its ending; else NULL */
} cli_file;

typedef struct cli_files {
    cli_file *file;
    size_t n;
    int has_groups;
    char **left_out; /* what lies in the folders and is no recording */
    size_t n_left_out;
} cli_files;

/* CLI_OK, or a code with a line. Files of a folder come sorted by path. A label is the name within
 * the folder without its ending, with it where that would not tell files apart, and the path where
 * that would not either. */
int cli_files_find(cli_files *out, const char *const *inputs, size_t n_inputs);

/* What a message calls it: the path, or stdin. */
const char *cli_files_shown(const char *path);

/* What a picture of one file or two (y NULL or not) is called: their names without folders, with them
 * where both have one name; free() it. */
char *cli_files_title(const char *x, const char *y);

/* The names of what was left out, as far as they fit a line; free() it. */
char *cli_files_left_out(const cli_files *files);
void cli_files_free(cli_files *files);

#endif
