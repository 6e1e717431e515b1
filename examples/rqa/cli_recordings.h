/* cli_recordings.h - the inputs of a command as recordings: files, folders, parts of tables. */
#ifndef CLI_RECORDINGS_H
#define CLI_RECORDINGS_H

#include <rqa/rqa.h>
#include <stddef.h>

#include "cli_series.h"

typedef struct cli_recording {
    char *label;
    char **keys;            /* n_keys texts */
    cli_channels *channels; /* one for each list of columns */
    double sampling_rate;   /* in Hz, as the file states it; 0: it does not */
    char *shape;            /* a line if its table seems to lie on its side, else NULL */
} cli_recording;

typedef struct cli_recordings {
    cli_recording *recording;
    size_t n;
    char **key_names; /* the group columns of the results */
    size_t n_keys;
    size_t n_lists;
    size_t n_left_out; /* files of folders that are no recordings */
    char *left_out;    /* their names, as far as they fit a line */
} cli_recordings;

/* Reads every input. A file or recording that cannot be used gets its error, and the others go on.
 * CLI_OK, or a code with a line: an input that does not exist, a folder without recordings. */
int cli_recordings_read(cli_recordings *out, const char *const *inputs, size_t n_inputs,
                        const cli_reading *reading);
void cli_recordings_free(cli_recordings *recordings);

/* One file, or the part of it with this label (NULL: it must be the only one), as one series. */
typedef struct cli_recorded {
    rqa_series *series;
    char *columns; /* "x/y"; free() */
    char *shape;   /* as above; free() */
    double sampling_rate;
} cli_recorded;

/* CLI_OK, or a code with a line. */
int cli_recording_read(cli_recorded *out, const char *path, const char *part,
                       const cli_reading *reading);

#endif
