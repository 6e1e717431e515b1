/* bit_range.h - ones among packed bits. */
#ifndef RQA_DATA_BIT_RANGE_H
#define RQA_DATA_BIT_RANGE_H

#include <stddef.h>
#include <stdint.h>

static inline unsigned rqa__count_word(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* Ones among the bits first..last-1. */
static inline uint64_t rqa__count_range(const uint64_t *words, size_t first, size_t last)
{
    if (first >= last)
        return 0;
    size_t word = first / 64;
    size_t end = (last - 1) / 64;
    uint64_t bits = words[word] & UINT64_MAX << first % 64;
    uint64_t count = 0;
    for (; word < end; bits = words[++word])
        count += rqa__count_word(bits);
    return count + rqa__count_word(bits & UINT64_MAX >> (63 - (last - 1) % 64));
}

/* Clears bits [first, end). */
static inline void rqa__clear_range(uint64_t *bits, size_t first, size_t end)
{
    for (; first < end && first % 64; first++)
        bits[first / 64] &= ~((uint64_t)1 << first % 64);
    for (; first + 64 <= end; first += 64)
        bits[first / 64] = 0;
    for (; first < end; first++)
        bits[first / 64] &= ~((uint64_t)1 << first % 64);
}

#endif
