/* task.c - arithmetic on work units. */
#include "plan/task.h"

#include <math.h>

#include "data/delay_embedding.h"

size_t rqa__side_vectors(const rqa__side *side, uint32_t dim_index)
{
    return rqa__n_vectors(side->n_samples, side->dims[dim_index], side->delay);
}

double rqa__task_pairs(const rqa__task *task, uint32_t dim_index)
{
    return (double)rqa__side_vectors(&task->x, dim_index) *
           (double)rqa__side_vectors(&task->y, dim_index);
}

rqa__task rqa__task_slice(const rqa__task *task, rqa__slice slice)
{
    rqa__task part = *task;
    part.n_dims = slice.n_dims;
    part.n_thresholds = slice.n_thresholds;
    part.x.dims += slice.first_dim;
    if (part.y.dims)
        part.y.dims += slice.first_dim;
    if (part.bounds)
        part.bounds = rqa__task_bounds(task, 0, slice.first_dim) + slice.first_threshold;
    if (part.bounds_y)
        part.bounds_y = rqa__task_bounds(task, 1, slice.first_dim) + slice.first_threshold;
    part.bounds_stride = task->bounds_stride ? task->bounds_stride : task->n_thresholds;
    return part;
}

/* Whether vector i touches a missing sample, which is NaN in every channel. */
static int is_absent(const rqa__side *side, uint32_t dim_index, size_t i)
{
    const double *lead = side->channel[0];
    uint32_t k = 0;
    while (k < side->dims[dim_index] && !isnan(lead[i + (size_t)k * side->delay]))
        k++;
    return k < side->dims[dim_index];
}

size_t rqa__side_absent(const rqa__side *side, uint32_t dim_index, uint8_t *absent)
{
    const size_t n = rqa__side_vectors(side, dim_index);
    size_t n_absent = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_absent(side, dim_index, i))
            continue;
        n_absent++;
        if (absent)
            absent[i] = 1;
    }
    return n_absent;
}

int rqa__task_is_empty(const rqa__task *task, uint32_t d)
{
    const size_t n_x = rqa__side_vectors(&task->x, d), n_y = rqa__side_vectors(&task->y, d);
    const int joint = task->relation == RQA__RELATION_JOINT;
    size_t i = 0, j = 0;
    if (!task->skips)
        return 0;
    while (i < n_x && (is_absent(&task->x, d, i) ||
                       (joint && (i >= n_y || is_absent(&task->y, d, i)))))
        i++;
    while (!joint && j < n_y && is_absent(&task->y, d, j))
        j++;
    return i == n_x || (!joint && j == n_y);
}
