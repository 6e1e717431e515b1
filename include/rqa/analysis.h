/**
 * @file rqa/analysis.h
 * @brief rqa_analysis_options: what decides whether two vectors recur, and how lines are counted.
 *
 * R(i,j) = 1 if ||v_i - w_j|| <= threshold (or <, see ::rqa_compare), v_i the vectors of x and w_j
 * those of y (of x again when there is no y). The threshold may be given as the recurrence rate it is
 * to reach; instead of one threshold every vector of x may have as many neighbours as it is told
 * (::rqa_threshold_unit), and a corridor has a lower threshold as well.
 *
 * Numerics: sums run k = 0..dim-1 (outer), channel (inner), every operation rounded to IEEE double,
 * no fused multiply-add. The result is the same to the last count on every backend, SIMD level and
 * thread count.
 */
#ifndef RQA_ANALYSIS_H
#define RQA_ANALYSIS_H

#include "convention.h"
#include "measure.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Distance between two vectors. */
enum rqa_norm {
    RQA_NORM_MAXIMUM = 0,   /**< max_k |a_k - b_k| */
    RQA_NORM_EUCLIDEAN = 1, /**< sqrt(sum_k (a_k - b_k)^2) */
    RQA_NORM_MANHATTAN = 2  /**< sum_k |a_k - b_k| */
};

/** Threshold rule. */
enum rqa_compare {
    RQA_COMPARE_CONVENTION = 0, /**< What the convention uses. */
    RQA_COMPARE_LE = 1,         /**< distance <= threshold */
    RQA_COMPARE_LT = 2          /**< distance < threshold */
};

/** What x and y are to each other. */
enum rqa_relation {
    RQA_RELATION_AUTO = 0,  /**< x with itself; y must be NULL. */
    RQA_RELATION_CROSS = 1, /**< R(i,j) compares x at i with y at j; lengths may differ, the
                                 embedding dimension and the channels must agree. */
    RQA_RELATION_JOINT = 2  /**< R(i,j) = Rx(i,j) and Ry(i,j), each with its own embedding;
                                 the numbers of vectors must agree. */
};

/** Unit of the threshold. */
enum rqa_threshold_unit {
    RQA_THRESHOLD_DATA = 0,          /**< In units of the (scaled) data. */
    RQA_THRESHOLD_STD = 1,           /**< Times the standard deviation (n-1) of all values of x,
                                          pooled over its channels: sqrt of the mean variance. */
    RQA_THRESHOLD_MAX_DIAMETER = 2,  /**< Times the largest distance of two vectors
                                          (of x and y, for cross). Costs a pass over all pairs. */
    RQA_THRESHOLD_MEAN_DIAMETER = 3, /**< Times the mean distance over all pairs i != j (all pairs,
                                          for cross). Costs a pass over all pairs. */
    RQA_THRESHOLD_RECURRENCE_RATE = 4, /**< The recurrence rate to reach, above 0 and at most 1. With M
                                          cells (the denominator of rr) and k the least number >= 1
                                          with k / M >= the rate, the threshold is the k-th smallest
                                          distance of those cells: the smallest one under which rr
                                          reaches the rate, which only equal distances carry beyond
                                          it. rqa_provenance has it. Under `<` the threshold in
                                          force is the next larger double: the same matrix. In a
                                          joint analysis each series reaches the rate by itself.
                                          Costs two or three passes over all pairs. Vectors with
                                          missing samples stay in M: a rate they put out of reach is
                                          RQA_ERROR_VALUE. */
    RQA_THRESHOLD_NEIGHBOURS = 5,      /**< The number k of nearest neighbours of every vector of x, a
                                          whole number from 1 on (fixed amount of nearest
                                          neighbours): R(i,j) = 1 if the distance is at most the
                                          k-th smallest of column i, over the cells that the Theiler
                                          window for points keeps. The plot is not symmetric, each
                                          side's diagonals are counted. A column with fewer than k
                                          kept cells has them all. Not for convention NEUROKIT. Costs
                                          passes over all pairs. `compare` changes nothing. */
    RQA_THRESHOLD_NEIGHBOUR_RATE = 6   /**< The same, k being the least number >= 1 with k / (N-1) >=
                                          the threshold, above 0 and at most 1; where a vector counts
                                          as its own neighbour (Theiler window 0), and for cross, k /
                                          Ny. */
};

/** Which of equally far neighbours recur (RQA_THRESHOLD_NEIGHBOURS and _NEIGHBOUR_RATE). */
enum rqa_ties {
    RQA_TIES_ALL = 0,  /**< All that are as near as the k-th: more than k where distances are equal.
                            Does not depend on the direction of time. */
    RQA_TIES_INDEX = 1 /**< Exactly k, those with the lower index j first. */
};

/** How white vertical lines that touch the border of the matrix are treated. */
enum rqa_white_border {
    RQA_WHITE_BORDER_CONVENTION = 0, /**< What the convention does: crp and crqa exclude. */
    RQA_WHITE_BORDER_INCLUDE = 1,    /**< Counted with the length that is visible. */
    RQA_WHITE_BORDER_EXCLUDE = 2     /**< Not counted. */
};

/** Options of rqa_metrics_compute() and rqa_matrix_create(). Use rqa_analysis_options_init(). */
typedef struct rqa_analysis_options {
    uint32_t struct_size;   /**< sizeof(rqa_analysis_options); set by the init function. */
    int32_t convention;     /**< ::rqa_convention; default STANDARD. */
    int32_t norm;           /**< ::rqa_norm; default EUCLIDEAN. */
    int32_t compare;        /**< ::rqa_compare; default CONVENTION. */
    int32_t relation;       /**< ::rqa_relation; default AUTO, which with a y means CROSS. */
    int32_t threshold_unit; /**< ::rqa_threshold_unit; default DATA. */
    double threshold;       /**< Finite, >= 0, in its unit. Default 0: only equal vectors recur. */
    double threshold_y;     /**< Joint only: threshold for y; negative (default) = `threshold`. */
    int64_t theiler;        /**< Theiler window w; -1 (default) = the convention's. */
    int64_t theiler_points; /**< Window for points and rr alone; -1 (default) = as `theiler`. */
    int64_t theiler_diagonal; /**< Window for diagonals alone; -1 (default) = as `theiler`. */
    int64_t theiler_vertical; /**< Window for verticals and white lines; -1 = as `theiler`. */
    uint32_t lmin;          /**< Shortest diagonal line; 0 (default) = the convention's (2). */
    uint32_t vmin;          /**< Shortest vertical line; 0 (default) = the convention's (2). */
    uint32_t wmin;          /**< Shortest white line; 0 (default) = the convention's (1; pyrqa,
                                 neurokit 2). */
    int32_t white_border;   /**< ::rqa_white_border; default CONVENTION. */
    uint32_t trend_border;  /**< Offsets left out at the far end; 0 (default) = 10. To leave out
                                 none, set UINT32_MAX. */
    int32_t backend;        /**< ::rqa_backend; default AUTO. */
    uint64_t measures;      /**< Mask of RQA_MEASURE_BIT(); 0 (default) = all. */
    double threshold_lower; /**< With `corridor`: finite, >= 0, below `threshold` (and
                                 `threshold_y`), in the same unit; else 0. @since 0.3.0 */
    int32_t corridor;       /**< 1: R(i,j) = 1 if threshold_lower < distance <= threshold; under `<` if
                                 threshold_lower <= distance < threshold, so that corridors tile;
                                 under convention PYRQA with its `<` both are strict. Not with a
                                 rate or neighbours. 0 (default): no lower threshold.
                                 @since 0.3.0 */
    int32_t ties;           /**< ::rqa_ties; with neighbours only; default ALL. @since 0.3.0 */
} rqa_analysis_options;

/**
 * Fills the options with their defaults and struct_size.
 * @param[out] options NULL is ignored
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API void rqa_analysis_options_init(rqa_analysis_options *options);

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes: the library may know a longer or a shorter one. Callers that look functions up at run time
 * call this one; the macro rqa_analysis_options_init() does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_analysis_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_analysis_options_init_sized(rqa_analysis_options *options, size_t size);

/**
 * The function of this name, with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_analysis_options_init(options) \
    rqa_analysis_options_init_sized((options), sizeof(rqa_analysis_options))

/**
 * Name of a norm: "maximum", "euclidean", "manhattan".
 * @param norm ::rqa_norm
 * @return static string, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_norm_name(int32_t norm);

/**
 * Norm of a name: as rqa_norm_name() writes it, or max, chebyshev, l2, l1, taxicab.
 * @param[out] out the ::rqa_norm
 * @param name lower case
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_UNKNOWN_NAME
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_norm_from_name(int32_t *out, const char *name);

#ifdef __cplusplus
}
#endif

#endif
