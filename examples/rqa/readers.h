/* readers.h - what the program rqa reads, for other programs: a file as a table of numbers.
 *
 * The folder's reader_*.[ch], readers.[ch], cli_number.[ch] and cli_system.h with cli_system_posix.c, or
 * cli_system_*windows.[ch] and base/long_path_windows.[ch] with base/system_windows.h, are a library of
 * their own (in the target rqa_readers; rqa_readers_shared, librqa_readers.so), which needs zlib and
 * nothing of librqa. They may be copied. Where libmatio and libsndfile were there when they were built
 * (RQA_WITH_MATIO, RQA_WITH_SNDFILE), MATLAB -v7.3 and WAV files are read too.
 *
 *     readers_file *file;
 *     char message[READERS_MESSAGE];
 *     if (readers_open(&file, "rest.edf", NULL, message) != READERS_OK)
 *         return puts(message);
 *     const double *values = readers_values(file); // row k, column c: values[k * n_columns + c]
 *     readers_close(file);
 *
 * A file is what its first bytes say, never what its name does:
 *
 * | kind | columns | sampling rate |
 * |---|---|---|
 * | text: csv, tsv, txt | fields; names from the header | - |
 * | .trc, Vicon, Qualisys, LabChart, OpenBCI | as reader_preamble.h says | the file's |
 * | DeepLabCut | BODYPART_x, BODYPART_y, BODYPART_likelihood | - |
 * | .npy | the second axis | - |
 * | .npz, .mat | of the variable, or one for each vector (reader_variables.h) | - |
 * | EDF, BDF | signals, in physical units (reader_edf.c has the formula) | samples of a record / its duration |
 * | WAV | channels; integers of b bits divided by 2^(b-1) | the file's |
 * | EyeLink .asc | time, x, y, pupil ... of the samples | - |
 *
 * Each may be gzip, save .mat -v7.3. A missing value is NaN. What is not read (HDF5, Parquet, Excel ...) is
 * named in the message, with one way out.
 *
 * Threads: files are independent of each other; one file is used by one thread at a time. MATLAB -v7.3
 * files are opened by one thread at a time, as HDF5 may be built without locks.
 *
 * @since 0.3.0 */
#ifndef READERS_H
#define READERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What exports a function; where that is another word, the build says it. */
#ifndef READERS_API
#ifdef __GNUC__
#define READERS_API __attribute__((visibility("default")))
#else
#define READERS_API
#endif
#endif

enum {
    READERS_OK = 0,
    READERS_ERROR_INPUT = 1,   /* the file, or what is asked of it */
    READERS_ERROR_MACHINE = 2, /* memory or a device */
    READERS_ERROR_MEMORY = 3,  /* more memory than options.memory_bytes */
    READERS_MESSAGE = 700      /* characters of a message: one line, terminated, without newline */
};

typedef struct readers_file readers_file;

/* How a file is to be read. Zero it and set struct_size; what is zero is detected, or left out. */
typedef struct readers_options {
    uint32_t struct_size;
    int32_t header;        /* 1: the first line has names, -1: it has none, 0: found out */
    const char *columns;   /* "x,y", "2,3" or "all": names or 1-based numbers; a name with a comma is
                              "quoted". NULL: all that are no clock; a file of which one column only
                              may be one is refused, and the message says what to choose */
    const char *keys;      /* columns of a text whose values split the table */
    const char *where;     /* "COLUMN=TEXT,...": rows with these texts only */
    const char *missing;   /* "-1,NULL": further numbers or texts that mean missing */
    const char *variable;  /* of a .npz or .mat file, or section of a Vicon file */
    const char *comment;   /* lines that begin with one of these are left out; NULL = "#%" */
    uint64_t skip_lines;   /* left out at the start of a text */
    uint64_t memory_bytes; /* that reading may take; 0 = any */
    int32_t delimiter;     /* ',' ';' '\t' ' ' (white space), 0 = found out */
    int32_t decimal;       /* '.' ',' 0 = found out */
} readers_options;

/* Reads all of a file into memory. path: "-" is standard input. options: NULL = all zero. message:
 * READERS_MESSAGE characters, empty on success. *out is the caller's, to be closed; NULL on failure. */
READERS_API int readers_open(readers_file **out, const char *path, const readers_options *options,
                             char message[READERS_MESSAGE]);

/* NULL is allowed. All that the functions below return ends with the file. */
READERS_API void readers_close(readers_file *file);

/* The shape: at least 1 x 1. */
READERS_API uint64_t readers_n_rows(const readers_file *file);
READERS_API uint64_t readers_n_columns(const readers_file *file);

/* n_rows x n_columns, row-major; NaN where a value is missing. */
READERS_API const double *readers_values(const readers_file *file);

/* Name of column k (its number in the file where it has none); NULL beyond the last. */
READERS_API const char *readers_column(const readers_file *file, uint64_t k);

/* Samples in a second as the file states it, in Hz; 0: it does not. */
READERS_API double readers_sampling_rate(const readers_file *file);

/* Recordings in one table: by options.keys, or the trials of an .asc file. 0: it is not split. */
READERS_API uint64_t readers_n_parts(const readers_file *file);
READERS_API uint64_t readers_n_keys(const readers_file *file);

/* The part of each row, n_rows numbers from 0 in the order of appearance; NULL: not split. */
READERS_API const uint32_t *readers_parts(const readers_file *file);

/* Name of key k, and its value for a part; NULL beyond the last. */
READERS_API const char *readers_key_name(const readers_file *file, uint64_t k);
READERS_API const char *readers_key(const readers_file *file, uint64_t part, uint64_t k);

/* The library that reads ".mat -v7.3" or ".wav" files, with its version; NULL: not built in, or another
 * kind. */
READERS_API const char *readers_library(const char *kind);

#ifdef __cplusplus
}
#endif

#endif
