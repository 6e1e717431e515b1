/**
 * @file rqa/suggest.h
 * @brief rqa_suggestion: a delay, a dimension and thresholds for a recording, with the curves they
 * were read from and the rule behind each.
 *
 * An analysis needs a delay, an embedding dimension and a threshold; nothing in recurrence analysis
 * itself says which. The customary rules do: the delay from the first minimum of the average mutual
 * information (Fraser, Swinney 1986) or from the autocorrelation, the dimension from false nearest
 * neighbours (Kennel, Brown, Abarbanel 1992) or from Cao's E1 (Cao 1997), the threshold from a
 * recurrence rate, from the size of the phase space or from the spread of the data. A rule may find
 * nothing; then the suggestion says so, and what stands in its place. They are rules of thumb: look
 * at the curves.
 *
 * Of a recording x_0 .. x_(n-1), mu its mean, ln the natural logarithm:
 *
 * Autocorrelation: r(tau) = sum_{t<n-tau} (x_t-mu)(x_(t+tau)-mu) / sum_t (x_t-mu)^2, over n and with
 * the mean of the whole recording (biased). Numerator and denominator are added in eight sums, of
 * the t that leave the same remainder when divided by 8, in rising order, joined pairwise.
 *
 * Average mutual information in nats, ::RQA_MI_BINS: each sample falls into bin
 * min(B-1, floor((x-min)/(max-min)*B)), min and max those of the whole recording; n_ab counts the
 * pairs (x_t, x_(t+tau)), t = 0 .. n'-1, n' = n-tau; n_a and n_b are its row and column sums;
 * I(tau) = sum n_ab/n' (ln n_ab + ln n' - ln n_a - ln n_b), a outer, b inner. I >= 0; I(0) is the
 * entropy of the bins; of independent samples I is about (B-1)^2/(2n'), which is bias. By ::RQA_MI_KSG:
 * estimator 1 of Kraskov, Stoegbauer, Grassberger (2004), without bins: eps_i the distance to the
 * k-th neighbour among the pairs, maximum norm; n_x, n_y the numbers of other samples nearer than
 * eps_i in each coordinate; I = psi(k) + psi(n') - mean(psi(n_x+1) + psi(n_y+1)); it may be a little
 * below 0.
 *
 * False nearest neighbours in m dimensions: vectors i = 0 .. n-1-m tau, those whose sample i+m tau
 * exists; j(i) the nearest of the same set, Euclidean, |i-j| >= max(1, theiler), the smallest j of
 * equally near ones; R its distance, dx = |x_(i+m tau) - x_(j+m tau)|. False by criterion 1 if
 * dx/R > rtol (R = 0: if dx > 0), by criterion 2 if sqrt(R^2+dx^2)/sigma > atol, sigma the standard
 * deviation (n in the denominator). Vectors that have no such neighbour are left out.
 *
 * Cao: the same vectors and window, maximum norm, j(i) the nearest whose distance d_m is not 0;
 * E(m) = mean d_(m+1)/d_m, E*(m) = mean dx, added by rising i; E1(m) = E(m+1)/E(m),
 * E2(m) = E*(m+1)/E*(m). E1 settles near 1 from the dimension that is enough; E2 stays near 1
 * for every m if the recording is noise.
 *
 * Several channels: autocorrelation and mutual information are means of those of the channels, save
 * channels that are constant; vectors are of all channels, dx is the Euclidean length of the new
 * block, sigma^2 the mean variance.
 *
 * All numbers are the same on every number of threads and kernel level.
 */
#ifndef RQA_SUGGEST_H
#define RQA_SUGGEST_H

#include "analysis.h"
#include "series.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A suggestion. Opaque, immutable, may be shared between threads. */
typedef struct rqa_suggestion rqa_suggestion;

/** Estimators of the mutual information. */
enum rqa_mi_estimator {
    RQA_MI_BINS = 0, /**< Fixed bins of equal width. */
    RQA_MI_KSG = 1   /**< k nearest neighbours, Kraskov's first; refused where pairs coincide. */
};

/** Options of rqa_suggest_compute(). Fill with rqa_suggest_options_init() first. */
typedef struct rqa_suggest_options {
    uint32_t struct_size;  /**< sizeof(rqa_suggest_options); set by the init function. */
    uint32_t max_lag;      /**< Longest lag of the two curves, 1 .. n-2; 0 (default) = n/4, at most
                                1000. */
    uint32_t max_dim;      /**< Largest dimension tried, 1 .. 100; default 10. Dimensions for which
                                the recording is too short are left out. */
    uint32_t bins;         /**< B, 2 .. 256; default 16. */
    int32_t mi_estimator;  /**< ::rqa_mi_estimator; default BINS. */
    uint32_t ksg_k;        /**< k of KSG, 1 .. 64; default 3. */
    uint32_t theiler;      /**< Neighbours and cells with |i-j| < theiler are left out, 1 .. 2^31-1;
                                default 1. Of oscillations: about the first zero. */
    uint32_t delay;        /**< Delay for the dimension and the thresholds, 1 .. 2^31-1; 0 (default) =
                                the one that is picked. */
    int32_t norm;          /**< ::rqa_norm of the thresholds; default EUCLIDEAN. */
    uint32_t reserved;     /**< 0. */
    double fnn_rtol;       /**< Bound of criterion 1, > 0; default 10. */
    double fnn_atol;       /**< Bound of criterion 2, > 0; default 2. */
    double fnn_fraction;   /**< Share of false neighbours (by either) that is accepted, 0 .. 1;
                                default 0.01. */
} rqa_suggest_options;

/** Curves of a suggestion, for rqa_suggestion_curve(). */
enum rqa_suggestion_curve_id {
    RQA_CURVE_ACF = 0,          /**< r(tau), from lag 0; NaN where every channel is constant. */
    RQA_CURVE_AMI = 1,          /**< I(tau) in nats, from lag 0. */
    RQA_CURVE_FNN_N = 2,        /**< Vectors with a neighbour, from dim 1. */
    RQA_CURVE_FNN_CRITERION1 = 3, /**< How many are false by criterion 1, from dim 1. */
    RQA_CURVE_FNN_CRITERION2 = 4, /**< By criterion 2. */
    RQA_CURVE_FNN_EITHER = 5,   /**< By at least one. */
    RQA_CURVE_FNN_FRACTION = 6, /**< EITHER / N; NaN where N is 0. */
    RQA_CURVE_CAO_E = 7,        /**< E(m), from dim 1; NaN where no distance is above 0. */
    RQA_CURVE_CAO_E_STAR = 8,   /**< E*(m), from dim 1. */
    RQA_CURVE_CAO_E1 = 9,       /**< E1(m), from dim 1; one value fewer. */
    RQA_CURVE_CAO_E2 = 10       /**< E2(m), from dim 1; one value fewer. */
};

/** Numbers of a suggestion, for rqa_suggestion_value() and rqa_suggestion_rule(). */
enum rqa_suggestion_item {
    RQA_SUGGESTION_DELAY = 0,         /**< The first minimum of the mutual information, else the first
                                           1/e of the autocorrelation, else 1. */
    RQA_SUGGESTION_DIM = 1,           /**< First dim whose FNN_FRACTION is accepted; else the first with
                                           |E1(m+1)-E1(m)| < 0.05 (Cao gives no number); else 1. */
    RQA_SUGGESTION_FIRST_ZERO = 2,    /**< First lag with r <= 0. */
    RQA_SUGGESTION_FIRST_1_OVER_E = 3, /**< First lag with r <= 1/e. */
    RQA_SUGGESTION_FIRST_MINIMUM = 4, /**< First lag with I(tau) < I(tau-1) and
                                           I(tau) <= I(tau+1). */
    RQA_SUGGESTION_RATE05 = 5,        /**< The smallest threshold with rr >= 0.05, exact: with M kept
                                           cells and k the smallest whole number with k/M >= 0.05 the
                                           k-th smallest distance. */
    RQA_SUGGESTION_DIAMETER10 = 6,    /**< A tenth of the largest distance of two vectors. */
    RQA_SUGGESTION_SD02 = 7           /**< 0.2 standard deviations, ::RQA_THRESHOLD_STD. */
};

/**
 * Fills the options with their defaults and struct_size.
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_suggest_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_suggest_options_init_sized(rqa_suggest_options *options, size_t size);

/**
 * rqa_suggest_options_init_sized() with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_suggest_options_init(options) \
    rqa_suggest_options_init_sized((options), sizeof(rqa_suggest_options))

/**
 * Computes the curves of a recording and picks from them. The thresholds are in units of the
 * series, for the delay and the dimension that were picked.
 *
 * @param[out] out the suggestion, owned by the caller; NULL on failure
 * @param series at least 4 samples, none missing: a gap would be an edge in every curve
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (a field out of its range,
 *         max_lag beyond the recording), RQA_ERROR_TOO_SHORT (fewer than 4 samples, or a delay that
 *         leaves no two vectors), RQA_ERROR_NOT_FINITE (missing samples), RQA_ERROR_UNSUPPORTED (KSG
 *         where k+1 pairs coincide), RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_FORKED,
 *         RQA_ERROR_CANCELLED after rqa_context_cancel()
 * @par Cost
 * O(n max_lag) for the two curves (KSG: O(n log n) a lag); neighbours by a search tree, about
 * O(n log n) a dimension, up to O(n^2) for noise in many dimensions; O(N^2 dim) for the thresholds.
 * Memory: about 14 max_dim channels + 28 max_dim + 4 channels + 40 bytes a sample, and what the
 * threshold of a rate takes.
 * @par Threads
 * Any; uses the context's threads.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_suggest_compute(rqa_suggestion **out, const rqa_series *series,
                                       const rqa_suggest_options *options);

/**
 * Frees a suggestion.
 * @param suggestion NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_suggestion_destroy(rqa_suggestion *suggestion);

/**
 * One number of a suggestion.
 * @param suggestion a suggestion
 * @param item ::rqa_suggestion_item
 * @param[out] out the number; NaN where it is undefined: rqa_suggestion_rule() says why
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_suggestion_value(const rqa_suggestion *suggestion, int32_t item, double *out);

/**
 * The rule a number came from, or why it is undefined: one line.
 * @param suggestion a suggestion
 * @param item ::rqa_suggestion_item
 * @return borrowed for the life of the suggestion; NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API const char *rqa_suggestion_rule(const rqa_suggestion *suggestion, int32_t item);

/**
 * One curve.
 * @param suggestion a suggestion
 * @param curve ::rqa_suggestion_curve_id
 * @param[out] values borrowed for the life of the suggestion; the first is that of lag 0 or dim 1
 * @param[out] n how many: max_lag + 1, or the dimensions that were tried
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_suggestion_curve(const rqa_suggestion *suggestion, int32_t curve,
                                        const double **values, size_t *n);

/**
 * What there is to know before a suggestion is used: a rule that found nothing, samples that look
 * independent, dimensions that could not be tried.
 * @param suggestion a suggestion
 * @param index 0, 1, ...
 * @return one line, borrowed for the life of the suggestion; NULL past the last one
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API const char *rqa_suggestion_warning(const rqa_suggestion *suggestion, size_t index);

#ifdef __cplusplus
}
#endif

#endif
