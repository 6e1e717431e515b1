/* reader_value.h - a field as a value: a number, or missing. */
#ifndef READER_VALUE_H
#define READER_VALUE_H

#include "reader_layout.h"

/* How the values of a text are written. */
typedef struct reader_notation {
    const char *missing; /* "-1,NULL": texts and numbers that mean missing; NULL = none */
    char delimiter;      /* a number may hold it if it is quoted */
    char decimal;        /* '.' ',' or 0 = not met so far */
} reader_notation;

/* 1 with *out set, NaN where missing: empty, nan, na, n/a, null, what Windows writes for NaN, and
 * the codes. 0 if it is anything else. The first decimal sign that is met is set. */
int reader_value(reader_notation *notation, const reader_field *field, double *out);

/* The same for bare text with the decimal sign. */
int reader_value_text(const char *text, size_t n, const char *codes, char *decimal, double *out);

/* Is it a word, not a number and not a sign such as '.' or '***'? */
int reader_value_is_word(const reader_notation *notation, const reader_field *field);

/* What to say about a field that is no value: "" or a hint in brackets, at most room characters. */
void reader_value_hint(char *out, size_t room, const reader_notation *notation,
                       const reader_field *field);

#endif
