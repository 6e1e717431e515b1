/* results_csv.h - results as CSV: rows are formatted by several threads and written in order. */
#ifndef RESULTS_CSV_H
#define RESULTS_CSV_H

#include <rqa/rqa.h>

#include "cli_output.h"

typedef struct results_csv results_csv;

typedef struct results_columns {
    const char *const *keys;
    size_t n_keys;
    int32_t measures[RQA_MEASURE_COUNT]; /* the columns, as rqa_measure */
    uint32_t values[RQA_MEASURE_COUNT];  /* where each of them is in a row's values */
    size_t n_measures;
    int has_reached; /* what recurrence rates have reached */
    int has_windows;
} results_columns;

/* One row: the settings of an item that failed are left out. */
typedef struct results_row {
    uint32_t dim, delay, lmin, vmin;
    double threshold;
    const double *values; /* NULL: failed */
    const char *status;   /* "ok", or what is the matter */
    double reached[2];    /* threshold and rate */
    int has_window;       /* and where it is: */
    uint64_t window, window_start, window_end;
    double window_centre;
} results_row;

/* Writes the header line. n_threads: how many format. CLI_OK or a code with a line; end it in
 * either case. */
int results_csv_begin(results_csv **out, cli_output *output, const results_columns *columns,
                      unsigned n_threads);

/* What the rows that follow belong to. keys: NULL in it = an empty cell. */
void results_csv_item(results_csv *csv, const char *series, const char *const *keys,
                      const char *mode);

/* CLI_OK, or the code of a failure so far, which has been told. */
int results_csv_row(results_csv *csv, const results_row *row);

/* Writes what is left and frees. CLI_OK or the code of the first failure. NULL is allowed. */
int results_csv_end(results_csv *csv);

#endif
