/* analyze_windows.c - the windows of a recording: whether they share their work, and on which
 * threads. */
#include "batch/analyze_windows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "base/look.h"
#include "base/memory.h"
#include "batch/analysis_state.h"
#include "batch/metrics_result.h"
#include "plan/cell_rules.h"
#include "plan/neighbourhood.h"
#include "windows/window.h"

static int check_sizes(const rqa__analysis *a, const rqa_windows_options *windows, uint64_t *n_x,
                       uint64_t *n_y)
{
    const int cross = a->task.relation != RQA__RELATION_AUTO;
    const size_t in_x = a->task.x.n_samples, in_y = a->task.y.n_samples;
    const size_t n = in_y < in_x ? in_y : in_x;
    if (windows->scope < 0 || windows->scope > RQA_WINDOWS_SCOPE_WINDOW)
        return rqa__fail(RQA_ERROR_VALUE, "windows->scope is %d; allowed is 0..%d", windows->scope,
                         RQA_WINDOWS_SCOPE_WINDOW);
    if (windows->step == 0)
        return rqa__fail(RQA_ERROR_VALUE, "windows->step is 0; allowed is 1, 2, ... samples");
    if (windows->window == 0)
        return rqa__fail(RQA_ERROR_VALUE,
                         "windows->window is 0; allowed is 1 .. the %zu samples of the %srecording",
                         n, cross ? "shorter " : "");
    if (windows->window > n)
        return rqa__fail(RQA_ERROR_VALUE,
                         "windows->window is %" PRIu64 " samples, but the %srecording has %zu",
                         windows->window, cross ? "shorter " : "", n);
    *n_x = rqa__n_vectors((size_t)windows->window, a->dim_x, a->task.x.delay);
    *n_y = rqa__n_vectors((size_t)windows->window, a->dim_y, a->task.y.delay);
    if (*n_x < 2 || *n_y < 2)
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "a window of %" PRIu64 " samples has %" PRIu64
                         " vectors at dim %u and delay %u; it needs 2",
                         windows->window, *n_x < 2 ? *n_x : *n_y, *n_x < 2 ? a->dim_x : a->dim_y,
                         *n_x < 2 ? a->task.x.delay : a->task.y.delay);
    if (a->task.relation == RQA__RELATION_JOINT && *n_x != *n_y)
        return rqa__fail(RQA_ERROR_MISMATCH,
                         "a window has %" PRIu64 " vectors of x and %" PRIu64
                         " of y; joint recurrence needs equal numbers",
                         *n_x, *n_y);
    return RQA_OK;
}

/* Nanoseconds, of one core: a moving window takes a vector in and lets one go, whose cells it meets
 * twice, once for its lines and once for those of the others, in memory that grows with the square
 * of the window; a block is counted anew for each window. Between those of smooth recordings and of
 * noise, which differ by a factor of up to eight for a moving window and five for a block. */
static double ns_shared(const rqa__window_job *job)
{
    const double vectors = (double)job->n_x;
    const double n = (double)(job->n_windows - 1) * (double)job->step + vectors;
    return n * (320 + 1.3 * vectors * (1 + vectors / 12000)) +
           (double)job->n_windows * (300 + 0.5 * vectors);
}

static double ns_blocks(const rqa__window_job *job)
{
    const double x = (double)job->n_x, y = (double)job->n_y;
    return (double)job->n_windows * (7000 + 60 * (x + y) + 0.055 * x * y);
}

double rqa__windows_cost(const rqa__window_job *job)
{
    const double shared = ns_shared(job), blocks = ns_blocks(job);
    if (job->path == RQA__WINDOWS_ANALYSES) /* each with its options, embeddings and result */
        return blocks + 35000 * (double)job->n_windows;
    return job->n_x == job->n_y && shared < blocks ? shared : blocks;
}

/* The one place that decides whether windows share their work: where a moving window can be had,
 * within the memory, and is expected to be done first. */
static int is_shared(const rqa__window_job *job, uint64_t room, unsigned n_threads)
{
    if (job->path != RQA__WINDOWS_BLOCKS || job->n_x != job->n_y)
        return 0;
    const size_t n_bytes = rqa__window_bytes(job->task, (size_t)job->n_x);
    if (n_bytes == 0 || n_bytes > room / n_threads)
        return 0;
    return ns_shared(job) < ns_blocks(job);
}

int rqa__windows_compute(rqa__window_job *job, uint64_t memory_bytes, const rqa__parallel *parallel)
{
    const unsigned n_threads = parallel ? parallel->n_workers : 1;
    if (is_shared(job, memory_bytes, n_threads))
        job->path = RQA__WINDOWS_SHARED;
    rqa__windows_share_out(job, n_threads, memory_bytes);
    return rqa__windows_run(job, parallel);
}

/* Threads pay by what is computed, not by the size of the plot; also where the environment sends
 * analyses to a GPU. */
static int take_backend(rqa__analysis *a, const rqa__window_job *job)
{
    const double ns = rqa__windows_cost(job);
    const int32_t backend = rqa__analysis_thread_backend(a);
    a->cancel = rqa__context_enter(a->context);
    int status = rqa__select_backend(&a->choice, a->context, backend, ns, ns);
    if (status)
        return status;
    rqa__context_log(a->context, RQA_LOG_INFO, "windows: backend %s (%s)",
                     rqa_backend_name(a->choice.backend), a->choice.reason);
    return rqa__analysis_take_pool(a);
}

size_t rqa__windows_bytes(size_t n_windows, uint64_t measures, int own_thresholds)
{
    size_t each = sizeof(uint64_t) + (own_thresholds ? 3 * sizeof(double) : 0), n_bytes;
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (measures & RQA_MEASURE_BIT(m))
            each += sizeof(double) + 1;
    return rqa__mul_size(n_windows, each, &n_bytes) ? SIZE_MAX : n_bytes;
}

/* A refusal names what does for a window too, or a second one would follow. */
static int check_values(const rqa__window_job *job, uint64_t n_bytes)
{
    const uint64_t limit = job->context->memory_limit_bytes;
    if (n_bytes <= limit)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_MEMORY_LIMIT,
                     "a window, on one thread, with the values of all, needs %s%" PRIu64
                     " bytes; the context's memory limit is %" PRIu64 " bytes",
                     job->path == RQA__WINDOWS_ANALYSES ? "at least " : "",
                     n_bytes + rqa__windows_least_bytes(job), limit);
}

static int take_room(struct rqa_windows *w, int own_thresholds)
{
    int full = 1;
    w->points = rqa__calloc(w->n_windows, sizeof *w->points);
    full = full && w->points;
    if (own_thresholds) {
        w->reached = rqa__calloc(w->n_windows, RQA__REACHED * sizeof *w->reached);
        w->thresholds_y = rqa__calloc(w->n_windows, sizeof *w->thresholds_y);
        full = full && w->reached && w->thresholds_y;
    }
    for (int m = 0; m < RQA_MEASURE_COUNT; m++) {
        if (!(w->rules.measures & RQA_MEASURE_BIT(m)))
            continue;
        w->value[m] = rqa__calloc(w->n_windows, sizeof *w->value[m]);
        w->why[m] = rqa__calloc(w->n_windows, sizeof *w->why[m]);
        full = full && w->value[m] && w->why[m];
    }
    return full ? RQA_OK : rqa__fail_memory("the values of the windows");
}

void rqa__windows_free(struct rqa_windows *w)
{
    if (!w)
        return;
    for (int m = 0; m < RQA_MEASURE_COUNT; m++) {
        rqa__free(w->value[m]);
        rqa__free(w->why[m]);
    }
    rqa__free(w->points);
    rqa__free(w->reached);
    rqa__free(w->thresholds_y);
    rqa__free(w);
}

/* Which of the ways can do it: what is not computed from lines, or has a unit in each window, is a
 * whole analysis of its own. */
int rqa__windows_path(const rqa__rules *rules, int32_t scope)
{
    if (scope == RQA_WINDOWS_SCOPE_WINDOW && rules->threshold_unit != RQA_THRESHOLD_DATA)
        return RQA__WINDOWS_ANALYSES;
    if (rules->corridor || rules->border != RQA_BORDER_ALL || rqa__cell_rules_name(rules))
        return RQA__WINDOWS_ANALYSES;
    return rules->measures & ~RQA__LINE_MEASURES ? RQA__WINDOWS_ANALYSES : RQA__WINDOWS_BLOCKS;
}

/* Neighbours are those among the vectors that are compared: of a window, or of the whole. */
static int check_neighbours(const rqa__rules *rules)
{
    if (!rqa__counts_neighbours(rules))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->threshold_unit counts neighbours, which are those of each window; "
                     "windows->scope must be window");
}

/* An analysis of a window has one lower threshold, in units of the data. */
static int check_corridor(const rqa__rules *rules)
{
    if (!rules->corridor || rules->relation != RQA_RELATION_JOINT ||
        rules->threshold_unit == RQA_THRESHOLD_DATA)
        return RQA_OK;
    return rqa__fail(
        RQA_ERROR_UNSUPPORTED,
        "options->corridor of a joint recurrence in windows needs "
        "options->threshold_unit data, or windows->scope window: x and y have units of "
        "their own");
}

int rqa__windows_check_scope(const rqa__rules *rules, int32_t scope)
{
    if (scope == RQA_WINDOWS_SCOPE_WINDOW)
        return RQA_OK;
    int status = check_neighbours(rules);
    return status ? status : check_corridor(rules);
}

static void describe(struct rqa_windows *w, const rqa__analysis *a, const rqa__window_job *job)
{
    w->backend = a->choice.backend;
    w->n_threads = a->choice.n_threads;
    w->kernels = rqa__level_name(a->context->cpu.level);
    w->strategy = job->path == RQA__WINDOWS_SHARED ? "windows" : "blocks";
    w->reached_x = job->first ? job->first->x : a->reached_x;
    w->reached_y = job->first ? job->first->y : a->reached_y;
    w->threshold_lower = job->first ? job->first->lower : a->threshold_lower;
    memcpy(w->reason, a->choice.reason, sizeof w->reason);
}

/* The task has its bounds unless each window has its own. Rules of cells are those of each window
 * in either case: of the recording they would take as long as all of its cells. */
static int compute(struct rqa_windows *w, rqa__analysis *a, rqa__window_job *job,
                   const rqa_analysis_options *options)
{
    rqa_analysis_options in_data_units = *options;
    const int own = w->reached != NULL;
    int status = own ? RQA_OK : rqa__analysis_set_thresholds(a, options);
    if (status)
        return status;
    /* A rate has no threshold where the recording has no cells; then no window has any. Nor is
     * there a corridor in units of a constant recording; all windows of it are constant. */
    const int is_one = options->corridor ? a->threshold_lower < a->reached_x.threshold
                                         : !isnan(a->reached_x.threshold);
    if (!own && is_one) {
        in_data_units.threshold_unit = RQA_THRESHOLD_DATA;
        in_data_units.threshold = a->reached_x.threshold;
        in_data_units.threshold_y = a->reached_y.threshold;
        in_data_units.threshold_lower = options->corridor ? a->threshold_lower : 0;
    }
    in_data_units.backend = RQA_BACKEND_SEQUENTIAL;
    job->options = &in_data_units;
    /* What the values take is checked already. */
    const uint64_t room =
        a->context->memory_limit_bytes - rqa__windows_bytes(w->n_windows, w->rules.measures, own);
    job->cancel = a->cancel;
    return rqa__windows_compute(job, room, rqa__analysis_parallel(a));
}

/* Where the values go, and what is told of each window. */
static void set_output(rqa__window_job *job, rqa__window_output *output, struct rqa_windows *w,
                       rqa__window_first *first)
{
    rqa__window_output_init(output, &w->rules, job);
    memcpy(output->value, w->value, sizeof output->value);
    memcpy(output->why, w->why, sizeof output->why);
    output->reached = w->reached;
    job->output = output;
    job->n_outputs = 1;
    job->points = w->points;
    job->thresholds_y = w->thresholds_y;
    job->first = w->reached ? first : NULL;
}

static rqa__window_side side_of(const struct rqa_embedding *e)
{
    return e ? (rqa__window_side){.series = e->series,
                                  .channel_count = (uint32_t)e->series->n_channels,
                                  .dim = e->dim,
                                  .delay = e->delay}
             : (rqa__window_side){0};
}

int rqa__windows_of(struct rqa_windows **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options,
                    const rqa_windows_options *windows)
{
    rqa__analysis a;
    struct rqa_windows *w = NULL;
    rqa__window_output output;
    rqa__window_first first;
    rqa__window_job job = {.context = x->series->context,
                           .task = &a.task,
                           .x = side_of(x),
                           .y = side_of(y),
                           .window = windows->window,
                           .step = windows->step};
    int status = rqa__analysis_begin(&a, x, y, options);
    if (!status)
        status = rqa__task_check_strategy(&a.task, &a.rules);
    if (!status)
        status = rqa__refuse_adaptive(&a.rules, "an analysis in windows");
    if (!status)
        status = check_sizes(&a, windows, &job.n_x, &job.n_y);
    if (!status)
        status = rqa__windows_check_scope(&a.rules, windows->scope);
    if (!status && !(w = rqa__calloc(1, sizeof *w)))
        status = rqa__fail_memory("the windows");
    if (!status) {
        const size_t n =
            x->series->n_samples < a.task.y.n_samples ? x->series->n_samples : a.task.y.n_samples;
        w->rules = a.rules;
        w->window = windows->window;
        w->step = windows->step;
        w->n_windows = job.n_windows = (size_t)((n - windows->window) / windows->step) + 1;
        w->cells = rqa__rules_cells(&w->rules, job.n_x, job.n_y);
        job.path = rqa__windows_path(&w->rules, windows->scope);
        const int own =
            job.path == RQA__WINDOWS_ANALYSES && windows->scope == RQA_WINDOWS_SCOPE_WINDOW;
        status = check_values(&job, rqa__windows_bytes(w->n_windows, w->rules.measures, own));
        if (!status)
            status = take_room(w, own);
    }
    if (!status) {
        set_output(&job, &output, w, &first);
        status = take_backend(&a, &job);
    }
    if (!status)
        status = compute(w, &a, &job, options);
    if (!status)
        describe(w, &a, &job);
    rqa__analysis_end(&a);
    if (status) {
        rqa__windows_free(w);
        return status;
    }
    *out = w;
    return RQA_OK;
}
