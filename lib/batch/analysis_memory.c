/* analysis_memory.c - what an analysis holds of the memory limit, and what all of its steps together take.
 *
 * It goes in steps: thresholds become bounds, which are kept; then comes what the analysis is for. A
 * refusal at one step names what does for the largest, or a second refusal would follow the first.
 */
#include "batch/analysis_memory.h"

#include <inttypes.h>

#include "backend/adaptive_neighbours.h"
#include "base/error.h"
#include "batch/rate_bounds.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

static uint64_t sum_of(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static int is_joint(const rqa__analysis *a)
{
    return a->rules.relation == RQA_RELATION_JOINT;
}

/* ---- what is held ---- */

static uint64_t copy_bytes(const rqa__source *s)
{
    return s->read == s->series ? 0
                                : (uint64_t)s->read->n_samples * s->read->n_channels * sizeof(double);
}

static uint64_t copies_bytes(const rqa__analysis *a)
{
    return copy_bytes(&a->source_x) +
           (a->source_y.read == a->source_x.read ? 0 : copy_bytes(&a->source_y));
}

/* The sides whose directions are told apart. */
static uint64_t directions_bytes(const rqa__analysis *a, int of_y)
{
    const rqa__bound_search s = rqa__analysis_search(a, of_y);
    return a->rules.direction ? rqa__tangents_memory(s.x, s.y) : 0;
}

static uint64_t held_of_side(const rqa__analysis *a, int of_y)
{
    const rqa__neighbour_bounds *n = &a->neighbours[of_y];
    const rqa__bound_search s = rqa__analysis_search(a, of_y);
    return (n->columns.bound ? rqa__neighbour_bounds_bytes(&s) + n->list_bytes : 0) +
           (a->tangents[of_y] ? directions_bytes(a, of_y) : 0);
}

uint64_t rqa__analysis_held(const rqa__analysis *a)
{
    return copies_bytes(a) + held_of_side(a, 0) + held_of_side(a, 1) +
           rqa__cell_lists_bytes(&a->cells, rqa__side_vectors(&a->task.x, 0)) +
           rqa__skeleton_bytes(a->skeleton);
}

uint64_t rqa__analysis_memory(const rqa__analysis *a)
{
    const uint64_t most = a->host ? a->host->memory_bytes : a->context->memory_limit_bytes;
    const uint64_t held = rqa__analysis_held(a);
    return held < most ? most - held : 0;
}

/* ---- what its steps take ---- */

uint64_t rqa__analysis_bounds_bytes(const rqa__analysis *a, const rqa__bound_search *search,
                                    uint64_t *kept)
{
    rqa__bound_search s = *search;
    *kept = 0;
    s.collected_bytes = sizeof(double); /* the least, which is more than one */
    if (rqa__is_adaptive(&a->rules)) {
        uint64_t most;
        const uint64_t n_y = rqa__side_vectors(s.y, 0);
        const uint64_t n = rqa__neighbours_wanted(&a->rules, a->wanted, n_y, &most);
        rqa__searched e;
        rqa__search_open(&e, &s);
        *kept = rqa__adaptive_kept_bytes(rqa__side_vectors(s.x, 0), n);
        return rqa__adaptive_memory(&e.cells, n, rqa__search_workers(&s));
    }
    if (rqa__counts_neighbours(&a->rules)) {
        *kept = rqa__neighbour_bounds_bytes(&s);
        return sum_of(*kept, rqa__neighbour_bounds_memory(&s));
    }
    return a->rules.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE ? rqa__rate_memory(&s) : 0;
}

/* What stands for bounds that are yet to be found: only that there are some is asked. */
static const double some_bound;
static const uint32_t some_row;
static const rqa__cells one_sided_cells = {.one_sided = 1}, cells_of_both = {.one_sided = 0};

static rqa__limits limits_to_come(const rqa__analysis *a)
{
    const int by_column = rqa__counts_neighbours(&a->rules);
    const int in_order = by_column && a->rules.ties == RQA_TIES_INDEX;
    const int one_sided = a->rules.direction == RQA_DIRECTION_PERPENDICULAR;
    return (rqa__limits){
        .columns = by_column ? &some_bound : NULL,
        .untied = in_order ? &some_bound : NULL,
        .last = in_order ? &some_row : NULL,
        .below = a->rules.corridor ? &some_bound : NULL,
        .cells = a->rules.direction || a->rules.skeleton
                     ? one_sided ? &one_sided_cells : &cells_of_both
                     : NULL,
    };
}

/* A task reads its limits: they must last as long as it. */
static rqa__task task_to_come(const rqa__analysis *a, const rqa__limits *limits)
{
    rqa__task task = a->task;
    task.limits = task.limits ? limits : NULL;
    task.limits_y = task.limits_y ? limits : NULL;
    return task;
}

static uint64_t last_bytes(const rqa__analysis *a)
{
    const rqa__limits limits = limits_to_come(a);
    const rqa__task task = task_to_come(a, &limits);
    return a->last ? a->last(a, &task) : 0;
}

uint64_t rqa__analysis_later_bytes(const rqa__analysis *a)
{
    return sum_of(directions_bytes(a, 0) + (is_joint(a) ? directions_bytes(a, 1) : 0), last_bytes(a));
}

static uint64_t skeleton_work(const rqa__analysis *a)
{
    const rqa__limits limits = limits_to_come(a);
    const rqa__task task = task_to_come(a, &limits);
    return a->rules.skeleton && !a->skeleton ? rqa__skeleton_work_bytes(&task, 1) : 0;
}

/* On one thread: bounds of x, then of y, then directions, the skeleton, and the last step. */
static uint64_t all_bytes(const rqa__analysis *a)
{
    uint64_t held = copies_bytes(a), most = 0;
    for (int of_y = 0; of_y <= is_joint(a); of_y++) {
        uint64_t kept;
        rqa__bound_search s = rqa__analysis_search(a, of_y);
        s.parallel = NULL;
        const uint64_t here = sum_of(held, rqa__analysis_bounds_bytes(a, &s, &kept));
        most = here > most ? here : most;
        held = sum_of(held, kept);
    }
    for (int of_y = 0; of_y <= is_joint(a); of_y++)
        held = sum_of(held, directions_bytes(a, of_y));
    const uint64_t for_skeleton = sum_of(held, skeleton_work(a));
    most = for_skeleton > most ? for_skeleton : most;
    held = sum_of(sum_of(held, rqa__skeleton_bytes(a->skeleton)), last_bytes(a));
    return held > most ? held : most;
}

int rqa__analysis_check_memory(const rqa__analysis *a, uint64_t n_bytes, const char *what)
{
    if (n_bytes <= rqa__analysis_memory(a))
        return RQA_OK;
    const uint64_t limit = a->context->memory_limit_bytes;
    const uint64_t others = a->host ? limit - a->host->memory_bytes : 0;
    const uint64_t here = sum_of(rqa__analysis_held(a), n_bytes), all = all_bytes(a);
    return rqa__fail(RQA_ERROR_MEMORY_LIMIT,
                     "%s needs %s%" PRIu64 " bytes; the context's memory limit is %" PRIu64 " bytes",
                     what, a->host || a->rules.skeleton || a->last_grows ? "at least " : "",
                     sum_of(others, here > all ? here : all), limit);
}
