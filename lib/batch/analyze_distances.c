/* analyze_distances.c - rows of the matrix of distances, and its picture, from embeddings. */
#include "batch/analyze_distances.h"

#include <math.h>

#include "backend/cpu_run.h"
#include "backend/mean_distances.h"
#include "base/error.h"
#include "base/look.h"
#include "batch/analysis_memory.h"
#include "batch/threshold_scale.h"
#include "data/plot_raster.h"
#include "data/png_plot.h"
#include "plan/context_state.h"

enum { CHUNK = 1024 }; /* columns between two looks */

typedef struct distance_job {
    const rqa__analysis *a;
    const rqa__distance_rows *rows;
    const rqa__distance_kernels *kernels;
    rqa__distance_space space;
    size_t n_columns, stride;
} distance_job;

/* From what kernels give to distances in data units. */
static void convert(const distance_job *d, double *out, size_t n)
{
    const rqa__source *source = &d->a->source_x;
    for (size_t k = 0; k < n && d->space.norm == RQA__NORM_EUCLIDEAN; k++)
        out[k] = sqrt(out[k]);
    for (size_t k = 0; k < n && source->exponent; k++)
        out[k] = isnan(out[k]) ? NAN : rqa__threshold_shown(source, out[k]);
}

static int fill_row(void *arg, size_t job, unsigned worker)
{
    (void)worker;
    const distance_job *d = arg;
    double *out = d->rows->out + job * d->stride;
    for (size_t i = 0; i < d->n_columns; i += CHUNK) {
        const size_t n = d->n_columns - i < CHUNK ? d->n_columns - i : CHUNK;
        if (rqa__is_cancelled(d->a->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        d->kernels->values(&d->space, i, n, d->rows->first_row + job, out + i);
        convert(d, out + i, n);
    }
    return RQA_OK;
}

/* Rules and task; no threshold matters. */
static int begin(rqa__analysis *a, const struct rqa_embedding *x, const struct rqa_embedding *y,
                 const rqa_analysis_options *options)
{
    rqa_analysis_options wanted = *options;
    wanted.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    wanted.threshold = 0;
    wanted.threshold_y = -1;
    wanted.threshold_unit = RQA_THRESHOLD_DATA;
    wanted.corridor = 0;
    wanted.skeleton = wanted.direction = 0;
    wanted.direction_bound = 0;
    wanted.direction_lag = 0;
    int status = rqa__analysis_begin(a, x, y, &wanted);
    if (!status && a->rules.relation == RQA_RELATION_JOINT)
        status = rqa__fail(RQA_ERROR_UNSUPPORTED,
                           "options->relation is joint, which has two distances a cell; ask for each");
    return status;
}

static int check(const rqa__distance_rows *rows, size_t n_columns, size_t n_all)
{
    if (rows->first_row > n_all || rows->n_rows > n_all - rows->first_row)
        return rqa__fail(RQA_ERROR_VALUE, "first_row is %zu and n_rows is %zu; there are %zu rows",
                         rows->first_row, rows->n_rows, n_all);
    if (rows->stride && rows->stride < n_columns)
        return rqa__fail(RQA_ERROR_VALUE, "row_stride is %zu; it must be 0 or at least %zu", rows->stride,
                         n_columns);
    return RQA_OK;
}

static int fill(const distance_job *d, size_t n_rows)
{
    const rqa__parallel *parallel = rqa__analysis_parallel(d->a);
    int status = RQA_OK;
    if (parallel)
        return parallel->run(parallel->pool, n_rows, fill_row, (void *)(uintptr_t)d);
    for (size_t k = 0; k < n_rows && !status; k++)
        status = fill_row((void *)(uintptr_t)d, k, 0);
    return status;
}

int rqa__distances_of(const rqa__distance_rows *rows, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    rqa__analysis a;
    int status = begin(&a, x, y, options);
    const size_t n_columns = status ? 0 : rqa__side_vectors(&a.task.x, 0);
    if (!status)
        status = check(rows, n_columns, rqa__side_vectors(&a.task.y, 0));
    if (!status)
        status = rqa__analysis_take_backend(&a, rqa__analysis_thread_backend(&a), 0);
    const distance_job d = {.a = &a,
                            .rows = rows,
                            .kernels = rqa__cpu_distance_kernels(a.context->cpu),
                            .space = {.x = a.task.x.channel,
                                      .y = a.task.y.channel,
                                      .x_delay = a.task.x.delay,
                                      .y_delay = a.task.y.delay,
                                      .n_channels = a.task.x.n_channels,
                                      .dim = a.dim_x,
                                      .norm = a.task.norm},
                            .n_columns = n_columns,
                            .stride = rows->stride ? rows->stride : n_columns};
    if (!status)
        status = fill(&d, rows->n_rows);
    rqa__analysis_end(&a);
    return status;
}

/* ---- the picture ---- */

static uint64_t shades_bytes(const rqa__block_shades *s, uint64_t writer_bytes, unsigned n_threads)
{
    const uint64_t held = rqa__block_shades_memory(s->n_rows, s->n_columns, s->block);
    const uint64_t work = rqa__mean_distances_memory(s->n_rows, s->n_columns, n_threads);
    const uint64_t beside = work > writer_bytes ? work : writer_bytes;
    return held > UINT64_MAX - beside ? UINT64_MAX : held + beside;
}

/* On all threads, or on one where memory does not do for more; then the picture is written. */
static int fit_shades(rqa__analysis *a, const rqa__block_shades *s, uint64_t writer_bytes)
{
    if (shades_bytes(s, writer_bytes, a->choice.n_threads) > rqa__analysis_memory(a))
        a->choice.n_threads = 1;
    return rqa__analysis_check_memory(a, shades_bytes(s, writer_bytes, a->choice.n_threads),
                                      "a picture of distances");
}

static void show(rqa__block_shades *s, const rqa__source *source)
{
    for (size_t k = 0; k < s->width * s->height && source->exponent; k++)
        s->mean[k] = isnan(s->mean[k]) ? NAN : rqa__threshold_shown(source, s->mean[k]);
    rqa__block_shades_find_top(s);
}

/* Size and block are set. */
static int find_shades(rqa__block_shades *s, const struct rqa_embedding *x,
                       const struct rqa_embedding *y, const rqa_analysis_options *options,
                       uint64_t writer_bytes)
{
    rqa__analysis a;
    int status = begin(&a, x, y, options);
    if (!status)
        status = rqa__analysis_take_backend(&a, rqa__analysis_thread_backend(&a), 0);
    if (!status)
        status = fit_shades(&a, s, writer_bytes);
    if (!status)
        status = rqa__block_shades_create(s);
    if (!status)
        status = rqa__mean_distances(s, &a.task, rqa__cpu_distance_kernels(a.context->cpu),
                                     rqa__analysis_parallel(&a), a.cancel);
    if (!status)
        show(s, &a.source_x);
    rqa__analysis_end(&a);
    return status;
}

int rqa__distance_plot_of(const char *path, const struct rqa_embedding *x,
                          const struct rqa_embedding *y, const rqa_analysis_options *options,
                          const rqa_png_options *png)
{
    rqa__block_shades shades = {.n_rows = (y ? y : x)->n_vectors, .n_columns = x->n_vectors};
    int status = rqa__png_plot_check(path, png);
    if (status)
        return status;
    shades.block = rqa__plot_raster_block(shades.n_rows, shades.n_columns, png->max_pixels);
    status = find_shades(&shades, x, y, options, rqa__png_plot_memory(png));
    if (!status)
        status = rqa__png_plot_write_shades(&shades, path, png);
    rqa__block_shades_release(&shades);
    return status;
}
