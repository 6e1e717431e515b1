/* cli_values.c - option values: numbers, lists, ranges, byte counts, names. */
#include "cli_values.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_number.h"
#include "reader_number.h"

enum { MOST_VALUES = 100000, MOST_EXPONENT = 100000 };

/* digits 10^-scale: ranges are stepped in decimal, so that 0.05:0.10:0.001 holds 0.07 itself and
 * not a sum of roundings beside it. */
typedef struct decimal {
    int64_t digits;
    int scale;
} decimal;

static int bad(cli_option option, const char *text, const char *why)
{
    return cli_fail(CLI_BAD_INPUT, "%s: '%s' %s", cli_option_name(option), text, why);
}

static double decimal_to_double(decimal d)
{
    char text[48];
    snprintf(text, sizeof text, "%" PRId64 "e%d", d.digits, -d.scale);
    return cli_number_read(text);
}

/* What follows the e; so far out that it decides alone, it is cut to what the sums here hold. */
static int parse_exponent(const char *text)
{
    long exponent = strtol(text, NULL, 10);
    return exponent < -MOST_EXPONENT  ? -MOST_EXPONENT
           : exponent > MOST_EXPONENT ? MOST_EXPONENT
                                      : (int)exponent;
}

/* 0 if it is no decimal number of at most 18 digits. */
static int parse_decimal(decimal *out, const char *text, size_t n)
{
    char point = '.';
    double value;
    if (!reader_number(text, n, &point, &value) || !isfinite(value))
        return 0;
    size_t k = 0;
    int negative = text[0] == '-', after = 0, n_digits = 0;
    out->digits = 0;
    out->scale = 0;
    for (k += text[0] == '-' || text[0] == '+'; k < n; k++) {
        if (text[k] == '.') {
            after = 1;
        } else if (text[k] == 'e' || text[k] == 'E') {
            out->scale -= parse_exponent(text + k + 1);
            break;
        } else {
            n_digits += out->digits > 0 || text[k] != '0';
            if (n_digits > 18)
                return 0;
            out->digits = out->digits * 10 + (text[k] - '0');
            out->scale += after;
        }
    }
    while (out->digits != 0 && out->digits % 10 == 0) {
        out->digits /= 10;
        out->scale--;
    }
    if (out->digits == 0)
        out->scale = 0;
    out->digits = negative ? -out->digits : out->digits;
    return 1;
}

static int rescale(decimal *d, int scale)
{
    for (; d->scale < scale; d->scale++) {
        if (d->digits > INT64_MAX / 10 || d->digits < INT64_MIN / 10)
            return 0;
        d->digits *= 10;
    }
    return 1;
}

typedef struct values {
    decimal *value;
    size_t n;
    cli_option option;
    const char *text;
} values;

static int add_value(values *list, decimal d)
{
    if (list->n >= MOST_VALUES)
        return cli_fail(CLI_BAD_INPUT, "%s: '%s' is more than %d values",
                        cli_option_name(list->option), list->text, MOST_VALUES);
    if ((list->n & (list->n - 1)) == 0)
        list->value = cli_grow(list->value, list->n ? 2 * list->n : 1, sizeof *list->value);
    list->value[list->n++] = d;
    return CLI_OK;
}

static int add_range(values *list, decimal from, decimal to, decimal step)
{
    int scale = from.scale > to.scale ? from.scale : to.scale;
    scale = scale > step.scale ? scale : step.scale;
    if (scale < 0)
        scale = 0;
    if (!rescale(&from, scale) || !rescale(&to, scale) || !rescale(&step, scale) ||
        (from.digits < 0 && to.digits > INT64_MAX + from.digits))
        return bad(list->option, list->text, "is a range of too many digits");
    if (step.digits == 0)
        return bad(list->option, list->text, "is a range of step zero");
    if (step.digits < 0 || from.digits > to.digits)
        return bad(list->option, list->text,
                   "is an inverted range; a:b or a:b:step with a <= b and step > 0 is expected");
    int64_t n = (to.digits - from.digits) / step.digits;
    if (n >= MOST_VALUES)
        return cli_fail(CLI_BAD_INPUT, "%s: '%s' is %" PRId64 " values; at most %d are allowed",
                        cli_option_name(list->option), list->text, n + 1, MOST_VALUES);
    for (int64_t k = 0; k <= n; k++) {
        decimal d = {from.digits + k * step.digits, scale};
        int code = add_value(list, d);
        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

/* One item of a list: a, a:b or a:b:step. */
static int add_item(values *list, const char *item, size_t length)
{
    static const char expected[] =
        "is not a number, a range a:b or a:b:step, or a list of these (a,b,c)";
    decimal part[3];
    int n = 0;
    for (size_t at = 0;; at++) {
        size_t end = at;
        while (end < length && item[end] != ':')
            end++;
        if (n == 3 || !parse_decimal(&part[n], item + at, end - at))
            return bad(list->option, list->text, expected);
        n++;
        at = end;
        if (at >= length)
            break;
    }
    if (n == 1)
        return add_value(list, part[0]);
    if (n == 2) {
        if (part[0].scale > 0 || part[1].scale > 0)
            return bad(list->option, list->text, "is a range without step; a:b:step is expected");
        part[2].digits = 1;
        part[2].scale = 0;
    }
    return add_range(list, part[0], part[1], part[2]);
}

static int parse_list(values *list, cli_option option, const char *text)
{
    memset(list, 0, sizeof *list);
    list->option = option;
    list->text = text;
    for (const char *item = text;; item++) {
        size_t length = strcspn(item, ",");
        int code = add_item(list, item, length);
        if (code != CLI_OK)
            return code;
        item += length;
        if (*item == 0)
            return CLI_OK;
    }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int check_twice(cli_option option, const char *text, const double *value, size_t n)
{
    double *sorted = cli_calloc(n, sizeof *sorted);
    char number[CLI_NUMBER_ROOM + 1];
    int code = CLI_OK;
    memcpy(sorted, value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    for (size_t k = 1; k < n && code == CLI_OK; k++)
        if (sorted[k] == sorted[k - 1])
            code = cli_fail(CLI_BAD_INPUT, "%s: '%s' has %s twice", cli_option_name(option),
                            text, cli_number_text(number, sorted[k]));
    free(sorted);
    return code;
}

int cli_values_real(double **out, size_t *n_out, cli_option option, const char *text)
{
    values list;
    int code = parse_list(&list, option, text);
    *out = cli_calloc(list.n, sizeof **out);
    *n_out = list.n;
    for (size_t k = 0; k < list.n && code == CLI_OK; k++) {
        (*out)[k] = decimal_to_double(list.value[k]);
        if (list.value[k].digits < 0)
            code = bad(option, text, "is negative; a finite number >= 0 is expected");
    }
    if (code == CLI_OK)
        code = check_twice(option, text, *out, list.n);
    free(list.value);
    return code;
}

int cli_values_whole(uint32_t **out, size_t *n_out, cli_option option, const char *text,
                     uint32_t least, uint32_t most)
{
    values list;
    int code = parse_list(&list, option, text);
    double *real = cli_calloc(list.n, sizeof *real);
    char number[CLI_NUMBER_ROOM + 1];
    *out = cli_calloc(list.n, sizeof **out);
    *n_out = list.n;
    for (size_t k = 0; k < list.n && code == CLI_OK; k++) {
        real[k] = decimal_to_double(list.value[k]);
        if (!(real[k] >= least && real[k] <= most) || real[k] != floor(real[k]))
            code = cli_fail(CLI_BAD_INPUT,
                            "%s: '%s' has %s; whole numbers from %" PRIu32 " to %" PRIu32
                            " are allowed",
                            cli_option_name(option), text, cli_number_text(number, real[k]), least, most);
        else
            (*out)[k] = (uint32_t)real[k];
    }
    if (code == CLI_OK)
        code = check_twice(option, text, real, list.n);
    free(real);
    free(list.value);
    return code;
}

int cli_value_real(double *out, cli_option option, const char *text)
{
    char point = '.';
    if (strpbrk(text, ":,") != NULL)
        return bad(option, text, "is a list or range; one number is expected here");
    if (!reader_number(text, strlen(text), &point, out))
        return bad(option, text, "is not a number");
    if (!isfinite(*out) || *out < 0)
        return bad(option, text, "is not allowed; a finite number >= 0 is expected");
    return CLI_OK;
}

int cli_value_whole(uint64_t *out, cli_option option, const char *text, uint64_t least,
                    uint64_t most)
{
    char point = '.';
    double value;
    if (strpbrk(text, ":,") != NULL)
        return bad(option, text, "is a list or range; one whole number is expected here");
    if (!reader_number(text, strlen(text), &point, &value))
        return bad(option, text, "is not a number");
    if (!(value >= (double)least && value <= (double)most) || value != floor(value))
        return cli_fail(CLI_BAD_INPUT,
                        "%s: '%s' is not allowed; a whole number from %" PRIu64 " to %" PRIu64
                        " is expected",
                        cli_option_name(option), text, least, most);
    *out = (uint64_t)value;
    return CLI_OK;
}

/* Bytes in the unit that a text ends with, which `*n` is cut to; 0: none. k, M, G and T alone are
 * powers of 1024 as KiB is, since memory is sold so; with a B they are those of 1000. */
static double take_unit(const char *text, size_t *n)
{
    static const char letters[] = "kmgt";
    double base = 1024;
    size_t end = *n;
    if (end > 0 && text[end - 1] == 'B') {
        end--;
        base = end > 0 && text[end - 1] == 'i' ? 1024 : 1000;
        end -= base == 1024;
    }
    const char *letter = end > 0 ? strchr(letters, reader_lower(text[end - 1])) : NULL;
    if (letter && *letter)
        end--;
    else if (end + 1 < *n) /* "iB" */
        return 0;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    *n = end;
    return letter && *letter ? pow(base, (double)(letter - letters + 1)) : 1;
}

int cli_value_bytes(uint64_t *out, cli_option option, const char *text)
{
    size_t n = strlen(text);
    char point = '.';
    double value, unit = take_unit(text, &n);
    if (unit == 0 || !reader_number(text, n, &point, &value) || !(value * unit >= 1) ||
        value * unit > ldexp(1, 62))
        return bad(option, text,
                   "is not a number of bytes such as 8G, 500MB or 1.5GiB (k, M, G, T and KiB ... TiB: "
                   "powers of 1024; kB ... TB: of 1000)");
    *out = (uint64_t)(value * unit);
    return CLI_OK;
}

int cli_value_name(int *out, cli_option option, const char *text, const char *const *names,
                   size_t n)
{
    char known[512] = "";
    size_t used = 0;
    for (size_t k = 0; k < n; k++) {
        if (strcmp(text, names[k]) == 0) {
            *out = (int)k;
            return CLI_OK;
        }
        int more = snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "", names[k]);
        used += more > 0 && used + (size_t)more < sizeof known ? (size_t)more : 0;
    }
    const char *nearest = cli_nearest(text, names, n);
    return cli_fail(CLI_BAD_INPUT, "%s: '%s' is unknown%s%s%s; allowed: %s",
                    cli_option_name(option), text, nearest ? "; did you mean '" : "",
                    nearest ? nearest : "", nearest ? "'?" : "", known);
}
