/**
 * @file rqa/sampling.h
 * @brief rqa_sampled: measures of a recording too long for all of its pairs, estimated from cells that
 * are drawn at random, each with its standard error.
 *
 * @code
 * rqa_sampled_options options;
 * rqa_sampled_options_init(&options);
 * options.n_lines = 100000;
 * rqa_sampled_compute(&sampled, x, NULL, &analysis, &options);
 * rqa_sampled_get(sampled, RQA_MEASURE_DET, &estimate);
 * @endcode
 *
 * Nothing of librqa samples unless this is called: rqa_metrics_compute() is exact at every length.
 *
 * Cells off the Theiler window are drawn uniformly, with replacement, until `n_lines` of them are the
 * first cell of a diagonal line (recurrent, the cell before it in its diagonal is not, or is none). Each
 * such line is followed to its end. So the lines are a uniform sample of all lines of the plot, and
 * long ones are not favoured (arXiv 2511.20684). A cell that is the first of a vertical line gives that
 * line, likewise. With L lines of lengths l, sums and means over them, and m = lmin (for verticals vmin):
 *
 *     rr      points / cells drawn
 *             se sqrt(rr (1 - rr) / cells drawn)
 *     det     sum l [l >= m] / sum l
 *             se sqrt(mean (l [l >= m] - det l)^2) / (mean l sqrt L)
 *     l_mean  sum l [l >= m] / sum [l >= m]
 *             se sqrt(mean [l >= m] (l - l_mean)^2) / (mean [l >= m] sqrt L)
 *
 * lam and tt are det and l_mean of vertical lines. These are the standard errors of ratios; about two
 * times in three the exact value lies within one of them, 95 times in 100 within two. They need some
 * tens of lines to be right, and a histogram without a tail that the sample has missed.
 *
 * microstate_entropy is that of B = `n_blocks` blocks drawn uniformly. -sum p ln p of the shares p = n / B
 * of patterns seen n times would be too small, so it is S = ln B - sum p G(n) (Grassberger 2003,
 * arXiv physics/0307138, equation 31; G(n) = psi(n) + (-1)^n (psi((n+1)/2) - psi(n/2)) / 2), with
 * se sqrt((sum p ln^2 p - (sum p ln p)^2) / B). Of size 4 there are 65,536 patterns: with fewer blocks
 * than ten times those that the plot has, S is still too small by a part of its standard error.
 *
 * Sampling does not stop when the value stops changing, which would bias it. l_max, entropies of lines
 * and what is made of them have no estimate here: a sample never holds the longest line but by luck, and
 * the entropy of a sample of lines is too small by an amount that depends on lines that were not seen.
 *
 * Random numbers: those of rqa/surrogates.h. Draws 65536 k .. 65536 k + 65535 use the stream (seed, k),
 * blocks likewise the stream (seed, 2^63 + k). A cell takes below(Nx), below(Ny) for its column i and row
 * j where there is no Theiler window; else, with w the smallest of the three windows (of a block of s
 * rows w + s - 1) and T(A, B) the cells with j - i >= w (A = Nx, B = Ny; without those j < i where a
 * convention looks at one triangle) or i - j >= w: below of how many there are on both sides says on
 * which side; there, with r = min(A, B - w) rows the first of which has c = B - w cells and each next one
 * less, a = below(r) and b = below(2 c - r + 1) say which: b < c - a is the b-th of row a, else the
 * (b - c + a)-th of row r - 1 - a. Row a are the cells with the smaller index a, by rising larger one.
 * The draw that gives the last line is the last one. So all bits depend on the recording, the options
 * and the seed alone: not on the machine, nor on threads.
 */
#ifndef RQA_SAMPLING_H
#define RQA_SAMPLING_H

#include "analysis.h"
#include "embedding.h"
#include "metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Estimates of one analysis. Opaque, immutable, may be shared between threads. */
typedef struct rqa_sampled rqa_sampled;

/** Options of rqa_sampled_compute(). Fill with rqa_sampled_options_init() first. */
typedef struct rqa_sampled_options {
    uint32_t struct_size; /**< sizeof(rqa_sampled_options); set by the init function. */
    uint32_t reserved;    /**< 0. */
    uint64_t seed;        /**< Any number; default 1. */
    uint64_t n_lines;     /**< Diagonal lines to find, 1 .. 10^9; default 100000. */
    uint64_t n_cells;     /**< Cells to draw at most, 1 .. 10^12, whether so many lines were found or not;
                               default 10^9. */
    uint64_t n_blocks;    /**< Blocks for microstate_entropy, 1 .. 10^12; default 1000000. */
} rqa_sampled_options;

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size` bytes;
 * the macro rqa_sampled_options_init() calls it.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_sampled_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_sampled_options_init_sized(rqa_sampled_options *options, size_t size);

/**
 * Fills the options with their defaults and struct_size.
 * @param options NULL is ignored
 */
#define rqa_sampled_options_init(options) \
    rqa_sampled_options_init_sized((options), sizeof(rqa_sampled_options))

/**
 * Estimates measures from cells drawn at random.
 *
 * @param[out] out the estimates, owned by the caller; NULL on failure
 * @param x the embedding
 * @param y another one for a cross or joint plot; else NULL
 * @param options as for rqa_metrics_compute(). threshold_unit is data or std, and border ALL: the others
 *        take all pairs, which is what sampling is there to avoid. `measures` may have rr, det, l_mean,
 *        lam, tt and microstate_entropy; 0 is all of them but the last. `backend` chooses threads alone.
 *        NULL for the defaults
 * @param sampled NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH,
 *         RQA_ERROR_UNSUPPORTED (a unit, a border rule or a measure of the above; a
 *         skeleton or a direction), RQA_ERROR_TOO_SHORT
 *         (every vector touches a missing sample), RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT,
 *         RQA_ERROR_THREAD, RQA_ERROR_FORKED, RQA_ERROR_BACKEND_MISSING, RQA_ERROR_CANCELLED
 *         (rqa_context_cancel())
 * @par Cost
 * O(cells drawn dim channels), that is n_lines / (share of cells where a line begins), and n_lines times
 * the mean length of a line. Memory: a megabyte for each thread, and 16 bytes for each sample of the
 * longest line.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_sampled_compute(rqa_sampled **out, const rqa_embedding *x,
                                       const rqa_embedding *y, const rqa_analysis_options *options,
                                       const rqa_sampled_options *sampled);

/**
 * Frees estimates.
 * @param sampled NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_sampled_destroy(rqa_sampled *sampled);

/** An estimate, in the unit of its convention (percent where it has percent). */
typedef struct rqa_estimate {
    uint32_t struct_size;  /**< sizeof(rqa_estimate), set by the caller. */
    int32_t reason;        /**< ::rqa_reason why it is undefined; RQA_REASON_DEFINED otherwise. */
    double value;          /**< NaN where undefined. */
    double standard_error; /**< Likewise. 0 where all that was drawn is alike: then too little was
                                drawn to know it. */
    uint64_t n_drawn;      /**< What it rests on: cells, lines or blocks. */
} rqa_estimate;

/**
 * The estimate of a measure.
 *
 * @param sampled estimates
 * @param measure one of those asked for
 * @param[in,out] out struct_size must be set; an unknown tail is zero-filled. reason is NO_CELLS,
 *        NO_POINTS or NO_LINE of what was drawn (the plot may have some), or SERIES_TOO_SHORT
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (no such measure),
 *         RQA_ERROR_UNSUPPORTED (it has no estimate), RQA_ERROR_STATE (it was not asked for)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_sampled_get(const rqa_sampled *sampled, int32_t measure, rqa_estimate *out);

/** What was drawn, for rqa_sampled_count(). */
enum rqa_sampled_count {
    RQA_SAMPLED_CELLS = 0,    /**< Cells outside the Theiler window of rr. */
    RQA_SAMPLED_POINTS = 1,   /**< Of these, recurrent ones. */
    RQA_SAMPLED_DIAGONAL = 2, /**< Diagonal lines: n_lines, or fewer where n_cells came first. */
    RQA_SAMPLED_VERTICAL = 3, /**< Vertical lines; 0 where neither lam nor tt was asked for. */
    RQA_SAMPLED_BLOCKS = 4    /**< Blocks that touch no missing sample. */
};

/**
 * How much was drawn.
 * @param sampled estimates
 * @param count ::rqa_sampled_count
 * @param[out] value the number
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such count)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_sampled_count(const rqa_sampled *sampled, int32_t count, uint64_t *value);

/**
 * The lines that were found.
 * @param sampled estimates
 * @param histogram RQA_HISTOGRAM_DIAGONAL or RQA_HISTOGRAM_VERTICAL
 * @param[out] bins classes by rising length, those that are empty left out; borrowed for the life of
 *             the estimates
 * @param[out] n how many
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such histogram)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_sampled_histogram(const rqa_sampled *sampled, int32_t histogram,
                                         const rqa_line_bin **bins, size_t *n);

/**
 * What ran, and by which rules.
 * @param sampled estimates
 * @param[in,out] provenance struct_size must be set; an unknown tail is zero-filled. Texts are borrowed
 *                for the life of the estimates
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_sampled_provenance(const rqa_sampled *sampled, rqa_provenance *provenance);

#ifdef __cplusplus
}
#endif

#endif
