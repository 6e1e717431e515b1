/* sweep_summary.h - what is told when a sweep has ended: counts, failures, means of the groups. */
#ifndef SWEEP_SUMMARY_H
#define SWEEP_SUMMARY_H

#include <stdio.h>

#include "cli_recordings.h"
#include "sweep_grid.h"
#include "sweep_store.h"

typedef struct sweep_mean {
    double sum;
    uint64_t n;
} sweep_mean;

typedef struct sweep_summary {
    const sweep_grid *grid;
    const cli_recordings *recordings;
    const char **groups; /* distinct values of the first key; borrowed */
    size_t n_groups, *group_of; /* of each recording */
    size_t dims[2], thresholds[3]; /* axis positions of the settings that are shown */
    size_t n_dims, n_thresholds;
    int32_t columns[8]; /* result columns of the measures that are shown */
    int32_t measures[8];
    size_t n_columns;
    sweep_mean *means; /* [mode][dim][threshold][group][column] */
    uint64_t n_values, n_undefined;
} sweep_summary;

void sweep_summary_begin(sweep_summary *summary, const sweep_grid *grid,
                         const cli_recordings *recordings, const rqa_batch *batch);
void sweep_summary_item(sweep_summary *summary, const rqa_batch_event *event);

/* Instead of the items: what the store has of this sweep. CLI_OK or a code with a line. */
int sweep_summary_read(sweep_summary *summary, const sweep_store *store, const rqa_batch *batch);

/* The line of counts and the failed items go to stderr, the table of means to `table` (NULL: not at
 * all). */
void sweep_summary_print(const sweep_summary *summary, const rqa_batch *batch, FILE *table);
void sweep_summary_end(sweep_summary *summary);

#endif
