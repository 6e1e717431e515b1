/**
 * @file rqa/invariants.h
 * @brief Correlation sum, correlation dimension and entropy, and the maximum of microstate entropy: what
 * is read off a recurrence plot over a range of thresholds or line lengths.
 *
 * @code
 * rqa_correlation_sum_compute(&sum, x, NULL, &options, thresholds, n_thresholds);
 * rqa_correlation_sum_d2(sum, 0.05, 0.4, &d2, &n_used);
 * @endcode
 *
 * The correlation sum C(eps) is the share of the cells outside the Theiler window whose distance is at
 * most eps: the recurrence rate at each threshold (Grassberger, Procaccia 1983; Theiler 1986). No vector
 * is compared with itself. d2 is the slope of ln C over ln eps.
 *
 * K2, the correlation entropy, is the rate at which diagonal lines end (Thiel and others 2004): minus the
 * slope of ln N(l) over l. Of independent samples that recur with probability p it is -ln p.
 *
 * Which range is a scaling region is for the reader of the curve to say: librqa picks none.
 */
#ifndef RQA_INVARIANTS_H
#define RQA_INVARIANTS_H

#include "analysis.h"
#include "embedding.h"
#include "metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A correlation sum. Opaque, immutable, may be shared between threads. */
typedef struct rqa_correlation_sum rqa_correlation_sum;

/**
 * Counts the pairs within each of many thresholds, in one pass over all pairs.
 *
 * @param[out] out the correlation sum, owned by the caller; NULL on failure
 * @param x the embedding
 * @param y another one for a cross-correlation sum; else NULL
 * @param options as for rqa_metrics_compute(); norm, compare, theiler, threshold_unit and convention are
 *        used. threshold_unit is one of data, std and the two diameters; neither relation joint nor a
 *        corridor is allowed. `backend` chooses threads alone. NULL for the defaults
 * @param thresholds in that unit: finite, >= 0, strictly rising; read during the call
 * @param n_thresholds 1 .. 10000
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH,
 *         RQA_ERROR_UNSUPPORTED, RQA_ERROR_TOO_SHORT (every vector touches a missing sample),
 *         RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD, RQA_ERROR_FORKED,
 *         RQA_ERROR_BACKEND_MISSING, RQA_ERROR_CANCELLED (rqa_context_cancel())
 * @par Cost
 * O(Nx Ny dim channels), hardly more for many thresholds than for one.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_correlation_sum_compute(rqa_correlation_sum **out, const rqa_embedding *x,
                                               const rqa_embedding *y,
                                               const rqa_analysis_options *options,
                                               const double *thresholds, size_t n_thresholds);

/**
 * Frees a correlation sum.
 * @param sum NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_correlation_sum_destroy(rqa_correlation_sum *sum);

/**
 * The integers of a correlation sum.
 *
 * @param sum a correlation sum
 * @param[out] points borrowed for the life of the sum, by threshold: cells within it. A pair counts twice
 *             where x is compared with itself
 * @param[out] n how many thresholds
 * @param[out] cells all cells outside the Theiler window
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_correlation_sum_counts(const rqa_correlation_sum *sum, const uint64_t **points,
                                              size_t *n, uint64_t *cells);

/** Curves of a correlation sum. */
enum rqa_correlation_curve {
    RQA_CORRELATION_THRESHOLD = 0, /**< The thresholds, in data units. */
    RQA_CORRELATION_SUM = 1,       /**< C: points / cells; NaN without cells. */
    RQA_CORRELATION_LOCAL_SLOPE = 2 /**< Slope of ln C over ln eps from each threshold to the next: one
                                         fewer. NaN where a threshold or a C is 0. */
};

/**
 * Reads a curve.
 *
 * @param sum a correlation sum
 * @param curve ::rqa_correlation_curve
 * @param[out] values borrowed for the life of the sum
 * @param[out] n how many: thresholds, or one fewer
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such curve)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_correlation_sum_curve(const rqa_correlation_sum *sum, int32_t curve,
                                             const double **values, size_t *n);

/**
 * Correlation dimension d2: the least-squares slope of ln C over ln eps within a range.
 *
 * @param sum a correlation sum
 * @param lower thresholds from here, in the unit they were given in
 * @param upper up to here; not below `lower`. Infinity: all
 * @param[out] d2 NaN with fewer than two points
 * @param[out] n_used NULL, or gets how many points there were: thresholds above 0 with C above 0
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (a range that is none)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_correlation_sum_d2(const rqa_correlation_sum *sum, double lower, double upper,
                                          double *d2, size_t *n_used);

/** What K2 is estimated from. */
enum rqa_k2_estimator {
    RQA_K2_LINES = 0,   /**< N(l) = diagonal lines of length l or more (Thiel 2004; Marwan 2007). */
    RQA_K2_SEGMENTS = 1 /**< N(l) = segments of length l in them, l' - l + 1 in a line of length l': the
                             points at l - 1 dimensions more under the maximum norm and delay 1, so the
                             ratio of two is that of correlation sums. */
};

/**
 * The counts K2 is estimated from.
 *
 * @param[out] counts N(first) .. N(last), the caller's: last - first + 1 numbers
 * @param bins diagonal lines, as rqa_metrics_histogram() gives them: lengths of 1 or more, rising. NULL
 *        if there are none
 * @param n_bins how many bins
 * @param estimator ::rqa_k2_estimator
 * @param first shortest length, >= 1
 * @param last longest length, at least `first`
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE
 * @par Cost
 * O(n_bins + last - first).
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_k2_counts(uint64_t *counts, const rqa_line_bin *bins, size_t n_bins,
                                 int32_t estimator, uint64_t first, uint64_t last);

/**
 * Correlation entropy K2 in nats per sample: minus the least-squares slope of ln N(l) over l within a
 * range of lengths. Times the sampling rate it is nats per second.
 *
 * @param[out] k2 NaN with fewer than two points
 * @param[out] n_used NULL, or gets how many points there were: lengths with N(l) above 0
 * @param bins diagonal lines, as for rqa_k2_counts(); both sides of the plot, or one
 * @param n_bins how many bins
 * @param estimator ::rqa_k2_estimator
 * @param first shortest length of the fit, >= 1
 * @param last longest length, above `first`
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE
 * @par Cost
 * O(n_bins + the longest length within the range).
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_k2(double *k2, uint64_t *n_used, const rqa_line_bin *bins, size_t n_bins,
                          int32_t estimator, uint64_t first, uint64_t last);

/** Thresholds that rqa_microstate_maximum() tries. */
#define RQA_MICROSTATE_STEPS 50

/**
 * The maximum of the microstate entropy over thresholds (Corso and others 2018), on a fixed grid: the
 * largest distance times k, divided by 50, k = 1 .. 50. Makes the entropy free of a chosen threshold.
 *
 * @param[out] best the k of the largest entropy, of equal ones the least; 0 where none is defined
 * @param[out] entropies NULL, or gets ::RQA_MICROSTATE_STEPS entropies in nats, k = 1 first; NaN where no
 *             block counts
 * @param[out] thresholds NULL, or gets as many thresholds, in data units
 * @param x the embedding
 * @param y another one for a cross plot; else NULL
 * @param options as for rqa_metrics_compute(); norm, compare, theiler, microstate_size and convention are
 *        used. Relation joint is not allowed. `backend` chooses threads alone. NULL for the defaults
 * @return as rqa_correlation_sum_compute()
 * @par Cost
 * O(50 Nx Ny (dim channels + size^2)).
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_microstate_maximum(uint32_t *best, double *entropies, double *thresholds,
                                          const rqa_embedding *x, const rqa_embedding *y,
                                          const rqa_analysis_options *options);

/**
 * An estimate of det from patterns of three cells of a diagonal, as packages that count microstates give
 * it: 1 - p(010) / rr, both from the same cells. A single point counts as no line; det itself, with lmin
 * 2, differs by the lines at the border.
 *
 * @param[out] det NaN without a point
 * @param[out] counts NULL, or gets 8 numbers: how often each pattern R(i,j) + 2 R(i+1,j+1) + 4 R(i+2,j+2)
 *             is there, on all diagonals that the Theiler window of points leaves
 * @param x the embedding
 * @param y another one for a cross plot; else NULL
 * @param options as for rqa_metrics_compute(); neither relation joint nor a corridor is allowed. `backend`
 *        chooses threads alone. NULL for the defaults
 * @return as rqa_correlation_sum_compute()
 * @par Cost
 * O(Nx Ny dim channels); memory for 18 rows of bits for each thread.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_det_estimate(double *det, uint64_t *counts, const rqa_embedding *x,
                                    const rqa_embedding *y, const rqa_analysis_options *options);

#ifdef __cplusplus
}
#endif

#endif
