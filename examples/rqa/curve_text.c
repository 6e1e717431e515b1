/* curve_text.c - the growing text of a picture: numbers in a fixed form, and escaped words. */
#include "curve_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain_text.h"

enum { FIRST_ROOM = 1 << 14, MAX_ZEROS = 6, MAX_DECIMALS = 6 };

static void append(curve_text *out, const char *text, size_t n)
{
    if (out->used + n + 1 > out->room && !out->failed) {
        size_t room = out->room ? out->room : FIRST_ROOM;
        while (room < out->used + n + 1)
            room *= 2;
        char *larger = realloc(out->text, room);
        if (larger) {
            out->text = larger;
            out->room = room;
        } else {
            out->failed = 1;
        }
    }
    if (out->failed)
        return;
    memcpy(out->text + out->used, text, n);
    out->used += n;
    out->text[out->used] = '\0';
}

/* FFFE and FFFF are characters that no XML may hold. */
static void append_escaped(curve_text *out, const char *text)
{
    while (*text) {
        const char *begin = text;
        const unsigned code = rqa__utf8_next(&text);
        if (!rqa__is_shown(code) || code == 0xfffe || code == 0xffff)
            append(out, "?", 1);
        else if (code == '&')
            append(out, "&amp;", 5);
        else if (code == '<')
            append(out, "&lt;", 4);
        else if (code == '>')
            append(out, "&gt;", 4);
        else
            append(out, begin, (size_t)(text - begin));
    }
}

/* From whole hundredths, so that no locale and no rounding of printf has a say. */
static void append_coordinate(curve_text *out, double value)
{
    char text[32];
    long long hundredths = (long long)floor(value * 100.0 + 0.5);
    const char *sign = hundredths < 0 ? "-" : "";
    if (hundredths < 0)
        hundredths = -hundredths;
    const long long whole = hundredths / 100, rest = hundredths % 100;
    int n;
    if (rest == 0)
        n = snprintf(text, sizeof text, "%s%lld", sign, whole);
    else if (rest % 10 == 0)
        n = snprintf(text, sizeof text, "%s%lld.%lld", sign, whole, rest / 10);
    else
        n = snprintf(text, sizeof text, "%s%lld.%02lld", sign, whole, rest);
    append(out, text, (size_t)n);
}

void curve_text_add(curve_text *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    while (*format) {
        const size_t plain = strcspn(format, "%");
        append(out, format, plain);
        format += plain;
        if (!*format)
            break;
        const char kind = format[1];
        format += 2;
        if (kind == '%') {
            append(out, "%", 1);
        } else if (kind == 'c') {
            append_coordinate(out, va_arg(list, double));
        } else {
            const char *text = va_arg(list, const char *);
            if (kind == 't')
                append_escaped(out, text);
            else
                append(out, text, strlen(text));
        }
    }
    va_end(list);
}

void curve_text_tick(char out[32], long long number, int exponent)
{
    const char *sign = number < 0 ? "-" : "";
    const long long size = number < 0 ? -number : number;
    char digits[32];
    if (number == 0) {
        snprintf(out, 32, "0");
    } else if (exponent > MAX_ZEROS || exponent < -MAX_DECIMALS) {
        snprintf(out, 32, "%s%llde%d", sign, size, exponent);
    } else if (exponent >= 0) {
        snprintf(out, 32, "%s%lld%.*s", sign, size, exponent, "000000");
    } else {
        const int n = snprintf(digits, sizeof digits, "%0*lld", 1 - exponent, size);
        const int whole = n + exponent;
        snprintf(out, 32, "%s%.*s.%s", sign, whole, digits, digits + whole);
    }
}

double curve_text_width(const char *text)
{
    double width = 0.0;
    while (*text) {
        const unsigned code = rqa__utf8_next(&text);
        width += code >= 0x2e80 && code != RQA__NO_CODE ? 12.0 : 6.6;
    }
    return width;
}
