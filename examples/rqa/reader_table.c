/* reader_table.c - picks the format by content, and owns the table's memory. */
#include "reader_table.h"

#include <stdlib.h>
#include <string.h>

int reader_reserve(void *block, size_t *room, size_t n, size_t size)
{
    if (n <= *room)
        return 0;
    size_t wider = *room + *room / 2 < n ? n : *room + *room / 2;
    if (wider < 16)
        wider = 16;
    if (wider > SIZE_MAX / 2 / size)
        return -1;
    void *old, *grown;
    memcpy(&old, block, sizeof old);
    grown = realloc(old, wider * size);
    if (!grown)
        return -1;
    memcpy(block, &grown, sizeof grown);
    *room = wider;
    return 0;
}

static int read_any(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    if (reader_bytes_need(bytes, READER_BLOCK, error) != 0)
        return -1;
    const unsigned char *data = bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    if (n == 0)
        return reader_fail(error, 0, "%s: the file is empty", bytes->name);
    if (reader_npy_is(data, n))
        return reader_npy_read(out, bytes, request, error);
    if (n >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        bytes->position += 3;
    if (reader_asc_is(bytes->data + bytes->position, bytes->length - bytes->position))
        return reader_asc_read(out, bytes, request, error);
    return reader_text_read(out, bytes, request, error);
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
    free(table->lines);
    free(table->numbers);
    free(table->parts);
    memset(table, 0, sizeof *table);
}
