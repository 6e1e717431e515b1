/* reader_table.h - reads csv, tsv, txt, npy, npz, mat, edf, bdf, wav and asc (gzipped or not, save
 * mat of version 7.3) into a table of numbers. What is which is decided by content, never by name.
 *
 * A text file is one row a line: fields separated by comma, semicolon, tab or white space, decimal
 * point or comma, with or without a header line; all detected. Lines that begin with '#' or '%' are
 * skipped, and so are empty lines, save that within a table of one column each is a missing value.
 * CR LF and the byte order marks of UTF-8 and UTF-16 are understood, fields may be "quoted", empty
 * fields behind the last column are nothing. Where the header is one name shorter than the rows and
 * these begin with row names, as R writes it, the row names are a column without a name that is
 * read only on request. Missing values (empty, nan, na, n/a, null, and the codes given) become NaN.
 *
 * Without a list of columns, all are read, save those of keys and conditions, but a table of
 * several columns of which one looks like a clock is refused (reader_clock.h).
 *
 * An EyeLink .asc file gives its samples: columns time, x, y, pupil, or x_left ... pupil_right when
 * both eyes were recorded, then what the file holds besides; a pupil of 0 is missing. It is split
 * by its trials if it has several; its keys are block (START..END, counted from 1) and trial (the
 * text of TRIALID). */
#ifndef READER_TABLE_H
#define READER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "reader_memory.h"

struct reader_parts;

/* What to read. Zero it: everything detected, all columns, no keys. */
typedef struct reader_request {
    const char *columns;   /* "x,y", "2,3" or "all": names or 1-based numbers; NULL = as above */
    const char *keys;      /* columns, read as text, whose values split the table; NULL = none */
    const char *variable;  /* array of a file that holds several (reader_variables.h); NULL = the only */
    const char *where;     /* "Sensor=Eye Tracker": rows with these texts only; NULL = all */
    const char *missing;   /* "-1,NULL": further texts or numbers that mean missing */
    char delimiter;        /* ',' ';' '\t', ' ' (any white space), or 0 = detect */
    char decimal;          /* '.' ',' or 0 = detect */
    int header;            /* 1 yes, -1 no, 0 detect */
    size_t skip_lines;     /* lines that are left out at the start of a text */
    int categorical;       /* texts instead of numbers: codes in the order in which they appear */
    struct reader_parts *codes; /* of texts that were seen before; NULL = of this table alone */
    const char *comment;   /* lines that begin with one of these are left out; NULL = "#%" */
    reader_memory *memory; /* counts, and bounds, what is allocated; NULL = no bound */
} reader_request;

/* Rows from `row` on lie on lines from `line` on, one each. */
typedef struct reader_line_run {
    size_t row, line;
} reader_line_run;

typedef struct reader_table {
    size_t n_rows, n_columns;
    double *values;        /* row-major; NaN where missing */
    reader_line_run *runs; /* where its lines lie; none for npy, which has no lines */
    size_t n_runs;
    size_t n_file_columns; /* that the file has */
    double sampling_rate;  /* in Hz, as the file states it; 0 = it does not */
    char **names;          /* n_columns: from the header, else the number */
    size_t *numbers;       /* n_columns: 1-based position in the file */
    int is_split;          /* 1: by the file itself, though no keys were asked for */
    size_t n_keys, n_parts;
    uint32_t *parts;  /* part of each row, in order of first appearance; NULL without keys */
    char **part_keys; /* n_parts x n_keys texts */
    char **key_names; /* n_keys */
} reader_table;

/* Reads a path ("-" is stdin). 0, or -1 with the error set and *out empty. */
int reader_table_read(reader_table *out, const char *path, const reader_request *request,
                      reader_error *error);
int reader_table_read_memory(reader_table *out, const void *data, size_t size, const char *name,
                             const reader_request *request, reader_error *error);
void reader_table_free(reader_table *table);

/* Line of a row, 0 if there are none. */
size_t reader_table_line(const reader_table *table, size_t row);

/* For the format readers: the last row lies on this line. 0 or -1. */
int reader_table_mark(reader_table *table, reader_memory *memory, size_t *room, size_t line);

/* The formats; bytes are at their start, n of them to be looked at. */
typedef struct reader_format {
    const char *name; /* "a .npy file" */
    int (*is)(const unsigned char *data, size_t n);
    int (*read)(reader_table *out, reader_bytes *bytes, const reader_request *request,
                reader_error *error);
    int holds_variables; /* --variable chooses one */
} reader_format;

int reader_text_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                     reader_error *error);
int reader_npy_is(const unsigned char *data, size_t n);
int reader_npy_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);
int reader_npz_is(const unsigned char *data, size_t n);
int reader_npz_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);
int reader_mat5_is(const unsigned char *data, size_t n);
int reader_mat5_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                     reader_error *error);
int reader_mat73_is(const unsigned char *data, size_t n);
int reader_mat73_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                      reader_error *error);
int reader_edf_is(const unsigned char *data, size_t n);
int reader_edf_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);
int reader_wav_is(const unsigned char *data, size_t n);
int reader_wav_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);
int reader_asc_is(const unsigned char *data, size_t n);
int reader_asc_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);

/* The library that reads a kind, with its version; NULL: the readers were built without it. */
const char *reader_mat73_library(void);
const char *reader_wav_library(void);

/* Rows and columns of an array in .npy format, by its header. 0 or -1. */
int reader_npy_shape(size_t *n_rows, size_t *n_columns, const void *data, size_t n,
                     reader_error *error);

#endif
