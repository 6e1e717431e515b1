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
            _mm512_storeu_si512(
                at, _mm512_mask_add_epi32(old, (__mmask16)(row[q] >> b), old, step));
        }
}

#include "kernels/window_tpl.h"

static inline __attribute__((always_inline)) size_t
classes_of(rqa__window_class *out, const uint32_t *const *terms, size_t n_terms, uint64_t first,
           size_t n)
{
    size_t n_out = 0, t = 0;
    for (; t + 16 <= n; t += 16) {
        __m512i sum = _mm512_loadu_si512(terms[0] + t);
        for (size_t k = 1; k < n_terms; k++)
            sum = _mm512_add_epi32(sum, _mm512_loadu_si512(terms[k] + t));
        unsigned set = _mm512_test_epi32_mask(sum, sum);
        if (!set)
            continue;
        uint32_t count[16];
        _mm512_storeu_si512(count, sum);
        for (; set; set &= set - 1) {
            const unsigned lane = (unsigned)__builtin_ctz(set);
            out[n_out++] = (rqa__window_class){first + t + lane, count[lane]};
        }
    }
    return n_out + classes_from(out + n_out, terms, n_terms, first, t, n);
}

static size_t classes(rqa__window_class *out, const uint32_t *const *terms, size_t n_terms,
                      uint64_t first, size_t n)
{
    return n_terms == 3 ? classes_of(out, terms, 3, first, n)
                        : classes_of(out, terms, n_terms, first, n);
}

const rqa__window_kernels rqa__window_avx512 = {row, add_offsets, count, classes};
