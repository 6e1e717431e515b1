/* fuzz_npy.c - .npy. The first byte: what follows is a file behind its magic number, or chooses a
 * header, so that the fuzzer need not learn Python's syntax, and then the elements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { HEADER_ROOM = 256 };

static const char *const columns[] = {NULL, "1", "2,1", "3"};

static void check_raw(const uint8_t *data, size_t size)
{
    reader_table table;
    reader_request request = {.columns = columns[fuzz_byte(&data, &size) % 4], .missing = "-1,x"};
    uint8_t *file = malloc(6 + size);
    FUZZ_CHECK(file != NULL);
    memcpy(file, "\x93NUMPY", 6);
    if (size > 0)
        memcpy(file + 6, data, size);
    if (fuzz_read(&table, file, 6 + size, &request) == 0)
        reader_table_free(&table);
    free(file);
}

/* Every element is where it belongs. */
static void check_bytes(const reader_table *table, const uint8_t *bytes, int fortran,
                        size_t n_columns)
{
    for (size_t row = 0; row < table->n_rows; row++)
        for (size_t k = 0; k < table->n_columns; k++) {
            size_t column = table->numbers[k] - 1;
            FUZZ_CHECK(column < n_columns);
            FUZZ_CHECK(table->values[row * table->n_columns + k] ==
                       bytes[fortran ? column * table->n_rows + row : row * n_columns + column]);
        }
}

static void check_made(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"<f8", ">f8", "<f4", ">f2", "|i1", "<i2", ">i4",
                                        "<i8", "|u1", "<u2", ">u4", "=u8", "|b1"};
    static const size_t sizes[] = {8, 8, 4, 2, 1, 2, 4, 8, 1, 2, 4, 8, 1};
    unsigned type = fuzz_byte(&data, &size) % 13, how = fuzz_byte(&data, &size);
    size_t rows = fuzz_byte(&data, &size), n_columns = fuzz_byte(&data, &size) % 4;
    int version = 1 + (int)(how % 3), is_exact = (how & 8) == 0;
    char header[HEADER_ROOM];
    int n = snprintf(header, sizeof header,
                     n_columns ? "{'descr': '%s', 'fortran_order': %s, 'shape': (%zu, %zu), }\n"
                               : "{'descr': '%s', 'fortran_order': %s, 'shape': (%zu,), }\n",
                     types[type], how & 4 ? "True" : "False", rows, n_columns);
    size_t wanted = rows * (n_columns ? n_columns : 1) * sizes[type];
    uint8_t *file = calloc(1, 12 + (size_t)n + wanted + size);
    FUZZ_CHECK(file != NULL);
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (uint8_t)version;
    file[8] = (uint8_t)n;
    size_t at = version == 1 ? 10 : 12;
    memcpy(file + at, header, (size_t)n);
    at += (size_t)n;
    size_t given = is_exact && size > wanted ? wanted : size;
    memcpy(file + at, data, given);
    at += is_exact ? wanted : size;
    reader_table table;
    reader_request request = {.columns = columns[how >> 6]};
    /* Without columns, one that rises evenly is refused. */
    int takes_all = !request.columns;
    if (takes_all && n_columns > 1)
        request.columns = "all";
    int status = fuzz_read(&table, file, at, &request);
    if (status == 0) {
        FUZZ_CHECK(table.n_rows == rows && (is_exact || size == wanted));
        if (types[type][1] == 'u' && sizes[type] == 1)
            check_bytes(&table, file + at - wanted, (how & 4) != 0, n_columns ? n_columns : 1);
        reader_table_free(&table);
    }
    /* What is well-formed must be read: 64-bit integers may not fit a double. */
    int is_wide = strchr(types[type], '8') && !strchr(types[type], 'f');
    FUZZ_CHECK(status == 0 || !is_exact || is_wide || rows == 0 || !takes_all);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz_byte(&data, &size) % 2)
        check_made(data, size);
    else
        check_raw(data, size);
    return 0;
}
