/* oracle_table.c - the tables in tests/data/oracles: rows, and the recordings they name. */
#include "oracle_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *name)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", RQA_TEST_ORACLES, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot read %s", path);
    return file;
}

static int read_row(oracle_row *row, char *line)
{
    int n = sscanf(line, "%119[^\t]\t%219[^\t]\t%39[^\t]\t%199[^\t]\t%19[^\t\n]", row->series,
                   row->parameters, row->quantity, row->text, row->tolerance);
    row->value = n == 5 ? strtod(row->text, NULL) : NAN;
    return n == 5;
}

size_t oracle_rows(const char *name, void (*row)(const oracle_row *row, void *user), void *user)
{
    FILE *file = open_file(name);
    char line[600];
    size_t n = 0;
    while (fgets(line, sizeof line, file)) {
        oracle_row r;
        if (line[0] == '#')
            continue;
        ck_assert_msg(read_row(&r, line), "%s: %s", name, line);
        row(&r, user);
        n++;
    }
    fclose(file);
    return n;
}

static const char *find(const oracle_row *row, const char *key)
{
    const size_t n = strlen(key);
    for (const char *at = row->parameters; at; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, key, n) == 0 && at[n] == '=')
            return at + n + 1;
    }
    return NULL;
}

double oracle_number(const oracle_row *row, const char *key, double otherwise)
{
    const char *at = find(row, key);
    return at ? strtod(at, NULL) : otherwise;
}

int oracle_says(const oracle_row *row, const char *key, const char *word)
{
    const char *at = find(row, key);
    const size_t n = strlen(word);
    return at && strncmp(at, word, n) == 0 && (at[n] == ' ' || at[n] == '\0' || at[n] == ';');
}

/* "henon[:300]", "lagpair:1", "ties" */
static double *load_one(const char *text, size_t *n, size_t *n_channels)
{
    char name[60], path[100], line[200];
    size_t most = SIZE_MAX, room = 1 << 14;
    int channel = -1;
    sscanf(text, "%59[a-z0-9_]", name);
    const char *rest = text + strlen(name);
    if (sscanf(rest, "[:%zu]", &most) != 1)
        sscanf(rest, ":%d", &channel);
    snprintf(path, sizeof path, "series/%s.txt", name);
    FILE *file = open_file(path);
    double *v = malloc(room * sizeof *v);
    for (*n = 0; *n < most && fgets(line, sizeof line, file); ++*n) {
        char *at = line, *end;
        size_t n_values = 0;
        for (int c = 0;; c++) {
            const double value = strtod(at, &end);
            if (end == at)
                break;
            ck_assert_uint_lt(3 * *n + n_values, room);
            if (channel < 0 || c == channel)
                v[*n * (channel < 0 ? *n_channels : 1) + n_values++] = value;
            *n_channels = *n == 0 ? n_values : *n_channels;
            at = end;
        }
    }
    fclose(file);
    return v;
}

oracle_series oracle_load(const oracle_row *row)
{
    oracle_series s = {0};
    char first[120];
    const char *second = strstr(row->series, " x ");
    second = second ? second : strstr(row->series, " & ");
    snprintf(first, sizeof first, "%.*s",
             (int)(second ? second - row->series : (long)strlen(row->series)), row->series);
    s.x = load_one(first, &s.n_x, &s.n_channels);
    if (second)
        s.y = load_one(second + 3, &s.n_y, &s.n_channels);
    return s;
}

void oracle_free(oracle_series *s)
{
    free(s->x);
    free(s->y);
}

void oracle_expect(const oracle_row *row, double got)
{
    double width = 0;
    if (strncmp(row->tolerance, "rel:", 4) == 0)
        width = strtod(row->tolerance + 4, NULL) * fabs(row->value);
    else if (strncmp(row->tolerance, "abs:", 4) == 0)
        width = strtod(row->tolerance + 4, NULL);
    else
        ck_assert_str_eq(row->tolerance, "exact");
    ck_assert_msg(fabs(got - row->value) <= width, "%s, %s: %s is %.17g, expected %.17g (%s)",
                  row->series, row->parameters, row->quantity, got, row->value, row->tolerance);
}

void oracle_expect_named(const oracle_row *row, const oracle_value *values, size_t n)
{
    int n_found = 0;
    for (size_t k = 0; k < n; k++)
        if (strcmp(values[k].name, row->quantity) == 0) {
            oracle_expect(row, values[k].value);
            n_found++;
        }
    ck_assert_msg(n_found == 1, "%s", row->quantity);
}

void oracle_expect_list(const oracle_row *row, const double *got, size_t n)
{
    const char *at = row->text;
    for (size_t k = 0; k < n; k++) {
        char *end;
        oracle_row one = *row;
        one.value = strtod(at, &end);
        ck_assert_msg(end != at, "%s: %s has %zu numbers, not %zu", row->series, row->quantity, k, n);
        oracle_expect(&one, got[k]);
        at = end;
    }
    ck_assert_uint_eq(strspn(at, " "), strlen(at));
}
