/* batch_unit.c - one work unit: a recording and delay, every dim, threshold, lmin and vmin. */
#include <string.h>

#include "backend/border_walk.h"
#include "base/memory.h"
#include "batch/batch_task.h"
#include "batch/unit_state.h"
#include "batch/batch_windows.h"
#include "batch/cell_measures.h"
#include "batch/metrics_result.h"

int rqa__unit_worker_create(rqa__unit_worker **out, struct rqa_batch *batch, uint64_t cpu_bytes)
{
    const rqa__grid *grid = &batch->job.grid;
    size_t n = (size_t)grid->n_dims * grid->n_thresholds;
    rqa__unit_worker *worker = rqa__calloc(1, sizeof *worker);
    *out = NULL;
    if (!worker)
        return rqa__fail_memory("a worker");
    worker->batch = batch;
    worker->cpu_bytes = cpu_bytes;
    worker->bounds = rqa__alloc_array(n, sizeof(double));
    worker->bounds_y = rqa__alloc_array(n, sizeof(double));
    worker->diameter = rqa__alloc_array(grid->n_dims, sizeof *worker->diameter);
    worker->diameter_y = rqa__alloc_array(grid->n_dims, sizeof *worker->diameter_y);
    worker->diagonal = rqa__alloc_array(grid->n_lmins, sizeof *worker->diagonal);
    worker->vertical = rqa__alloc_array(grid->n_vmins, sizeof *worker->vertical);
    worker->missing = rqa__alloc(n);
    worker->chosen_dim = rqa__alloc_array(grid->n_dims, sizeof(uint32_t));
    worker->chosen_dims = rqa__alloc_array(grid->n_dims, sizeof(uint32_t));
    worker->chosen_threshold = rqa__alloc_array(grid->n_thresholds, sizeof(uint32_t));
    worker->chosen_bounds = rqa__alloc_array(n, sizeof(double));
    worker->chosen_bounds_y = rqa__alloc_array(n, sizeof(double));
    int status = RQA_OK;
    if (!worker->bounds || !worker->bounds_y || !worker->diameter || !worker->diameter_y ||
        !worker->diagonal || !worker->vertical || !worker->missing || !worker->chosen_dim ||
        !worker->chosen_dims || !worker->chosen_threshold || !worker->chosen_bounds || !worker->chosen_bounds_y)
        status = rqa__fail_memory("a worker");
    if (!status && grid->has_rates)
        status = rqa__unit_rates_create(&worker->rates, grid);
    if (!status)
        status = rqa__unit_limits_create(&worker->limits, batch);
    if (!status && cpu_bytes > 0)
        status = rqa__cpu_worker_create(&worker->cpu, batch->context->cpu, cpu_bytes);
    if (status) {
        rqa__unit_worker_destroy(worker);
        return status;
    }
    *out = worker;
    return RQA_OK;
}

uint64_t rqa__unit_worker_bytes(const struct rqa_batch *batch)
{
    const rqa__grid *grid = &batch->job.grid;
    return sizeof(rqa__unit_worker) + (grid->has_rates ? rqa__unit_rates_bytes(batch) : 0) +
           rqa__unit_limits_bytes(batch) +
           (uint64_t)grid->n_dims * grid->n_thresholds * (4 * sizeof(double) + 1) +
           ((uint64_t)grid->n_lmins + grid->n_vmins) * sizeof(rqa__line_summary) +
           2 * (uint64_t)grid->n_dims * sizeof(rqa__threshold_unit) +
           (grid->window ? rqa__cell_windows_bytes(grid) : 0) +
           (2 * (uint64_t)grid->n_dims + grid->n_thresholds) * sizeof(uint32_t);
}

void rqa__unit_worker_destroy(rqa__unit_worker *worker)
{
    if (!worker)
        return;
    rqa__cpu_worker_destroy(worker->cpu);
    rqa__unit_rates_destroy(&worker->rates);
    rqa__unit_limits_destroy(&worker->limits);
    rqa__free(worker->bounds);
    rqa__free(worker->bounds_y);
    rqa__free(worker->diameter);
    rqa__free(worker->diameter_y);
    rqa__free(worker->scratch);
    rqa__free(worker->diagonal);
    rqa__free(worker->vertical);
    rqa__free(worker->missing);
    rqa__free(worker->chosen_dim);
    rqa__free(worker->chosen_dims);
    rqa__free(worker->chosen_threshold);
    rqa__free(worker->chosen_bounds);
    rqa__free(worker->chosen_bounds_y);
    rqa__free(worker);
}

static int room_for_bins(rqa__unit_worker *worker, size_t n_bins)
{
    if (n_bins <= worker->scratch_room)
        return RQA_OK;
    size_t room = 2 * n_bins;
    rqa__bin *scratch = rqa__alloc_array(room, sizeof *scratch);
    if (!scratch)
        return rqa__fail_memory("a histogram");
    rqa__free(worker->scratch);
    worker->scratch = scratch;
    worker->scratch_room = room;
    return RQA_OK;
}

/* That they may take. */
static uint64_t cells_bytes(const rqa__unit_worker *worker)
{
    return worker->cpu_bytes ? worker->cpu_bytes : worker->batch->plan.apart_bytes;
}

/* The limit is that of all units at work. */
static int refuse_cells(const void *user, uint64_t n_bytes)
{
    const rqa__unit_worker *worker = user;
    const struct rqa_batch *batch = worker->batch;
    const uint64_t limit = batch->context->memory_limit_bytes, own = cells_bytes(worker);
    return rqa__context_check_memory(batch->context, limit - own + n_bytes,
                                     "the measures of cells of a unit, beside the others at work,");
}

/* What is not read off lines. */
static int take_cells(rqa__unit_worker *worker, uint32_t dim_index, uint32_t threshold_index,
                      double *value, uint8_t *reason)
{
    struct rqa_batch *batch = worker->batch;
    const rqa__task task = rqa__task_slice(
        &worker->selection, (rqa__slice){dim_index, 1, threshold_index, 1});
    const rqa__cell_means means = {.cpu = batch->context->cpu,
                                   .parallel = worker->parallel,
                                   .cancel = &batch->sync.cancel,
                                   .memory_bytes = cells_bytes(worker),
                                   .refuse = refuse_cells,
                                   .user = worker};
    return rqa__cell_measures(&worker->item->rules, &task, &means, value, reason);
}

/* Under the border rule, whose lines are walked for each dim and threshold. */
static int summarize_diagonals(rqa__unit_worker *worker, const rqa__reading *reading,
                               uint32_t dim_index, uint32_t threshold_index,
                               const rqa__spectrum *counted)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    const uint64_t n = reading->n_x < reading->n_y ? reading->n_x : reading->n_y;
    const rqa__border_rule rule = rqa__rules_border(&worker->item->rules, n);
    rqa__border_lines border;
    int status = rqa__border_walk(&border, &worker->selection, dim_index, threshold_index, &rule,
                                  &worker->batch->sync.cancel);
    if (!status)
        status = room_for_bins(worker, rqa__border_room(counted));
    if (!status) {
        const rqa__spectrum lines = rqa__border_correct(&border, &rule, counted, worker->scratch);
        for (uint32_t l = 0; l < grid->n_lmins; l++)
            worker->diagonal[l] = rqa__summarize_diagonal(reading, &lines, grid->lmins[l]);
    }
    rqa__border_free(&border);
    return status;
}

int rqa__unit_take(void *user, uint32_t dim_index, uint32_t threshold_index,
                   const rqa__tally *tally)
{
    rqa__unit_worker *worker = user;
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__item *item = worker->item;
    rqa__reading reading =
        rqa__reading_of(&item->rules, rqa__side_vectors(&worker->selection.x, dim_index),
                        rqa__side_vectors(&worker->selection.y, dim_index));
    int status = room_for_bins(worker, tally->white_inner.n_bins + tally->white_border.n_bins);
    if (status)
        return status;
    double value[RQA_MEASURE_COUNT];
    uint8_t reason[RQA_MEASURE_COUNT];
    rqa__measure_common(&reading, tally, item->rules.wmin, item->rules.measures, worker->scratch,
                        value, reason);
    status = take_cells(worker, dim_index, threshold_index, value, reason);
    if (!status)
        status = summarize_diagonals(worker, &reading, dim_index, threshold_index, &tally->diagonal);
    if (status)
        return status;
    for (uint32_t v = 0; v < grid->n_vmins; v++)
        worker->vertical[v] = rqa__summarize_vertical(&reading, &tally->vertical, grid->vmins[v]);
    uint64_t row = rqa__unit_row(worker, grid->dim_position[worker->chosen_dim[dim_index]],
                          grid->threshold_position[worker->chosen_threshold[threshold_index]]);
    double *values = worker->rows->values + row * grid->n_measures;
    uint8_t *reasons = worker->rows->reasons + row * grid->n_measures;
    for (uint32_t l = 0; l < grid->n_lmins; l++)
        for (uint32_t v = 0; v < grid->n_vmins; v++) {
            rqa__measure_lines(&reading, &worker->diagonal[l], &worker->vertical[v], value, reason);
            for (uint32_t m = 0; m < grid->n_measures; m++) {
                *values++ = value[grid->measure[m]];
                *reasons++ = reason[grid->measure[m]];
            }
        }
    return RQA_OK;
}

/* Which cells of the task have a row that is not there yet; returns how many. */
static size_t find_missing(rqa__unit_worker *worker, const uint8_t *present)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    size_t n_rows = (size_t)rqa__unit_cell_rows(worker), n_missing = 0;
    for (uint32_t d = 0; d < worker->task.n_dims; d++)
        for (uint32_t e = 0; e < grid->n_thresholds; e++) {
            size_t cell = (size_t)grid->dim_position[d] * grid->n_thresholds +
                          grid->threshold_position[e];
            int missing = !present || memchr(present + cell * n_rows, 0, n_rows) != NULL;
            worker->missing[(size_t)d * grid->n_thresholds + e] = (uint8_t)missing;
            n_missing += (size_t)missing;
        }
    return n_missing;
}

/* The dims and thresholds of the lists, whose bounds need not be neighbours, become a task. */
static void select_cells(rqa__unit_worker *worker, uint32_t n_dims, uint32_t n_thresholds)
{
    const rqa__task *whole = &worker->task;
    rqa__task *selection = &worker->selection;
    for (uint32_t d = 0; d < n_dims; d++)
        for (uint32_t e = 0; e < n_thresholds; e++) {
            size_t to = (size_t)d * n_thresholds + e;
            size_t from =
                (size_t)worker->chosen_dim[d] * whole->n_thresholds + worker->chosen_threshold[e];
            worker->chosen_bounds[to] = whole->bounds[from];
            if (whole->bounds_y)
                worker->chosen_bounds_y[to] = whole->bounds_y[from];
        }
    *selection = *whole;
    selection->n_dims = n_dims;
    selection->n_thresholds = n_thresholds;
    selection->x.dims = selection->y.dims = worker->chosen_dims;
    selection->bounds = worker->chosen_bounds;
    selection->bounds_y = whole->bounds_y ? worker->chosen_bounds_y : NULL;
}

/* The limits of the selection, which begins at a cell of the whole. */
static int set_limits(rqa__unit_worker *worker, const uint8_t *missing)
{
    const rqa__unit_search search = {.batch = worker->batch,
                                     .item = worker->item,
                                     .task = &worker->task,
                                     .missing = missing,
                                     .parallel = worker->parallel};
    return rqa__unit_limits_set(&worker->limits, &search, worker->chosen_dim[0],
                                worker->chosen_threshold[0], &worker->selection,
                                worker->chosen_bounds, worker->chosen_bounds_y);
}

/* The dims that lack the same thresholds as the first that lacks any, with those thresholds, or as many
 * as their limits hold for; they are no longer missing then. */
int rqa__unit_next(rqa__unit_worker *worker, const rqa__task **out)
{
    const rqa__task *whole = &worker->task;
    const rqa__task *selection = &worker->selection;
    const size_t n = whole->n_thresholds;
    const uint32_t most_thresholds = rqa__unit_limits_one_threshold(worker->item) ? 1 : UINT32_MAX;
    const uint32_t most_dims = rqa__unit_limits_one_dim(worker->item) ? 1 : UINT32_MAX;
    uint32_t first = 0, n_dims = 0, n_thresholds = 0;
    *out = NULL;
    while (first < whole->n_dims && !memchr(worker->missing + first * n, 1, n))
        first++;
    if (first == whole->n_dims)
        return RQA_OK;
    const uint8_t *pattern = worker->missing + first * n;
    for (uint32_t e = 0; e < n && n_thresholds < most_thresholds; e++)
        if (pattern[e])
            worker->chosen_threshold[n_thresholds++] = e;
    for (uint32_t d = first; d < whole->n_dims && n_dims < most_dims; d++)
        if (memcmp(worker->missing + d * n, pattern, n) == 0) {
            worker->chosen_dims[n_dims] = whole->x.dims[d];
            worker->chosen_dim[n_dims++] = d;
        }
    select_cells(worker, n_dims, n_thresholds);
    int status = set_limits(worker, pattern);
    for (uint32_t d = 0; d < selection->n_dims; d++)
        for (uint32_t e = 0; e < selection->n_thresholds; e++)
            worker->missing[worker->chosen_dim[d] * n + worker->chosen_threshold[e]] = 0;
    *out = status ? NULL : selection;
    return status;
}

static int begin(rqa__unit_worker *worker, uint64_t index, const rqa__unit_rows *rows,
                 const rqa__parallel *parallel)
{
    const struct rqa_batch *batch = worker->batch;
    worker->unit = &batch->plan.unit[index];
    worker->item = rqa__batch_item_of(batch, index);
    worker->rows = rows;
    worker->parallel = parallel && parallel->n_workers > 1 ? parallel : NULL;
    worker->task.n_dims = 0;
    if (!worker->item->x.series)
        return RQA_OK;
    uint32_t n_dims =
        rqa__unit_task(&worker->task, batch, worker->item, rqa__batch_delay_of(batch, index));
    rqa__unit_mark_empty(worker, n_dims);
    if (n_dims == 0 || find_missing(worker, worker->unit->present) == 0) {
        worker->task.n_dims = 0;
        return RQA_OK;
    }
    rqa__unit_limits_forget(&worker->limits);
    return rqa__unit_set_bounds(worker, worker->parallel);
}

int rqa__unit_begin(rqa__unit_worker *worker, uint64_t index, const rqa__unit_rows *rows,
                    const rqa__parallel *parallel, const rqa__task **out)
{
    *out = NULL;
    int status = begin(worker, index, rows, parallel);
    return status || worker->task.n_dims == 0 ? status : rqa__unit_next(worker, out);
}

/* The unit's; a selection that the store has left of it, which was not known when that was made,
 * gets one of its own. */
static rqa__plan plan_of(const rqa__unit_worker *worker)
{
    const rqa__task *whole = &worker->task, *selection = &worker->selection;
    rqa__plan plan = worker->unit->plan;
    if (selection->n_dims < whole->n_dims || selection->n_thresholds < whole->n_thresholds)
        rqa__plan_make(&plan, &worker->batch->context->profile, selection, plan.n_threads,
                       worker->cpu_bytes);
    return plan;
}

int rqa__unit_run(rqa__unit_worker *worker, uint64_t unit, const rqa__unit_rows *rows,
                  const rqa__parallel *parallel)
{
    const rqa__task *selection;
    if (worker->batch->job.grid.window) {
        int begun = begin(worker, unit, rows, parallel);
        return begun ? begun : rqa__unit_run_windows(worker);
    }
    int status = rqa__unit_begin(worker, unit, rows, parallel, &selection);
    while (!status && selection) {
        const rqa__plan plan = plan_of(worker);
        status = rqa__cpu_run(worker->cpu, selection, &plan, parallel, &worker->batch->sync.cancel,
                              rqa__unit_take, worker);
        if (!status)
            status = rqa__unit_next(worker, &selection);
    }
    return status;
}
