/* verify_run.c - computes the cases of the tables in one way. */
#include <math.h>
#include <stdlib.h>

#include "cli_console.h"
#include "verify_rows.h"

static const char *const histograms[] = {
    [RQA_HISTOGRAM_DIAGONAL] = "diagonal lines",
    [RQA_HISTOGRAM_VERTICAL] = "vertical lines",
    [RQA_HISTOGRAM_WHITE] = "white lines",
    [RQA_HISTOGRAM_RECURRENCE_TIME] = "recurrence times",
};

static const char *const counts[] = {
    [RQA_COUNT_SAMPLES_X] = "samples of x", [RQA_COUNT_SAMPLES_Y] = "samples of y",
    [RQA_COUNT_VECTORS_X] = "vectors of x", [RQA_COUNT_VECTORS_Y] = "vectors of y",
    [RQA_COUNT_PAIRS] = "cells",            [RQA_COUNT_POINTS] = "points",
};

rqa_status verify_embed(rqa_embedding **out, const verify_way *way, const verify_input *input)
{
    double *value = cli_calloc(VERIFY_MOST_VALUES, sizeof *value);
    size_t n = input->fill(value, input->a, input->b) / input->n_channels;
    rqa_series *series = NULL;
    rqa_status status =
        rqa_series_create(&series, way->context, value, n, input->n_channels, NULL);
    if (status == RQA_OK)
        status = rqa_embedding_create(out, series, input->dim, input->delay);
    rqa_series_destroy(series);
    free(value);
    return status;
}

char *verify_lines(const rqa_metrics *metrics, int32_t histogram)
{
    const rqa_line_bin *bin = NULL;
    size_t n = 0;
    if (rqa_metrics_histogram(metrics, histogram, &bin, &n))
        return cli_text("%s", rqa_last_error());
    char *text = cli_text("%s", n ? "" : "none");
    for (size_t k = 0; k < n; k++) {
        char *longer = cli_text("%s%s%llu:%llu", text, k ? " " : "",
                                (unsigned long long)bin[k].length,
                                (unsigned long long)bin[k].count);
        free(text);
        text = longer;
    }
    return text;
}

static rqa_status compute_matrix(rqa_metrics **out, const verify_way *way, const verify_case *c,
                                 const rqa_analysis_options *options)
{
    uint8_t *cell = cli_calloc(c->n_rows, c->n_columns);
    rqa_matrix *matrix = NULL;
    verify_cells(cell, c);
    rqa_status status =
        rqa_matrix_from_bytes(&matrix, way->context, cell, c->n_rows, c->n_columns, 0);
    if (status == RQA_OK)
        status = rqa_metrics_from_matrix(out, matrix, options);
    rqa_matrix_destroy(matrix);
    free(cell);
    return status;
}

static rqa_status compute(rqa_metrics **out, const verify_way *way, const verify_case *c)
{
    rqa_analysis_options options;
    verify_options(&options, c);
    options.backend = way->backend;
    if (c->cell)
        return compute_matrix(out, way, c, &options);
    rqa_embedding *x = NULL, *y = NULL;
    rqa_status status = verify_embed(&x, way, &c->x);
    if (status == RQA_OK && c->y.fill)
        status = verify_embed(&y, way, &c->y);
    if (status == RQA_OK)
        status = rqa_metrics_compute(out, x, y, &options);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    return status;
}

static const char *quantity_of(const verify_want *want)
{
    if (want->kind == VERIFY_LINES)
        return histograms[want->which];
    return want->kind == VERIFY_COUNT ? counts[want->which] : rqa_measure_name(want->which);
}

static void compare(verify_rows *rows, const verify_want *want, const rqa_metrics *metrics)
{
    double value = NAN;
    uint64_t count = 0;
    if (want->kind == VERIFY_LINES) {
        verify_rows_text(rows, quantity_of(want), cli_text("%s", want->lines),
                         verify_lines(metrics, want->which));
        return;
    }
    if (want->kind == VERIFY_MEASURE)
        rqa_metrics_get(metrics, want->which, &value);
    else if (rqa_metrics_count(metrics, want->which, &count) == RQA_OK)
        value = (double)count;
    verify_rows_number(rows, quantity_of(want), want->value, value, want->tolerance);
}

static void run_case(verify_way *way, const verify_case *c)
{
    rqa_metrics *metrics = NULL;
    rqa_status status = compute(&metrics, way, c);
    way->rows.source = c->source;
    way->rows.name = c->name;
    for (size_t k = 0; k < c->n_wants; k++) {
        if (status == RQA_OK)
            compare(&way->rows, &c->want[k], metrics);
        else
            verify_rows_text(&way->rows, quantity_of(&c->want[k]), cli_text("a result"),
                             cli_text("%s", rqa_last_error()));
    }
    rqa_metrics_destroy(metrics);
}

void verify_tables(verify_way *way)
{
    size_t n = 0;
    const verify_case *cases = verify_published(&n);
    for (size_t k = 0; k < n; k++)
        run_case(way, &cases[k]);
    cases = verify_closed_forms(&n);
    for (size_t k = 0; k < n; k++)
        run_case(way, &cases[k]);
}
