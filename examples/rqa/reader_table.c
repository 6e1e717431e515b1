/* reader_table.c - picks the format by content, and owns the table's memory. */
#include "reader_table.h"

#include <stdlib.h>
#include <string.h>

#include "reader_columns.h"
#include "reader_foreign.h"

size_t reader_table_line(const reader_table *table, size_t row)
{
    size_t low = 0, high = table->n_runs;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (table->runs[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    return table->n_runs ? table->runs[low].line + (row - table->runs[low].row) : 0;
}

int reader_table_mark(reader_table *table, reader_memory *memory, size_t *room, size_t line)
{
    size_t row = table->n_rows - 1;
    if (table->n_runs > 0) {
        const reader_line_run *last = &table->runs[table->n_runs - 1];
        if (last->line + (row - last->row) == line)
            return 0;
    }
    if (reader_reserve(memory, &table->runs, room, table->n_runs + 1, sizeof *table->runs) != 0)
        return -1;
    reader_line_run run = {row, line};
    table->runs[table->n_runs++] = run;
    return 0;
}

static const reader_format formats[] = {
    {"a .npy file", reader_npy_is, reader_npy_read, 0},
    {"a .npz file", reader_npz_is, reader_npz_read, 1},
    {"a MATLAB file", reader_mat5_is, reader_mat5_read, 1},
    {"a MATLAB file", reader_mat73_is, reader_mat73_read, 1},
    {"an EDF or BDF file", reader_edf_is, reader_edf_read, 0},
    {"a WAV file", reader_wav_is, reader_wav_read, 0},
    {"an EyeLink .asc file", reader_asc_is, reader_asc_read, 0},
};

/* The format of what is unread, NULL if it is text. */
static const reader_format *find_format(const reader_bytes *bytes)
{
    const unsigned char *data = bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++)
        if (formats[k].is(data, n))
            return &formats[k];
    return NULL;
}

static int read_format(reader_table *out, reader_bytes *bytes, const reader_request *request,
                       reader_error *error)
{
    const reader_format *format = find_format(bytes);
    const unsigned char *data = bytes->data + bytes->position;
    if (!format && bytes->length - bytes->position >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        bytes->position += 3;
        format = find_format(bytes);
    }
    if (!format && reader_foreign_refuse(bytes, error) != 0)
        return -1;
    if (format && request->skip_lines > 0)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: --skip-lines is for text tables; this is %s", bytes->name,
                           format->name);
    if (format && request->variable && !format->holds_variables)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: --variable is for .npz, .mat and Vicon files; this is %s",
                           bytes->name, format->name);
    return format ? format->read(out, bytes, request, error)
                  : reader_text_read(out, bytes, request, error);
}

static int read_any(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    if (reader_bytes_need(bytes, READER_BLOCK, error) != 0)
        return -1;
    if (bytes->length == bytes->position)
        return reader_fail(error, READER_OF_INPUT, "%s: the file is empty", bytes->name);
    int status = read_format(out, bytes, request, error);
    if (status == 0 && !request->columns)
        status = reader_columns_refuse_clock(out, bytes->name, error);
    return status;
}

int reader_table_read(reader_table *out, const char *path, const reader_request *request,
                      reader_error *error)
{
    reader_bytes bytes;
    memset(out, 0, sizeof *out);
    int status = reader_bytes_open(&bytes, path, error);
    if (status == 0)
        status = read_any(out, &bytes, request, error);
    reader_bytes_close(&bytes);
    if (status != 0)
        reader_table_free(out);
    return status;
}

int reader_table_read_memory(reader_table *out, const void *data, size_t size, const char *name,
                             const reader_request *request, reader_error *error)
{
    reader_bytes bytes;
    memset(out, 0, sizeof *out);
    int status = reader_bytes_open_memory(&bytes, data, size, name, error);
    if (status == 0)
        status = read_any(out, &bytes, request, error);
    reader_bytes_close(&bytes);
    if (status != 0)
        reader_table_free(out);
    return status;
}

static void free_texts(char **texts, size_t n)
{
    for (size_t k = 0; texts && k < n; k++)
        free(texts[k]);
    free(texts);
}

void reader_table_free(reader_table *table)
{
    free_texts(table->names, table->n_columns);
    free_texts(table->key_names, table->n_keys);
    free_texts(table->part_keys, table->n_parts * table->n_keys);
    free(table->values);
    free(table->runs);
    free(table->numbers);
    free(table->parts);
    memset(table, 0, sizeof *table);
}
