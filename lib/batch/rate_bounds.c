/* rate_bounds.c - from wanted recurrence rates to the bounds that reach them. */
#include "batch/rate_bounds.h"

#include <math.h>

#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/threshold_scale.h"
#include "plan/context_state.h"
#include "plan/neighbourhood.h"

/* Sides of one dim, and their cells. */
typedef struct embedded {
    rqa__side x, y;
    rqa__ranked_cells cells;
} embedded;

static void embed(embedded *e, const rqa__rate_search *s)
{
    const rqa__rules *rules = s->rules;
    e->x = *s->x;
    e->y = *s->y;
    e->x.dims += s->dim_index;
    e->y.dims += s->dim_index;
    e->cells = (rqa__ranked_cells){
        .x = &e->x,
        .y = &e->y,
        .norm = (uint32_t)rules->norm,
        .is_auto = rules->relation != RQA_RELATION_CROSS,
        .upper_only = rules->convention->upper_only,
        .theiler = rules->theiler_points,
        .skips = s->skips,
        .bits = rqa__cpu_bits_kernels(s->context->cpu),
        .distances = rqa__cpu_distance_kernels(s->context->cpu),
    };
}

uint64_t rqa__rate_memory(const rqa__rate_search *s)
{
    embedded e;
    embed(&e, s);
    return rqa__distance_rank_memory(&e.cells, s->parallel ? s->parallel->n_workers : 1);
}

static void take_distance(const rqa__rate_search *s, const rqa__ranked_distance *found,
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

int rqa__rate_bounds(const rqa__rate_search *s, const double *rates, uint32_t n,
                     rqa__rate_bound *out)
{
    embedded e;
    embed(&e, s);
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
