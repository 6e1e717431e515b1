/* analyze_plot.c - the recurrence matrix itself, and its picture, from embeddings. */
#include <stdio.h>

#include "backend/cpu_run.h"
#include "backend/matrix_fill.h"
#include "backend/plot_counts.h"
#include "batch/analysis_state.h"
#include "batch/analyze.h"
#include "data/plot_raster.h"
#include "data/png_plot.h"
#include "plan/context_state.h"

/* A matrix is filled on threads, even where the environment sends analyses to a GPU. */
static int32_t matrix_backend(const rqa__analysis *a)
{
    int on_gpu = a->context->forced_backend == RQA_BACKEND_GPU ||
                 a->context->forced_backend == RQA_BACKEND_HYBRID;
    return a->rules.backend == RQA_BACKEND_AUTO && on_gpu ? RQA_BACKEND_THREADS : a->rules.backend;
}

int rqa__matrix_of(struct rqa_matrix **out, const struct rqa_embedding *x,
                   const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    rqa__analysis a;
    int status = rqa__analysis_begin(&a, x, y, options);
    if (status) {
        rqa__analysis_end(&a);
        return status;
    }
    size_t n_columns = rqa__side_vectors(&a.task.x, 0), n_rows = rqa__side_vectors(&a.task.y, 0);
    uint64_t n_bytes;
    status = rqa__matrix_size(n_rows, n_columns, &n_bytes);
    char what[96];
    snprintf(what, sizeof what, "a recurrence matrix of %zu x %zu bits", n_rows, n_columns);
    if (!status)
        status = rqa__context_check_memory(a.context, n_bytes, what);
    if (!status)
        status = rqa__analysis_take_backend(&a, matrix_backend(&a), 0);
    if (!status)
        status = rqa__analysis_set_bounds(&a, options);
    struct rqa_matrix *matrix = NULL;
    if (!status)
        status = rqa__matrix_new(&matrix, a.context, n_rows, n_columns);
    if (!status)
        status = rqa__matrix_fill(&a.task, rqa__cpu_bits_kernels(a.context->cpu), matrix->words,
                                  matrix->words_per_row, rqa__analysis_parallel(&a), a.cancel);
    rqa__analysis_end(&a);
    if (status) {
        rqa__matrix_free(matrix);
        return status;
    }
    matrix->is_symmetric = rqa__task_is_symmetric(&a.task);
    *out = matrix;
    return RQA_OK;
}

/* On all threads, or on one where memory does not do for more. */
static int fit_plot(rqa__analysis *a, const rqa__block_counts *c)
{
    const size_t held = rqa__block_counts_memory(c->n_rows, c->n_columns, c->block);
    unsigned n = a->choice.n_threads;
    uint64_t n_bytes = 0;
    for (; n > 0; n = n > 1 ? 1 : 0) {
        const size_t work = rqa__plot_counts_memory(&a->task, c->n_columns, c->block, n);
        n_bytes = held > SIZE_MAX - work ? UINT64_MAX : (uint64_t)held + work;
        if (n_bytes <= a->context->memory_limit_bytes) {
            a->choice.n_threads = n;
            return RQA_OK;
        }
    }
    char what[120];
    snprintf(what, sizeof what, "a plot of %zu x %zu cells in blocks of %zu x %zu, on one thread,",
             c->n_rows, c->n_columns, c->block, c->block);
    return rqa__context_check_memory(a->context, n_bytes, what);
}

/* The counts of a plot that is reduced; their block is given. */
static int count_plot(rqa__block_counts *counts, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    rqa__analysis a;
    int status = rqa__analysis_begin(&a, x, y, options);
    if (!status)
        status = rqa__analysis_take_backend(&a, matrix_backend(&a), 0);
    if (!status)
        status = fit_plot(&a, counts);
    if (!status)
        status = rqa__analysis_set_bounds(&a, options);
    if (!status)
        status = rqa__block_counts_create(counts, counts->n_rows, counts->n_columns, counts->block);
    if (!status)
        status = rqa__plot_counts(counts, &a.task, rqa__cpu_bits_kernels(a.context->cpu),
                                  rqa__analysis_parallel(&a), a.cancel);
    rqa__analysis_end(&a);
    return status;
}

static int plot_whole(const char *path, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options,
                      const rqa_png_options *png)
{
    struct rqa_matrix *matrix;
    int status = rqa__matrix_of(&matrix, x, y, options);
    if (status)
        return status;
    status = rqa__png_plot_write(matrix, path, png);
    rqa__matrix_free(matrix);
    return status;
}

int rqa__plot_of(const char *path, const struct rqa_embedding *x, const struct rqa_embedding *y,
                 const rqa_analysis_options *options, const rqa_png_options *png)
{
    rqa__block_counts counts = {.n_rows = (y ? y : x)->n_vectors, .n_columns = x->n_vectors};
    int status = rqa__png_plot_check(path, png);
    if (status)
        return status;
    counts.block = rqa__plot_raster_block(counts.n_rows, counts.n_columns, png->max_pixels);
    if (counts.block == 1)
        return plot_whole(path, x, y, options, png);
    status = count_plot(&counts, x, y, options);
    if (!status)
        status = rqa__png_plot_write_counts(&counts, path, png);
    rqa__block_counts_release(&counts);
    return status;
}
