/**
 * @file rqa/surrogates.h
 * @brief rqa_surrogates: series that are like a recording but for what a test asks about.
 *
 * @code
 * rqa_surrogate_options options;
 * rqa_surrogate_options_init(&options);
 * options.method = RQA_SURROGATE_IAAFT;
 * options.count = 199;
 * rqa_surrogates_create(&surrogates, series, &options);
 * @endcode
 *
 * Random numbers: xoshiro256** (Blackman, Vigna 2021), its four words from splitmix64. Surrogate k
 * has the stream (seed, k): s = first output of splitmix64 from state seed, t = first from state
 * s + k, the words = the next four from state t. So a surrogate depends on the recording, the
 * method, the seed and its number, and on nothing else: not on how many there are, nor on threads.
 * `shuffle` and `twin` are the same to the last bit on every machine; the others, which go through
 * cosines of the machine's mathematics library, on every thread count.
 *
 * What the drawn numbers are used for, in this order:
 *   - below(n): of as many high bits as n-1 takes, the first number below n; uniform: the high 53
 *     bits times 2^-53; normal: Box and Muller, sqrt(-2 ln(1-u)) times cos, then sin, of 2 pi v.
 *   - shuffle: for k = n..2, places k-1 and below(k) are exchanged; one permutation for all channels.
 *   - phase: one uniform for each of the bins 1 .. ceil(n/2)-1.
 *   - AAFT: n normals for each channel, then the phases.
 *   - iAAFT: a shuffle.
 *   - twin: below(N) for the start; at each step below(1 + twins) where there are twins, 0 being the
 *     vector itself and the others its twins by rising index; past the end below(N).
 *
 * Ranks are by (value, index).
 */
#ifndef RQA_SURROGATES_H
#define RQA_SURROGATES_H

#include "analysis.h"
#include "series.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Surrogates of one recording. Opaque, immutable, may be shared between threads. */
typedef struct rqa_surrogates rqa_surrogates;

/** How a surrogate is made, and so what is tested. */
enum rqa_surrogate_method {
    RQA_SURROGATE_SHUFFLE = 0, /**< The samples in random order (Fisher, Yates): is there any order in
                                    time? The values are kept. */
    RQA_SURROGATE_PHASE = 1,   /**< Random phases (Theiler et al. 1992): is it more than a linear
                                    Gaussian process? The periodogram is kept. Bin 0 and, for an even
                                    number of samples, bin n/2 stay as they are. All channels get the
                                    same phases, so cross-spectra are kept. */
    RQA_SURROGATE_AAFT = 2,    /**< Amplitude-adjusted (Theiler et al. 1992): Gaussian numbers with the
                                    ranks of the series, their phases made random, and the ranks of
                                    that back to the values. The values are kept, the periodogram
                                    nearly: it is too flat. */
    RQA_SURROGATE_IAAFT = 3,   /**< Iterated AAFT (Schreiber, Schmitz 1996): from a shuffle, in turn the
                                    amplitudes of the spectrum and the values are put right until the
                                    order no longer changes. The values are kept, the periodogram as
                                    far as rqa_surrogates_spectrum_error() says. Of several channels
                                    the phases relative to each other are put right, too
                                    (Schreiber, Schmitz 2000). */
    RQA_SURROGATE_TWIN = 4     /**< Twins (Thiel et al. 2006): another path over the same attractor. Is
                                    a relation to another recording more than chance? Vectors with the
                                    same column in the recurrence plot (Theiler window 0), more than
                                    one point in it and more than min_distance apart are twins; a
                                    path goes from a vector to its successor or that of one of its
                                    twins, all equally likely. Past the end it goes on anywhere. A
                                    sample is the first coordinate of its vector; the (dim-1) delay
                                    samples after the last vector's are its successors. */
};

/** Options of rqa_surrogates_create(). Fill with rqa_surrogate_options_init() first. */
typedef struct rqa_surrogate_options {
    uint32_t struct_size;    /**< sizeof(rqa_surrogate_options); set by the init function. */
    int32_t method;          /**< ::rqa_surrogate_method; default IAAFT. */
    uint64_t seed;           /**< Any number; default 1. */
    uint32_t count;          /**< How many, 1 .. 1000000; default 199. */
    uint32_t max_iterations; /**< iAAFT: at most so many, >= 1; default 100. */
    uint32_t dim;            /**< Twin: embedding dimension; default 1. */
    uint32_t delay;          /**< Twin: delay; default 1. */
    const rqa_analysis_options *analysis; /**< Twin: norm, threshold, threshold_unit, compare and
                                               convention (for its threshold rule) are used; relation
                                               AUTO. NULL for the defaults. */
    uint32_t min_distance;   /**< Twin: vectors nearer in time than this, or as near, are no twins;
                                  default 7. */
    uint32_t reserved;       /**< 0. */
} rqa_surrogate_options;

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size` bytes.
 * Callers that look functions up at run time call this one; the macro rqa_surrogate_options_init()
 * does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_surrogate_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_surrogate_options_init_sized(rqa_surrogate_options *options, size_t size);

/**
 * Fills the options with their defaults and struct_size.
 * @param options NULL is ignored
 */
#define rqa_surrogate_options_init(options) \
    rqa_surrogate_options_init_sized((options), sizeof(rqa_surrogate_options))

/**
 * Makes surrogates of a recording as the analysis sees it: after scaling.
 *
 * @param[out] out the surrogates, owned by the caller; NULL on failure
 * @param series at least 4 samples, none missing, not all channels constant
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_NOT_FINITE (a
 *         missing sample; or a spectrum beyond the range of double), RQA_ERROR_CONSTANT,
 *         RQA_ERROR_TOO_SHORT, RQA_ERROR_UNSUPPORTED (no vector has a twin; a plot that is not
 *         symmetric), RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD, RQA_ERROR_FORKED,
 *         RQA_ERROR_CANCELLED (rqa_context_cancel())
 * @par Cost
 * Memory: that of `count` series. Time for each: O(n) for a shuffle, O(n log n) for a phase-randomised
 * one and AAFT, up to max_iterations times that for iAAFT; twins take O(N^2 dim channels) once, then
 * O(n log n).
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_surrogates_create(rqa_surrogates **out, const rqa_series *series,
                                         const rqa_surrogate_options *options);

/**
 * Frees surrogates. Batches and embeddings made from their series keep what they need.
 * @param surrogates NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_surrogates_destroy(rqa_surrogates *surrogates);

/**
 * How many there are.
 * @param surrogates surrogates
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API size_t rqa_surrogates_count(const rqa_surrogates *surrogates);

/**
 * One of them: a series of as many samples and channels as the recording.
 *
 * @param surrogates surrogates
 * @param number 0 .. count-1: the number of its stream
 * @return borrowed for the life of the surrogates; NULL if there is no such one
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API const rqa_series *rqa_surrogates_series(const rqa_surrogates *surrogates, size_t number);

/**
 * How far the spectrum of a surrogate is from the recording's: sqrt(sum_k (|Y_k| - |X_k|)^2 /
 * sum_k |X_k|^2) over the bins k = 1 .. floor(n/2), of the channel where it is largest. NaN where a
 * spectrum leaves the range of double.
 *
 * @param surrogates surrogates
 * @param number 0 .. count-1
 * @param[out] error the relative error
 * @param[out] n_iterations how often iAAFT has gone round, 0 with other methods; may be NULL
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such one)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_surrogates_spectrum_error(const rqa_surrogates *surrogates, size_t number,
                                                 double *error, uint32_t *n_iterations);

/**
 * How many twins were found.
 *
 * @param surrogates surrogates by method twin; of the others there are none
 * @param[out] n_pairs pairs of twins, each once
 * @param[out] n_vectors vectors that have a twin
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_surrogates_twins(const rqa_surrogates *surrogates, uint64_t *n_pairs,
                                        uint64_t *n_vectors);

/**
 * Name of a method: "shuffle", "phase", "aaft", "iaaft", "twin".
 * @param method ::rqa_surrogate_method
 * @return static string, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API const char *rqa_surrogate_method_name(int32_t method);

/**
 * Method of a name.
 * @param[out] out the ::rqa_surrogate_method
 * @param name lower case, as rqa_surrogate_method_name() writes it
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_UNKNOWN_NAME
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_surrogate_method_from_name(int32_t *out, const char *name);

#ifdef __cplusplus
}
#endif

#endif
