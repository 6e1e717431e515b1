/* reader_columns.c - which columns of a file are wanted, by name or by number. */
#include "reader_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_number.h"

char *reader_text_copy(const char *text, size_t n)
{
    char *copy = malloc(n + 1);
    if (!copy)
        return NULL;
    if (n > 0)
        memcpy(copy, text, n);
    copy[n] = 0;
    return copy;
}

static int no_memory(const char *file, reader_error *error)
{
    return reader_fail(error, 1, "%s: out of memory", file);
}

/* "1 to 3", or "t, x, y" as far as it fits a line. */
static void describe(char *out, size_t room, char *const *names, size_t n)
{
    if (!names) {
        snprintf(out, room, "1 to %zu", n);
        return;
    }
    size_t used = 0;
    out[0] = 0;
    for (size_t k = 0; k < n; k++) {
        int more = snprintf(out + used, room - used, "%s%s", k ? ", " : "", names[k]);
        if (more < 0 || used + (size_t)more + 6 > room) {
            snprintf(out + used, room - used, ", ...");
            return;
        }
        used += (size_t)more;
    }
}

static int find_one(size_t *out, const char *item, size_t length, char *const *names, size_t n,
                    const char *file, reader_error *error)
{
    size_t number = 0, k;
    char known[240];
    for (k = 0; names && k < n; k++)
        if (strlen(names[k]) == length && memcmp(names[k], item, length) == 0) {
            *out = k;
            return 0;
        }
    for (k = 0; k < length && item[k] >= '0' && item[k] <= '9' && number < 1000000000; k++)
        number = number * 10 + (size_t)(item[k] - '0');
    if (length > 0 && k == length && number >= 1 && number <= n) {
        *out = number - 1;
        return 0;
    }
    describe(known, sizeof known, names, n);
    if (length > 0 && k == length)
        return reader_fail(error, 0, "%s: there is no column %.*s; the file has %zu", file,
                           (int)(length < 80 ? length : 80), item, n);
    return reader_fail(error, 0, "%s: there is no column '%.*s'; %s: %s", file,
                       (int)(length < 80 ? length : 80), item,
                       names ? "its columns are" : "its columns have no names, use numbers", known);
}

static int looks_like_time(const char *name)
{
    static const char *const words[] = {"t",   "time", "timestamp", "seconds",
                                        "sec", "ms",   "date",      "year"};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        if (reader_is_word(name, strlen(name), words[k]))
            return 1;
    return 0;
}

/* Without --columns every column is a channel. A clock among them would silently be analysed as a
 * coordinate, so there the choice must be made by the user. */
static int find_all(size_t **out, size_t *n_out, char *const *names, size_t n, const char *file,
                    reader_error *error)
{
    char known[240];
    for (size_t k = 0; names && n > 1 && k < n; k++)
        if (looks_like_time(names[k])) {
            describe(known, sizeof known, names, n);
            return reader_fail(error, 0,
                               "%s: column '%.60s' looks like time; choose the columns to analyse "
                               "with --columns (there are: %s)",
                               file, names[k], known);
        }
    *out = malloc(n * sizeof **out);
    if (!*out)
        return no_memory(file, error);
    for (size_t k = 0; k < n; k++)
        (*out)[k] = k;
    *n_out = n;
    return 0;
}

int reader_columns_find(size_t **out, size_t *n_out, const char *list, char *const *names, size_t n,
                        const char *file, reader_error *error)
{
    *out = NULL;
    *n_out = 0;
    if (!list)
        return find_all(out, n_out, names, n, file, error);
    size_t room = 0;
    for (const char *item = list;; item++) {
        size_t length = strcspn(item, ",");
        if (reader_reserve(out, &room, *n_out + 1, sizeof **out) != 0) {
            free(*out);
            *out = NULL;
            return no_memory(file, error);
        }
        if (find_one(&(*out)[*n_out], item, length, names, n, file, error) != 0) {
            free(*out);
            *out = NULL;
            return -1;
        }
        (*n_out)++;
        item += length;
        if (*item == 0)
            return 0;
    }
}

int reader_columns_label(reader_table *table, const size_t *wanted, size_t n_wanted,
                         char *const *names, const char *file, reader_error *error)
{
    table->numbers = malloc(n_wanted * sizeof *table->numbers);
    table->names = calloc(n_wanted, sizeof *table->names);
    if (!table->numbers || !table->names)
        return no_memory(file, error);
    table->n_columns = n_wanted;
    for (size_t k = 0; k < n_wanted; k++) {
        char number[32];
        table->numbers[k] = wanted[k] + 1;
        snprintf(number, sizeof number, "%zu", wanted[k] + 1);
        const char *name = names ? names[wanted[k]] : number;
        table->names[k] = reader_text_copy(name, strlen(name));
        if (!table->names[k])
            return no_memory(file, error);
    }
    return 0;
}
