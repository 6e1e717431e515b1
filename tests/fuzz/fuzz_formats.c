/* fuzz_formats.c - whatever kind the bytes are of: .npz, EDF, BDF, WAV, tables of devices. The first
 * byte chooses what is asked of it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {NULL, "all", "1", "2,1", "x", "\"a_X\",3"};
    static const char *const variables[] = {NULL, NULL, "x", "Trajectories"};
    const uint8_t how = fuzz_byte(&data, &size);
    reader_memory memory = {1 << 20, 0, 0};
    reader_request request = {.columns = columns[how % 6],
                              .variable = variables[how / 6 % 4],
                              .missing = how & 128 ? "0" : NULL,
                              .memory = &memory};
    reader_table table;
    if (fuzz_read(&table, data, size, &request) != 0)
        return 0;
    FUZZ_CHECK(table.sampling_rate >= 0);
    reader_table_free(&table);
    return 0;
}
