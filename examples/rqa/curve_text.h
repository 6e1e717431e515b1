/* curve_text.h - the growing text of a picture: numbers in a fixed form, and escaped words. */
#ifndef CURVE_TEXT_H
#define CURVE_TEXT_H

#include <stddef.h>

/* After a failed allocation nothing is added any more, and `failed` stays. */
typedef struct curve_text {
    char *text;
    size_t used, room;
    int failed;
} curve_text;

/* Formats are its own: %s a text as it is, %t one escaped for XML, %c a double with at most two
 * decimals, %% itself. */
void curve_text_add(curve_text *out, const char *format, ...);

/* A whole number times 10^exponent. */
void curve_text_tick(char out[32], long long number, int exponent);

/* How wide a text is about, in pixels of a font of 12. */
double curve_text_width(const char *text);

#endif
