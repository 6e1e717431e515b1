/* sampled_plot.c - a plot of which single cells are asked for. */
#include "sampling/sampled_plot.h"

#include "base/error.h"

enum { FETCHED_LAGS = 8 };

static rqa__sampled_side side_of(const rqa__task *task, const rqa__side *x, const rqa__side *y,
                                 double bound, const rqa__limits *limits)
{
    return (rqa__sampled_side){
        .space = {.x = x->channel,
                  .y = y->channel,
                  .x_delay = x->delay,
                  .y_delay = y->delay,
                  .n_channels = x->n_channels,
                  .dim = x->dims[0],
                  .norm = task->norm},
        .bound = bound,
        .below = limits && limits->below ? *limits->below : -1,
    };
}

rqa__sampled_plot rqa__sampled_plot_of(const rqa__task *task, const atomic_int *cancel)
{
    const int joint = task->relation == RQA__RELATION_JOINT;
    rqa__sampled_plot plot = {
        .n_sides = joint ? 2 : 1,
        .n_x = rqa__side_vectors(&task->x, 0),
        .n_y = rqa__side_vectors(&task->y, 0),
        .cancel = cancel,
    };
    plot.side[0] = side_of(task, &task->x, joint ? &task->x : &task->y,
                           *rqa__task_bounds(task, 0, 0), task->limits);
    if (joint)
        plot.side[1] = side_of(task, &task->y, &task->y, *rqa__task_bounds(task, 1, 0), task->limits_y);
    for (unsigned s = 0; s < plot.n_sides; s++)
        plot.operations += (uint64_t)plot.side[s].space.dim * plot.side[s].space.n_channels;
    return plot;
}

void rqa__sampled_fetch(const rqa__sampled_plot *plot, uint64_t i, uint64_t j)
{
    for (unsigned s = 0; s < plot->n_sides; s++) {
        const rqa__distance_space *space = &plot->side[s].space;
        for (uint32_t k = 0; k < space->dim && k < FETCHED_LAGS; k++)
            for (uint32_t c = 0; c < space->n_channels && c < FETCHED_LAGS; c++) {
                __builtin_prefetch(space->x[c] + i + k * space->x_delay);
                __builtin_prefetch(space->y[c] + j + k * space->y_delay);
            }
    }
}

int rqa__sampled_look(const rqa__sampled_plot *plot, uint64_t n_cells, uint64_t *since)
{
    *since += n_cells * plot->operations;
    if (*since < RQA__LOOK_OPERATIONS)
        return RQA_OK;
    *since = 0;
    return rqa__is_cancelled(plot->cancel) ? rqa__fail(RQA_ERROR_CANCELLED, "cancelled") : RQA_OK;
}
