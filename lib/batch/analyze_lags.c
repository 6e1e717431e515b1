/* analyze_lags.c - a profile by lag, from embeddings: counts of diagonals and their ratios. */
#include "batch/analyze_lags.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu_run.h"
#include "backend/lag_counts.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/analysis_memory.h"
#include "plan/cell_rules.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

static uint64_t cells_of(uint64_t n_x, uint64_t n_y, int64_t lag)
{
    const int64_t end = (int64_t)n_y - lag < (int64_t)n_x ? (int64_t)n_y - lag : (int64_t)n_x;
    const int64_t cells = end - (lag < 0 ? -lag : 0);
    return cells > 0 ? (uint64_t)cells : 0;
}

static double ratio(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

/* Whether lag a comes before b where both have the same rate. */
static int is_nearer(int64_t a, int64_t b)
{
    return llabs(a) < llabs(b) || (llabs(a) == llabs(b) && a > b);
}

static void fill_values(struct rqa_lag_profile *p, uint64_t n_x, uint64_t n_y)
{
    double largest = -1.0;
    for (size_t k = 0; k < p->n_lags; k++) {
        const int64_t lag = p->first_lag + (int64_t)k;
        const uint64_t points = p->count[RQA_LAG_PROFILE_POINTS][k];
        const uint64_t line_points = p->count[RQA_LAG_PROFILE_LINE_POINTS][k];
        const uint64_t cells = p->count[RQA_LAG_PROFILE_CELLS][k] = cells_of(n_x, n_y, lag);
        const double rr = p->value[RQA_LAG_PROFILE_RR][k] = ratio(points, cells);
        p->value[RQA_LAG_PROFILE_DET][k] = ratio(line_points, points);
        p->value[RQA_LAG_PROFILE_L_MEAN][k] =
            ratio(line_points, p->count[RQA_LAG_PROFILE_LINES][k]);
        if (rr > largest || (rr == largest && is_nearer(lag, p->lag_of_max))) {
            largest = rr;
            p->lag_of_max = lag;
        }
    }
}

void rqa__lag_profile_free(struct rqa_lag_profile *p)
{
    if (!p)
        return;
    for (int k = 0; k < RQA__LAG_PROFILE_QUANTITIES; k++)
        rqa__free(p->value[k]);
    for (int k = 0; k < RQA__LAG_PROFILE_COUNTS; k++)
        rqa__free(p->count[k]);
    rqa__free(p);
}

static int create(struct rqa_lag_profile **out, int64_t first_lag, size_t n_lags)
{
    struct rqa_lag_profile *p = rqa__calloc(1, sizeof *p);
    *out = p;
    if (!p)
        return rqa__fail_memory("a profile");
    p->first_lag = first_lag;
    p->n_lags = n_lags;
    int is_whole = 1;
    for (int k = 0; k < RQA__LAG_PROFILE_QUANTITIES; k++)
        is_whole &= (p->value[k] = rqa__alloc_array(n_lags, sizeof *p->value[k])) != NULL;
    for (int k = 0; k < RQA__LAG_PROFILE_COUNTS; k++)
        is_whole &= (p->count[k] = rqa__calloc(n_lags, sizeof *p->count[k])) != NULL;
    return is_whole ? RQA_OK : rqa__fail_memory("a profile");
}

static int check(const rqa__analysis *a, uint64_t n_x, uint64_t n_y, uint64_t max_lag)
{
    const uint64_t longest = n_x > n_y ? n_x : n_y;
    if (max_lag >= longest)
        return rqa__fail(RQA_ERROR_VALUE, "max_lag is %llu; with %llu vectors 0..%llu is allowed",
                         (unsigned long long)max_lag, (unsigned long long)longest,
                         (unsigned long long)(longest - 1));
    if (rqa__cell_rules_name(&a->rules))
        return rqa__cell_rules_refuse(&a->rules, "a profile by lag");
    if (a->rules.border != RQA_BORDER_ALL)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->border is %s; in a profile by lag only all is allowed",
                         rqa_border_name(a->rules.border));
    if (a->task.skips && rqa__task_is_empty(&a->task, 0))
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "every vector of x or of y touches a missing sample and is skipped");
    return RQA_OK;
}

static uint64_t profile_bytes(const rqa__task *task, size_t n_lags, unsigned n_threads)
{
    const uint64_t arrays =
        (uint64_t)n_lags * (RQA__LAG_PROFILE_QUANTITIES + RQA__LAG_PROFILE_COUNTS) * 8;
    return arrays + rqa__lag_counts_memory(task, n_lags, n_threads);
}

static uint64_t last_bytes(const rqa__analysis *a, const rqa__task *task)
{
    return profile_bytes(task, *(const size_t *)a->last_of, 1);
}

/* On all threads, or on one where memory does not do for more. */
static int fit_memory(rqa__analysis *a, const size_t *n_lags)
{
    char what[80];
    snprintf(what, sizeof what, "a profile of %zu lags", *n_lags);
    a->last = last_bytes;
    a->last_of = n_lags;
    if (profile_bytes(&a->task, *n_lags, a->choice.n_threads) > rqa__analysis_memory(a))
        a->choice.n_threads = 1;
    return rqa__analysis_check_memory(
        a, profile_bytes(&a->task, *n_lags, a->choice.n_threads), what);
}

static int run(rqa__analysis *a, struct rqa_lag_profile *p)
{
    rqa__lag_counts lags = {.first = p->first_lag,
                            .n = p->n_lags,
                            .lmin = a->rules.lmin,
                            .points = p->count[RQA_LAG_PROFILE_POINTS],
                            .line_points = p->count[RQA_LAG_PROFILE_LINE_POINTS],
                            .lines = p->count[RQA_LAG_PROFILE_LINES]};
    return rqa__lag_counts_run(&lags, &a->task, rqa__cpu_bits_kernels(a->context->cpu),
                               rqa__analysis_parallel(a), a->cancel);
}

int rqa__lag_profile_of(struct rqa_lag_profile **out, const struct rqa_embedding *x,
                        const struct rqa_embedding *y, const rqa_analysis_options *options,
                        uint64_t max_lag)
{
    rqa__analysis a;
    struct rqa_lag_profile *p = NULL;
    uint64_t n_x = 0, n_y = 0;
    int status = rqa__analysis_begin(&a, x, y, options);
    if (!status)
        status = rqa__refuse_adaptive(&a.rules, "a profile by lag");
    if (!status) {
        n_x = rqa__side_vectors(&a.task.x, 0);
        n_y = rqa__side_vectors(&a.task.y, 0);
        status = check(&a, n_x, n_y, max_lag);
    }
    if (!status)
        status = rqa__analysis_take_backend(&a, rqa__analysis_thread_backend(&a), 0);
    const int two_sided =
        a.task.relation == RQA__RELATION_CROSS || rqa__rules_sides_differ(&a.rules);
    const size_t n_lags = (size_t)(two_sided ? 2 * max_lag + 1 : max_lag + 1);
    if (!status)
        status = fit_memory(&a, &n_lags); /* before long work, and with what its bounds hold */
    if (!status)
        status = rqa__analysis_set_bounds(&a, options);
    if (!status)
        status = fit_memory(&a, &n_lags);
    if (!status)
        status = create(&p, two_sided ? -(int64_t)max_lag : 0, n_lags);
    if (!status)
        status = run(&a, p);
    rqa__analysis_end(&a);
    if (status) {
        rqa__lag_profile_free(p);
        return status;
    }
    fill_values(p, n_x, n_y);
    *out = p;
    return RQA_OK;
}
