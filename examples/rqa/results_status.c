/* results_status.c - why measures of a row are undefined, in words. */
#include "results_status.h"

#include <rqa/rqa.h>
#include <stdlib.h>

#include "cli_console.h"

static void append(char **text, const char *more)
{
    char *longer = cli_text("%s%s", *text, more);
    free(*text);
    *text = longer;
}

char *results_status_words(const int32_t *measures, size_t n, const uint8_t *reasons)
{
    size_t n_same = 0;
    while (n_same < n && reasons[n_same] == reasons[0])
        n_same++;
    if (n_same == n)
        return cli_text("%s", rqa_reason_text(reasons[0]));
    char *words = cli_text("%s", "");
    for (int32_t reason = RQA_REASON_DEFINED + 1; rqa_reason_text(reason); reason++) {
        int n_named = 0;
        for (size_t c = 0; c < n; c++) {
            if (reasons[c] != reason)
                continue;
            append(&words, n_named++ ? ", " : *words ? "; " : "");
            append(&words, rqa_measure_name(measures[c]));
        }
        if (n_named) {
            append(&words, ": ");
            append(&words, rqa_reason_text(reason));
        }
    }
    return words;
}
