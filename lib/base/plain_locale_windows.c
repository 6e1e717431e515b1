/* plain_locale_windows.c - plain_locale.h where a thread has no locale of its own: msvcrt.dll has one
 * for the process. Its decimal sign is exchanged afterwards; what reads the text back in between goes by
 * the same locale. */
#include "base/plain_locale.h"

#include <stddef.h>
#include <string.h>

rqa__plain_locale rqa__plain_locale_enter(void)
{
    return NULL;
}

/* The one place between digits that holds neither a digit, a sign nor a letter. */
void rqa__plain_locale_leave(rqa__plain_locale before, char *text)
{
    static const char others[] = "0123456789+-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)before;
    char *sign = text + strspn(text, others);
    if (*sign == '\0')
        return;
    size_t n = strcspn(sign, others);
    *sign = '.';
    memmove(sign + 1, sign + n, strlen(sign + n) + 1);
}
