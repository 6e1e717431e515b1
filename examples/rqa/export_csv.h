/* export_csv.h - the rows of a store as CSV. */
#ifndef EXPORT_CSV_H
#define EXPORT_CSV_H

#include <rqa/rqa.h>
#include <rqa/store.h>

#include "cli_output.h"
#include "results_csv.h"

/* Which rows, in which columns. */
typedef struct export_request {
    results_columns columns;        /* `values` is ignored: a store's values are by measure */
    uint64_t rules; /* bit k: rule k has a column; they follow the keys in `columns.keys` */
    const rqa_store_filter *filter; /* NULL: all */
    unsigned n_threads;
    int show_progress;
} export_request;

/* All keys and measures that a store has, and the rules that tell results of one mode apart. The
 * names are borrowed, the list is the caller's to free(). CLI_OK or a code with a line. */
int export_csv_columns(export_request *out, rqa_store *store);

/* Position of each key of the columns among the store's, n_keys of them; UINT32_MAX: not there. */
uint32_t *export_csv_key_positions(const results_columns *columns, rqa_store *store);

/* CLI_OK, or a code with a line; 128 + the signal after Ctrl-C. *n_rows counts what was written. */
int export_csv_write(rqa_store *store, cli_output *output, const export_request *request,
                     uint64_t *n_rows);

#endif
