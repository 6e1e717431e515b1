/* plain_text.c - text from files, paths, options and the environment, made fit to be shown. */
#include "base/plain_text.h"

#include <string.h>

uint32_t rqa__utf8_next(const char **at)
{
    const unsigned char *b = (const unsigned char *)*at;
    size_t n = b[0] < 0x80 ? 1 : b[0] >> 5 == 6 ? 2 : b[0] >> 4 == 14 ? 3 : b[0] >> 3 == 30 ? 4 : 0;
    static const unsigned char lead[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    ++*at;
    if (n == 0)
        return RQA__NO_CODE;
    uint32_t code = b[0] & lead[n];
    for (size_t k = 1; k < n; k++) {
        if (b[k] >> 6 != 2)
            return RQA__NO_CODE;
        code = code << 6 | (b[k] & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return RQA__NO_CODE;
    *at += n - 1;
    return code;
}

/* Joiners (200C, 200D) are in words of several scripts, and in emoji; they steer nothing. */
int rqa__is_shown(uint32_t code)
{
    static const uint32_t hidden[][2] = {
        {0x00, 0x1f},       {0x7f, 0x9f},       /* C0, DEL, C1 */
        {0x061c, 0x061c},   {0x200e, 0x200f},   /* marks of direction */
        {0x180e, 0x180e},   {0x200b, 0x200b},   /* no width */
        {0x2028, 0x202e},                       /* separators; embeddings and overrides */
        {0x2060, 0x206f},                       /* joiners, invisible operators, isolates */
        {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   /* byte order mark, annotations */
        {0xe0000, 0xe007f}, {RQA__NO_CODE, RQA__NO_CODE}, /* tags */
    };
    for (size_t k = 0; k < sizeof hidden / sizeof hidden[0]; k++)
        if (code >= hidden[k][0] && code <= hidden[k][1])
            return 0;
    return 1;
}

void rqa__plain_text(char *text, const char *but)
{
    const char *from = text;
    while (*from) {
        const char *begin = from;
        uint32_t code = rqa__utf8_next(&from);
        if (rqa__is_shown(code) || (code < 0x80 && strchr(but, (int)code)))
            while (begin < from)
                *text++ = *begin++;
        else
            *text++ = '?';
    }
    *text = '\0';
}
