/* window_jobs.c - the windows of a recording, shared out between threads, each by its way. */
#include "batch/window_jobs.h"

#include <math.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "batch/analysis_state.h"
#include "batch/analyze.h"
#include "data/recording.h"
#include "plan/context_state.h"
#include "windows/window.h"

/* A copy of the samples of one window of one series, as a series has them: padded with NaN. */
typedef struct slice {
    double *values;
    const double **channel;
    size_t stride;
} slice;

enum { PADDING = 16 }; /* doubles */

/* What one thread keeps from window to window. */
typedef struct maker {
    const rqa__window_job *job;
    rqa__window *moving;
    rqa__cpu_worker *worker;
    rqa__plan plan; /* of a block; all are alike */
    slice x, y;
    double *sample; /* of x, then of y */
    rqa__bin *scratch;
    size_t index; /* the window under way */
    int has_trend; /* of a moving window: those of several at once */
    rqa__trend_range trend;
    size_t n_pending, pending[RQA__TRENDS_AT_ONCE]; /* windows whose trend is to come */
    const double *density[RQA__TRENDS_AT_ONCE];
} maker;

void rqa__window_output_init(rqa__window_output *output, const rqa__rules *rules,
                             const rqa__window_job *job)
{
    *output = (rqa__window_output){.rules = *rules, .stride = 1};
    output->how = (rqa__window_reading){
        .rules = &output->rules,
        .reading = rqa__reading_of(rules, job->n_x, job->n_y),
        .too_short = rqa__too_short(rules, job->window, job->window, job->n_x, job->n_y)};
}

static void store_values(const maker *m, const rqa__window_output *to, const double *value,
                         const uint8_t *reason)
{
    for (int k = 0; k < RQA_MEASURE_COUNT; k++)
        if (to->value[k]) {
            to->value[k][m->index * to->stride] = value[k];
            to->why[k][m->index * to->stride] = reason[k];
        }
}

static void store_points(const maker *m, uint64_t points)
{
    if (m->job->points)
        m->job->points[m->index] = points;
}

static void store_thresholds(const maker *m, const rqa__window_output *to, rqa__window_first reached)
{
    const rqa__window_job *job = m->job;
    if (to->reached) {
        to->reached[RQA__REACHED * m->index] = reached.x.threshold;
        to->reached[RQA__REACHED * m->index + 1] = reached.x.rr;
    }
    if (job->thresholds_y)
        job->thresholds_y[m->index] = reached.y.threshold;
    if (job->first && m->index == 0)
        *job->first = reached;
}

static void store_nothing(const maker *m, int why)
{
    static const rqa__reached none = {.threshold = NAN, .rr = NAN};
    double value[RQA_MEASURE_COUNT];
    uint8_t reason[RQA_MEASURE_COUNT];
    for (size_t k = 0; k < m->job->n_outputs; k++) {
        const rqa__window_output *to = &m->job->output[k];
        rqa__window_no_values(&to->how, to->how.too_short ? RQA_REASON_SERIES_TOO_SHORT : why, value,
                              reason);
        store_values(m, to, value, reason);
        store_thresholds(m, to, (rqa__window_first){none, none, NAN});
    }
    store_points(m, 0);
}

static void store_tally(const maker *m, const rqa__tally *tally)
{
    double value[RQA_MEASURE_COUNT];
    uint8_t reason[RQA_MEASURE_COUNT];
    for (size_t k = 0; k < m->job->n_outputs; k++) {
        const rqa__window_output *to = &m->job->output[k];
        rqa__window_values(&to->how, tally, m->scratch, value, reason);
        store_values(m, to, value, reason);
    }
    store_points(m, tally->points);
}

static int take_block(void *user, uint32_t dim_index, uint32_t threshold_index,
                      const rqa__tally *tally)
{
    maker *m = user;
    (void)dim_index;
    (void)threshold_index;
    rqa__bin *room = rqa__realloc(
        m->scratch, (tally->white_inner.n_bins + tally->white_border.n_bins + 1) * sizeof *room);
    if (!room)
        return rqa__fail_memory("a histogram");
    m->scratch = room;
    store_tally(m, tally);
    return RQA_OK;
}

static int slice_create(slice *s, const rqa__side *side, size_t n_samples)
{
    s->stride = n_samples + PADDING;
    s->values = rqa__alloc_array(s->stride, side->n_channels * sizeof *s->values);
    s->channel = rqa__alloc_array(side->n_channels, sizeof *s->channel);
    return s->values && s->channel ? RQA_OK : rqa__fail_memory("the samples of a window");
}

static void slice_free(slice *s)
{
    rqa__free(s->values);
    rqa__free(s->channel);
}

static rqa__side slice_fill(slice *s, const rqa__side *side, size_t first, size_t n_samples)
{
    rqa__side of_window = *side;
    for (uint32_t c = 0; c < side->n_channels; c++) {
        double *values = s->values + c * s->stride;
        memcpy(values, side->channel[c] + first, n_samples * sizeof *values);
        for (size_t k = n_samples; k < s->stride; k++)
            values[k] = NAN;
        s->channel[c] = values;
    }
    of_window.channel = s->channel;
    of_window.n_samples = n_samples;
    return of_window;
}

/* The task of the window under way. */
static rqa__task window_task(maker *m)
{
    const rqa__window_job *job = m->job;
    const size_t first = m->index * (size_t)job->step, n = (size_t)job->window;
    rqa__task task = *job->task;
    task.x = slice_fill(&m->x, &job->task->x, first, n);
    task.y = job->y.series ? slice_fill(&m->y, &job->task->y, first, n) : task.x;
    return task;
}

static int make_block(maker *m)
{
    const rqa__task task = window_task(m);
    if (rqa__task_is_empty(&task, 0)) {
        store_nothing(m, RQA_REASON_ALL_SKIPPED);
        return RQA_OK;
    }
    return rqa__cpu_run(m->worker, &task, &m->plan, NULL, m->job->cancel, take_block, m);
}

/* The window's samples as a series of their own. */
static int make_embedding(struct rqa_embedding **out, const rqa__window_side *whole, size_t first,
                          size_t n_samples)
{
    const struct rqa_series *series = whole->series;
    const double *values = series->values + whole->channel_first * series->stride + first;
    const rqa_series_options options = {
        .struct_size = sizeof options,
        .missing = RQA_MISSING_SKIP,
        .sample_stride_bytes = sizeof(double),
        .channel_stride_bytes = (int64_t)(series->stride * sizeof(double)),
    };
    struct rqa_series *part;
    int status = rqa__series_new(&part, series->context, values, n_samples, whole->channel_count,
                                 &options);
    if (status)
        return status;
    status = rqa__embedding_new(out, part, whole->dim, whole->delay);
    rqa__series_release(part);
    return status;
}

/* What one analysis gives, for every output. */
static int store_metrics(maker *m, const struct rqa_metrics *metrics)
{
    const rqa__window_first reached = {metrics->reached_x, metrics->reached_y,
                                       metrics->threshold_lower};
    int status = RQA_OK;
    store_points(m, metrics->points);
    for (size_t k = 0; k < m->job->n_outputs && !status; k++) {
        const rqa__window_output *to = &m->job->output[k];
        double value[RQA_MEASURE_COUNT];
        uint8_t why[RQA_MEASURE_COUNT];
        status = rqa__metrics_read_again(metrics, to->rules.lmin, to->rules.vmin, value, why);
        if (status)
            break;
        store_values(m, to, value, why);
        store_thresholds(m, to, reached);
    }
    return status;
}

/* A rate that is out of reach in the window leaves the others as they are. */
static int analyze_window(maker *m, const struct rqa_embedding *x, const struct rqa_embedding *y)
{
    const rqa__analysis_host host = {m->job->cancel, m->job->share_bytes};
    const rqa__rules *rules = &m->job->output[0].rules;
    rqa_analysis_options options = *m->job->options;
    struct rqa_metrics *metrics;
    int is_unreachable;
    options.lmin = rules->lmin;
    options.vmin = rules->vmin;
    options.measures = rules->measures | RQA_MEASURE_BIT(RQA_MEASURE_RR);
    int status = rqa__analyze_within(&metrics, x, y, &options, &host, &is_unreachable);
    if (status && is_unreachable) {
        store_nothing(m, RQA_REASON_RATE_UNREACHABLE);
        return RQA_OK;
    }
    if (status)
        return status;
    status = store_metrics(m, metrics);
    rqa__metrics_free(metrics);
    return status;
}

static int make_analysis(maker *m)
{
    const rqa__window_job *job = m->job;
    const rqa__task task = window_task(m);
    const size_t first = m->index * (size_t)job->step, n = (size_t)job->window;
    struct rqa_embedding *x = NULL, *y = NULL;
    if (rqa__task_is_empty(&task, 0)) {
        store_nothing(m, RQA_REASON_ALL_SKIPPED);
        return RQA_OK;
    }
    int status = make_embedding(&x, &job->x, first, n);
    if (!status && job->y.series)
        status = make_embedding(&y, &job->y, first, n);
    if (!status)
        status = analyze_window(m, x, y);
    rqa__embedding_free(x);
    rqa__embedding_free(y);
    return status;
}

static void store_trends(maker *m)
{
    double value[RQA__TRENDS_AT_ONCE];
    rqa__trends(&m->trend, m->density, m->n_pending, value);
    for (size_t k = 0; k < m->job->n_outputs; k++) {
        const rqa__window_output *to = &m->job->output[k];
        for (size_t p = 0; p < m->n_pending; p++) {
            to->value[RQA_MEASURE_TREND][m->pending[p] * to->stride] = value[p];
            to->why[RQA_MEASURE_TREND][m->pending[p] * to->stride] = RQA_REASON_DEFINED;
        }
    }
    m->n_pending = 0;
}

static void take_trend(maker *m)
{
    if (!m->has_trend)
        return;
    m->pending[m->n_pending] = m->index;
    m->density[m->n_pending] = rqa__window_densities(m->moving, m->n_pending);
    if (++m->n_pending == RQA__TRENDS_AT_ONCE)
        store_trends(m);
}

static void push(maker *m, size_t i)
{
    const rqa__side *x = &m->job->task->x, *y = &m->job->task->y;
    double *sample_y = m->sample + x->n_channels;
    for (uint32_t c = 0; c < x->n_channels; c++)
        m->sample[c] = x->channel[c][i];
    for (uint32_t c = 0; m->job->y.series && c < y->n_channels; c++)
        sample_y[c] = y->channel[c][i];
    rqa__window_push(m->moving, m->sample, sample_y);
}

/* Windows first .. end - 1, by one that moves along. */
static int make_shared(maker *m, size_t first, size_t end)
{
    const rqa__window_job *job = m->job;
    const size_t step = (size_t)job->step, window = (size_t)job->window;
    const uint64_t between_looks = rqa__steps_between_looks(8 * job->n_x);
    size_t i = first * step;
    for (m->index = first; m->index < end; m->index++) {
        for (const size_t last = m->index * step + window; i < last; i++) {
            push(m, i);
            if (i % between_looks == 0 && rqa__is_cancelled(job->cancel))
                return RQA_ERROR_CANCELLED;
        }
        if (rqa__window_is_empty(m->moving)) {
            store_nothing(m, RQA_REASON_ALL_SKIPPED);
            continue;
        }
        rqa__tally tally;
        rqa__window_tally(m->moving, &tally);
        store_tally(m, &tally);
        take_trend(m);
    }
    store_trends(m);
    return RQA_OK;
}

static int make_each(maker *m, size_t first, size_t end)
{
    int status = RQA_OK;
    for (m->index = first; m->index < end && !status; m->index++) {
        if (rqa__is_cancelled(m->job->cancel))
            return RQA_ERROR_CANCELLED;
        status = m->job->path == RQA__WINDOWS_BLOCKS ? make_block(m) : make_analysis(m);
    }
    return status;
}

static int maker_create(maker *m, const rqa__window_job *job)
{
    struct rqa_context *context = job->context;
    const size_t n = (size_t)job->window;
    *m = (maker){.job = job};
    if (job->path == RQA__WINDOWS_SHARED) {
        const size_t n_channels = job->task->x.n_channels + job->task->y.n_channels;
        m->sample = rqa__alloc_array(n_channels, sizeof *m->sample);
        m->scratch = rqa__alloc_array(2 * (size_t)job->n_x, sizeof *m->scratch);
        if (!m->sample || !m->scratch)
            return rqa__fail_memory("the samples of a window");
        int status = rqa__window_create(&m->moving, job->task, (size_t)job->n_x, context->cpu);
        m->has_trend = rqa__window_trend_range(&job->output[0].how, &m->trend);
        if (!status && rqa__window_reads_white_together(&job->output[0].how))
            rqa__window_join_white(m->moving);
        return status;
    }
    int status = slice_create(&m->x, &job->task->x, n);
    if (!status)
        status = slice_create(&m->y, &job->task->y, n);
    if (!status && job->path == RQA__WINDOWS_BLOCKS)
        status = rqa__cpu_worker_create(&m->worker, context->cpu, job->share_bytes);
    if (!status && m->worker) {
        const rqa__task task = window_task(m);
        if (!rqa__plan_make(&m->plan, &context->profile, &task, 1, job->share_bytes))
            status = rqa__context_check_memory(
                context, rqa__least_memory(&task, 1) + context->memory_limit_bytes - job->share_bytes,
                "a window, on one thread, with the values of all,");
    }
    return status;
}

static void maker_free(maker *m)
{
    rqa__window_destroy(m->moving);
    rqa__cpu_worker_destroy(m->worker);
    slice_free(&m->x);
    slice_free(&m->y);
    rqa__free(m->sample);
    rqa__free(m->scratch);
}

/* Consecutive windows, by one thread. */
static int make_share(void *arg, size_t index, unsigned worker)
{
    const rqa__window_job *job = arg;
    const size_t n = job->n_windows, each = n / job->n_shares, rest = n % job->n_shares;
    const size_t first = index * each + (index < rest ? index : rest);
    const size_t end = first + each + (index < rest);
    maker m;
    (void)worker;
    int status = maker_create(&m, job);
    if (!status)
        status = job->path == RQA__WINDOWS_SHARED ? make_shared(&m, first, end)
                                                  : make_each(&m, first, end);
    maker_free(&m);
    if (status == RQA_ERROR_CANCELLED)
        return rqa__fail(status, "the windows were cancelled");
    return status;
}

static rqa__task sized_task(const rqa__window_job *job)
{
    rqa__task task = *job->task;
    task.x.n_samples = task.y.n_samples = (size_t)job->window;
    return task;
}

uint64_t rqa__windows_least_bytes(const rqa__window_job *job)
{
    const rqa__task task = sized_task(job);
    return rqa__least_memory(&task, 1);
}

/* What a thread takes for a window: a block what it has to, an analysis what it does where memory is
 * plenty. */
static uint64_t bytes_of_window(const rqa__window_job *job)
{
    const size_t n = (size_t)job->window;
    const rqa__task task = sized_task(job);
    rqa__plan plan;
    if (job->path == RQA__WINDOWS_BLOCKS)
        return rqa__windows_least_bytes(job);
    rqa__plan_make(&plan, &job->context->profile, &task, 1, UINT64_MAX);
    /* The samples twice, where an analysis makes a series of them. */
    return plan.n_bytes + 2 * (n + PADDING) * sizeof(double) * (task.x.n_channels + task.y.n_channels);
}

void rqa__windows_share_out(rqa__window_job *job, unsigned n_threads, uint64_t memory_bytes)
{
    const uint64_t each = job->path == RQA__WINDOWS_SHARED ? 0 : bytes_of_window(job);
    const size_t n_windows = job->n_windows;
    job->n_shares = n_threads < n_windows ? n_threads : (unsigned)n_windows;
    while (job->n_shares > 1 && each > memory_bytes / job->n_shares)
        job->n_shares--;
    job->share_bytes = memory_bytes / job->n_shares;
}

int rqa__windows_run(const rqa__window_job *job, const rqa__parallel *parallel)
{
    rqa__window_job shared = *job;
    return job->n_shares == 1 ? make_share(&shared, 0, 0)
                              : parallel->run(parallel->pool, job->n_shares, make_share, &shared);
}
