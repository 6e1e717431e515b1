/* suggest_result.h - what rqa suggest found, one recording after the other, and how it is told. */
#ifndef SUGGEST_RESULT_H
#define SUGGEST_RESULT_H

#include <rqa/rqa.h>
#include <stddef.h>

typedef struct suggest_result {
    const char *label;
    char *columns;   /* as they were chosen; NULL: all */
    rqa_suggestion *suggestion; /* NULL: could not be made */
    const char *error;
    size_t n_samples;
} suggest_result;

/* The names of the numbers, in the order of ::rqa_suggestion_item. */
extern const char *const suggest_names[];
enum { SUGGEST_N = RQA_SUGGESTION_SD02 + 1 };

/* Of the values that are there: the median (the lower one of two), the least and the largest. */
typedef struct suggest_common {
    size_t n;
    double median, least, most;
} suggest_common;
suggest_common suggest_common_of(const suggest_result *results, size_t n, int item);

double suggest_value(const rqa_suggestion *suggestion, int item);

/* suggest_json.c, suggest_text.c: on stdout. */
void suggest_print_json(const suggest_result *results, size_t n, const rqa_suggest_options *options);
void suggest_print_text(const suggest_result *results, size_t n, const rqa_suggest_options *options);

/* suggest_picture.c: four panels a recording. CLI_OK, or a code with a line. */
int suggest_picture_write(const char *path, const suggest_result *result, int force);

#endif
