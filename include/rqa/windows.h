/**
 * @file rqa/windows.h
 * @brief rqa_windows: the measures of a recording in windows that move along it.
 *
 * A window of W samples that starts at sample s has the samples s .. s+W-1, and so the
 * V = W - (dim-1)*delay vectors s .. s+V-1. Its recurrence plot is the block of V x V cells at (s,
 * s) of the plot of the whole recording; of a cross or joint plot the blocks lie on the main
 * diagonal too, at the same s in x and y. There are
 *
 *     floor((n - W) / step) + 1
 *
 * windows, at s = 0, step, 2 step, ...; n is the length of the shorter recording, and no window is
 * partial. Within a window everything is as rqa_metrics_compute() has it for a recording of these
 * W samples, to the last bit: lines end at the border of the block, the Theiler window, the least
 * lengths, the borders of white lines, missing samples and the conventions apply inside it.
 *
 * The threshold, its unit (standard deviation, diameter) and the scaling of the series are those of
 * the whole recording, so that windows can be compared; ::RQA_WINDOWS_SCOPE_WINDOW takes the unit
 * of each window instead.
 *
 * Overlapping windows share their samples. Their values are not independent: two windows that start
 * step samples apart have (W - step) / W of their samples in common.
 *
 * @code
 * rqa_windows_options windows_options;
 * rqa_windows_options_init(&windows_options);
 * windows_options.window = 1000;
 * rqa_windows_compute(&windows, x, NULL, &options, &windows_options);
 * rqa_windows_values(windows, RQA_MEASURE_DET, &det, &reasons, &n_windows);
 * @endcode
 */
#ifndef RQA_WINDOWS_H
#define RQA_WINDOWS_H

#include "analysis.h"
#include "embedding.h"
#include "metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Measures of the windows of one recording. Opaque, immutable, may be shared between threads. */
typedef struct rqa_windows rqa_windows;

/** What the unit of the threshold is taken from. */
enum rqa_windows_scope {
    RQA_WINDOWS_SCOPE_RECORDING = 0, /**< The whole recording: one threshold for all windows. */
    RQA_WINDOWS_SCOPE_WINDOW = 1     /**< The samples of each window: a threshold for each. The
                                          series stays scaled as it was created. */
};

/** Options of rqa_windows_compute(). Fill with rqa_windows_options_init() first. */
typedef struct rqa_windows_options {
    uint32_t struct_size; /**< sizeof(rqa_windows_options); set by the init function. */
    int32_t scope;        /**< ::rqa_windows_scope; default RECORDING. */
    uint64_t window;      /**< W, samples of a window; there is no default. */
    uint64_t step;        /**< Samples from one start to the next, >= 1; default 1. */
} rqa_windows_options;

/** One window, as rqa_windows_at() describes it. */
typedef struct rqa_window {
    uint32_t struct_size; /**< sizeof(rqa_window), set by the caller. */
    uint32_t reserved;    /**< 0. */
    uint64_t start;       /**< First sample s, from 0. */
    uint64_t end;         /**< Last sample s + W - 1. */
    double centre;        /**< (start + end) / 2, in samples: half ones where W is even. */
    uint64_t pairs;       /**< The denominator of rr, as ::RQA_COUNT_PAIRS. */
    uint64_t points;      /**< The numerator of rr, as ::RQA_COUNT_POINTS. */
    double threshold;     /**< Threshold in force, in data units. */
    double threshold_y;   /**< Joint: threshold for y in data units; else equal `threshold`. */
} rqa_window;

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes; the macro rqa_windows_options_init() passes its own.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_windows_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_windows_options_init_sized(rqa_windows_options *options, size_t size);

/**
 * Fills the options with their defaults and struct_size.
 * @param options NULL is ignored
 */
#define rqa_windows_options_init(options)                                                          \
    rqa_windows_options_init_sized((options), sizeof(rqa_windows_options))

/**
 * Computes the measures of every window of a recording.
 *
 * @param[out] out the result, owned by the caller; NULL on failure
 * @param x the embedding along the first index
 * @param y the embedding along the second; NULL for auto-recurrence. Same context as x. In a joint
 *        analysis a window must have as many vectors of y as of x: equal (dim-1)*delay
 * @param options as of rqa_metrics_compute(); NULL for the defaults (threshold 0). A `backend` of
 *        GPU or HYBRID is refused: windows run on threads. Neighbours, and a joint corridor in other
 *        units than the data's, need scope WINDOW
 * @param windows window, step and scope
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (of the options; a window
 *         longer than the shorter recording; step 0), RQA_ERROR_TOO_SHORT (fewer than 2 vectors in
 *         a window), RQA_ERROR_MISMATCH, RQA_ERROR_UNSUPPORTED, RQA_ERROR_OVERFLOW,
 *         RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD, RQA_ERROR_FORKED,
 *         RQA_ERROR_BACKEND_MISSING, RQA_ERROR_CANCELLED (rqa_context_cancel())
 * @par Cost
 * Where windows overlap, each pair of vectors less than V apart is compared once and each line is
 * counted where it begins, ends, and meets the border of a window: O(n V) time whatever the step,
 * O(V^2 / 4) bytes for each thread. Where they overlap little, or that memory is not there, block
 * after block: O(n V^2 / step) time. Values: 9 bytes for each window and measure.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_windows_compute(rqa_windows **out, const rqa_embedding *x,
                                       const rqa_embedding *y, const rqa_analysis_options *options,
                                       const rqa_windows_options *windows);

/**
 * Frees a result.
 * @param windows NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_windows_destroy(rqa_windows *windows);

/**
 * Number of windows.
 * @param windows a result
 * @return the number, at least 1; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API size_t rqa_windows_count(const rqa_windows *windows);

/**
 * Describes a window.
 *
 * @param windows a result
 * @param index from 0 to rqa_windows_count() - 1
 * @param[in,out] out struct_size must be set; a tail unknown to the library is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (no such window)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_windows_at(const rqa_windows *windows, size_t index, rqa_window *out);

/**
 * A measure in all windows.
 *
 * @param windows a result
 * @param measure ::rqa_measure, one of those that were asked for
 * @param[out] values borrowed for the life of the result: a value for each window; NaN where
 *             undefined, or what the convention puts in its place
 * @param[out] reasons borrowed likewise: ::rqa_reason of each value; ::RQA_REASON_ALL_SKIPPED where
 *             every vector of the window touches a missing sample, ::RQA_REASON_RATE_UNREACHABLE where
 *             the rate of the window's own threshold is out of reach. NULL if not wanted
 * @param[out] n_windows how many; NULL if not wanted
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such measure), RQA_ERROR_STATE (it was not
 *         asked for)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_windows_values(const rqa_windows *windows, int32_t measure,
                                      const double **values, const uint8_t **reasons,
                                      size_t *n_windows);

/**
 * Says what ran, where, why, and with which rules.
 *
 * @param windows a result
 * @param[in,out] provenance struct_size must be set; a tail unknown to the library is zero-filled.
 *        `strategy` is "windows" where windows shared their work, "blocks" where they did not.
 *        With ::RQA_WINDOWS_SCOPE_WINDOW the thresholds are those of the first window
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_windows_provenance(const rqa_windows *windows, rqa_provenance *provenance);

#ifdef __cplusplus
}
#endif

#endif
