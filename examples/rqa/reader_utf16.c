/* reader_utf16.c - UTF-16 to UTF-8, piece by piece (RFC 2781, RFC 3629). */
#include "reader_utf16.h"

enum { REPLACEMENT = 0xfffd };

int reader_utf16_begin(reader_utf16 *state, const unsigned char *mark)
{
    state->high = 0;
    state->big_endian = mark[0] == 0xfe;
    return (mark[0] == 0xff && mark[1] == 0xfe) || (mark[0] == 0xfe && mark[1] == 0xff);
}

static size_t put(unsigned char *out, unsigned c)
{
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (unsigned char)(0xc0 | c >> 6);
        out[1] = (unsigned char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (unsigned char)(0xe0 | c >> 12);
        out[1] = (unsigned char)(0x80 | (c >> 6 & 63));
        out[2] = (unsigned char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | c >> 18);
    out[1] = (unsigned char)(0x80 | (c >> 12 & 63));
    out[2] = (unsigned char)(0x80 | (c >> 6 & 63));
    out[3] = (unsigned char)(0x80 | (c & 63));
    return 4;
}

size_t reader_utf16_write(reader_utf16 *state, unsigned char *out, const unsigned char *units,
                          size_t n)
{
    unsigned char *at = out;
    for (size_t k = 0; k < n; k++, units += 2) {
        unsigned unit = state->big_endian ? (unsigned)units[0] << 8 | units[1]
                                          : (unsigned)units[1] << 8 | units[0];
        int is_low = (unit & 0xfc00) == 0xdc00;
        if (state->high && is_low) {
            at += put(at, 0x10000 + ((state->high & 0x3ff) << 10) + (unit & 0x3ff));
            state->high = 0;
            continue;
        }
        if (state->high)
            at += put(at, REPLACEMENT);
        state->high = (unit & 0xfc00) == 0xd800 ? unit : 0;
        if (!state->high)
            at += put(at, is_low ? REPLACEMENT : unit);
    }
    return (size_t)(at - out);
}

size_t reader_utf16_end(reader_utf16 *state, unsigned char *out)
{
    size_t n = state->high ? put(out, REPLACEMENT) : 0;
    state->high = 0;
    return n;
}
