/* batch_rates.c - the recurrence rates of a unit: the bounds that reach them, and what rows tell. */
#include "batch/batch_rates.h"

#include "base/error.h"
#include "base/memory.h"
#include "batch/batch_task.h"

int rqa__unit_rates_create(rqa__unit_rates *rates, const rqa__grid *grid)
{
    const size_t n = (size_t)grid->n_dims * grid->n_thresholds;
    *rates = (rqa__unit_rates){
        .x = rqa__alloc_array(n, sizeof *rates->x),
        .y = rqa__alloc_array(n, sizeof *rates->y),
        .found = rqa__alloc_array(grid->n_thresholds, sizeof *rates->found),
        .wanted = rqa__alloc_array(grid->n_thresholds, sizeof *rates->wanted),
    };
    return rates->x && rates->y && rates->found && rates->wanted ? RQA_OK
                                                                 : rqa__fail_memory("a worker");
}

void rqa__unit_rates_destroy(rqa__unit_rates *rates)
{
    rqa__free(rates->x);
    rqa__free(rates->y);
    rqa__free(rates->found);
    rqa__free(rates->wanted);
}

uint64_t rqa__unit_rates_bytes(const struct rqa_batch *batch)
{
    const rqa__grid *grid = &batch->job.grid;
    return rqa__most_of_searches(batch, rqa__rate_memory) +
           (2 * (uint64_t)grid->n_dims + 1) * grid->n_thresholds * sizeof(rqa__rate_bound) +
           grid->n_thresholds * sizeof(double);
}

static int find_side(rqa__unit_rates *rates, const rqa__grid *grid, const rqa__bound_search *search,
                     const uint8_t *missing, rqa__rate_bound *out)
{
    uint32_t n = 0;
    for (uint32_t e = 0; e < grid->n_thresholds; e++)
        if (missing[e])
            rates->wanted[n++] = grid->sorted_thresholds[e];
    int status = n > 0 ? rqa__rate_bounds(search, rates->wanted, n, rates->found) : RQA_OK;
    n = 0;
    for (uint32_t e = 0; !status && e < grid->n_thresholds; e++)
        if (missing[e])
            out[e] = rates->found[n++];
    return status;
}

int rqa__unit_rates_find(rqa__unit_rates *rates, const struct rqa_batch *batch,
                         const rqa__item *item, const rqa__task *task, const uint8_t *missing,
                         const rqa__parallel *parallel)
{
    const rqa__grid *grid = &batch->job.grid;
    const int joint = item->rules.relation == RQA_RELATION_JOINT;
    int status = RQA_OK;
    for (uint32_t d = 0; d < task->n_dims && !status; d++) {
        const size_t at = (size_t)d * grid->n_thresholds;
        for (int of_y = 0; of_y <= joint && !status; of_y++) {
            rqa__bound_search search = rqa__unit_bound_search(batch, item, task, of_y);
            search.dim_index = d;
            search.parallel = parallel;
            status = find_side(rates, grid, &search, missing + at, (of_y ? rates->y : rates->x) + at);
        }
        for (uint32_t e = 0; joint && !status && e < grid->n_thresholds; e++)
            if (missing[at + e])
                rates->x[at + e].unreachable |= rates->y[at + e].unreachable;
    }
    return status;
}
