/* distance_avx2.c - distances for AVX2: four to a vector. */
#include "cpu/distance_table.h"

#include <immintrin.h>

enum { LANES = 4 };
typedef __m256d distance_vector;

static inline __m256d zero(void)
{
    return _mm256_setzero_pd();
}

static inline __m256d load(const double *p)
{
    return _mm256_loadu_pd(p);
}

static inline void store(double *p, __m256d a)
{
    _mm256_storeu_pd(p, a);
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

static inline __m256d root(__m256d a)
{
    return _mm256_sqrt_pd(a);
}

static inline __m256d larger(__m256d a, __m256d b)
{
    return _mm256_max_pd(a, b); /* the second, where either is not a number */
}

static inline __m256d reach(__m256d a, __m256d b)
{
    return _mm256_blendv_pd(_mm256_max_pd(a, b), a, _mm256_cmp_pd(a, a, _CMP_UNORD_Q));
}

static inline __m256d if_number(__m256d a)
{
    return _mm256_and_pd(a, _mm256_cmp_pd(a, a, _CMP_ORD_Q));
}

#include "kernels/distance_tpl.h"

const rqa__distance_kernels rqa__distance_avx2 = {values, largest, add, boxes};
