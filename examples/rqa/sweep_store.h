/* sweep_store.h - a sweep and the store it computes into. */
#ifndef SWEEP_STORE_H
#define SWEEP_STORE_H

#include <rqa/rqa.h>
#include <rqa/store.h>

#include "cli_recordings.h"
#include "results_csv.h"
#include "sweep_grid.h"

typedef struct sweep_store_name sweep_store_name;

typedef struct sweep_store {
    rqa_store *store; /* NULL: none is open */
    const char *path;
    const cli_recordings *recordings;
    sweep_store_name *names; /* the items of the sweep, sorted by name */
    size_t n_names;
    uint32_t *key_at; /* where the keys of the sweep are among the store's */
} sweep_store;

/* Before anything is read: could it be opened? What is there is opened, what is not is not made
 * yet. CLI_OK or a code with a line. */
int sweep_store_look(sweep_store *out, rqa_context *context, const cli_arguments *arguments);

/* Opens it, if that has not been done. */
int sweep_store_open(sweep_store *store, rqa_context *context, const cli_arguments *arguments);
void sweep_store_close(sweep_store *store);

/* Once the batch has started: what sweep_store_item() needs. */
void sweep_store_name_items(sweep_store *store, const cli_recordings *recordings,
                            const sweep_grid *grid);

/* The item of the sweep that a row belongs to; SIZE_MAX: none. */
size_t sweep_store_item(const sweep_store *store, const rqa_store_row *row);

/* Exports the results of this sweep, whose batch has run. CLI_OK or a code with a line. */
int sweep_store_export(sweep_store *store, cli_output *output, const sweep_grid *grid,
                       const results_columns *columns, const rqa_batch *batch, unsigned n_threads);

/* Rows in the file. */
uint64_t sweep_store_n_rows(const sweep_store *store);

/* "2/5": CLI_OK, or CLI_BAD_INPUT with a line. */
int sweep_store_shard(uint32_t *index, uint32_t *count, const cli_arguments *arguments);

#endif
