/* reader_opening.c - how a text begins: lines that are left out, a delimiter that is announced,
 * what stands above the rows of a known device, and how the rows are cut into fields. */
#include "reader_opening.h"

#include <string.h>

enum { LONGEST_TITLE = 128 }; /* of a section, with what separates its columns */

/* Spreadsheets write, and want, a first line "sep=;". */
static int take_announced(reader_lines *lines, int *delimiter)
{
    const reader_bytes *bytes = lines->bytes;
    const char *text = (const char *)bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    int got, is_quoted = n > 0 && *text == '"';
    text += is_quoted;
    n -= (size_t)is_quoted;
    if (n < 6 || memcmp(text, "sep=", 4) != 0 || !text[4] || !strchr(",;\t", text[4]) || !text[5] ||
        !strchr(is_quoted ? "\"" : "\r\n", text[5]))
        return 0;
    *delimiter = text[4];
    return reader_lines_skip(lines, 1, &got);
}

/* To the title of the section of a Vicon file that was asked for. */
static int seek_section(reader_lines *lines, const char *title)
{
    reader_bytes *bytes = lines->bytes;
    int got = 1;
    while (got) {
        if (reader_bytes_need(bytes, LONGEST_TITLE, lines->error) != 0)
            return -1;
        const char *text = (const char *)bytes->data + bytes->position;
        size_t n = bytes->length - bytes->position;
        const char *end = memchr(text, lines->end_of_line, n);
        n = end ? (size_t)(end - text) : n;
        while (n > 0 && strchr(",\t \r", text[n - 1]))
            n--;
        if (n == strlen(title) && memcmp(text, title, n) == 0)
            return reader_bytes_need(bytes, READER_BLOCK, lines->error);
        if (reader_lines_next(lines, &got) != 0)
            return -1;
    }
    return reader_fail(lines->error, READER_OF_INPUT, "%s: there is no section '%.80s' in the file",
                       lines->bytes->name, title);
}

/* Where the user says how the text is to be read, it is not looked at. */
static int find_preamble(reader_preamble *preamble, reader_lines *lines,
                         const reader_request *request)
{
    const reader_bytes *bytes = lines->bytes;
    const char *text = (const char *)bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    const char *end = memchr(text, lines->end_of_line, n);
    int got, is_told = request->skip_lines > 0 || request->comment || request->header != 0;
    int has_sections = reader_preamble_is_section(text, end ? (size_t)(end - text) : n);
    if (request->variable && (is_told || !has_sections))
        return reader_fail(lines->error, READER_OF_INPUT,
                           "%s: --variable is for .npz, .mat and Vicon files; this is a text table",
                           lines->bytes->name);
    if (request->variable && seek_section(lines, request->variable) != 0)
        return -1;
    if (is_told)
        return 0;
    if (reader_preamble_find(preamble, lines) != 0)
        return -1;
    return reader_lines_skip(lines, preamble->n_lines, &got);
}

/* The block behind the lines that are left out tells the delimiter. */
int reader_opening_read(reader_records *records, reader_preamble *preamble,
                        const reader_request *request)
{
    reader_lines *lines = &records->lines;
    const reader_bytes *bytes = lines->bytes;
    const char *comments = request->comment ? request->comment : READER_COMMENTS;
    int got, delimiter = request->delimiter;
    if (reader_lines_skip(lines, request->skip_lines, &got) != 0)
        return -1;
    if (!got)
        return reader_fail(lines->error, READER_OF_INPUT,
                           "%s: the file has %zu lines; --skip-lines leaves out %zu",
                           lines->bytes->name, lines->n, request->skip_lines);
    if (find_preamble(preamble, lines, request) != 0)
        return -1;
    if (preamble->kind)
        delimiter = preamble->delimiter;
    if (!delimiter && take_announced(lines, &delimiter) != 0)
        return -1;
    if (!delimiter)
        delimiter = reader_layout_delimiter((const char *)bytes->data + bytes->position,
                                            bytes->length - bytes->position, lines->end_of_line,
                                            comments, request->decimal);
    if (delimiter < 0)
        return reader_memory_fail(lines->memory, bytes->name, lines->n, lines->error);
    reader_records_begin(records, comments, (char)delimiter);
    return delimiter;
}
