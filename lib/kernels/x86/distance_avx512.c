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
    /* Neither has a sign: they are ordered as their bits are, and what is no number is the largest. */
    return _mm512_castsi512_pd(_mm512_max_epi64(_mm512_castpd_si512(a), _mm512_castpd_si512(b)));
}

static inline void transpose(__m512d *a)
{
    __m512d pair[LANES], four[LANES];
    for (size_t k = 0; k < LANES; k += 2) {
        pair[k] = _mm512_unpacklo_pd(a[k], a[k + 1]);
        pair[k + 1] = _mm512_unpackhi_pd(a[k], a[k + 1]);
    }
    /* Quarters 0 and 2, or 1 and 3, of either. */
    for (size_t k = 0; k < LANES; k += 4)
        for (size_t t = 0; t < 2; t++) {
            four[k + t] = _mm512_shuffle_f64x2(pair[k + t], pair[k + t + 2], 0x88);
            four[k + t + 2] = _mm512_shuffle_f64x2(pair[k + t], pair[k + t + 2], 0xdd);
        }
    for (size_t t = 0; t < 4; t++) {
        a[t] = _mm512_shuffle_f64x2(four[t], four[t + 4], 0x88);
        a[t + 4] = _mm512_shuffle_f64x2(four[t], four[t + 4], 0xdd);
    }
}

#include "kernels/distance_tpl.h"

/* ---- a tile ---- */

static inline __m512d tile_term(const double *x, const double *y, __mmask8 cells, uint32_t norm)
{
    return term_of(minus(_mm512_maskz_loadu_pd(cells, x), fill(*y)), norm);
}

static inline __attribute__((always_inline)) void
band_norm(const rqa__distance_space *s, size_t i, size_t j, uint64_t cells, rqa__distance_band *band,
          uint32_t norm)
{
    const __m512d low = fill(band->low), high = fill(band->high);
    double *out = band->out + band->n;
    uint64_t all_below = 0;
    while (cells) {
        const unsigned shift = (unsigned)__builtin_ctzll(cells) & 56;
        const __mmask8 row = (__mmask8)(cells >> shift);
        const size_t at = j + shift / 8;
        __m512d value = tile_term(s->x[0] + i, s->y[0] + at, row, norm);
        for (uint32_t k = 0, c = 1; k < s->dim; k++, c = 0)
            for (; c < s->n_channels; c++) {
                const double *x = s->x[c] + i + k * s->x_delay, *y = s->y[c] + at + k * s->y_delay;
                value = with_term(value, tile_term(x, y, row, norm), norm);
            }
        const __mmask8 below = _mm512_mask_cmp_pd_mask(row, value, low, _CMP_LE_OQ);
        const __mmask8 within =
            _mm512_mask_cmp_pd_mask((__mmask8)(row & ~below), value, high, _CMP_LE_OQ);
        all_below |= (uint64_t)below << shift;
        cells &= ~(UINT64_C(255) << shift);
        store(out, _mm512_maskz_compress_pd(within, norm == 1 ? root(value) : value));
        out += __builtin_popcount(within);
    }
    band->n_below += (uint64_t)__builtin_popcountll(all_below);
    band->n = (size_t)(out - band->out);
}

#include "kernels/x86/distance_band.h"

/* ---- whole numbers ---- */

enum { NEAR_LANES = 32 };
typedef __m512i near_vector;

static inline __m512i near_load(const uint16_t *p)
{
    return _mm512_loadu_si512(p);
}

static inline void near_store(uint16_t *p, __m512i a)
{
    _mm512_storeu_si512(p, a);
}

static inline __m512i near_zero(void)
{
    return _mm512_setzero_si512();
}

static inline __m512i near_full(void)
{
    return _mm512_set1_epi16(-1);
}

static inline __m512i near_distance(__m512i a, __m512i b)
{
    return _mm512_abs_epi16(_mm512_sub_epi16(a, b));
}

static inline __m512i near_square(__m512i a)
{
    const __m512i twice = _mm512_adds_epu16(a, a);
    return _mm512_mulhi_epu16(twice, twice);
}

static inline __m512i near_plus(__m512i a, __m512i b)
{
    return _mm512_adds_epu16(a, b);
}

static inline __m512i near_excess(__m512i a, __m512i b)
{
    return _mm512_subs_epu16(a, b);
}

static inline __m512i near_larger(__m512i a, __m512i b)
{
    return _mm512_max_epu16(a, b);
}

static inline __m512i near_smaller(__m512i a, __m512i b)
{
    return _mm512_min_epu16(a, b);
}

static inline uint64_t near_zeros(__m512i a)
{
    return _mm512_testn_epi16_mask(a, a);
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

const rqa__distance_kernels rqa__distance_avx512 = {values, largest, add,        add_both,
                                                  band,   boxes,   near_pairs, NEAR_LANES};
