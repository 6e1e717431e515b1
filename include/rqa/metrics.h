/**
 * @file rqa/metrics.h
 * @brief rqa_metrics: line counts and measures of one analysis.
 *
 * @code
 * rqa_metrics_compute(&metrics, x, NULL, &options);
 * rqa_metrics_get(metrics, RQA_MEASURE_DET, &det);
 * @endcode
 *
 * The N x N matrix is never formed. Vertical lines run along the index into y for a fixed index
 * into x (Marwan et al. 2007): the columns of a plot with x to the right.
 */
#ifndef RQA_METRICS_H
#define RQA_METRICS_H

#include "analysis.h"
#include "embedding.h"
#include "matrix.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Counts and measures of one analysis. Opaque, immutable, may be shared between threads. */
typedef struct rqa_metrics rqa_metrics;

/**
 * Computes every line count and measure of one analysis.
 *
 * @param[out] out the result, owned by the caller; NULL on failure
 * @param x the embedding along the first index
 * @param y the embedding along the second; NULL for auto-recurrence. Same context as x
 * @param options NULL for the defaults (threshold 0)
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH
 *         (contexts, channels, dims, numbers of vectors), RQA_ERROR_UNSUPPORTED,
 *         RQA_ERROR_TOO_SHORT (every vector touches a missing sample), RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD, RQA_ERROR_FORKED,
 *         RQA_ERROR_BACKEND_MISSING, RQA_ERROR_BACKEND_FAILED, RQA_ERROR_CANCELLED
 *         (rqa_context_cancel())
 * @par Cost
 * O(Nx Ny dim channels) time, O(Nx + Ny) memory for each thread; fewer threads, which
 * rqa_provenance::reason tells, where the context's memory limit asks for it.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_compute(rqa_metrics **out, const rqa_embedding *x,
                                       const rqa_embedding *y, const rqa_analysis_options *options);

/**
 * Computes line counts and measures of a matrix, made by rqa_matrix_create() or the caller's own.
 * The whole matrix is used; a symmetric one gives the counts of an auto-recurrence analysis. A matrix
 * knows nothing of missing samples: their cells are ones that do not recur.
 *
 * @param[out] out the result, owned by the caller; NULL on failure
 * @param matrix the matrix; rows are the index into y, columns the index into x
 * @param options norm, threshold, threshold_unit and compare are not used, of backend only
 *        RQA_BACKEND_SEQUENTIAL: the calling thread alone; else those of the context, from a million cells
 *        on. `relation` AUTO (default) and JOINT ask for a square matrix and take the convention's
 *        Theiler window; CROSS takes window 0 by default. NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH
 *         (auto of a matrix that is not square), RQA_ERROR_UNSUPPORTED, RQA_ERROR_MEMORY,
 *         RQA_ERROR_CANCELLED (rqa_context_cancel())
 * @par Cost
 * O(rows * columns) time, O(rows + columns) memory for each thread.
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_from_matrix(rqa_metrics **out, const rqa_matrix *matrix,
                                           const rqa_analysis_options *options);

/**
 * Frees a result.
 * @param metrics NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.1.0
 */
RQA_API void rqa_metrics_destroy(rqa_metrics *metrics);

/**
 * Reads a measure.
 *
 * @param metrics a result
 * @param measure ::rqa_measure
 * @param[out] out the value; NaN where undefined (rqa_metrics_reason() says why), or what the
 *             convention puts in its place
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such measure)
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_get(const rqa_metrics *metrics, int32_t measure, double *out);

/**
 * Why a measure is undefined. Set also where a dialect puts 0 or infinity in place of NaN.
 *
 * @param metrics a result
 * @param measure ::rqa_measure
 * @return ::rqa_reason; RQA_REASON_NOT_COMPUTED for an unknown measure or NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API int32_t rqa_metrics_reason(const rqa_metrics *metrics, int32_t measure);

/** Integers of a result. */
enum rqa_count {
    RQA_COUNT_SAMPLES_X = 0, /**< Samples of x (columns, for a matrix). */
    RQA_COUNT_SAMPLES_Y = 1, /**< Samples of y; those of x for auto-recurrence. */
    RQA_COUNT_VECTORS_X = 2, /**< Vectors of x. */
    RQA_COUNT_VECTORS_Y = 3, /**< Vectors of y; those of x for auto-recurrence. */
    RQA_COUNT_PAIRS = 4,     /**< The denominator of rr: cells outside the Theiler window. */
    RQA_COUNT_POINTS = 5,    /**< The numerator of rr: recurrence points among them. */
    RQA_COUNT_SKIPPED_X = 6, /**< Vectors of x that are skipped: they touch a missing sample. */
    RQA_COUNT_SKIPPED_Y = 7  /**< The same of y; those of x for auto-recurrence. */
};

/**
 * Reads an integer of a result.
 *
 * @param metrics a result
 * @param count ::rqa_count
 * @param[out] out the number
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such count)
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_count(const rqa_metrics *metrics, int32_t count, uint64_t *out);

/** Histograms of a result. */
enum rqa_histogram {
    RQA_HISTOGRAM_DIAGONAL = 0,       /**< P(l); both sides of an auto-recurrence matrix. */
    RQA_HISTOGRAM_VERTICAL = 1,       /**< P(v) */
    RQA_HISTOGRAM_WHITE = 2,          /**< P(u), with border runs as `white_border` says. */
    RQA_HISTOGRAM_RECURRENCE_TIME = 3 /**< Start-to-start distances of vertical lines. */
};

/** One class of a histogram. */
typedef struct rqa_line_bin {
    uint64_t length; /**< Length of the lines, in samples. */
    uint64_t count;  /**< How many there are; never 0. */
} rqa_line_bin;

/**
 * Reads a histogram: its non-empty classes by rising length, all lengths from 1.
 *
 * @param metrics a result
 * @param histogram ::rqa_histogram
 * @param[out] bins borrowed for the life of the result; NULL if there are none
 * @param[out] n_bins how many
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such histogram), RQA_ERROR_STATE (no measure
 *         that needs it was asked for)
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_histogram(const rqa_metrics *metrics, int32_t histogram,
                                         const rqa_line_bin **bins, size_t *n_bins);

/**
 * Recurrence points on each diagonal of the square i, j < n = min(Nx, Ny), no cell excluded: the
 * tau-recurrence profile is points / (n - |offset|).
 *
 * @param metrics a result of an analysis that included RQA_MEASURE_TREND
 * @param[out] points borrowed. rqa_metrics_compute() without y, and not of neighbours: points[k] for
 *             offset k = 0..n-1. Otherwise offset j-i = k-(n-1), 2n-1 of them
 * @param[out] n_offsets how many
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STATE (trend was not asked for)
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_offset_points(const rqa_metrics *metrics, const uint64_t **points,
                                             size_t *n_offsets);

/** What ran, where, and why. */
typedef struct rqa_provenance {
    uint32_t struct_size;    /**< sizeof(rqa_provenance), set by the caller. */
    int32_t backend;         /**< ::rqa_backend that ran; never AUTO. */
    uint32_t n_threads;      /**< Threads that took part. */
    int32_t convention;      /**< ::rqa_convention. */
    int32_t compare;         /**< ::rqa_compare; never CONVENTION. */
    uint32_t lmin;           /**< Shortest diagonal line in force. */
    uint32_t vmin;           /**< Shortest vertical line in force. */
    uint32_t wmin;           /**< Shortest white line in force. */
    uint64_t theiler_points;   /**< Theiler window of points in force. */
    uint64_t theiler_diagonal; /**< Theiler window of diagonals in force. */
    uint64_t theiler_vertical; /**< Theiler window of verticals in force. */
    double threshold;        /**< Threshold in force, in data units; at most the largest double. NaN
                                  of neighbours, and of a rate without cells. */
    double threshold_y;      /**< Joint: threshold for y in data units; else equal `threshold`. */
    const char *kernels;     /**< Kernel level: "ref", "avx2", "avx512", "neon"; "cuda", also of
                                  hybrid; static. */
    const char *strategy;    /**< Engine: "bits", "sweep", "cells" (adaptive neighbours), "matrix"; GPU:
                                  "walk"; "parts": shared between GPUs, or GPUs and threads;
                                  static. */
    const char *reason;      /**< One line: why this backend; borrowed from the result. */
    const char *version;     /**< Release that computed it; static. */
    double threshold_lower;  /**< Lower threshold of a corridor, in data units; NaN without one.
                                  @since 0.3.0 */
    double rr_reached;       /**< Under RQA_THRESHOLD_RECURRENCE_RATE the share of the cells that
                                  `threshold` lets recur; NaN under other units. @since 0.3.0 */
    double rr_reached_y;     /**< Joint: the same of y; else equal `rr_reached`. @since 0.3.0 */
    uint64_t ties_at_threshold; /**< Under that unit the cells whose distance is the k-th smallest: by
                                  how many more than the rate asks for rr can be off. 0 under other
                                  units. @since 0.3.0 */
    uint64_t ties_at_threshold_y; /**< Joint: the same of y; else equal. @since 0.3.0 */
} rqa_provenance;

/**
 * Says what ran, where, why, and with which rules.
 *
 * @param metrics a result
 * @param[in,out] provenance struct_size must be set; a tail unknown to the library is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_metrics_provenance(const rqa_metrics *metrics, rqa_provenance *provenance);

#ifdef __cplusplus
}
#endif

#endif
