/* reader_asc.c - EyeLink .asc (edf2asc): the samples of the START..END blocks, cut into trials.
 *
 * A sample line begins with its time; the SAMPLES line before it says what else it holds: x, y and
 * pupil of one eye or both, then what VEL, RES, INPUT, BUTTONS, TRACKING (flags) and HTARGET add,
 * in this order. A value that is '.' is missing, and so is a pupil of 0: none was seen. Lines that
 * begin with a word tell events and settings; numbers outside a block belong to calibrations.
 * (EyeLink II User Manual 2.12, section 4.9.)
 *
 * A recording is a block, and in it what follows a message TRIALID begins a further one, unless it
 * is the block's first: that one, or one just before START, names the block. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_columns.h"
#include "reader_layout.h"
#include "reader_lines.h"
#include "reader_parts.h"
#include "reader_table.h"
#include "reader_value.h"

enum { MOST_NAMES = 24, NAME_ROOM = 24 };

typedef struct asc_segment {
    size_t block, first_row;
    char *trial; /* text of its TRIALID; NULL = none */
} asc_segment;

typedef struct asc_reader {
    const char *name;
    const reader_request *request;
    reader_error *error;
    reader_table *table;
    reader_lines lines;
    reader_fields fields;
    char texts[MOST_NAMES][NAME_ROOM], *names[MOST_NAMES];
    size_t n_names, n_required; /* columns there may be, and there must be */
    size_t *wanted, n_wanted, last_wanted;
    size_t values_room, runs_room;
    size_t n_blocks;
    int in_block;
    char *announced; /* TRIALID before START */
    asc_segment *segment;
    size_t n_segments, segments_room;
} asc_reader;

static int fail_memory(asc_reader *r)
{
    return reader_memory_fail(r->request->memory, r->name, r->lines.n, r->error);
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static size_t skip_blanks(const char *text, size_t k, size_t n)
{
    while (k < n && is_blank(text[k]))
        k++;
    return k;
}

static size_t skip_word(const char *text, size_t k, size_t n)
{
    while (k < n && !is_blank(text[k]))
        k++;
    return k;
}

/* Is `word` the whole word at the start of the text? */
static int begins_with(const char *text, size_t n, const char *word)
{
    size_t length = strlen(word);
    return n >= length && memcmp(text, word, length) == 0 &&
           (n == length || is_blank(text[length]));
}

/* "MSG 2154540", "START 2154556 ...": what a file without preamble begins with. */
static int is_stamped(const char *text, size_t n)
{
    static const char *const words[] = {"MSG", "START", "INPUT", "BUTTON"};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (!begins_with(text, n, words[w]))
            continue;
        size_t first = skip_blanks(text, strlen(words[w]), n), k = first;
        while (k < n && is_digit(text[k]))
            k++;
        return k > first && (k == n || is_blank(text[k]) || text[k] == '\n');
    }
    return 0;
}

int reader_asc_is(const unsigned char *data, size_t n)
{
    const char *text = (const char *)data;
    size_t k = 0;
    while (k < n && (is_blank(text[k]) || text[k] == '\n'))
        k++;
    const char *end = memchr(text + k, '\n', n - k);
    size_t length = end ? (size_t)(end - text) - k : n - k;
    return begins_with(text + k, length, "**") || is_stamped(text + k, length);
}

/* --- columns -----------------------------------------------------------------------------------
 */

static void add_name(asc_reader *r, const char *name, const char *eye)
{
    snprintf(r->texts[r->n_names], NAME_ROOM, "%s%s", name, eye);
    r->names[r->n_names] = r->texts[r->n_names];
    r->n_names++;
}

static int has_word(const asc_reader *r, const char *word)
{
    for (size_t k = 1; k < r->fields.n; k++)
        if (r->fields.field[k].length == strlen(word) &&
            memcmp(r->fields.field[k].text, word, strlen(word)) == 0)
            return 1;
    return 0;
}

/* The fields are those of a SAMPLES line. */
static void name_columns(asc_reader *r)
{
    static const char *const eyes[2][2] = {{"", NULL}, {"_left", "_right"}};
    const char *const *eye = eyes[has_word(r, "LEFT") && has_word(r, "RIGHT")];
    r->n_names = 0;
    add_name(r, "time", "");
    for (int e = 0; e < 2 && eye[e]; e++) {
        add_name(r, "x", eye[e]);
        add_name(r, "y", eye[e]);
        add_name(r, "pupil", eye[e]);
    }
    for (int e = 0; e < 2 && eye[e] && has_word(r, "VEL"); e++) {
        add_name(r, "x_velocity", eye[e]);
        add_name(r, "y_velocity", eye[e]);
    }
    if (has_word(r, "RES")) {
        add_name(r, "x_resolution", "");
        add_name(r, "y_resolution", "");
    }
    r->n_required = r->n_names;
    if (has_word(r, "INPUT"))
        add_name(r, "input", "");
    if (has_word(r, "BUTTONS"))
        add_name(r, "buttons", "");
    if (has_word(r, "TRACKING"))
        add_name(r, "flags", "");
    if (has_word(r, "HTARGET")) {
        add_name(r, "target_x", "");
        add_name(r, "target_y", "");
        add_name(r, "target_distance", "");
        add_name(r, "target_flags", "");
    }
}

/* Are the wanted columns those that the table began with? */
static int same_columns(const asc_reader *r, const size_t *wanted)
{
    for (size_t k = 0; k < r->n_wanted; k++)
        if (strcmp(r->names[wanted[k]], r->table->names[k]) != 0)
            return 0;
    return 1;
}

static int take_columns(asc_reader *r)
{
    size_t *wanted, n;
    if (reader_layout_split(&r->fields, r->lines.text, r->lines.length, ' ') != 0)
        return fail_memory(r);
    name_columns(r);
    int is_first = r->wanted == NULL;
    reader_columns columns = {r->names, r->n_names, r->name, r->request->memory, r->error,
                              NULL, NULL};
    int status = reader_columns_find(&columns, &wanted, &n, r->request->columns, NULL);
    reader_columns_end(&columns);
    if (!is_first && (status != 0 || !same_columns(r, wanted)) && !r->error->is_system) {
        free(wanted);
        return reader_fail(r->error, READER_OF_INPUT,
                           "%s:%zu: the columns of the samples change here and '%s' is no longer "
                           "what it was; the eyes recorded must stay the same",
                           r->name, r->lines.n, r->table->names[0]);
    }
    if (status != 0)
        return -1;
    free(r->wanted);
    r->wanted = wanted;
    r->n_wanted = n;
    r->last_wanted = 0;
    for (size_t k = 0; k < n; k++)
        r->last_wanted = wanted[k] > r->last_wanted ? wanted[k] : r->last_wanted;
    return is_first ? reader_columns_label(&columns, r->table, wanted, n) : 0;
}

/* --- samples -----------------------------------------------------------------------------------
 */

static int add_sample(asc_reader *r)
{
    reader_table *table = r->table;
    size_t row = table->n_rows, n = r->n_wanted;
    if (!r->wanted)
        return reader_fail(
            r->error, READER_OF_INPUT, "%s:%zu: a sample before the first SAMPLES line, which tells its columns",
            r->name, r->lines.n);
    if (reader_layout_split(&r->fields, r->lines.text, r->lines.length, ' ') != 0)
        return fail_memory(r);
    size_t least = r->last_wanted < r->n_required ? r->n_required : r->last_wanted + 1;
    if (r->fields.n < least)
        return reader_fail(
            r->error, READER_OF_INPUT, "%s:%zu: a sample of %zu values where %zu are expected (%s to %s)",
            r->name, r->lines.n, r->fields.n, least, r->names[0], r->names[least - 1]);
    if (n > SIZE_MAX / (row + 1) ||
        reader_reserve(r->request->memory, &table->values, &r->values_room, (row + 1) * n,
                       sizeof(double)) != 0)
        return fail_memory(r);
    for (size_t k = 0; k < n; k++) {
        const reader_field *field = &r->fields.field[r->wanted[k]];
        double *out = &table->values[row * n + k];
        char decimal = '.';
        if (field->length == 1 && field->text[0] == '.')
            *out = NAN;
        else if (!reader_value_text(field->text, field->length, r->request->missing, &decimal,
                                    out))
            return reader_fail(r->error, READER_OF_INPUT,
                               "%s:%zu:%zu: '%.*s' is not a number; a number or . is expected",
                               r->name, r->lines.n, r->wanted[k] + 1,
                               (int)(field->length < 60 ? field->length : 60), field->text);
        else if (*out == 0 && strncmp(r->names[r->wanted[k]], "pupil", 5) == 0)
            *out = NAN;
    }
    table->n_rows++;
    if (reader_table_mark(table, r->request->memory, &r->runs_room, r->lines.n) != 0)
        return fail_memory(r);
    return 0;
}

/* --- blocks and trials -------------------------------------------------------------------------
 */

/* The segment takes the trial's text over. */
static int begin_segment(asc_reader *r, char *trial)
{
    if (reader_reserve(r->request->memory, &r->segment, &r->segments_room, r->n_segments + 1,
                       sizeof *r->segment) != 0) {
        free(trial);
        return fail_memory(r);
    }
    asc_segment segment = {r->n_blocks, r->table->n_rows, trial};
    r->segment[r->n_segments++] = segment;
    return 0;
}

/* A line "MSG time [offset] TRIALID text". */
static int take_message(asc_reader *r)
{
    const char *text = r->lines.text;
    size_t n = r->lines.length, k = skip_blanks(text, 3, n);
    k = skip_blanks(text, skip_word(text, k, n), n);
    if (k < n && (is_digit(text[k]) || text[k] == '-'))
        k = skip_blanks(text, skip_word(text, k, n), n);
    if (!begins_with(text + k, n - k, "TRIALID"))
        return 0;
    k = skip_blanks(text, k + strlen("TRIALID"), n);
    while (n > k && is_blank(text[n - 1]))
        n--;
    if (n == k)
        return 0;
    char *trial = reader_text_copy(r->request->memory, text + k, n - k);
    if (!trial)
        return fail_memory(r);
    asc_segment *present = r->in_block ? &r->segment[r->n_segments - 1] : NULL;
    char **place = present ? &present->trial : &r->announced;
    if (present && present->trial && strcmp(present->trial, trial) != 0)
        return begin_segment(r, trial);
    free(*place);
    *place = trial;
    return 0;
}

static int take_line(asc_reader *r)
{
    const char *text = r->lines.text;
    size_t n = r->lines.length;
    if (n > 0 && is_digit(text[0]))
        return r->in_block ? add_sample(r) : 0;
    if (begins_with(text, n, "MSG"))
        return take_message(r);
    if (begins_with(text, n, "SAMPLES"))
        return take_columns(r);
    if (begins_with(text, n, "START")) {
        char *trial = r->announced;
        r->announced = NULL;
        r->in_block = 1;
        r->n_blocks++;
        return begin_segment(r, trial);
    }
    if (begins_with(text, n, "END"))
        r->in_block = 0;
    return 0;
}

static void drop_empty_segments(asc_reader *r)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n_segments; k++) {
        size_t end = k + 1 < r->n_segments ? r->segment[k + 1].first_row : r->table->n_rows;
        if (end > r->segment[k].first_row)
            r->segment[n++] = r->segment[k];
        else
            free(r->segment[k].trial);
    }
    r->n_segments = n;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* 1 if the trials' texts tell all segments apart, 0 if not, -1 without memory. */
static int trials_are_names(const asc_reader *r)
{
    int differ = 1;
    char **sorted = malloc(r->n_segments * sizeof *sorted);
    if (!sorted)
        return -1;
    for (size_t k = 0; k < r->n_segments; k++)
        if (!(sorted[k] = r->segment[k].trial))
            differ = 0;
    if (differ)
        qsort(sorted, r->n_segments, sizeof *sorted, compare_texts);
    for (size_t k = 1; k < r->n_segments && differ; k++)
        differ = strcmp(sorted[k - 1], sorted[k]) != 0;
    free(sorted);
    return differ;
}

/* --group-by: 0 = block, 1 = trial for each key. */
static int find_keys(asc_reader *r, size_t **columns)
{
    const char *list = r->request->keys ? r->request->keys : "trial";
    reader_table *table = r->table;
    size_t n = reader_columns_count(list, 1);
    *columns = malloc(n * sizeof **columns);
    table->key_names = calloc(n, sizeof *table->key_names);
    if (!*columns || !table->key_names)
        return fail_memory(r);
    for (; table->n_keys < n; table->n_keys++) {
        char *item = malloc(strlen(list) + 1);
        if (!item)
            return fail_memory(r);
        list = reader_columns_item(list, item);
        table->key_names[table->n_keys] = item;
        (*columns)[table->n_keys] = strcmp(item, "trial") == 0;
        if (strcmp(item, "trial") != 0 && strcmp(item, "block") != 0) {
            table->n_keys++;
            return reader_fail(r->error, READER_OF_INPUT,
                               "%s: an .asc file is grouped by block or trial, not by '%.80s'",
                               r->name, item);
        }
    }
    return 0;
}

/* Numbers the parts of the rows: those that --group-by asks for, else the segments. */
static int make_parts(asc_reader *r)
{
    reader_table *table = r->table;
    reader_parts parts = {0};
    reader_field field[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    reader_fields keys = {field, 2, 2, NULL};
    size_t *columns = NULL;
    int names = r->request->keys ? 1 : trials_are_names(r), status = -1;
    if (names < 0)
        return fail_memory(r);
    if (find_keys(r, &columns) == 0) {
        table->is_split = !r->request->keys;
        if (reader_memory_take(r->request->memory, table->n_rows * sizeof *table->parts) == 0)
            table->parts = malloc(table->n_rows * sizeof *table->parts);
        status = table->parts ? 0 : fail_memory(r);
    }
    parts.n_keys = table->n_keys;
    parts.memory = r->request->memory;
    for (size_t k = 0, row = 0; k < r->n_segments && status == 0; k++) {
        size_t end = k + 1 < r->n_segments ? r->segment[k + 1].first_row : table->n_rows;
        char number[2][32];
        uint32_t part;
        snprintf(number[0], sizeof number[0], "%zu", r->segment[k].block);
        snprintf(number[1], sizeof number[1], "%zu", k + 1);
        field[0].text = number[0];
        field[1].text = !names ? number[1] : r->segment[k].trial ? r->segment[k].trial : "";
        for (int f = 0; f < 2; f++)
            field[f].length = strlen(field[f].text);
        if (reader_parts_find(&parts, &part, &keys, columns) != 0)
            status = fail_memory(r);
        for (; row < end && status == 0; row++)
            table->parts[row] = part;
    }
    if (status == 0)
        reader_parts_move(&parts, table);
    reader_parts_free(&parts);
    free(columns);
    return status;
}

static int read_lines(asc_reader *r)
{
    int got = 1;
    while (got) {
        if (reader_lines_next(&r->lines, &got) != 0 || (got && take_line(r) != 0))
            return -1;
    }
    if (r->table->n_rows == 0)
        return reader_fail(r->error, READER_OF_INPUT,
                           "%s: no sample lies between START and END; convert the .edf file with "
                           "samples and events",
                           r->name);
    drop_empty_segments(r);
    return r->request->keys || r->n_segments > 1 ? make_parts(r) : 0;
}

int reader_asc_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    asc_reader r = {.name = bytes->name, .request = request, .error = error, .table = out};
    if (request->where)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the rows of an .asc file are not chosen with --where; its trials "
                           "are, with --part or --group-by",
                           bytes->name);
    reader_lines_begin(&r.lines, bytes, request->memory, error);
    r.fields.memory = request->memory;
    int status = read_lines(&r);
    for (size_t k = 0; k < r.n_segments; k++)
        free(r.segment[k].trial);
    free(r.segment);
    free(r.announced);
    free(r.fields.field);
    free(r.wanted);
    reader_lines_free(&r.lines);
    return status;
}
