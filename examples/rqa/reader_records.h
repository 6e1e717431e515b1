/* reader_records.h - the lines of a text as records: cut into fields, quoted line ends joined,
 * comments left out; and the first of them ahead of time. */
#ifndef READER_RECORDS_H
#define READER_RECORDS_H

#include "reader_layout.h"
#include "reader_lines.h"

enum { READER_AHEAD = 64 };

typedef struct reader_record {
    reader_fields fields; /* of a blank line: one empty field, or several between its tabs */
    size_t number;        /* line on which it begins */
    int is_blank;
    char *text; /* what the fields point into, when it is the record's own */
} reader_record;

typedef struct reader_records {
    reader_lines lines;
    const char *comments;
    char delimiter;
    reader_record now; /* the last one that next() read from the lines; they own its text */
    reader_record ahead[READER_AHEAD];
    size_t n_ahead, n_given; /* read ahead, and how many of these next() gave */
    reader_record comment;   /* the last one above the first record, without its sign */
    size_t comment_room;
} reader_records;

/* Lines are where the records begin. */
void reader_records_begin(reader_records *records, const char *comments, char delimiter);
void reader_records_free(reader_records *records);

/* Reads the first records ahead: they stay until the end. From the first that is not blank. 0 or -1
 * with the error set. */
int reader_records_look_ahead(reader_records *records);

/* The next record, NULL at the end; it lasts until the next call. 0 or -1. */
int reader_records_next(reader_records *records, const reader_record **out);

#endif
