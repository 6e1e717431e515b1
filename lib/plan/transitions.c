/* transitions.c - how often lines begin and end in a recurrence plot, from a sample of its cells.
 *
 * Short stretches of columns and diagonals lie at the points of the R2 sequence (M. Roberts, The
 * unreasonable effectiveness of quasirandom sequences, 2018), which fill the plot evenly.
 */
#include "plan/transitions.h"

#include <math.h>

enum { MOST_DIMS = 3, STEPS = 32 };

/* 1/g and 1/g^2, g being the real root of x^3 = x + 1. */
static const double r2_i = 0.7548776662466927, r2_j = 0.5698402909980532;

/* Of a task: the dims that are looked at. */
typedef struct sample {
    const rqa__task *task;
    uint32_t dim[MOST_DIMS]; /* rising */
    unsigned n_dims;
} sample;

typedef struct cell {
    const rqa__side *a, *b;
    size_t i, j;
} cell;

/* Adds the terms of delays first .. end-1 to a distance. */
static double add_terms(double sum, uint32_t norm, const cell *at, uint32_t first, uint32_t end)
{
    const rqa__side *a = at->a, *b = at->b;
    for (uint32_t k = first; k < end; k++)
        for (uint32_t c = 0; c < a->n_channels; c++) {
            double difference = fabs(a->channel[c][at->i + (size_t)k * a->delay] -
                                     b->channel[c][at->j + (size_t)k * b->delay]);
            if (norm == RQA__NORM_MAXIMUM)
                sum = difference > sum || isnan(difference) ? difference : sum;
            else
                sum += norm == RQA__NORM_EUCLIDEAN ? difference * difference : difference;
        }
    return sum;
}

/* Thresholds under which the pair does not recur; they are the lowest. */
static uint32_t level_of(double value, const double *bound, uint32_t n)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (value <= bound[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void levels_of(const sample *s, size_t i, size_t j, uint32_t *level)
{
    const rqa__task *task = s->task;
    int is_joint = task->relation == RQA__RELATION_JOINT;
    const cell in_x = {&task->x, is_joint ? &task->x : &task->y, i, j};
    const cell in_y = {&task->y, &task->y, i, j};
    uint32_t n = task->n_thresholds, x_end = 0, y_end = 0;
    double x_value = 0, y_value = 0;
    for (unsigned k = 0; k < s->n_dims; k++) {
        uint32_t d = s->dim[k];
        x_value = add_terms(x_value, task->norm, &in_x, x_end, task->x.dims[d]);
        x_end = task->x.dims[d];
        level[k] = level_of(x_value, rqa__task_bounds(task, 0, d), n);
        if (!is_joint)
            continue;
        y_value = add_terms(y_value, task->norm, &in_y, y_end, task->y.dims[d]);
        y_end = task->y.dims[d];
        uint32_t y_level = level_of(y_value, rqa__task_bounds(task, 1, d), n);
        level[k] = y_level > level[k] ? y_level : level[k];
    }
}

static size_t place(double step, unsigned k, size_t n)
{
    double at = 0.5 + step * k;
    return (size_t)((at - floor(at)) * (double)n);
}

rqa__transitions rqa__transitions_of(const rqa__task *task, unsigned n_stretches)
{
    rqa__transitions t = {0};
    sample s = {.task = task};
    if (task->n_dims == 0 || task->n_thresholds == 0 || n_stretches == 0)
        return t;
    for (unsigned k = 0; k < MOST_DIMS; k++) {
        uint32_t d = (uint32_t)((uint64_t)(task->n_dims - 1) * k / (MOST_DIMS - 1));
        if (s.n_dims == 0 || d > s.dim[s.n_dims - 1])
            s.dim[s.n_dims++] = d;
    }
    size_t n_x = rqa__side_vectors(&task->x, task->n_dims - 1);
    size_t n_y = rqa__side_vectors(&task->y, task->n_dims - 1);
    size_t n = n_x < n_y ? n_x : n_y, steps = n > STEPS ? STEPS : n;
    if (steps-- < 2)
        return t;
    double n_steps = 0;
    for (unsigned k = 0; k < n_stretches; k++) {
        uint32_t before[MOST_DIMS], level[MOST_DIMS];
        size_t along = k & 1; /* a diagonal; else a column */
        size_t i = place(r2_i, k, n_x - along * steps), j = place(r2_j, k, n_y - steps);
        levels_of(&s, i, j, before);
        for (size_t step = 1; step <= steps; step++) {
            levels_of(&s, i + along * step, j + step, level);
            for (unsigned d = 0; d < s.n_dims; d++) {
                t.changes += level[d] != before[d];
                t.crossings += fabs((double)level[d] - (double)before[d]);
                before[d] = level[d];
            }
        }
        n_steps += (double)(steps * s.n_dims);
    }
    t.changes /= n_steps;
    t.crossings /= n_steps * task->n_thresholds;
    return t;
}
