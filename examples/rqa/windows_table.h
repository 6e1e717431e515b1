/* windows_table.h - the rows of rqa windows: one for each recording and window. */
#ifndef WINDOWS_TABLE_H
#define WINDOWS_TABLE_H

#include <rqa/rqa.h>

#include "cli_output.h"
#include "results_block.h"

/* What is the same in all rows. */
typedef struct windows_table {
    cli_output *output;
    char *const *key_names; /* the group columns */
    size_t n_keys;
    const int32_t *measures;
    size_t n_measures;
    int has_times; /* of recordings whose rate is known */
    results_text text;
} windows_table;

/* One recording. */
typedef struct windows_item {
    const char *label;
    char *const *keys;
    double rate; /* samples in a second; 0: not known */
    const rqa_windows *windows; /* NULL: it failed, and `error` says why */
    const char *error;
} windows_item;

/* Each returns CLI_OK, or CLI_FAILED with a line. */
int windows_table_header(windows_table *table);
int windows_table_item(windows_table *table, const windows_item *item);
void windows_table_free(windows_table *table);

#endif
