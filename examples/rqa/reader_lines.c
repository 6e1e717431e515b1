/* reader_lines.c - a stream of bytes as lines of text. */
#include "reader_lines.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 1 << 24 };

static void find_end(reader_lines *lines)
{
    const reader_bytes *bytes = lines->bytes;
    const unsigned char *data = bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    lines->end_of_line = !memchr(data, '\n', n) && memchr(data, '\r', n) ? '\r' : '\n';
}

void reader_lines_begin(reader_lines *lines, reader_bytes *bytes, reader_memory *memory,
                        reader_error *error)
{
    memset(lines, 0, sizeof *lines);
    lines->bytes = bytes;
    lines->error = error;
    lines->memory = memory;
    find_end(lines);
}

int reader_lines_skip(reader_lines *lines, size_t n, int *got)
{
    *got = 1;
    for (size_t k = 0; k < n && *got; k++)
        if (reader_lines_next(lines, got) != 0)
            return -1;
    if (n > 0 && reader_bytes_need(lines->bytes, READER_BLOCK, lines->error) != 0)
        return -1;
    find_end(lines);
    return 0;
}

void reader_lines_free(reader_lines *lines)
{
    free(lines->text);
    lines->text = NULL;
}

int reader_lines_append(reader_lines *lines, int *got)
{
    reader_bytes *bytes = lines->bytes;
    *got = 0;
    for (;;) {
        if (reader_bytes_need(bytes, 1, lines->error) != 0)
            return -1;
        const unsigned char *from = bytes->data + bytes->position;
        size_t n = bytes->length - bytes->position;
        if (n == 0)
            break;
        const unsigned char *end = memchr(from, lines->end_of_line, n);
        size_t take = end ? (size_t)(end - from) : n;
        if (lines->length + take > LONGEST_LINE)
            return reader_fail(lines->error, READER_OF_INPUT,
                               "%s:%zu: the line is longer than %d MiB", bytes->name, lines->n + 1,
                               LONGEST_LINE >> 20);
        if (reader_reserve(lines->memory, &lines->text, &lines->room, lines->length + take + 2,
                           1) != 0)
            return reader_memory_fail(lines->memory, bytes->name, lines->n + 1, lines->error);
        memcpy(lines->text + lines->length, from, take);
        lines->length += take;
        bytes->position += take + (end != NULL);
        *got = 1;
        if (end)
            break;
    }
    if (*got) {
        lines->n++;
        if (lines->length > 0 && lines->text[lines->length - 1] == '\r')
            lines->length--;
        if (memchr(lines->text, 0, lines->length))
            return reader_fail(lines->error, READER_OF_INPUT,
                               "%s:%zu: a zero byte; text (csv, tsv, txt, asc), .npy, .npz, .mat, EDF, BDF or WAV is "
                               "expected",
                               bytes->name, lines->n);
    }
    return 0;
}

int reader_lines_next(reader_lines *lines, int *got)
{
    lines->length = 0;
    return reader_lines_append(lines, got);
}
