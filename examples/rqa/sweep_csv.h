/* sweep_csv.h - the rows of a sweep as CSV. */
#ifndef SWEEP_CSV_H
#define SWEEP_CSV_H

#include "cli_output.h"
#include "cli_recordings.h"
#include "sweep_grid.h"

typedef struct sweep_csv {
    cli_output *output;
    const sweep_grid *grid;
    const cli_recordings *recordings;
    char **axis_texts; /* ",dim", ",delay", ...: each value of each axis as a cell */
    size_t first_of_axis[6];
    char *buffer; /* text of the item being written */
    size_t used, room;
} sweep_csv;

/* Writes the header line. CLI_OK or CLI_FAILED with a line. */
int sweep_csv_begin(sweep_csv *csv, cli_output *output, const sweep_grid *grid,
                    const cli_recordings *recordings, const rqa_batch *batch);

/* Takes the rows of a completed item; items come in the order they were added. */
int sweep_csv_item(sweep_csv *csv, const rqa_batch_event *event);
void sweep_csv_end(sweep_csv *csv);

#endif
