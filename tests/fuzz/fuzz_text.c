/* fuzz_text.c - delimited text. Two bytes choose the request, the rest is the file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_number.h"
#include "fuzz.h"

/* What was read, written as plain csv, must be read as the same. */
static void check_round_trip(const reader_table *table)
{
    reader_table again;
    reader_request request = {
        .columns = "all", .delimiter = ',', .decimal = '.', .header = -1};
    char *text = malloc(table->n_rows * table->n_columns * (CLI_NUMBER_ROOM + 1)), *at = text;
    FUZZ_CHECK(text != NULL);
    for (size_t k = 0; k < table->n_rows * table->n_columns; k++) {
        at += cli_number_write(at, table->values[k]);
        *at++ = (k + 1) % table->n_columns ? ',' : '\n';
    }
    FUZZ_CHECK(fuzz_read(&again, (const uint8_t *)text, (size_t)(at - text), &request) == 0);
    FUZZ_CHECK(again.n_rows == table->n_rows && again.n_columns == table->n_columns);
    for (size_t k = 0; k < table->n_rows * table->n_columns; k++)
        FUZZ_CHECK(again.values[k] == table->values[k] ||
                   (isnan(again.values[k]) && isnan(table->values[k])));
    reader_table_free(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {
        NULL, "1", "2,1", "x,y", "x,all", "\"a, \"\"b\",2", "Gaze point X [px]"};
    static const char *const keys[] = {NULL, NULL, "1", "g,2"};
    static const char *const where[] = {NULL, NULL, NULL, "2=,1=1"};
    static const char *const missing[] = {NULL, "-1,q", ".", "0"};
    reader_table table;
    unsigned a = fuzz_byte(&data, &size), b = fuzz_byte(&data, &size);
    reader_request request = {.columns = columns[a % 7],
                              .header = (int)(a / 7 % 3) - 1,
                              .decimal = "\0.,"[a / 21 % 3],
                              .delimiter = "\0,;\t "[b % 5],
                              .keys = keys[b / 5 % 4],
                              .where = where[(a ^ b) / 64],
                              .missing = missing[b / 20 % 4]};
    reader_memory memory = {.limit = 6000};
    request.skip_lines = (a + b) % 7 == 6 ? a % 4 : 0;
    request.comment = (a ^ b) % 5 == 4 ? "!;" : NULL;
    request.memory = (3 * a + b) % 16 == 15 ? &memory : NULL;
    if (fuzz_read(&table, data, size, &request) == 0) {
        /* A single line of numbers without header is as good a file as any other. */
        check_round_trip(&table);
        FUZZ_CHECK(memory.held <= memory.limit);
        reader_table_free(&table);
    }
    return 0;
}
