/* sweep_dry_run.h - what a sweep would compute, without computing it. */
#ifndef SWEEP_DRY_RUN_H
#define SWEEP_DRY_RUN_H

#include "cli_recordings.h"
#include "sweep_grid.h"

/* Tells it on stdout. CLI_OK or a code with a line. */
int sweep_dry_run(const cli_recordings *recordings, const sweep_grid *grid, rqa_batch *batch,
                  unsigned n_threads, int is_json);

#endif
