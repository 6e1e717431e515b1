/* analyze_matrix.c - from a matrix that is there to a result. */
#include <math.h>
#include <stdio.h>

#include "backend/border_walk.h"
#include "backend/cpu_run.h"
#include "backend/matrix_count.h"
#include "base/memory.h"
#include "base/thread.h"
#include "batch/analyze.h"
#include "batch/metrics_result.h"
#include "measures/measure_list.h"
#include "plan/cell_rules.h"
#include "plan/context_state.h"

/* Cells that are worth the threads of the context. */
static const double sequential_below = 1e6;

/* Says who reads the matrix. */
static void note_threads(struct rqa_metrics *metrics, unsigned n_threads)
{
    metrics->n_threads = n_threads;
    metrics->backend = n_threads > 1 ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL;
    snprintf(metrics->reason, sizeof metrics->reason, "a matrix is read on %s",
             n_threads > 1 ? "the context's threads" : "the calling thread");
}

/* The counts, on the threads of the context (NULL: on the calling one) where that pays. */
static int count(struct rqa_metrics *metrics, const rqa__matrix_view *view,
                 struct rqa_context *context)
{
    const int is_large = (double)view->n_x * (double)view->n_y >= sequential_below;
    const int is_alone = metrics->rules.backend == RQA_BACKEND_SEQUENTIAL ||
                         (context && context->forced_backend == RQA_BACKEND_SEQUENTIAL);
    rqa__pool *pool = NULL;
    int status = RQA_OK;
    if (context && is_large && !is_alone && context->n_threads > 1)
        status = rqa__context_take_pool(context, 1, &pool);
    if (status)
        return status;
    note_threads(metrics, pool ? rqa__pool_n_workers(pool) : 1);
    const rqa__parallel parallel =
        pool ? rqa__parallel_from_pool(pool) : (rqa__parallel){.n_workers = 1};
    rqa__matrix_room room = {context ? context->memory_limit_bytes : UINT64_MAX, 0};
    status = rqa__matrix_count(view, pool ? &parallel : NULL, &room, rqa__metrics_take, metrics);
    if (pool)
        rqa__context_return_pool(context, pool);
    return status == RQA_ERROR_MEMORY_LIMIT
               ? rqa__context_check_memory(context, room.needed_bytes, "the count of a given matrix")
               : status;
}

int rqa__analyze_matrix(struct rqa_metrics **out, const struct rqa_matrix *matrix,
                        const rqa_analysis_options *options)
{
    struct rqa_metrics *metrics = rqa__calloc(1, sizeof *metrics);
    if (!metrics)
        return rqa__fail_memory("a result");
    int status =
        rqa__rules_resolve(&metrics->rules, options, options->relation != RQA_RELATION_AUTO);
    const rqa__rules *rules = &metrics->rules;
    if (!status && rules->relation != RQA_RELATION_CROSS && matrix->n_rows != matrix->n_columns)
        status = rqa__fail(RQA_ERROR_MISMATCH,
                           "the matrix has %zu rows and %zu columns; options->relation %s needs a "
                           "square one",
                           matrix->n_rows, matrix->n_columns,
                           rules->relation == RQA_RELATION_AUTO ? "auto" : "joint");
    if (!status)
        status = rqa__cell_rules_refuse(rules, "a given matrix");
    const int32_t of_cells = rqa__measure_of_cells(rules->measures, ~(uint32_t)0);
    if (!status && of_cells >= 0)
        status = rqa__fail(RQA_ERROR_UNSUPPORTED,
                           "options->measures has %s, which a given matrix does not have",
                           rqa_measure_name(of_cells));
    if (status) {
        rqa__metrics_free(metrics);
        return status;
    }
    metrics->from_matrix = 1;
    metrics->n_x = metrics->n_samples_x = matrix->n_columns;
    metrics->n_y = metrics->n_samples_y = matrix->n_rows;
    metrics->reached_x = metrics->reached_y = (rqa__reached){.threshold = NAN, .rr = NAN};
    metrics->threshold_lower = NAN;
    metrics->tallies = rqa__measures_tallies(rules->convention, rules->measures);
    metrics->kernels = rqa__level_name(matrix->context->cpu.level);
    metrics->strategy = "matrix";
    rqa__matrix_view view = {
        .words = matrix->words,
        .words_per_row = matrix->words_per_row,
        .n_x = matrix->n_columns,
        .n_y = matrix->n_rows,
        .theiler_points = rules->theiler_points,
        .theiler_diagonal = rules->theiler_diagonal,
        .theiler_vertical = rules->theiler_vertical,
        .tallies = metrics->tallies,
        .is_symmetric = matrix->is_symmetric,
        .upper_only = rules->convention->upper_only,
        .band_is_white = rules->convention->band_is_white,
        .kernels = rqa__cpu_bits_kernels(matrix->context->cpu),
    };
    /* A fork may read its parent's matrix, but neither take its lock nor its threads. */
    const int at_home = matrix->context->process_id == rqa__process_id();
    if (at_home)
        view.cancel = rqa__context_enter(matrix->context);
    const rqa__border_rule rule =
        rqa__rules_border(rules, metrics->n_x < metrics->n_y ? metrics->n_x : metrics->n_y);
    status = rqa__border_walk_matrix(&metrics->border, &view, rules->relation != RQA_RELATION_CROSS,
                                     &rule);
    if (!status)
        status = count(metrics, &view, at_home ? matrix->context : NULL);
    if (at_home)
        rqa__context_leave(matrix->context);
    if (status) {
        rqa__metrics_free(metrics);
        return status;
    }
    *out = metrics;
    return RQA_OK;
}
