/* batch_task.c - the task of a unit. */
#include "batch/batch_task.h"

#include "backend/cpu_plan.h"
#include "batch/batch_windows.h"
#include "batch/metrics_result.h"
#include "data/delay_embedding.h"
#include "data/recording.h"
#include "plan/cost_passes.h"
#include "plan/neighbourhood.h"

/* As rqa_windows_compute() refuses it, or has nothing defined. */
static int window_is_short(const rqa__grid *grid, const rqa__item *item, const rqa__task *task,
                           uint32_t d)
{
    const size_t n = (size_t)grid->window;
    const size_t n_x = rqa__n_vectors(n, task->x.dims[d], task->x.delay);
    const size_t n_y = rqa__n_vectors(n, task->y.dims[d], task->y.delay);
    return item->has_no_window || n_x < 2 || n_y < 2 || rqa__too_short(&item->rules, n, n, n_x, n_y);
}

int rqa__unit_is_short(const rqa__grid *grid, const rqa__item *item, const rqa__task *task, uint32_t d)
{
    if (grid->window)
        return window_is_short(grid, item, task, d);
    return rqa__too_short(&item->rules, task->x.n_samples, task->y.n_samples,
                          rqa__side_vectors(&task->x, d), rqa__side_vectors(&task->y, d));
}

uint32_t rqa__unit_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item,
                        uint32_t delay_position)
{
    const rqa__grid *grid = &batch->job.grid;
    static const rqa__limits to_come; /* a selection has its own */
    const rqa__rules *rules = &item->rules;
    uint32_t delay = grid->delays[delay_position];
    *task = (rqa__task){
        .relation = rqa__task_relation(rules),
        .norm = (uint32_t)rules->norm,
        .n_dims = grid->n_dims,
        .n_thresholds = grid->n_thresholds,
        .x = rqa__side_of(&item->x, delay, grid->sorted_dims),
        .y = rqa__side_of(&item->y, delay, grid->sorted_dims),
        .bounds = item->bounds,
        .bounds_y = item->bounds_y,
        .limits = rqa__has_limits(rules) ? &to_come : NULL,
        .theiler_points = rules->theiler_points,
        .theiler_diagonal = rules->theiler_diagonal,
        .theiler_vertical = rules->theiler_vertical,
        .tallies = rqa__measures_tallies(rules->convention, rules->measures),
        .upper_only = rules->convention->upper_only,
        .band_is_white = rules->convention->band_is_white,
        .skips = item->x.series->n_missing > 0 || item->y.series->n_missing > 0,
    };
    uint32_t n_dims = 0; /* vectors of more dims are fewer, and touch more samples */
    while (n_dims < grid->n_dims && !rqa__unit_is_short(grid, item, task, n_dims) &&
           (grid->window || !rqa__task_is_empty(task, n_dims)))
        n_dims++;
    task->n_dims = n_dims;
    return n_dims;
}

int rqa__item_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item)
{
    const uint32_t n = batch->job.grid.n_delays;
    for (uint32_t k = 0; item->x.series && k < n; k++)
        if (rqa__unit_task(task, batch, item, (n / 2 + k) % n) > 0)
            return 1;
    return 0;
}

int rqa__batch_task(rqa__task *task, const struct rqa_batch *batch, uint64_t unit)
{
    const rqa__item *item = rqa__batch_item_of(batch, unit);
    const uint64_t window = batch->job.grid.window;
    if (!item->x.series || rqa__unit_task(task, batch, item, rqa__batch_delay_of(batch, unit)) == 0)
        return 0;
    if (window)
        task->x.n_samples = task->y.n_samples = (size_t)window;
    return 1;
}

/* Windows that are analyses each have passes of their own; the thresholds of others come from the whole
 * recording, in no time beside them. */
double rqa__unit_passes(const struct rqa_batch *batch, uint64_t unit, const rqa__task *task,
                        const rqa__profile *profile)
{
    const rqa__item *item = rqa__batch_item_of(batch, unit);
    const double ns = profile->bits_scale * rqa__cost_of_passes(
                                               &item->rules, task, batch->job.grid.sorted_thresholds);
    if (!batch->job.grid.window)
        return ns;
    return rqa__item_windows_are_analyses(&batch->job.grid, item) ? ns * (double)item->n_windows : 0;
}

double rqa__unit_cost(const struct rqa_batch *batch, uint64_t unit, const rqa__task *task,
                      const rqa__profile *profile)
{
    const rqa__grid *grid = &batch->job.grid;
    const double lines = grid->window
                             ? rqa__item_windows_cost(grid, rqa__batch_item_of(batch, unit), task)
                             : rqa__cost(profile, task);
    return lines + rqa__unit_passes(batch, unit, task, profile);
}

int rqa__unit_plan(rqa__plan *plan, const struct rqa_batch *batch, uint64_t unit,
                   const rqa__task *task, unsigned n_threads, uint64_t most_bytes)
{
    const rqa__profile *profile = &batch->context->profile;
    const int fits = rqa__plan_make(plan, profile, task, n_threads, most_bytes);
    if (batch->job.grid.window)
        plan->cost = rqa__unit_cost(batch, unit, task, profile);
    else
        plan->cost += rqa__unit_passes(batch, unit, task, profile);
    return fits;
}

rqa__bound_search rqa__unit_bound_search(const struct rqa_batch *batch, const rqa__item *item,
                                         const rqa__task *task, int of_y)
{
    const rqa__side *x = of_y ? &task->y : &task->x;
    return (rqa__bound_search){
        .context = batch->context,
        .rules = &item->rules,
        .source = of_y ? &item->y : &item->x,
        .x = x,
        .y = item->rules.relation == RQA_RELATION_CROSS ? &task->y : x,
        .skips = (int)task->skips,
        .collected_bytes = batch->plan.searches_least ? sizeof(double) : 0,
        .cancel = &batch->sync.cancel,
    };
}

static uint64_t most_of_task(const struct rqa_batch *batch, const rqa__item *item,
                             const rqa__task *task, uint64_t (*bytes)(const rqa__bound_search *))
{
    const int joint = item->rules.relation == RQA_RELATION_JOINT;
    uint64_t most = 0;
    for (int of_y = 0; of_y <= joint; of_y++) {
        rqa__bound_search search = rqa__unit_bound_search(batch, item, task, of_y);
        for (search.dim_index = 0; search.dim_index < task->n_dims; search.dim_index++) {
            const uint64_t here = bytes(&search);
            most = here > most ? here : most;
        }
    }
    return most;
}

/* Vectors of more dims are fewer but have more to them, and not all delays take as much. */
uint64_t rqa__most_of_searches(const struct rqa_batch *batch,
                               uint64_t (*bytes)(const rqa__bound_search *))
{
    uint64_t most = 0;
    for (size_t i = 0; i < batch->job.n_items; i++) {
        const rqa__item *item = &batch->job.item[i];
        for (uint32_t t = 0; item->x.series && t < batch->job.grid.n_delays; t++) {
            rqa__task task;
            const uint64_t here = rqa__unit_task(&task, batch, item, t) > 0
                                      ? most_of_task(batch, item, &task, bytes)
                                      : 0;
            most = here > most ? here : most;
        }
    }
    return most;
}
