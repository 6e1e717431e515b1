/* export_csv.c - the rows of a store as CSV. */
#include "export_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_signals.h"
#include "export_progress.h"

typedef struct exporting {
    const export_request *request;
    results_csv *csv;
    uint32_t *key_at;
    const char **keys; /* those of the item in hand, in the order of the columns */
    size_t n_keys;     /* in the columns, without the rules */
    uint64_t item, n_rows;
    uint32_t window_rule; /* empty without windows */
    int code;
    export_progress progress;
} exporting;

int export_csv_columns(export_request *request, rqa_store *store)
{
    rqa_store_summary summary = {.struct_size = sizeof summary};
    results_columns *out = &request->columns;
    rqa_status status = rqa_store_summarize(store, &summary);
    if (status != RQA_OK)
        return cli_fail_store(status, "export");
    const char **keys = cli_calloc(summary.n_keys + 64, sizeof *keys);
    for (uint32_t k = 0; k < summary.n_keys; k++)
        keys[out->n_keys++] = rqa_store_key(store, k);
    for (uint32_t k = 0; rqa_store_rule_name(k); k++)
        if (summary.rules >> k & 1)
            keys[out->n_keys++] = rqa_store_rule_name(k);
    out->keys = keys;
    request->rules = summary.rules;
    out->has_reached = summary.n_rates > 0;
    out->has_windows = summary.n_windowed > 0;
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (summary.measures & RQA_MEASURE_BIT(measure))
            out->measures[out->n_measures++] = measure;
    return CLI_OK;
}

uint32_t *export_csv_key_positions(const results_columns *columns, rqa_store *store)
{
    uint32_t *at = cli_calloc(columns->n_keys, sizeof *at);
    for (size_t k = 0; k < columns->n_keys; k++) {
        const char *name;
        while ((name = rqa_store_key(store, at[k])) && strcmp(name, columns->keys[k]) != 0)
            at[k]++;
        if (!name)
            at[k] = UINT32_MAX;
    }
    return at;
}

static void begin_item(exporting *e, const rqa_store_row *row)
{
    e->item = row->item;
    size_t n = 0;
    for (; n < e->n_keys; n++)
        e->keys[n] = e->key_at[n] < row->n_keys ? row->keys[e->key_at[n]] : NULL;
    for (uint32_t k = 0; k < row->n_rules; k++)
        if (e->request->rules >> k & 1)
            e->keys[n++] = row->rules[k];
    results_csv_item(e->csv, row->series, e->keys, row->mode);
}

/* The reason may be of a measure that has no column. */
static int is_undefined(const rqa_store_row *row, const results_columns *columns)
{
    if (!*row->reason)
        return 0;
    for (size_t k = 0; k < columns->n_measures; k++)
        if (isnan(row->values[columns->measures[k]]))
            return 1;
    return 0;
}

static int on_row(const rqa_store_row *row, void *user)
{
    exporting *e = user;
    if (e->item != row->item)
        begin_item(e, row);
    int failed = row->status != RQA_OK;
    results_row out = {row->dim,
                       row->delay,
                       row->lmin,
                       row->vmin,
                       row->threshold,
                       failed ? NULL : row->values,
                       failed || is_undefined(row, &e->request->columns) ? row->reason : "ok",
                       {row->threshold_reached, row->rr_reached},
                       !failed && *row->rules[e->window_rule],
                       row->window,
                       row->window_start,
                       row->window_end,
                       row->window_centre};
    e->code = results_csv_row(e->csv, &out);
    e->n_rows++;
    export_progress_step(&e->progress);
    return e->code != CLI_OK || cli_signal != 0;
}

int export_csv_write(rqa_store *store, cli_output *output, const export_request *request,
                     uint64_t *n_rows)
{
    export_request r = *request;
    for (size_t k = 0; k < r.columns.n_measures; k++)
        r.columns.values[k] = (uint32_t)r.columns.measures[k];
    exporting e = {.request = &r, .item = UINT64_MAX};
    e.n_keys = r.columns.n_keys;
    for (uint64_t rules = r.rules; rules; rules &= rules - 1)
        e.n_keys--;
    while (strcmp(rqa_store_rule_name(e.window_rule), "window_length") != 0)
        e.window_rule++;
    e.key_at = export_csv_key_positions(&r.columns, store);
    e.keys = cli_calloc(r.columns.n_keys, sizeof *e.keys);
    export_progress_begin(&e.progress, store, r.show_progress);
    cli_signals_defer(1);
    e.code = results_csv_begin(&e.csv, output, &r.columns, r.n_threads);
    rqa_status status =
        e.code == CLI_OK ? rqa_store_read(store, r.filter, on_row, &e) : RQA_ERROR_CANCELLED;
    e.code = results_csv_end(e.csv);
    cli_signals_defer(0);
    export_progress_end(&e.progress);
    if (cli_signal)
        e.code = cli_fail(128 + (int)cli_signal, "interrupted; nothing was exported");
    else if (e.code == CLI_OK && status != RQA_OK)
        e.code = cli_fail_store(status, "export");
    free(e.key_at);
    free(e.keys);
    *n_rows = e.n_rows;
    return e.code;
}
