/* window_table.h - the kernels of a moving window: the newest vector against those before it. */
#ifndef RQA_CPU_WINDOW_TABLE_H
#define RQA_CPU_WINDOW_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Samples run backwards in time: moving[c][k + lag] is that of the vector at offset k,
 * fixed[c][lag] that of the one they are compared with, lag = (dim - 1) * delay, ..., delay, 0 in
 * the order of the sum. Delays may differ. */
typedef struct rqa__window_space {
    const double *const *moving; /* n_channels arrays */
    const double *const *fixed;
    size_t moving_delay, fixed_delay;
    uint32_t n_channels;
    uint32_t dim;
    uint32_t norm; /* 0 maximum, 1 Euclidean, 2 Manhattan */
    double bound;
} rqa__window_space;

/* A class of a histogram, as rqa__bin. */
typedef struct rqa__window_class {
    uint64_t length, count;
} rqa__window_class;

/* Up to four arrays of counts, each a ring of n_ring (a power of two) read from a place on. What
 * follows its end is what it begins with, so that a block from any place lies together. */
typedef struct rqa__window_terms {
    const uint32_t *count[4];
    uint32_t place[4];
    uint32_t n_ring;
    uint32_t n_terms;
} rqa__window_terms;

enum { RQA__WINDOW_SLACK = 16, RQA__WINDOW_BLOCK = 16 };

typedef struct rqa__window_kernels {
    /* out bit k = value of the pair <= bound, k < 64 * n_words; reads the samples of all of them.
     */
    void (*row)(const rqa__window_space *space, uint64_t *out, size_t n_words);
    /* points[k] += by where bit k of the row is set, k < 64 * n_words; by may be -1. */
    void (*add_offsets)(uint32_t *points, const uint64_t *row, size_t n_words, uint32_t by);
    /* The cells first .. last of a row, before and behind which nothing is set, change at offsets
     * that go to out, rising, the even ones of them where set cells begin; returns how many: an
     * even number. out has room for last - first + 2 and RQA__WINDOW_SLACK more. */
    size_t (*changes)(uint32_t *out, const uint64_t *row, uint32_t first, uint32_t last);
    /* Splits the cells first .. last of a row, xor flip: runs of one cell, but for one at offset 0
     * or `last`, go to single, all others to rest; words below that of `first` are not written.
     * Returns how many of the former. */
    size_t (*split)(uint64_t *single, uint64_t *rest, const uint64_t *row, uint64_t flip,
                    uint32_t first, uint32_t last);
    uint64_t (*count)(const uint64_t *row, size_t n_words);
    /* The blocks t = 16 b .. 16 b + 15 < n + 15 whose bits b of blocks are set: where the sum of
     * the terms, t behind their places, is not 0 at t < n, t + 1 and the sum go to out, which has
     * room for n and RQA__WINDOW_SLACK more; returns how many. Bits of blocks without any are
     * cleared. */
    size_t (*classes)(rqa__window_class *out, const rqa__window_terms *terms, uint64_t *blocks,
                      size_t n);
    /* Bit k of out = flags[k], 1 or 0, k < 64 * n_words. */
    void (*flags)(uint64_t *out, const uint8_t *flags, size_t n_words);
    /* out[k] = points[k] / (cells - k * step), k < n, rounded once; cells and step are integers,
     * and no divisor is 0. */
    void (*densities)(double *out, const uint32_t *points, double cells, double step, size_t n);
} rqa__window_kernels;

extern const rqa__window_kernels rqa__window_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__window_kernels rqa__window_avx2;
extern const rqa__window_kernels rqa__window_avx512;
#endif

#endif
