/**
 * @file rqa/significance.h
 * @brief rqa_test: a recording among its surrogates; rqa_bootstrap: intervals of line measures.
 *
 * @code
 * rqa_test_create(&test, series, NULL, surrogates, &options);
 * rqa_test_get(test, RQA_MEASURE_DET, &result);        // result.p, result.p_two_sided
 *
 * rqa_bootstrap_create(&bootstrap, &metrics, 1, NULL);
 * rqa_bootstrap_get(bootstrap, 0, RQA_MEASURE_DET, &interval);
 * @endcode
 */
#ifndef RQA_SIGNIFICANCE_H
#define RQA_SIGNIFICANCE_H

#include "metrics.h"
#include "surrogates.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A test of one recording against its surrogates. Opaque, immutable, may be shared. */
typedef struct rqa_test rqa_test;

/**
 * How far a test has come.
 *
 * @param done analyses that are done
 * @param total those of the recording and of all surrogates
 * @param user what the options gave
 * @return 0 to go on; anything else cancels
 * @par Threads
 * Called on the thread inside rqa_test_create().
 */
typedef int (*rqa_test_progress)(uint64_t done, uint64_t total, void *user);

/** Options of rqa_test_create(). Fill with rqa_test_options_init() first. */
typedef struct rqa_test_options {
    uint32_t struct_size; /**< sizeof(rqa_test_options); set by the init function. */
    uint32_t dim;         /**< Embedding dimension; default 1. */
    uint32_t delay;       /**< Delay; default 1. */
    uint32_t reserved;    /**< 0. */
    const rqa_analysis_options *analysis; /**< Threshold, norm, measures and all else. A threshold in
                                               other units than the data's is resolved for the recording
                                               and each surrogate by itself; `threshold_y` is not there.
                                               NULL for the defaults. */
    rqa_test_progress progress; /**< NULL = none. */
    void *progress_user;        /**< Passed to `progress`. */
} rqa_test_options;

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size` bytes;
 * the macro rqa_test_options_init() calls it.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_test_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_test_options_init_sized(rqa_test_options *options, size_t size);

/**
 * Fills the options with their defaults and struct_size.
 * @param options NULL is ignored
 */
#define rqa_test_options_init(options) \
    rqa_test_options_init_sized((options), sizeof(rqa_test_options))

/**
 * Analyses a recording and its surrogates in one batch.
 *
 * @param[out] out the test, owned by the caller; NULL on failure
 * @param x the recording
 * @param y another, for cross and joint recurrence, which stays as it is; else NULL
 * @param surrogates those of x
 * @param options NULL for the defaults (threshold 0)
 * @return as rqa_batch_create(), rqa_batch_add() and rqa_batch_run(); RQA_ERROR_MISMATCH (surrogates of
 *         another shape than x), RQA_ERROR_CANCELLED (rqa_context_cancel(), or the progress function)
 * @par Cost
 * That of count + 1 analyses, on all threads of the context; a double for each measure of each.
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_test_create(rqa_test **out, const rqa_series *x, const rqa_series *y,
                                   const rqa_surrogates *surrogates,
                                   const rqa_test_options *options);

/**
 * Frees a test.
 * @param test NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_test_destroy(rqa_test *test);

/** What a test says of one measure. S = n_surrogates: where the measure is a number. */
typedef struct rqa_test_result {
    uint32_t struct_size;   /**< sizeof(rqa_test_result), set by the caller. */
    int32_t reason;         /**< ::rqa_reason for a value that is NaN. */
    double value;           /**< The measure of the recording. */
    double p;               /**< (1 + n_at_least) / (S + 1): is it larger than chance has it? NaN where
                                 the value is, or where S = 0. */
    double p_less;          /**< (1 + those that are at most the value) / (S + 1): is it smaller? */
    double p_two_sided;     /**< 2 min(p, 1 - p + 1/(S+1)), at most 1. */
    double mean;            /**< Of the surrogates. NaN for S = 0. */
    double std;             /**< Their standard deviation, S - 1 below. NaN for S < 2. */
    double minimum;         /**< The smallest. */
    double q025;            /**< The 2.5 % quantile, type 7: at 1 + (S-1) q, linear between. */
    double median;          /**< The 50 % quantile. */
    double q975;            /**< The 97.5 % quantile. */
    double maximum;         /**< The largest. */
    uint64_t n_surrogates;  /**< Surrogates that count. */
    uint64_t n_undefined;   /**< Those that do not: the measure is NaN there. */
    uint64_t n_at_least;    /**< Those not below the value. */
} rqa_test_result;

/**
 * What the test says of one measure.
 *
 * @param test a test
 * @param measure ::rqa_measure, one that the options asked for
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (no such measure),
 *         RQA_ERROR_STATE (not asked for)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_test_get(const rqa_test *test, int32_t measure, rqa_test_result *out);

/**
 * A measure of every surrogate.
 *
 * @param test a test
 * @param measure ::rqa_measure, one that the options asked for
 * @param[out] values by number of the surrogate, NaN where undefined; borrowed for the life of the test
 * @param[out] n how many
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE, RQA_ERROR_STATE
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_test_values(const rqa_test *test, int32_t measure, const double **values,
                                   size_t *n);

/** Intervals of line measures by resampling lines. Opaque, immutable, may be shared. */
typedef struct rqa_bootstrap rqa_bootstrap;

/** Which lines are drawn from. */
enum rqa_bootstrap_lines {
    RQA_BOOTSTRAP_ALL_LINES = 0, /**< Those of every length, so det and lam can be had. */
    RQA_BOOTSTRAP_LONG_LINES = 1 /**< Those of at least lmin (vmin): then the deviation of l_mean is
                                      that of their lengths / sqrt(n) but for chance; det and lam are
                                      1 and say nothing. */
};

/** Options of rqa_bootstrap_create(). Fill with rqa_bootstrap_options_init() first. */
typedef struct rqa_bootstrap_options {
    uint32_t struct_size; /**< sizeof(rqa_bootstrap_options); set by the init function. */
    uint32_t count;       /**< Replicates, 1 .. 1000000; default 1000. */
    uint64_t seed;        /**< Any number; default 1. Replicate k of result r draws from stream
                               (seed, 2 (r count + k)) for diagonal lines and the next one for vertical
                               ones, see rqa/surrogates.h. */
    double level;         /**< Of the interval, 0 < level < 1; default 0.95. */
    int32_t lines;        /**< ::rqa_bootstrap_lines; default ALL_LINES. */
    uint32_t reserved;    /**< 0. */
} rqa_bootstrap_options;

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size` bytes;
 * the macro rqa_bootstrap_options_init() calls it.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_bootstrap_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_bootstrap_options_init_sized(rqa_bootstrap_options *options, size_t size);

/**
 * Fills the options with their defaults and struct_size.
 * @param options NULL is ignored
 */
#define rqa_bootstrap_options_init(options) \
    rqa_bootstrap_options_init_sized((options), sizeof(rqa_bootstrap_options))

/**
 * Resamples the lines of results (Schinkel et al.: Phys. Lett. A 373, 2245 (2009)).
 *
 * A replicate draws as many lines as a result has, with replacement, from the lines of all results
 * together, and the measures of the replicates give the interval. With one result this is the
 * interval of its measures. With several, such as those of windows, it is the band in which each
 * would lie if nothing changed from one to the next (Marwan, Schinkel, Kurths: EPL 101, 20007
 * (2013)).
 *
 * Diagonal lines of a symmetric plot (auto, joint) are those of one side: the other is its copy, and
 * counting both would make intervals sqrt(2) too narrow. Lines of neighbouring offsets, and of
 * neighbouring columns, are alike; they are drawn as if they were not, so the intervals are too narrow
 * even so. For a decision use surrogates.
 *
 * Draws are exact: integers alone, a tree over the classes by rising length, each node a binomial
 * number by random bits.
 *
 * @param[out] out the intervals, owned by the caller; NULL on failure
 * @param metrics n_metrics results with the same convention, lmin, vmin and relation, which have
 *        counted diagonal or vertical lines
 * @param n_metrics at least 1
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH,
 *         RQA_ERROR_STATE (no lines were counted), RQA_ERROR_OVERFLOW (2^62 lines), RQA_ERROR_MEMORY
 * @par Cost
 * For each result and replicate O(n log2(k) / 32 + k) for n lines in k classes.
 * @par Threads
 * Any; on the calling thread alone.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_bootstrap_create(rqa_bootstrap **out, const rqa_metrics *const *metrics,
                                        size_t n_metrics, const rqa_bootstrap_options *options);

/** The lines of one result, for callers that have them without it. */
typedef struct rqa_line_counts {
    uint32_t struct_size; /**< sizeof(rqa_line_counts), set by the caller. */
    int32_t convention;   /**< ::rqa_convention they were counted by. */
    int32_t relation;     /**< ::rqa_relation; AUTO and JOINT are symmetric plots. */
    uint32_t lmin;        /**< Shortest diagonal line, >= 1. */
    uint32_t vmin;        /**< Shortest vertical line, >= 1. */
    uint32_t reserved;    /**< 0. */
    const rqa_line_bin *diagonal; /**< By rising length, as rqa_metrics_histogram() gives them: on both
                                       sides of a symmetric plot. NULL: not counted. */
    const rqa_line_bin *vertical; /**< Likewise. */
    uint64_t n_diagonal;  /**< How many classes; may be 0. */
    uint64_t n_vertical;  /**< How many classes; may be 0. */
} rqa_line_counts;

/**
 * As rqa_bootstrap_create(), of lines that the caller has.
 *
 * @param[out] out the intervals, owned by the caller; NULL on failure
 * @param lines n_results sets with the same convention, relation, lmin and vmin; one after the other in
 *        memory, struct_size bytes each; read during the call
 * @param n_results at least 1
 * @param options NULL for the defaults
 * @return as rqa_bootstrap_create(); RQA_ERROR_VALUE also for classes that do not rise or that have no
 *         length
 * @par Cost
 * As rqa_bootstrap_create().
 * @par Threads
 * Any; on the calling thread alone.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_bootstrap_create_from_lines(rqa_bootstrap **out, const rqa_line_counts *lines,
                                                   size_t n_results,
                                                   const rqa_bootstrap_options *options);

/**
 * Frees intervals.
 * @param bootstrap NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_bootstrap_destroy(rqa_bootstrap *bootstrap);

/** An interval. NaN where no replicate counts. */
typedef struct rqa_interval {
    uint32_t struct_size; /**< sizeof(rqa_interval), set by the caller. */
    uint32_t n_skipped;   /**< Replicates without a line of the shortest length, which do not count. */
    double lower;         /**< The (1 - level)/2 quantile of the replicates, type 7. */
    double upper;         /**< The (1 + level)/2 quantile. */
    double mean;          /**< Their mean. */
    double std;           /**< Their standard deviation, with n - 1 below. */
    uint64_t n_lines;     /**< Lines that each of them draws. */
} rqa_interval;

/**
 * The interval of a measure.
 *
 * @param bootstrap intervals
 * @param result 0 .. n_metrics-1
 * @param measure RQA_MEASURE_DET, L_MEAN, L_ENTR, LAM, TT or V_ENTR. The longest line of a replicate is
 *        never longer than the longest that was seen, so l_max, v_max and div have none
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_UNSUPPORTED (another
 *         measure), RQA_ERROR_STATE (its lines were not counted)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_bootstrap_get(const rqa_bootstrap *bootstrap, size_t result, int32_t measure,
                                     rqa_interval *out);

#ifdef __cplusplus
}
#endif

#endif
