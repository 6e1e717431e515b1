/* window_avx2.c - the kernels of a moving window for AVX2: four to a vector. */
#include "cpu/window_table.h"

#include <immintrin.h>

#include "kernels/x86/tiles_squeeze.h"

enum { LANES = 4 };
typedef __m256d window_vector;

static inline __m256d zero(void)
{
    return _mm256_setzero_pd();
}

static inline __m256d load(const double *p)
{
    return _mm256_loadu_pd(p);
}

static inline __m256d fill(double a)
{
    return _mm256_set1_pd(a);
}

static inline __m256d minus(__m256d a, __m256d b)
{
    return _mm256_sub_pd(a, b);
}

static inline __m256d plus(__m256d a, __m256d b)
{
    return _mm256_add_pd(a, b);
}

static inline __m256d times(__m256d a, __m256d b)
{
    return _mm256_mul_pd(a, b);
}

static inline __m256d size_of(__m256d a)
{
    return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a);
}

static inline __m256d over(__m256d a, __m256d b)
{
    return _mm256_div_pd(a, b);
}

static inline __m256d widen(const uint32_t *p)
{
    return _mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)(const void *)p));
}

static inline void store(double *p, __m256d a)
{
    _mm256_storeu_pd(p, a);
}

static inline __m256d ramp(void)
{
    return _mm256_setr_pd(0, 1, 2, 3);
}

static inline uint64_t within(__m256d a, __m256d b)
{
    return (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ));
}

static void add_offsets(uint32_t *points, const uint64_t *row, size_t n_words, uint32_t by)
{
    const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i step = _mm256_set1_epi32((int)by);
    for (size_t q = 0; q < n_words; q++)
        for (size_t b = 0; b < 64; b += 8) {
            const uint32_t byte = (uint32_t)(row[q] >> b) & 255;
            __m256i *at = (__m256i *)(void *)(points + 64 * q + b);
            const __m256i set =
                _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)byte), lane), lane);
            _mm256_storeu_si256(
                at, _mm256_add_epi32(_mm256_loadu_si256(at), _mm256_and_si256(set, step)));
        }
}

#include "kernels/window_tpl.h"

/* Two classes, of the length and the count of each. */
static inline void store_two(rqa__window_class *out, __m128i two)
{
    _mm256_storeu_si256((__m256i *)(void *)out, _mm256_cvtepu32_epi64(two));
}

/* The lanes of `set`, and as many behind them as make eight. */
static inline void store_classes(rqa__window_class *out, __m256i counts, __m256i first,
                                 unsigned set)
{
    const __m256i lane =
        _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)rqa__tiles_squeeze[set]));
    const __m256i count = _mm256_permutevar8x32_epi32(counts, lane);
    const __m256i length = _mm256_add_epi32(first, lane);
    const __m256i low = _mm256_unpacklo_epi32(length, count),
                  high = _mm256_unpackhi_epi32(length, count);
    store_two(out, _mm256_castsi256_si128(low));
    store_two(out + 2, _mm256_castsi256_si128(high));
    store_two(out + 4, _mm256_extracti128_si256(low, 1));
    store_two(out + 6, _mm256_extracti128_si256(high, 1));
}

/* Half a block from t on. */
static inline __attribute__((always_inline)) size_t half_of(rqa__window_class *out,
                                                            const rqa__window_terms *terms,
                                                            uint32_t n_terms, uint32_t block,
                                                            uint32_t half, size_t n)
{
    const size_t t = block + half;
    __m256i sum = _mm256_setzero_si256();
    if (t >= n)
        return 0;
    for (uint32_t k = 0; k < n_terms; k++)
        sum = _mm256_add_epi32(
            sum,
            _mm256_loadu_si256((const __m256i *)(const void *)(block_of(terms, k, block) + half)));
    if (_mm256_testz_si256(sum, sum))
        return 0;
    const unsigned empty = (unsigned)_mm256_movemask_ps(
        _mm256_castsi256_ps(_mm256_cmpeq_epi32(sum, _mm256_setzero_si256())));
    const unsigned set = ~empty & (n - t < 8 ? (1u << (n - t)) - 1 : 255);
    store_classes(out, sum, _mm256_set1_epi32((int)t + 1), set);
    return (unsigned)__builtin_popcount(set);
}

static inline __attribute__((always_inline)) size_t classes_of(rqa__window_class *out,
                                                               const rqa__window_terms *terms,
                                                               uint32_t n_terms, uint64_t *blocks,
                                                               size_t n)
{
    size_t n_out = 0;
    for (size_t q = 0; 1024 * q < n; q++)
        for (uint64_t rest = blocks[q]; rest; rest &= rest - 1) {
            const uint32_t t = (uint32_t)(1024 * q) + 16 * (uint32_t)__builtin_ctzll(rest);
            const size_t n_before = n_out;
            n_out += half_of(out + n_out, terms, n_terms, t, 0, n);
            n_out += half_of(out + n_out, terms, n_terms, t, 8, n);
            if (n_out == n_before)
                blocks[q] &= ~(rest & (0 - rest));
        }
    return n_out;
}

#include "kernels/x86/window_x86_tpl.h"

const rqa__window_kernels rqa__window_avx2 = {row,   add_offsets, changes, split,
                                              count, classes,     flags,   densities};
