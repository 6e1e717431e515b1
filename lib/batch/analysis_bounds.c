/* analysis_bounds.c - from what the options say of thresholds to the bounds of one analysis. */
#include <math.h>

#include "backend/column_bounds.h"
#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "batch/analysis_state.h"
#include "batch/rate_bounds.h"
#include "batch/threshold_scale.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

static int is_joint(const rqa__analysis *a)
{
    return a->rules.relation == RQA_RELATION_JOINT;
}

static unsigned n_workers(const rqa__analysis *a)
{
    const rqa__parallel *parallel = rqa__analysis_parallel(a);
    return parallel ? parallel->n_workers : 1;
}

/* Of x against y, or of one side of a joint plot against itself. */
static rqa__ranked_cells cells_of(const rqa__analysis *a, int of_y)
{
    const int cross = a->rules.relation == RQA_RELATION_CROSS;
    return (rqa__ranked_cells){
        .x = of_y ? &a->task.y : &a->task.x,
        .y = of_y || cross ? &a->task.y : &a->task.x,
        .norm = (uint32_t)a->rules.norm,
        .is_auto = !cross,
        .upper_only = a->rules.convention->upper_only,
        .theiler = a->rules.theiler_points,
        .skips = (int)a->task.skips,
        .bits = rqa__cpu_bits_kernels(a->context->cpu),
        .distances = rqa__cpu_distance_kernels(a->context->cpu),
    };
}

/* ---- a recurrence rate ---- */

static int fail_unreachable(const rqa__analysis *a, double rate, uint64_t reachable, uint64_t all)
{
    return rqa__fail(
        RQA_ERROR_VALUE,
        "options->threshold asks for a recurrence rate of %s; %s leave%s %s of the cells",
        rqa__shortest(rate).text, a->task.skips ? "missing samples" : "the Theiler window",
        a->task.skips ? "" : "s", rqa__rounded((double)reachable / (double)all, 6).text);
}

static int set_rate(rqa__analysis *a, int of_y, double rate)
{
    const rqa__side *x = of_y ? &a->task.y : &a->task.x;
    const rqa__rate_search search = {
        .context = a->context,
        .rules = &a->rules,
        .source = of_y ? &a->source_y : &a->source_x,
        .x = x,
        .y = a->rules.relation == RQA_RELATION_CROSS ? &a->task.y : x,
        .skips = (int)a->task.skips,
        .parallel = rqa__analysis_parallel(a),
        .cancel = a->cancel,
    };
    rqa__rate_bound found;
    int status = rqa__rate_bounds(&search, &rate, 1, &found);
    if (!status && found.unreachable)
        status = fail_unreachable(a, rate, found.n_reachable, found.n_cells);
    if (status)
        return status;
    *(of_y ? &a->reached_y : &a->reached_x) = found.reached;
    *(of_y ? &a->bound_y : &a->bound_x) = found.bound;
    return RQA_OK;
}

static int set_rates(rqa__analysis *a, double rate, double rate_y)
{
    int status = set_rate(a, 0, rate);
    if (!status && is_joint(a))
        return set_rate(a, 1, rate_y);
    a->reached_y = a->reached_x;
    a->bound_y = a->bound_x;
    return status;
}

/* ---- neighbours ---- */

static double largest(const double *v, size_t n)
{
    double most = -1;
    for (size_t i = 0; i < n; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

static int set_neighbours_of(rqa__analysis *a, int of_y, double wanted)
{
    const rqa__ranked_cells cells = cells_of(a, of_y);
    const size_t n = rqa__side_vectors(cells.x, 0);
    rqa__column_bounds *c = &a->columns[of_y];
    rqa__limits *limits = &a->limits[of_y];
    uint64_t k;
    int status = rqa__neighbours_wanted(&a->rules, wanted, rqa__side_vectors(cells.y, 0), &k);
    if (!status)
        status =
            rqa__context_check_memory(a->context, rqa__column_bounds_memory(&cells, n_workers(a)),
                                      "the neighbours of every vector");
    if (status)
        return status;
    c->bound = rqa__alloc_array(n, sizeof *c->bound);
    if (a->rules.ties == RQA_TIES_INDEX) {
        c->untied = rqa__alloc_array(n, sizeof *c->untied);
        c->last = rqa__alloc_array(n, sizeof *c->last);
    }
    if (!c->bound || (a->rules.ties == RQA_TIES_INDEX && (!c->untied || !c->last)))
        return rqa__fail_memory("the neighbours of every vector");
    status = rqa__column_bounds_find(&cells, k, rqa__analysis_parallel(a), a->cancel, c);
    *(of_y ? &a->bound_y : &a->bound_x) = largest(c->bound, n);
    *limits = (rqa__limits){.columns = c->bound, .untied = c->untied, .last = c->last};
    return status;
}

static int set_neighbours(rqa__analysis *a, double wanted, double wanted_y)
{
    a->reached_x = a->reached_y = (rqa__reached){.threshold = NAN, .rr = NAN};
    int status = set_neighbours_of(a, 0, wanted);
    return status || !is_joint(a) ? status : set_neighbours_of(a, 1, wanted_y);
}

/* ---- thresholds ---- */

static void set_corridor(rqa__analysis *a, double lower, rqa__threshold_unit unit_x,
                         rqa__threshold_unit unit_y)
{
    const double on_x = rqa__threshold_in(unit_x, lower);
    const int as_given = a->rules.threshold_unit == RQA_THRESHOLD_DATA;
    a->below[0] = rqa__lower_bound(&a->rules, on_x);
    a->below[1] = rqa__lower_bound(&a->rules, rqa__threshold_in(unit_y, lower));
    a->threshold_lower = as_given ? lower : rqa__threshold_shown(&a->source_x, on_x);
    for (int k = 0; k < 2; k++)
        a->limits[k] = (rqa__limits){.below = &a->below[k]};
}

static int set_thresholds(rqa__analysis *a, const rqa_analysis_options *options, double own_y)
{
    rqa__threshold_unit unit_x, unit_y;
    int status = rqa__threshold_units(&a->rules, &a->source_x, &a->source_y, &a->task, 0,
                                      rqa__analysis_parallel(a), a->cancel, &unit_x, &unit_y);
    if (status)
        return status;
    double on_x = rqa__threshold_in(unit_x, options->threshold);
    double on_y = rqa__threshold_in(unit_y, own_y);
    a->bound_x = rqa__bound(a->rules.norm, a->rules.compare, on_x);
    a->bound_y = rqa__bound(a->rules.norm, a->rules.compare, on_y);
    int as_given = a->rules.threshold_unit == RQA_THRESHOLD_DATA;
    a->reached_x = (rqa__reached){.rr = NAN};
    a->reached_y = a->reached_x;
    a->reached_x.threshold =
        as_given ? options->threshold : rqa__threshold_shown(&a->source_x, on_x);
    a->reached_y.threshold = as_given ? own_y : rqa__threshold_shown(&a->source_y, on_y);
    if (options->corridor)
        set_corridor(a, options->threshold_lower, unit_x, unit_y);
    return RQA_OK;
}

int rqa__analysis_set_bounds(rqa__analysis *a, const rqa_analysis_options *options)
{
    const double own_y = options->threshold_y >= 0 ? options->threshold_y : options->threshold;
    a->threshold_lower = NAN;
    if (rqa__counts_neighbours(&a->rules))
        return set_neighbours(a, options->threshold, own_y);
    return a->rules.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE
               ? set_rates(a, options->threshold, own_y)
               : set_thresholds(a, options, own_y);
}
