/* fuzz_asc.c - EyeLink .asc. One byte chooses the request, the rest is the file. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {
        "x,y", "2", "x_left,y_right", "time,pupil", NULL, "target_distance", "input"};
    static const char *const keys[] = {NULL, NULL, "trial", "block,trial", "block", "x"};
    reader_table table;
    unsigned a = fuzz_byte(&data, &size);
    reader_request request = {
        .columns = columns[a % 7], .keys = keys[a / 7 % 6], .missing = a >= 128 ? "0.0" : NULL};
    if (!reader_asc_is(data, size))
        return 0; /* other text is fuzz_text's */
    if (fuzz_read(&table, data, size, &request) == 0) {
        FUZZ_CHECK(!table.is_split || (table.n_parts > 1 && table.n_keys == 1 && !request.keys));
        /* The parts that a file gives itself lie one behind the other. */
        for (size_t k = 1; table.is_split && k < table.n_rows; k++)
            FUZZ_CHECK(table.parts[k] == table.parts[k - 1] ||
                       table.parts[k] == table.parts[k - 1] + 1);
        reader_table_free(&table);
    }
    return 0;
}
