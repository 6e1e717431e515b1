/* window_avx512.c - the kernels of a moving window for AVX-512 F and DQ: eight to a vector. */
#include "cpu/window_table.h"

#include <immintrin.h>

enum { LANES = 8 };
typedef __m512d window_vector;

static inline __m512d zero(void)
{
    return _mm512_setzero_pd();
}

static inline __m512d load(const double *p)
{
    return _mm512_loadu_pd(p);
}

static inline __m512d fill(double a)
{
    return _mm512_set1_pd(a);
}

static inline __m512d minus(__m512d a, __m512d b)
{
    return _mm512_sub_pd(a, b);
}

static inline __m512d plus(__m512d a, __m512d b)
{
    return _mm512_add_pd(a, b);
}

static inline __m512d times(__m512d a, __m512d b)
{
    return _mm512_mul_pd(a, b);
}

static inline __m512d size_of(__m512d a)
{
    return _mm512_abs_pd(a);
}

static inline __m512d over(__m512d a, __m512d b)
{
    return _mm512_div_pd(a, b);
}

static inline __m512d widen(const uint32_t *p)
{
    return _mm512_cvtepu32_pd(_mm256_loadu_si256((const __m256i *)(const void *)p));
}

static inline void store(double *p, __m512d a)
{
    _mm512_storeu_pd(p, a);
}

static inline __m512d ramp(void)
{
    return _mm512_setr_pd(0, 1, 2, 3, 4, 5, 6, 7);
}

static inline uint64_t within(__m512d a, __m512d b)
{
    return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ);
}

static void add_offsets(uint32_t *points, const uint64_t *row, size_t n_words, uint32_t by)
{
    const __m512i step = _mm512_set1_epi32((int)by);
    for (size_t q = 0; q < n_words; q++)
        for (size_t b = 0; b < 64; b += 16) {
            uint32_t *at = points + 64 * q + b;
            const __m512i old = _mm512_loadu_si512(at);
            _mm512_storeu_si512(at,
                                _mm512_mask_add_epi32(old, (__mmask16)(row[q] >> b), old, step));
        }
}

#include "kernels/window_tpl.h"

/* Eight classes, of which the caller counts some. */
static inline void store_classes(rqa__window_class *out, __m256i lengths, __m256i counts)
{
    const __m512i length = _mm512_cvtepu32_epi64(lengths), n = _mm512_cvtepu32_epi64(counts);
    _mm512_storeu_si512(
        out, _mm512_permutex2var_epi64(length, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), n));
    _mm512_storeu_si512(out + 4, _mm512_permutex2var_epi64(
                                     length, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), n));
}

/* The lanes of a block from t on that are below n. */
static inline __mmask16 lanes_below(size_t n, size_t t)
{
    return (__mmask16)(n - t < 16 ? (1u << (n - t)) - 1 : 0xffff);
}

static inline __attribute__((always_inline)) size_t classes_of(rqa__window_class *out,
                                                               const rqa__window_terms *terms,
                                                               uint32_t n_terms, uint64_t *blocks,
                                                               size_t n)
{
    const __m512i lanes = _mm512_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    size_t n_out = 0;
    for (size_t q = 0; 1024 * q < n; q++)
        for (uint64_t rest = blocks[q]; rest; rest &= rest - 1) {
            const uint32_t t = (uint32_t)(1024 * q) + 16 * (uint32_t)__builtin_ctzll(rest);
            __m512i sum = _mm512_loadu_si512(block_of(terms, 0, t));
            for (uint32_t k = 1; k < n_terms; k++)
                sum = _mm512_add_epi32(sum, _mm512_loadu_si512(block_of(terms, k, t)));
            const __mmask16 set = _mm512_mask_test_epi32_mask(lanes_below(n, t), sum, sum);
            if (!set) {
                blocks[q] &= ~(rest & (0 - rest));
                continue;
            }
            const __m512i length = _mm512_add_epi32(_mm512_set1_epi32((int)t), lanes);
            const __m512i lengths = _mm512_maskz_compress_epi32(set, length);
            const __m512i counts = _mm512_maskz_compress_epi32(set, sum);
            store_classes(out + n_out, _mm512_castsi512_si256(lengths),
                          _mm512_castsi512_si256(counts));
            const unsigned n_set = (unsigned)__builtin_popcount(set);
            if (n_set > 8)
                store_classes(out + n_out + 8, _mm512_extracti64x4_epi64(lengths, 1),
                              _mm512_extracti64x4_epi64(counts, 1));
            n_out += n_set;
        }
    return n_out;
}

#include "kernels/x86/window_x86_tpl.h"

const rqa__window_kernels rqa__window_avx512 = {row,   add_offsets, changes, split,
                                                count, classes,     flags,   densities};
