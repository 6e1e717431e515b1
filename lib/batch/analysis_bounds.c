/* analysis_bounds.c - from what the options say of thresholds to the bounds of one analysis. */
#include <math.h>

#include "backend/adaptive_neighbours.h"
#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/number.h"
#include "batch/analysis_memory.h"
#include "batch/rate_bounds.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

static int is_joint(const rqa__analysis *a)
{
    return a->rules.relation == RQA_RELATION_JOINT;
}

static int is_cross(const rqa__analysis *a)
{
    return a->rules.relation == RQA_RELATION_CROSS;
}

/* A search for the bounds of a side within the memory limit: on all threads, or on one where memory does
 * not do for more. */
static int open_search(rqa__bound_search *search, const rqa__analysis *a, int of_y, const char *what)
{
    uint64_t kept;
    *search = rqa__analysis_search(a, of_y);
    if (rqa__analysis_bounds_bytes(a, search, &kept) > rqa__analysis_memory(a))
        search->parallel = NULL;
    return rqa__analysis_check_memory(a, rqa__analysis_bounds_bytes(a, search, &kept), what);
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

/* As many distances at a time as there is room for; it takes longer with less. */
static void collect_what_fits(rqa__bound_search *search, uint64_t most_bytes)
{
    search->collected_bytes = rqa__search_collected_bytes(search->context);
    while (search->collected_bytes > 2 * sizeof(double) && rqa__rate_memory(search) > most_bytes)
        search->collected_bytes /= 2;
}

static int set_rate(rqa__analysis *a, int of_y, double rate)
{
    rqa__bound_search search;
    rqa__rate_bound found;
    int status = open_search(&search, a, of_y, "the threshold of a rate");
    collect_what_fits(&search, rqa__analysis_memory(a));
    if (!status)
        status = rqa__rate_bounds(&search, &rate, 1, &found);
    a->is_unreachable = !status && found.unreachable;
    if (a->is_unreachable)
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

enum { LIMIT_SHARE = 16 };

/* Lists of cells take a share of the memory at most, and what neither the search nor what comes after it
 * needs. Where it is part of other work, which has a share of the memory alone, there are none. */
static uint64_t list_room(const rqa__analysis *a, const rqa__bound_search *search, int of_y)
{
    uint64_t kept, rest = rqa__analysis_bounds_bytes(a, search, &kept);
    const uint64_t most = rqa__analysis_memory(a), later = rqa__analysis_later_bytes(a);
    const uint64_t end = kept * (1 + (uint64_t)(is_joint(a) && !of_y)) + later;
    if (is_joint(a) && !of_y)
        rest += kept;
    rest = rest > end ? rest : end;
    const uint64_t share = a->context->memory_limit_bytes / LIMIT_SHARE;
    if (a->host || rest >= most)
        return 0;
    return most - rest < share ? most - rest : share;
}

static int set_neighbours_of(rqa__analysis *a, int of_y, double wanted)
{
    rqa__neighbour_bounds *found = &a->neighbours[of_y];
    rqa__bound_search search = rqa__analysis_search(a, of_y);
    uint64_t most;
    const uint64_t k =
        rqa__neighbours_wanted(&a->rules, wanted, rqa__side_vectors(search.y, 0), &most);
    int status = k <= most ? open_search(&search, a, of_y, "the search for the neighbours of every vector")
                           : rqa__neighbours_fail(&a->rules, k, most);
    search.list_bytes = list_room(a, &search, of_y);
    if (!status)
        status = rqa__neighbour_bounds_find(&search, &k, 1, found);
    *(of_y ? &a->bound_y : &a->bound_x) = found->bound;
    a->limits[of_y] = found->limits;
    if (found->columns.listed)
        a->limits[of_y].listed = &found->listed;
    return status;
}

static int set_neighbours(rqa__analysis *a, double wanted, double wanted_y)
{
    a->reached_x = a->reached_y = (rqa__reached){.threshold = NAN, .rr = NAN};
    int status = set_neighbours_of(a, 0, wanted);
    return status || !is_joint(a) ? status : set_neighbours_of(a, 1, wanted_y);
}

/* Cells are listed: there is no bound. */
static int set_adaptive(rqa__analysis *a, double wanted)
{
    rqa__bound_search search = rqa__analysis_search(a, 0);
    uint64_t most;
    const uint64_t n = rqa__neighbours_wanted(&a->rules, wanted, rqa__side_vectors(search.y, 0), &most);
    rqa__searched e;
    a->reached_x = a->reached_y = (rqa__reached){.threshold = NAN, .rr = NAN};
    if (n > most)
        return rqa__neighbours_fail(&a->rules, n, most);
    int status = open_search(&search, a, 0, "the search for adaptive neighbours");
    rqa__search_open(&e, &search);
    return status ? status
                  : rqa__adaptive_neighbours(&a->cells, &e.cells, n, search.parallel, a->cancel);
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
    int status = rqa__analysis_units(a, &unit_x, &unit_y);
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

int rqa__analysis_set_thresholds(rqa__analysis *a, const rqa_analysis_options *options)
{
    const double own_y = options->threshold_y >= 0 ? options->threshold_y : options->threshold;
    a->threshold_lower = NAN;
    if (rqa__is_adaptive(&a->rules))
        return set_adaptive(a, options->threshold);
    if (rqa__counts_neighbours(&a->rules))
        return set_neighbours(a, options->threshold, own_y);
    return a->rules.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE
               ? set_rates(a, options->threshold, own_y)
               : set_thresholds(a, options, own_y);
}

/* ---- cells ---- */

static int set_direction_of(rqa__analysis *a, int of_y)
{
    const rqa__side *x = of_y ? &a->task.y : &a->task.x;
    const rqa__side *y = is_cross(a) ? &a->task.y : x;
    const rqa__tangent_rule rule = {.perpendicular =
                                        a->rules.direction == RQA_DIRECTION_PERPENDICULAR,
                                    .lag = a->rules.direction_lag,
                                    .bound = a->rules.direction_bound};
    const size_t n_x = rqa__side_vectors(x, 0), n_y = rqa__side_vectors(y, 0);
    const size_t n = n_x < n_y || rule.perpendicular ? n_x : n_y;
    if (!rule.perpendicular && rule.lag >= n)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->direction_lag of an isodirectional plot is %zu; with %zu vectors "
                         "0..%zu is allowed",
                         rule.lag, n, n - 1);
    int status = rqa__analysis_check_memory(a, rqa__tangents_memory(x, y),
                                            "what holds the directions of a trajectory");
    if (!status)
        status = rqa__tangents_create(&a->tangents[of_y], x, y, &rule);
    if (status)
        return status;
    a->cell_rule[of_y] = rqa__tangents_cells(a->tangents[of_y]);
    a->limits[of_y].cells = &a->cell_rule[of_y];
    return RQA_OK;
}

/* Its cells are those of the plot within the limits so far. */
static int set_skeleton(rqa__analysis *a)
{
    const uint64_t most = rqa__analysis_memory(a);
    const int fits = rqa__skeleton_work_bytes(&a->task, a->choice.n_threads) <= most;
    const rqa__skeleton_means means = {.bits = rqa__cpu_bits_kernels(a->context->cpu),
                                       .parallel = fits ? rqa__analysis_parallel(a) : NULL,
                                       .cancel = a->cancel,
                                       .memory_bytes = most,
                                       .limit_bytes = a->context->memory_limit_bytes};
    int status = rqa__analysis_check_memory(
        a, rqa__skeleton_work_bytes(&a->task, means.parallel ? a->choice.n_threads : 1),
        "the search for the skeleton");
    if (!status)
        status = rqa__skeleton_find(&a->skeleton, &a->task, &means);
    if (status)
        return status;
    a->cell_rule[0] = rqa__skeleton_cells(a->skeleton);
    a->limits[0].cells = &a->cell_rule[0];
    a->limits[1].cells = NULL;
    return RQA_OK;
}

int rqa__analysis_set_bounds(rqa__analysis *a, const rqa_analysis_options *options)
{
    int status = rqa__analysis_set_thresholds(a, options);
    if (!status && a->rules.direction)
        status = set_direction_of(a, 0);
    if (!status && a->rules.direction && is_joint(a))
        status = set_direction_of(a, 1);
    return status || !a->rules.skeleton ? status : set_skeleton(a);
}
