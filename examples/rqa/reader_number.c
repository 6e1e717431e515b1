/* reader_number.c - text to double: exact, strict, independent of the locale. */
#include "reader_number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli_number.h"

enum { LONGEST = 800 }; /* 767 digits decide any double; longer text is not a measurement */

/* 10^0 .. 10^22 are exact doubles: one multiplication or division of a mantissa below 2^53 by one
 * of them is correctly rounded (Clinger, PLDI 1990). */
static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

char reader_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int reader_is_word(const char *text, size_t n, const char *word)
{
    if (strlen(word) != n)
        return 0;
    for (size_t k = 0; k < n; k++)
        if (reader_lower(text[k]) != word[k])
            return 0;
    return 1;
}

static int special(const char *text, size_t n, double *out)
{
    double sign = 1;
    if (n > 0 && (*text == '-' || *text == '+')) {
        sign = *text == '-' ? -1 : 1;
        text++;
        n--;
    }
    if (reader_is_word(text, n, "nan"))
        *out = NAN;
    else if (reader_is_word(text, n, "inf") || reader_is_word(text, n, "infinity"))
        *out = sign * (double)INFINITY;
    else
        return 0;
    return 1;
}

static double slow(const char *text, size_t n)
{
    char copy[LONGEST + 1];
    memcpy(copy, text, n);
    copy[n] = 0;
    char *comma = strchr(copy, ',');
    if (comma)
        *comma = '.';
    return cli_number_read(copy);
}

int reader_number(const char *text, size_t n, char *decimal, double *out)
{
    size_t k = 0, n_digits = 0;
    uint64_t mantissa = 0;
    int scale = 0, exact = 1;
    char sign_met = 0;
    if (n == 0 || n > LONGEST)
        return 0;
    int negative = text[0] == '-';
    if (text[0] == '-' || text[0] == '+')
        k++;
    for (; k < n; k++) {
        char c = text[k];
        if (c >= '0' && c <= '9') {
            n_digits++;
            if (mantissa < ((uint64_t)1 << 53) / 10)
                mantissa = mantissa * 10 + (uint64_t)(c - '0');
            else
                exact = 0;
            if (sign_met)
                scale--;
        } else if ((c == '.' || c == ',') && !sign_met && (*decimal == 0 || *decimal == c)) {
            sign_met = c;
        } else {
            break;
        }
    }
    if (n_digits == 0)
        return special(text, n, out);
    if (k < n) {
        if (text[k] != 'e' && text[k] != 'E')
            return 0;
        k++;
        int exponent = 0, down = k < n && text[k] == '-';
        if (k < n && (text[k] == '-' || text[k] == '+'))
            k++;
        if (k == n)
            return 0;
        for (; k < n; k++) {
            if (text[k] < '0' || text[k] > '9')
                return 0;
            if (exponent < 100000)
                exponent = exponent * 10 + (text[k] - '0');
        }
        scale += down ? -exponent : exponent;
    }
    if (sign_met)
        *decimal = sign_met;
    if (!exact || scale < -22 || scale > 22) {
        *out = slow(text, n);
        return 1;
    }
    double value = (double)mantissa;
    value = scale < 0 ? value / power_of_ten[-scale] : value * power_of_ten[scale];
    *out = negative ? -value : value;
    return 1;
}
