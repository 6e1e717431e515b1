/* reader_delimiter.c - which character separates the fields of a text, by how well its first lines
 * agree with each other. */
#include <stdlib.h>
#include <string.h>

#include "reader_layout.h"
#include "reader_number.h"

enum { SAMPLE_LINES = 100, N_CANDIDATES = 4 };

static const char candidate[N_CANDIDATES] = {'\t', ';', ',', ' '};

/* Fields of a line for one delimiter: without, and with, the empty one that a delimiter at the very
 * end opens. */
typedef struct line_width {
    size_t least, most;
} line_width;

typedef struct sample {
    line_width width[N_CANDIDATES][SAMPLE_LINES];
    size_t n;               /* lines */
    size_t n_comma_numbers; /* lines of several numbers with decimal commas */
    size_t n_comma_lines;   /* lines that are one number with a decimal comma */
} sample;

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int separates(char c, char delimiter)
{
    return delimiter == ' ' ? is_blank(c) : c == delimiter;
}

static size_t skip_blanks(const char *line, size_t k, size_t length, char delimiter)
{
    while (k < length && is_blank(line[k]) && (delimiter == ' ' || line[k] != delimiter))
        k++;
    return k;
}

/* Position behind the quoted field that opens at k; the line's end if it does not close. */
static size_t skip_quoted(const char *line, size_t k, size_t length)
{
    for (k++; k < length; k++)
        if (line[k] == '"') {
            if (k + 1 == length || line[k + 1] != '"')
                return k + 1;
            k++;
        }
    return length;
}

static line_width measure(const char *line, size_t length, char delimiter)
{
    line_width width = {0, 0};
    for (size_t k = 0;;) {
        k = skip_blanks(line, k, length, delimiter);
        if (k == length && width.least > 0) {
            width.most = width.least + (delimiter != ' ');
            return width;
        }
        if (k < length && line[k] == '"')
            k = skip_quoted(line, k, length);
        while (k < length && !separates(line[k], delimiter))
            k++;
        width.most = ++width.least;
        if (k >= length)
            return width;
        k++;
    }
}

static int agree(line_width a, line_width b)
{
    return a.least <= b.most && b.least <= a.most;
}

static int is_comma_number(const char *text, size_t n)
{
    double value;
    char decimal = ',';
    return n > 0 && reader_number(text, n, &decimal, &value);
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
        if (k == first)
            continue;
        if (line[k - 1] == ',' || !is_comma_number(line + first, k - first))
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
    for (size_t k = 0; k < n && n_ends < 32; k++) {
        open ^= text[k] == '"';
        if (text[k] == end_of_line) {
            if (!open)
                return k;
            n_ends++;
        }
    }
    return line;
}

static void add_line(sample *s, const char *line, size_t length)
{
    for (int c = 0; c < N_CANDIDATES; c++)
        s->width[c][s->n] = measure(line, length, candidate[c]);
    s->n_comma_numbers += (size_t)has_decimal_commas(line, length);
    while (length > 0 && is_blank(line[length - 1]))
        length--;
    size_t from = skip_blanks(line, 0, length, ' ');
    s->n_comma_lines += memchr(line, ',', length) && is_comma_number(line + from, length - from);
    s->n++;
}

static void take_sample(sample *s, const char *text, size_t n, char end_of_line,
                        const char *comments)
{
    memset(s, 0, sizeof *s);
    for (size_t at = 0; at < n && s->n < SAMPLE_LINES;) {
        const char *line = text + at;
        size_t length = record_length(line, n - at, end_of_line);
        int is_cut = at + length == n && n >= READER_BLOCK;
        at += length + 1;
        if ((is_cut && s->n > 0) || reader_layout_kind(line, length, comments) != READER_DATA)
            continue;
        add_line(s, line, length);
    }
}

/* Do half of the lines have as many fields as the first, and it more than one? */
static int agrees_with_first(const sample *s, int c)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n; k++)
        n += s->width[c][k].most > 1 && agree(s->width[c][k], s->width[c][0]);
    return s->n > 0 && s->width[c][0].least > 1 && 2 * n >= s->n;
}

/* Or half of them, and more than one line, with each other? A header that is one name short, or
 * lines above the table, make no other delimiter. */
static int agrees_with_itself(const sample *s, int c)
{
    for (size_t j = 0; j < s->n; j++) {
        size_t n = 0;
        for (size_t k = 0; s->width[c][j].most > 1 && k < s->n; k++)
            n += s->width[c][k].most > 1 && agree(s->width[c][k], s->width[c][j]);
        if (n > 1 && 2 * n >= s->n)
            return 1;
    }
    return 0;
}

/* Or are there at least several fields in the first, and in half of them? */
static int separates_most(const sample *s, int c)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n; k++)
        n += s->width[c][k].least > 1;
    return s->n > 0 && s->width[c][0].least > 1 && 2 * n >= s->n;
}

static int find(const sample *s)
{
    for (int c = 0; c < N_CANDIDATES; c++) {
        int decimals = candidate[c] == ',' && s->n_comma_numbers > 0;
        if (!(decimals && 2 * s->n_comma_numbers >= s->n) && agrees_with_first(s, c))
            return candidate[c];
    }
    for (int pass = 0; pass < 2; pass++)
        for (int c = 0; c < N_CANDIDATES; c++) {
            size_t n_commas = candidate[c] == ',' ? s->n_comma_numbers + s->n_comma_lines : 0;
            if (n_commas > 0 && 2 * n_commas >= s->n)
                continue;
            if (pass == 0 ? agrees_with_itself(s, c) : separates_most(s, c))
                return candidate[c];
        }
    return READER_NO_DELIMITER;
}

int reader_layout_delimiter(const char *text, size_t n, char end_of_line, const char *comments,
                            char decimal)
{
    sample *s = malloc(sizeof *s);
    char *pointed = decimal == ',' && n > 0 ? malloc(n) : NULL;
    int found = -1;
    if (s && (pointed || decimal != ',' || n == 0)) {
        if (pointed) {
            /* Commas do not separate: judge the text without them. */
            for (size_t k = 0; k < n; k++)
                pointed[k] = text[k] == ',' ? '.' : text[k];
        }
        take_sample(s, pointed ? pointed : text, n, end_of_line, comments);
        found = find(s);
        if (pointed && found == READER_NO_DELIMITER && memchr(text, '"', n)) {
            take_sample(s, text, n, end_of_line, comments);
            s->n_comma_numbers = s->n_comma_lines = 0;
            found = agrees_with_first(s, 2) ? ',' : found;
        }
    }
    free(pointed);
    free(s);
    return found;
}
