/* batch_unit.c - one work unit: a recording and delay, every dim, threshold, lmin and vmin. */
#include <math.h>
#include <string.h>

#include "backend/border_walk.h"
#include "backend/cpu_run.h"
#include "base/memory.h"
#include "batch/batch_rates.h"
#include "batch/batch_task.h"
#include "batch/batch_unit.h"
#include "batch/cell_measures.h"
#include "batch/metrics_result.h"
#include "batch/threshold_scale.h"

/* What one worker keeps from unit to unit; it only grows. */
struct rqa__unit_worker {
    struct rqa_batch *batch;
    rqa__cpu_worker *cpu;
    uint64_t cpu_bytes;        /* that a task may take; 0: another computes it, and sees to that */
    double *bounds, *bounds_y; /* for thresholds in units of the diameter, and rates */
    rqa__unit_rates rates;     /* where thresholds are rates */
    rqa__bin *scratch;
    size_t scratch_room;
    rqa__line_summary *diagonal, *vertical; /* [n_lmins], [n_vmins] */
    /* The unit in hand. */
    const rqa__unit *unit;
    const rqa__item *item;
    const rqa__unit_rows *rows;
    const rqa__parallel *parallel;
    rqa__task task, selection;
    /* The selection of it in hand, when some rows are there already: the engine's dims and
     * thresholds, as positions in the sorted axes, and their bounds. */
    uint8_t *missing; /* [n_dims * n_thresholds], sorted */
    uint32_t *chosen_dim, *chosen_threshold, *chosen_dims;
    double *chosen_bounds, *chosen_bounds_y;
};

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
    worker->diagonal = rqa__alloc_array(grid->n_lmins, sizeof *worker->diagonal);
    worker->vertical = rqa__alloc_array(grid->n_vmins, sizeof *worker->vertical);
    worker->missing = rqa__alloc(n);
    worker->chosen_dim = rqa__alloc_array(grid->n_dims, sizeof(uint32_t));
    worker->chosen_dims = rqa__alloc_array(grid->n_dims, sizeof(uint32_t));
    worker->chosen_threshold = rqa__alloc_array(grid->n_thresholds, sizeof(uint32_t));
    worker->chosen_bounds = rqa__alloc_array(n, sizeof(double));
    worker->chosen_bounds_y = rqa__alloc_array(n, sizeof(double));
    int status = RQA_OK;
    if (!worker->bounds || !worker->bounds_y || !worker->diagonal || !worker->vertical ||
        !worker->missing || !worker->chosen_dim || !worker->chosen_dims ||
        !worker->chosen_threshold || !worker->chosen_bounds || !worker->chosen_bounds_y)
        status = rqa__fail_memory("a worker");
    if (!status && grid->has_rates)
        status = rqa__unit_rates_create(&worker->rates, grid);
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
           (uint64_t)grid->n_dims * grid->n_thresholds * (4 * sizeof(double) + 1) +
           ((uint64_t)grid->n_lmins + grid->n_vmins) * sizeof(rqa__line_summary) +
           (2 * (uint64_t)grid->n_dims + grid->n_thresholds) * sizeof(uint32_t);
}

void rqa__unit_worker_destroy(rqa__unit_worker *worker)
{
    if (!worker)
        return;
    rqa__cpu_worker_destroy(worker->cpu);
    rqa__unit_rates_destroy(&worker->rates);
    rqa__free(worker->bounds);
    rqa__free(worker->bounds_y);
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

/* Row of the first (lmin, vmin) of a cell, in what the unit's values go to. */
static uint64_t row_of(const rqa__unit_worker *worker, uint32_t dim, uint32_t threshold)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__unit_rows *rows = worker->rows;
    uint64_t cell =
        ((uint64_t)dim * rows->n_delays + rows->delay) * grid->n_thresholds + threshold;
    return cell * grid->n_lmins * grid->n_vmins;
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
                                   .memory_bytes = worker->cpu_bytes
                                                       ? worker->cpu_bytes
                                                       : batch->plan.apart_bytes};
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
    uint64_t row = row_of(worker, grid->dim_position[worker->chosen_dim[dim_index]],
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

/* Every (lmin, vmin) of a cell says what its rate has reached. */
static void tell_reached(const rqa__unit_worker *worker, uint64_t row, rqa__reached reached)
{
    double *out = worker->rows->reached;
    const uint64_t n = rqa__grid_lines(&worker->batch->job.grid);
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

/* Dims from position `first` of the engine's order on leave too few vectors, or none that touches no
 * missing sample. */
static void mark_empty(rqa__unit_worker *worker, uint32_t first)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    for (uint32_t d = first; d < grid->n_dims; d++)
        mark_rows(worker, row_of(worker, grid->dim_position[d], 0),
                  grid->n_thresholds * rqa__grid_lines(grid),
                  rqa__unit_is_short(worker->item, &worker->task, d) ? RQA_REASON_SERIES_TOO_SHORT
                                                                     : RQA_REASON_ALL_SKIPPED);
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
        int status = rqa__threshold_units(rules, &item->x, &item->y, task, d, parallel,
                                          &worker->batch->sync.cancel, &unit_x, &unit_y);
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
    }
    task->bounds = worker->bounds;
    task->bounds_y = rules->relation == RQA_RELATION_JOINT ? worker->bounds_y : NULL;
    return RQA_OK;
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
        const uint64_t row = row_of(worker, grid->dim_position[d], grid->threshold_position[e]);
        if (!worker->missing[k])
            continue;
        worker->bounds[k] = rates->x[k].bound;
        worker->bounds_y[k] = joint ? rates->y[k].bound : -1;
        if (!rates->x[k].unreachable) {
            tell_reached(worker, row, rates->x[k].reached);
            continue;
        }
        mark_rows(worker, row, rqa__grid_lines(grid), RQA_REASON_RATE_UNREACHABLE);
        worker->missing[k] = 0;
    }
    task->bounds = worker->bounds;
    task->bounds_y = joint ? worker->bounds_y : NULL;
    return RQA_OK;
}

/* The bounds that depend on the embedding. */
static int set_bounds(rqa__unit_worker *worker, const rqa__parallel *parallel)
{
    if (worker->task.bounds)
        return RQA_OK;
    return worker->batch->job.grid.has_rates ? set_rate_bounds(worker, parallel)
                                             : set_diameter_bounds(worker, parallel);
}

/* Which cells of the task have a row that is not there yet; returns how many. */
static size_t find_missing(rqa__unit_worker *worker, const uint8_t *present)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    size_t n_lines = (size_t)grid->n_lmins * grid->n_vmins, n_missing = 0;
    for (uint32_t d = 0; d < worker->task.n_dims; d++)
        for (uint32_t e = 0; e < grid->n_thresholds; e++) {
            size_t cell = (size_t)grid->dim_position[d] * grid->n_thresholds +
                          grid->threshold_position[e];
            int missing = !present || memchr(present + cell * n_lines, 0, n_lines) != NULL;
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

/* The dims that lack the same thresholds as the first that lacks any, with those thresholds; they
 * are no longer missing then. */
const rqa__task *rqa__unit_next(rqa__unit_worker *worker)
{
    const rqa__task *whole = &worker->task;
    const rqa__task *selection = &worker->selection;
    size_t n = whole->n_thresholds;
    uint32_t first = 0, n_dims = 0, n_thresholds = 0;
    while (first < whole->n_dims && !memchr(worker->missing + first * n, 1, n))
        first++;
    if (first == whole->n_dims)
        return NULL;
    const uint8_t *pattern = worker->missing + first * n;
    for (uint32_t e = 0; e < n; e++)
        if (pattern[e])
            worker->chosen_threshold[n_thresholds++] = e;
    for (uint32_t d = first; d < whole->n_dims; d++)
        if (memcmp(worker->missing + d * n, pattern, n) == 0) {
            worker->chosen_dims[n_dims] = whole->x.dims[d];
            worker->chosen_dim[n_dims++] = d;
        }
    select_cells(worker, n_dims, n_thresholds);
    for (uint32_t d = 0; d < selection->n_dims; d++)
        for (uint32_t e = 0; e < selection->n_thresholds; e++)
            worker->missing[worker->chosen_dim[d] * n + worker->chosen_threshold[e]] = 0;
    return selection;
}

int rqa__unit_begin(rqa__unit_worker *worker, uint64_t index, const rqa__unit_rows *rows,
                    const rqa__parallel *parallel, const rqa__task **out)
{
    const struct rqa_batch *batch = worker->batch;
    *out = NULL;
    worker->unit = &batch->plan.unit[index];
    worker->item = rqa__batch_item_of(batch, index);
    worker->rows = rows;
    worker->parallel = parallel && parallel->n_workers > 1 ? parallel : NULL;
    if (!worker->item->x.series)
        return RQA_OK;
    uint32_t n_dims =
        rqa__unit_task(&worker->task, batch, worker->item, rqa__batch_delay_of(batch, index));
    mark_empty(worker, n_dims);
    if (n_dims == 0 || find_missing(worker, worker->unit->present) == 0)
        return RQA_OK;
    int status = set_bounds(worker, worker->parallel);
    if (!status)
        *out = rqa__unit_next(worker);
    return status;
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
    int status = rqa__unit_begin(worker, unit, rows, parallel, &selection);
    for (; !status && selection; selection = rqa__unit_next(worker)) {
        const rqa__plan plan = plan_of(worker);
        status = rqa__cpu_run(worker->cpu, selection, &plan, parallel, &worker->batch->sync.cancel,
                              rqa__unit_take, worker);
    }
    return status;
}
