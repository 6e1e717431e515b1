/* reader_value.c - a field as a value: a number, or missing. */
#include "reader_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reader_number.h"

/* One of the codes: the same text, or the same number. */
static int is_code(const char *codes, const char *text, size_t n, int is_number, double value)
{
    for (const char *code = codes; code;) {
        size_t length = strcspn(code, ",");
        double number;
        char decimal = '.';
        if (length == n && memcmp(code, text, n) == 0)
            return 1;
        if (is_number && reader_number(code, length, &decimal, &number) && number == value)
            return 1;
        code = code[length] ? code + length + 1 : NULL;
    }
    return 0;
}

static int is_missing(const char *text, size_t n)
{
    static const char *const words[] = {
        "na",     "n/a",     "null",      "<na>",     "#n/a",    "#na",      "1.#qnan",  "-1.#qnan",
        "1.#ind", "-1.#ind", "-nan(ind)", "nan(ind)", "1.#snan", "-1.#snan", "nan(snan)"};
    for (size_t k = 0; n > 0 && k < sizeof words / sizeof words[0]; k++)
        if (reader_is_word(text, n, words[k]))
            return 1;
    return n == 0;
}

int reader_value_text(const char *text, size_t n, const char *codes, char *decimal, double *out)
{
    int is_number = reader_number(text, n, decimal, out);
    if (is_number && !codes)
        return 1;
    if ((!is_number && is_missing(text, n)) ||
        (codes && is_code(codes, text, n, is_number, *out))) {
        *out = NAN;
        return 1;
    }
    return is_number;
}

/* "1,234" in quotes between commas: a decimal comma, or a thousand? */
static int is_ambiguous(const reader_notation *notation, const reader_field *field)
{
    if (!field->is_quoted || notation->delimiter != ',' || notation->decimal)
        return 0;
    const char *text = field->text, *comma = memchr(text, ',', field->length);
    size_t n = field->length;
    if (!comma)
        return 0;
    if (n > 0 && (*text == '-' || *text == '+'))
        text++, n--;
    size_t n_before = (size_t)(comma - text);
    if (n != n_before + 4 || n_before < 1 || n_before > 3 || *text == '0')
        return 0;
    for (size_t k = 0; k < n; k++)
        if (text + k != comma && (text[k] < '0' || text[k] > '9'))
            return 0;
    return 1;
}

int reader_value(reader_notation *notation, const reader_field *field, double *out)
{
    /* Nearly every field is a bare number, and mostly no codes are given. */
    if (!notation->missing && !field->is_quoted &&
        reader_number(field->text, field->length, &notation->decimal, out))
        return 1;
    if (is_ambiguous(notation, field))
        return 0;
    return reader_value_text(field->text, field->length, notation->missing, &notation->decimal,
                             out);
}

static int has_letter(const reader_field *field)
{
    for (size_t k = 0; k < field->length; k++) {
        char c = reader_lower(field->text[k]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
            return 1;
    }
    return 0;
}

int reader_value_is_word(const reader_notation *notation, const reader_field *field)
{
    reader_notation copy = *notation;
    double value;
    return has_letter(field) && !is_ambiguous(notation, field) &&
           !reader_value(&copy, field, &value);
}

/* Signs alone, and words that devices write where there is nothing. */
static int may_mean_missing(const reader_field *field)
{
    static const char *const words[] = {"missing", "none", "nil",   "invalid", "undefined",
                                        "blink",   "lost", "void",  "#div/0!", "#value!",
                                        "#nv",     "n.a.", "undef", "nodata"};
    if (memchr(field->text, ',', field->length) || field->length > 20)
        return 0;
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (reader_is_word(field->text, field->length, words[k]))
            return 1;
    return field->length > 0 && !has_letter(field);
}

void reader_value_hint(char *out, size_t room, const reader_notation *notation,
                       const reader_field *field)
{
    double value;
    char other = 0;
    *out = 0;
    if (is_ambiguous(notation, field))
        snprintf(out, room,
                 " (its comma may be a decimal sign or part thousands: --decimal comma, or numbers "
                 "without it)");
    else if (notation->decimal && reader_number(field->text, field->length, &other, &value))
        snprintf(out, room, " (the decimal sign here is '%c')", notation->decimal);
    else if (may_mean_missing(field))
        snprintf(out, room, " (if it means missing: --missing '%.*s')", (int)field->length,
                 field->text);
}
