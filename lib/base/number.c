/* number.c - doubles as text in messages: with a point, whatever locale the host has set. */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/plain_locale.h"

enum { FIRST_DIGITS = 15, ALL_DIGITS = 17 };

/* Any number of up to 15 digits comes back from a normal double, so no shorter text is missed by
 * beginning there; a subnormal may be told by fewer. */
rqa__number rqa__shortest(double value)
{
    rqa__number out;
    int digits = fabs(value) < DBL_MIN ? 1 : FIRST_DIGITS;
    rqa__plain_locale before = rqa__plain_locale_enter();
    snprintf(out.text, sizeof out.text, "%.*g", digits, value);
    while (digits < ALL_DIGITS && isfinite(value) && strtod(out.text, NULL) != value)
        snprintf(out.text, sizeof out.text, "%.*g", ++digits, value);
    rqa__plain_locale_leave(before, out.text);
    return out;
}

/* Of a positive whole number: counts are most of what is rounded, once in every analysis, and printf
 * takes some 2 us for one. Ties go to the even digit, as the exact value's do there. */
static rqa__number rounded_whole(uint64_t value, int digits)
{
    uint64_t scale = 1, most = 1;
    int exponent = 0;
    for (int k = 0; k < digits; k++)
        most *= 10;
    for (uint64_t rest = value; rest >= 10; rest /= 10)
        exponent++;
    while (value / scale >= most)
        scale *= 10;
    const uint64_t left = value % scale;
    uint64_t kept = value / scale;
    kept += 2 * left > scale || (2 * left == scale && kept % 2 == 1);
    exponent += kept == most;
    const int is_plain = scale == 1;
    while (!is_plain && kept % 10 == 0)
        kept /= 10;
    char reversed[24], *to;
    int n = 0;
    for (; kept > 0; kept /= 10)
        reversed[n++] = (char)('0' + kept % 10);
    rqa__number out;
    to = out.text;
    for (int k = n; k-- > 0;) {
        *to++ = reversed[k];
        if (!is_plain && k == n - 1 && k > 0)
            *to++ = '.';
    }
    if (!is_plain) {
        *to++ = 'e';
        *to++ = '+';
        *to++ = (char)('0' + exponent / 10);
        *to++ = (char)('0' + exponent % 10);
    }
    *to = '\0';
    return out;
}

rqa__number rqa__rounded(double value, int digits)
{
    if (value >= 1 && value < 1e15 && digits >= 1 && digits <= 15 && value == (double)(uint64_t)value)
        return rounded_whole((uint64_t)value, digits);
    rqa__number out;
    rqa__plain_locale before = rqa__plain_locale_enter();
    snprintf(out.text, sizeof out.text, "%.*g", digits, value);
    rqa__plain_locale_leave(before, out.text);
    return out;
}

rqa__number rqa__decimals(double value, int decimals)
{
    rqa__number out;
    rqa__plain_locale before = rqa__plain_locale_enter();
    snprintf(out.text, sizeof out.text, "%.*f", decimals, value);
    rqa__plain_locale_leave(before, out.text);
    return out;
}
