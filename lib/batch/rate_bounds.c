/* rate_bounds.c - from wanted recurrence rates to the bounds that reach them. */
#include "batch/rate_bounds.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "batch/threshold_scale.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

uint64_t rqa__rate_memory(const rqa__bound_search *s)
{
    rqa__searched e;
    rqa__search_open(&e, s);
    return rqa__distance_rank_memory(&e.cells, rqa__search_workers(s));
}

static void take_distance(const rqa__bound_search *s, const rqa__ranked_distance *found,
                          rqa__rate_bound *out)
{
    out->n_reachable = found->n_cells;
    out->unreachable = isnan(found->distance);
    if (out->unreachable)
        return;
    const double shown = rqa__threshold_shown(s->source, found->distance);
    out->reached.threshold =
        s->rules->compare == RQA_COMPARE_LT ? nextafter(shown, INFINITY) : shown;
    out->reached.rr = (double)found->n_within / (double)out->n_cells;
    out->reached.n_ties = found->n_equal;
    out->bound = rqa__bound(s->rules->norm, RQA_COMPARE_LE, found->distance);
}

int rqa__rate_bounds(const rqa__bound_search *s, const double *rates, uint32_t n,
                     rqa__rate_bound *out)
{
    rqa__searched e;
    rqa__search_open(&e, s);
    const uint64_t n_cells =
        rqa__rules_cells(s->rules, rqa__side_vectors(&e.x, 0), rqa__side_vectors(&e.y, 0));
    for (uint32_t k = 0; k < n; k++)
        out[k] = (rqa__rate_bound){
            .bound = -1, .reached = {.threshold = NAN, .rr = NAN}, .n_cells = n_cells};
    if (n_cells == 0)
        return RQA_OK;
    uint64_t *order = rqa__alloc_array(n, sizeof *order);
    rqa__ranked_distance *found = rqa__alloc_array(n, sizeof *found);
    int status = order && found ? RQA_OK : rqa__fail_memory("a threshold from a recurrence rate");
    if (!status)
        status = rqa__context_check_memory(s->context, rqa__rate_memory(s),
                                           "the threshold of a rate");
    for (uint32_t k = 0; !status && k < n; k++)
        order[k] = rqa__order_of_rate(rates[k], n_cells);
    if (!status)
        status = rqa__distance_ranks(&e.cells, &(rqa__orders){order, n}, s->parallel, s->cancel,
                                     found);
    for (uint32_t k = 0; !status && k < n; k++)
        take_distance(s, &found[k], &out[k]);
    rqa__free(order);
    rqa__free(found);
    return status;
}
