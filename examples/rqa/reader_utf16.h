/* reader_utf16.h - UTF-16 to UTF-8, piece by piece. */
#ifndef READER_UTF16_H
#define READER_UTF16_H

#include <stddef.h>

typedef struct reader_utf16 {
    int big_endian;
    unsigned high; /* first half of a character whose second is still to come; 0 = none */
} reader_utf16;

/* 1 if the two bytes are a byte order mark, which says how to read what follows. */
int reader_utf16_begin(reader_utf16 *state, const unsigned char *mark);

/* Writes n units of two bytes as at most 3 n + 3 bytes and returns how many they are. Half a
 * character becomes U+FFFD. */
size_t reader_utf16_write(reader_utf16 *state, unsigned char *out, const unsigned char *units,
                          size_t n);

/* What is left at the end: at most 3 bytes. */
size_t reader_utf16_end(reader_utf16 *state, unsigned char *out);

#endif
