/* reader_columns.c - which columns of a file are wanted, by name or by number. */
#include "reader_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_clock.h"
#include "reader_number.h"

static int no_memory(const reader_columns *c)
{
    return reader_memory_fail(c->memory, c->file, 0, c->error);
}

/* --- lists ------------------------------------------------------------------------------------ */

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

int reader_columns_is_all(const char *list)
{
    return strncmp(list, "all", 3) == 0 && (list[3] == 0 || list[3] == ',');
}

size_t reader_columns_count(const char *list, size_t n_all)
{
    size_t n = 0;
    while (list) {
        n += reader_columns_is_all(list) ? n_all : 1;
        list = scan(list, NULL);
        list = *list ? list + 1 : NULL;
    }
    return n;
}

/* --- what there is ---------------------------------------------------------------------------- */

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
static int fail_unknown(const reader_columns *c, const char *item)
{
    char known[240];
    char **like = c->names ? malloc(c->n * sizeof *like) : NULL;
    size_t n_like = 0;
    for (size_t k = 0; like && *item && k < c->n; k++)
        if (holds(c->names[k], item))
            like[n_like++] = c->names[k];
    if (n_like > 0)
        describe(known, sizeof known, like, n_like);
    else
        describe(known, sizeof known, c->names, c->n);
    free(like);
    return reader_fail(c->error, READER_OF_INPUT, "%s: there is no column '%.80s'; %s: %s", c->file,
                       item,
                       n_like     ? "there is"
                       : c->names ? "its columns are"
                                  : "its columns have no names, use numbers",
                       known);
}

/* --- look-up ---------------------------------------------------------------------------------- */

/* The names sorted, so that many look-ups stay fast and the same names lie side by side. */
struct reader_column_order {
    const char *name;
    size_t position;
};

static int compare_columns(const void *a, const void *b)
{
    const struct reader_column_order *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

static int sort_names(reader_columns *c)
{
    if (c->order || !c->names)
        return 0;
    if (reader_memory_take(c->memory, (uint64_t)c->n * sizeof *c->order) != 0 ||
        !(c->order = malloc(c->n * sizeof *c->order)))
        return no_memory(c);
    for (size_t k = 0; k < c->n; k++) {
        c->order[k].name = c->names[k];
        c->order[k].position = k;
    }
    qsort(c->order, c->n, sizeof *c->order, compare_columns);
    return 0;
}

void reader_columns_end(reader_columns *c)
{
    free(c->order);
    c->order = NULL;
}

/* Place of the first of its name in the order, n if there is none. */
static size_t find_name(const reader_columns *c, const char *name)
{
    size_t low = 0, high = c->order ? c->n : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(c->order[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return c->order && low < c->n && strcmp(c->order[low].name, name) == 0 ? low : c->n;
}

int reader_columns_find_one(reader_columns *c, size_t *out, const char *item)
{
    size_t number = 0, k;
    if (sort_names(c) != 0)
        return -1;
    size_t at = find_name(c, item);
    if (at + 1 < c->n && strcmp(c->order[at + 1].name, item) == 0)
        return reader_fail(c->error, READER_OF_INPUT,
                           "%s: columns %zu and %zu are both named '%.80s'; choose one by its "
                           "number",
                           c->file, c->order[at].position + 1, c->order[at + 1].position + 1, item);
    if (at < c->n) {
        *out = c->order[at].position;
        return 0;
    }
    for (k = 0; item[k] >= '0' && item[k] <= '9' && number < 1000000000; k++)
        number = number * 10 + (size_t)(item[k] - '0');
    int is_number = k > 0 && item[k] == 0;
    if (is_number && number >= 1 && number <= c->n) {
        *out = number - 1;
        return 0;
    }
    if (is_number)
        return reader_fail(c->error, READER_OF_INPUT,
                           "%s: there is no column %.80s; the file has %zu", c->file, item, c->n);
    return fail_unknown(c, item);
}

/* --- clocks ----------------------------------------------------------------------------------- */

/* A column as --columns takes it: by number where the name would not do. */
static int write_item(char *out, size_t room, const reader_table *t, size_t k)
{
    const char *name = t->names[k];
    int is_plain = *name && !strpbrk(name, ",\"") && strcmp(name, "all") != 0;
    for (size_t other = 0; is_plain && other < t->n_columns; other++)
        is_plain = other == k || strcmp(name, t->names[other]) != 0;
    return is_plain ? snprintf(out, room, "%s", name) : snprintf(out, room, "%zu", t->numbers[k]);
}

static int is_text(const reader_columns *c, const reader_table *table, size_t k)
{
    return c && c->is_text && c->is_text[table->numbers[k] - 1];
}

/* The columns of numbers but one as --columns takes them, as far as they fit a line. */
static void list_others(char *out, size_t room, const reader_columns *c, const reader_table *table,
                        size_t clock)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t k = 0; k < table->n_columns; k++) {
        if (k == clock || is_text(c, table, k))
            continue;
        size_t before = used;
        if (used > 0)
            out[used++] = ',';
        int more = write_item(out + used, room - used, table, k);
        if (more < 0 || used + (size_t)more + 6 > room) {
            snprintf(out + before, room - before, before ? ",..." : "...");
            return;
        }
        used += (size_t)more;
    }
}

/* Of the columns of a file, NULL: they are numbers all. */
static int fail_clock(const reader_columns *c, const reader_table *table, size_t clock,
                      const char *why, const char *file, reader_error *error)
{
    char others[200], number[32];
    const char *name = table->names[clock];
    size_t n_texts = 0;
    for (size_t k = 0; k < table->n_columns; k++)
        n_texts += (size_t)is_text(c, table, k);
    snprintf(number, sizeof number, "%zu", table->numbers[clock]);
    int has_name = *name && strcmp(name, number) != 0;
    list_others(others, sizeof others, c, table, clock);
    return reader_fail(error, READER_OF_INPUT,
                       "%s: column %s%.60s%s looks like a clock (%s)%s%s%s", file,
                       has_name ? "'" : "", has_name ? name : number, has_name ? "'" : "", why,
                       *others ? "; choose what to analyse: --columns "
                               : ", and no other column holds numbers",
                       others, n_texts ? "" : ", or --columns all with the clock");
}

int reader_columns_refuse_clock(const reader_table *table, const char *file, reader_error *error)
{
    char why[120];
    double step;
    for (size_t k = 0; table->n_columns > 1 && k < table->n_columns; k++) {
        char number[32];
        snprintf(number, sizeof number, "%zu", table->numbers[k]);
        int is_named = strcmp(table->names[k], number) != 0; /* a number: the file has no names */
        if (k == 0 && !*table->names[k] && table->numbers[k] == 1)
            return fail_clock(NULL, table, k, "it has no name, as row numbers have none", file, error);
        if (is_named && reader_clock_by_name(table->names[k]) == READER_MAYBE_CLOCK &&
            reader_clock_is_monotone(table, k)) {
            return fail_clock(NULL, table, k, "by its name, and its values go one way from row to row",
                              file, error);
        }
    }
    /* In front of it there may be what is the same in every row, such as the number of a person. */
    size_t first = 0;
    while (first + 1 < table->n_columns && reader_clock_is_constant(table, first))
        first++;
    if (table->n_columns > 1 && reader_clock_is_even(table, first, &step)) {
        snprintf(why, sizeof why, "its values %s in even steps of %.6g", step > 0 ? "rise" : "fall",
                 step > 0 ? step : -step);
        return fail_clock(NULL, table, first, why, file, error);
    }
    return 0;
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Without --columns every column is a channel. A clock among them would silently be analysed as a
 * coordinate, so there the choice must be made by the user. */
static int find_all(reader_columns *c, size_t **out, size_t *n_out, const char *is_left_out)
{
    if (reader_memory_take(c->memory, (uint64_t)c->n * sizeof **out) != 0 ||
        !(*out = malloc(c->n * sizeof **out)))
        return no_memory(c);
    for (size_t k = 0; k < c->n; k++)
        if (!is_left_out || !is_left_out[k])
            (*out)[(*n_out)++] = k;
    if (*n_out == 0)
        return reader_fail(c->error, READER_OF_INPUT,
                           "%s: no column is left to analyse beside those of --group-by and "
                           "--where",
                           c->file);
    for (size_t k = 0; c->names && *n_out > 1 && k < *n_out; k++) {
        if (reader_clock_by_name(c->names[(*out)[k]]) != READER_SURE_CLOCK)
            continue;
        reader_table names = {0};
        int status = reader_columns_label(c, &names, *out, *n_out);
        if (status == 0)
            status = fail_clock(c, &names, k, "by its name", c->file, c->error);
        reader_table_free(&names);
        return status;
    }
    return 0;
}

static int find_listed(reader_columns *c, size_t **out, size_t *n_out, const char *list)
{
    size_t room = 0;
    char *item = malloc(strlen(list) + 1);
    int status = item ? 0 : no_memory(c);
    while (list && status == 0) {
        int is_all = reader_columns_is_all(list);
        size_t n = is_all ? c->n : 1;
        list = reader_columns_item(list, item);
        if (reader_reserve(c->memory, out, &room, *n_out + n, sizeof **out) != 0)
            status = no_memory(c);
        for (size_t k = 0; k < n && status == 0; k++, (*n_out)++) {
            if (is_all)
                (*out)[*n_out] = k;
            else
                status = reader_columns_find_one(c, &(*out)[*n_out], item);
        }
    }
    free(item);
    return status;
}

int reader_columns_find(reader_columns *c, size_t **out, size_t *n_out, const char *list,
                        const char *is_left_out)
{
    *out = NULL;
    *n_out = 0;
    int status = list ? find_listed(c, out, n_out, list) : find_all(c, out, n_out, is_left_out);
    if (status != 0) {
        free(*out);
        *out = NULL;
    }
    return status;
}

int reader_columns_label(reader_columns *c, reader_table *table, const size_t *wanted,
                         size_t n_wanted)
{
    if (reader_memory_take(c->memory, (uint64_t)n_wanted * 2 * sizeof(void *)) != 0)
        return no_memory(c);
    table->numbers = malloc(n_wanted * sizeof *table->numbers);
    table->names = calloc(n_wanted, sizeof *table->names);
    if (!table->numbers || !table->names)
        return no_memory(c);
    table->n_columns = n_wanted;
    table->n_file_columns = c->n;
    for (size_t k = 0; k < n_wanted; k++) {
        char number[32];
        table->numbers[k] = wanted[k] + 1;
        snprintf(number, sizeof number, "%zu", wanted[k] + 1);
        const char *name = c->names ? c->names[wanted[k]] : number;
        table->names[k] = reader_text_copy(c->memory, name, strlen(name));
        if (!table->names[k])
            return no_memory(c);
    }
    return 0;
}
