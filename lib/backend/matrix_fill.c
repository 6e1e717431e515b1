/* matrix_fill.c - computes the recurrence matrix itself, for plots. */
#include "backend/matrix_fill.h"

#include "backend/pair.h"
#include "base/error.h"
#include "base/look.h"

typedef struct fill {
    const rqa__task *task;
    uint64_t *words;
    size_t words_per_row;
    size_t n_x;
    const atomic_int *cancel;
    size_t step; /* words between two looks at it */
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

static uint64_t word_of(const fill *f, size_t k, size_t j)
{
    const size_t n = f->n_x - 64 * k < 64 ? f->n_x - 64 * k : 64;
    uint64_t word = 0;
    for (size_t b = 0; b < n; b++)
        word |= (uint64_t)recurs(f->task, 64 * k + b, j) << b;
    return word;
}

static int fill_row(void *arg, size_t j, unsigned worker)
{
    const fill *f = arg;
    (void)worker;
    uint64_t *row = f->words + j * f->words_per_row;
    for (size_t first = 0; first < f->words_per_row; first += f->step) {
        size_t left = f->words_per_row - first, end = first + (left < f->step ? left : f->step);
        if (rqa__is_cancelled(f->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        for (size_t k = first; k < end; k++)
            row[k] = word_of(f, k, j);
    }
    return 0;
}

int rqa__matrix_fill(const rqa__task *task, uint64_t *words, size_t words_per_row,
                     const rqa__parallel *parallel, const atomic_int *cancel)
{
    uint64_t terms = (uint64_t)task->x.dims[0] * task->x.n_channels;
    if (task->relation == RQA__RELATION_JOINT)
        terms += (uint64_t)task->y.dims[0] * task->y.n_channels;
    const size_t step = (size_t)rqa__steps_between_looks(64 * terms);
    fill f = {task, words, words_per_row, rqa__side_vectors(&task->x, 0), cancel, step};
    size_t n_y = rqa__side_vectors(&task->y, 0);
    if (parallel)
        return parallel->run(parallel->pool, n_y, fill_row, &f);
    int status = 0;
    for (size_t j = 0; j < n_y && !status; j++)
        status = fill_row(&f, j, 0);
    return status;
}
