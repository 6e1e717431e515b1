/* analyze_plot.c - the recurrence matrix itself, and its picture, from embeddings. */
#include <stdio.h>

#include "backend/cpu_run.h"
#include "backend/matrix_fill.h"
#include "backend/plot_counts.h"
#include "backend/row_producer.h"
#include "batch/analysis_memory.h"
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

static uint64_t sum_of(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* A matrix, or the counts of a picture, and what is beside it: first rows, then, if there is one, the writer
 * of a picture. */
typedef struct product {
    uint64_t n_bytes, writer_bytes;
    size_t n_columns, block; /* of counts; else 0 */
    char what[120];
} product;

static uint64_t product_bytes(const rqa__task *task, const product *p, unsigned n_threads)
{
    const uint64_t rows = p->block
                              ? rqa__plot_counts_memory(task, p->n_columns, p->block, n_threads)
                              : rqa__rows_memory(task, n_threads);
    return sum_of(p->n_bytes, rows > p->writer_bytes ? rows : p->writer_bytes);
}

static uint64_t last_bytes(const rqa__analysis *a, const rqa__task *task)
{
    return product_bytes(task, a->last_of, 1);
}

/* On all threads, or on one where memory does not do for more. */
static int fit(rqa__analysis *a, const product *p)
{
    a->last = last_bytes;
    a->last_of = p;
    if (product_bytes(&a->task, p, a->choice.n_threads) > rqa__analysis_memory(a))
        a->choice.n_threads = 1;
    return rqa__analysis_check_memory(a, product_bytes(&a->task, p, a->choice.n_threads), p->what);
}

/* Bounds, where there is room for all that follows: before long work, and with what they hold. */
static int set_bounds(rqa__analysis *a, const product *p, const rqa_analysis_options *options)
{
    int status = fit(a, p);
    if (!status)
        status = rqa__analysis_set_bounds(a, options);
    return status ? status : fit(a, p);
}

static int fill(struct rqa_matrix **out, rqa__analysis *a, uint64_t writer_bytes,
                const rqa_analysis_options *options)
{
    const size_t n_columns = rqa__side_vectors(&a->task.x, 0), n_rows = rqa__side_vectors(&a->task.y, 0);
    product p = {.writer_bytes = writer_bytes};
    int status = rqa__matrix_size(n_rows, n_columns, &p.n_bytes);
    snprintf(p.what, sizeof p.what, "a recurrence matrix of %zu x %zu bits", n_rows, n_columns);
    if (!status)
        status = rqa__analysis_take_backend(a, matrix_backend(a), 0);
    if (!status)
        status = set_bounds(a, &p, options);
    if (!status)
        status = rqa__matrix_new(out, a->context, n_rows, n_columns);
    if (!status)
        status = rqa__matrix_fill(&a->task, rqa__cpu_bits_kernels(a->context->cpu), (*out)->words,
                                  (*out)->words_per_row, rqa__analysis_parallel(a), a->cancel);
    return status;
}

static int make_matrix(struct rqa_matrix **out, const struct rqa_embedding *x,
                       const struct rqa_embedding *y, const rqa_analysis_options *options,
                       uint64_t writer_bytes)
{
    rqa__analysis a;
    struct rqa_matrix *matrix = NULL;
    int status = rqa__analysis_begin(&a, x, y, options);
    if (!status)
        status = fill(&matrix, &a, writer_bytes, options);
    rqa__analysis_end(&a);
    if (status) {
        rqa__matrix_free(matrix);
        return status;
    }
    matrix->is_symmetric = rqa__task_is_symmetric(&a.task);
    *out = matrix;
    return RQA_OK;
}

int rqa__matrix_of(struct rqa_matrix **out, const struct rqa_embedding *x,
                   const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    return make_matrix(out, x, y, options, 0);
}

/* The counts of a plot that is reduced; their block is given. */
static int count_plot(rqa__block_counts *counts, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options,
                      uint64_t writer_bytes)
{
    const size_t n_rows = counts->n_rows, n_columns = counts->n_columns, block = counts->block;
    product p = {.n_bytes = rqa__block_counts_memory(n_rows, n_columns, block),
                 .writer_bytes = writer_bytes,
                 .n_columns = n_columns,
                 .block = block};
    rqa__analysis a;
    snprintf(p.what, sizeof p.what, "a plot of %zu x %zu cells in blocks of %zu x %zu", n_rows, n_columns,
             block, block);
    int status = rqa__analysis_begin(&a, x, y, options);
    if (!status)
        status = rqa__analysis_take_backend(&a, matrix_backend(&a), 0);
    if (!status)
        status = set_bounds(&a, &p, options);
    if (!status)
        status = rqa__block_counts_create(counts, n_rows, n_columns, block);
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
    int status = make_matrix(&matrix, x, y, options, rqa__png_plot_memory(png));
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
    status = count_plot(&counts, x, y, options, rqa__png_plot_memory(png));
    if (!status)
        status = rqa__png_plot_write_counts(&counts, path, png);
    rqa__block_counts_release(&counts);
    return status;
}
