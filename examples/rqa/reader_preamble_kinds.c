/* reader_preamble_kinds.c - what stands above the rows of each kind of file. */
#include "reader_preamble_kinds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_number.h"
#include "reader_value.h"

enum { LONGEST_NAME = 200 };

static int no_memory(const reader_cursor *c)
{
    return reader_memory_fail(c->lines->memory, c->lines->bytes->name, 0, c->lines->error);
}

static int fail(const reader_cursor *c, const char *what)
{
    return reader_fail(c->lines->error, READER_OF_INPUT, "%s:%zu: %s, but %s",
                       c->lines->bytes->name, c->lines->n + c->out->n_lines, c->out->kind, what);
}

/* The next line, cut at the delimiter; -1 at the end too. */
static int next_line(reader_cursor *c)
{
    const char *from = c->text + c->at;
    const int is_cut = !c->lines->bytes->ended;
    const char *end = memchr(from, c->lines->end_of_line, c->n - c->at);
    c->length = end ? (size_t)(end - from) : c->n - c->at;
    c->out->n_lines++;
    if (!end && (is_cut || c->length == 0))
        return fail(c, is_cut ? "what stands above its rows is too long" : "it ends there");
    c->start = c->at;
    c->at += c->length + (end != NULL);
    if (c->length > 0 && from[c->length - 1] == '\r')
        c->length--;
    memcpy(c->line, from, c->length);
    return reader_layout_split(&c->fields, c->line, c->length, c->out->delimiter) == 0
               ? 0
               : no_memory(c);
}

/* The last line is not of the preamble. */
static void put_back(reader_cursor *c)
{
    c->out->n_lines--;
    c->at = c->start;
}

static int is_field(const reader_cursor *c, size_t k, const char *text)
{
    return k < c->fields.n && strlen(text) == c->fields.field[k].length &&
           memcmp(c->fields.field[k].text, text, strlen(text)) == 0;
}

static int begins_with(const reader_cursor *c, const char *text)
{
    return c->length >= strlen(text) && memcmp(c->line, text, strlen(text)) == 0;
}

static int parse(const reader_field *field, double *out)
{
    char decimal = 0;
    return reader_number(field->text, field->length, &decimal, out) && isfinite(*out);
}

static size_t used_width(const reader_cursor *c)
{
    size_t n = c->fields.n;
    while (n > 0 && c->fields.field[n - 1].length == 0)
        n--;
    return n;
}

static int add_column(reader_cursor *c, const char *name, size_t n, int is_clock)
{
    reader_preamble *out = c->out;
    if (reader_reserve(c->lines->memory, &out->names, &out->room, out->n_columns + 1,
                       sizeof *out->names) != 0 ||
        reader_reserve(c->lines->memory, &out->is_clock, &out->clock_room, out->n_columns + 1, 1) !=
            0 ||
        !(out->names[out->n_columns] = reader_text_copy(c->lines->memory, name, n)))
        return no_memory(c);
    out->is_clock[out->n_columns++] = (char)is_clock;
    return 0;
}

/* NAME_PART, or what there is of the two. */
static int add_joined(reader_cursor *c, const char *name, size_t n_name, const char *part,
                      size_t n_part)
{
    char text[2 * LONGEST_NAME + 2];
    n_name = n_name < LONGEST_NAME ? n_name : LONGEST_NAME;
    n_part = n_part < LONGEST_NAME ? n_part : LONGEST_NAME;
    int n = snprintf(text, sizeof text, "%.*s%s%.*s", (int)n_name, name,
                     n_name && n_part ? "_" : "", (int)n_part, part);
    return add_column(c, text, (size_t)n, 0);
}

static int add_clock(reader_cursor *c, const char *name)
{
    return add_column(c, name, strlen(name), 1);
}

/* The present line's fields as names; those that `clocks` lists are clocks. */
static int add_header(reader_cursor *c, size_t n, const char *const *clocks)
{
    int status = 0;
    for (size_t k = 0; k < n && status == 0; k++) {
        const reader_field *field = &c->fields.field[k];
        int is_clock = 0;
        for (const char *const *name = clocks; *name && !is_clock; name++)
            is_clock = is_field(c, k, *name);
        status = add_column(c, field->text, field->length, is_clock);
    }
    return status;
}

/* Names that stand above several columns each, and below them what tells these apart. The first
 * n_clocks columns are clocks, named by the second line or by `clock`. */
static int add_groups(reader_cursor *c, char *const *groups, size_t n_groups, size_t n_clocks)
{
    const char *group = "";
    int status = 0;
    size_t n = used_width(c);
    for (size_t k = 0; k < n && status == 0; k++) {
        const reader_field *part = &c->fields.field[k];
        if (k < n_groups && groups[k] && *groups[k])
            group = groups[k];
        status = k < n_clocks ? add_column(c, part->text, part->length, 1)
                              : add_joined(c, group, strlen(group), part->text, part->length);
    }
    return status;
}

static void free_texts(char **texts, size_t n)
{
    for (size_t k = 0; texts && k < n; k++)
        free(texts[k]);
    free(texts);
}

/* Copies of the fields of the line, so that the next one can be read. */
static int keep_fields(reader_cursor *c, char ***out, size_t *n)
{
    *n = 0;
    *out = calloc(c->fields.n ? c->fields.n : 1, sizeof **out);
    if (!*out)
        return no_memory(c);
    for (; *n < c->fields.n; (*n)++)
        if (!((*out)[*n] = reader_text_copy(c->lines->memory, c->fields.field[*n].text,
                                            c->fields.field[*n].length)))
            return no_memory(c);
    return 0;
}

/* --- the kinds -------------------------------------------------------------------------------- */

/* Line 2 has names, line 3 their values, line 4 the markers above three columns each, line 5 the
 * axes; then perhaps an empty one. */
int reader_preamble_trc(reader_cursor *c)
{
    size_t rate = 0, n_markers = 0;
    char **markers = NULL;
    if (next_line(c) != 0 || next_line(c) != 0)
        return -1;
    while (rate < c->fields.n && !is_field(c, rate, "DataRate"))
        rate++;
    if (next_line(c) != 0)
        return -1;
    if (rate >= c->fields.n || !parse(&c->fields.field[rate], &c->out->sampling_rate))
        return fail(c, "it has no DataRate");
    if (next_line(c) != 0)
        return -1;
    if (!is_field(c, 0, "Frame#") || !is_field(c, 1, "Time"))
        return fail(c, "Frame#, Time and the markers are expected in this line");
    int status = keep_fields(c, &markers, &n_markers);
    if (status == 0)
        status = next_line(c);
    if (status == 0)
        status = add_clock(c, "Frame#");
    if (status == 0)
        status = add_clock(c, "Time");
    for (size_t k = 2, n = used_width(c); k < n && status == 0; k++) {
        size_t of = 2 + (k - 2) / 3 * 3;
        const char *marker = of < n_markers ? markers[of] : "";
        status = add_joined(c, marker, strlen(marker), &"XYZ"[(k - 2) % 3], 1);
    }
    free_texts(markers, n_markers);
    if (status == 0 && (c->out->n_columns < 5 || c->out->n_columns % 3 != 2))
        status = fail(c, "X, Y and Z of each marker are expected in this line");
    if (status != 0 || c->at == c->n)
        return status;
    status = next_line(c);
    if (status == 0 && used_width(c) > 0)
        put_back(c);
    return status;
}

/* Title, rate, names above their columns, what the columns are, units. */
int reader_preamble_vicon(reader_cursor *c)
{
    char **groups = NULL;
    size_t n_groups = 0;
    if (next_line(c) != 0 || next_line(c) != 0)
        return -1;
    if (!parse(&c->fields.field[0], &c->out->sampling_rate) || c->out->sampling_rate <= 0)
        return fail(c, "a rate is expected in this line");
    if (next_line(c) != 0)
        return -1;
    int status = keep_fields(c, &groups, &n_groups);
    if (status == 0)
        status = next_line(c);
    if (status == 0 && (!is_field(c, 0, "Frame") || !is_field(c, 1, "Sub Frame")))
        status = fail(c, "Frame, Sub Frame and what follows are expected in this line");
    if (status == 0)
        status = add_groups(c, groups, n_groups, 2);
    free_texts(groups, n_groups);
    return status == 0 ? next_line(c) : -1;
}

static int is_key(const reader_field *field)
{
    for (size_t k = 0; k < field->length; k++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", field->text[k]))
            return 0;
    return field->length > 1 && field->text[0] >= 'A';
}

static int is_all_words(const reader_cursor *c)
{
    const reader_notation notation = {0};
    size_t n = used_width(c);
    for (size_t k = 0; k < n; k++)
        if (!reader_value_is_word(&notation, &c->fields.field[k]))
            return 0;
    return n > 0;
}

/* X, Y and Z of the markers, behind a count and a time if there are two columns more. */
static int name_markers(reader_cursor *c, char *const *markers, size_t n_markers, size_t width)
{
    int status = 0;
    if (width == 3 * n_markers + 2) {
        status = add_clock(c, "Frame");
        status = status == 0 ? add_clock(c, "Time") : -1;
    } else if (width != 3 * n_markers) {
        return fail(c, "its rows do not have three columns for each of its markers");
    }
    for (size_t k = 0; k < 3 * n_markers && status == 0; k++)
        status = add_joined(c, markers[k / 3], strlen(markers[k / 3]), &"XYZ"[k % 3], 1);
    return status;
}

/* Lines KEY VALUE..., then perhaps the names of the columns. */
int reader_preamble_qualisys(reader_cursor *c)
{
    static const char *const clocks[] = {"Frame", "Time", NULL};
    char **markers = NULL;
    size_t n_markers = 0;
    int status = 0, is_3d = 0;
    while (status == 0 && (status = next_line(c)) == 0 && is_key(&c->fields.field[0])) {
        if (is_field(c, 0, "FREQUENCY") && c->fields.n > 1)
            parse(&c->fields.field[1], &c->out->sampling_rate);
        is_3d |= is_field(c, 0, "DATA_INCLUDED") && is_field(c, 1, "3D");
        if (is_field(c, 0, "MARKER_NAMES") && !markers)
            status = keep_fields(c, &markers, &n_markers);
        while (n_markers > 1 && !*markers[n_markers - 1])
            free(markers[--n_markers]);
    }
    if (status == 0 && is_all_words(c)) {
        status = add_header(c, used_width(c), clocks);
    } else if (status == 0) {
        put_back(c);
        if (is_3d && n_markers > 1)
            status = name_markers(c, markers + 1, n_markers - 1, used_width(c));
    }
    free_texts(markers, n_markers);
    return status;
}

/* "Interval=", a number and a unit of time. */
static double interval_of(const reader_cursor *c)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"ms", 1e3}, {"\xc2\xb5s", 1e6}, {"\xb5s", 1e6}, {"us", 1e6}};
    double value;
    if (c->fields.n < 2)
        return 0.0;
    reader_field field = c->fields.field[1];
    const char *blank = memchr(field.text, ' ', field.length);
    size_t n_number = blank ? (size_t)(blank - field.text) : field.length;
    const char *unit = blank ? blank + 1 : "s";
    size_t n_unit = blank ? field.length - n_number - 1 : 1;
    field.length = n_number;
    if (!parse(&field, &value) || value <= 0)
        return 0.0;
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++)
        if (n_unit == strlen(units[k].name) && memcmp(unit, units[k].name, n_unit) == 0)
            return units[k].seconds / value;
    return 0.0;
}

/* Lines Key=, then rows: a time, and the channels. */
int reader_preamble_labchart(reader_cursor *c)
{
    char **titles = NULL;
    size_t n_titles = 0;
    int status = 0;
    while (status == 0 && (status = next_line(c)) == 0 && c->fields.n > 0 &&
           c->fields.field[0].length > 1 &&
           c->fields.field[0].text[c->fields.field[0].length - 1] == '=') {
        if (is_field(c, 0, "Interval="))
            c->out->sampling_rate = interval_of(c);
        if (is_field(c, 0, "ChannelTitle=") && !titles)
            status = keep_fields(c, &titles, &n_titles);
        while (n_titles > 1 && !*titles[n_titles - 1])
            free(titles[--n_titles]);
    }
    if (status == 0)
        put_back(c);
    size_t width = status == 0 ? used_width(c) : 0;
    while (width > 0 && c->fields.field[width - 1].length > 0 &&
           *c->fields.field[width - 1].text == '#')
        width--;
    if (status == 0 && n_titles > 1 && width == n_titles)
        status = add_clock(c, "Time");
    else if (status == 0 && width + 1 != n_titles)
        status = fail(c, "its rows do not have a column for each of its channel titles");
    for (size_t k = 1; k < n_titles && status == 0; k++)
        status = add_column(c, titles[k], strlen(titles[k]), 0);
    free_texts(titles, n_titles);
    return status;
}

/* Comments, and behind them, in files that are not old, the names of the columns. */
int reader_preamble_openbci(reader_cursor *c)
{
    static const char *const clocks[] = {"Sample Index", "Timestamp", "Timestamp (Formatted)",
                                         NULL};
    static const char key[] = "%Sample Rate = ";
    int status;
    while ((status = next_line(c)) == 0 && begins_with(c, "%")) {
        if (!begins_with(c, key))
            continue;
        reader_field rate = {c->line + sizeof key - 1, c->length - (sizeof key - 1), 0};
        const char *blank = memchr(rate.text, ' ', rate.length);
        rate.length = blank ? (size_t)(blank - rate.text) : rate.length;
        parse(&rate, &c->out->sampling_rate);
    }
    if (status == 0 && is_all_words(c))
        return add_header(c, used_width(c), clocks);
    put_back(c);
    return status;
}

/* scorer, perhaps individuals, bodyparts, coords: one row of names each. */
int reader_preamble_deeplabcut(reader_cursor *c)
{
    char **rows[2] = {NULL, NULL}; /* individuals and bodyparts */
    size_t n[2] = {0, 0};
    int status = next_line(c);
    if (status == 0)
        status = next_line(c);
    if (status == 0 && is_field(c, 0, "individuals")) {
        status = keep_fields(c, &rows[0], &n[0]);
        status = status == 0 ? next_line(c) : -1;
    }
    if (status == 0 && !is_field(c, 0, "bodyparts"))
        status = fail(c, "bodyparts are expected in this line");
    if (status == 0)
        status = keep_fields(c, &rows[1], &n[1]);
    if (status == 0)
        status = next_line(c);
    if (status == 0 && (!is_field(c, 0, "coords") || c->fields.n != n[1]))
        status = fail(c, "coords of each body part are expected in this line");
    if (status == 0)
        status = add_clock(c, "frame");
    for (size_t k = 1; status == 0 && k < c->fields.n; k++) {
        char name[2 * LONGEST_NAME + 2];
        const char *who = k < n[0] && strcmp(rows[0][k], "single") != 0 ? rows[0][k] : "";
        int length =
            snprintf(name, sizeof name, "%.200s%s%.200s", who, *who ? "_" : "", rows[1][k]);
        status =
            add_joined(c, name, (size_t)length, c->fields.field[k].text, c->fields.field[k].length);
    }
    free_texts(rows[0], n[0]);
    free_texts(rows[1], n[1]);
    return status;
}
