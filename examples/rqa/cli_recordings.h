/* cli_recordings.h - the inputs of a command as recordings: files, folders, parts of tables. */
#ifndef CLI_RECORDINGS_H
#define CLI_RECORDINGS_H

#include <rqa/rqa.h>
#include <stddef.h>

#include "reader_table.h"

/* What a mode needs of a recording: some of its columns, as a series. */
typedef struct cli_channels {
    rqa_series *series; /* NULL: could not be used */
    rqa_status status;
    char *error;
} cli_channels;

typedef struct cli_recording {
    char *label;
    char **keys;            /* n_keys texts */
    cli_channels *channels; /* one for each list of columns */
} cli_recording;

typedef struct cli_recordings {
    cli_recording *recording;
    size_t n;
    char **key_names; /* the group columns of the results */
    size_t n_keys;
    size_t n_lists;
} cli_recordings;

typedef struct cli_reading {
    rqa_context *context;
    const reader_request *request; /* keys included; columns are ignored */
    const rqa_series_options *options;
    const char *const *lists; /* column lists, NULL in it = all columns */
    size_t n_lists;
} cli_reading;

/* Reads every input. A file or recording that cannot be used gets its error, and the others go on.
 * CLI_OK, or a code with a line: an input that does not exist, a folder without recordings. */
int cli_recordings_read(cli_recordings *out, const char *const *inputs, size_t n_inputs,
                        const cli_reading *reading);
void cli_recordings_free(cli_recordings *recordings);

/* One file, or the part of it with this label (NULL: it must be the only one), as one series.
 * CLI_OK, or a code with a line. *column_names gets "x/y" (free()). */
int cli_recording_read(rqa_series **out, char **column_names, const char *path, const char *part,
                       const cli_reading *reading);

#endif
