/* sweep_store.c - a sweep and the store it computes into. */
#include "sweep_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_output.h"
#include "cli_paths.h"
#include "cli_system.h"
#include "cli_values.h"
#include "export_csv.h"

struct sweep_store_name {
    const char *series, *mode;
    char *const *keys;
    size_t n_keys, item;
};

int sweep_store_shard(uint32_t *index, uint32_t *count, const cli_arguments *arguments)
{
    const char *text = arguments->value[OPT_SHARD];
    unsigned long k, n;
    char after;
    if (!text)
        return CLI_OK;
    if (text[strspn(text, "0123456789/")] != 0 || sscanf(text, "%9lu/%9lu%c", &k, &n, &after) != 2)
        return cli_fail(CLI_BAD_INPUT, "--shard: '%s' is not K/N, such as 1/4", text);
    if (k < 1 || k > n)
        return cli_fail(CLI_BAD_INPUT, "--shard: '%s' is not allowed; 1/N to N/N are", text);
    if (!arguments->value[OPT_STORE])
        return cli_fail(CLI_BAD_INPUT, "--shard needs a --store of its own for each shard");
    *index = (uint32_t)k;
    *count = (uint32_t)n;
    return CLI_OK;
}

int sweep_store_open(sweep_store *store, rqa_context *context, const cli_arguments *arguments)
{
    rqa_store_options options;
    if (store->store)
        return CLI_OK;
    rqa_store_options_init(&options);
    char *line = cli_command_line(arguments->argv);
    options.command = line;
    rqa_status status = rqa_store_open(&store->store, context, store->path, &options);
    free(line);
    return status == RQA_OK ? CLI_OK : cli_fail_store(status, "--store");
}

int sweep_store_look(sweep_store *out, rqa_context *context, const cli_arguments *arguments)
{
    memset(out, 0, sizeof *out);
    out->path = arguments->value[OPT_STORE];
    if (!out->path)
        return CLI_OK;
    if (strcmp(out->path, "-") == 0)
        return cli_fail(CLI_BAD_INPUT, "--store: a store is a file; stdout cannot be one");
    int code = cli_paths_check_store("--store", out->path);
    if (code == CLI_OK)
        code = cli_output_check(out->path, 1);
    if (code == CLI_OK && system_is_there(out->path))
        code = sweep_store_open(out, context, arguments);
    return code;
}

void sweep_store_close(sweep_store *store)
{
    rqa_store_close(store->store);
    free(store->names);
    free(store->key_at);
    memset(store, 0, sizeof *store);
}

static int compare_names(const void *a, const void *b)
{
    const sweep_store_name *x = a, *y = b;
    int order = strcmp(x->series, y->series);
    if (order == 0)
        order = strcmp(x->mode, y->mode);
    for (size_t k = 0; k < x->n_keys && order == 0; k++)
        order = strcmp(x->keys[k], y->keys[k]);
    return order;
}

void sweep_store_name_items(sweep_store *store, const cli_recordings *recordings,
                            const sweep_grid *grid)
{
    results_columns columns = {.keys = (const char *const *)recordings->key_names,
                               .n_keys = recordings->n_keys};
    store->recordings = recordings;
    store->key_at = export_csv_key_positions(&columns, store->store);
    store->n_names = recordings->n * grid->n_modes;
    store->names = cli_calloc(store->n_names, sizeof *store->names);
    for (size_t k = 0; k < store->n_names; k++) {
        const cli_recording *recording = &recordings->recording[k / grid->n_modes];
        store->names[k] = (sweep_store_name){recording->label, grid->modes[k % grid->n_modes].name,
                                             recording->keys, recordings->n_keys, k};
    }
    qsort(store->names, store->n_names, sizeof *store->names, compare_names);
}

size_t sweep_store_item(const sweep_store *store, const rqa_store_row *row)
{
    size_t n_keys = store->recordings->n_keys, n_given = 0, found = SIZE_MAX;
    char **keys = cli_calloc(n_keys, sizeof *keys);
    int complete = 1;
    for (size_t k = 0; k < n_keys; k++) {
        const char *key = store->key_at[k] < row->n_keys ? row->keys[store->key_at[k]] : NULL;
        keys[k] = (char *)key;
        complete = complete && key;
    }
    for (uint32_t k = 0; k < row->n_keys; k++)
        n_given += row->keys[k] != NULL;
    if (complete && n_given == n_keys) {
        sweep_store_name wanted = {row->series, row->mode, keys, n_keys, 0};
        const sweep_store_name *name =
            bsearch(&wanted, store->names, store->n_names, sizeof wanted, compare_names);
        found = name ? name->item : SIZE_MAX;
    }
    free(keys);
    return found;
}

int sweep_store_export(sweep_store *store, cli_output *output, const sweep_grid *grid,
                       const results_columns *columns, const rqa_batch *batch, unsigned n_threads)
{
    rqa_store_filter filter = {.struct_size = sizeof filter, .batch = batch};
    filter.dims = grid->dims;
    filter.n_dims = (uint32_t)grid->n_dims;
    filter.delays = grid->delays;
    filter.n_delays = (uint32_t)grid->n_delays;
    filter.thresholds = grid->thresholds;
    filter.n_thresholds = (uint32_t)grid->n_thresholds;
    filter.lmins = grid->lmins;
    filter.n_lmins = (uint32_t)grid->n_lmins;
    filter.vmins = grid->vmins;
    filter.n_vmins = (uint32_t)grid->n_vmins;
    export_request request = {.columns = *columns,
                              .filter = &filter,
                              .n_threads = n_threads,
                              .show_progress = 0};
    uint64_t n_rows;
    return export_csv_write(store->store, output, &request, &n_rows);
}

uint64_t sweep_store_n_rows(const sweep_store *store)
{
    rqa_store_summary summary = {.struct_size = sizeof summary};
    return rqa_store_summarize(store->store, &summary) == RQA_OK ? summary.n_rows : 0;
}
