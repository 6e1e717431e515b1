/* suggest_result.c - numbers of a suggestion, and what several have in common. */
#include "suggest_result.h"

#include <math.h>
#include <stdlib.h>

#include "cli_console.h"

const char *const suggest_names[] = {"delay",         "dim",    "first_zero", "first_1_over_e",
                                     "first_minimum", "rate05", "diameter10", "sd02"};

double suggest_value(const rqa_suggestion *suggestion, int item)
{
    double value = NAN;
    rqa_suggestion_value(suggestion, item, &value);
    return value;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

suggest_common suggest_common_of(const suggest_result *results, size_t n, int item)
{
    suggest_common common = {0, NAN, NAN, NAN};
    double *values = cli_calloc(n ? n : 1, sizeof *values);
    for (size_t k = 0; k < n; k++) {
        const double value =
            results[k].suggestion ? suggest_value(results[k].suggestion, item) : NAN;
        if (!isnan(value))
            values[common.n++] = value;
    }
    qsort(values, common.n, sizeof *values, compare);
    if (common.n) {
        common.median = values[(common.n - 1) / 2];
        common.least = values[0];
        common.most = values[common.n - 1];
    }
    free(values);
    return common;
}
