/* sweep_grid.h - the axes and modes of a sweep, from its options. */
#ifndef SWEEP_GRID_H
#define SWEEP_GRID_H

#include <rqa/rqa.h>

#include "cli_options.h"

typedef struct sweep_mode {
    char *name;
    int32_t norm;
    size_t list; /* its columns, in `lists` */
} sweep_mode;

typedef struct sweep_grid {
    uint32_t *dims, *delays, *lmins, *vmins;
    double *thresholds;
    size_t n_dims, n_delays, n_thresholds, n_lmins, n_vmins; /* lmins, vmins: 0 = convention's */
    sweep_mode *modes;
    size_t n_modes;
    char **lists; /* distinct lists of columns; NULL = all columns */
    size_t n_lists;
    rqa_windows_options windows; /* window 0: there are none */
    rqa_analysis_options analysis;
    rqa_batch_options batch; /* points into this struct */
} sweep_grid;

/* CLI_OK or a code with a line; free in either case. */
int sweep_grid_make(sweep_grid *out, const cli_arguments *arguments);
void sweep_grid_free(sweep_grid *grid);

/* lmins and vmins that the convention decides become axes of one value, read from the batch. */
void sweep_grid_complete(sweep_grid *grid, const rqa_batch *batch);

#endif
