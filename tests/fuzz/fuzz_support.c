/* fuzz_support.c - the checks that the fuzz targets share. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fuzz_failed(const char *condition, const char *file, int line)
{
    /* Not through stderr, which a target may have silenced. */
    dprintf(STDERR_FILENO, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
    if (*size == 0)
        return 0;
    (*size)--;
    return *(*data)++;
}

void fuzz_store_path(char path[64], const char *name)
{
    snprintf(path, 64, "%s/rqa_fuzz_%s_%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
             name, (long)getpid());
}

void fuzz_remove_store(const char *path)
{
    static const char *const suffix[] = {"", "-wal", "-shm", "-workers", "-journal"};
    char name[80];
    for (size_t k = 0; k < sizeof suffix / sizeof suffix[0]; k++) {
        snprintf(name, sizeof name, "%s%s", path, suffix[k]);
        unlink(name);
    }
}

static void check_parts(const reader_table *table)
{
    uint32_t n_met = 0;
    FUZZ_CHECK(table->n_parts >= 1 && table->n_keys >= 1);
    for (size_t k = 0; k < table->n_rows; k++) {
        /* Parts are numbered in order of appearance. */
        FUZZ_CHECK(table->parts[k] <= n_met);
        n_met += table->parts[k] == n_met;
    }
    FUZZ_CHECK(n_met == table->n_parts);
    for (size_t k = 0; k < table->n_parts * table->n_keys; k++)
        FUZZ_CHECK(strlen(table->part_keys[k]) < SIZE_MAX);
    for (size_t k = 0; k < table->n_keys; k++)
        FUZZ_CHECK(strlen(table->key_names[k]) < SIZE_MAX);
}

int fuzz_read(reader_table *table, const uint8_t *data, size_t size, const reader_request *request)
{
    reader_error error = {0, ""};
    if (reader_table_read_memory(table, data, size, "input", request, &error) != 0) {
        reader_table empty;
        memset(&empty, 0, sizeof empty);
        FUZZ_CHECK(memcmp(table, &empty, sizeof empty) == 0);
        FUZZ_CHECK(strncmp(error.text, "input:", 6) == 0);
        FUZZ_CHECK(error.is_system == READER_OF_INPUT ||
                   (error.is_system == READER_OF_LIMIT && request->memory));
        return -1;
    }
    FUZZ_CHECK(table->n_rows > 0 && table->n_columns > 0);
    double sum = 0;
    for (size_t k = 0; k < table->n_rows * table->n_columns; k++)
        sum += table->values[k];
    FUZZ_CHECK(sum <= 0 || sum >= 0 || sum != sum);
    for (size_t k = 0; k < table->n_columns; k++)
        FUZZ_CHECK(table->numbers[k] >= 1 && strlen(table->names[k]) < SIZE_MAX);
    for (size_t k = 1; table->n_runs && k < table->n_rows; k++)
        FUZZ_CHECK(reader_table_line(table, k - 1) < reader_table_line(table, k));
    if (table->parts)
        check_parts(table);
    return 0;
}
