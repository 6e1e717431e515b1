/* fuzz_mat.c - MATLAB files of level 5. The first byte chooses what is asked of it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {NULL, "all", "1", "x"};
    static const char *const variables[] = {NULL, "x", "m"};
    const uint8_t how = fuzz_byte(&data, &size);
    reader_memory memory = {1 << 20, 0, 0};
    reader_request request = {
        .columns = columns[how % 4], .variable = variables[how / 4 % 3], .memory = &memory};
    reader_table table;
    if (fuzz_read(&table, data, size, &request) == 0)
        reader_table_free(&table);
    return 0;
}
