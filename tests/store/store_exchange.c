/* store_exchange.c - computes a batch into a store and prints what it did and every row, exactly:
 * machines of different byte order and word size must say the same of one file.
 *
 * Usage: store_exchange FILE. Rows that FILE holds already are not computed again, so "done 0" on
 * another machine means that it found the same series (by content), settings and measures there.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rqa/rqa.h"

enum { N = 160, N_SERIES = 3 };

static void require(rqa_status status, const char *what)
{
    if (status == RQA_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, rqa_last_error());
    exit(1);
}

/* A walk on a grid of 1/8, integers of another type, and a series with gaps. */
static rqa_series *make_series(rqa_context *context, int which)
{
    double x[N];
    int32_t whole[N];
    uint32_t state = 7u + (uint32_t)which;
    rqa_series_options options;
    rqa_series_options_init(&options);
    for (int t = 0; t < N; t++) {
        state = state * 1664525u + 1013904223u;
        whole[t] = (int32_t)(state >> 24) - 128;
        x[t] = (t ? x[t - 1] : 0) + (double)whole[t] / 8;
    }
    if (which == 1)
        options.dtype = RQA_DTYPE_INT32;
    if (which == 2) {
        options.missing = RQA_MISSING_SKIP;
        x[20] = x[21] = x[99] = NAN;
    }
    rqa_series *series = NULL;
    require(rqa_series_create(&series, context, which == 1 ? (const void *)whole : x, N, 1, &options),
            "series");
    return series;
}

static int print_row(const rqa_store_row *row, void *user)
{
    (void)user;
    printf("%" PRIu64 " %s %s %s dim %u delay %u threshold %a lmin %u", row->item, row->series,
           row->mode, row->keys[0], row->dim, row->delay, row->threshold, row->lmin);
    for (uint32_t k = 0; k < row->n_values; k++)
        if (isnan(row->values[k]))
            printf(" -");
        else
            printf(" %a", row->values[k]);
    printf(" %s\n", row->reason);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const labels[N_SERIES] = {"walk", "whole numbers", "l\303\274cken"};
    static const char *const key = "group";
    static const uint32_t dims[] = {1, 2, 60}, delays[] = {1, 3}, lmins[] = {2, 3};
    static const double thresholds[] = {0.1, 8, 20.25};
    if (argc != 2)
        return fprintf(stderr, "usage: store_exchange FILE\n"), 2;
    rqa_context *context = NULL;
    rqa_store *store = NULL;
    rqa_batch *batch = NULL;
    rqa_analysis_options analysis;
    rqa_analysis_options_init(&analysis);
    analysis.backend = RQA_BACKEND_SEQUENTIAL;
    rqa_batch_options grid;
    rqa_batch_options_init(&grid);
    grid.dims = dims, grid.n_dims = 3;
    grid.delays = delays, grid.n_delays = 2;
    grid.thresholds = thresholds, grid.n_thresholds = 3;
    grid.lmins = lmins, grid.n_lmins = 2;
    grid.analysis = &analysis;
    require(rqa_context_create(&context, NULL), "context");
    require(rqa_store_open(&store, context, argv[1], NULL), "store");
    require(rqa_batch_create(&batch, context, &grid), "grid");
    rqa_series *series[N_SERIES];
    for (int k = 0; k < N_SERIES; k++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
        item.x = series[k] = make_series(context, k);
        item.label = labels[k];
        item.mode = "1d";
        item.key_names = &key;
        item.key_values = &labels[k];
        item.n_keys = 1;
        require(rqa_batch_add(batch, &item), "item");
    }
    rqa_batch_statistics s = {.struct_size = sizeof s};
    require(rqa_batch_set_store(batch, store), "store of the batch");
    require(rqa_batch_run(batch, NULL, NULL), "run");
    require(rqa_batch_poll(batch, &s), "statistics");
    printf("done %" PRIu64 " skipped %" PRIu64 " failed %" PRIu64 "\n", s.n_done, s.n_skipped,
           s.n_failed);
    rqa_batch_destroy(batch);
    require(rqa_store_read(store, NULL, print_row, NULL), "rows");
    rqa_store_close(store);
    for (int k = 0; k < N_SERIES; k++)
        rqa_series_destroy(series[k]);
    rqa_context_destroy(context);
    return 0;
}
