/* batch_limits.c - what decides the cells of a unit beside bounds: its neighbours, and corridors.
 *
 * The numbers of neighbours of a dim are found together, as many as some memory holds.
 */
#include "batch/batch_limits.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "batch/batch_task.h"
#include "plan/neighbourhood.h"

/* Bounds that are held at once take this, or this share of the memory limit, at most; or one number's
 * do. */
enum { MOST_BYTES = 1 << 26, LIMIT_SHARE = 16 };

/* ---- sizes ---- */

static int is_joint(const rqa__item *item)
{
    return item->rules.relation == RQA_RELATION_JOINT;
}

/* Bytes of one number's bounds in the largest item, whatever the dim and delay. */
static uint64_t number_bytes(const struct rqa_batch *batch)
{
    uint64_t most = 0;
    for (size_t i = 0; i < batch->job.n_items; i++) {
        const rqa__item *item = &batch->job.item[i];
        uint64_t here = 0;
        rqa__task task;
        if (!rqa__item_task(&task, batch, item))
            continue;
        for (int of_y = 0; of_y <= is_joint(item); of_y++) {
            const rqa__bound_search search = rqa__unit_bound_search(batch, item, &task, of_y);
            here += rqa__neighbour_bounds_bytes(&search);
        }
        most = here > most ? here : most;
    }
    return most;
}

static uint32_t n_at_once(const struct rqa_batch *batch, uint64_t number)
{
    const uint32_t n = batch->job.grid.n_thresholds;
    const uint64_t share = batch->context->memory_limit_bytes / LIMIT_SHARE;
    const uint64_t room = share < MOST_BYTES ? share : MOST_BYTES;
    const uint64_t fits = number > 0 ? room / number : n;
    return fits < 1 || batch->plan.searches_least ? 1 : fits < n ? (uint32_t)fits : n;
}

uint64_t rqa__unit_limits_bytes(const struct rqa_batch *batch)
{
    const rqa__grid *grid = &batch->job.grid;
    const uint64_t below = 2 * (uint64_t)grid->n_dims * sizeof(double);
    if (!grid->has_neighbours)
        return below;
    const uint64_t number = number_bytes(batch);
    const uint64_t each = number + 2 * sizeof(rqa__neighbour_bounds) + sizeof(rqa__column_bounds) +
                          sizeof(uint64_t) + sizeof(uint32_t);
    return below + rqa__most_of_searches(batch, rqa__neighbour_bounds_memory) +
           n_at_once(batch, number) * each;
}

int rqa__unit_limits_create(rqa__unit_limits *limits, const struct rqa_batch *batch)
{
    const rqa__grid *grid = &batch->job.grid;
    *limits = (rqa__unit_limits){
        .below = rqa__alloc_array(2 * (size_t)grid->n_dims, sizeof *limits->below)};
    if (!limits->below)
        return rqa__fail_memory("a worker");
    if (!grid->has_neighbours)
        return RQA_OK;
    const uint32_t n = limits->n_at_once = n_at_once(batch, number_bytes(batch));
    limits->k = rqa__alloc_array(n, sizeof *limits->k);
    limits->threshold = rqa__alloc_array(n, sizeof *limits->threshold);
    for (int of_y = 0; of_y < 2; of_y++)
        limits->found[of_y] = rqa__calloc(n, sizeof **limits->found);
    return limits->k && limits->threshold && limits->found[0] && limits->found[1]
               ? RQA_OK
               : rqa__fail_memory("a worker");
}

void rqa__unit_limits_forget(rqa__unit_limits *limits)
{
    for (int of_y = 0; of_y < 2; of_y++)
        for (uint32_t k = 0; k < limits->n_found; k++)
            rqa__neighbour_bounds_free(&limits->found[of_y][k]);
    limits->n_found = 0;
}

void rqa__unit_limits_destroy(rqa__unit_limits *limits)
{
    rqa__unit_limits_forget(limits);
    rqa__free(limits->below);
    rqa__free(limits->found[0]);
    rqa__free(limits->found[1]);
    rqa__free(limits->k);
    rqa__free(limits->threshold);
}

/* ---- what a unit has ---- */

int rqa__unit_limits_one_threshold(const rqa__item *item)
{
    return rqa__counts_neighbours(&item->rules);
}

int rqa__unit_limits_one_dim(const rqa__item *item)
{
    return rqa__unit_limits_one_threshold(item) || (item->rules.corridor && !item->bounds);
}

static uint64_t neighbours_of(const rqa__item *item, const rqa__task *task, uint32_t dim_index,
                              double threshold, uint64_t *most)
{
    const rqa__side *y = item->rules.relation == RQA_RELATION_CROSS ? &task->y : &task->x;
    return rqa__neighbours_wanted(&item->rules, threshold, rqa__side_vectors(y, dim_index), most);
}

int rqa__unit_has_neighbours(const rqa__item *item, const rqa__task *task, uint32_t dim_index,
                             double threshold)
{
    uint64_t most;
    return neighbours_of(item, task, dim_index, threshold, &most) <= most;
}

static int find_neighbours(rqa__unit_limits *limits, const rqa__unit_search *s, uint32_t dim_index,
                           uint32_t threshold_index)
{
    const rqa__grid *grid = &s->batch->job.grid;
    uint32_t n = 0;
    int status = RQA_OK;
    rqa__unit_limits_forget(limits);
    for (uint32_t e = threshold_index; e < grid->n_thresholds && n < limits->n_at_once; e++) {
        uint64_t most;
        if (!s->missing[e])
            continue;
        limits->threshold[n] = e;
        limits->k[n++] =
            neighbours_of(s->item, s->task, dim_index, grid->sorted_thresholds[e], &most);
    }
    for (int of_y = 0; of_y <= is_joint(s->item) && !status; of_y++) {
        rqa__bound_search search = rqa__unit_bound_search(s->batch, s->item, s->task, of_y);
        search.dim_index = dim_index;
        search.parallel = s->parallel;
        status = rqa__neighbour_bounds_find(&search, limits->k, n, limits->found[of_y]);
    }
    limits->n_found = n;
    limits->dim = dim_index;
    if (status)
        rqa__unit_limits_forget(limits);
    return status;
}

/* Which of those that are found it is; n_found: none. */
static uint32_t position_of(const rqa__unit_limits *limits, uint32_t dim_index,
                            uint32_t threshold_index)
{
    uint32_t k = limits->dim == dim_index ? 0 : limits->n_found;
    while (k < limits->n_found && limits->threshold[k] != threshold_index)
        k++;
    return k;
}

static int set_neighbours(rqa__unit_limits *limits, const rqa__unit_search *s, uint32_t dim_index,
                          uint32_t threshold_index, rqa__task *selection, double *bounds[2])
{
    uint32_t k = position_of(limits, dim_index, threshold_index);
    if (k == limits->n_found) {
        int status = find_neighbours(limits, s, dim_index, threshold_index);
        if (status)
            return status;
        k = 0;
    }
    bounds[0][0] = limits->found[0][k].bound;
    selection->limits = &limits->found[0][k].limits;
    if (is_joint(s->item)) {
        bounds[1][0] = limits->found[1][k].bound;
        selection->limits_y = &limits->found[1][k].limits;
    }
    return RQA_OK;
}

int rqa__unit_limits_set(rqa__unit_limits *limits, const rqa__unit_search *s, uint32_t dim_index,
                         uint32_t threshold_index, rqa__task *selection, double *bounds,
                         double *bounds_y)
{
    const rqa__item *item = s->item;
    if (rqa__counts_neighbours(&item->rules))
        return set_neighbours(limits, s, dim_index, threshold_index, selection,
                              (double *[2]){bounds, bounds_y});
    for (int of_y = 0; item->rules.corridor && of_y < 2; of_y++)
        limits->own[of_y] = (rqa__limits){
            .below = item->bounds ? &item->below[of_y] : &limits->below[2 * dim_index + (uint32_t)of_y]};
    if (item->rules.corridor) {
        selection->limits = &limits->own[0];
        selection->limits_y = is_joint(item) ? &limits->own[1] : NULL;
    }
    return RQA_OK;
}
