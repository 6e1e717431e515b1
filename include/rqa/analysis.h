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
    RQA_THRESHOLD_NEIGHBOUR_RATE = 6,  /**< The same, k being the least number >= 1 with k / (N-1) >=
                                          the threshold, above 0 and at most 1; where a vector counts
                                          as its own neighbour (Theiler window 0), and for cross, k /
                                          Ny. */
    RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS = 7 /**< The number E of rounds, a whole number from 1 on, at most
                                          N-1. In each round every vector, by rising index, is linked
                                          both ways with the nearest one, by distance and then by index,
                                          that it is not linked with yet (Xu, Zhang, Small: PNAS 105,
                                          19601 (2008)): R(i,j) = 1 if i and j are linked. The plot is
                                          symmetric, and has 2 E N points unless a vector is linked with
                                          all others. Links are those of the cells that the Theiler
                                          window for points keeps, and no vector is its own neighbour.
                                          For one series: not cross or joint, nor with a corridor, ties,
                                          a border rule, windows, a profile by lag, a test with surrogates
                                          or in a batch. O(N E) memory; costs passes over all pairs, and
                                          the links come one after the other. `compare` changes nothing.
                                          @since 0.3.0 */
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

/**
 * Which diagonal lines count where they touch the border of the matrix, for l_mean, l_max, div, l_entr
 * and det (Kraemer, Marwan: Phys. Lett. A 383, 125977 (2019)). What the border cuts is longer than it
 * looks, and at dim 1 of a smooth series border lines make l_entr large.
 *
 * A border line fills its whole diagonal; by a `semi` rule one that touches an end of it is a border
 * line too. Diagonals inside the Theiler window are none, nor is a line of identity that counts. Where
 * there is no border line, nothing changes. The histogram of diagonal lines is the corrected one; rr
 * and vertical lines stay as they are.
 */
enum rqa_border {
    RQA_BORDER_ALL = 0,        /**< All lines count as they are seen. */
    RQA_BORDER_DIBO = 1,       /**< Border lines do not count. */
    RQA_BORDER_DIBO_SEMI = 2,  /**< The same, by the semi rule. */
    RQA_BORDER_KELO = 3,       /**< Of them the longest on each side (j > i, j < i) counts alone; nor
                                    does a line of identity. An offset 0 that is none is with j > i. */
    RQA_BORDER_KELO_SEMI = 4,  /**< The same, by the semi rule. */
    RQA_BORDER_CENSI = 5,      /**< Each has the length of the longest of them (Censi 2004). */
    RQA_BORDER_CENSI_SEMI = 6, /**< The same, by the semi rule. */
    RQA_BORDER_CENSI_LOI = 7,  /**< Each has the length of the main diagonal. */
    RQA_BORDER_CENSI_SEMI_LOI = 8 /**< The same, by the semi rule. */
};

/**
 * Which recurrences stay by the direction of the two trajectories. Beta: peers do not agree on the
 * definition, so it may change in a later release, and the numerics version with it.
 *
 * The tangent t_i of vector v_i has as many coordinates as the vector; T is `direction_lag` and A is
 * `direction_bound`, which bounds a cosine, not an angle:
 *
 *     isodirectional   t_i = v_(i+T) - v_i,     R(i,j) and |cos(t_i, t_j) - 1| < A
 *     perpendicular    t_i = v_(i+1) - v_(i-1), R(i,j) and |cos(w_j - v_i, t_i)| < A
 *
 * Sources: Kraemer, Marwan: Phys. Lett. A 383, 125977 (2019) on both; the perpendicular is Choi and
 * others: Phys. Lett. A 263, 299 (1999). Horai and others (2002) call a plot isodirectional where the
 * norm of t_i - t_j is bounded instead: another plot.
 *
 * The last T vectors have no tangent, or the first and the last one; nor has a vector whose tangent is
 * zero or touches a missing sample. Without a tangent, and where w_j = v_i for the perpendicular, there
 * is no angle: the cell does not recur. So the line of identity of a perpendicular plot is white.
 *
 * A threshold that is a recurrence rate or a number of neighbours is found first, over all cells; then
 * cells are taken away, and every measure is that of what is left. In a joint analysis each series
 * has its own tangents. The perpendicular plot is not symmetric: i is the column, each side's diagonals
 * are counted, and what needs a symmetric plot refuses it.
 *
 * cos(a, b) is (sum a b) / (sqrt(sum a a) sqrt(sum b b)), with every sum k = 0..dim-1 outer, channel
 * inner, every operation rounded to double, and the factors multiplied before the division.
 */
enum rqa_direction {
    RQA_DIRECTION_ANY = 0,            /**< All of them. */
    RQA_DIRECTION_ISODIRECTIONAL = 1, /**< Trajectories that run the same way. */
    RQA_DIRECTION_PERPENDICULAR = 2   /**< w_j in the plane through v_i across its trajectory. */
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
    uint64_t measures;      /**< Mask of RQA_MEASURE_BIT(); 0 (default) = those
                                 of release 0.2.0, ::RQA_MEASURES_DEFAULT. */
    double threshold_lower; /**< With `corridor`: finite, >= 0, below `threshold` (and
                                 `threshold_y`), in the same unit; else 0. @since 0.3.0 */
    int32_t corridor;       /**< 1: R(i,j) = 1 if threshold_lower < distance <= threshold; under `<` if
                                 threshold_lower <= distance < threshold, so that corridors tile;
                                 under convention PYRQA with its `<` both are strict. Not with a
                                 rate or neighbours. 0 (default): no lower threshold.
                                 @since 0.3.0 */
    int32_t ties;           /**< ::rqa_ties; with neighbours only; default ALL. @since 0.3.0 */
    int32_t border;         /**< ::rqa_border; default ALL. Costs a walk over the border
                                 lines. @since 0.3.0 */
    uint32_t microstate_size; /**< Cells on a side of the blocks of microstate_entropy, 1..4; 0
                                 (default) = 2. @since 0.3.0 */
    int32_t skeleton;       /**< 1: the skeleton of the plot (beta, as ::rqa_direction is). Diagonal runs
                                 of one side, with the line of identity, that touch horizontally or
                                 vertically are one set; of each set the longest run stays, of equal ones
                                 that of the smallest |j - i|, then of the smallest i; of a set that has
                                 cells of the line of identity those alone. The other side is the mirror
                                 image (Kraemer, Marwan 2019, who take tangential motion away so, before a
                                 border rule if one is wanted). Then everything is measured on that plot,
                                 Theiler windows included, which play no part before. For symmetric plots:
                                 auto and joint, not of neighbours, not perpendicular; after a corridor and
                                 isodirectional. Costs a second pass, and beside memory for the vectors
                                 80 bytes for each run that stays and 24 for each 16 of its cells.
                                 0 (default): the plot. @since 0.3.0 */
    int32_t direction;      /**< ::rqa_direction; default ANY. Skeletons and directions are not for
                                 batches, streams, networks, profiles by lag, cat_entropy, a given
                                 matrix, or rqa/invariants.h from embeddings; in windows each is that of the window
                                 alone. They run on threads. @since 0.3.0 */
    double direction_bound; /**< A: isodirectional above 0 and at most 2, perpendicular above 0 and at most
                                 1; else 0. @since 0.3.0 */
    uint32_t direction_lag; /**< T in samples, below the number of vectors; 0 (default) = 1.
                                 Isodirectional only, else 0. @since 0.3.0 */
    uint32_t reserved;      /**< 0. @since 0.3.0 */
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

/**
 * Name of a border rule: "all", "dibo", "dibo-semi", "kelo", "kelo-semi", "censi", "censi-semi",
 * "censi-loi", "censi-semi-loi".
 * @param border ::rqa_border
 * @return static string, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API const char *rqa_border_name(int32_t border);

/**
 * Border rule of a name.
 * @param[out] out the ::rqa_border
 * @param name lower case, as rqa_border_name() writes it
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_UNKNOWN_NAME
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_border_from_name(int32_t *out, const char *name);

#ifdef __cplusplus
}
#endif

#endif
