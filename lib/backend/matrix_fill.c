/* matrix_fill.c - computes the recurrence matrix itself, for plots. */
#include "backend/matrix_fill.h"

#include "backend/pair.h"
#include "base/error.h"

typedef struct fill {
    const rqa__task *task;
    uint64_t *words;
    size_t words_per_row;
    size_t n_x;
    const atomic_int *cancel;
} fill;

/* Joint: each series is compared with itself; cross: x with y. */
static int recurs(const rqa__task *task, size_t i, size_t j)
{
    if (task->relation != RQA__RELATION_JOINT)
        return rqa__pair_value(task->norm, &task->x, i, &task->y, j, task->x.dims[0]) <=
               task->bounds[0];
    return rqa__pair_value(task->norm, &task->x, i, &task->x, j, task->x.dims[0]) <=
               task->bounds[0] &&
           rqa__pair_value(task->norm, &task->y, i, &task->y, j, task->y.dims[0]) <=
               task->bounds_y[0];
}

static int fill_row(void *arg, size_t j, unsigned worker)
{
    const fill *f = arg;
    (void)worker;
    if (f->cancel && atomic_load_explicit(f->cancel, memory_order_relaxed))
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    uint64_t *row = f->words + j * f->words_per_row;
    for (size_t i = 0; i < f->n_x; i++)
        row[i / 64] |= (uint64_t)recurs(f->task, i, j) << (i % 64);
    return 0;
}

int rqa__matrix_fill(const rqa__task *task, uint64_t *words, size_t words_per_row,
                     const rqa__parallel *parallel, const atomic_int *cancel)
{
    fill f = {task, words, words_per_row, rqa__side_vectors(&task->x, 0), cancel};
    size_t n_y = rqa__side_vectors(&task->y, 0);
    if (parallel)
        return parallel->run(parallel->pool, n_y, fill_row, &f);
    int status = 0;
    for (size_t j = 0; j < n_y && !status; j++)
        status = fill_row(&f, j, 0);
    return status;
}
