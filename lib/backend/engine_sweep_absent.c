/* engine_sweep_absent.c - which columns and rows are absent, their vectors touching a missing sample. */
#include "backend/engine_sweep_state.h"

#include <math.h>
#include <string.h>

static int has_missing(const rqa__side *side)
{
    size_t t = 0;
    while (t < side->n_samples && !isnan(side->channel[0][t])) {
        t++;
    }
    return t < side->n_samples;
}

/* Black lines end at a missing vector by themselves: only others need to know. */
size_t rqa__sweep_absent_room(const rqa__task *task)
{
    const size_t n_columns = rqa__side_vectors(&task->x, 0),
                 n_rows = rqa__side_vectors(&task->y, 0);
    return rqa__task_cuts(task) ? (size_t)task->n_dims * (n_columns + n_rows) : 0;
}

int rqa__sweep_mark_absent(rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    rqa__sweep_buffer *buffer = &job->ws->absent;
    const size_t room = rqa__sweep_absent_room(task);
    if (room == 0 || !(has_missing(&task->x) || has_missing(&task->y))) {
        return 0;
    }
    const int status = rqa__sweep_buffer_reserve(buffer, room, 0);
    if (status != 0) {
        return status;
    }
    memset(buffer->data, 0, room);
    job->absent_stride_x = rqa__side_vectors(&task->x, 0);
    job->absent_stride_y = rqa__side_vectors(&task->y, 0);
    uint8_t *x = buffer->data;
    uint8_t *y = x + task->n_dims * job->absent_stride_x;
    for (uint32_t d = 0; d < task->n_dims; d++, x += job->absent_stride_x,
                  y += job->absent_stride_y) {
        rqa__side_absent(&task->x, d, x);
        rqa__side_absent(&task->y, d, y);
        /* A vector of a joint matrix is there if it is in both series. */
        const size_t n = job->nx[d] < job->ny[d] ? job->nx[d] : job->ny[d];
        for (size_t i = 0; task->relation == RQA__RELATION_JOINT && i < n; i++) {
            x[i] |= y[i];
            y[i] = x[i];
        }
    }
    job->absent_x = buffer->data;
    job->absent_y = job->absent_x + task->n_dims * job->absent_stride_x;
    return 0;
}
