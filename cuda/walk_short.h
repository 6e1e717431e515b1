// walk_short.h - device code that counts the black runs which end in a word: the short ones, of
// which noise has several, at once.
#ifndef RQA_CUDA_WALK_SHORT_H
#define RQA_CUDA_WALK_SHORT_H

#include "walk_lines.h"

// Short ones are kept for a while in a register of four bytes: the k-th has those of more than k
// cells. Those of more cells than there are bytes are in each, and drop out of the differences.
enum { SHORT_RUNS = 4 };
static const uint32_t short_runs_full = 0x80808080u; // a word adds 16 to a byte at most

static __device__ __forceinline__ uint32_t longer_than(uint32_t shorts, int k)
{
    return shorts >> 8 * k & 0xff;
}

static __device__ __forceinline__ void give_short(const run_counter &c, uint32_t shorts)
{
    WALK_UNROLL
    for (int k = 1; k < SHORT_RUNS; k++) {
        const uint32_t n = longer_than(shorts, k - 1) - longer_than(shorts, k);
        if (n)
            atomicAdd(&c.near[NEAR_BLACK * c.n_near + k], n * c.weight);
    }
}

// Counts the runs that begin in the word and end before the cells `ends`; the ends of those that
// are too long for that are left.
static __device__ __forceinline__ uint32_t count_short(uint32_t *shorts, const run_counter &c,
                                                       uint32_t black, uint32_t ends)
{
    WALK_UNROLL
    for (int k = 0; k < SHORT_RUNS; k++) {
        ends &= k ? black << (k + 1) : ends;
        *shorts += (uint32_t)__popc(ends) << 8 * k;
    }
    if (*shorts & short_runs_full) {
        give_short(c, *shorts);
        *shorts = 0;
    }
    return ends;
}

// Counts the run that ends first. It began behind the last white cell of the word, or `before`
// cells before the word.
static __device__ __forceinline__ void count_end(const run_counter &c, uint32_t black,
                                                 uint32_t ends, uint32_t before)
{
    const uint32_t b = (uint32_t)__ffs((int)ends) - 1;
    const uint32_t white_before = ~black & ((1u << b) - 1);
    const uint32_t length =
        b - 32 + (uint32_t)__clz((int)white_before) + (white_before ? 0 : before);
    count_length(c, NEAR_BLACK, c.at_black, length);
}

#endif
