/* batch_windows.c - the windows of one dim and threshold of a unit. */
#include "batch/batch_windows.h"

#include <math.h>

#include "base/memory.h"
#include "batch/analyze_windows.h"

int rqa__item_windows_are_analyses(const rqa__grid *grid, const rqa__item *item)
{
    return rqa__windows_path(&item->rules, grid->window_scope) == RQA__WINDOWS_ANALYSES;
}

int rqa__item_windows_differ(const rqa__grid *grid, const rqa__item *item)
{
    return grid->window_scope == RQA_WINDOWS_SCOPE_WINDOW &&
           rqa__item_windows_are_analyses(grid, item);
}

uint64_t rqa__cell_windows_bytes(const rqa__grid *grid)
{
    return rqa__grid_cell_rows(grid, 1) * sizeof(rqa__window_output);
}

/* Of the vectors of so many samples at the first dim of a task. */
static rqa__window_job sized(const rqa__grid *grid, const rqa__item *item, const rqa__task *task)
{
    const size_t n = (size_t)grid->window;
    return (rqa__window_job){
        .task = task,
        .window = grid->window,
        .step = grid->step,
        .n_x = rqa__n_vectors(n, task->x.dims[0], task->x.delay),
        .n_y = rqa__n_vectors(n, task->y.dims[0], task->y.delay),
        .n_windows = (size_t)item->n_windows,
        .n_outputs = (size_t)rqa__grid_cell_rows(grid, 1),
        .path = rqa__windows_path(&item->rules, grid->window_scope),
    };
}

double rqa__item_windows_cost(const rqa__grid *grid, const rqa__item *item, const rqa__task *task)
{
    double ns = 0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        const rqa__task of_dim = rqa__task_slice(task, (rqa__slice){d, 1, 0, task->n_thresholds});
        const rqa__window_job job = sized(grid, item, &of_dim);
        ns += rqa__windows_cost(&job) * task->n_thresholds;
    }
    return ns;
}

/* Windows are the innermost axis: those of one (lmin, vmin) follow each other. */
static void set_output(rqa__window_output *out, const rqa__cell_windows *cell,
                       const rqa__window_job *job, uint64_t line)
{
    const rqa__grid *grid = &cell->batch->job.grid;
    const size_t first = (size_t)line * job->n_windows;
    rqa__rules rules = cell->item->rules;
    rules.lmin = grid->lmins[line / grid->n_vmins];
    rules.vmin = grid->vmins[line % grid->n_vmins];
    rqa__window_output_init(out, &rules, job);
    out->stride = grid->n_measures;
    for (uint32_t m = 0; m < grid->n_measures; m++) {
        out->value[grid->measure[m]] = cell->to.values + first * grid->n_measures + m;
        out->why[grid->measure[m]] = cell->to.reasons + first * grid->n_measures + m;
    }
    if (cell->to.reached && rqa__item_windows_differ(grid, cell->item))
        out->reached = cell->to.reached + first * RQA__REACHED;
}

static rqa__window_side side_of(const rqa__source *source, const rqa__side *side)
{
    return (rqa__window_side){.series = source->series,
                              .channel_first = source->channel_first,
                              .channel_count = source->channel_count,
                              .dim = side->dims[0],
                              .delay = side->delay};
}

/* An analysis of a window by itself. */
static rqa_analysis_options options_of(const rqa__cell_windows *cell)
{
    const rqa__grid *grid = &cell->batch->job.grid;
    rqa_analysis_options o = grid->analysis;
    o.norm = cell->item->rules.norm;
    o.relation = cell->item->rules.relation;
    o.backend = RQA_BACKEND_SEQUENTIAL;
    o.threshold = cell->threshold;
    o.threshold_y = -1;
    if (!rqa__item_windows_differ(grid, cell->item) && !isnan(cell->shown[0])) {
        o.threshold_unit = RQA_THRESHOLD_DATA;
        o.threshold = cell->shown[0];
        o.threshold_y = cell->shown[1];
    }
    return o;
}

int rqa__cell_windows_run(const rqa__cell_windows *cell)
{
    const rqa__grid *grid = &cell->batch->job.grid;
    const rqa_analysis_options options = options_of(cell);
    rqa__window_job job = sized(grid, cell->item, cell->task);
    rqa__window_output *output = rqa__alloc_array(job.n_outputs, sizeof *output);
    if (!output)
        return rqa__fail_memory("the windows");
    job.context = cell->batch->context;
    job.x = side_of(&cell->item->x, &cell->task->x);
    if (cell->item->has_y)
        job.y = side_of(&cell->item->y, &cell->task->y);
    job.options = &options;
    job.cancel = &cell->batch->sync.cancel;
    job.output = output;
    for (size_t k = 0; k < job.n_outputs; k++)
        set_output(&output[k], cell, &job, k);
    int status = rqa__windows_compute(&job, cell->memory_bytes, cell->parallel);
    rqa__free(output);
    return status;
}
