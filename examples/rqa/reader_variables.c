/* reader_variables.c - files of several named arrays (.npz, .mat): which of them the table is. */
#include "reader_variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"

enum { MOST_COLUMNS = 65535 };

reader_variable *reader_variables_add(reader_variables *v, const char *name, size_t n,
                                      reader_memory *memory)
{
    if (reader_reserve(memory, &v->variable, &v->room, v->n + 1, sizeof *v->variable) != 0)
        return NULL;
    reader_variable *added = &v->variable[v->n];
    memset(added, 0, sizeof *added);
    if (!(added->name = reader_text_copy(memory, name, n)))
        return NULL;
    v->n++;
    return added;
}

void reader_variables_free(reader_variables *v)
{
    for (size_t k = 0; k < v->n; k++)
        free(v->variable[k].name);
    free(v->variable);
    v->variable = NULL;
    v->n = 0;
}

static int is_vector(const reader_variable *v)
{
    return v->n_rows == 1 || v->n_columns == 1;
}

/* What could be a recording, though nobody named it. */
static int is_candidate(const reader_variable *v)
{
    return !v->trouble && v->n_rows > 0 && v->n_columns > 0 && (v->n_rows > 1 || v->n_columns > 1);
}

/* "x (100 x 2), fs (1 x 1), info (a struct)", as far as it fits a line. */
static void describe(char *out, size_t room, const reader_variables *v)
{
    size_t used = 0;
    snprintf(out, room, "nothing");
    for (size_t k = 0; k < v->n; k++) {
        const reader_variable *one = &v->variable[k];
        char text[160];
        int n = one->trouble ? snprintf(text, sizeof text, "%s%.60s (%s)", k ? ", " : "", one->name,
                                        one->trouble)
                             : snprintf(text, sizeof text, "%s%.60s (%zu x %zu)", k ? ", " : "",
                                        one->name, one->n_rows, one->n_columns);
        if (used + (size_t)n + 6 > room) {
            snprintf(out + used, room - used, ", ...");
            return;
        }
        memcpy(out + used, text, (size_t)n + 1);
        used += (size_t)n;
    }
}

typedef struct chooser {
    const reader_variables *all;
    const char *file, *kind;
    const reader_request *request;
    reader_error *error;
} chooser;

static int fail_choice(const chooser *c, const char *what)
{
    char known[400];
    describe(known, sizeof known, c->all);
    return reader_fail(c->error, READER_OF_INPUT, "%s: %s; it holds %s", c->file, what, known);
}

/* Position of a name, n if there is none. */
static size_t find(const reader_variables *v, const char *name)
{
    size_t k = 0;
    while (k < v->n && strcmp(v->variable[k].name, name) != 0)
        k++;
    return k;
}

/* One variable is the table. */
static int read_one(reader_table *out, const chooser *c, size_t k)
{
    const reader_variable *v = &c->all->variable[k];
    const int lies = is_vector(v); /* a row of samples is as good as a column */
    size_t n_rows = lies ? v->n_rows * v->n_columns : v->n_rows,
           n_columns = lies ? 1 : v->n_columns;
    char text[200];
    if (v->trouble) {
        snprintf(text, sizeof text, "'%.60s' is %s; a real matrix of numbers is expected", v->name,
                 v->trouble);
        return fail_choice(c, text);
    }
    if (n_rows == 0 || n_columns == 0 || n_columns > MOST_COLUMNS) {
        snprintf(text, sizeof text, "'%.60s' is %zu x %zu; 1 to %d columns of samples are expected",
                 v->name, v->n_rows, v->n_columns, MOST_COLUMNS);
        return fail_choice(c, text);
    }
    reader_binary b = {
        .table = out, .request = c->request, .file = c->file, .kind = c->kind, .error = c->error};
    double *values = NULL;
    int status = reader_binary_begin(&b, n_columns == 1 ? &v->name : NULL, n_columns, NULL);
    if (status == 0)
        status = c->all->load(c->all->source, v, &values, c->request, c->error);
    for (size_t row = 0; row < n_rows && status == 0; row++)
        for (size_t column = 0; column < b.n_wanted && status == 0; column++)
            status = reader_binary_put(&b, values[row * n_columns + b.wanted[column]]);
    out->n_rows = n_rows;
    reader_binary_end(&b);
    if (values)
        reader_memory_give(c->request->memory, (uint64_t)n_rows * n_columns * sizeof *values);
    free(values);
    return status;
}

/* The wanted of the vectors side by side. */
static int join_vectors(reader_binary *b, const chooser *c, const size_t *vector)
{
    double **values = calloc(b->n_wanted, sizeof *values);
    const reader_variable *first = &c->all->variable[vector[b->wanted[0]]];
    size_t n_rows = first->n_rows * first->n_columns;
    int status = values ? 0 : reader_binary_no_memory(b);
    for (size_t k = 0; k < b->n_wanted && status == 0; k++) {
        const reader_variable *v = &c->all->variable[vector[b->wanted[k]]];
        if (v->n_rows * v->n_columns != n_rows)
            status = fail_choice(c, "its vectors differ in length; choose some of one length with "
                                    "--columns, or one with --variable NAME");
        else
            status = c->all->load(c->all->source, v, &values[k], c->request, c->error);
    }
    for (size_t row = 0; row < n_rows && status == 0; row++)
        for (size_t k = 0; k < b->n_wanted && status == 0; k++)
            status = reader_binary_put(b, values[k][row]);
    for (size_t k = 0; values && k < b->n_wanted; k++) {
        if (values[k])
            reader_memory_give(c->request->memory, (uint64_t)n_rows * sizeof **values);
        free(values[k]);
    }
    free(values);
    b->table->n_rows = n_rows;
    return status;
}

static int read_vectors(reader_table *out, const chooser *c)
{
    const reader_variables *all = c->all;
    reader_binary b = {
        .table = out, .request = c->request, .file = c->file, .kind = c->kind, .error = c->error};
    size_t *vector = malloc(all->n * sizeof *vector), n = 0;
    char **names = malloc(all->n * sizeof *names);
    int status = vector && names ? 0 : reader_binary_no_memory(&b);
    for (size_t k = 0; k < all->n && status == 0; k++)
        if (is_candidate(&all->variable[k]) && is_vector(&all->variable[k])) {
            names[n] = all->variable[k].name;
            vector[n++] = k;
        }
    if (status == 0)
        status = reader_binary_begin(&b, names, n, NULL);
    if (status == 0)
        status = join_vectors(&b, c, vector);
    reader_binary_end(&b);
    free(vector);
    free(names);
    return status;
}

int reader_variables_read(reader_table *out, const reader_variables *variables, const char *file,
                          const char *kind, const reader_request *request, reader_error *error)
{
    const chooser c = {variables, file, kind, request, error};
    size_t n = 0, n_vectors = 0, only = 0;
    if (request->variable) {
        size_t k = find(variables, request->variable);
        char text[120];
        snprintf(text, sizeof text, "there is no variable '%.60s'", request->variable);
        return k < variables->n ? read_one(out, &c, k) : fail_choice(&c, text);
    }
    for (size_t k = 0; k < variables->n; k++) {
        if (!is_candidate(&variables->variable[k]))
            continue;
        n++;
        n_vectors += (size_t)is_vector(&variables->variable[k]);
        only = k;
    }
    if (n == 0)
        return fail_choice(&c, "there is no real array of two numbers and more in the file");
    if (n == 1)
        return read_one(out, &c, only);
    if (n_vectors == n || (n_vectors > 0 && request->columns))
        return read_vectors(out, &c);
    return fail_choice(&c, "there are several arrays in the file; choose one with --variable NAME");
}
