/**
 * @file rqa/measure.h
 * @brief The measures: ids, names, units, and reasons for being undefined.
 *
 * Formulas, with P(l), P(v), P(u) the histograms of diagonal, vertical and white vertical line
 * lengths and ln the natural logarithm (convention `standard`; rqa/convention.h has the others):
 *
 * | name    | formula                                                          | source |
 * |---------|------------------------------------------------------------------|--------|
 * | rr      | recurrence points / cells, both outside the Theiler band          | [1,2] |
 * | det     | sum_{l>=lmin} l P(l) / sum_{l>=1} l P(l)                          | [1,2] |
 * | l_mean  | sum_{l>=lmin} l P(l) / sum_{l>=lmin} P(l)                         | [2] |
 * | l_max   | longest diagonal line                                             | [1,2] |
 * | div     | 1 / l_max                                                         | [2] |
 * | l_entr  | -sum_{l>=lmin} p ln p, p = P(l) / sum_{l>=lmin} P(l)              | [1,2] |
 * | lam     | sum_{v>=vmin} v P(v) / sum_{v>=1} v P(v)                          | [3] |
 * | tt      | sum_{v>=vmin} v P(v) / sum_{v>=vmin} P(v)                         | [3] |
 * | v_max   | longest vertical line                                             | [3] |
 * | v_entr  | entropy of P(v), v >= vmin                                        | [2] |
 * | w_mean  | mean length of white vertical lines u >= wmin                     | [2] |
 * | w_max   | longest white vertical line u >= wmin                             | [2] |
 * | w_entr  | entropy of P(u), u >= wmin                                        | [2] |
 * | t1      | mean difference of successive recurrent rows in a column          | [4,5] |
 * | t2      | mean difference of the starts of successive vertical lines        | [4,5] |
 * | rte     | entropy of the distribution of those differences / ln(longest)    | [6] |
 * | trend   | 1000 x least-squares slope of RR_tau over the offset tau          | [7] |
 * | det_rr  | det / rr                                                          | [1,2] |
 * | lam_det | lam / det                                                         | [3] |
 * | transitivity  | sum_i t_i / sum_i k_i (k_i - 1) / 2                         | [8] |
 * | clustering    | mean over i of t_i / (k_i (k_i - 1) / 2), 0 where k_i < 2   | [8] |
 * | assortativity | Pearson correlation of k_i, k_j over both ends of all edges | [9] |
 * | components    | number of connected components                              | [8] |
 * | path_mean     | mean of d_ij over connected pairs                           | [8] |
 * | diameter      | largest d_ij of connected pairs                             | [8] |
 * | efficiency    | sum_{i != j} 1 / d_ij / (N (N-1)), 0 where not connected    | [8] |
 * | rpde          | -sum p ln p / ln(largest T), p(T) of first return times T   | [6] |
 * | nmprt         | largest count among the differences that t2 averages        | [5] |
 * | nmprt_time    | the smallest difference with that count                     | [5] |
 * | l_entr_rel    | l_entr / ln(number of distinct lengths l >= lmin)           | [10] |
 * | microstate_entropy | -sum p ln p over the patterns of s x s cells            | [11] |
 * | cat_entropy   | -sum p ln p over the distinct areas above 1 of blocks       | [12] |
 *
 * [1] Zbilut, Webber: Phys. Lett. A 171, 199 (1992). [2] Marwan, Romano, Thiel, Kurths: Phys. Rep.
 * 438, 237 (2007). [3] Marwan, Wessel, Meyerfeldt, Schirdewan, Kurths: Phys. Rev. E 66, 026702
 * (2002). [4] Gao: Phys. Rev. Lett. 83, 3178 (1999). [5] Ngamga et al.: Phys. Rev. E 75, 036222
 * (2007). [6] Little et al.: BioMed. Eng. OnLine 6, 23 (2007). [7] Webber, Zbilut: J. Appl.
 * Physiol. 76, 965 (1994). [8] Marwan, Donges, Zou, Donner, Kurths: Phys. Lett. A 373, 4246 (2009);
 * Donner, Zou, Donges, Marwan, Kurths: New J. Phys. 12, 033025 (2010). [9] Newman: Phys. Rev. Lett. 89,
 * 208701 (2002). [10] Coco, Dale: Front. Psychol. 5, 510 (2014) (crqa's rENTR).
 * [11] Corso, Prado, dos Santos Lima, Kurths, Lopes: Chaos 28, 083108 (2018). [12] Leonardi: Entropy
 * of categorical recurrence plots (2018) (crqa's catH).
 *
 * From transitivity on a measure is computed when a mask names it. Those seven are of the recurrence
 * network, whose edges are the points outside the Theiler band, which is at least the line of
 * identity: k_i are degrees, t_i the triangles at i, d_ij shortest paths in edges, N vectors. Vectors
 * that touch a missing sample are nodes without an edge. Cross-recurrence has none, and neither has a
 * given matrix: that is refused. Paths are counted from all vectors up to 10,000, beyond from 256 of
 * them by chance, always the same ones; the diameter is then a lower bound. They take N^2/8 bytes,
 * the others O(N) and a band.
 *
 * rpde: from vector i the trajectory leaves the threshold and T is the time of its first cell back
 * inside, so T >= 2; one return for each vector at most, no window, and none through a missing vector.
 * Not defined for cross-recurrence, nor read off a given matrix. l_entr_rel is undefined where there
 * is one length only.
 *
 * microstate_entropy: all blocks of s x s cells, s = rqa_analysis_options::microstate_size, with the
 * line of identity; with a Theiler window that the options give, blocks wholly outside its band.
 * Blocks that touch a missing sample are left out. From 0 to s^2 ln 2.
 *
 * cat_entropy: of categorical data, threshold 0 under `<=`. The plot is then made of rectangles a x b, a
 * the length of a run of equal vectors in x, b of the same in y; no window. Refused with another
 * threshold.
 *
 * RR_tau for trend is the density at distance tau from the main diagonal, both sides, in the square
 * i, j < min(Nx, Ny); tau runs from the Theiler window (from 1 without one) to n - 1 - border.
 *
 * The cells of the Theiler band are absent: they cut black and white lines alike, and a difference
 * across them is no recurrence time, so t1, t2 and rte take the two sides of a column apart. The edge
 * of the band is no border of the matrix. Conventions whose packages take the band as not recurrent
 * (rqa/convention.h) let white lines and times go through it.
 *
 * A vector that touches a missing sample (::RQA_MISSING_SKIP) recurs with nothing, and its column and
 * row are absent in the same way, in every convention: no white line and no time begins in them or
 * goes through them. The cells of rr are what they are without missing samples.
 *
 * All are computed in double from 64-bit counts, classes by rising length. An entropy over classes
 * n_k with S = sum n_k is sum n_k (ln S - ln n_k) / S, which is the formula above.
 */
#ifndef RQA_MEASURE_H
#define RQA_MEASURE_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Measures. The number is the bit in a mask of measures and never changes. */
enum rqa_measure {
    RQA_MEASURE_RR = 0,       /**< Recurrence rate, [0,1]. */
    RQA_MEASURE_DET = 1,      /**< Determinism, [0,1]. */
    RQA_MEASURE_L_MEAN = 2,   /**< Mean diagonal line, samples. */
    RQA_MEASURE_L_MAX = 3,    /**< Longest diagonal line, samples. */
    RQA_MEASURE_DIV = 4,      /**< Divergence, 1/samples. */
    RQA_MEASURE_L_ENTR = 5,   /**< Entropy of diagonal lines, nats. */
    RQA_MEASURE_LAM = 6,      /**< Laminarity, [0,1]. */
    RQA_MEASURE_TT = 7,       /**< Trapping time, samples. */
    RQA_MEASURE_V_MAX = 8,    /**< Longest vertical line, samples. */
    RQA_MEASURE_V_ENTR = 9,   /**< Entropy of vertical lines, nats. */
    RQA_MEASURE_W_MEAN = 10,  /**< Mean white vertical line, samples. */
    RQA_MEASURE_W_MAX = 11,   /**< Longest white vertical line, samples. */
    RQA_MEASURE_W_ENTR = 12,  /**< Entropy of white vertical lines, nats. */
    RQA_MEASURE_T1 = 13,      /**< Recurrence time of the first type, samples. */
    RQA_MEASURE_T2 = 14,      /**< Recurrence time of the second type, samples. */
    RQA_MEASURE_RTE = 15,     /**< Recurrence time entropy, [0,1]. */
    RQA_MEASURE_TREND = 16,   /**< Trend, 1/(1000 samples). */
    RQA_MEASURE_DET_RR = 17,  /**< Ratio det/rr. */
    RQA_MEASURE_LAM_DET = 18, /**< Ratio lam/det. */
    RQA_MEASURE_TRANSITIVITY = 19,  /**< Transitivity of the network, [0,1]. */
    RQA_MEASURE_CLUSTERING = 20,    /**< Mean local clustering coefficient, [0,1]. */
    RQA_MEASURE_ASSORTATIVITY = 21, /**< Degree correlation over edges, [-1,1]. */
    RQA_MEASURE_COMPONENTS = 22,    /**< Connected components. */
    RQA_MEASURE_PATH_MEAN = 23,     /**< Mean shortest path, edges. */
    RQA_MEASURE_DIAMETER = 24,      /**< Longest shortest path, edges. */
    RQA_MEASURE_EFFICIENCY = 25,    /**< Global efficiency, [0,1]. */
    RQA_MEASURE_RPDE = 26,          /**< Recurrence period density entropy, [0,1]. */
    RQA_MEASURE_NMPRT = 27,         /**< Number of the most probable recurrence time. */
    RQA_MEASURE_NMPRT_TIME = 28,    /**< That time, samples. */
    RQA_MEASURE_L_ENTR_REL = 29,    /**< l_entr over its largest value, [0,1]. */
    RQA_MEASURE_MICROSTATE_ENTROPY = 30, /**< Entropy of the patterns of s x s cells, nats. */
    RQA_MEASURE_CAT_ENTROPY = 31,   /**< Entropy of the areas of blocks, nats. */
    RQA_MEASURE_COUNT = 32          /**< How many there are in this release. */
};

/** Bit of a measure in a mask. */
#define RQA_MEASURE_BIT(measure) ((uint64_t)1 << (measure))
/** Mask of every measure of this release. Some are not defined for every analysis, which then fails. */
#define RQA_MEASURES_ALL (RQA_MEASURE_BIT(RQA_MEASURE_COUNT) - 1)
/** How many measures a mask of 0 stands for: those of release 0.2.0, which come first. */
#define RQA_MEASURES_DEFAULT_COUNT 19
/** Mask of them. What came later is computed, stored and paid for only when it is named. */
#define RQA_MEASURES_DEFAULT (RQA_MEASURE_BIT(RQA_MEASURES_DEFAULT_COUNT) - 1)

/** Why a value is NaN. */
enum rqa_reason {
    RQA_REASON_DEFINED = 0,          /**< It is a number. */
    RQA_REASON_NO_CELLS = 1,         /**< The Theiler window leaves no cell. */
    RQA_REASON_NO_POINTS = 2,        /**< No recurrence point. */
    RQA_REASON_NO_LINE = 3,          /**< No line of the wanted length. */
    RQA_REASON_NO_PAIR = 4,          /**< No two points (lines) in any column. */
    RQA_REASON_ZERO_DENOMINATOR = 5, /**< A ratio to something that is zero or undefined. */
    RQA_REASON_FEW_OFFSETS = 6,      /**< Fewer than two offsets for a slope. */
    RQA_REASON_SERIES_TOO_SHORT = 7, /**< Fewer than two vectors (in a cross analysis none), or fewer
                                          samples or vectors than the convention asks for; in a grid
                                          also too few for a number of neighbours. */
    RQA_REASON_NOT_COMPUTED = 8,     /**< The measure was not asked for. */
    RQA_REASON_FAILED = 9,           /**< The item failed; its status and text say why. */
    RQA_REASON_ALL_SKIPPED = 10,     /**< Every vector touches a missing sample. */
    RQA_REASON_RATE_UNREACHABLE = 11 /**< In a grid, or a window with a threshold of its own: missing
                                          samples or the Theiler window leave fewer cells than the
                                          recurrence rate asks for. @since 0.3.0 */
};

/**
 * Name of a measure, as in the table above.
 * @param measure ::rqa_measure
 * @return static string, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_measure_name(int32_t measure);

/**
 * One line on a measure: full name and unit.
 * @param measure ::rqa_measure
 * @return static string, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_measure_text(int32_t measure);

/**
 * Measure of a name.
 * @param[out] out the ::rqa_measure
 * @param name lower case, as rqa_measure_name() writes it
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_UNKNOWN_NAME
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_measure_from_name(int32_t *out, const char *name);

/**
 * Text of a reason, such as "no recurrence point".
 * @param reason ::rqa_reason
 * @return static string; "" for RQA_REASON_DEFINED, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_reason_text(int32_t reason);

#ifdef __cplusplus
}
#endif

#endif
