/* fuzz_values.c - option values: ranges, lists, numbers, byte counts. The input is the value. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_values.h"
#include "fuzz.h"

/* Refusals are lines on stderr; a sanitizer writes past the stream and is still heard. */
static void silence(void)
{
    static FILE *nowhere;
    if (!nowhere) {
        nowhere = fopen("/dev/null", "w");
        FUZZ_CHECK(nowhere != NULL);
        stderr = nowhere;
    }
}

static void check_real(const char *text)
{
    double *value = NULL;
    size_t n = 0;
    if (cli_values_real(&value, &n, OPT_THRESHOLD, text) == CLI_OK) {
        FUZZ_CHECK(n >= 1 && n <= 100000);
        for (size_t k = 0; k < n; k++)
            FUZZ_CHECK(isfinite(value[k]) && value[k] >= 0);
        FUZZ_CHECK(strpbrk(text, ",:") || value[0] == strtod(text, NULL));
    }
    free(value);
}

static void check_whole(const char *text)
{
    uint32_t *value = NULL;
    size_t n = 0;
    if (cli_values_whole(&value, &n, OPT_DIM, text, 1, 1000) == CLI_OK) {
        char seen[1001] = {0};
        FUZZ_CHECK(n >= 1);
        for (size_t k = 0; k < n; k++) {
            FUZZ_CHECK(value[k] >= 1 && value[k] <= 1000 && !seen[value[k]]);
            seen[value[k]] = 1;
        }
    }
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"euclidean", "maximum", "manhattan"};
    char *text = malloc(size + 1);
    double real;
    uint64_t whole;
    int name;
    silence();
    FUZZ_CHECK(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = 0;
    check_real(text);
    check_whole(text);
    if (cli_value_real(&real, OPT_THRESHOLD, text) == CLI_OK)
        FUZZ_CHECK(isfinite(real) && real >= 0);
    if (cli_value_whole(&whole, OPT_THREADS, text, 1, 1024) == CLI_OK)
        FUZZ_CHECK(whole >= 1 && whole <= 1024);
    if (cli_value_bytes(&whole, OPT_MEMORY, text) == CLI_OK)
        FUZZ_CHECK(whole >= 1);
    if (cli_value_name(&name, OPT_NORM, text, names, 3) == CLI_OK)
        FUZZ_CHECK(strcmp(names[name], text) == 0);
    free(text);
    return 0;
}
