/* diameter.c - largest and mean distance over all pairs of vectors. */
#include "backend/diameter.h"

#include "backend/pair.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"

typedef struct row_result {
    double largest, sum;
    uint64_t n_pairs;
} row_result;

typedef struct pass {
    const rqa__side *x, *y;
    uint32_t dim, norm;
    int is_auto;
    size_t n_x, n_y;
    const atomic_int *cancel;
    size_t step; /* pairs between two looks at it */
    row_result *row;
} pass;

enum { ROWS_PER_JOB = 64 };

static void measure_pairs(const pass *p, size_t i, size_t first, size_t end, row_result *result)
{
    for (size_t j = first; j < end; j++) {
        if (p->is_auto && i == j)
            continue;
        double distance = rqa__pair_value(p->norm, p->x, i, p->y, j, p->dim);
        if (p->norm == RQA__NORM_EUCLIDEAN)
            distance = sqrt(distance);
        if (isnan(distance))
            continue;
        if (distance > result->largest)
            result->largest = distance;
        result->sum += distance;
        result->n_pairs++;
    }
}

static int measure_row(const pass *p, size_t i)
{
    row_result result = {0, 0, 0};
    for (size_t j = 0; j < p->n_y; j += p->step) {
        if (rqa__is_cancelled(p->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        measure_pairs(p, i, j, p->n_y - j < p->step ? p->n_y : j + p->step, &result);
    }
    p->row[i] = result;
    return RQA_OK;
}

static int measure_rows(void *arg, size_t index, unsigned worker)
{
    const pass *p = arg;
    (void)worker;
    size_t end = (index + 1) * ROWS_PER_JOB;
    int status = RQA_OK;
    for (size_t i = index * ROWS_PER_JOB; i < end && i < p->n_x && !status; i++)
        status = measure_row(p, i);
    return status;
}

static int run_inline(void *pool, size_t n_jobs, int (*job)(void *, size_t, unsigned), void *arg)
{
    (void)pool;
    for (size_t k = 0; k < n_jobs; k++) {
        int status = job(arg, k, 0);
        if (status)
            return status;
    }
    return RQA_OK;
}

int rqa__diameter(const rqa__side *x, const rqa__side *y, uint32_t dim_index, uint32_t norm,
                  int is_auto, const rqa__parallel *parallel, const atomic_int *cancel,
                  double *largest, double *mean)
{
    pass p = {.x = x,
              .y = y,
              .dim = x->dims[dim_index],
              .norm = norm,
              .is_auto = is_auto,
              .n_x = rqa__side_vectors(x, dim_index),
              .n_y = rqa__side_vectors(y, dim_index),
              .cancel = cancel,
              .step = (size_t)rqa__steps_between_looks((uint64_t)x->dims[dim_index] * x->n_channels)};
    p.row = rqa__calloc(p.n_x, sizeof *p.row);
    if (!p.row)
        return rqa__fail_memory("the phase-space diameter");
    size_t n_jobs = (p.n_x + ROWS_PER_JOB - 1) / ROWS_PER_JOB;
    int status = parallel ? parallel->run(parallel->pool, n_jobs, measure_rows, &p)
                          : run_inline(NULL, n_jobs, measure_rows, &p);
    double sum = 0;
    uint64_t n_pairs = 0;
    *largest = 0;
    for (size_t i = 0; i < p.n_x; i++) {
        sum += p.row[i].sum;
        n_pairs += p.row[i].n_pairs;
        if (p.row[i].largest > *largest)
            *largest = p.row[i].largest;
    }
    *mean = n_pairs ? sum / (double)n_pairs : 0;
    rqa__free(p.row);
    return status;
}
