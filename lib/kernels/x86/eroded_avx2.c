/* eroded_avx2.c - the lengths of runs by windows, for AVX2 and POPCNT. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { ERODED_WORDS = 4 };
typedef __m256i eroded_vector;

static inline eroded_vector eroded_load(const uint64_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void eroded_store(uint64_t *p, eroded_vector v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, v);
}

static inline eroded_vector eroded_zero(void)
{
    return _mm256_setzero_si256();
}

static inline eroded_vector eroded_and(eroded_vector a, eroded_vector b)
{
    return _mm256_and_si256(a, b);
}

static inline eroded_vector eroded_or(eroded_vector a, eroded_vector b)
{
    return _mm256_or_si256(a, b);
}

static inline eroded_vector eroded_xor(eroded_vector a, eroded_vector b)
{
    return _mm256_xor_si256(a, b);
}

static inline eroded_vector eroded_majority(eroded_vector a, eroded_vector b, eroded_vector c)
{
    return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(_mm256_xor_si256(a, b), c));
}

static inline int eroded_is_zero(eroded_vector v)
{
    return _mm256_testz_si256(v, v);
}

static inline eroded_vector eroded_join(eroded_vector low, eroded_vector high, unsigned k)
{
    return _mm256_or_si256(_mm256_srl_epi64(low, _mm_cvtsi32_si128((int)k)),
                           _mm256_sll_epi64(high, _mm_cvtsi32_si128(64 - (int)k)));
}

static inline uint64_t eroded_count(eroded_vector v)
{
    return (uint64_t)(_mm_popcnt_u64((uint64_t)_mm256_extract_epi64(v, 0)) +
                      _mm_popcnt_u64((uint64_t)_mm256_extract_epi64(v, 1)) +
                      _mm_popcnt_u64((uint64_t)_mm256_extract_epi64(v, 2)) +
                      _mm_popcnt_u64((uint64_t)_mm256_extract_epi64(v, 3)));
}

#include "kernels/eroded_tpl.h"

const rqa__eroded_kernels rqa__eroded_avx2 = {diagonal, column, row, 2, 16, 0};
