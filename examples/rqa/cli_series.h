/* cli_series.h - rows and columns of a table as a series of librqa. */
#ifndef CLI_SERIES_H
#define CLI_SERIES_H

#include <rqa/rqa.h>
#include <stddef.h>

#include "reader_table.h"

/* What a mode needs of a recording: some of its columns, as a series. */
typedef struct cli_channels {
    rqa_series *series; /* NULL: could not be used */
    rqa_status status;
    char *error;
} cli_channels;

typedef struct cli_reading {
    rqa_context *context;
    const reader_request *request; /* keys included; columns are ignored */
    const rqa_series_options *options;
    const char *const *lists; /* column lists, NULL in it = the columns of a table without one */
    size_t n_lists;
} cli_reading;

/* Memory that tables and series may take together: the context's limit. */
reader_memory cli_series_memory(const rqa_context *context);

/* Some rows of the table (NULL: all of them), and n_columns from first_column on. The error line
 * says what is wrong with them. */
void cli_series_make(cli_channels *out, const cli_reading *reading, const reader_table *table,
                     const size_t *rows, size_t n_rows, size_t first_column, size_t n_columns,
                     const char *file);

/* Rows sorted by part, stable: rows[start[p] .. start[p+1]) are those of part p. 0, or -1 with the
 * error set beyond the limit of memory. */
int cli_series_sort(size_t **rows, size_t **start, const reader_table *table, reader_memory *memory,
                    const char *file, reader_error *error);

/* What to say of a table that seems to lie on its side, NULL if it does not; free() it. */
char *cli_series_shape(const reader_table *table, const reader_request *request);

#endif
