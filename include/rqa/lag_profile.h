/**
 * @file rqa/lag_profile.h
 * @brief rqa_lag_profile: recurrence rate, determinism and mean line by lag.
 *
 * The cells R(i, i+k) are one diagonal of the matrix, x at i against y at i + k. With P_k(l) the
 * lengths of the lines on it:
 *
 * | quantity | formula                                              |
 * |----------|------------------------------------------------------|
 * | rr       | points on diagonal k / cells on it                   |
 * | det      | sum_{l>=lmin} l P_k(l) / points on it                |
 * | l_mean   | sum_{l>=lmin} l P_k(l) / sum_{l>=lmin} P_k(l)        |
 *
 * Cells on it: max(0, min(Nx, Ny-k) - max(0, -k)). No Theiler band is taken away: lag 0 of an
 * auto-recurrence analysis is the line of identity. The diagonal-wise recurrence profile of Marwan,
 * Kurths: Phys. Lett. A 302, 299 (2002); of one series, its rr is the tau-recurrence rate.
 *
 * In a cross-recurrence profile a lag k > 0 means that y does k samples later what x does.
 */
#ifndef RQA_LAG_PROFILE_H
#define RQA_LAG_PROFILE_H

#include "analysis.h"
#include "embedding.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Values and counts by lag. Opaque, immutable, may be shared between threads. */
typedef struct rqa_lag_profile rqa_lag_profile;

/** What there is by lag. */
enum rqa_lag_profile_quantity {
    RQA_LAG_PROFILE_RR = 0,    /**< Recurrence rate of a diagonal, [0,1]. */
    RQA_LAG_PROFILE_DET = 1,   /**< Its determinism, [0,1]. */
    RQA_LAG_PROFILE_L_MEAN = 2 /**< Its mean line, samples. */
};

/** Integers by lag, from which the quantities come. */
enum rqa_lag_profile_count {
    RQA_LAG_PROFILE_CELLS = 0,       /**< Cells of a diagonal. */
    RQA_LAG_PROFILE_POINTS = 1,      /**< Recurrence points among them. */
    RQA_LAG_PROFILE_LINE_POINTS = 2, /**< Points in lines of lmin and more. */
    RQA_LAG_PROFILE_LINES = 3        /**< Lines of lmin and more. */
};

/**
 * Computes the profile of the lags 0 .. max_lag where the matrix is symmetric whatever the data, as
 * that of one series and of a joint analysis; of -max_lag .. max_lag where it is not: between two
 * series, and wherever nearest neighbours are recurrences.
 *
 * @param[out] out the profile, owned by the caller; NULL on failure
 * @param x the embedding along the first index
 * @param y the embedding along the second; NULL for auto-recurrence. Same context as x
 * @param options relation, norm, threshold, threshold_unit, compare, corridor, ties, lmin and
 *        convention (for its threshold rule and lmin) are used; `border` must be ALL; the Theiler
 *        windows, save the one for points where a rate or neighbours are counted, and `measures` are
 *        not. NULL for the defaults
 * @param max_lag largest lag in samples, less than the number of vectors of the longer side
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH
 *         (contexts, channels, dims, numbers of vectors of joint), RQA_ERROR_UNSUPPORTED,
 *         RQA_ERROR_TOO_SHORT (every vector touches a missing sample), RQA_ERROR_OVERFLOW,
 *         RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD, RQA_ERROR_FORKED,
 *         RQA_ERROR_BACKEND_MISSING, RQA_ERROR_CANCELLED (rqa_context_cancel())
 * @par Cost
 * O(N max_lag dim channels) time, O(N + max_lag) memory for each thread; the matrix is not formed.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_lag_profile_compute(rqa_lag_profile **out, const rqa_embedding *x,
                                           const rqa_embedding *y,
                                           const rqa_analysis_options *options, uint64_t max_lag);

/**
 * Frees a profile.
 * @param profile NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_lag_profile_destroy(rqa_lag_profile *profile);

/**
 * The lags, by rising lag; element k of every array belongs to lag first_lag + k.
 *
 * @param profile a profile
 * @param[out] first_lag the smallest lag: 0, or -max_lag where the matrix is not symmetric
 * @param[out] n_lags how many there are
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_lag_profile_lags(const rqa_lag_profile *profile, int64_t *first_lag,
                                        size_t *n_lags);

/**
 * A quantity by lag; NaN where it is undefined (rqa_lag_profile_reason() says why).
 *
 * @param profile a profile
 * @param quantity ::rqa_lag_profile_quantity
 * @param[out] values one for each lag, borrowed
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such quantity)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_lag_profile_values(const rqa_lag_profile *profile, int32_t quantity,
                                          const double **values);

/**
 * An integer by lag.
 *
 * @param profile a profile
 * @param count ::rqa_lag_profile_count
 * @param[out] counts one for each lag, borrowed
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such count)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_lag_profile_counts(const rqa_lag_profile *profile, int32_t count,
                                          const uint64_t **counts);

/**
 * Why a quantity is undefined at a lag: RQA_REASON_NO_CELLS beyond the matrix,
 * RQA_REASON_NO_POINTS, RQA_REASON_NO_LINE.
 *
 * @param profile a profile
 * @param quantity ::rqa_lag_profile_quantity
 * @param index 0 .. n_lags-1, as in the arrays
 * @return ::rqa_reason; RQA_REASON_NOT_COMPUTED for NULL and what there is not
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API int32_t rqa_lag_profile_reason(const rqa_lag_profile *profile, int32_t quantity,
                                       size_t index);

/**
 * The lag of the largest recurrence rate; of equal ones the nearest to 0, and then the positive
 * one. Of one series that is lag 0, the line of identity, unless vectors are missing.
 *
 * @param profile a profile
 * @param[out] lag the lag
 * @param[out] rr its recurrence rate; NULL is allowed
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_lag_profile_lag_of_max(const rqa_lag_profile *profile, int64_t *lag,
                                              double *rr);

#ifdef __cplusplus
}
#endif

#endif
