/* application.c - librqa inside a program with its own main loop: a log, limits, a job that runs in
 * the background, polled and cancelled, and results that arrive in the program's own array.
 *
 * Usage: application [cancel]   a job of an hour, which its user does not wait for
 */
#include <math.h>
#include <rqa/rqa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_SAMPLES = 4000, N_LONG = 1000000, N_THRESHOLDS = 20 };

static int fail(void)
{
    fprintf(stderr, "%s\n", rqa_last_error());
    return 1;
}

//! [log]
static void to_our_log(void *user, int32_t level, const char *line)
{
    fprintf(user, "%s: %s\n", level == RQA_LOG_WARNING ? "warning" : "note", line);
}
//! [log]

static int add_recording(rqa_batch *batch, rqa_context *context, size_t n_samples)
{
    static double x[N_LONG];
    for (size_t t = 0; t < n_samples; t++)
        x[t] = sin(0.11 * (double)t) + 0.5 * sin(0.037 * sqrt(2) * (double)t);
    rqa_series *series;
    if (rqa_series_create(&series, context, x, n_samples, 1, NULL))
        return -1;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    item.x = series;
    item.label = "two waves";
    int status = rqa_batch_add(batch, &item);
    rqa_series_destroy(series); /* the batch keeps it */
    return status;
}

int main(int argc, char **argv)
{
    int user_wants_to_stop = argc > 1 && strcmp(argv[1], "cancel") == 0;

    //! [context]
    rqa_context_options limits;
    rqa_context_options_init(&limits);
    limits.n_threads = 2;
    limits.memory_limit_bytes = UINT64_C(256) << 20;
    limits.log = to_our_log;
    limits.log_user = stderr;
    limits.log_level = RQA_LOG_INFO;
    rqa_context *context;
    if (rqa_context_create(&context, &limits))
        return fail();
    //! [context]

    uint32_t dims[] = {1, 2, 3}, delays[] = {1, 5, 10, 15};
    double thresholds[N_THRESHOLDS];
    for (int e = 0; e < N_THRESHOLDS; e++)
        thresholds[e] = 0.05 * (e + 1);
    //! [grid]
    rqa_analysis_options analysis;
    rqa_analysis_options_init(&analysis);
    analysis.norm = RQA_NORM_MAXIMUM;
    analysis.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    rqa_batch_options grid;
    rqa_batch_options_init(&grid);
    grid.dims = dims, grid.n_dims = 3;
    grid.delays = delays, grid.n_delays = 4;
    grid.thresholds = thresholds, grid.n_thresholds = N_THRESHOLDS;
    grid.analysis = &analysis;
    rqa_batch *batch;
    if (rqa_batch_create(&batch, context, &grid) ||
        add_recording(batch, context, user_wants_to_stop ? N_LONG : N_SAMPLES))
        return fail();
    //! [grid]

    //! [run]
    uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    uint64_t n_measures = rqa_batch_size(batch, RQA_BATCH_MEASURES);
    double *table = calloc((size_t)(n_rows * n_measures), sizeof *table);
    if (!table || rqa_batch_set_table(batch, table, NULL, n_rows) || rqa_batch_start(batch))
        return fail();

    rqa_batch_statistics now = {.struct_size = sizeof now};
    do {
        /* One turn of the program's own loop: draw, answer the user, look how far the job is. */
        if (user_wants_to_stop)
            rqa_batch_cancel(batch);
        rqa_status status = rqa_batch_wait(batch, 0.02, NULL, NULL);
        if (status && status != RQA_ERROR_CANCELLED)
            return fail();
        rqa_batch_poll(batch, &now);
    } while (now.state == 1);
    //! [run]

    //! [rows]
    /* Columns are by rising measure id: rr, det. Which settings come closest to rr = 5 %? */
    uint64_t best = 0;
    for (uint64_t row = 0; row < n_rows && now.state == 2; row++)
        if (fabs(table[row * n_measures] - 0.05) < fabs(table[best * n_measures] - 0.05))
            best = row;
    rqa_batch_row settings = {.struct_size = sizeof settings};
    if (rqa_batch_row_at(batch, best, &settings))
        return fail();
    //! [rows]
    if (now.state == 2)
        printf("%llu rows; rr %.4f, det %.4f at dim %u, delay %u, threshold %.2f\n",
               (unsigned long long)now.n_done, table[best * n_measures],
               table[best * n_measures + 1], (unsigned)settings.dim, (unsigned)settings.delay,
               settings.threshold);
    else
        printf("stopped by the user\n");
    free(table);
    rqa_batch_destroy(batch);
    rqa_context_destroy(context);
    return 0;
}
