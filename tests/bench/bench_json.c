/* bench_json.c - writes flat JSON objects. */
#include "bench_json.h"

#include <math.h>

void bench_json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

void bench_json_object(FILE *out, const bench_json_field *fields, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        fprintf(out, k ? ", \"%s\": " : "{\"%s\": ", fields[k].name);
        if (fields[k].text)
            bench_json_string(out, fields[k].text);
        else if (isfinite(fields[k].number))
            fprintf(out, "%.15g", fields[k].number);
        else
            fputs("null", out);
    }
    fputc('}', out);
}
