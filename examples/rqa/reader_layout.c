/* reader_layout.c - how the lines of a text file are cut into fields, and how that is found out. */
#include "reader_layout.h"

#include <string.h>

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

/* What a spreadsheet writes into a cell that it cannot compute is no comment. */
static int is_cell_error(const char *text, size_t n)
{
    static const char *const words[] = {"#N/A",  "#NA",    "#NV",    "#DIV/0!", "#VALUE!",
                                        "#REF!", "#NAME?", "#NULL!", "#NUM!",   "#WERT!"};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        size_t length = strlen(words[k]);
        if (n >= length && memcmp(text, words[k], length) == 0 &&
            (n == length || strchr(",;\t\r ", text[length])))
            return 1;
    }
    return 0;
}

reader_line_kind reader_layout_kind(const char *line, size_t length, const char *comments)
{
    size_t k = skip_blanks(line, 0, length, ' ');
    if (k == length)
        return READER_BLANK;
    if (!line[k] || !strchr(comments, line[k]) || is_cell_error(line + k, length - k))
        return READER_DATA;
    return READER_COMMENT;
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

static int add_field(reader_fields *fields, char *text, size_t length, int is_quoted)
{
    if (reader_reserve(fields->memory, &fields->field, &fields->room, fields->n + 1,
                       sizeof *fields->field) != 0)
        return -1;
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    reader_field field = {text, length, is_quoted};
    fields->field[fields->n++] = field;
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
        int is_quoted = k < length && line[k] == '"';
        if (is_quoted) {
            n = unquote(line, &k, length, delimiter);
        } else {
            size_t first = k;
            while (k < length && !ends_field(line[k], delimiter))
                k++;
            n = k - first;
        }
        if (add_field(fields, text, n, is_quoted) != 0)
            return -1;
        if (k >= length)
            return 0;
        k++;
    }
}
