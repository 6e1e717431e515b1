/* cli_number.c - double to the shortest text that reads back as the same double.
 *
 * A sweep writes tens of millions of numbers; printf with a search for the precision that reads
 * back takes a microsecond each. Nearly all measures lie in [1e-5, 1e15), where everything fits
 * 128-bit integers: value = m 2^-s; with k so that value 10^k has 17 digits, the decimals that read
 * back as the value are those between (2m - 1) 10^k and (2m + 1) 10^k, in units of 2^-(s+1). The
 * interval is cut to whole numbers and digits are dropped while one whole number stays inside. */
#include "cli_number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 800 }; /* characters of a number that is read */

/* Where positional notation is used. */
static const double least_positional = 1e-5, end_of_positional = 1e15;

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 wide;

static const uint64_t power[20] = {1u,
                                   10u,
                                   100u,
                                   1000u,
                                   10000u,
                                   100000u,
                                   1000000u,
                                   10000000u,
                                   100000000u,
                                   1000000000u,
                                   10000000000u,
                                   100000000000u,
                                   1000000000000u,
                                   10000000000000u,
                                   100000000000000u,
                                   1000000000000000u,
                                   10000000000000000u,
                                   100000000000000000u,
                                   1000000000000000000u,
                                   10000000000000000000u};
#endif

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233"
                            "34353637383940414243444546474849505152535455565758596061626364656667"
                            "6869707172737475767778798081828384858687888990919293949596979899";

size_t cli_number_write_whole(char *out, unsigned long long value)
{
    char digits[24];
    size_t at = sizeof digits;
    for (; value >= 100; value /= 100)
        memcpy(digits + (at -= 2), pairs + 2 * (value % 100), 2);
    if (value >= 10)
        memcpy(digits + (at -= 2), pairs + 2 * value, 2);
    else
        digits[--at] = (char)('0' + value);
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

/* Puts `to` in the place of `from`, once; the text has room. */
static void exchange(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);
    if (!at || strcmp(from, to) == 0)
        return;
    memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
    memcpy(at, to, strlen(to));
}

double cli_number_read(const char *text)
{
    enum { ROOM = 16 }; /* of a decimal sign */
    const char *sign = localeconv()->decimal_point;
    size_t n = strlen(text);
    if (strcmp(sign, ".") == 0 || strlen(sign) > ROOM || n > LONGEST)
        return strtod(text, NULL);
    char local[LONGEST + ROOM + 1];
    memcpy(local, text, n + 1);
    exchange(local, ".", sign);
    return strtod(local, NULL);
}

/* A subnormal may be told by fewer than 15 digits. */
static size_t write_slow(char *out, double value)
{
    char text[CLI_NUMBER_ROOM];
    const char *sign = localeconv()->decimal_point;
    int digits = value < DBL_MIN ? 0 : 14;
    do {
        snprintf(text, sizeof text, "%.*g", ++digits, value);
        exchange(text, sign, ".");
    } while (digits < 17 && cli_number_read(text) != value);
    const char *exponent = strchr(text, 'e');
    size_t n = strlen(text);
    if (exponent && value >= least_positional && value < end_of_positional) {
        snprintf(text, sizeof text, "%.*f", digits - 1 - atoi(exponent + 1), value);
        exchange(text, sign, ".");
        n = strlen(text);
        while (text[n - 1] == '0')
            n--;
    }
    memcpy(out, text, n);
    return n;
}

#if defined(__SIZEOF_INT128__)

/* Whole number `digits` times 10^-decimals in positional notation. */
static size_t write_positional(char *out, uint64_t digits, int decimals)
{
    char text[48];
    size_t n = cli_number_write_whole(text, digits);
    if (decimals <= 0) {
        memcpy(out, text, n);
        memset(out + n, '0', (size_t)-decimals);
        return n + (size_t)-decimals;
    }
    /* Copies of a fixed length are single instructions; what is too much is written over later. */
    size_t d = (size_t)decimals;
    if (d >= n) {
        memcpy(out, "0.00000", 7);
        memcpy(out + 2 + d - n, text, 24);
        return 2 + d;
    }
    memcpy(out, text, 24);
    out[n - d] = '.';
    memcpy(out + n - d + 1, text + n - d, 24);
    return n + 1;
}

/* 0 if the value is outside the range of this method. */
static size_t write_fast(char *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t m = (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
    int s = 1075 - (int)(bits >> 52);
    if (value < least_positional || value >= end_of_positional || s <= 0)
        return 0;
    /* A power of two has a nearer neighbour below. From 2^-17 on its own digits are fewer than 16,
     * and no other number of so few digits is near: the wider interval does no harm. */
    /* value 10^k in [1e16, 2e17): 2^e <= value < 2^(e+1), and 1233/4096 is log10(2) from below. */
    int e = 52 - s, k = 16 - (e >= 0 ? e * 1233 / 4096 : -((-e * 1233 + 4095) / 4096));
    wide ten = k > 19 ? (wide)power[19] * power[k - 19] : (wide)power[k];
    wide centre = 2 * (wide)m * ten, lower = centre - ten, upper = centre + ten;
    wide unit = (wide)1 << (s + 1), open = m & 1;
    uint64_t low = (uint64_t)((lower + open + unit - 1) >> (s + 1));
    uint64_t high = (uint64_t)((upper - open) >> (s + 1));
    uint64_t whole = (uint64_t)(centre >> (s + 1));
    wide rest = centre & (unit - 1);
    int dropped = 0;
    while (high / 10 * 10 >= low) {
        low = (low + 9) / 10;
        high /= 10;
        dropped++;
    }
    uint64_t step = power[dropped], digits = whole / step, tail = whole % step;
    /* Round to nearest, ties to even. */
    uint64_t twice = 2 * tail;
    wide double_rest = dropped ? rest : 2 * rest;
    int above = dropped ? twice > step || (twice == step && rest > 0) : double_rest > unit;
    int tie = dropped ? twice == step && rest == 0 : double_rest == unit;
    digits += (uint64_t)(above || (tie && (digits & 1)));
    if (digits < low)
        digits = low;
    if (digits > high)
        digits = high;
    return write_positional(out, digits, k - dropped);
}

#endif

size_t cli_number_write(char *out, double value)
{
    size_t n = 0;
    if (isnan(value)) {
        memcpy(out, "nan", 3);
        return 3;
    }
    if (value < 0) {
        *out++ = '-';
        value = -value;
        n = 1;
    }
    if (isinf(value)) {
        memcpy(out, "inf", 3);
        return n + 3;
    }
    if (value < 9007199254740992.0 && value == floor(value))
        return n + cli_number_write_whole(out, (unsigned long long)value);
#if defined(__SIZEOF_INT128__)
    size_t fast = write_fast(out, value);
    if (fast > 0)
        return n + fast;
#endif
    return n + write_slow(out, value);
}

const char *cli_number_text(char *out, double value)
{
    out[cli_number_write(out, value)] = '\0';
    return out;
}
