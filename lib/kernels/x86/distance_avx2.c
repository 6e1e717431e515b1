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

static inline void transpose(__m256d *a)
{
    const __m256d low01 = _mm256_unpacklo_pd(a[0], a[1]), high01 = _mm256_unpackhi_pd(a[0], a[1]);
    const __m256d low23 = _mm256_unpacklo_pd(a[2], a[3]), high23 = _mm256_unpackhi_pd(a[2], a[3]);
    a[0] = _mm256_permute2f128_pd(low01, low23, 0x20);
    a[1] = _mm256_permute2f128_pd(high01, high23, 0x20);
    a[2] = _mm256_permute2f128_pd(low01, low23, 0x31);
    a[3] = _mm256_permute2f128_pd(high01, high23, 0x31);
}

#include "kernels/distance_tpl.h"

/* ---- a tile ---- */

/* Lanes that are set to the front, as pairs of 32 bits. */
static const int32_t front[16][8] = {
    {0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3, 4, 5, 6, 7}, {2, 3, 0, 1, 4, 5, 6, 7},
    {0, 1, 2, 3, 4, 5, 6, 7}, {4, 5, 0, 1, 2, 3, 6, 7}, {0, 1, 4, 5, 2, 3, 6, 7},
    {2, 3, 4, 5, 0, 1, 6, 7}, {0, 1, 2, 3, 4, 5, 6, 7}, {6, 7, 0, 1, 2, 3, 4, 5},
    {0, 1, 6, 7, 2, 3, 4, 5}, {2, 3, 6, 7, 0, 1, 4, 5}, {0, 1, 2, 3, 6, 7, 4, 5},
    {4, 5, 6, 7, 0, 1, 2, 3}, {0, 1, 4, 5, 6, 7, 2, 3}, {2, 3, 4, 5, 6, 7, 0, 1},
    {0, 1, 2, 3, 4, 5, 6, 7}};

/* Four of the pairs of a row. */
static inline __attribute__((always_inline)) unsigned
band_half(const rqa__distance_space *s, size_t i, size_t j, unsigned cells, rqa__distance_band *band,
          uint32_t norm)
{
    const __m256i bit = _mm256_set_epi64x(8, 4, 2, 1);
    const __m256i asked = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(cells), bit), bit);
    __m256d value = zero();
    for (uint32_t k = 0; k < s->dim; k++)
        for (uint32_t c = 0; c < s->n_channels; c++) {
            const __m256d x = _mm256_maskload_pd(s->x[c] + i + k * s->x_delay, asked);
            value = with_term(value, term_of(minus(x, fill(s->y[c][j + k * s->y_delay])), norm), norm);
        }
    const unsigned up_to_low =
        (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(value, fill(band->low), _CMP_LE_OQ));
    const unsigned up_to_high =
        (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(value, fill(band->high), _CMP_LE_OQ));
    const unsigned within = cells & up_to_high & ~up_to_low;
    const __m256d distance = norm == 1 ? root(value) : value;
    const __m256i order = _mm256_loadu_si256((const __m256i *)(const void *)front[within]);
    store(band->out + band->n, _mm256_castps_pd(_mm256_permutevar8x32_ps(
                                   _mm256_castpd_ps(distance), order)));
    band->n += (size_t)__builtin_popcount(within);
    return cells & up_to_low;
}

static inline __attribute__((always_inline)) void
band_norm(const rqa__distance_space *s, size_t i, size_t j, uint64_t cells, rqa__distance_band *band,
          uint32_t norm)
{
    while (cells) {
        const unsigned shift = (unsigned)__builtin_ctzll(cells) & 60;
        const unsigned half = cells >> shift & 15;
        const unsigned below =
            band_half(s, i + shift % 8, j + shift / 8, half, band, norm);
        band->n_below += (uint64_t)__builtin_popcount(below);
        cells &= ~(UINT64_C(15) << shift);
    }
}

#include "kernels/x86/distance_band.h"

/* ---- whole numbers ---- */

enum { NEAR_LANES = 16 };
typedef __m256i near_vector;

static inline __m256i near_load(const uint16_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void near_store(uint16_t *p, __m256i a)
{
    _mm256_storeu_si256((__m256i *)(void *)p, a);
}

static inline __m256i near_zero(void)
{
    return _mm256_setzero_si256();
}

static inline __m256i near_full(void)
{
    return _mm256_set1_epi16(-1);
}

static inline __m256i near_distance(__m256i a, __m256i b)
{
    return _mm256_abs_epi16(_mm256_sub_epi16(a, b));
}

static inline __m256i near_square(__m256i a)
{
    const __m256i twice = _mm256_adds_epu16(a, a);
    return _mm256_mulhi_epu16(twice, twice);
}

static inline __m256i near_plus(__m256i a, __m256i b)
{
    return _mm256_adds_epu16(a, b);
}

static inline __m256i near_excess(__m256i a, __m256i b)
{
    return _mm256_subs_epu16(a, b);
}

static inline __m256i near_larger(__m256i a, __m256i b)
{
    return _mm256_max_epu16(a, b);
}

static inline __m256i near_smaller(__m256i a, __m256i b)
{
    return _mm256_min_epu16(a, b);
}

static inline uint64_t near_zeros(__m256i a)
{
    const __m256i is_zero = _mm256_cmpeq_epi16(a, _mm256_setzero_si256());
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm256_castsi256_si128(is_zero),
                                                       _mm256_extracti128_si256(is_zero, 1)));
}

#include "kernels/near_one.h"
#include "kernels/near_tpl.h"

static void near_pairs(const rqa__near_space *s, size_t i, size_t j, size_t n, uint64_t *out)
{
    for (size_t q = 0; q < (n + 63) / 64; q++)
        out[q] = 0;
    if (n < NEAR_LANES)
        near_one_by_one(s, i, j, n, out);
    else
        near_blocks(s, i, j, n, out);
}

const rqa__distance_kernels rqa__distance_avx2 = {values, largest, add,        add_both,
                                                band,   boxes,   near_pairs, NEAR_LANES};
