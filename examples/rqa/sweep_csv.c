/* sweep_csv.c - the results of a batch without a store as CSV. */
#include "sweep_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "results_status.h"

void sweep_csv_columns(results_columns *out, const cli_recordings *recordings,
                       const sweep_grid *grid, const rqa_batch *batch)
{
    memset(out, 0, sizeof *out);
    out->has_windows = grid->windows.window > 0;
    out->has_reached = grid->analysis.threshold_unit >= RQA_THRESHOLD_RECURRENCE_RATE;
    out->keys = (const char *const *)recordings->key_names;
    out->n_keys = recordings->n_keys;
    for (uint32_t k = 0; rqa_batch_measure_at(batch, k) >= 0; k++) {
        out->measures[k] = rqa_batch_measure_at(batch, k);
        out->values[k] = k;
        out->n_measures++;
    }
}

int sweep_csv_begin(sweep_csv *csv, cli_output *output, const sweep_grid *grid,
                    const cli_recordings *recordings, const rqa_batch *batch, unsigned n_threads)
{
    memset(csv, 0, sizeof *csv);
    csv->grid = grid;
    csv->recordings = recordings;
    sweep_csv_columns(&csv->columns, recordings, grid, batch);
    csv->reasons = cli_calloc(csv->columns.n_measures, 1);
    return results_csv_begin(&csv->csv, output, &csv->columns, n_threads);
}

static const char *status_of(sweep_csv *csv, const uint8_t *reasons)
{
    size_t n = csv->columns.n_measures, k = 0;
    while (k < n && reasons[k] == RQA_REASON_DEFINED)
        k++;
    if (k == n)
        return "ok";
    if (!csv->words || memcmp(csv->reasons, reasons, n) != 0) {
        memcpy(csv->reasons, reasons, n);
        free(csv->words);
        csv->words = results_status_words(csv->columns.measures, n, reasons);
    }
    return csv->words;
}

/* The rows of one combination, from row r on: one, or one for each window. */
static int put_combination(sweep_csv *csv, const rqa_batch_event *event, results_row *row, size_t r,
                           size_t n_windows)
{
    const rqa_windows_options *windows = &csv->grid->windows;
    const size_t n = csv->columns.n_measures;
    int code = CLI_OK;
    row->has_window = windows->window > 0;
    for (size_t w = 0; w < n_windows && code == CLI_OK; w++, r++) {
        row->values = event->values + r * n;
        row->status = status_of(csv, event->reasons + r * n);
        row->window = w;
        row->window_start = w * windows->step;
        row->window_end = row->window_start + windows->window - 1;
        row->window_centre = ((double)row->window_start + (double)row->window_end) / 2;
        if (event->reached)
            memcpy(row->reached, event->reached + 2 * r, sizeof row->reached);
        code = results_csv_row(csv->csv, row);
    }
    return code;
}

/* Nested loops over the axes, vmin, or the window, innermost. */
static int put_rows(sweep_csv *csv, const rqa_batch_event *event)
{
    const sweep_grid *g = csv->grid;
    const size_t n_combinations =
        g->n_dims * g->n_delays * g->n_thresholds * g->n_lmins * g->n_vmins;
    const size_t n_windows = (size_t)event->n_rows / n_combinations;
    size_t r = 0;
    int code = CLI_OK;
    for (size_t d = 0; d < g->n_dims; d++)
        for (size_t t = 0; t < g->n_delays; t++)
            for (size_t e = 0; e < g->n_thresholds; e++)
                for (size_t l = 0; l < g->n_lmins; l++)
                    for (size_t v = 0; v < g->n_vmins && code == CLI_OK; v++, r += n_windows) {
                        results_row row = {.dim = g->dims[d],
                                           .delay = g->delays[t],
                                           .lmin = g->lmins[l],
                                           .vmin = g->vmins[v],
                                           .threshold = g->thresholds[e],
                                           .reached = {NAN, NAN}};
                        code = put_combination(csv, event, &row, r, n_windows);
                    }
    return code;
}

int sweep_csv_item(sweep_csv *csv, const rqa_batch_event *event)
{
    const cli_recording *recording = &csv->recordings->recording[event->item / csv->grid->n_modes];
    results_csv_item(csv->csv, recording->label, (const char *const *)recording->keys,
                     csv->grid->modes[event->item % csv->grid->n_modes].name);
    if (event->status == RQA_OK)
        return put_rows(csv, event);
    results_row row = {.status = event->text};
    return results_csv_row(csv->csv, &row);
}

int sweep_csv_end(sweep_csv *csv)
{
    int code = results_csv_end(csv->csv);
    free(csv->reasons);
    free(csv->words);
    memset(csv, 0, sizeof *csv);
    return code;
}
