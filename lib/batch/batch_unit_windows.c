/* batch_unit_windows.c - the windows of a unit, a dim and threshold after the other. */
#include "batch/unit_state.h"
#include "batch/batch_windows.h"

/* In data units, where all windows have one threshold and are analyses of their own. */
static int shown_thresholds(rqa__unit_worker *worker, uint32_t d, uint32_t e, double shown[2])
{
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__item *item = worker->item;
    const double threshold = grid->sorted_thresholds[e];
    const size_t k = (size_t)d * grid->n_thresholds + e;
    rqa__threshold_unit unit_x = worker->diameter[d], unit_y = worker->diameter_y[d];
    int status = RQA_OK;
    if (item->rules.threshold_unit == RQA_THRESHOLD_DATA) {
        shown[0] = shown[1] = threshold;
        return RQA_OK;
    }
    if (grid->has_rates) {
        shown[0] = worker->rates.x[k].reached.threshold;
        shown[1] = (item->rules.relation == RQA_RELATION_JOINT ? worker->rates.y
                                                               : worker->rates.x)[k]
                       .reached.threshold;
        return RQA_OK;
    }
    if (item->rules.threshold_unit == RQA_THRESHOLD_STD)
        status = rqa__threshold_units(
            &(rqa__threshold_scale){.rules = &item->rules, .x = &item->x, .y = &item->y}, &unit_x,
            &unit_y);
    shown[0] = rqa__threshold_shown(&item->x, rqa__threshold_in(unit_x, threshold));
    shown[1] = rqa__threshold_shown(&item->y, rqa__threshold_in(unit_y, threshold));
    return status;
}

static int run_windows_of(rqa__unit_worker *worker, uint32_t d, uint32_t e)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__unit_rows *rows = worker->rows;
    const uint64_t row = rqa__unit_row(worker, grid->dim_position[d], grid->threshold_position[e]);
    const rqa__task task = rqa__task_slice(&worker->task, (rqa__slice){d, 1, e, 1});
    rqa__cell_windows cell = {
        .batch = worker->batch,
        .item = worker->item,
        .task = &task,
        .threshold = grid->sorted_thresholds[e],
        .to = {.values = rows->values + row * grid->n_measures,
               .reasons = rows->reasons + row * grid->n_measures,
               .reached = rows->reached ? rows->reached + row * RQA__REACHED : NULL},
        .parallel = worker->parallel,
        .memory_bytes = worker->cpu_bytes,
    };
    int status = RQA_OK;
    if (rqa__item_windows_are_analyses(grid, worker->item) &&
        !rqa__item_windows_differ(grid, worker->item))
        status = shown_thresholds(worker, d, e, cell.shown);
    return status ? status : rqa__cell_windows_run(&cell);
}

int rqa__unit_run_windows(rqa__unit_worker *worker)
{
    const uint32_t n = worker->batch->job.grid.n_thresholds;
    int status = RQA_OK;
    for (uint32_t d = 0; d < worker->task.n_dims && !status; d++)
        for (uint32_t e = 0; e < n && !status; e++)
            if (worker->missing[(size_t)d * n + e])
                status = run_windows_of(worker, d, e);
    return status;
}
