/* reader_records.c - the lines of a text as records: cut into fields, quoted line ends joined,
 * comments left out; and the first of them ahead of time. */
#include "reader_records.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_QUOTE_LINES = 100, AHEAD_BYTES = 1 << 20 };

void reader_records_begin(reader_records *records, const char *comments, char delimiter)
{
    records->comments = comments;
    records->delimiter = delimiter;
    records->now.fields.memory = records->comment.fields.memory = records->lines.memory;
}

void reader_records_free(reader_records *records)
{
    for (size_t k = 0; k < records->n_ahead; k++) {
        free(records->ahead[k].text);
        free(records->ahead[k].fields.field);
    }
    free(records->comment.text);
    free(records->comment.fields.field);
    free(records->now.fields.field);
    reader_lines_free(&records->lines);
}

/* Appends lines while a quoted field is open at the end of the text. */
static int join_quoted(reader_records *r)
{
    reader_lines *lines = &r->lines;
    size_t number = lines->n;
    for (int k = 0; reader_layout_open_quote(lines->text, lines->length, r->delimiter); k++) {
        int more = 0;
        lines->text[lines->length++] = '\n';
        if (k < LONGEST_QUOTE_LINES && reader_lines_append(lines, &more) != 0)
            return -1;
        if (!more)
            return reader_fail(lines->error, READER_OF_INPUT,
                               "%s:%zu: a quote is opened and not closed", lines->bytes->name,
                               number);
    }
    return 0;
}

/* Some programs write the names of the columns as a comment. */
static int keep_comment(reader_records *r)
{
    const reader_lines *lines = &r->lines;
    reader_record *comment = &r->comment;
    size_t from = 0, n;
    while (from < lines->length &&
           (strchr(" \t", lines->text[from]) || strchr(r->comments, lines->text[from])))
        from++;
    n = lines->length - from;
    comment->number = lines->n;
    if (reader_reserve(lines->memory, &comment->text, &r->comment_room, n + 1, 1) != 0)
        return reader_memory_fail(lines->memory, lines->bytes->name, lines->n, lines->error);
    memcpy(comment->text, lines->text + from, n);
    if (reader_layout_split(&comment->fields, comment->text, n, r->delimiter) != 0)
        return reader_memory_fail(lines->memory, lines->bytes->name, lines->n, lines->error);
    return 0;
}

/* The next record of the lines into `now`. */
static int read_record(reader_records *r, int *got)
{
    reader_lines *lines = &r->lines;
    reader_line_kind kind = READER_DATA;
    do {
        if (reader_lines_next(lines, got) != 0)
            return -1;
        if (*got)
            kind = reader_layout_kind(lines->text, lines->length, r->comments);
        if (*got && kind == READER_COMMENT && r->n_ahead == 0 && keep_comment(r) != 0)
            return -1;
    } while (*got && kind == READER_COMMENT);
    r->now.number = lines->n;
    r->now.is_blank = kind == READER_BLANK;
    if (!*got || (kind == READER_DATA && join_quoted(r) != 0))
        return *got ? -1 : 0;
    if (reader_layout_split(&r->now.fields, lines->text, lines->length, r->delimiter) != 0)
        return reader_memory_fail(lines->memory, lines->bytes->name, r->now.number, lines->error);
    return 0;
}

int reader_records_look_ahead(reader_records *r)
{
    size_t n_bytes = 0;
    int got = 1;
    while (r->n_ahead < READER_AHEAD && n_bytes < AHEAD_BYTES) {
        if (read_record(r, &got) != 0)
            return -1;
        if (!got)
            break;
        if (r->now.is_blank && r->n_ahead == 0)
            continue;
        n_bytes += r->lines.length + r->now.fields.n * sizeof(reader_field);
        /* What the record was read into goes with it. */
        reader_record *record = &r->ahead[r->n_ahead++];
        *record = r->now;
        record->text = r->lines.text;
        r->lines.text = NULL;
        r->lines.room = 0;
        memset(&r->now, 0, sizeof r->now);
        r->now.fields.memory = r->lines.memory;
    }
    return 0;
}

int reader_records_next(reader_records *r, const reader_record **out)
{
    int got;
    *out = NULL;
    if (r->n_given < r->n_ahead) {
        *out = &r->ahead[r->n_given++];
        return 0;
    }
    if (read_record(r, &got) != 0)
        return -1;
    if (got)
        *out = &r->now;
    return 0;
}
