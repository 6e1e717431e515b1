/* bits_avx512.c - the single-analysis kernels for AVX-512 F, BW, DQ, VL; and, as a table of its own,
 * with one VBMI2 instruction that lists the positions of set bits. */
#include "cpu/bits_table.h"
#include "cpu/eroded_table.h"
#include "cpu/tiles_table.h"

#include <immintrin.h>
#include <string.h>

/* Masks go to memory as they are: joining two of them first would keep the port busy that the
 * comparisons need. */
static inline void store_masks(uint64_t *out, __mmask32 low, __mmask32 high)
{
    memcpy(out, &low, sizeof low);
    memcpy((char *)out + sizeof low, &high, sizeof high);
}

static void rank_row(uint64_t *out, const uint16_t *rank, size_t n_words, uint16_t lo,
                     uint16_t width, int accumulate)
{
    const __m512i low = _mm512_set1_epi16((short)lo);
    const __m512i span = _mm512_set1_epi16((short)width);
    for (size_t k = 0; k < n_words && !accumulate; k++, rank += 64) {
        __m512i a = _mm512_sub_epi16(_mm512_loadu_si512(rank), low);
        __m512i b = _mm512_sub_epi16(_mm512_loadu_si512(rank + 32), low);
        store_masks(out + k, _mm512_cmple_epu16_mask(a, span), _mm512_cmple_epu16_mask(b, span));
    }
    for (size_t k = 0; k < n_words && accumulate; k++, rank += 64) {
        __m512i a = _mm512_sub_epi16(_mm512_loadu_si512(rank), low);
        __m512i b = _mm512_sub_epi16(_mm512_loadu_si512(rank + 32), low);
        out[k] &= _mm512_kunpackd(_mm512_cmple_epu16_mask(b, span),
                                  _mm512_cmple_epu16_mask(a, span));
    }
}

static void rank_bounds(uint32_t *below, uint32_t *upto, const double *sorted, size_t n_sorted,
                        const double *x, size_t n, double bound)
{
    const __m512d limit = _mm512_set1_pd(bound);
    for (size_t k = 0; k < n; k += 8) {
        __mmask8 live = (__mmask8)(n - k >= 8 ? 0xffu : (1u << (n - k)) - 1);
        __m512d v = _mm512_maskz_loadu_pd(live, x + k);
        __m256i a = _mm256_setzero_si256();
        __m256i b = _mm256_setzero_si256();
        for (size_t left = n_sorted; left > 0;) {
            size_t half = (left + 1) / 2;
            __m256i step = _mm256_set1_epi32((int)half);
            __m512d va = _mm512_i32gather_pd(a, sorted + half - 1, 8);
            __m512d vb = _mm512_i32gather_pd(b, sorted + half - 1, 8);
            __mmask8 ka = _mm512_cmp_pd_mask(_mm512_sub_pd(v, va), limit, _CMP_GT_OQ);
            __mmask8 kb = _mm512_cmp_pd_mask(_mm512_sub_pd(vb, v), limit, _CMP_LE_OQ);
            a = _mm256_mask_add_epi32(a, ka, a, step);
            b = _mm256_mask_add_epi32(b, kb, b, step);
            left -= half;
        }
        _mm256_mask_storeu_epi32(below + k, live, a);
        _mm256_mask_storeu_epi32(upto + k, live, b);
    }
}

static inline __m512i term(const int16_t *q, __m512i centre, int kind, int missing)
{
    __m512i v = _mm512_loadu_si512(q);
    __m512i d = _mm512_subs_epi16(v, centre);
    __m512i t = kind == RQA__BITS_SQUARE ? _mm512_mulhrs_epi16(d, d) : _mm512_abs_epi16(d);
    if (kind == RQA__BITS_SMALL_SQUARE) {
        t = _mm512_min_epu16(t, _mm512_set1_epi16(255));
        t = _mm512_mullo_epi16(t, t);
    }
    if (missing) {
        __mmask32 gone = _mm512_cmpeq_epi16_mask(v, _mm512_set1_epi16(INT16_MIN));
        t = _mm512_mask_mov_epi16(t, gone, _mm512_set1_epi16(-1));
    }
    return t;
}

static inline void term_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                            int accumulate, int kind, int missing)
{
    const __m512i c = _mm512_set1_epi16(centre);
    for (size_t k = 0; k < 2 * n_words; k++, q += 32, out += 32) {
        __m512i t = term(q, c, kind, missing);
        if (accumulate) {
            t = _mm512_adds_epu16(t, _mm512_loadu_si512(out));
        }
        _mm512_storeu_si512(out, t);
    }
}

#include "kernels/bits_terms_tpl.h"

/* Turns `maybe` from T <= hi into what the comment of the table says. */
static inline uint64_t open_words(uint64_t *sure, uint64_t *maybe, size_t n_words, int none_sure)
{
    uint64_t open = 0;
    for (size_t k = 0; k < n_words; k += 8) {
        __mmask8 live = (__mmask8)(n_words - k >= 8 ? 0xffu : (1u << (n_words - k)) - 1);
        __m512i in = _mm512_maskz_loadu_epi64(live, sure + k);
        __m512i out = _mm512_maskz_loadu_epi64(live, maybe + k);
        if (none_sure) {
            in = _mm512_setzero_si512();
            _mm512_mask_storeu_epi64(sure + k, live, in);
        }
        out = _mm512_andnot_si512(in, out);
        _mm512_mask_storeu_epi64(maybe + k, live, out);
        open |= (uint64_t)_mm512_test_epi64_mask(out, out) << k;
    }
    return open;
}

static inline uint64_t sum_test_n(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows,
                                  size_t n_rows, size_t n_words, int32_t lo, int32_t hi)
{
    const __m512i vlo = _mm512_set1_epi16((short)lo);
    const __m512i vhi = _mm512_set1_epi16((short)hi);
    for (size_t k = 0; k < n_words; k++) {
        __m512i a = _mm512_loadu_si512(rows[0] + 64 * k);
        __m512i b = _mm512_loadu_si512(rows[0] + 64 * k + 32);
        for (size_t r = 1; r < n_rows; r++) {
            a = _mm512_adds_epu16(a, _mm512_loadu_si512(rows[r] + 64 * k));
            b = _mm512_adds_epu16(b, _mm512_loadu_si512(rows[r] + 64 * k + 32));
        }
        store_masks(sure + k, _mm512_cmple_epu16_mask(a, vlo), _mm512_cmple_epu16_mask(b, vlo));
        store_masks(maybe + k, _mm512_cmple_epu16_mask(a, vhi), _mm512_cmple_epu16_mask(b, vhi));
    }
    return open_words(sure, maybe, n_words, lo < 0);
}

static void and_rows(uint64_t *out, const uint64_t *const *rows, size_t n_rows, size_t n_words)
{
    for (size_t k = 0; k < n_words; k += 8) {
        __mmask8 live = (__mmask8)(n_words - k >= 8 ? 0xffu : (1u << (n_words - k)) - 1);
        __m512i w = _mm512_maskz_loadu_epi64(live, rows[0] + k);
        for (size_t r = 1; r < n_rows; r++) {
            w = _mm512_and_si512(w, _mm512_maskz_loadu_epi64(live, rows[r] + k));
        }
        _mm512_mask_storeu_epi64(out + k, live, w);
    }
}

#include "kernels/x86/bits_x86_tpl.h"

static inline void squeeze(bits_list *list, __m512i words, __m256i base)
{
    __mmask8 k = _mm512_test_epi64_mask(words, words);
    _mm512_storeu_si512(list->word + list->n, _mm512_maskz_compress_epi64(k, words));
    _mm256_storeu_si256((__m256i *)(void *)(list->base + list->n),
                        _mm256_maskz_compress_epi32(k, base));
    list->n += (size_t)_mm_popcnt_u32(k);
}

static inline void bits_masks(const rqa__bits_block *b, const uint64_t *cur, unsigned edge,
                              bits_lists *l)
{
    const uint64_t *prev = cur - b->stride;
    const size_t top = (b->width - 1) / 64;
    const __m512i top_bit = _mm512_set1_epi64((long long)((uint64_t)edge << ((b->width - 1) % 64)));
    __m256i base = _mm256_setr_epi32(0, 64, 128, 192, 256, 320, 384, 448);
    l->diagonal.n = l->column.n = l->row.n = 0;
    for (size_t k = 0; k < b->n_words; k += 8) {
        __m512i q = _mm512_loadu_si512(cur + k);
        __m512i next = _mm512_loadu_si512(cur + k + 1);
        __m512i down = _mm512_or_si512(_mm512_srli_epi64(q, 1), _mm512_slli_epi64(next, 63));
        __mmask8 lane = (__mmask8)(top - k < 8 ? 1u << (top - k) : 0u);
        down = _mm512_mask_or_epi64(down, lane, down, top_bit);
        if (b->diagonal != NULL) {
            squeeze(&l->diagonal, _mm512_xor_si512(q, _mm512_loadu_si512(prev + k)), base);
        }
        if (b->column != NULL) {
            squeeze(&l->column, _mm512_xor_si512(q, _mm512_loadu_si512(l->shifted + k)), base);
        }
        if (b->row != NULL) {
            squeeze(&l->row, _mm512_xor_si512(q, down), base);
        }
        _mm512_storeu_si512(l->shifted + k, down);
        base = _mm256_add_epi32(base, _mm256_set1_epi32(512));
    }
}

__attribute__((target("avx512vbmi2"))) static size_t positions_vbmi2(uint16_t *out,
                                                                     const bits_list *list)
{
    static const uint8_t count_up[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    };
    const __m512i all = _mm512_loadu_si512(count_up);
    uint16_t *o = out;
    for (size_t k = 0; k < list->n; k++) {
        uint64_t w = list->word[k];
        __m512i base = _mm512_set1_epi16((short)list->base[k]);
        __m512i found = _mm512_maskz_compress_epi8(w, all);
        unsigned n = (unsigned)_mm_popcnt_u64(w);
        __m512i half = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(found));
        _mm512_storeu_si512(o, _mm512_add_epi16(base, half));
        if (n > 32) {
            half = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(found, 1));
            _mm512_storeu_si512(o + 32, _mm512_add_epi16(base, half));
        }
        o += n;
    }
    return (size_t)(o - out);
}

static void lines_vbmi2(const rqa__bits_block *b)
{
    bits_lines(b, positions_vbmi2);
}

static void lines_full_vbmi2(const rqa__bits_block *b)
{
    bits_lines_full(b, positions_vbmi2);
}

#include "kernels/bits_transpose_tpl.h"

const rqa__bits_kernels rqa__bits_avx512 = {
    rank_row, rank_bounds, square_row, absolute_row, sum_test, and_rows, count, lines, lines_full,
    small_square_row, transpose, &rqa__tiles_avx512, &rqa__eroded_avx512,
};

const rqa__bits_kernels rqa__bits_avx512_vbmi2 = {
    rank_row, rank_bounds, square_row,  absolute_row,     sum_test,
    and_rows, count,       lines_vbmi2, lines_full_vbmi2, small_square_row,
    transpose, &rqa__tiles_avx512_vbmi2, &rqa__eroded_avx512_vbmi2,
};
