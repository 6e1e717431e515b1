/* analyze.c - one analysis from embeddings (or a matrix) to a result. */
#include "batch/analyze.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/device_run.h"
#include "backend/matrix_fill.h"
#include "backend/matrix_tally.h"
#include "backend/plot_counts.h"
#include "backend/select.h"
#include "base/memory.h"
#include "batch/analyze_shared.h"
#include "batch/threshold_scale.h"
#include "data/plot_raster.h"
#include "data/png_plot.h"
#include "data/recording.h"
#include "plan/context_state.h"

/* One analysis on its way: rules, the task they make, and the threads it runs on. */
typedef struct analysis {
    struct rqa_context *context;
    rqa__rules rules;
    rqa__source source_x, source_y;
    uint32_t dim_x, dim_y;
    rqa__task task;
    double bound_x, bound_y;
    double threshold_x, threshold_y; /* in data units */
    int strategy;
    rqa__choice choice;
    int in_parts; /* shared between GPUs and threads */
    rqa__pool *pool; /* NULL on one thread */
    rqa__pool *fewer; /* in its place, where memory does not do for all threads */
    rqa__parallel parallel;
    const atomic_int *cancel; /* NULL before it entered the context */
} analysis;

static int check_pair(const struct rqa_embedding *x, const struct rqa_embedding *y,
                      int32_t relation)
{
    if (x->series->context != y->series->context)
        return rqa__fail(RQA_ERROR_MISMATCH, "x and y belong to different contexts");
    if (relation == RQA_RELATION_JOINT) {
        if (x->n_vectors != y->n_vectors)
            return rqa__fail(RQA_ERROR_MISMATCH,
                             "x has %zu vectors and y has %zu; joint recurrence needs equal numbers",
                             x->n_vectors, y->n_vectors);
        return RQA_OK;
    }
    if (x->dim != y->dim)
        return rqa__fail(RQA_ERROR_MISMATCH,
                         "x has embedding dimension %u and y has %u; cross-recurrence needs equal "
                         "ones",
                         x->dim, y->dim);
    if (x->series->n_channels != y->series->n_channels)
        return rqa__fail(RQA_ERROR_MISMATCH,
                         "x has %zu channels and y has %zu; cross-recurrence needs equal numbers",
                         x->series->n_channels, y->series->n_channels);
    return RQA_OK;
}

static int take_sources(analysis *a, const struct rqa_embedding *x, const struct rqa_embedding *y)
{
    rqa__source_open(&a->source_x, x->series, 0, (uint32_t)x->series->n_channels);
    rqa__source_open(&a->source_y, y->series, 0, (uint32_t)y->series->n_channels);
    return rqa__sources_fit(&a->source_x, &a->source_y, &a->rules);
}

/* Rules and task, without bounds. Whether it succeeds or not, end() follows. */
static int begin(analysis *a, const struct rqa_embedding *x, const struct rqa_embedding *y,
                 const rqa_analysis_options *options)
{
    memset(a, 0, sizeof *a);
    a->context = x->series->context;
    int status = rqa__context_check_process(a->context);
    if (!status)
        status = rqa__rules_resolve(&a->rules, options, y != NULL);
    if (!status)
        status = rqa__threshold_check(options->threshold, "options->threshold");
    if (!status && isnan(options->threshold_y))
        status = rqa__fail(RQA_ERROR_VALUE,
                           "options->threshold_y is NaN; a negative number means as threshold");
    if (!status && options->threshold_y >= 0)
        status = rqa__threshold_check(options->threshold_y, "options->threshold_y");
    if (!status && y)
        status = check_pair(x, y, a->rules.relation);
    if (status)
        return status;
    const struct rqa_embedding *other = y ? y : x;
    a->dim_x = x->dim;
    a->dim_y = other->dim;
    status = take_sources(a, x, other);
    if (status)
        return status;
    a->task = (rqa__task){
        .relation = (uint32_t)a->rules.relation,
        .norm = (uint32_t)a->rules.norm,
        .n_dims = 1,
        .n_thresholds = 1,
        .x = rqa__side_of(&a->source_x, x->delay, &a->dim_x),
        .y = rqa__side_of(&a->source_y, other->delay, &a->dim_y),
        .bounds = &a->bound_x,
        .bounds_y = a->rules.relation == RQA_RELATION_JOINT ? &a->bound_y : NULL,
        .theiler_points = a->rules.theiler_points,
        .theiler_diagonal = a->rules.theiler_diagonal,
        .theiler_vertical = a->rules.theiler_vertical,
        .tallies = rqa__measures_tallies(a->rules.convention, a->rules.measures),
        .upper_only = a->rules.convention->upper_only,
        .band_is_white = a->rules.convention->band_is_white,
        .skips = x->series->n_missing > 0 || other->series->n_missing > 0,
    };
    return RQA_OK;
}

static double n_pairs(const analysis *a)
{
    return (double)rqa__side_vectors(&a->task.x, 0) * (double)rqa__side_vectors(&a->task.y, 0);
}

static int is_auto(const analysis *a)
{
    return a->rules.backend == RQA_BACKEND_AUTO && a->context->forced_backend == RQA_BACKEND_AUTO;
}

static void add_reason(analysis *a, const char *note)
{
    size_t used = strlen(a->choice.reason);
    snprintf(a->choice.reason + used, sizeof a->choice.reason - used, "; %s", note);
}

/* `auto` goes on with the threads it got, and says so. */
static void accept_threads(analysis *a, const rqa__pool *pool)
{
    const unsigned wanted = a->choice.n_threads, n = rqa__pool_n_workers(pool);
    if (n >= wanted)
        return;
    char note[80];
    a->choice.n_threads = n;
    if (n == 1 && a->choice.backend == RQA_BACKEND_THREADS)
        a->choice.backend = RQA_BACKEND_SEQUENTIAL;
    snprintf(note, sizeof note, "%u of %u threads could be had", n, wanted);
    rqa__context_log(a->context, RQA_LOG_WARNING, "analysis: %s", note);
    add_reason(a, note);
}

static int take_pool(analysis *a)
{
    if (a->choice.n_threads == 1 || a->pool)
        return RQA_OK;
    int status = rqa__context_take_pool(a->context, is_auto(a), &a->pool);
    if (status)
        return status;
    a->parallel = rqa__parallel_from_pool(a->pool);
    accept_threads(a, a->pool);
    return RQA_OK;
}

/* `work` says what besides threads can do it. */
static int take_backend(analysis *a, int32_t requested, unsigned work)
{
    a->cancel = rqa__context_enter(a->context);
    a->strategy = rqa__strategy(&a->context->profile, &a->task);
    int status =
        rqa__select_backend_for(&a->choice, a->context, requested, n_pairs(a),
                                rqa__cost(&a->context->profile, &a->task), work);
    if (status)
        return status;
    rqa__context_log(a->context, RQA_LOG_INFO, "backend %s (%s)",
                     rqa_backend_name(a->choice.backend), a->choice.reason);
    return take_pool(a);
}

static void end(analysis *a)
{
    rqa__pool_destroy(a->fewer);
    if (a->pool)
        rqa__context_return_pool(a->context, a->pool);
    if (a->cancel)
        rqa__context_leave(a->context);
    rqa__source_close(&a->source_x);
    rqa__source_close(&a->source_y);
}

static const rqa__parallel *parallel_of(const analysis *a)
{
    return a->pool && a->choice.n_threads > 1 ? &a->parallel : NULL;
}

/* Turns the thresholds into data units and exact bounds. */
static int set_bounds(analysis *a, const rqa_analysis_options *options)
{
    rqa__threshold_unit unit_x, unit_y;
    int status = rqa__threshold_units(&a->rules, &a->source_x, &a->source_y, &a->task, 0,
                                      parallel_of(a), a->cancel, &unit_x, &unit_y);
    if (status)
        return status;
    double own_y = options->threshold_y >= 0 ? options->threshold_y : options->threshold;
    double on_x = rqa__threshold_in(unit_x, options->threshold);
    double on_y = rqa__threshold_in(unit_y, own_y);
    a->bound_x = rqa__bound(a->rules.norm, a->rules.compare, on_x);
    a->bound_y = rqa__bound(a->rules.norm, a->rules.compare, on_y);
    int as_given = a->rules.threshold_unit == RQA_THRESHOLD_DATA;
    a->threshold_x = as_given ? options->threshold : rqa__threshold_shown(&a->source_x, on_x);
    a->threshold_y = as_given ? own_y : rqa__threshold_shown(&a->source_y, on_y);
    return RQA_OK;
}

static int take_tally(void *user, uint32_t dim_index, uint32_t threshold_index,
                      const rqa__tally *tally)
{
    (void)dim_index;
    (void)threshold_index;
    return rqa__metrics_take(user, tally);
}

/* The fastest that memory does for: fewer threads, or the other strategy. *n_threads 0: nothing. */
static void find_room(const analysis *a, unsigned *n_threads, int *strategy)
{
    double least = INFINITY;
    *n_threads = 0;
    for (unsigned n = a->choice.n_threads; n > 0; n--) {
        rqa__memory_fit fit;
        if (rqa__fit_memory(&fit, &a->context->profile, &a->task, n,
                            a->context->memory_limit_bytes) &&
            fit.cost / n < least) {
            least = fit.cost / n;
            *n_threads = n;
            *strategy = fit.strategy;
        }
    }
}

/* Says what the memory limit has changed, also in the provenance. */
static void tell_of_limit(analysis *a, unsigned wanted, int strategy)
{
    char note[100];
    snprintf(note, sizeof note, "%u of %u threads, by %s, for the memory limit",
             a->choice.n_threads, wanted, rqa__strategy_words(strategy));
    rqa__context_log(a->context, RQA_LOG_WARNING, "analysis: %s of %llu bytes", note,
                     (unsigned long long)a->context->memory_limit_bytes);
    add_reason(a, note);
}

static int fit_memory(analysis *a)
{
    unsigned wanted = a->choice.n_threads, n;
    int strategy;
    if (rqa__cpu_memory(&a->task, a->strategy, wanted) <= a->context->memory_limit_bytes)
        return RQA_OK;
    find_room(a, &n, &strategy);
    if (n == 0)
        return rqa__context_check_memory(a->context, rqa__least_memory(&a->task, 1),
                                         "the analysis, on one thread,");
    a->strategy = strategy;
    a->choice.n_threads = n;
    tell_of_limit(a, wanted, strategy);
    if (n == wanted || n == 1)
        return RQA_OK;
    int status = is_auto(a) ? rqa__pool_create_some(&a->fewer, n) : rqa__pool_create(&a->fewer, n);
    if (status)
        return status;
    a->parallel = rqa__parallel_from_pool(a->fewer);
    accept_threads(a, a->fewer);
    return RQA_OK;
}

static int run_on_threads(analysis *a, struct rqa_metrics *metrics)
{
    int status = fit_memory(a);
    if (status)
        return status;
    rqa__cpu_worker *worker;
    status = rqa__cpu_worker_create(&worker, a->context->cpu, &a->context->profile);
    if (status)
        return status;
    rqa__cpu_worker_limit(worker, a->context->memory_limit_bytes);
    status = rqa__cpu_run(worker, &a->task, parallel_of(a), a->cancel, take_tally, metrics);
    rqa__cpu_worker_destroy(worker);
    return status;
}

/* `auto` goes on without a device that is too small, has failed or cannot do it; it says so. */
static int leave_gpu(analysis *a, int status)
{
    int may_leave = status == RQA_ERROR_MEMORY || status == RQA_ERROR_BACKEND_FAILED ||
                    status == RQA_ERROR_UNSUPPORTED || status == RQA_ERROR_BACKEND_MISSING ||
                    status == RQA_ERROR_THREAD; /* each device has one */
    if (!may_leave || !is_auto(a))
        return status;
    rqa__context_log(a->context, RQA_LOG_WARNING, "not on the GPU: %s", rqa_last_error());
    char why[100];
    snprintf(why, sizeof why, "%s", rqa_last_error());
    status = rqa__select_backend(&a->choice, a->context, RQA_BACKEND_AUTO, n_pairs(a),
                                 rqa__cost(&a->context->profile, &a->task));
    if (!status)
        status = take_pool(a);
    if (!status)
        snprintf(a->choice.reason, sizeof a->choice.reason, "auto: left the GPU: %s", why);
    return status;
}

static int run(analysis *a, struct rqa_metrics *metrics)
{
    if (a->choice.backend != RQA_BACKEND_GPU && a->choice.backend != RQA_BACKEND_HYBRID)
        return run_on_threads(a, metrics);
    int status;
    a->in_parts = rqa__is_shared(a->context, &a->choice, &a->task, is_auto(a));
    if (a->in_parts)
        status = rqa__analyze_shared(a->context, &a->choice, &a->task, a->cancel, take_tally,
                                     metrics);
    else
        status = rqa__device_run_one(a->choice.device, a->context, &a->task, a->cancel, take_tally,
                                     metrics);
    if (!status)
        return RQA_OK;
    a->in_parts = 0;
    status = leave_gpu(a, status);
    return status ? status : run_on_threads(a, metrics);
}

static void fill_provenance(struct rqa_metrics *metrics, const analysis *a)
{
    metrics->threshold = a->threshold_x;
    metrics->threshold_y = a->threshold_y;
    metrics->backend = a->choice.backend;
    metrics->n_threads = a->choice.n_threads;
    const int on_gpu =
        a->choice.backend == RQA_BACKEND_GPU || a->choice.backend == RQA_BACKEND_HYBRID;
    metrics->kernels =
        on_gpu ? a->choice.device->table->name : rqa__level_name(a->context->cpu.level);
    metrics->strategy = a->in_parts ? "parts" : on_gpu ? "walk" : rqa__strategy_name(a->strategy);
    memcpy(metrics->reason, a->choice.reason, sizeof metrics->reason);
}

/* How many vectors are left out; that must not be all of them. */
static int count_skipped(const analysis *a, struct rqa_metrics *m)
{
    if (!a->task.skips)
        return RQA_OK;
    m->n_skipped_x = rqa__side_absent(&a->task.x, 0, NULL);
    m->n_skipped_y = rqa__side_absent(&a->task.y, 0, NULL);
    if (!rqa__task_is_empty(&a->task, 0) ||
        rqa__too_short(&m->rules, m->n_samples_x, m->n_samples_y, m->n_x, m->n_y))
        return RQA_OK;
    const int in_x = m->n_skipped_x == m->n_x, in_y = m->n_skipped_y == m->n_y;
    return rqa__fail(RQA_ERROR_TOO_SHORT,
                     "every one of the %llu vectors of %s touches a missing sample and is skipped",
                     (unsigned long long)(in_x ? m->n_x : m->n_y),
                     in_x ? "x" : in_y ? "y" : "x and y together");
}

int rqa__analyze(struct rqa_metrics **out, const struct rqa_embedding *x,
                 const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    analysis a;
    struct rqa_metrics *metrics = NULL;
    int status = begin(&a, x, y, options);
    if (!status && !(metrics = rqa__calloc(1, sizeof *metrics)))
        status = rqa__fail_memory("a result");
    if (status) {
        end(&a);
        return status;
    }
    metrics->rules = a.rules;
    metrics->tallies = a.task.tallies;
    metrics->n_samples_x = a.task.x.n_samples;
    metrics->n_samples_y = a.task.y.n_samples;
    metrics->n_x = rqa__side_vectors(&a.task.x, 0);
    metrics->n_y = rqa__side_vectors(&a.task.y, 0);
    status = take_backend(&a, a.rules.backend, RQA__WORK_ON_GPU | RQA__WORK_HYBRID);
    if (!status)
        status = count_skipped(&a, metrics);
    if (!status)
        status = set_bounds(&a, options);
    if (!status)
        status = run(&a, metrics);
    if (!status)
        fill_provenance(metrics, &a);
    end(&a);
    if (status) {
        rqa__metrics_free(metrics);
        return status;
    }
    *out = metrics;
    return RQA_OK;
}

/* A matrix is filled on threads, even where the environment sends analyses to a GPU. */
static int32_t matrix_backend(const analysis *a)
{
    int on_gpu = a->context->forced_backend == RQA_BACKEND_GPU ||
                 a->context->forced_backend == RQA_BACKEND_HYBRID;
    return a->rules.backend == RQA_BACKEND_AUTO && on_gpu ? RQA_BACKEND_THREADS : a->rules.backend;
}

int rqa__matrix_of(struct rqa_matrix **out, const struct rqa_embedding *x,
                   const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    analysis a;
    int status = begin(&a, x, y, options);
    if (status) {
        end(&a);
        return status;
    }
    size_t n_columns = rqa__side_vectors(&a.task.x, 0), n_rows = rqa__side_vectors(&a.task.y, 0);
    uint64_t n_bytes;
    status = rqa__matrix_size(n_rows, n_columns, &n_bytes);
    char what[96];
    snprintf(what, sizeof what, "a recurrence matrix of %zu x %zu bits", n_rows, n_columns);
    if (!status)
        status = rqa__context_check_memory(a.context, n_bytes, what);
    if (!status)
        status = take_backend(&a, matrix_backend(&a), 0);
    if (!status)
        status = set_bounds(&a, options);
    struct rqa_matrix *matrix = NULL;
    if (!status)
        status = rqa__matrix_new(&matrix, a.context, n_rows, n_columns);
    if (!status)
        status = rqa__matrix_fill(&a.task, rqa__cpu_bits_kernels(a.context->cpu), matrix->words,
                                  matrix->words_per_row, parallel_of(&a), a.cancel);
    end(&a);
    if (status) {
        rqa__matrix_free(matrix);
        return status;
    }
    *out = matrix;
    return RQA_OK;
}

/* On all threads, or on one where memory does not do for more. */
static int fit_plot(analysis *a, const rqa__block_counts *c)
{
    const size_t held = rqa__block_counts_memory(c->n_rows, c->n_columns, c->block);
    unsigned n = a->choice.n_threads;
    uint64_t n_bytes = 0;
    for (; n > 0; n = n > 1 ? 1 : 0) {
        const size_t work = rqa__plot_counts_memory(&a->task, c->n_columns, c->block, n);
        n_bytes = held > SIZE_MAX - work ? UINT64_MAX : (uint64_t)held + work;
        if (n_bytes <= a->context->memory_limit_bytes) {
            a->choice.n_threads = n;
            return RQA_OK;
        }
    }
    char what[120];
    snprintf(what, sizeof what, "a plot of %zu x %zu cells in blocks of %zu x %zu, on one thread,",
             c->n_rows, c->n_columns, c->block, c->block);
    return rqa__context_check_memory(a->context, n_bytes, what);
}

/* The counts of a plot that is reduced; their block is given. */
static int count_plot(rqa__block_counts *counts, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    analysis a;
    int status = begin(&a, x, y, options);
    if (!status)
        status = take_backend(&a, matrix_backend(&a), 0);
    if (!status)
        status = fit_plot(&a, counts);
    if (!status)
        status = set_bounds(&a, options);
    if (!status)
        status = rqa__block_counts_create(counts, counts->n_rows, counts->n_columns, counts->block);
    if (!status)
        status = rqa__plot_counts(counts, &a.task, rqa__cpu_bits_kernels(a.context->cpu),
                                  parallel_of(&a), a.cancel);
    end(&a);
    return status;
}

static int plot_whole(const char *path, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options,
                      const rqa_png_options *png)
{
    struct rqa_matrix *matrix;
    int status = rqa__matrix_of(&matrix, x, y, options);
    if (status)
        return status;
    status = rqa__png_plot_write(matrix, path, png);
    rqa__matrix_free(matrix);
    return status;
}

int rqa__plot_of(const char *path, const struct rqa_embedding *x, const struct rqa_embedding *y,
                 const rqa_analysis_options *options, const rqa_png_options *png)
{
    rqa__block_counts counts = {.n_rows = (y ? y : x)->n_vectors, .n_columns = x->n_vectors};
    int status = rqa__png_plot_check(path, png);
    if (status)
        return status;
    counts.block = rqa__plot_raster_block(counts.n_rows, counts.n_columns, png->max_pixels);
    if (counts.block == 1)
        return plot_whole(path, x, y, options, png);
    status = count_plot(&counts, x, y, options);
    if (!status)
        status = rqa__png_plot_write_counts(&counts, path, png);
    rqa__block_counts_release(&counts);
    return status;
}

int rqa__analyze_matrix(struct rqa_metrics **out, const struct rqa_matrix *matrix,
                        const rqa_analysis_options *options)
{
    struct rqa_metrics *metrics = rqa__calloc(1, sizeof *metrics);
    if (!metrics)
        return rqa__fail_memory("a result");
    int status = rqa__rules_resolve(&metrics->rules, options,
                                    options->relation != RQA_RELATION_AUTO);
    const rqa__rules *rules = &metrics->rules;
    if (!status && rules->relation != RQA_RELATION_CROSS && matrix->n_rows != matrix->n_columns)
        status = rqa__fail(RQA_ERROR_MISMATCH,
                           "the matrix has %zu rows and %zu columns; options->relation %s needs a "
                           "square one",
                           matrix->n_rows, matrix->n_columns,
                           rules->relation == RQA_RELATION_AUTO ? "auto" : "joint");
    if (status) {
        rqa__metrics_free(metrics);
        return status;
    }
    metrics->from_matrix = 1;
    metrics->n_x = metrics->n_samples_x = matrix->n_columns;
    metrics->n_y = metrics->n_samples_y = matrix->n_rows;
    metrics->threshold = metrics->threshold_y = NAN;
    metrics->tallies = rqa__measures_tallies(rules->convention, rules->measures);
    metrics->backend = RQA_BACKEND_SEQUENTIAL;
    metrics->n_threads = 1;
    metrics->kernels = rqa__level_name(matrix->context->cpu.level);
    metrics->strategy = "matrix";
    snprintf(metrics->reason, sizeof metrics->reason, "a matrix is read on the calling thread");
    rqa__matrix_view view = {
        .words = matrix->words,
        .words_per_row = matrix->words_per_row,
        .n_x = matrix->n_columns,
        .n_y = matrix->n_rows,
        .theiler_points = rules->theiler_points,
        .theiler_diagonal = rules->theiler_diagonal,
        .theiler_vertical = rules->theiler_vertical,
        .tallies = metrics->tallies,
        .upper_only = rules->convention->upper_only,
        .band_is_white = rules->convention->band_is_white,
        .kernels = rqa__cpu_bits_kernels(matrix->context->cpu),
    };
    /* A fork may read its parent's matrix, but not take its lock. */
    int at_home = matrix->context->process_id == rqa__process_id();
    if (at_home)
        view.cancel = rqa__context_enter(matrix->context);
    status = rqa__matrix_tally(&view, take_tally, metrics);
    if (at_home)
        rqa__context_leave(matrix->context);
    if (status) {
        rqa__metrics_free(metrics);
        return status;
    }
    *out = metrics;
    return RQA_OK;
}
