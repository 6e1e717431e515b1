/* reader_value.h - a field as a value: a number, or missing. */
#ifndef READER_VALUE_H
#define READER_VALUE_H

#include <stddef.h>

/* 1 with *out set (NaN: empty, na, nan, or one of the codes "-1,NULL"), 0 if it is anything else.
 * *decimal as in reader_number. */
int reader_value(const char *text, size_t n, const char *codes, char *decimal, double *out);

#endif
