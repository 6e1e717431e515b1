/* eroded_avx512.c - the lengths of runs by windows, for AVX-512 F, BW, DQ, VL. */
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { ERODED_WORDS = 8 };
typedef __m512i eroded_vector;

static inline eroded_vector eroded_load(const uint64_t *p)
{
    return _mm512_loadu_si512(p);
}

static inline void eroded_store(uint64_t *p, eroded_vector v)
{
    _mm512_storeu_si512(p, v);
}

static inline eroded_vector eroded_zero(void)
{
    return _mm512_setzero_si512();
}

static inline eroded_vector eroded_and(eroded_vector a, eroded_vector b)
{
    return _mm512_and_si512(a, b);
}

static inline eroded_vector eroded_or(eroded_vector a, eroded_vector b)
{
    return _mm512_or_si512(a, b);
}

static inline eroded_vector eroded_xor(eroded_vector a, eroded_vector b)
{
    return _mm512_xor_si512(a, b);
}

static inline eroded_vector eroded_majority(eroded_vector a, eroded_vector b, eroded_vector c)
{
    return _mm512_ternarylogic_epi64(a, b, c, 0xe8);
}

static inline int eroded_is_zero(eroded_vector v)
{
    return _mm512_test_epi64_mask(v, v) == 0;
}

static inline eroded_vector eroded_join(eroded_vector low, eroded_vector high, unsigned k)
{
    return _mm512_or_si512(_mm512_srl_epi64(low, _mm_cvtsi32_si128((int)k)),
                           _mm512_sll_epi64(high, _mm_cvtsi32_si128(64 - (int)k)));
}

/* Bits of bytes by halves, then the bytes of each word together (Mula, Kurz and Lemire 2018). */
static inline uint64_t eroded_count(eroded_vector v)
{
    const __m512i half = _mm512_set1_epi8(15);
    const __m512i table = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m512i low = _mm512_shuffle_epi8(table, _mm512_and_si512(v, half));
    const __m512i high =
        _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(v, 4), half));
    const __m512i sum = _mm512_sad_epu8(_mm512_add_epi8(low, high), _mm512_setzero_si512());
    return (uint64_t)_mm512_reduce_add_epi64(sum);
}

#include "kernels/eroded_tpl.h"

const rqa__eroded_kernels rqa__eroded_avx512 = {diagonal, column, row, 3, 12, 0};

const rqa__eroded_kernels rqa__eroded_avx512_vbmi2 = {diagonal, column, row, 1.5, 16, 0};
