/* reader_lines.h - a stream of bytes as lines of text. */
#ifndef READER_LINES_H
#define READER_LINES_H

#include "reader_memory.h"

typedef struct reader_lines {
    reader_bytes *bytes;
    reader_error *error;
    reader_memory *memory;
    char end_of_line;
    char *text; /* the present line, or several joined; not terminated */
    size_t length, room;
    size_t n; /* lines consumed so far */
} reader_lines;

/* Bytes are at the start of the text; the first block tells how its lines end. */
void reader_lines_begin(reader_lines *lines, reader_bytes *bytes, reader_memory *memory,
                        reader_error *error);
void reader_lines_free(reader_lines *lines);

/* Appends the next line, without its end, to the text; *got = 0 at the end of the file. 0, or -1
 * with the error set: a line too long, a zero byte. */
int reader_lines_append(reader_lines *lines, int *got);

/* Leaves n lines out, and looks again how those behind them end. 0 or -1; *got as above. */
int reader_lines_skip(reader_lines *lines, size_t n, int *got);

/* The next line instead of the present text. */
int reader_lines_next(reader_lines *lines, int *got);

#endif
