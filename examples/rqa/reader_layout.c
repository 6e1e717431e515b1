/* reader_layout.c - how the lines of a text file are cut into fields, and how that is found out. */
#include "reader_layout.h"

#include <string.h>

#include "reader_number.h"
#include "reader_table.h"

enum { SAMPLE_LINES = 32 };

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int ends_field(char c, char delimiter)
{
    return delimiter == ' ' ? is_blank(c) : c == delimiter;
}

/* Blanks around a field mean nothing, but a tab that separates fields does. */
static size_t skip_blanks(const char *line, size_t k, size_t length, char delimiter)
{
    while (k < length && is_blank(line[k]) && (delimiter == ' ' || line[k] != delimiter))
        k++;
    return k;
}

int reader_layout_skips(const char *line, size_t length)
{
    size_t k = skip_blanks(line, 0, length, ' ');
    return k == length || line[k] == '#';
}

/* Position after the closing quote of the field that opens at k, or length + 1 if it never
 * closes. */
static size_t after_quote(const char *line, size_t k, size_t length)
{
    for (k++; k < length; k++)
        if (line[k] == '"') {
            if (k + 1 < length && line[k + 1] == '"')
                k++;
            else
                return k + 1;
        }
    return length + 1;
}

int reader_layout_open_quote(const char *line, size_t length, char delimiter)
{
    if (!memchr(line, '"', length))
        return 0;
    for (size_t k = 0; k < length; k++) {
        k = skip_blanks(line, k, length, delimiter);
        if (k < length && line[k] == '"') {
            k = after_quote(line, k, length);
            if (k > length)
                return 1;
        }
        while (k < length && !ends_field(line[k], delimiter))
            k++;
    }
    return 0;
}

static int add_field(reader_fields *fields, char *text, size_t length)
{
    if (reader_reserve(&fields->field, &fields->room, fields->n + 1, sizeof *fields->field) != 0)
        return -1;
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    fields->field[fields->n].text = text;
    fields->field[fields->n].length = length;
    fields->n++;
    return 0;
}

/* Unquotes the field that opens at *k into its own place and moves *k to its end. */
static size_t unquote(char *line, size_t *k, size_t length, char delimiter)
{
    size_t end = after_quote(line, *k, length), to = *k;
    size_t close = end > length ? length : end - 1;
    for (size_t from = *k + 1; from < close; from++) {
        line[to++] = line[from];
        if (line[from] == '"')
            from++;
    }
    size_t from = end > length ? length : end;
    while (from < length && !ends_field(line[from], delimiter))
        line[to++] = line[from++];
    size_t n = to - *k;
    *k = from;
    return n;
}

int reader_layout_split(reader_fields *fields, char *line, size_t length, char delimiter)
{
    fields->n = 0;
    size_t k = 0;
    for (;;) {
        k = skip_blanks(line, k, length, delimiter);
        if (delimiter == ' ' && k == length && fields->n > 0)
            return 0;
        char *text = line + k;
        size_t n;
        if (k < length && line[k] == '"') {
            n = unquote(line, &k, length, delimiter);
        } else {
            size_t first = k;
            while (k < length && !ends_field(line[k], delimiter))
                k++;
            n = k - first;
        }
        if (add_field(fields, text, n) != 0)
            return -1;
        if (k >= length)
            return 0;
        k++;
    }
}

/* Fields of a line without touching it; a delimiter at its very end opens no field. */
static size_t count_fields(const char *line, size_t length, char delimiter)
{
    size_t n = 0;
    for (size_t k = 0;;) {
        k = skip_blanks(line, k, length, delimiter);
        if (k == length && n > 0)
            return n;
        if (k < length && line[k] == '"')
            k = after_quote(line, k, length);
        while (k < length && !ends_field(line[k], delimiter))
            k++;
        n++;
        if (k >= length)
            return n;
        k++;
    }
}

/* "0,5 1,25": cut at blanks, every field is a number with a decimal comma. In "0.5, 1.25" and
 * "1, 2" it is not. */
static int has_decimal_commas(const char *line, size_t length)
{
    size_t n = 0;
    for (size_t k = 0; k < length;) {
        k = skip_blanks(line, k, length, ' ');
        size_t first = k;
        while (k < length && !is_blank(line[k]))
            k++;
        double value;
        char decimal = ',';
        if (k == first)
            continue;
        if (line[k - 1] == ',' || !reader_number(line + first, k - first, &decimal, &value))
            return 0;
        n++;
    }
    return n > 1 && memchr(line, ',', length) != NULL;
}

/* Length of the record that begins at the text: a line, or several when a quoted field holds their
 * ends. A quote that does not find its partner is just a character. */
static size_t record_length(const char *text, size_t n, char end_of_line)
{
    const char *end = memchr(text, end_of_line, n);
    size_t line = end ? (size_t)(end - text) : n;
    if (!memchr(text, '"', line))
        return line;
    int open = 0, n_ends = 0;
    for (size_t k = 0; k < n && n_ends < SAMPLE_LINES; k++) {
        open ^= text[k] == '"';
        if (text[k] == end_of_line) {
            if (!open)
                return k;
            n_ends++;
        }
    }
    return line;
}

char reader_layout_delimiter(const char *text, size_t n, char end_of_line)
{
    static const char candidate[] = {'\t', ';', ',', ' '};
    size_t first[4] = {0}, agree[4] = {0}, n_lines = 0, n_comma_numbers = 0;
    for (size_t at = 0; at < n && n_lines < SAMPLE_LINES;) {
        const char *line = text + at;
        size_t length = record_length(line, n - at, end_of_line);
        int is_cut = at + length == n && n >= READER_BLOCK;
        at += length + 1;
        if ((is_cut && n_lines > 0) || reader_layout_skips(line, length))
            continue;
        for (int c = 0; c < 4; c++) {
            size_t fields = count_fields(line, length, candidate[c]);
            if (n_lines == 0)
                first[c] = fields;
            agree[c] += fields > 1 && fields == first[c];
        }
        n_comma_numbers += (size_t)has_decimal_commas(line, length);
        n_lines++;
    }
    for (int c = 0; c < 4; c++) {
        if (candidate[c] == ',' && 2 * n_comma_numbers >= n_lines && n_comma_numbers > 0)
            continue;
        if (n_lines > 0 && 2 * agree[c] >= n_lines)
            return candidate[c];
    }
    return READER_NO_DELIMITER;
}
