/* eroded_ref.c - the lengths of runs by windows in portable C: what the other levels must equal. */
#include <stddef.h>
#include <stdint.h>

enum { ERODED_WORDS = 1 };
typedef uint64_t eroded_vector;

static inline eroded_vector eroded_load(const uint64_t *p)
{
    return *p;
}

static inline void eroded_store(uint64_t *p, eroded_vector v)
{
    *p = v;
}

static inline eroded_vector eroded_zero(void)
{
    return 0;
}

static inline eroded_vector eroded_and(eroded_vector a, eroded_vector b)
{
    return a & b;
}

static inline eroded_vector eroded_or(eroded_vector a, eroded_vector b)
{
    return a | b;
}

static inline eroded_vector eroded_xor(eroded_vector a, eroded_vector b)
{
    return a ^ b;
}

static inline eroded_vector eroded_majority(eroded_vector a, eroded_vector b, eroded_vector c)
{
    return (a & b) | ((a ^ b) & c);
}

static inline int eroded_is_zero(eroded_vector v)
{
    return v == 0;
}

static inline eroded_vector eroded_join(eroded_vector low, eroded_vector high, unsigned k)
{
    return low >> k | high << (64 - k);
}

static inline uint64_t eroded_count(eroded_vector w)
{
    w -= (w >> 1) & UINT64_C(0x5555555555555555);
    w = (w & UINT64_C(0x3333333333333333)) + ((w >> 2) & UINT64_C(0x3333333333333333));
    w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (w * UINT64_C(0x0101010101010101)) >> 56;
}

#include "kernels/eroded_tpl.h"

const rqa__eroded_kernels rqa__eroded_ref = {diagonal, column, row, .5, 3, 0};
