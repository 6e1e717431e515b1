/* eroded_neon.c - the lengths of runs by windows, for NEON. */
#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

enum { ERODED_WORDS = 2 };
typedef uint64x2_t eroded_vector;

static inline eroded_vector eroded_load(const uint64_t *p)
{
    return vld1q_u64(p);
}

static inline void eroded_store(uint64_t *p, eroded_vector v)
{
    vst1q_u64(p, v);
}

static inline eroded_vector eroded_zero(void)
{
    return vdupq_n_u64(0);
}

static inline eroded_vector eroded_and(eroded_vector a, eroded_vector b)
{
    return vandq_u64(a, b);
}

static inline eroded_vector eroded_or(eroded_vector a, eroded_vector b)
{
    return vorrq_u64(a, b);
}

static inline eroded_vector eroded_xor(eroded_vector a, eroded_vector b)
{
    return veorq_u64(a, b);
}

static inline eroded_vector eroded_majority(eroded_vector a, eroded_vector b, eroded_vector c)
{
    return vbslq_u64(veorq_u64(a, b), c, a);
}

static inline int eroded_is_zero(eroded_vector v)
{
    return (vgetq_lane_u64(v, 0) | vgetq_lane_u64(v, 1)) == 0;
}

static inline eroded_vector eroded_join(eroded_vector low, eroded_vector high, unsigned k)
{
    return vorrq_u64(vshlq_u64(low, vdupq_n_s64(-(int64_t)k)),
                     vshlq_u64(high, vdupq_n_s64(64 - (int64_t)k)));
}

static inline uint64_t eroded_count(eroded_vector v)
{
    return vaddvq_u8(vcntq_u8(vreinterpretq_u8_u64(v)));
}

#include "kernels/eroded_tpl.h"

const rqa__eroded_kernels rqa__eroded_neon = {diagonal, column, row, 1.5, 3, 0};
