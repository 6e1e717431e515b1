/* reader_variables.h - files of several named arrays (.npz, .mat): which of them the table is. */
#ifndef READER_VARIABLES_H
#define READER_VARIABLES_H

#include "reader_table.h"

typedef struct reader_variable {
    char *name;
    size_t n_rows, n_columns;
    const char *trouble; /* "a struct": why it is no table of numbers; NULL if it is one */
} reader_variable;

/* What a file holds, and how a variable is read: *out gets its values, n_rows x n_columns,
 * row-major, counted in the request's memory, to be freed by the caller. 0 or -1. */
typedef struct reader_variables {
    reader_variable *variable;
    size_t n, room;
    void *source;
    int (*load)(void *source, const reader_variable *variable, double **out,
                const reader_request *request, reader_error *error);
} reader_variables;

/* Appends one; the name is copied. NULL without memory. */
reader_variable *reader_variables_add(reader_variables *variables, const char *name, size_t n,
                                      reader_memory *memory);
void reader_variables_free(reader_variables *variables);

/* The table of the variables:
 *
 * - with request->variable, that one: its columns, as those of a .npy file;
 * - else, of the arrays of two values and more, the only one;
 * - else the vectors, n x 1 or 1 x n, each a column under its name: those of request->columns, or
 *   all of them if there is no matrix beside them. They must be equally long. */
int reader_variables_read(reader_table *out, const reader_variables *variables, const char *file,
                          const char *kind, const reader_request *request, reader_error *error);

#endif
