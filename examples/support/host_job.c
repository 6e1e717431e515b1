/* host_job.c - makes the objects of a request, computes on a thread, and keeps what came of it. */
#define _POSIX_C_SOURCE 200809L

#include "host_job.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct host_job {
    host_request request; /* without pointers of the host's */
    pid_t owner;
    rqa_context *context;
    rqa_series **series; /* x, y; of a grid all */
    size_t n_series;
    rqa_embedding *x, *y;
    rqa_surrogates *surrogates;
    host_results results;
    pthread_t thread;
    int is_running; /* the thread is to be joined; the host's */
    pthread_mutex_t mutex;
    pthread_cond_t ended_changed;
    int has_ended;               /* under the mutex */
    rqa_status status;           /* the thread's until it has ended */
    char text[HOST_TEXT_SIZE];   /* likewise */
};

/* The text of a failure: librqa's, save where an allocation failed, which may have been one of ours. */
static void explain(char out[HOST_TEXT_SIZE], rqa_status status)
{
    host_copy_text(out, status == RQA_ERROR_MEMORY || !*rqa_last_error() ? rqa_status_text(status)
                                                                         : rqa_last_error());
}

/* ---- making ---- */

/* Says where the first value is that is none, counted from 1 as the hosts count. */
static rqa_status refuse_gaps(host_job *job, const host_recording *recording)
{
    for (size_t t = 0; t < recording->n_samples; t++)
        for (size_t c = 0; c < recording->n_channels; c++)
            if (!isfinite(recording->values[t + c * recording->n_samples])) {
                snprintf(job->text, sizeof job->text,
                         "sample %zu of channel %zu is missing or infinite; clean the data or set "
                         "missing to skip", t + 1, c + 1);
                return RQA_ERROR_NOT_FINITE;
            }
    return RQA_OK;
}

/* On failure job->text says why. */
static rqa_status make_series(host_job *job, rqa_series **out, const host_recording *recording)
{
    rqa_series_options options = job->request.series;
    rqa_status status =
        options.missing == RQA_MISSING_ERROR ? refuse_gaps(job, recording) : RQA_OK;
    if (status)
        return status;
    options.dtype = RQA_DTYPE_FLOAT64;
    options.sample_stride_bytes = sizeof(double);
    options.channel_stride_bytes = (int64_t)(recording->n_samples * sizeof(double));
    status = rqa_series_create(out, job->context, recording->values, recording->n_samples,
                               recording->n_channels, &options);
    if (status)
        explain(job->text, status);
    return status;
}

static rqa_status make_pair(host_job *job, const host_request *asked)
{
    job->series = calloc(2, sizeof *job->series);
    if (!job->series)
        return RQA_ERROR_MEMORY;
    job->n_series = 2;
    rqa_status status = make_series(job, &job->series[0], asked->x);
    if (!status && asked->y)
        status = make_series(job, &job->series[1], asked->y);
    if (status || asked->kind == HOST_SUGGEST || asked->kind == HOST_TEST)
        return status;
    status = rqa_embedding_create(&job->x, job->series[0], asked->dim, asked->delay);
    if (!status && asked->y)
        status = rqa_embedding_create(&job->y, job->series[1], asked->dim_y ? asked->dim_y : asked->dim,
                                      asked->delay_y ? asked->delay_y : asked->delay);
    return status;
}

/* A number of an axis as the library's struct has it; the library says what is allowed, so what does
 * not fit becomes 0, which no axis allows. */
static uint32_t whole(double value)
{
    return value >= 0 && value <= UINT32_MAX && value == (double)(uint32_t)value ? (uint32_t)value : 0;
}

static uint32_t *whole_axis(const host_axis *axis)
{
    uint32_t *out = malloc((axis->n ? axis->n : 1) * sizeof *out);
    for (size_t k = 0; out && k < axis->n; k++)
        out[k] = whole(axis->values[k]);
    return out;
}

static rqa_status make_batch(host_job *job, const host_request *asked)
{
    const host_axis *axes[] = {&asked->dims, &asked->delays, &asked->lmins, &asked->vmins};
    uint32_t *values[4] = {NULL, NULL, NULL, NULL};
    rqa_status status = RQA_OK;
    for (int k = 0; k < 4; k++) {
        values[k] = whole_axis(axes[k]);
        if (!values[k])
            status = RQA_ERROR_MEMORY;
    }
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.dims = values[0];
    options.n_dims = (uint32_t)asked->dims.n;
    options.delays = values[1];
    options.n_delays = (uint32_t)asked->delays.n;
    options.thresholds = asked->thresholds.values;
    options.n_thresholds = (uint32_t)asked->thresholds.n;
    options.lmins = asked->lmins.n ? values[2] : NULL;
    options.n_lmins = (uint32_t)asked->lmins.n;
    options.vmins = asked->vmins.n ? values[3] : NULL;
    options.n_vmins = (uint32_t)asked->vmins.n;
    options.analysis = &job->request.analysis;
    if (!status)
        status = rqa_batch_create(&job->results.batch, job->context, &options);
    for (int k = 0; k < 4; k++)
        free(values[k]);
    return status;
}

/* A recording that is none becomes an item that failed: it does not stop the others. */
static rqa_status add_item(host_job *job, const host_request *asked, size_t k)
{
    rqa_series **x = &job->series[2 * k], **y = x + 1;
    rqa_batch_item item;
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    item.norm = item.relation = -1;
    item.label = asked->x[k].label;
    item.status = make_series(job, x, &asked->x[k]);
    if (!item.status && asked->y)
        item.status = make_series(job, y, &asked->y[k]);
    item.text = item.status ? job->text : NULL;
    item.x = item.status ? NULL : *x;
    item.y = item.status ? NULL : *y;
    const rqa_status status = rqa_batch_add(job->results.batch, &item); /* copies the text */
    job->text[0] = '\0';
    return status;
}

static rqa_status make_grid(host_job *job, const host_request *asked)
{
    rqa_status status = make_batch(job, asked);
    if (status)
        return status;
    job->series = calloc(2 * asked->n_recordings + 1, sizeof *job->series);
    if (!job->series)
        return RQA_ERROR_MEMORY;
    job->n_series = 2 * asked->n_recordings;
    for (size_t k = 0; k < asked->n_recordings && !status; k++)
        status = add_item(job, asked, k);
    host_results *results = &job->results;
    const uint64_t n_rows = rqa_batch_size(results->batch, RQA_BATCH_ROWS);
    const uint64_t n_values = n_rows * rqa_batch_size(results->batch, RQA_BATCH_MEASURES);
    if (status)
        return status;
    results->values = calloc((size_t)n_values + 1, sizeof *results->values);
    results->reasons = calloc((size_t)n_values + 1, 1);
    if (!results->values || !results->reasons)
        return RQA_ERROR_MEMORY;
    status = rqa_batch_set_table(results->batch, results->values, results->reasons, n_rows);
    if (!status && asked->analysis.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE) {
        results->reached = calloc(2 * (size_t)n_rows + 1, sizeof *results->reached);
        status = results->reached
                     ? rqa_batch_set_reached(results->batch, results->reached, n_rows)
                     : RQA_ERROR_MEMORY;
    }
    return status;
}

/* Where the program leaves them out by default, too: they multiply the time of many analyses. */
static void leave_out_slow(host_request *request)
{
    const uint64_t slow = RQA_MEASURE_BIT(RQA_MEASURE_T1) | RQA_MEASURE_BIT(RQA_MEASURE_T2) |
                          RQA_MEASURE_BIT(RQA_MEASURE_RTE) | RQA_MEASURE_BIT(RQA_MEASURE_TREND);
    if (request->analysis.measures == 0 && (request->kind == HOST_GRID || request->kind == HOST_WINDOWS))
        request->analysis.measures = RQA_MEASURES_DEFAULT & ~slow;
}

static rqa_status make(host_job *job, const host_request *asked)
{
    leave_out_slow(&job->request);
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = asked->n_threads;
    rqa_status status = rqa_context_create(&job->context, &options);
    if (status)
        return status;
    if (asked->kind == HOST_CELLS)
        return rqa_matrix_from_bytes(&job->results.matrix, job->context, asked->cells, asked->n_rows,
                                     asked->n_columns, 0);
    return asked->kind == HOST_GRID ? make_grid(job, asked) : make_pair(job, asked);
}

/* ---- computing, on the job's thread ---- */

static rqa_status compute_bootstrap(host_job *job)
{
    if (job->request.bootstrap.count == 0)
        return RQA_OK;
    const rqa_metrics *metrics = job->results.metrics;
    return rqa_bootstrap_create(&job->results.bootstrap, &metrics, 1, &job->request.bootstrap);
}

static rqa_status compute_profile(host_job *job)
{
    uint64_t max_lag = (uint64_t)job->request.max_lag;
    if (job->request.max_lag < 0) {
        const size_t nx = rqa_embedding_n_vectors(job->x), ny = rqa_embedding_n_vectors(job->y);
        max_lag = (nx > ny ? nx : ny) / 4;
        max_lag = max_lag < 1000 ? max_lag : 1000;
    }
    return rqa_lag_profile_compute(&job->results.profile, job->x, job->y, &job->request.analysis,
                                   max_lag);
}

static rqa_status compute_test(host_job *job)
{
    host_request *request = &job->request;
    request->surrogates.dim = request->dim;
    request->surrogates.delay = request->delay;
    request->surrogates.analysis = &request->analysis;
    rqa_test_options options;
    rqa_test_options_init(&options);
    options.dim = request->dim;
    options.delay = request->delay;
    options.analysis = &request->analysis;
    rqa_status status = rqa_surrogates_create(&job->surrogates, job->series[0], &request->surrogates);
    return status ? status
                  : rqa_test_create(&job->results.test, job->series[0], job->series[1],
                                    job->surrogates, &options);
}

static rqa_status compute(host_job *job)
{
    const host_request *request = &job->request;
    host_results *results = &job->results;
    rqa_png_options png = request->png;
    rqa_status status;
    switch (request->kind) {
    case HOST_ANALYZE:
        status = rqa_metrics_compute(&results->metrics, job->x, job->y, &request->analysis);
        return status ? status : compute_bootstrap(job);
    case HOST_CELLS:
        status = rqa_metrics_from_matrix(&results->metrics, results->matrix, &request->analysis);
        return status ? status : compute_bootstrap(job);
    case HOST_MATRIX:
        return rqa_matrix_create(&results->matrix, job->x, job->y, &request->analysis);
    case HOST_PICTURE:
        png.x_label = request->x_label[0] ? request->x_label : NULL;
        png.y_label = request->y_label[0] ? request->y_label : NULL;
        return rqa_plot_write_png(request->path, job->x, job->y, &request->analysis, &png);
    case HOST_WINDOWS:
        return rqa_windows_compute(&results->windows, job->x, job->y, &request->analysis,
                                   &request->windows);
    case HOST_PROFILE:
        return compute_profile(job);
    case HOST_SUGGEST:
        return rqa_suggest_compute(&results->suggestion, job->series[0], &request->suggest);
    case HOST_TEST:
        return compute_test(job);
    default:
        return rqa_batch_run(results->batch, NULL, NULL);
    }
}

static void *run(void *argument)
{
    host_job *job = argument;
    job->status = compute(job);
    if (job->status)
        explain(job->text, job->status);
    pthread_mutex_lock(&job->mutex);
    job->has_ended = 1;
    pthread_cond_broadcast(&job->ended_changed);
    pthread_mutex_unlock(&job->mutex);
    return NULL;
}

/* ---- the host's side ---- */

static void forget_host(host_request *request)
{
    const host_axis none = {NULL, 0};
    request->x = request->y = NULL;
    request->cells = NULL;
    request->dims = request->delays = request->thresholds = request->lmins = request->vmins = none;
}

rqa_status host_job_start(host_job **out, host_request *request)
{
    *out = NULL;
    host_job *job = calloc(1, sizeof *job);
    if (!job) {
        explain(request->text, RQA_ERROR_MEMORY);
        return RQA_ERROR_MEMORY;
    }
    pthread_mutex_init(&job->mutex, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&job->ended_changed, &clock);
    pthread_condattr_destroy(&clock);
    job->owner = getpid();
    job->request = *request;
    forget_host(&job->request);
    rqa_status status = make(job, request);
    if (status && job->text[0])
        host_copy_text(request->text, job->text);
    else if (status)
        explain(request->text, status);
    if (!status && pthread_create(&job->thread, NULL, run, job) != 0) {
        status = RQA_ERROR_THREAD;
        host_copy_text(request->text, rqa_status_text(status));
    }
    job->is_running = !status;
    if (status) {
        host_job_close(job);
        return status;
    }
    *out = job;
    return RQA_OK;
}

int host_job_wait(host_job *job, double seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    const long long ns = until.tv_nsec + (long long)(seconds * 1e9);
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_mutex_lock(&job->mutex);
    int failed = 0;
    while (!job->has_ended && !failed)
        failed = pthread_cond_timedwait(&job->ended_changed, &job->mutex, &until);
    const int has_ended = job->has_ended;
    pthread_mutex_unlock(&job->mutex);
    if (has_ended && job->is_running) {
        pthread_join(job->thread, NULL);
        job->is_running = 0;
    }
    return has_ended;
}

rqa_status host_job_status(const host_job *job, const char **text)
{
    *text = job->is_running ? "the job is at work" : job->text;
    return job->is_running ? RQA_ERROR_STATE : job->status;
}

rqa_status host_job_progress(const host_job *job, rqa_batch_statistics *out)
{
    out->struct_size = sizeof *out;
    return rqa_batch_poll(job->results.batch, out);
}

const host_request *host_job_request(const host_job *job)
{
    return &job->request;
}

const host_results *host_job_results(const host_job *job)
{
    return &job->results;
}

static void stop(host_job *job)
{
    while (job->is_running && !host_job_wait(job, 0.02)) {
        rqa_context_cancel(job->context);
        rqa_batch_cancel(job->results.batch);
    }
}

void host_job_close(host_job *job)
{
    if (!job || job->owner != getpid())
        return;
    stop(job);
    host_results *results = &job->results;
    rqa_bootstrap_destroy(results->bootstrap);
    rqa_metrics_destroy(results->metrics);
    rqa_matrix_destroy(results->matrix);
    rqa_windows_destroy(results->windows);
    rqa_lag_profile_destroy(results->profile);
    rqa_suggestion_destroy(results->suggestion);
    rqa_test_destroy(results->test);
    rqa_batch_destroy(results->batch);
    free(results->values);
    free(results->reasons);
    free(results->reached);
    rqa_surrogates_destroy(job->surrogates);
    rqa_embedding_destroy(job->x);
    rqa_embedding_destroy(job->y);
    for (size_t k = 0; k < job->n_series; k++)
        rqa_series_destroy(job->series[k]);
    free(job->series);
    rqa_context_destroy(job->context);
    pthread_cond_destroy(&job->ended_changed);
    pthread_mutex_destroy(&job->mutex);
    free(job);
}

/* ---- matrices ---- */

size_t host_block_side(const rqa_matrix *matrix, size_t max_pixels)
{
    const size_t rows = rqa_matrix_n_rows(matrix), columns = rqa_matrix_n_columns(matrix);
    const size_t longest = rows > columns ? rows : columns;
    return max_pixels && longest > max_pixels ? (longest + max_pixels - 1) / max_pixels : 1;
}

void host_matrix_shares(const rqa_matrix *matrix, size_t side, double *out)
{
    const size_t rows = rqa_matrix_n_rows(matrix), columns = rqa_matrix_n_columns(matrix);
    const size_t n_down = (rows + side - 1) / side, n_across = (columns + side - 1) / side;
    memset(out, 0, n_down * n_across * sizeof *out);
    for (size_t row = 0; row < rows; row++) {
        const uint64_t *bits = rqa_matrix_row(matrix, row);
        for (size_t column = 0; column < columns; column++)
            if (bits[column / 64] >> (column % 64) & 1)
                out[row / side + column / side * n_down] += 1.0;
    }
    for (size_t across = 0; across < n_across; across++)
        for (size_t down = 0; down < n_down; down++) {
            const size_t height = rows - down * side < side ? rows - down * side : side;
            const size_t width = columns - across * side < side ? columns - across * side : side;
            out[down + across * n_down] /= (double)height * (double)width;
        }
}
