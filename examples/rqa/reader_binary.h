/* reader_binary.h - what readers of files that hold numbers, not text, have in common: which
 * columns are wanted, which numbers mean missing, and the table that grows row by row. */
#ifndef READER_BINARY_H
#define READER_BINARY_H

#include "reader_table.h"

typedef struct reader_binary {
    reader_table *table;
    const reader_request *request;
    const char *file, *kind; /* "a .npy file" */
    reader_error *error;
    size_t *wanted, n_wanted; /* 0-based columns of the file, as the request lists them */
    double *codes;            /* the numbers of --missing */
    size_t n_codes;
    size_t n_values, room; /* of the table */
} reader_binary;

/* Refuses a split by keys and a choice of rows, and finds the columns among n; names may be NULL.
 * is_left_out marks columns that are not taken without a list (NULL: none). 0 or -1. */
int reader_binary_begin(reader_binary *binary, char *const *names, size_t n_columns,
                        const char *is_left_out);
void reader_binary_end(reader_binary *binary);

/* Appends a value: memory grows with what has really been read. 0 or -1. */
int reader_binary_put(reader_binary *binary, double value);

/* A number of 1, 2, 4 or 8 bytes, of kind 'f' (2 at least), 'i' or 'u' ('b' is one); the highest
 * byte first if is_big. 0 if it is an integer that no double holds. */
int reader_binary_number(char kind, size_t size, int is_big, const unsigned char *from,
                         double *out);

/* Do numbers of this machine begin with the highest byte? */
int reader_binary_is_big(void);

int reader_binary_no_memory(const reader_binary *binary);

/* All unread bytes in one block, counted; free() it and give its *n bytes back. 0 or -1. */
int reader_binary_whole(unsigned char **out, size_t *n, reader_bytes *bytes, reader_memory *memory,
                        reader_error *error);

#endif
