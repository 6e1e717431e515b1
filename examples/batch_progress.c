/* batch_progress.c - a grid over several series with progress; cancels itself if told to.
 *
 * Usage: batch_progress [PERCENT]   stop after PERCENT of the work, most of it the last series
 */
#include <math.h>
#include <rqa/rqa.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_SERIES = 6, N_SAMPLES = 800, N_LONG = 1000000 };
enum { N_DIMS = 3, N_DELAYS = 4, N_THRESHOLDS = 11 };

static int fail(void)
{
    fprintf(stderr, "%s\n", rqa_last_error());
    return 1;
}

//! [event]
/* Runs on the thread inside rqa_batch_run(). */
static int on_event(const rqa_batch_event *event, void *user)
{
    const double *stop_at = user;
    if (event->type == RQA_EVENT_ITEM_COMPLETED)
        printf("%s: %s, first determinism %.4f\n", event->label,
               event->status ? event->text : "done", event->values[1]);
    if (event->type == RQA_EVENT_BATCH_COMPLETED)
        printf("%s\n", event->status ? event->text : "all done");
    return event->statistics.percent >= *stop_at; /* non-zero cancels */
}
//! [event]

static int add_series(rqa_batch *batch, rqa_context *context, int index, size_t n_samples)
{
    static double x[N_LONG];
    for (size_t k = 0; k < n_samples; k++) {
        double t = (double)k;
        x[k] = 0.5 + 0.3 * sin(0.05 * (index + 1) * t) + 0.1 * sin(0.31 * t * t / N_SAMPLES);
    }
    rqa_series *series;
    if (rqa_series_create(&series, context, x, n_samples, 1, NULL))
        return -1;
    char label[32];
    snprintf(label, sizeof label, "series %d", index);
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    item.x = series;
    item.label = label;
    int status = rqa_batch_add(batch, &item);
    rqa_series_destroy(series); /* the batch keeps it */
    return status;
}

int main(int argc, char **argv)
{
    double stop_at = argc > 1 ? atof(argv[1]) : 200;
    uint32_t dims[N_DIMS] = {1, 2, 3}, delays[N_DELAYS] = {1, 2, 3, 4}, lmins[] = {2, 3};
    double thresholds[N_THRESHOLDS];
    for (int e = 0; e < N_THRESHOLDS; e++)
        thresholds[e] = (50 + 5 * e) / 1000.0;

    rqa_context *context;
    rqa_batch *batch;
    rqa_batch_options grid;
    rqa_batch_options_init(&grid);
    grid.dims = dims;
    grid.n_dims = N_DIMS;
    grid.delays = delays;
    grid.n_delays = N_DELAYS;
    grid.thresholds = thresholds;
    grid.n_thresholds = N_THRESHOLDS;
    grid.lmins = lmins;
    grid.n_lmins = 2;
    if (rqa_context_create(&context, NULL) || rqa_batch_create(&batch, context, &grid))
        return fail();
    for (int k = 0; k < N_SERIES; k++)
        if (add_series(batch, context, k, argc > 1 && k == N_SERIES - 1 ? N_LONG : N_SAMPLES))
            return fail();
    printf("%s", rqa_batch_explain(batch));

    rqa_status status = rqa_batch_run(batch, on_event, &stop_at);
    if (status && status != RQA_ERROR_CANCELLED)
        return fail();
    rqa_batch_statistics end = {.struct_size = sizeof end};
    rqa_batch_poll(batch, &end);
    printf("%.0f %% of %llu rows in %.3f s\n", end.percent, (unsigned long long)end.n_total,
           end.elapsed_s);
    rqa_batch_destroy(batch);
    rqa_context_destroy(context);
    return 0;
}
