/* window_avx2.c - the kernels of a moving window for AVX2: four to a vector. */
#include "cpu/window_table.h"

#include <immintrin.h>

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

const rqa__window_kernels rqa__window_avx2 = {row, add_offsets};
