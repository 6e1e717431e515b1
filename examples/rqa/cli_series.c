/* cli_series.c - rows and columns of a table as a series of librqa. */
#include "cli_series.h"

#include <math.h>
#include <stdlib.h>

#include "cli_console.h"
#include "cli_options.h"

enum { WIDE = 16 }; /* columns from which on a table of few rows is remarkable */

reader_memory cli_series_memory(const rqa_context *context)
{
    reader_memory memory = {0, 0, 0};
    rqa_backend_info info = {.struct_size = sizeof info};
    if (rqa_context_backend_at(context, 0, &info) == RQA_OK)
        memory.limit = info.memory_bytes;
    return memory;
}

static void fail_missing(cli_channels *out, const reader_table *table, size_t row, size_t column,
                         const char *file)
{
    out->status = RQA_ERROR_NOT_FINITE;
    double value = table->values[row * table->n_columns + column];
    const char *what = isnan(value) ? "a missing value" : "an infinite value";
    size_t line = reader_table_line(table, row);
    if (line > 0)
        out->error = cli_text("%s:%zu:%zu: %s in column %s; a number is expected "
                              "(--missing-policy skip leaves it out)",
                              file, line, table->numbers[column], what, table->names[column]);
    else
        out->error = cli_text("%s: sample %zu, column %s: %s; a number is expected "
                              "(--missing-policy skip leaves it out)",
                              file, row, table->names[column], what);
}

static int are_finite(cli_channels *out, const reader_table *table, const size_t *rows,
                      size_t n_rows, size_t first_column, size_t n_columns, const char *file)
{
    for (size_t k = 0; k < n_rows; k++)
        for (size_t c = 0; c < n_columns; c++) {
            size_t row = rows ? rows[k] : k, column = first_column + c;
            if (!isfinite(table->values[row * table->n_columns + column])) {
                fail_missing(out, table, row, column, file);
                return 0;
            }
        }
    return 1;
}

/* Rows that do not follow each other are gathered first. */
static double *gather(const reader_table *table, const size_t *rows, size_t n_rows,
                      size_t first_column, size_t n_columns)
{
    double *values = cli_calloc(n_rows * n_columns, sizeof *values);
    for (size_t k = 0; k < n_rows; k++)
        for (size_t c = 0; c < n_columns; c++)
            values[k * n_columns + c] =
                table->values[rows[k] * table->n_columns + first_column + c];
    return values;
}

static int follow_each_other(const size_t *rows, size_t n_rows)
{
    size_t k = 1;
    while (k < n_rows && rows[k] == rows[0] + k)
        k++;
    return k >= n_rows;
}

static void create(cli_channels *out, const cli_reading *reading, const double *values,
                   size_t n_rows, size_t n_columns, size_t stride, const char *file)
{
    rqa_series_options options = *reading->options;
    options.sample_stride_bytes = (int64_t)(stride * sizeof *values);
    out->status =
        rqa_series_create(&out->series, reading->context, values, n_rows, n_columns, &options);
    if (out->status != RQA_OK) {
        char *said = cli_option_text(rqa_last_error());
        out->error = cli_text("%s: %s", file, said);
        free(said);
    }
}

void cli_series_make(cli_channels *out, const cli_reading *reading, const reader_table *table,
                     const size_t *rows, size_t n_rows, size_t first_column, size_t n_columns,
                     const char *file)
{
    reader_memory *memory = reading->request->memory;
    uint64_t n_bytes = (uint64_t)n_rows * n_columns * sizeof(double);
    reader_error error;
    if (reading->options->missing == RQA_MISSING_ERROR &&
        !are_finite(out, table, rows, n_rows, first_column, n_columns, file))
        return;
    int is_scattered = rows && !follow_each_other(rows, n_rows);
    if (reader_memory_take(memory, is_scattered ? 2 * n_bytes : n_bytes) != 0) {
        reader_memory_fail(memory, file, 0, &error);
        out->status = RQA_ERROR_MEMORY_LIMIT;
        out->error = cli_text("%s", error.text);
        return;
    }
    if (is_scattered) {
        double *values = gather(table, rows, n_rows, first_column, n_columns);
        create(out, reading, values, n_rows, n_columns, n_columns, file);
        free(values);
        reader_memory_give(memory, n_bytes);
    } else {
        const double *first = table->values + first_column;
        first += rows && n_rows > 0 ? rows[0] * table->n_columns : 0;
        create(out, reading, first, n_rows, n_columns, table->n_columns, file);
    }
    if (!out->series)
        reader_memory_give(memory, n_bytes);
}

int cli_series_sort(size_t **rows, size_t **start, const reader_table *table, reader_memory *memory,
                    const char *file, reader_error *error)
{
    *rows = *start = NULL;
    if (reader_memory_take(memory, ((uint64_t)table->n_rows + 2 * (uint64_t)table->n_parts + 1) *
                                       sizeof(size_t)) != 0)
        return reader_memory_fail(memory, file, 0, error);
    *start = cli_calloc(table->n_parts + 1, sizeof **start);
    *rows = cli_calloc(table->n_rows, sizeof **rows);
    size_t *next = cli_calloc(table->n_parts, sizeof *next);
    for (size_t k = 0; k < table->n_rows; k++)
        (*start)[table->parts[k] + 1]++;
    for (size_t p = 0; p < table->n_parts; p++) {
        (*start)[p + 1] += (*start)[p];
        next[p] = (*start)[p];
    }
    for (size_t k = 0; k < table->n_rows; k++)
        (*rows)[next[table->parts[k]]++] = k;
    free(next);
    return 0;
}

char *cli_series_shape(const reader_table *table, const reader_request *request)
{
    size_t n = table->n_file_columns;
    if (table->parts || request->where || n < WIDE || n < 2 * table->n_rows)
        return NULL;
    return cli_text("the table has %zu row%s of %zu columns; rows are samples, columns are "
                    "channels: if it lies on its side, transpose it",
                    table->n_rows, table->n_rows == 1 ? "" : "s", n);
}
