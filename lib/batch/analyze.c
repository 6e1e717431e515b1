/* analyze.c - one analysis, from embeddings to a result. */
#include "batch/analyze.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/border_walk.h"
#include "backend/cpu_run.h"
#include "backend/device_run.h"
#include "base/memory.h"
#include "batch/analysis_memory.h"
#include "batch/analyze_shared.h"
#include "batch/cell_measures.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

/* The fastest that memory does for: fewer threads, or the other strategy. 0: nothing. */
static int find_plan(rqa__analysis *a)
{
    int found = 0;
    for (unsigned n = a->choice.n_threads; n > 0; n--) {
        rqa__plan plan;
        if (!rqa__plan_make(&plan, &a->context->profile, &a->task, n,
                            rqa__analysis_memory(a)))
            continue;
        if (found && plan.cost / n >= a->plan.cost / a->plan.n_threads)
            continue;
        a->plan = plan;
        found = 1;
    }
    return found;
}

/* Says what the memory limit has changed, also in the provenance. */
static void tell_of_limit(rqa__analysis *a, unsigned wanted)
{
    char note[100];
    snprintf(note, sizeof note, "%u of %u threads, by %s, for the memory limit",
             a->choice.n_threads, wanted, rqa__strategy_words(a->plan.strategy));
    rqa__context_log(a->context, RQA_LOG_WARNING, "analysis: %s of %llu bytes", note,
                     (unsigned long long)rqa__analysis_memory(a));
    rqa__analysis_add_reason(a, note);
}

static int make_plan(rqa__analysis *a)
{
    const unsigned wanted = a->choice.n_threads;
    rqa__plan_make(&a->plan, &a->context->profile, &a->task, wanted, UINT64_MAX);
    if (a->plan.n_bytes <= rqa__analysis_memory(a))
        return RQA_OK;
    if (!find_plan(a))
        return rqa__analysis_check_memory(a, rqa__least_memory(&a->task, 1),
                                          "the analysis, on one thread,");
    const unsigned n = a->choice.n_threads = a->plan.n_threads;
    tell_of_limit(a, wanted);
    if (n == wanted || n == 1)
        return RQA_OK;
    int status = rqa__analysis_is_auto(a) ? rqa__pool_create_some(&a->fewer, n)
                                          : rqa__pool_create(&a->fewer, n);
    if (status)
        return status;
    a->parallel = rqa__parallel_from_pool(a->fewer);
    rqa__analysis_accept_threads(a, a->fewer);
    return RQA_OK;
}

static int run_on_threads(rqa__analysis *a, struct rqa_metrics *metrics)
{
    int status = make_plan(a);
    if (status)
        return status;
    rqa__cpu_worker *worker;
    status = rqa__cpu_worker_create(&worker, a->context->cpu, rqa__analysis_memory(a));
    if (status)
        return status;
    status = rqa__cpu_run(worker, &a->task, &a->plan, rqa__analysis_parallel(a), a->cancel,
                          rqa__metrics_take, metrics);
    rqa__cpu_worker_destroy(worker);
    return status;
}

/* `auto` goes on without a device that is too small, has failed or cannot do it; it says so. */
static int leave_gpu(rqa__analysis *a, int status)
{
    int may_leave = status == RQA_ERROR_MEMORY || status == RQA_ERROR_BACKEND_FAILED ||
                    status == RQA_ERROR_UNSUPPORTED || status == RQA_ERROR_BACKEND_MISSING ||
                    status == RQA_ERROR_THREAD; /* each device has one */
    if (!may_leave || !rqa__analysis_is_auto(a))
        return status;
    rqa__context_log(a->context, RQA_LOG_WARNING, "not on the GPU: %s", rqa_last_error());
    char why[100];
    snprintf(why, sizeof why, "%s", rqa_last_error());
    status = rqa__select_backend(&a->choice, a->context, RQA_BACKEND_AUTO, rqa__analysis_pairs(a),
                                 rqa__cost(&a->context->profile, &a->task));
    if (!status)
        status = rqa__analysis_take_pool(a);
    if (!status)
        snprintf(a->choice.reason, sizeof a->choice.reason, "auto: left the GPU: %s", why);
    return status;
}

static int run(rqa__analysis *a, struct rqa_metrics *metrics)
{
    if (a->choice.backend != RQA_BACKEND_GPU && a->choice.backend != RQA_BACKEND_HYBRID)
        return run_on_threads(a, metrics);
    int status;
    a->in_parts = rqa__is_shared(a->context, &a->choice, &a->task, rqa__analysis_is_auto(a));
    if (a->in_parts)
        status =
            rqa__analyze_shared(a->context, &a->choice, &a->task, a->cancel, rqa__metrics_take, metrics);
    else
        status = rqa__device_run_one(a->choice.device, a->context, &a->task, a->cancel, rqa__metrics_take,
                                     metrics);
    if (!status)
        return RQA_OK;
    a->in_parts = 0;
    status = leave_gpu(a, status);
    return status ? status : run_on_threads(a, metrics);
}

static void fill_provenance(struct rqa_metrics *metrics, const rqa__analysis *a)
{
    metrics->reached_x = a->reached_x;
    metrics->reached_y = a->reached_y;
    metrics->threshold_lower = a->threshold_lower;
    metrics->backend = a->choice.backend;
    metrics->n_threads = a->choice.n_threads;
    const int on_gpu =
        a->choice.backend == RQA_BACKEND_GPU || a->choice.backend == RQA_BACKEND_HYBRID;
    metrics->kernels =
        on_gpu ? a->choice.device->table->name : rqa__level_name(a->context->cpu.level);
    metrics->strategy = a->in_parts ? "parts"
                        : on_gpu    ? "walk"
                                    : rqa__strategy_name(a->plan.strategy);
    memcpy(metrics->reason, a->choice.reason, sizeof metrics->reason);
}

/* How many vectors are left out; that must not be all of them. */
static int count_skipped(const rqa__analysis *a, struct rqa_metrics *m)
{
    if (!a->task.skips)
        return RQA_OK;
    m->n_skipped_x = rqa__side_absent(&a->task.x, 0, NULL);
    m->n_skipped_y = rqa__side_absent(&a->task.y, 0, NULL);
    if (!rqa__task_is_empty(&a->task, 0) ||
        rqa__too_short(&m->rules, m->n_samples_x, m->n_samples_y, m->n_x, m->n_y))
        return RQA_OK;
    const int in_x = m->n_skipped_x == m->n_x, in_y = m->n_skipped_y == m->n_y;
    const uint64_t n = in_x ? m->n_x : m->n_y;
    const char *side = in_x ? "x" : in_y ? "y" : "x and y together";
    if (n == 1)
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "the only vector of %s touches a missing sample and is skipped", side);
    return rqa__fail(RQA_ERROR_TOO_SHORT,
                     "every one of the %llu vectors of %s touches a missing sample and is skipped",
                     (unsigned long long)n, side);
}

/* Lines first, then cells, each on one thread where there is no more. */
static uint64_t last_bytes(const rqa__analysis *a, const rqa__task *task)
{
    const uint64_t lines = rqa__least_memory(task, 1);
    const uint64_t cells = rqa__cell_measures_memory(&a->rules, task);
    return lines > cells ? lines : cells;
}

static int refuse_cells(const void *a, uint64_t n_bytes)
{
    return rqa__analysis_check_memory(a, n_bytes, "the measures of cells");
}

/* What is not read off lines. */
static int run_cells(rqa__analysis *a, struct rqa_metrics *metrics)
{
    const rqa__cell_means means = {.cpu = a->context->cpu,
                                   .parallel = rqa__analysis_parallel(a),
                                   .cancel = a->cancel,
                                   .memory_bytes = rqa__analysis_memory(a),
                                   .refuse = refuse_cells,
                                   .user = a};
    if (rqa__too_short(&a->rules, metrics->n_samples_x, metrics->n_samples_y, metrics->n_x,
                       metrics->n_y))
        return RQA_OK;
    return rqa__cell_measures(&a->rules, &a->task, &means, metrics->value, metrics->why);
}

int rqa__analyze(struct rqa_metrics **out, const struct rqa_embedding *x,
                 const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    return rqa__analyze_within(out, x, y, options, NULL, NULL);
}

int rqa__analyze_within(struct rqa_metrics **out, const struct rqa_embedding *x,
                        const struct rqa_embedding *y, const rqa_analysis_options *options,
                        const rqa__analysis_host *host, int *is_unreachable)
{
    rqa__analysis a;
    struct rqa_metrics *metrics = NULL;
    int status = rqa__analysis_begin(&a, x, y, options);
    if (!status)
        status = rqa__task_check_strategy(&a.task, &a.rules);
    a.host = host;
    a.last = last_bytes;
    if (is_unreachable)
        *is_unreachable = 0;
    if (!status && !(metrics = rqa__calloc(1, sizeof *metrics)))
        status = rqa__fail_memory("a result");
    if (status) {
        rqa__analysis_end(&a);
        return status;
    }
    metrics->rules = a.rules;
    metrics->tallies = a.task.tallies;
    metrics->n_samples_x = a.task.x.n_samples;
    metrics->n_samples_y = a.task.y.n_samples;
    metrics->n_x = rqa__side_vectors(&a.task.x, 0);
    metrics->n_y = rqa__side_vectors(&a.task.y, 0);
    status = rqa__analysis_take_backend(&a, a.rules.backend, RQA__WORK_ON_GPU | RQA__WORK_HYBRID);
    if (!status)
        status = count_skipped(&a, metrics);
    if (!status)
        status = rqa__analysis_set_bounds(&a, options);
    const rqa__border_rule rule =
        rqa__rules_border(&a.rules, metrics->n_x < metrics->n_y ? metrics->n_x : metrics->n_y);
    if (!status)
        status = rqa__border_walk(&metrics->border, &a.task, 0, 0, &rule, a.cancel);
    if (!status)
        status = run(&a, metrics);
    if (!status)
        status = run_cells(&a, metrics);
    if (!status)
        fill_provenance(metrics, &a);
    if (is_unreachable)
        *is_unreachable = a.is_unreachable;
    rqa__analysis_end(&a);
    if (status) {
        rqa__metrics_free(metrics);
        return status;
    }
    *out = metrics;
    return RQA_OK;
}
