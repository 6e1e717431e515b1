/* reader_layout.h - how the lines of a text file are cut into fields, and how that is found out. */
#ifndef READER_LAYOUT_H
#define READER_LAYOUT_H

#include <stddef.h>

#include "reader_memory.h"

enum { READER_NO_DELIMITER = 1 }; /* one field a line */

#define READER_COMMENTS "#%" /* lines that begin so are no data, unless it is told otherwise */

typedef enum reader_line_kind { READER_DATA, READER_BLANK, READER_COMMENT } reader_line_kind;

typedef struct reader_field {
    char *text; /* not terminated */
    size_t length;
    int is_quoted;
} reader_field;

typedef struct reader_fields {
    reader_field *field;
    size_t n, room;
    reader_memory *memory;
} reader_fields;

/* Is a quoted field still open at the end of the line? */
int reader_layout_open_quote(const char *line, size_t length, char delimiter);

/* Cuts a line in place, unquoting and trimming. 0, or -1 without memory. */
int reader_layout_split(reader_fields *fields, char *line, size_t length, char delimiter);

/* Empty, or a comment that begins with one of these characters? */
reader_line_kind reader_layout_kind(const char *line, size_t length, const char *comments);

/* Delimiter of the text at the start of a file: ',' ';' '\t' ' ' or READER_NO_DELIMITER. The
 * decimal sign is '.', ',' or 0 = not known; where it is a comma, commas separate only if the
 * numbers that hold them are quoted. -1 without memory. */
int reader_layout_delimiter(const char *text, size_t n, char end_of_line, const char *comments,
                            char decimal);

#endif
