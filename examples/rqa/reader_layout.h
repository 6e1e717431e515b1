/* reader_layout.h - how the lines of a text file are cut into fields, and how that is found out. */
#ifndef READER_LAYOUT_H
#define READER_LAYOUT_H

#include <stddef.h>

enum { READER_NO_DELIMITER = 1 }; /* one field a line */

typedef struct reader_field {
    char *text; /* not terminated */
    size_t length;
} reader_field;

typedef struct reader_fields {
    reader_field *field;
    size_t n, room;
} reader_fields;

/* Is a quoted field still open at the end of the line? */
int reader_layout_open_quote(const char *line, size_t length, char delimiter);

/* Cuts a line in place, unquoting and trimming. 0, or -1 without memory. */
int reader_layout_split(reader_fields *fields, char *line, size_t length, char delimiter);

/* Empty or a comment: no data. */
int reader_layout_skips(const char *line, size_t length);

/* Delimiter of the text at the start of a file: ',' ';' '\t' ' ' or READER_NO_DELIMITER. */
char reader_layout_delimiter(const char *text, size_t n, char end_of_line);

#endif
