/* reader_columns.h - which columns of a file are wanted, by name or by number. */
#ifndef READER_COLUMNS_H
#define READER_COLUMNS_H

#include "reader_table.h"

/* Lists of columns: names or 1-based numbers, separated by commas; a name that holds a comma is
 * "quoted", with "" for a quote in it. The word all, unquoted, is every column of the file. */

/* Writes the first item, at most strlen(list) + 1 characters, and returns the list behind it, NULL
 * at the end. */
const char *reader_columns_item(const char *list, char *out);

/* Is the first item the word all? */
int reader_columns_is_all(const char *list);

/* How many columns of a file of n_all a list takes; NULL takes none that is named. */
size_t reader_columns_count(const char *list, size_t n_all);

/* The columns of a file, to be looked up. */
typedef struct reader_columns {
    char *const *names; /* NULL: there are none */
    size_t n;
    const char *file;
    reader_memory *memory;
    reader_error *error;
    struct reader_column_order *order; /* by name, once one was looked up; reader_columns_end */
    const char *is_text; /* [n] which hold texts, and are not offered; NULL: none, as far as is known */
} reader_columns;

void reader_columns_end(reader_columns *columns);

/* *out gets *n_out 0-based positions (free() them). Without a list these are all but those that
 * is_left_out marks (NULL: none), and it fails if one of several has the name of a clock. */
int reader_columns_find(reader_columns *columns, size_t **out, size_t *n_out, const char *list,
                        const char *is_left_out);

/* The same for one name or number. */
int reader_columns_find_one(reader_columns *columns, size_t *out, const char *item);

/* Sets n_columns, n_file_columns, numbers and names of the table. */
int reader_columns_label(reader_columns *columns, reader_table *table, const size_t *wanted,
                         size_t n_wanted);

/* Fails if a column of a table that was read without a list is a clock by its values. */
int reader_columns_refuse_clock(const reader_table *table, const char *file, reader_error *error);

#endif
