/* reader_number.h - text to double: exact, strict, independent of the locale. */
#ifndef READER_NUMBER_H
#define READER_NUMBER_H

#include <stddef.h>

/* Reads all n characters as a decimal number, nan or inf (any case) into *out; returns 1, or 0 if
 * they are anything else. *decimal is the decimal sign, '.' or ','; 0 accepts either and is set to
 * the one that was met. The result is the double nearest to the decimal number. */
int reader_number(const char *text, size_t n, char *decimal, double *out);

/* An ASCII letter in lower case; any other character as it is. */
char reader_lower(char c);

/* Whether the n characters are `word`, which is in lower case, in any case. */
int reader_is_word(const char *text, size_t n, const char *word);

#endif
