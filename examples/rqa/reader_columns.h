/* reader_columns.h - which columns of a file are wanted, by name or by number. */
#ifndef READER_COLUMNS_H
#define READER_COLUMNS_H

#include "reader_table.h"

/* Lists of columns: names or 1-based numbers, separated by commas; a name that holds a comma is
 * "quoted", with "" for a quote in it. */

/* Writes the first item, at most strlen(list) + 1 characters, and returns the list behind it, NULL
 * at the end. */
const char *reader_columns_item(const char *list, char *out);
size_t reader_columns_count(const char *list);

/* Such a list against a file of n columns; names is NULL when it has none. list NULL = all columns.
 * *out gets *n_out 0-based positions (free() them). */
int reader_columns_find(size_t **out, size_t *n_out, const char *list, char *const *names, size_t n,
                        const char *file, reader_error *error);

/* The same for one name or number. */
int reader_columns_find_one(size_t *out, const char *item, char *const *names, size_t n,
                            const char *file, reader_error *error);

/* Sets n_columns, numbers and names of the table. */
int reader_columns_label(reader_table *table, const size_t *wanted, size_t n_wanted,
                         char *const *names, const char *file, reader_error *error);

/* malloc'ed copy of n characters, NULL without memory. */
char *reader_text_copy(const char *text, size_t n);

#endif
