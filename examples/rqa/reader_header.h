/* reader_header.h - what the first records of a text say about the rest: is there a header, are
 * there row names, how many columns. */
#ifndef READER_HEADER_H
#define READER_HEADER_H

#include "reader_records.h"
#include "reader_value.h"

typedef struct reader_header {
    const reader_record *names; /* NULL: there is none; a record, or the comment above them */
    const reader_record *units; /* NULL: there are none; below the names, words too */
    const reader_record *first; /* of the data; NULL: there is none */
    int has_row_names;          /* R: the rows have one more field, the first, than the header */
    size_t n_fields;            /* of a row; empty ones behind it are nothing */
} reader_header;

/* From the records that were read ahead, the first of which is not blank. header: 1 yes, -1 no, 0
 * find out. A comment above them is a header if it has as many words as there are columns; where
 * blanks separate, any sentence may have, and it is one only if names are asked for. */
void reader_header_find(reader_header *out, const reader_records *records, int header,
                        int names_asked, const reader_notation *notation);

/* Line on which the table seems to begin, when other text stands above it: 0 if none does. */
size_t reader_header_table_line(const reader_records *records, const reader_notation *notation);

#endif
