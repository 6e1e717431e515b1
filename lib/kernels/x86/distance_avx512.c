/* distance_avx512.c - distances for AVX-512 F and DQ: eight to a vector. */
#include "cpu/distance_table.h"

#include <immintrin.h>

enum { LANES = 8 };
typedef __m512d distance_vector;

static inline __m512d zero(void)
{
    return _mm512_setzero_pd();
}

static inline __m512d load(const double *p)
{
    return _mm512_loadu_pd(p);
}

static inline void store(double *p, __m512d a)
{
    _mm512_storeu_pd(p, a);
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

static inline __m512d root(__m512d a)
{
    return _mm512_sqrt_pd(a);
}

static inline __m512d larger(__m512d a, __m512d b)
{
    return _mm512_max_pd(a, b); /* the second, where either is not a number */
}

static inline __m512d reach(__m512d a, __m512d b)
{
    return _mm512_mask_max_pd(a, _mm512_cmp_pd_mask(a, a, _CMP_ORD_Q), a, b);
}

static inline __m512d if_number(__m512d a)
{
    return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(a, a, _CMP_ORD_Q), a);
}

#include "kernels/distance_tpl.h"

const rqa__distance_kernels rqa__distance_avx512 = {values, largest, add, boxes};
