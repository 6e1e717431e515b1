/* reader_text.c - delimited text, record by record, into the table. */
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader_columns.h"
#include "reader_header.h"
#include "reader_opening.h"
#include "reader_parts.h"
#include "reader_table.h"

/* A row counts only if this column has this text. */
typedef struct text_condition {
    size_t column;
    char *text;
} text_condition;

typedef struct text_reader {
    const char *name;
    const reader_request *request;
    reader_error *error;
    reader_memory *memory;
    reader_records records;
    reader_preamble preamble; /* of a known kind of file */
    reader_notation notation;
    size_t n_fields, n_fields_line; /* expected in each record, and the line that said so */
    size_t *wanted, n_wanted, *keys, n_keys;
    text_condition *condition;
    size_t n_conditions, conditions_room;
    reader_parts parts;
    reader_parts own_codes, *codes; /* of categorical columns */
    reader_table *table;
    size_t values_room, runs_room, parts_room;
    size_t *blank, n_blank, blank_room; /* lines that are rows if a row follows */
} text_reader;

static int fail_memory(text_reader *r)
{
    return reader_memory_fail(r->memory, r->name, r->records.lines.n, r->error);
}

/* Other text above the table is the likeliest reason why its first records do not fit. */
static void describe_preamble(char *out, size_t room, const text_reader *r)
{
    size_t line = reader_header_table_line(&r->records, &r->notation);
    *out = 0;
    if (line > 1)
        snprintf(out, room,
                 "; if the table begins in line %zu, --skip-lines %zu or --comment leaves out what "
                 "is above it",
                 line, line - 1);
}

/* Adds it to a failure that was met in the first records. -1. */
static int suspect_preamble(text_reader *r)
{
    char preamble[160];
    size_t used = strlen(r->error->text), room = sizeof r->error->text - used;
    describe_preamble(preamble, sizeof preamble, r);
    if (r->error->is_system == READER_OF_INPUT && strlen(preamble) < room)
        memcpy(r->error->text + used, preamble, strlen(preamble) + 1);
    return -1;
}

/* --- columns ---------------------------------------------------------------------------------- */

/* The items COLUMN=TEXT of --where. */
static int find_conditions(text_reader *r, reader_columns *columns)
{
    const char *list = r->request->where;
    int status = 0;
    while (list && status == 0) {
        char *item = malloc(strlen(list) + 1);
        if (!item || reader_reserve(r->memory, &r->condition, &r->conditions_room,
                                    r->n_conditions + 1, sizeof *r->condition) != 0) {
            free(item);
            return fail_memory(r);
        }
        list = reader_columns_item(list, item);
        text_condition *condition = &r->condition[r->n_conditions];
        char *sign = strchr(item, '=');
        if (sign)
            *sign = 0;
        if (!sign)
            status = reader_fail(r->error, READER_OF_INPUT,
                                 "%s: --where: '%.80s' is not COLUMN=TEXT", r->name, item);
        else
            status = reader_columns_find_one(columns, &condition->column, item);
        if (status == 0) {
            memmove(item, sign + 1, strlen(sign + 1) + 1);
            condition->text = item;
            r->n_conditions++;
        } else {
            free(item);
        }
    }
    return status;
}

static int find_keys(text_reader *r, reader_columns *columns)
{
    reader_table *table = r->table;
    if (!r->request->keys)
        return 0;
    if (reader_columns_find(columns, &r->keys, &r->n_keys, r->request->keys, NULL) != 0)
        return -1;
    table->key_names = calloc(r->n_keys, sizeof *table->key_names);
    if (!table->key_names)
        return fail_memory(r);
    table->n_keys = r->n_keys;
    for (size_t k = 0; k < r->n_keys; k++) {
        char number[32];
        snprintf(number, sizeof number, "%zu", r->keys[k] + 1);
        const char *name = columns->names ? columns->names[r->keys[k]] : number;
        if (!(table->key_names[k] = reader_text_copy(r->memory, name, strlen(name))))
            return fail_memory(r);
    }
    r->parts.n_keys = r->n_keys;
    r->parts.memory = r->memory;
    return 0;
}

/* Marks the columns in which the first rows have words: those cannot be analysed, unless as texts. */
static void mark_texts(const text_reader *r, const reader_header *header, char *is_text, size_t n)
{
    reader_notation notation = r->notation;
    const reader_record *end = r->records.ahead + r->records.n_ahead;
    for (const reader_record *record = header->first; record && record < end && !r->codes; record++)
        for (size_t k = 0; k < n && k < record->fields.n; k++) {
            double value;
            is_text[k] |= !reader_value(&notation, &record->fields.field[k], &value);
        }
}

/* The columns to analyse. What tells recordings and rows apart is not analysed unless it is named,
 * and so are row names. */
static int find_wanted(text_reader *r, reader_columns *columns, const reader_header *header)
{
    char *is_left_out = calloc(columns->n, 2);
    if (!is_left_out)
        return fail_memory(r);
    mark_texts(r, header, is_left_out + columns->n, columns->n);
    columns->is_text = is_left_out + columns->n;
    for (size_t k = 0; k < r->n_keys; k++)
        is_left_out[r->keys[k]] = 1;
    for (size_t k = 0; k < r->n_conditions; k++)
        is_left_out[r->condition[k].column] = 1;
    if (header->has_row_names)
        is_left_out[0] = 1;
    for (size_t k = 0; k < r->preamble.n_columns; k++)
        is_left_out[k] |= r->preamble.is_clock[k];
    int status =
        reader_columns_find(columns, &r->wanted, &r->n_wanted, r->request->columns, is_left_out);
    free(is_left_out);
    columns->is_text = NULL;
    return status == 0 ? reader_columns_label(columns, r->table, r->wanted, r->n_wanted) : -1;
}

static void free_names(char **names, size_t n)
{
    for (size_t k = 0; names && k < n; k++)
        free(names[k]);
    free(names);
}

/* Names of the columns; *out stays NULL without header. */
static int copy_names(text_reader *r, char ***out, const reader_header *header)
{
    if (!header->names)
        return 0;
    if (reader_memory_take(r->memory, (uint64_t)header->n_fields * sizeof **out) != 0 ||
        !(*out = calloc(header->n_fields, sizeof **out)))
        return fail_memory(r);
    for (size_t k = 0; k < header->n_fields; k++) {
        static char none[] = "";
        reader_field field = {none, 0, 0};
        if (k >= (size_t)header->has_row_names)
            field = header->names->fields.field[k - (size_t)header->has_row_names];
        if (!((*out)[k] = reader_text_copy(r->memory, field.text, field.length)))
            return fail_memory(r);
    }
    return 0;
}

/* Resolves the columns once the number of fields, and perhaps their names, are known. */
static int begin_table(text_reader *r, const reader_header *header)
{
    char **names = NULL;
    r->n_fields = header->n_fields;
    r->n_fields_line = header->names ? header->names->number : header->first->number;
    int status = copy_names(r, &names, header);
    reader_columns columns = {r->preamble.names ? r->preamble.names : names,
                              r->n_fields,
                              r->name,
                              r->memory,
                              r->error,
                              NULL,
                              NULL};
    if (status == 0)
        status = find_conditions(r, &columns);
    if (status == 0)
        status = find_keys(r, &columns);
    if (status == 0)
        status = find_wanted(r, &columns, header);
    reader_columns_end(&columns);
    free_names(names, r->n_fields);
    return status;
}

/* --- rows ------------------------------------------------------------------------------------- */

static int fail_width(text_reader *r, const reader_record *record, size_t n)
{
    reader_fail(r->error, READER_OF_INPUT,
                "%s:%zu: %zu column%s where %zu %s expected (as in line %zu)", r->name,
                record->number, n, n == 1 ? "" : "s", r->n_fields, r->n_fields == 1 ? "is" : "are",
                r->n_fields_line);
    return record == &r->records.now ? -1 : suspect_preamble(r);
}

static int fail_value(text_reader *r, const reader_record *record, size_t column)
{
    const reader_field *field = &record->fields.field[column];
    char hint[160];
    int shown = (int)(field->length < 60 ? field->length : 60);
    reader_value_hint(hint, sizeof hint, &r->notation, field);
    reader_fail(r->error, READER_OF_INPUT,
                "%s:%zu:%zu: '%.*s' is not a number; a number is expected%s", r->name,
                record->number, column + 1, shown, field->text, hint);
    return record == &r->records.now ? -1 : suspect_preamble(r);
}

/* A field that a short row lacks has no text. */
static int is_chosen(const text_reader *r, const reader_record *record)
{
    for (size_t k = 0; k < r->n_conditions; k++) {
        const text_condition *condition = &r->condition[k];
        size_t n = strlen(condition->text);
        if (condition->column >= record->fields.n) {
            if (n > 0)
                return 0;
            continue;
        }
        const reader_field *field = &record->fields.field[condition->column];
        if (n != field->length || memcmp(condition->text, field->text, n) != 0)
            return 0;
    }
    return 1;
}

static int mark_row(text_reader *r, const reader_record *record)
{
    reader_table *table = r->table;
    size_t row = table->n_rows++;
    if (reader_table_mark(table, r->memory, &r->runs_room, record->number) != 0)
        return fail_memory(r);
    if (r->keys &&
        (reader_reserve(r->memory, &table->parts, &r->parts_room, row + 1, sizeof(uint32_t)) != 0 ||
         reader_parts_find(&r->parts, &table->parts[row], &record->fields, r->keys) != 0))
        return fail_memory(r);
    return 0;
}

/* A text as the number of its first appearance. What means missing stays so. */
static int take_code(text_reader *r, const reader_record *record, size_t column, double *out)
{
    const reader_field *field = &record->fields.field[column];
    char decimal = '.';
    uint32_t code;
    if (reader_value_text(field->text, field->length, r->notation.missing, &decimal, out) &&
        isnan(*out))
        return 0;
    if (reader_parts_find(r->codes, &code, &record->fields, &column) != 0)
        return fail_memory(r);
    *out = code;
    return 0;
}

static int take_value(text_reader *r, const reader_record *record, size_t column, double *out)
{
    if (r->codes)
        return take_code(r, record, column, out);
    if (!reader_value(&r->notation, &record->fields.field[column], out))
        return fail_value(r, record, column);
    return 0;
}

/* Empty, or a remark where these stand behind the columns. */
static int is_nothing(const text_reader *r, const reader_field *field)
{
    return field->length == 0 || (r->preamble.has_remarks && *field->text == '#');
}

static int is_next_block(const text_reader *r, const reader_field *field)
{
    size_t n = strlen(r->preamble.next);
    return field->length == n && memcmp(field->text, r->preamble.next, n) == 0;
}

static int add_row(text_reader *r, const reader_record *record)
{
    reader_table *table = r->table;
    size_t row = table->n_rows, n = r->n_wanted, width = record->fields.n;
    if (r->n_conditions > 0 && !is_chosen(r, record))
        return 0;
    while (width > r->n_fields && is_nothing(r, &record->fields.field[width - 1]))
        width--;
    if (r->preamble.next && record->fields.n > 0 && is_next_block(r, &record->fields.field[0]))
        return reader_fail(r->error, READER_OF_INPUT,
                           "%s:%zu: %s, and another block begins here; save its blocks as files of "
                           "their own",
                           r->name, record->number, r->preamble.kind);
    if (width != r->n_fields)
        return fail_width(r, record, record->fields.n);
    if (n > SIZE_MAX / (row + 1) || reader_reserve(r->memory, &table->values, &r->values_room,
                                                   (row + 1) * n, sizeof(double)) != 0)
        return fail_memory(r);
    for (size_t k = 0; k < n; k++)
        if (take_value(r, record, r->wanted[k], &table->values[row * n + k]) != 0)
            return -1;
    return mark_row(r, record);
}

/* Empty lines of a single column, and lines of nothing but tabs that separate, are missing values,
 * unless nothing follows. */
static int note_blank(text_reader *r, const reader_record *record)
{
    if (r->n_fields != record->fields.n || r->keys)
        return 0;
    if (reader_reserve(r->memory, &r->blank, &r->blank_room, r->n_blank + 1, sizeof *r->blank) != 0)
        return fail_memory(r);
    r->blank[r->n_blank++] = record->number;
    return 0;
}

static int add_blank_rows(text_reader *r)
{
    char none = 0;
    reader_record row = {.fields = {.n = r->n_fields}};
    if (r->n_blank == 0)
        return 0;
    row.fields.field = calloc(r->n_fields, sizeof *row.fields.field);
    if (!row.fields.field)
        return fail_memory(r);
    for (size_t k = 0; k < r->n_fields; k++)
        row.fields.field[k].text = &none;
    int status = 0;
    for (size_t k = 0; k < r->n_blank && status == 0; k++) {
        row.number = r->blank[k];
        status = add_row(r, &row);
    }
    r->n_blank = 0;
    free(row.fields.field);
    return status;
}

/* Behind the rows of a section there may be another one, which nobody asked for by leaving it out.
 */
static int end_section(text_reader *r)
{
    const reader_record *record;
    int status = 0;
    while (!r->request->variable && (status = reader_records_next(&r->records, &record)) == 0 &&
           record)
        if (!record->is_blank)
            return reader_fail(
                r->error, READER_OF_INPUT,
                "%s:%zu: %s with several sections, another is '%.*s'; choose one by "
                "its title, such as --variable Trajectories",
                r->name, record->number, r->preamble.kind,
                (int)(record->fields.field[0].length < 60 ? record->fields.field[0].length : 60),
                record->fields.field[0].text);
    return status;
}

static int add_rows(text_reader *r, const reader_header *header)
{
    const reader_record *record;
    int status;
    while ((status = reader_records_next(&r->records, &record)) == 0 && record) {
        if (record == header->names || record == header->units)
            continue;
        if (record->is_blank && r->preamble.is_section) {
            status = end_section(r);
            break;
        }
        if (record->is_blank)
            status = note_blank(r, record);
        else if (r->n_blank == 0 || (status = add_blank_rows(r)) == 0)
            status = add_row(r, record);
        if (status != 0)
            break;
    }
    if (status == 0 && r->table->n_rows == 0 && r->n_conditions > 0)
        return reader_fail(r->error, READER_OF_INPUT, "%s: there is no row with %.200s", r->name,
                           r->request->where);
    if (status == 0 && r->table->n_rows == 0)
        return reader_fail(r->error, READER_OF_INPUT,
                           "%s: there is no row of data below the header", r->name);
    return status;
}

/* --- the file --------------------------------------------------------------------------------- */

static int read_table(text_reader *r)
{
    reader_header header;
    const int delimiter = reader_opening_read(&r->records, &r->preamble, r->request);
    if (delimiter < 0)
        return -1;
    r->notation.missing = r->request->missing;
    r->notation.delimiter = (char)delimiter;
    r->notation.decimal = r->request->decimal;
    r->table->sampling_rate = r->preamble.sampling_rate;
    if (reader_records_look_ahead(&r->records) != 0)
        return -1;
    if (r->records.n_ahead == 0)
        return reader_fail(r->error, READER_OF_INPUT, "%s: there is no data in the file", r->name);
    const reader_request *request = r->request;
    int names_asked = request->columns || request->keys || request->where;
    if (r->preamble.names)
        header = (reader_header){.first = &r->records.ahead[0], .n_fields = r->preamble.n_columns};
    else
        reader_header_find(&header, &r->records, request->header, names_asked, &r->notation);
    if (request->categorical && header.units) { /* words are values */
        header.first = header.units;
        header.units = NULL;
    }
    return begin_table(r, &header) == 0 ? add_rows(r, &header) : suspect_preamble(r);
}

int reader_text_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                     reader_error *error)
{
    text_reader r = {.name = bytes->name,
                     .request = request,
                     .error = error,
                     .memory = request->memory,
                     .table = out};
    r.own_codes = (reader_parts){.n_keys = 1, .memory = request->memory};
    if (request->categorical)
        r.codes = request->codes ? request->codes : &r.own_codes;
    reader_lines_begin(&r.records.lines, bytes, request->memory, error);
    int status = read_table(&r);
    if (status == 0)
        reader_parts_move(&r.parts, out);
    reader_parts_free(&r.parts);
    reader_parts_free(&r.own_codes);
    reader_preamble_free(&r.preamble);
    reader_records_free(&r.records);
    free(r.wanted);
    free(r.keys);
    free(r.blank);
    for (size_t k = 0; k < r.n_conditions; k++)
        free(r.condition[k].text);
    free(r.condition);
    return status;
}
