/* mean_distances.c - the mean distance in each square block of the matrix of distances: a line of blocks
 * at a time, its columns summed by a kernel. */
#include "backend/mean_distances.h"

#include <math.h>

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"

enum { CHUNK = 512 }; /* columns summed at once */

typedef struct means_job {
    rqa__block_shades *shades;
    const rqa__distance_kernels *kernels;
    rqa__distance_space space;
    int is_half;              /* blocks from the main diagonal on, and their mirror images */
    uint8_t *absent_row;      /* [n_rows] */
    uint8_t *absent_column;   /* [n_columns] */
    const atomic_int *cancel;
} means_job;

static size_t end_of(size_t first, size_t step, size_t n)
{
    return n - first < step ? n : first + step;
}

static size_t count_present(const uint8_t *absent, size_t first, size_t end)
{
    size_t n = 0;
    for (size_t k = first; k < end; k++)
        n += !absent[k];
    return n;
}

/* Rows that go between two looks. */
static size_t rows_at_once(const means_job *m)
{
    const uint64_t operations = (uint64_t)CHUNK * m->space.dim * m->space.n_channels;
    return (size_t)rqa__steps_between_looks(operations);
}

/* The distances of columns first .. end-1 of a line of blocks, summed. */
static int sum_columns(const means_job *m, size_t line, size_t first, size_t end, double *total)
{
    const rqa__block_shades *s = m->shades;
    const size_t row_end = end_of(line * s->block, s->block, s->n_rows), step = rows_at_once(m);
    double sum[CHUNK];
    for (size_t i = first; i < end; i += CHUNK) {
        const size_t n = end - i < CHUNK ? end - i : CHUNK;
        for (size_t k = 0; k < n; k++)
            sum[k] = 0;
        for (size_t j = line * s->block; j < row_end; j += step) {
            if (rqa__is_cancelled(m->cancel))
                return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
            m->kernels->add(&m->space, i, n, j, end_of(j, step, row_end) - j, sum);
        }
        for (size_t k = 0; k < n; k++)
            *total += sum[k];
    }
    return RQA_OK;
}

static int fill_line(void *arg, size_t line, unsigned worker)
{
    (void)worker;
    const means_job *m = arg;
    rqa__block_shades *s = m->shades;
    const size_t row = line * s->block;
    const size_t n_rows = count_present(m->absent_row, row, end_of(row, s->block, s->n_rows));
    for (size_t b = m->is_half ? line : 0; b < s->width; b++) {
        const size_t first = b * s->block, end = end_of(first, s->block, s->n_columns);
        const double n = (double)n_rows * (double)count_present(m->absent_column, first, end);
        double total = 0;
        int status = n > 0 ? sum_columns(m, line, first, end, &total) : RQA_OK;
        if (status)
            return status;
        s->mean[line * s->width + b] = n > 0 ? total / n : NAN;
        if (m->is_half)
            s->mean[b * s->width + line] = s->mean[line * s->width + b];
    }
    return RQA_OK;
}

size_t rqa__mean_distances_memory(size_t n_rows, size_t n_columns, unsigned n_workers)
{
    return n_rows + n_columns + n_workers * CHUNK * sizeof(double);
}

int rqa__mean_distances(rqa__block_shades *shades, const rqa__task *task,
                        const rqa__distance_kernels *kernels, const rqa__parallel *parallel,
                        const atomic_int *cancel)
{
    means_job m = {.shades = shades,
                   .kernels = kernels,
                   .space = {.x = task->x.channel,
                             .y = task->y.channel,
                             .x_delay = task->x.delay,
                             .y_delay = task->y.delay,
                             .n_channels = task->x.n_channels,
                             .dim = task->x.dims[0],
                             .norm = task->norm},
                   .is_half = task->relation == RQA__RELATION_AUTO,
                   .absent_row = rqa__calloc(shades->n_rows, 1),
                   .absent_column = rqa__calloc(shades->n_columns, 1),
                   .cancel = cancel};
    int status = RQA_OK;
    if (!m.absent_row || !m.absent_column)
        status = rqa__fail_memory("the picture of distances");
    if (!status && task->skips) {
        rqa__side_absent(&task->y, 0, m.absent_row);
        rqa__side_absent(&task->x, 0, m.absent_column);
    }
    if (!status && parallel)
        status = parallel->run(parallel->pool, shades->height, fill_line, &m);
    for (size_t line = 0; line < shades->height && !parallel && !status; line++)
        status = fill_line(&m, line, 0);
    rqa__free(m.absent_row);
    rqa__free(m.absent_column);
    return status;
}
