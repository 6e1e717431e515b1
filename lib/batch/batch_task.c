/* batch_task.c - the task of a unit. */
#include "batch/batch_task.h"

#include "batch/metrics_result.h"
#include "data/recording.h"

int rqa__unit_is_short(const rqa__item *item, const rqa__task *task, uint32_t d)
{
    return rqa__too_short(&item->rules, task->x.n_samples, task->y.n_samples,
                          rqa__side_vectors(&task->x, d), rqa__side_vectors(&task->y, d));
}

uint32_t rqa__unit_task(rqa__task *task, const struct rqa_batch *batch, const rqa__item *item,
                        uint32_t delay_position)
{
    const rqa__grid *grid = &batch->job.grid;
    const rqa__rules *rules = &item->rules;
    uint32_t delay = grid->delays[delay_position];
    *task = (rqa__task){
        .relation = (uint32_t)rules->relation,
        .norm = (uint32_t)rules->norm,
        .n_dims = grid->n_dims,
        .n_thresholds = grid->n_thresholds,
        .x = rqa__side_of(&item->x, delay, grid->sorted_dims),
        .y = rqa__side_of(&item->y, delay, grid->sorted_dims),
        .bounds = item->bounds,
        .bounds_y = item->bounds_y,
        .theiler_points = rules->theiler_points,
        .theiler_diagonal = rules->theiler_diagonal,
        .theiler_vertical = rules->theiler_vertical,
        .tallies = rqa__measures_tallies(rules->convention, rules->measures),
        .upper_only = rules->convention->upper_only,
        .band_is_white = rules->convention->band_is_white,
        .skips = item->x.series->n_missing > 0 || item->y.series->n_missing > 0,
    };
    uint32_t n_dims = 0; /* vectors of more dims are fewer, and touch more samples */
    while (n_dims < grid->n_dims && !rqa__unit_is_short(item, task, n_dims) &&
           !rqa__task_is_empty(task, n_dims))
        n_dims++;
    task->n_dims = n_dims;
    return n_dims;
}

int rqa__batch_task(rqa__task *task, const struct rqa_batch *batch, uint64_t unit)
{
    const rqa__item *item = rqa__batch_item_of(batch, unit);
    return item->x.series &&
           rqa__unit_task(task, batch, item, rqa__batch_delay_of(batch, unit)) > 0;
}
