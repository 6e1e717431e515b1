/* bits_avx2.c - the single-analysis kernels for AVX2, BMI, BMI2 and POPCNT. */
#include "cpu/bits_table.h"
#include "cpu/eroded_table.h"
#include "cpu/tiles_table.h"

#include <immintrin.h>
#include <string.h>

static inline __m256i load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

/* Bit k = (v[k] <= limit), unsigned, for the 64 lanes at v0..v3. */
static inline uint64_t at_most(__m256i v0, __m256i v1, __m256i v2, __m256i v3, __m256i limit)
{
    v0 = _mm256_cmpeq_epi16(_mm256_min_epu16(v0, limit), v0);
    v1 = _mm256_cmpeq_epi16(_mm256_min_epu16(v1, limit), v1);
    v2 = _mm256_cmpeq_epi16(_mm256_min_epu16(v2, limit), v2);
    v3 = _mm256_cmpeq_epi16(_mm256_min_epu16(v3, limit), v3);
    __m256i a = _mm256_permute4x64_epi64(_mm256_packs_epi16(v0, v1), 0xd8);
    __m256i b = _mm256_permute4x64_epi64(_mm256_packs_epi16(v2, v3), 0xd8);
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

static void rank_row(uint64_t *out, const uint16_t *rank, size_t n_words, uint16_t lo,
                     uint16_t width, int accumulate)
{
    const __m256i low = _mm256_set1_epi16((short)lo);
    const __m256i span = _mm256_set1_epi16((short)width);
    for (size_t k = 0; k < n_words; k++, rank += 64) {
        uint64_t word = at_most(
            _mm256_sub_epi16(load(rank), low), _mm256_sub_epi16(load(rank + 16), low),
            _mm256_sub_epi16(load(rank + 32), low), _mm256_sub_epi16(load(rank + 48), low), span);
        out[k] = accumulate ? out[k] & word : word;
    }
}

static void rank_bounds(uint32_t *below, uint32_t *upto, const double *sorted, size_t n_sorted,
                        const double *x, size_t n, double bound)
{
    const __m256d limit = _mm256_set1_pd(bound);
    for (size_t k = 0; k < n; k += 4) {
        size_t live = n - k < 4 ? n - k : 4;
        double value[4] = {0, 0, 0, 0};
        memcpy(value, x + k, live * sizeof *value);
        __m256d v = _mm256_loadu_pd(value);
        __m256i a = _mm256_setzero_si256();
        __m256i b = _mm256_setzero_si256();
        for (size_t left = n_sorted; left > 0;) {
            size_t half = (left + 1) / 2;
            __m256i step = _mm256_set1_epi64x((long long)half);
            __m256d va = _mm256_i64gather_pd(sorted + half - 1, a, 8);
            __m256d vb = _mm256_i64gather_pd(sorted + half - 1, b, 8);
            __m256d ka = _mm256_cmp_pd(_mm256_sub_pd(v, va), limit, _CMP_GT_OQ);
            __m256d kb = _mm256_cmp_pd(_mm256_sub_pd(vb, v), limit, _CMP_LE_OQ);
            a = _mm256_add_epi64(a, _mm256_and_si256(_mm256_castpd_si256(ka), step));
            b = _mm256_add_epi64(b, _mm256_and_si256(_mm256_castpd_si256(kb), step));
            left -= half;
        }
        uint64_t found[8];
        _mm256_storeu_si256((__m256i *)(void *)found, a);
        _mm256_storeu_si256((__m256i *)(void *)(found + 4), b);
        for (size_t j = 0; j < live; j++) {
            below[k + j] = (uint32_t)found[j];
            upto[k + j] = (uint32_t)found[4 + j];
        }
    }
}

static inline void term_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                            int accumulate, int kind, int missing)
{
    const __m256i c = _mm256_set1_epi16(centre);
    for (size_t k = 0; k < 4 * n_words; k++, q += 16, out += 16) {
        __m256i v = load(q);
        __m256i d = _mm256_subs_epi16(v, c);
        __m256i t = kind == RQA__BITS_SQUARE ? _mm256_mulhrs_epi16(d, d) : _mm256_abs_epi16(d);
        if (kind == RQA__BITS_SMALL_SQUARE) {
            t = _mm256_min_epu16(t, _mm256_set1_epi16(255));
            t = _mm256_mullo_epi16(t, t);
        }
        if (missing) {
            t = _mm256_or_si256(t, _mm256_cmpeq_epi16(v, _mm256_set1_epi16(INT16_MIN)));
        }
        if (accumulate) {
            t = _mm256_adds_epu16(t, load(out));
        }
        _mm256_storeu_si256((__m256i *)(void *)out, t);
    }
}

#include "kernels/bits_terms_tpl.h"

static inline uint64_t sum_test_n(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows,
                                  size_t n_rows, size_t n_words, int32_t lo, int32_t hi)
{
    const __m256i vlo = _mm256_set1_epi16((short)lo);
    const __m256i vhi = _mm256_set1_epi16((short)hi);
    const uint64_t some = lo < 0 ? 0 : ~UINT64_C(0);
    uint64_t open = 0;
    for (size_t k = 0; k < n_words; k++) {
        const uint16_t *term = rows[0] + 64 * k;
        __m256i v0 = load(term);
        __m256i v1 = load(term + 16);
        __m256i v2 = load(term + 32);
        __m256i v3 = load(term + 48);
        for (size_t r = 1; r < n_rows; r++) {
            term = rows[r] + 64 * k;
            v0 = _mm256_adds_epu16(v0, load(term));
            v1 = _mm256_adds_epu16(v1, load(term + 16));
            v2 = _mm256_adds_epu16(v2, load(term + 32));
            v3 = _mm256_adds_epu16(v3, load(term + 48));
        }
        uint64_t in = at_most(v0, v1, v2, v3, vlo) & some;
        uint64_t out = at_most(v0, v1, v2, v3, vhi);
        sure[k] = in;
        maybe[k] = out & ~in;
        open |= (uint64_t)(maybe[k] != 0) << k;
    }
    return open;
}

static void and_rows(uint64_t *out, const uint64_t *const *rows, size_t n_rows, size_t n_words)
{
    size_t k = 0;
    for (; k + 4 <= n_words; k += 4) {
        __m256i word = load(rows[0] + k);
        for (size_t r = 1; r < n_rows; r++) {
            word = _mm256_and_si256(word, load(rows[r] + k));
        }
        _mm256_storeu_si256((__m256i *)(void *)(out + k), word);
    }
    for (; k < n_words; k++) {
        uint64_t word = rows[0][k];
        for (size_t r = 1; r < n_rows; r++) {
            word &= rows[r][k];
        }
        out[k] = word;
    }
}

#include "kernels/x86/bits_x86_tpl.h"

static inline void squeeze(bits_list *list, __m256i words, size_t k)
{
    uint64_t word[4];
    _mm256_storeu_si256((__m256i *)(void *)word, words);
    for (size_t j = 0; j < 4; j++) {
        bits_append(list, word[j], k + j);
    }
}

static inline void bits_masks(const rqa__bits_block *b, const uint64_t *cur, unsigned edge,
                              bits_lists *l)
{
    const uint64_t *prev = cur - b->stride;
    const size_t top = (b->width - 1) / 64;
    const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
    const __m256i top_bit = _mm256_set1_epi64x((long long)((uint64_t)edge << ((b->width - 1) % 64)));
    l->diagonal.n = l->column.n = l->row.n = 0;
    for (size_t k = 0; k < b->n_words; k += 4) {
        __m256i q = load(cur + k);
        __m256i down = _mm256_or_si256(_mm256_srli_epi64(q, 1),
                                       _mm256_slli_epi64(load(cur + k + 1), 63));
        __m256i lane = _mm256_cmpeq_epi64(
            lanes, _mm256_set1_epi64x((long long)top - (long long)k));
        down = _mm256_or_si256(down, _mm256_and_si256(lane, top_bit));
        __m256i diagonal = _mm256_xor_si256(q, load(prev + k));
        __m256i column = _mm256_xor_si256(q, load(l->shifted + k));
        __m256i row = _mm256_xor_si256(q, down);
        _mm256_storeu_si256((__m256i *)(void *)(l->shifted + k), down);
        __m256i any = _mm256_or_si256(_mm256_or_si256(diagonal, column), row);
        if (_mm256_testz_si256(any, any)) {
            continue;
        }
        if (b->diagonal != NULL) {
            squeeze(&l->diagonal, diagonal, k);
        }
        if (b->column != NULL) {
            squeeze(&l->column, column, k);
        }
        if (b->row != NULL) {
            squeeze(&l->row, row, k);
        }
    }
}

#include "kernels/bits_transpose_tpl.h"

const rqa__bits_kernels rqa__bits_avx2 = {
    rank_row, rank_bounds, square_row, absolute_row, sum_test, and_rows, count, lines, lines_full,
    small_square_row, transpose, &rqa__tiles_avx2, &rqa__eroded_avx2,
};
