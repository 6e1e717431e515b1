/* reader_binary.c - what readers of files that hold numbers, not text, have in common. */
#include "reader_binary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader_columns.h"
#include "reader_number.h"

int reader_binary_no_memory(const reader_binary *b)
{
    return reader_memory_fail(b->request->memory, b->file, 0, b->error);
}

/* Texts mean nothing among numbers. */
static int parse_codes(reader_binary *b)
{
    size_t room = 0;
    for (const char *code = b->request->missing; code;) {
        size_t length = strcspn(code, ",");
        char decimal = '.';
        if (reader_reserve(NULL, &b->codes, &room, b->n_codes + 1, sizeof *b->codes) != 0)
            return reader_binary_no_memory(b);
        b->n_codes += (size_t)reader_number(code, length, &decimal, &b->codes[b->n_codes]);
        code = code[length] ? code + length + 1 : NULL;
    }
    return 0;
}

int reader_binary_begin(reader_binary *b, char *const *names, size_t n_columns,
                        const char *is_left_out)
{
    if (b->request->keys)
        return reader_fail(b->error, READER_OF_INPUT,
                           "%s: %s has no key columns to split it by (--group-by)", b->file,
                           b->kind);
    if (b->request->where)
        return reader_fail(b->error, READER_OF_INPUT,
                           "%s: %s has no texts to choose rows by (--where)", b->file, b->kind);
    reader_columns columns = {names, n_columns, b->file, b->request->memory, b->error,
                              NULL, NULL};
    int status =
        reader_columns_find(&columns, &b->wanted, &b->n_wanted, b->request->columns, is_left_out);
    if (status == 0)
        status = reader_columns_label(&columns, b->table, b->wanted, b->n_wanted);
    reader_columns_end(&columns);
    return status == 0 ? parse_codes(b) : -1;
}

void reader_binary_end(reader_binary *b)
{
    free(b->wanted);
    free(b->codes);
    b->wanted = NULL;
    b->codes = NULL;
}

int reader_binary_put(reader_binary *b, double value)
{
    if (reader_reserve(b->request->memory, &b->table->values, &b->room, b->n_values + 1,
                       sizeof(double)) != 0)
        return reader_binary_no_memory(b);
    for (size_t c = 0; c < b->n_codes; c++)
        if (value == b->codes[c])
            value = (double)NAN;
    b->table->values[b->n_values++] = value;
    return 0;
}

int reader_binary_whole(unsigned char **out, size_t *n, reader_bytes *bytes, reader_memory *memory,
                        reader_error *error)
{
    size_t room = 0, got = 1;
    *out = NULL;
    *n = 0;
    int status = 0;
    while (status == 0 && got > 0) {
        if (reader_reserve(memory, out, &room, *n + READER_BLOCK, 1) != 0)
            status = reader_memory_fail(memory, bytes->name, 0, error);
        else
            status = reader_bytes_read(bytes, *out + *n, READER_BLOCK, &got, error);
        *n += status == 0 ? got : 0;
    }
    if (status == 0) {
        reader_memory_give(memory, room - *n);
        return 0;
    }
    free(*out);
    reader_memory_give(memory, room);
    *out = NULL;
    return -1;
}

int reader_binary_is_big(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

static double half_to_double(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
                   : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                  : ldexp(fraction, -24);
    return bits >> 15 ? -value : value;
}

static int is_exact(uint64_t integer)
{
    double value = (double)integer;
    return value < 18446744073709551616.0 && (uint64_t)value == integer;
}

int reader_binary_number(char kind, size_t size, int is_big, const unsigned char *from, double *out)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < size; k++)
        bits = bits << 8 | from[is_big ? k : size - 1 - k];
    if (kind == 'f' && size == 8) {
        memcpy(out, &bits, 8);
    } else if (kind == 'f' && size == 4) {
        const uint32_t low = (uint32_t)bits;
        float value;
        memcpy(&value, &low, 4);
        *out = (double)value;
    } else if (kind == 'f') {
        *out = half_to_double((uint16_t)bits);
    } else if (kind == 'i') {
        const unsigned shift = (unsigned)(64 - 8 * size);
        const int negative = (bits << shift) >> 63 != 0;
        const uint64_t magnitude = negative ? (0 - (bits << shift)) >> shift : bits;
        *out = negative ? -(double)magnitude : (double)magnitude;
        return is_exact(magnitude);
    } else {
        *out = (double)bits;
        return is_exact(bits);
    }
    return 1;
}
