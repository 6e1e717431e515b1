/* reader_value.c - a field as a value: a number, or missing. */
#include "reader_value.h"

#include <math.h>
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

int reader_value(const char *text, size_t n, const char *codes, char *decimal, double *out)
{
    if (n == 0 || reader_is_word(text, n, "na")) {
        *out = NAN;
        return 1;
    }
    int is_number = reader_number(text, n, decimal, out);
    if (codes && is_code(codes, text, n, is_number, *out)) {
        *out = NAN;
        return 1;
    }
    return is_number;
}
