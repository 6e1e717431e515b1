/* plain_locale_posix.c - plain_locale.h by the locale of one thread. */
#define _POSIX_C_SOURCE 200809L

#include "base/plain_locale.h"

#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif
#include <stddef.h>

#include "base/thread.h"

static locale_t plain;
static rqa__once_flag made = RQA__ONCE_INIT;

/* A system's "C" is there already and takes no memory; where it did and there was none, numbers come
 * as the host writes them. */
static void make(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

rqa__plain_locale rqa__plain_locale_enter(void)
{
    rqa__once(&made, make);
    return plain ? uselocale(plain) : (locale_t)0;
}

void rqa__plain_locale_leave(rqa__plain_locale before, char *text)
{
    (void)text;
    if (before)
        uselocale((locale_t)before);
}
