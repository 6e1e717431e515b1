/* reader_text.c - delimited text, line by line, into the table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_columns.h"
#include "reader_layout.h"
#include "reader_lines.h"
#include "reader_number.h"
#include "reader_parts.h"
#include "reader_table.h"
#include "reader_value.h"

enum { LONGEST_QUOTE_LINES = 100 };

/* A row counts only if this column has this text. */
typedef struct text_condition {
    size_t column;
    char *text;
} text_condition;

typedef struct text_reader {
    reader_bytes *bytes;
    const char *name;
    const reader_request *request;
    reader_error *error;
    reader_lines lines;
    size_t number; /* line on which the present record began */
    char delimiter, decimal;
    reader_fields fields;
    size_t n_fields, n_fields_line; /* expected in each record, and the line that said so */
    size_t *wanted, n_wanted, *keys, n_keys;
    text_condition *condition;
    size_t n_conditions, conditions_room;
    reader_parts parts;
    reader_table *table;
    size_t values_room, lines_room, parts_room;
} text_reader;

static int fail_memory(text_reader *r)
{
    return reader_fail(r->error, 1, "%s: out of memory", r->name);
}

/* Next record that is neither empty nor a comment, cut into fields; *got = 0 at the end. */
static int next_record(text_reader *r, int *got)
{
    reader_lines *lines = &r->lines;
    do {
        if (reader_lines_next(lines, got) != 0)
            return -1;
    } while (*got && reader_layout_skips(lines->text, lines->length));
    r->number = lines->n;
    if (!*got)
        return 0;
    for (int k = 0; reader_layout_open_quote(lines->text, lines->length, r->delimiter); k++) {
        int more = 0;
        lines->text[lines->length++] = '\n';
        if (k < LONGEST_QUOTE_LINES && reader_lines_append(lines, &more) != 0)
            return -1;
        if (!more)
            return reader_fail(r->error, 0, "%s:%zu: a quote is opened and not closed", r->name,
                               r->number);
    }
    if (reader_layout_split(&r->fields, lines->text, lines->length, r->delimiter) != 0)
        return fail_memory(r);
    return 0;
}

static int read_field(text_reader *r, const reader_field *field, char *decimal, double *out)
{
    /* Nearly every field is a number, and mostly no codes are given. */
    if (!r->request->missing && reader_number(field->text, field->length, decimal, out))
        return 1;
    return reader_value(field->text, field->length, r->request->missing, decimal, out);
}

/* First line against second: a header has text where the data have numbers. A first line with
 * fractions in it is data (of which one field is wrong), not a header. */
static int is_header(text_reader *r, const reader_fields *first, const reader_fields *second)
{
    size_t n_text = 0, n_over_number = 0, n_fraction = 0;
    for (size_t k = 0; k < first->n; k++) {
        const reader_field *field = &first->field[k];
        char decimal = r->decimal;
        double value;
        if (!read_field(r, field, &decimal, &value)) {
            n_text++;
            decimal = r->decimal;
            if (second && k < second->n && read_field(r, &second->field[k], &decimal, &value))
                n_over_number++;
        } else if (!isnan(value) && value != floor(value)) {
            n_fraction++;
        }
    }
    return n_text == first->n || (n_over_number > 0 && n_fraction == 0);
}

/* The items COLUMN=TEXT of --where. */
static int find_conditions(text_reader *r, char *const *names)
{
    const char *list = r->request->where;
    int status = 0;
    while (list && status == 0) {
        char *item = malloc(strlen(list) + 1);
        if (!item || reader_reserve(&r->condition, &r->conditions_room, r->n_conditions + 1,
                                    sizeof *r->condition) != 0) {
            free(item);
            return fail_memory(r);
        }
        list = reader_columns_item(list, item);
        text_condition *condition = &r->condition[r->n_conditions];
        char *sign = strchr(item, '=');
        if (sign)
            *sign = 0;
        if (!sign)
            status =
                reader_fail(r->error, 0, "%s: --where: '%.80s' is not COLUMN=TEXT", r->name, item);
        else
            status = reader_columns_find_one(&condition->column, item, names, r->n_fields, r->name,
                                             r->error);
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

/* Resolves the columns once the number of fields, and perhaps their names, are known. */
static int begin_table(text_reader *r, const reader_fields *header)
{
    char **names = NULL;
    int status = -1;
    r->n_fields = header ? header->n : r->fields.n;
    if (header) {
        names = calloc(header->n, sizeof *names);
        for (size_t k = 0; names && k < header->n; k++)
            if (!(names[k] = reader_text_copy(header->field[k].text, header->field[k].length)))
                goto done;
        if (!names)
            goto done;
    }
    reader_table *table = r->table;
    status = 1;
    if (reader_columns_find(&r->wanted, &r->n_wanted, r->request->columns, names, r->n_fields,
                            r->name, r->error) != 0 ||
        reader_columns_label(table, r->wanted, r->n_wanted, names, r->name, r->error) != 0 ||
        find_conditions(r, names) != 0)
        goto done;
    if (r->request->keys) {
        if (reader_columns_find(&r->keys, &r->n_keys, r->request->keys, names, r->n_fields, r->name,
                                r->error) != 0)
            goto done;
        table->key_names = calloc(r->n_keys, sizeof *table->key_names);
        status = -1;
        if (!table->key_names)
            goto done;
        table->n_keys = r->n_keys;
        for (size_t k = 0; k < r->n_keys; k++) {
            char number[32];
            snprintf(number, sizeof number, "%zu", r->keys[k] + 1);
            const char *name = names ? names[r->keys[k]] : number;
            if (!(table->key_names[k] = reader_text_copy(name, strlen(name))))
                goto done;
        }
        r->parts.n_keys = r->n_keys;
    }
    status = 0;
done:
    for (size_t k = 0; names && k < header->n; k++)
        free(names[k]);
    free(names);
    return status < 0 ? fail_memory(r) : -status;
}

static int not_a_number(text_reader *r, size_t column, const reader_field *field)
{
    int shown = (int)(field->length < 60 ? field->length : 60);
    const char *hint = "";
    double value;
    char other = 0;
    if (r->decimal && reader_number(field->text, field->length, &other, &value))
        hint = r->decimal == '.' ? " (the decimal sign here is '.')"
                                 : " (the decimal sign here is ',')";
    return reader_fail(r->error, 0, "%s:%zu:%zu: '%.*s' is not a number; a number is expected%s",
                       r->name, r->number, column + 1, shown, field->text, hint);
}

static int add_row(text_reader *r)
{
    reader_table *table = r->table;
    size_t row = table->n_rows, n = r->n_wanted;
    /* A delimiter at the end of every data line but not of the header is common. */
    if (r->fields.n == r->n_fields + 1 && r->fields.field[r->n_fields].length == 0)
        r->fields.n--;
    if (r->fields.n != r->n_fields)
        return reader_fail(r->error, 0,
                           "%s:%zu: %zu column%s where %zu are expected (as in line "
                           "%zu)",
                           r->name, r->number, r->fields.n, r->fields.n == 1 ? "" : "s",
                           r->n_fields, r->n_fields_line);
    for (size_t k = 0; k < r->n_conditions; k++) {
        const reader_field *field = &r->fields.field[r->condition[k].column];
        if (strlen(r->condition[k].text) != field->length ||
            memcmp(r->condition[k].text, field->text, field->length) != 0)
            return 0;
    }
    if (n > SIZE_MAX / (row + 1) ||
        reader_reserve(&table->values, &r->values_room, (row + 1) * n, sizeof(double)) != 0 ||
        reader_reserve(&table->lines, &r->lines_room, row + 1, sizeof(size_t)) != 0)
        return fail_memory(r);
    for (size_t k = 0; k < n; k++) {
        const reader_field *field = &r->fields.field[r->wanted[k]];
        if (!read_field(r, field, &r->decimal, &table->values[row * n + k]))
            return not_a_number(r, r->wanted[k], field);
    }
    table->lines[row] = r->number;
    if (r->keys) {
        if (reader_reserve(&table->parts, &r->parts_room, row + 1, sizeof(uint32_t)) != 0 ||
            reader_parts_find(&r->parts, &table->parts[row], &r->fields, r->keys) != 0)
            return fail_memory(r);
    }
    table->n_rows++;
    return 0;
}

/* The first block tells the delimiter. */
static int find_layout(text_reader *r)
{
    reader_bytes *bytes = r->bytes;
    const unsigned char *data = bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    r->delimiter = r->request->delimiter;
    if (!r->delimiter && r->request->decimal == ',') {
        /* Commas cannot separate: judge the text without them. */
        char *copy = reader_text_copy((const char *)data, n);
        if (!copy)
            return fail_memory(r);
        for (size_t k = 0; k < n; k++)
            if (copy[k] == ',')
                copy[k] = '.';
        r->delimiter = reader_layout_delimiter(copy, n, r->lines.end_of_line);
        free(copy);
    } else if (!r->delimiter) {
        r->delimiter = reader_layout_delimiter((const char *)data, n, r->lines.end_of_line);
    }
    r->decimal = r->request->decimal ? r->request->decimal : (char)(r->delimiter == ',' ? '.' : 0);
    return 0;
}

/* The first record is kept apart until the second can say whether it is a header. */
static int read_records(text_reader *r)
{
    int got;
    if (find_layout(r) != 0 || next_record(r, &got) != 0)
        return -1;
    if (!got)
        return reader_fail(r->error, 0, "%s: there is no data in the file", r->name);
    char *first_line = r->lines.text;
    reader_fields first = r->fields;
    size_t first_number = r->number;
    r->lines.text = NULL;
    r->lines.room = 0;
    memset(&r->fields, 0, sizeof r->fields);
    r->n_fields_line = first_number;
    int status = next_record(r, &got);
    if (status == 0) {
        int header = r->request->header ? r->request->header > 0
                                        : is_header(r, &first, got ? &r->fields : NULL);
        reader_fields second = r->fields;
        size_t second_number = r->number;
        if (!header)
            r->fields = first;
        status = begin_table(r, header ? &first : NULL);
        if (status == 0 && !header) {
            r->number = first_number;
            status = add_row(r);
        }
        r->fields = second;
        r->number = second_number;
    }
    free(first_line);
    free(first.field);
    while (status == 0 && got) {
        status = add_row(r);
        if (status == 0)
            status = next_record(r, &got);
    }
    if (status == 0 && r->table->n_rows == 0 && r->n_conditions > 0)
        return reader_fail(r->error, 0, "%s: there is no row with %.200s", r->name,
                           r->request->where);
    if (status == 0 && r->table->n_rows == 0)
        return reader_fail(r->error, 0, "%s: there is no row of data below the header", r->name);
    return status;
}

int reader_text_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                     reader_error *error)
{
    text_reader r = {
        .bytes = bytes, .name = bytes->name, .request = request, .error = error, .table = out};
    reader_lines_begin(&r.lines, bytes, error);
    int status = read_records(&r);
    if (status == 0)
        reader_parts_move(&r.parts, out);
    reader_parts_free(&r.parts);
    reader_lines_free(&r.lines);
    free(r.fields.field);
    free(r.wanted);
    free(r.keys);
    for (size_t k = 0; k < r.n_conditions; k++)
        free(r.condition[k].text);
    free(r.condition);
    return status;
}
