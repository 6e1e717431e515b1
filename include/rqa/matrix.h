/**
 * @file rqa/matrix.h
 * @brief rqa_matrix: the recurrence matrix itself, one bit a cell, on request.
 *
 * No analysis needs it; it is for plots and for matrices that come from elsewhere. Rows are the
 * index j into y, columns the index i into x: as in a plot with x to the right and y upwards.
 */
#ifndef RQA_MATRIX_H
#define RQA_MATRIX_H

#include "analysis.h"
#include "embedding.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A bit matrix. Opaque, immutable, may be shared between threads. */
typedef struct rqa_matrix rqa_matrix;

/**
 * Computes the recurrence matrix: Nx*Ny/8 bytes (rows padded to 64 bits).
 *
 * @param[out] out the matrix, owned by the caller; NULL on failure
 * @param x the embedding along the columns
 * @param y the embedding along the rows; NULL for auto-recurrence
 * @param options relation, norm, threshold, threshold_unit, compare, corridor, ties, skeleton,
 *        direction and convention (for its threshold rule) are used; no Theiler window is applied, but
 *        the one for points says which cells a recurrence rate or neighbours are counted over. NULL for
 *        the defaults
 * @return as rqa_metrics_compute(); RQA_ERROR_MEMORY_LIMIT names the bytes needed and the limit
 * @par Cost
 * O(Nx Ny dim channels).
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_matrix_create(rqa_matrix **out, const rqa_embedding *x,
                                     const rqa_embedding *y, const rqa_analysis_options *options);

/**
 * Makes a matrix from the caller's bytes: non-zero = recurrent.
 *
 * @param[out] out the matrix, owned by the caller; NULL on failure
 * @param context the context it belongs to
 * @param cells cell (row, column) at cells[row * row_stride_bytes + column]; read during the call
 * @param n_rows 1 .. 2^31-1
 * @param n_columns 1 .. 2^31-1
 * @param row_stride_bytes 0 = n_columns; else at least n_columns
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE, RQA_ERROR_OVERFLOW, RQA_ERROR_MEMORY,
 *         RQA_ERROR_MEMORY_LIMIT
 * @par Cost
 * O(n_rows * n_columns) time, n_rows * n_columns / 8 bytes (rows padded to 64 bits).
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_matrix_from_bytes(rqa_matrix **out, rqa_context *context,
                                         const uint8_t *cells, size_t n_rows, size_t n_columns,
                                         size_t row_stride_bytes);

/**
 * Frees a matrix.
 * @param matrix NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.1.0
 */
RQA_API void rqa_matrix_destroy(rqa_matrix *matrix);

/**
 * Number of rows (vectors of y).
 * @param matrix a matrix
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_matrix_n_rows(const rqa_matrix *matrix);

/**
 * Number of columns (vectors of x).
 * @param matrix a matrix
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_matrix_n_columns(const rqa_matrix *matrix);

/**
 * One row as packed bits: column i is bit i % 64 (least significant first) of word i / 64; the bits
 * past the last column are 0.
 *
 * @param matrix a matrix
 * @param row 0-based
 * @return ceil(n_columns/64) words, borrowed; NULL if there is no such row
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const uint64_t *rqa_matrix_row(const rqa_matrix *matrix, size_t row);

/**
 * Unpacks rows to bytes 0 and 1.
 *
 * @param matrix a matrix
 * @param first_row 0-based
 * @param n_rows how many; first_row + n_rows <= rows
 * @param[out] cells n_rows * row_stride_bytes bytes, the caller's
 * @param row_stride_bytes 0 = n_columns; else at least n_columns
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE
 * @par Cost
 * O(n_rows * n_columns) time.
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_matrix_unpack(const rqa_matrix *matrix, size_t first_row, size_t n_rows,
                                     uint8_t *cells, size_t row_stride_bytes);

/** Options of rqa_matrix_write_png(). Fill with rqa_png_options_init() first. */
typedef struct rqa_png_options {
    uint32_t struct_size; /**< sizeof(rqa_png_options); set by the init function. */
    uint32_t max_pixels;  /**< Longest side of the plot area, 16 .. 20000; default 1200. */
    int32_t overwrite;    /**< 0 (default): an existing file is refused. */
    int32_t frame;        /**< 1 (default): axes with ticks and numbers around the plot; 0: the bare
                               matrix, one pixel per cell or block. */
    double sample_period; /**< Duration of a sample for the axis numbers, 1e-100 .. 1e100; 0
                               (default) = number the samples. */
    const char *x_label;  /**< Axis label, at most 200 printable ASCII characters; NULL = none. */
    const char *y_label;  /**< Axis label, likewise. */
} rqa_png_options;

/**
 * Fills the options with their defaults and struct_size.
 * @param[out] options NULL is ignored
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API void rqa_png_options_init(rqa_png_options *options);

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes: the library may know a longer or a shorter one. Callers that look functions up at run time
 * call this one; the macro rqa_png_options_init() does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_png_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_png_options_init_sized(rqa_png_options *options, size_t size);

/**
 * The function of this name, with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_png_options_init(options) \
    rqa_png_options_init_sized((options), sizeof(rqa_png_options))

/**
 * Draws the matrix as a greyscale PNG, origin at the lower left, recurrent = black. A matrix larger
 * than max_pixels is reduced by an integer factor; a pixel's grey is the share of recurrent cells
 * in its block, scaled so that the densest block is black and square-rooted so that thin lines
 * stay visible. A smaller one is enlarged by an integer factor (not
 * without a frame).
 *
 * @param matrix a matrix
 * @param path written under a temporary name beside it and moved into place when complete; what
 *        is there and no regular file is refused
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_IO (also when
 *         the file exists), RQA_ERROR_MEMORY, RQA_ERROR_UNSUPPORTED (a librqa that was built without
 *         libpng)
 * @par Cost
 * O(rows * columns) time, memory for one row of pixels.
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_matrix_write_png(const rqa_matrix *matrix, const char *path,
                                        const rqa_png_options *options);

/**
 * Draws the recurrence plot of an analysis: the picture that rqa_matrix_create() and
 * rqa_matrix_write_png() make, byte for byte, but without a matrix. Of a plot that is reduced only the
 * counts of its blocks are kept, so a recording may have any length.
 *
 * @param path as for rqa_matrix_write_png(); tried first, before the work
 * @param x the embedding along the columns
 * @param y the embedding along the rows; NULL for auto-recurrence
 * @param options as for rqa_matrix_create(); NULL for the defaults
 * @param png NULL for the defaults
 * @return as rqa_matrix_create() and rqa_matrix_write_png(); RQA_ERROR_CANCELLED after
 *         rqa_context_cancel()
 * @par Cost
 * O(Nx Ny dim channels) time, about half of it for a symmetric plot; 4 bytes a pixel, memory for
 * the series and about a megabyte for each thread. A plot that is not reduced takes Nx*Ny/8 bytes.
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_plot_write_png(const char *path, const rqa_embedding *x,
                                      const rqa_embedding *y, const rqa_analysis_options *options,
                                      const rqa_png_options *png);

/**
 * Draws the matrix of distances, which a threshold turns into the recurrence plot: origin at the lower
 * left, the nearer the darker, 0 black, with a scale beside it. A matrix larger than max_pixels is
 * reduced by a whole factor, a pixel being the mean distance of its block; a smaller one is enlarged
 * (not without a frame). The scale ends at the largest pixel. Pairs that touch a missing sample have no
 * distance and are white.
 *
 * @param path as for rqa_matrix_write_png(); tried first, before the work
 * @param x the embedding along the columns
 * @param y the embedding along the rows; NULL for x itself
 * @param options as for rqa_distance_rows()
 * @param png NULL for the defaults
 * @return as rqa_distance_rows() and rqa_matrix_write_png(); RQA_ERROR_MEMORY_LIMIT
 * @par Cost
 * O(Nx Ny dim channels) time, half of it without y; 8 bytes a pixel, and memory for the series.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_distance_plot_write_png(const char *path, const rqa_embedding *x,
                                               const rqa_embedding *y,
                                               const rqa_analysis_options *options,
                                               const rqa_png_options *png);

/**
 * Fills rows of the matrix of distances, which a threshold turns into the recurrence matrix: cell (j, i)
 * is the distance of vector i of x and vector j of y by the documented sum (rqa/analysis.h), NaN where
 * either touches a missing sample.
 *
 * @param[out] cells distance (first_row + r, i) at cells[r * row_stride + i], the caller's
 * @param row_stride doubles from row to row; 0 = number of columns; else at least that
 * @param x the embedding along the columns
 * @param y the embedding along the rows; NULL for x itself
 * @param options norm and backend (threads alone) are used; relation joint is not allowed. NULL for the
 *        defaults
 * @param first_row 0-based
 * @param n_rows how many; first_row + n_rows <= vectors of y (of x)
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH,
 *         RQA_ERROR_UNSUPPORTED, RQA_ERROR_MEMORY, RQA_ERROR_THREAD, RQA_ERROR_FORKED,
 *         RQA_ERROR_CANCELLED (rqa_context_cancel(); then some rows are filled)
 * @par Cost
 * O(n_rows Nx dim channels).
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_distance_rows(double *cells, size_t row_stride, const rqa_embedding *x,
                                     const rqa_embedding *y, const rqa_analysis_options *options,
                                     size_t first_row, size_t n_rows);

#ifdef __cplusplus
}
#endif

#endif
