/* analysis_state.c - one analysis, matrix or plot on its way: from embeddings and options to a
 * task, its bounds and the threads it runs on. */
#include "batch/analysis_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/adaptive_neighbours.h"
#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/recording.h"
#include "measures/measures.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

static int check_pair(const struct rqa_embedding *x, const struct rqa_embedding *y,
                      int32_t relation)
{
    if (x->series->context != y->series->context)
        return rqa__fail(RQA_ERROR_MISMATCH, "x and y belong to different contexts");
    if (relation == RQA_RELATION_JOINT) {
        if (x->n_vectors != y->n_vectors)
            return rqa__fail(
                RQA_ERROR_MISMATCH,
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

static int take_sources(rqa__analysis *a, const struct rqa_embedding *x,
                        const struct rqa_embedding *y)
{
    rqa__source_open(&a->source_x, x->series, 0, (uint32_t)x->series->n_channels);
    rqa__source_open(&a->source_y, y->series, 0, (uint32_t)y->series->n_channels);
    return rqa__sources_fit(&a->source_x, &a->source_y, &a->rules);
}

int rqa__analysis_begin(rqa__analysis *a, const struct rqa_embedding *x,
                        const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    memset(a, 0, sizeof *a);
    a->context = x->series->context;
    a->wanted = options->threshold;
    int status = rqa__context_check_process(a->context);
    if (!status)
        status = rqa__rules_resolve(&a->rules, options, y != NULL);
    if (!status)
        status = rqa__neighbourhood_check(&a->rules, options);
    if (!status)
        status = rqa__threshold_suits(&a->rules, options->threshold, "options->threshold");
    if (!status && a->rules.relation == RQA_RELATION_JOINT && options->threshold_y >= 0)
        status = rqa__threshold_suits(&a->rules, options->threshold_y, "options->threshold_y");
    if (!status && y)
        status = check_pair(x, y, a->rules.relation);
    if (status)
        return status;
    const struct rqa_embedding *other = y ? y : x;
    const int limited = rqa__has_limits(&a->rules);
    a->dim_x = x->dim;
    a->dim_y = other->dim;
    status = take_sources(a, x, other);
    if (status)
        return status;
    a->task = (rqa__task){
        .relation = rqa__task_relation(&a->rules),
        .norm = (uint32_t)a->rules.norm,
        .n_dims = 1,
        .n_thresholds = 1,
        .x = rqa__side_of(&a->source_x, x->delay, &a->dim_x),
        .y = rqa__side_of(&a->source_y, other->delay, &a->dim_y),
        .bounds = &a->bound_x,
        .bounds_y = a->rules.relation == RQA_RELATION_JOINT ? &a->bound_y : NULL,
        .limits = limited ? &a->limits[0] : NULL,
        .limits_y = limited && a->rules.relation == RQA_RELATION_JOINT ? &a->limits[1] : NULL,
        .cells = rqa__is_adaptive(&a->rules) ? &a->cells : NULL,
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

double rqa__analysis_pairs(const rqa__analysis *a)
{
    return rqa__task_pairs(&a->task, 0);
}

int rqa__analysis_is_auto(const rqa__analysis *a)
{
    return a->rules.backend == RQA_BACKEND_AUTO && a->context->forced_backend == RQA_BACKEND_AUTO;
}

void rqa__analysis_add_reason(rqa__analysis *a, const char *note)
{
    size_t used = strlen(a->choice.reason);
    snprintf(a->choice.reason + used, sizeof a->choice.reason - used, "; %s", note);
}

void rqa__analysis_accept_threads(rqa__analysis *a, const rqa__pool *pool)
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
    rqa__analysis_add_reason(a, note);
}

int rqa__analysis_take_pool(rqa__analysis *a)
{
    if (a->choice.n_threads == 1 || a->pool)
        return RQA_OK;
    int status = rqa__context_take_pool(a->context, rqa__analysis_is_auto(a), &a->pool);
    if (status)
        return status;
    a->parallel = rqa__parallel_from_pool(a->pool);
    rqa__analysis_accept_threads(a, a->pool);
    return RQA_OK;
}

int32_t rqa__analysis_thread_backend(const rqa__analysis *a)
{
    const int on_gpu = a->context->forced_backend == RQA_BACKEND_GPU ||
                       a->context->forced_backend == RQA_BACKEND_HYBRID;
    return a->rules.backend == RQA_BACKEND_AUTO && on_gpu ? RQA_BACKEND_THREADS : a->rules.backend;
}

static void add_limit_reason(rqa__analysis *a)
{
    char note[60];
    snprintf(note, sizeof note, "%s run on threads alone", rqa__limit_words(&a->rules));
    rqa__analysis_add_reason(a, note);
}

int rqa__analysis_take_backend(rqa__analysis *a, int32_t requested, unsigned work)
{
    const int cpu_alone = a->task.limits || a->task.cells;
    a->cancel = a->host ? a->host->cancel : rqa__context_enter(a->context);
    int status = rqa__select_backend_for(&a->choice, a->context, requested, rqa__analysis_pairs(a),
                                         rqa__cost(&a->context->profile, &a->task),
                                         cpu_alone ? 0 : work);
    if (status)
        return status;
    if (cpu_alone && work && rqa__analysis_is_auto(a))
        add_limit_reason(a);
    if (a->host)
        return RQA_OK;
    rqa__context_log(a->context, RQA_LOG_INFO, "backend %s (%s)",
                     rqa_backend_name(a->choice.backend), a->choice.reason);
    return rqa__analysis_take_pool(a);
}

void rqa__analysis_end(rqa__analysis *a)
{
    rqa__pool_destroy(a->fewer);
    if (a->pool)
        rqa__context_return_pool(a->context, a->pool);
    if (a->cancel && !a->host)
        rqa__context_leave(a->context);
    for (int k = 0; k < 2; k++) {
        rqa__neighbour_bounds_free(&a->neighbours[k]);
        rqa__tangents_destroy(a->tangents[k]);
    }
    rqa__cell_lists_free(&a->cells);
    rqa__skeleton_destroy(a->skeleton);
    rqa__source_close(&a->source_x);
    rqa__source_close(&a->source_y);
}

const rqa__parallel *rqa__analysis_parallel(const rqa__analysis *a)
{
    return a->pool && a->choice.n_threads > 1 ? &a->parallel : NULL;
}

rqa__bound_search rqa__analysis_search(const rqa__analysis *a, int of_y)
{
    const rqa__side *x = of_y ? &a->task.y : &a->task.x;
    return (rqa__bound_search){
        .context = a->context,
        .rules = &a->rules,
        .source = of_y ? &a->source_y : &a->source_x,
        .x = x,
        .y = a->rules.relation == RQA_RELATION_CROSS ? &a->task.y : x,
        .skips = (int)a->task.skips,
        .parallel = rqa__analysis_parallel(a),
        .cancel = a->cancel,
    };
}

int rqa__analysis_units(const rqa__analysis *a, rqa__threshold_unit *unit_x,
                        rqa__threshold_unit *unit_y)
{
    const rqa__threshold_scale scale = {.rules = &a->rules,
                                        .x = &a->source_x,
                                        .y = &a->source_y,
                                        .task = &a->task,
                                        .parallel = rqa__analysis_parallel(a),
                                        .cancel = a->cancel};
    return rqa__threshold_units(&scale, unit_x, unit_y);
}
