/* api_matrix.c - the calls of rqa/matrix.h. */
#include "rqa/matrix.h"

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/analyze.h"
#include "batch/analyze_distances.h"
#include "data/bitmatrix.h"
#include "data/png_plot.h"
#include "plan/context_state.h"

/* Size of rqa_png_options in release 0.1.0. */
enum { PNG_OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_png_options, y_label) };

rqa_status rqa_matrix_from_bytes(rqa_matrix **out, rqa_context *context, const uint8_t *cells,
                                 size_t n_rows, size_t n_columns, size_t row_stride_bytes)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!context)
        return rqa__fail_null("context");
    if (!cells)
        return rqa__fail_null("cells");
    uint64_t n_bytes;
    int status = rqa__matrix_size(n_rows, n_columns, &n_bytes);
    if (!status)
        status = rqa__context_check_memory(context, n_bytes, "the matrix");
    if (!status)
        status =
            rqa__matrix_new_from_bytes(out, context, cells, n_rows, n_columns, row_stride_bytes);
    return status;
}

void rqa_matrix_destroy(rqa_matrix *matrix)
{
    RQA__ENTRY;
    rqa__matrix_free(matrix);
}

size_t rqa_matrix_n_rows(const rqa_matrix *matrix)
{
    return matrix ? matrix->n_rows : 0;
}

size_t rqa_matrix_n_columns(const rqa_matrix *matrix)
{
    return matrix ? matrix->n_columns : 0;
}

const uint64_t *rqa_matrix_row(const rqa_matrix *matrix, size_t row)
{
    return matrix ? rqa__matrix_row(matrix, row) : NULL;
}

rqa_status rqa_matrix_unpack(const rqa_matrix *matrix, size_t first_row, size_t n_rows,
                             uint8_t *cells, size_t row_stride_bytes)
{
    RQA__ENTRY;
    if (!matrix)
        return rqa__fail_null("matrix");
    if (!cells)
        return rqa__fail_null("cells");
    return rqa__matrix_unpack(matrix, first_row, n_rows, cells, row_stride_bytes);
}

void rqa_png_options_init_sized(rqa_png_options *options, size_t size)
{
    const rqa_png_options defaults = {
        .struct_size = sizeof defaults, .max_pixels = 1200, .frame = 1};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

/* What callers of release 0.1.0 call, whose struct ended there. */
void(rqa_png_options_init)(rqa_png_options *options)
{
    rqa_png_options_init_sized(options, PNG_OPTIONS_SMALLEST);
}

rqa_status rqa_matrix_write_png(const rqa_matrix *matrix, const char *path,
                                const rqa_png_options *options)
{
    RQA__ENTRY;
    if (!matrix)
        return rqa__fail_null("matrix");
    if (!path)
        return rqa__fail_null("path");
    rqa_png_options complete;
    rqa_png_options_init(&complete);
    int status =
        rqa__options_read(&complete, sizeof complete, PNG_OPTIONS_SMALLEST, options, "options");
    if (!status)
        status = rqa__png_plot_write(matrix, path, &complete);
    return status;
}

/* What draws a picture of embeddings. */
typedef int draw_function(const char *path, const struct rqa_embedding *x, const struct rqa_embedding *y,
                          const rqa_analysis_options *options, const rqa_png_options *png);

static rqa_status draw(draw_function *picture, const char *path, const rqa_embedding *x,
                       const rqa_embedding *y, const rqa_analysis_options *options,
                       const rqa_png_options *png)
{
    if (!path)
        return rqa__fail_null("path");
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    rqa_png_options complete;
    rqa_png_options_init(&complete);
    int status = rqa__analysis_options_read(&full, options);
    if (!status)
        status = rqa__options_read(&complete, sizeof complete, PNG_OPTIONS_SMALLEST, png, "png");
    return status ? status : picture(path, x, y, &full, &complete);
}

rqa_status rqa_plot_write_png(const char *path, const rqa_embedding *x, const rqa_embedding *y,
                              const rqa_analysis_options *options, const rqa_png_options *png)
{
    RQA__ENTRY;
    return draw(rqa__plot_of, path, x, y, options, png);
}

rqa_status rqa_distance_plot_write_png(const char *path, const rqa_embedding *x,
                                       const rqa_embedding *y, const rqa_analysis_options *options,
                                       const rqa_png_options *png)
{
    RQA__ENTRY;
    return draw(rqa__distance_plot_of, path, x, y, options, png);
}

rqa_status rqa_matrix_create(rqa_matrix **out, const rqa_embedding *x, const rqa_embedding *y,
                             const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__matrix_of(out, x, y, &full);
}

rqa_status rqa_distance_rows(double *cells, size_t row_stride, const rqa_embedding *x,
                             const rqa_embedding *y, const rqa_analysis_options *options,
                             size_t first_row, size_t n_rows)
{
    RQA__ENTRY;
    if (!cells)
        return rqa__fail_null("cells");
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    const rqa__distance_rows rows = {
        .first_row = first_row, .n_rows = n_rows, .out = cells, .stride = row_stride};
    return status ? status : rqa__distances_of(&rows, x, y, &full);
}
