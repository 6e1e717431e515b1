/* host_request.h - what a host with an interpreter (R, MATLAB, Octave) asks of librqa: recordings, and
 * options by their names.
 *
 * Names are those of the program and of Python. Each belongs to some kinds of requests; another one
 * is refused, and so is a number that is not of its field's type. What the fields allow is the
 * library's to say, when the job starts. Errors are a status with one line in `text`.
 */
#ifndef HOST_REQUEST_H
#define HOST_REQUEST_H

#include <rqa/rqa.h>

/* What is asked for. The number is a bit. */
enum host_kind {
    HOST_ANALYZE = 1,  /* measures of a recording, or of two */
    HOST_CELLS = 2,    /* measures of a matrix that the host has */
    HOST_MATRIX = 4,   /* the recurrence matrix */
    HOST_PICTURE = 8,  /* the plot as a PNG file */
    HOST_WINDOWS = 16, /* measures in windows */
    HOST_PROFILE = 32, /* recurrence by lag */
    HOST_SUGGEST = 64, /* a delay, a dimension, thresholds */
    HOST_TEST = 128,   /* a recording among its surrogates */
    HOST_GRID = 256    /* many settings, many recordings */
};

enum { HOST_TEXT_SIZE = 1024, HOST_PATH_SIZE = 4096, HOST_LABEL_SIZE = 256 };

/* A recording as R, MATLAB and Octave have it: doubles, channel after channel. */
typedef struct host_recording {
    const double *values; /* the host's, read when the job starts; NULL = there is none */
    size_t n_samples;
    size_t n_channels;
    const char *label; /* of a grid; NULL = its number */
} host_recording;

/* An axis of a grid. */
typedef struct host_axis {
    const double *values; /* the host's */
    size_t n;             /* 0 = what the options say, or the library */
} host_axis;

typedef struct host_request {
    int32_t kind; /* enum host_kind */
    uint32_t n_threads;
    const host_recording *x; /* one, or n_recordings of a grid */
    const host_recording *y; /* as many, or NULL */
    size_t n_recordings;
    const uint8_t *cells; /* HOST_CELLS: row after row of the matrix, rows the index into y */
    size_t n_rows, n_columns;
    host_axis dims, delays, thresholds, lmins, vmins; /* HOST_GRID */
    uint32_t dim, delay, dim_y, delay_y;              /* 0 in those of y: as those of x */
    int64_t max_lag; /* HOST_PROFILE; -1 = a quarter of the vectors, at most 1,000 */
    rqa_series_options series;
    rqa_analysis_options analysis;
    rqa_windows_options windows;
    rqa_suggest_options suggest;
    rqa_surrogate_options surrogates;
    rqa_bootstrap_options bootstrap; /* HOST_ANALYZE, HOST_CELLS; count 0 = none */
    rqa_png_options png;
    char path[HOST_PATH_SIZE];
    char x_label[HOST_LABEL_SIZE], y_label[HOST_LABEL_SIZE];
    char text[HOST_TEXT_SIZE]; /* of the last call that failed */
} host_request;

/* Everything as the library has it by default, without recordings. */
void host_request_init(host_request *request, int32_t kind);

/* Sets an option that is a number. */
rqa_status host_set_number(host_request *request, const char *name, double value);

/* Sets an option that is a name or a text. "measures" adds one measure, and "default" those of a
 * mask of 0. */
rqa_status host_set_text(host_request *request, const char *name, const char *value);

/* The k-th name that a text option takes, from 0; NULL past the last, and of free text. */
const char *host_option_name(const char *option, size_t k);

/* Writes a text of librqa's for people who never saw its structs: "dim", not "options->dim". */
void host_copy_text(char out[HOST_TEXT_SIZE], const char *text);

#endif
