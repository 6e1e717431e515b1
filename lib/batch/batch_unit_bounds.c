/* batch_unit_bounds.c - the bounds of a unit that depend on its embedding, and the rows that get none. */
#include <math.h>
#include <string.h>

#include "batch/batch_task.h"
#include "batch/unit_state.h"
#include "batch/batch_windows.h"
#include "plan/neighbourhood.h"

/* Every row of a cell says what its rate has reached. */
static void tell_reached(const rqa__unit_worker *worker, uint64_t row, rqa__reached reached)
{
    double *out = worker->rows->reached;
    const uint64_t n = rqa__unit_cell_rows(worker);
    for (uint64_t k = row; out && k < row + n; k++) {
        out[RQA__REACHED * k] = reached.threshold;
        out[RQA__REACHED * k + 1] = reached.rr;
    }
}

/* Rows without numbers, from row `row` on. */
static void mark_rows(const rqa__unit_worker *worker, uint64_t row, uint64_t n_rows, int reason)
{
    const rqa__unit_rows *rows = worker->rows;
    const size_t n_measures = worker->batch->job.grid.n_measures;
    for (size_t k = 0; k < n_rows * n_measures; k++)
        rows->values[row * n_measures + k] = NAN;
    memset(rows->reasons + row * n_measures, reason, (size_t)(n_rows * n_measures));
    for (size_t k = 0; rows->reached && k < n_rows * RQA__REACHED; k++)
        rows->reached[row * RQA__REACHED + k] = NAN;
}

void rqa__unit_mark_empty(rqa__unit_worker *worker, uint32_t first)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    for (uint32_t d = first; d < grid->n_dims; d++)
        mark_rows(worker, rqa__unit_row(worker, grid->dim_position[d], 0),
                  grid->n_thresholds * rqa__unit_cell_rows(worker),
                  rqa__unit_is_short(grid, worker->item, &worker->task, d)
                      ? RQA_REASON_SERIES_TOO_SHORT
                      : RQA_REASON_ALL_SKIPPED);
}

static void use_own_bounds(rqa__unit_worker *worker)
{
    worker->task.bounds = worker->bounds;
    worker->task.bounds_y =
        worker->item->rules.relation == RQA_RELATION_JOINT ? worker->bounds_y : NULL;
}

/* Thresholds in units of the diameter differ for every embedding. */
static int set_diameter_bounds(rqa__unit_worker *worker, const rqa__parallel *parallel)
{
    rqa__task *task = &worker->task;
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__item *item = worker->item;
    const rqa__rules *rules = &item->rules;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        rqa__threshold_unit unit_x, unit_y;
        const rqa__threshold_scale scale = {.rules = rules,
                                            .x = &item->x,
                                            .y = &item->y,
                                            .task = task,
                                            .dim_index = d,
                                            .parallel = parallel,
                                            .cancel = &worker->batch->sync.cancel};
        int status = rqa__threshold_units(&scale, &unit_x, &unit_y);
        for (uint32_t e = 0; !status && e < grid->n_thresholds; e++) {
            size_t k = (size_t)d * grid->n_thresholds + e;
            double threshold = grid->sorted_thresholds[e];
            worker->bounds[k] = rqa__bound(rules->norm, rules->compare,
                                           rqa__threshold_in(unit_x, threshold));
            worker->bounds_y[k] = rqa__bound(rules->norm, rules->compare,
                                             rqa__threshold_in(unit_y, threshold));
        }
        if (status)
            return status;
        if (rules->corridor) {
            const double lower = grid->analysis.threshold_lower;
            worker->limits.below[2 * d] = rqa__lower_bound(rules, rqa__threshold_in(unit_x, lower));
            worker->limits.below[2 * d + 1] =
                rqa__lower_bound(rules, rqa__threshold_in(unit_y, lower));
        }
        worker->diameter[d] = unit_x;
        worker->diameter_y[d] = unit_y;
    }
    use_own_bounds(worker);
    return RQA_OK;
}

/* Numbers that a dim has no vectors for are done. What is left gets its bounds when its turn comes. */
static void refuse_neighbours(rqa__unit_worker *worker)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    for (size_t k = 0; k < (size_t)worker->task.n_dims * grid->n_thresholds; k++) {
        const uint32_t d = (uint32_t)(k / grid->n_thresholds), e = (uint32_t)(k % grid->n_thresholds);
        if (!worker->missing[k] || rqa__unit_has_neighbours(worker->item, &worker->task, d,
                                                            grid->sorted_thresholds[e]))
            continue;
        mark_rows(worker, rqa__unit_row(worker, grid->dim_position[d], grid->threshold_position[e]),
                  rqa__unit_cell_rows(worker), RQA_REASON_SERIES_TOO_SHORT);
        worker->missing[k] = 0;
    }
    use_own_bounds(worker);
}

/* What is missing gets its bound and says what that reaches; what cannot be reached is done. */
static int set_rate_bounds(rqa__unit_worker *worker, const rqa__parallel *parallel)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__unit_rates *rates = &worker->rates;
    rqa__task *task = &worker->task;
    const int joint = worker->item->rules.relation == RQA_RELATION_JOINT;
    int status = rqa__unit_rates_find(&worker->rates, worker->batch, worker->item, task,
                                      worker->missing, parallel);
    if (status)
        return status;
    for (size_t k = 0; k < (size_t)task->n_dims * grid->n_thresholds; k++) {
        const uint32_t d = (uint32_t)(k / grid->n_thresholds), e = (uint32_t)(k % grid->n_thresholds);
        const uint64_t row = rqa__unit_row(worker, grid->dim_position[d], grid->threshold_position[e]);
        if (!worker->missing[k])
            continue;
        worker->bounds[k] = rates->x[k].bound;
        worker->bounds_y[k] = joint ? rates->y[k].bound : -1;
        if (!rates->x[k].unreachable) {
            tell_reached(worker, row, rates->x[k].reached);
            continue;
        }
        mark_rows(worker, row, rqa__unit_cell_rows(worker), RQA_REASON_RATE_UNREACHABLE);
        worker->missing[k] = 0;
    }
    use_own_bounds(worker);
    return RQA_OK;
}

int rqa__unit_set_bounds(rqa__unit_worker *worker, const rqa__parallel *parallel)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    if (worker->task.bounds || (grid->window && rqa__item_windows_differ(grid, worker->item)))
        return RQA_OK;
    if (grid->has_neighbours) {
        refuse_neighbours(worker);
        return RQA_OK;
    }
    return grid->has_rates ? set_rate_bounds(worker, parallel)
                           : set_diameter_bounds(worker, parallel);
}
