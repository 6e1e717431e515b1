/* reader_preamble_kinds.h - what stands above the rows of each kind of file. */
#ifndef READER_PREAMBLE_KINDS_H
#define READER_PREAMBLE_KINDS_H

#include "reader_layout.h"
#include "reader_preamble.h"

/* The text, line by line; the present line cut into fields. */
typedef struct reader_cursor {
    reader_preamble *out;
    const reader_lines *lines;
    const char *text;
    size_t n, at, start; /* of the text; behind the present line, and where it begins */
    char *line;          /* of n + 1 characters: fields point into it */
    size_t length;
    reader_fields fields;
} reader_cursor;

/* Each reads the lines of its kind, names the columns, and leaves out->n_lines at the lines above
 * the rows. 0, or -1 with the error set. */
int reader_preamble_trc(reader_cursor *c);
int reader_preamble_vicon(reader_cursor *c);
int reader_preamble_qualisys(reader_cursor *c);
int reader_preamble_labchart(reader_cursor *c);
int reader_preamble_openbci(reader_cursor *c);
int reader_preamble_deeplabcut(reader_cursor *c);

#endif
