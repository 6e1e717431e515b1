/* number.c - doubles as text in messages: with a point, whatever locale the host has set.
 *
 * The calling thread alone is in the locale "C" while a number is written: the locale of the process,
 * and those of its other threads, are the host's.
 */
#define _POSIX_C_SOURCE 200809L

#include "base/number.h"

#include <float.h>
#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/thread.h"

enum { FIRST_DIGITS = 15, ALL_DIGITS = 17 };

static locale_t plain;
static rqa__once_flag made = RQA__ONCE_INIT;

/* A system's "C" is there already and takes no memory; where it did and there was none, numbers come
 * as the host writes them. */
static void make(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t enter(void)
{
    rqa__once(&made, make);
    return plain ? uselocale(plain) : (locale_t)0;
}

static void leave(locale_t before)
{
    if (before)
        uselocale(before);
}

/* Any number of up to 15 digits comes back from a normal double, so no shorter text is missed by
 * beginning there; a subnormal may be told by fewer. */
rqa__number rqa__shortest(double value)
{
    rqa__number out;
    int digits = fabs(value) < DBL_MIN ? 1 : FIRST_DIGITS;
    locale_t before = enter();
    snprintf(out.text, sizeof out.text, "%.*g", digits, value);
    while (digits < ALL_DIGITS && isfinite(value) && strtod(out.text, NULL) != value)
        snprintf(out.text, sizeof out.text, "%.*g", ++digits, value);
    leave(before);
    return out;
}

rqa__number rqa__rounded(double value, int digits)
{
    rqa__number out;
    locale_t before = enter();
    snprintf(out.text, sizeof out.text, "%.*g", digits, value);
    leave(before);
    return out;
}

rqa__number rqa__decimals(double value, int decimals)
{
    rqa__number out;
    locale_t before = enter();
    snprintf(out.text, sizeof out.text, "%.*f", decimals, value);
    leave(before);
    return out;
}
