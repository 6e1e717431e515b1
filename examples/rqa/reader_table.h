/* reader_table.h - reads csv, tsv, txt, npy and asc (gzipped or not) into a table of numbers.
 *
 * A text file is one row a line: fields separated by comma, semicolon, tab or white space, decimal
 * point or comma, with or without a header line; all detected. Lines that begin with '#' and empty
 * lines are skipped, CR LF and the byte order marks of UTF-8 and UTF-16 are understood, fields may
 * be "quoted". Missing values (empty, nan, na, and the codes given) become NaN.
 *
 * An EyeLink .asc file gives its samples: columns time, x, y, pupil, or x_left ... pupil_right when
 * both eyes were recorded, then what the file holds besides; a pupil of 0 is missing. It is split
 * by its trials if it has several; its keys are block (START..END, counted from 1) and trial (the
 * text of TRIALID). */
#ifndef READER_TABLE_H
#define READER_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "reader_bytes.h"

/* What to read. Zero it: everything detected, all columns, no keys. */
typedef struct reader_request {
    const char *columns; /* "x,y" or "2,3": names or 1-based numbers; NULL = all */
    const char *keys;    /* columns, read as text, whose values split the table; NULL = none */
    const char *where;   /* "Sensor=Eye Tracker": rows with these texts only; NULL = all */
    const char *missing; /* "-1,NULL": further texts or numbers that mean missing */
    char delimiter;      /* ',' ';' '\t', ' ' (any white space), or 0 = detect */
    char decimal;        /* '.' ',' or 0 = detect */
    int header;          /* 1 yes, -1 no, 0 detect */
} reader_request;

typedef struct reader_table {
    size_t n_rows, n_columns;
    double *values;  /* row-major; NaN where missing */
    size_t *lines;   /* line of each row; NULL for npy, which has none */
    char **names;    /* n_columns: from the header, else the number */
    size_t *numbers; /* n_columns: 1-based position in the file */
    int is_split;    /* 1: by the file itself, though no keys were asked for */
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

/* For the format readers: grows *block of elements of `size` bytes to hold n. 0 or -1. */
int reader_reserve(void *block, size_t *room, size_t n, size_t size);

/* The formats; bytes are at their start. */
int reader_text_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                     reader_error *error);
int reader_npy_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);
int reader_asc_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error);
int reader_npy_is(const unsigned char *data, size_t n);
int reader_asc_is(const unsigned char *data, size_t n);

#endif
