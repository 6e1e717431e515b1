/* analyze_invariants.c - correlation sums and the maximum of microstate entropy, from embeddings. */
#include "batch/analyze_invariants.h"

#include <math.h>

#include "backend/cell_triples.h"
#include "backend/cpu_run.h"
#include "backend/microstates.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "batch/analysis_memory.h"
#include "measures/scaling.h"
#include "plan/cell_rules.h"
#include "plan/context_state.h"
#include "plan/unit_names.h"

enum { MOST_THRESHOLDS = 10000 };

static int refuse_corridor(const rqa_analysis_options *options, const char *what)
{
    return options->corridor
               ? rqa__fail(RQA_ERROR_UNSUPPORTED, "options->corridor is set; %s has none", what)
               : RQA_OK;
}

static int begin(rqa__analysis *a, const struct rqa_embedding *x, const struct rqa_embedding *y,
                 const rqa_analysis_options *options, const char *what)
{
    int status = rqa__analysis_begin(a, x, y, options);
    if (!status)
        status = rqa__cell_rules_refuse(&a->rules, what);
    if (!status && a->rules.relation == RQA_RELATION_JOINT)
        status = rqa__fail(RQA_ERROR_UNSUPPORTED,
                           "options->relation is joint; %s is of one recording, or of two by cross",
                           what);
    if (!status && a->task.skips && rqa__task_is_empty(&a->task, 0))
        status = rqa__fail(RQA_ERROR_TOO_SHORT,
                           "every vector of x or of y touches a missing sample and is skipped");
    return status ? status : rqa__analysis_take_backend(a, rqa__analysis_thread_backend(a), 0);
}

/* ---- the correlation sum ---- */

void rqa__correlation_sum_free(struct rqa_correlation_sum *sum)
{
    if (!sum)
        return;
    rqa__free(sum->given);
    rqa__free(sum->threshold);
    rqa__free(sum->sum);
    rqa__free(sum->slope);
    rqa__free(sum->points);
    rqa__free(sum);
}

static int check_thresholds(const rqa_analysis_options *options, const double *threshold, size_t n)
{
    if (options->threshold_unit > RQA_THRESHOLD_MEAN_DIAMETER)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->threshold_unit is %s; a correlation sum has thresholds in data, std, "
                         "max-diameter or mean-diameter",
                         rqa__threshold_unit_name(options->threshold_unit));
    if (n < 1 || n > MOST_THRESHOLDS)
        return rqa__fail(RQA_ERROR_VALUE, "n_thresholds is %zu; allowed is 1..%d", n, MOST_THRESHOLDS);
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(threshold[k]) || threshold[k] < 0)
            return rqa__fail(RQA_ERROR_VALUE, "thresholds[%zu] is %s; it must be finite and >= 0", k,
                             rqa__shortest(threshold[k]).text);
        if (k > 0 && threshold[k] <= threshold[k - 1])
            return rqa__fail(RQA_ERROR_VALUE,
                             "thresholds[%zu] is %s and follows %s; thresholds must rise", k,
                             rqa__shortest(threshold[k]).text, rqa__shortest(threshold[k - 1]).text);
    }
    return RQA_OK;
}

static int create(struct rqa_correlation_sum **out, const double *thresholds, size_t n)
{
    struct rqa_correlation_sum *sum = rqa__calloc(1, sizeof *sum);
    *out = sum;
    if (!sum)
        return rqa__fail_memory("a correlation sum");
    sum->n = n;
    sum->given = rqa__alloc_array(n, sizeof *sum->given);
    sum->threshold = rqa__alloc_array(n, sizeof *sum->threshold);
    sum->sum = rqa__alloc_array(n, sizeof *sum->sum);
    sum->slope = rqa__alloc_array(n, sizeof *sum->slope);
    sum->points = rqa__calloc(n, sizeof *sum->points);
    if (!sum->given || !sum->threshold || !sum->sum || !sum->slope || !sum->points)
        return rqa__fail_memory("a correlation sum");
    for (size_t k = 0; k < n; k++)
        sum->given[k] = thresholds[k];
    return RQA_OK;
}

static int take_points(void *user, uint32_t dim_index, uint32_t threshold_index,
                       const rqa__tally *tally)
{
    (void)dim_index;
    struct rqa_correlation_sum *sum = user;
    sum->points[threshold_index] = tally->points;
    return 0;
}

static int set_bounds(rqa__analysis *a, struct rqa_correlation_sum *sum, double *bounds)
{
    rqa__threshold_unit unit, unused;
    int status = rqa__analysis_units(a, &unit, &unused);
    if (status)
        return status;
    for (size_t k = 0; k < sum->n; k++) {
        const double threshold = rqa__threshold_in(unit, sum->given[k]);
        bounds[k] = rqa__bound(a->rules.norm, a->rules.compare, threshold);
        sum->threshold[k] = a->rules.threshold_unit == RQA_THRESHOLD_DATA
                                ? sum->given[k]
                                : rqa__threshold_shown(&a->source_x, threshold);
    }
    a->task.bounds = bounds;
    a->task.n_thresholds = (uint32_t)sum->n;
    return RQA_OK;
}

/* One pass, on all threads or, where memory does not do for that, on one. */
static int count(rqa__analysis *a, struct rqa_correlation_sum *sum)
{
    const uint64_t most = rqa__analysis_memory(a);
    const rqa__parallel *parallel = rqa__analysis_parallel(a);
    rqa__plan plan;
    rqa__cpu_worker *worker;
    if (!rqa__plan_make(&plan, &a->context->profile, &a->task, a->choice.n_threads, most)) {
        parallel = NULL;
        if (!rqa__plan_make(&plan, &a->context->profile, &a->task, 1, most))
            return rqa__analysis_check_memory(a, rqa__least_memory(&a->task, 1),
                                              "the correlation sum, on one thread,");
    }
    int status = rqa__cpu_worker_create(&worker, a->context->cpu, most);
    if (status)
        return status;
    status = rqa__cpu_run(worker, &a->task, &plan, parallel, a->cancel, take_points, sum);
    rqa__cpu_worker_destroy(worker);
    return status;
}

static void set_values(struct rqa_correlation_sum *sum)
{
    size_t n_used;
    for (size_t k = 0; k < sum->n; k++)
        sum->sum[k] = sum->cells ? (double)sum->points[k] / (double)sum->cells : NAN;
    for (size_t k = 0; k + 1 < sum->n; k++)
        sum->slope[k] = rqa__log_slope(sum->threshold + k, sum->threshold + k, sum->sum + k, 2, 0,
                                       INFINITY, &n_used);
}

int rqa__correlation_sum_of(struct rqa_correlation_sum **out, const struct rqa_embedding *x,
                            const struct rqa_embedding *y, const rqa_analysis_options *options,
                            const double *thresholds, size_t n_thresholds)
{
    rqa__analysis a;
    rqa_analysis_options wanted = *options;
    struct rqa_correlation_sum *sum = NULL;
    double *bounds = NULL;
    wanted.threshold = 0;
    wanted.threshold_y = -1;
    wanted.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    int status = refuse_corridor(options, "a correlation sum");
    if (!status)
        status = check_thresholds(options, thresholds, n_thresholds);
    if (status)
        return status;
    status = begin(&a, x, y, &wanted, "a correlation sum");
    if (!status)
        status = create(&sum, thresholds, n_thresholds);
    if (!status && !(bounds = rqa__alloc_array(n_thresholds, sizeof *bounds)))
        status = rqa__fail_memory("a correlation sum");
    if (!status)
        status = set_bounds(&a, sum, bounds);
    if (!status)
        status = count(&a, sum);
    if (!status)
        sum->cells = rqa__rules_cells(&a.rules, rqa__side_vectors(&a.task.x, 0),
                                      rqa__side_vectors(&a.task.y, 0));
    rqa__analysis_end(&a);
    rqa__free(bounds);
    if (status) {
        rqa__correlation_sum_free(sum);
        return status;
    }
    set_values(sum);
    *out = sum;
    return RQA_OK;
}

/* ---- the maximum of microstate entropy ---- */

static int try_thresholds(rqa__analysis *a, uint64_t *counts, double *entropies, double *thresholds)
{
    const size_t n_patterns = rqa__microstate_patterns(a->rules.microstate_size);
    rqa__threshold_unit unit, unused;
    int status = rqa__analysis_units(a, &unit, &unused);
    for (uint32_t k = 1; k <= RQA_MICROSTATE_STEPS && !status; k++) {
        double value[RQA_MEASURE_COUNT];
        uint8_t reason[RQA_MEASURE_COUNT];
        const double threshold = unit.size * k / RQA_MICROSTATE_STEPS;
        a->bound_x = rqa__bound(a->rules.norm, a->rules.compare, threshold);
        status = rqa__microstates(counts, &a->task, a->rules.microstate_size,
                                  a->rules.microstate_theiler, rqa__cpu_bits_kernels(a->context->cpu),
                                  rqa__analysis_parallel(a), a->cancel);
        if (status)
            break;
        rqa__measure_microstates(counts, n_patterns, value, reason);
        entropies[k - 1] = value[RQA_MEASURE_MICROSTATE_ENTROPY];
        thresholds[k - 1] = rqa__threshold_shown(&a->source_x, threshold);
    }
    return status;
}

int rqa__microstate_maximum(uint32_t *best, double *entropies, double *thresholds,
                            const struct rqa_embedding *x, const struct rqa_embedding *y,
                            const rqa_analysis_options *options)
{
    rqa__analysis a;
    rqa_analysis_options wanted = *options;
    double entropy[RQA_MICROSTATE_STEPS], threshold[RQA_MICROSTATE_STEPS];
    uint64_t *counts = NULL;
    wanted.measures = RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY);
    wanted.threshold_unit = RQA_THRESHOLD_MAX_DIAMETER;
    wanted.threshold = 1;
    wanted.threshold_y = -1;
    int status = refuse_corridor(options, "the maximum of microstate entropy");
    if (status)
        return status;
    status = begin(&a, x, y, &wanted, "the maximum of microstate entropy");
    if (!status) {
        counts = rqa__alloc_array(rqa__microstate_patterns(a.rules.microstate_size), sizeof *counts);
        status = counts ? try_thresholds(&a, counts, entropy, threshold)
                        : rqa__fail_memory("the microstates");
    }
    rqa__analysis_end(&a);
    rqa__free(counts);
    if (status)
        return status;
    *best = 0;
    for (uint32_t k = 1; k <= RQA_MICROSTATE_STEPS; k++) {
        if (!isnan(entropy[k - 1]) && (!*best || entropy[k - 1] > entropy[*best - 1]))
            *best = k;
        if (entropies)
            entropies[k - 1] = entropy[k - 1];
        if (thresholds)
            thresholds[k - 1] = threshold[k - 1];
    }
    return RQA_OK;
}

/* ---- patterns of three cells ---- */

static double det_of(const uint64_t *count)
{
    uint64_t points = 0;
    for (unsigned code = 0; code < RQA__CELL_TRIPLES; code++)
        points += count[code] * (uint64_t)__builtin_popcount(code);
    return points ? 1 - (double)count[2] / ((double)points / 3) : NAN;
}

int rqa__det_estimate(double *det, uint64_t *counts, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    rqa__analysis a;
    rqa_analysis_options wanted = *options;
    uint64_t count[RQA__CELL_TRIPLES];
    wanted.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    int status = refuse_corridor(options, "an estimate of det");
    if (status)
        return status;
    status = begin(&a, x, y, &wanted, "an estimate of det");
    if (!status)
        status = rqa__analysis_set_bounds(&a, &wanted);
    if (!status)
        status = rqa__cell_triples(count, &a.task, a.task.theiler_points,
                                   rqa__cpu_bits_kernels(a.context->cpu), rqa__analysis_parallel(&a),
                                   a.cancel);
    rqa__analysis_end(&a);
    if (status)
        return status;
    *det = det_of(count);
    for (unsigned code = 0; counts && code < RQA__CELL_TRIPLES; code++)
        counts[code] = count[code];
    return RQA_OK;
}
