/* bench_json.h - writes flat JSON objects. */
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include <stddef.h>
#include <stdio.h>

/* A text, or where that is NULL a number; NaN and infinities become null. */
typedef struct bench_json_field {
    const char *name;
    const char *text;
    double number;
} bench_json_field;

void bench_json_string(FILE *out, const char *text);
void bench_json_object(FILE *out, const bench_json_field *fields, size_t n);

#endif
