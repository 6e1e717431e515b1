/* sweep_csv.h - the results of a batch without a store as CSV. */
#ifndef SWEEP_CSV_H
#define SWEEP_CSV_H

#include "cli_recordings.h"
#include "results_csv.h"
#include "sweep_grid.h"

typedef struct sweep_csv {
    results_csv *csv;
    const sweep_grid *grid;
    const cli_recordings *recordings;
    const int32_t *measures; /* of the columns */
    results_columns columns;
    uint8_t *reasons; /* of the last row with something undefined */
    char *words;      /* what they are in words */
} sweep_csv;

/* Writes the header line. CLI_OK or CLI_FAILED with a line. */
int sweep_csv_begin(sweep_csv *csv, cli_output *output, const sweep_grid *grid,
                    const cli_recordings *recordings, const rqa_batch *batch, unsigned n_threads);

/* Takes the rows of a completed item; items come in the order they were added. */
int sweep_csv_item(sweep_csv *csv, const rqa_batch_event *event);

/* Writes what is left and frees: CLI_OK or the code of the first failure. */
int sweep_csv_end(sweep_csv *csv);

/* The columns of a batch's measures. */
void sweep_csv_columns(results_columns *out, const cli_recordings *recordings,
                       const sweep_grid *grid, const rqa_batch *batch);

#endif
