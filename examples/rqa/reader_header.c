/* reader_header.c - what the first records of a text say about the rest: is there a header, are
 * there row names, how many columns. */
#include "reader_header.h"

#include <math.h>

static int read_value(const reader_notation *notation, const reader_field *field, double *out)
{
    reader_notation copy = *notation;
    return reader_value(&copy, field, out);
}

/* Fields up to the last that is not empty. */
static size_t used_width(const reader_record *record)
{
    size_t n = record->fields.n;
    while (n > 0 && record->fields.field[n - 1].length == 0)
        n--;
    return n;
}

/* First record against second: a header has text where the data have numbers. A first record with
 * fractions in it is data (of which one field is wrong), not a header. */
static int is_header(const reader_notation *notation, const reader_record *first,
                     const reader_record *second)
{
    size_t n_text = 0, n_over_number = 0, n_fraction = 0, n = used_width(first);
    for (size_t k = 0; k < n; k++) {
        const reader_field *field = &first->fields.field[k];
        double value;
        if (reader_value_is_word(notation, field)) {
            n_text++;
            n_over_number += second && k < second->fields.n &&
                             read_value(notation, &second->fields.field[k], &value);
        } else if (read_value(notation, field, &value) && !isnan(value) && value != floor(value)) {
            n_fraction++;
        }
    }
    return (n > 0 && n_text == n) || (n_over_number > 0 && n_fraction == 0);
}

/* Are the first fields of the rows names of rows: quoted, text, or counting from 0 or 1? */
static int are_row_names(const reader_records *r, const reader_record *header,
                         const reader_notation *notation)
{
    size_t n = 0, n_named = 0, n_counted = 0, width = header->fields.n + 1;
    double first = 0, value;
    for (size_t k = 0; k < r->n_ahead; k++) {
        const reader_record *row = &r->ahead[k];
        if (row == header || row->is_blank)
            continue;
        if (row->fields.n != width)
            return 0;
        const reader_field *name = &row->fields.field[0];
        int is_number = read_value(notation, name, &value);
        first = n == 0 && is_number ? value : first;
        n_named += name->is_quoted || !is_number;
        n_counted += is_number && (first == 0 || first == 1) && value == first + (double)n;
        n++;
    }
    return n > 0 && (n_named == n || (n_counted == n && n > 1));
}

/* The widest row: delimiters behind it, in every row, make no column. */
static size_t widest(const reader_records *r, const reader_record *header)
{
    size_t most = 1;
    for (size_t k = 0; k < r->n_ahead; k++) {
        size_t n = used_width(&r->ahead[k]);
        if (&r->ahead[k] != header && n > most)
            most = n;
    }
    return most;
}

/* Does the record hold words and no numbers, as a header does? */
static int is_all_words(const reader_record *record, const reader_notation *notation)
{
    size_t n = used_width(record);
    for (size_t k = 0; k < n; k++)
        if (!reader_value_is_word(notation, &record->fields.field[k]))
            return 0;
    return n > 0;
}

/* Is it a row of a table, nothing but numbers and gaps? */
static int is_all_values(const reader_record *record, const reader_notation *notation)
{
    size_t n = used_width(record);
    double value;
    for (size_t k = 0; k < n; k++)
        if (!read_value(notation, &record->fields.field[k], &value))
            return 0;
    return n > 0;
}

enum { LONGEST_UNIT = 16 };

/* A second line of short words, such as s, mV or (deg), between names and numbers. */
static const reader_record *find_units(const reader_records *r, const reader_notation *notation)
{
    if (r->n_ahead < 3)
        return NULL;
    const reader_record *names = &r->ahead[0], *units = &r->ahead[1], *row = &r->ahead[2];
    if (units->fields.n != names->fields.n || row->fields.n != names->fields.n ||
        !is_all_words(names, notation) || !is_all_words(units, notation) ||
        !is_all_values(row, notation))
        return NULL;
    for (size_t k = 0; k < units->fields.n; k++)
        if (units->fields.field[k].length > LONGEST_UNIT)
            return NULL;
    return units;
}

void reader_header_find(reader_header *out, const reader_records *r, int header, int names_asked,
                        const reader_notation *notation)
{
    const reader_record *first = &r->ahead[0], *second = NULL;
    for (size_t k = 1; k < r->n_ahead && !second; k++)
        second = r->ahead[k].is_blank ? NULL : &r->ahead[k];
    int has_header = header ? header > 0 : is_header(notation, first, second);
    out->names = has_header ? first : NULL;
    out->units = has_header ? find_units(r, notation) : NULL;
    out->first = out->units ? &r->ahead[2] : has_header ? second : first;
    out->n_fields = first->fields.n;
    size_t most = widest(r, out->names);
    while (out->n_fields > 1 && out->n_fields > most &&
           first->fields.field[out->n_fields - 1].length == 0)
        out->n_fields--;
    out->has_row_names = has_header && out->n_fields == first->fields.n && most > out->n_fields &&
                         are_row_names(r, first, notation);
    out->n_fields += (size_t)out->has_row_names;
    if (header == 0 && !has_header && out->n_fields > 1 &&
        used_width(&r->comment) == out->n_fields && (r->delimiter != ' ' || names_asked) &&
        is_all_words(&r->comment, notation))
        out->names = &r->comment;
}

size_t reader_header_table_line(const reader_records *r, const reader_notation *notation)
{
    size_t end = r->n_ahead, begin;
    while (end > 0 && r->ahead[end - 1].is_blank)
        end--;
    /* The last records that are equally wide. */
    for (begin = end; begin > 0; begin--) {
        const reader_record *record = &r->ahead[begin - 1];
        if (record->is_blank || record->fields.n != r->ahead[end - 1].fields.n)
            break;
    }
    /* Where all are: the last that could be their header. */
    if (begin == 0)
        for (size_t k = end; k-- > 1 && begin == 0;)
            if (is_all_words(&r->ahead[k], notation))
                begin = k;
    /* Below a row there is a row that is wrong, and below a header one that is short. */
    for (size_t k = 0; k < begin; k++)
        if (is_all_values(&r->ahead[k], notation))
            return 0;
    /* A header of that width is at the top, and none here: what is between is rows. */
    if (begin > 0 && begin < end && r->ahead[0].fields.n == r->ahead[begin].fields.n &&
        is_all_words(&r->ahead[0], notation) && !is_all_words(&r->ahead[begin], notation))
        return 0;
    int is_header = begin == 1 && r->ahead[0].fields.n > 1 &&
                    is_all_words(&r->ahead[0], notation) && !is_all_words(&r->ahead[1], notation);
    return begin > 0 && begin + 1 < end && !is_header ? r->ahead[begin].number : 0;
}
