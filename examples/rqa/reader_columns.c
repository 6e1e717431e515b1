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

/* End of the item that begins at `from`; the item itself goes to out unless that is NULL. */
static const char *scan(const char *from, char *out)
{
    int is_quoted = *from == '"' && strchr(from + 1, '"') != NULL;
    from += is_quoted;
    for (; *from && (is_quoted || *from != ','); from++) {
        if (is_quoted && *from == '"') {
            is_quoted = from[1] == '"';
            if (!is_quoted)
                continue;
            from++;
        }
        if (out)
            *out++ = *from;
    }
    if (out)
        *out = 0;
    return from;
}

const char *reader_columns_item(const char *list, char *out)
{
    const char *end = scan(list, out);
    return *end ? end + 1 : NULL;
}

size_t reader_columns_count(const char *list)
{
    size_t n = 1;
    while (*(list = scan(list, NULL)) != 0) {
        list++;
        n++;
    }
    return n;
}

static int holds(const char *name, const char *part)
{
    for (; *name; name++) {
        size_t k = 0;
        while (part[k] && reader_lower(name[k]) == reader_lower(part[k]))
            k++;
        if (!part[k])
            return 1;
    }
    return 0;
}

/* A device's file may have a hundred columns: those that hold what was asked for, if any do. */
static int fail_unknown(const char *item, char *const *names, size_t n, const char *file,
                        reader_error *error)
{
    char known[240];
    char **like = names ? malloc(n * sizeof *like) : NULL;
    size_t n_like = 0;
    for (size_t k = 0; like && *item && k < n; k++)
        if (holds(names[k], item))
            like[n_like++] = names[k];
    if (n_like > 0)
        describe(known, sizeof known, like, n_like);
    else
        describe(known, sizeof known, names, n);
    free(like);
    return reader_fail(error, 0, "%s: there is no column '%.80s'; %s: %s", file, item,
                       n_like  ? "there is"
                       : names ? "its columns are"
                               : "its columns have no names, use numbers",
                       known);
}

int reader_columns_find_one(size_t *out, const char *item, char *const *names, size_t n,
                            const char *file, reader_error *error)
{
    size_t number = 0, k;
    for (k = 0; names && k < n; k++)
        if (strcmp(names[k], item) == 0) {
            *out = k;
            return 0;
        }
    for (k = 0; item[k] >= '0' && item[k] <= '9' && number < 1000000000; k++)
        number = number * 10 + (size_t)(item[k] - '0');
    int is_number = k > 0 && item[k] == 0;
    if (is_number && number >= 1 && number <= n) {
        *out = number - 1;
        return 0;
    }
    if (is_number)
        return reader_fail(error, 0, "%s: there is no column %.80s; the file has %zu", file, item,
                           n);
    return fail_unknown(item, names, n, file, error);
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
    char *item = malloc(strlen(list) + 1);
    int status = item ? 0 : no_memory(file, error);
    while (list && status == 0) {
        list = reader_columns_item(list, item);
        if (reader_reserve(out, &room, *n_out + 1, sizeof **out) != 0)
            status = no_memory(file, error);
        else
            status = reader_columns_find_one(&(*out)[(*n_out)++], item, names, n, file, error);
    }
    free(item);
    if (status != 0) {
        free(*out);
        *out = NULL;
    }
    return status;
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
