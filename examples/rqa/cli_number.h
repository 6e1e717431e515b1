/* cli_number.h - double to the shortest text that reads back as the same double. */
#ifndef CLI_NUMBER_H
#define CLI_NUMBER_H

#include <stddef.h>

enum { CLI_NUMBER_ROOM = 48 };

/* Returns how many characters are the number; no final zero. All CLI_NUMBER_ROOM bytes of `out` may
 * be written. NaN is "nan". */
size_t cli_number_write(char *out, double value);

/* The same with a final zero, for messages; returns `out`, of CLI_NUMBER_ROOM + 1 bytes. */
const char *cli_number_text(char *out, double value);

/* strtod() of a text with a point, whatever the locale has. */
double cli_number_read(const char *text);

/* Decimal digits of a whole number, no final zero. */
size_t cli_number_write_whole(char *out, unsigned long long value);

#endif
