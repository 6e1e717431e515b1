/* sweep_avx2.c - the sweep engine's kernels for AVX2 with BMI1 and BMI2. */
#include "cpu/sweep_table.h"

#include <immintrin.h>
#include <string.h>

#include "kernels/sweep_exact_tpl.h"

/* Four vectors of 8 running distances: one block of 32 cells. */
enum { BLOCK = 32, VECTORS = 4 };
typedef __m256 sweep_vector;

static inline __m256 zero(void)
{
    return _mm256_setzero_ps();
}

static inline __attribute__((always_inline)) void
add_lag(__m256 *sum, const rqa__sweep_space *s, uint32_t c, size_t i, size_t j, int norm, int along)
{
    const float *x = s->xf[c] + i;
    const float *y = s->yf[c] + j;
    const __m256 sign = _mm256_set1_ps(-0.0F);
    for (int v = 0; v < VECTORS; v++) {
        const __m256 a = along ? _mm256_loadu_ps(x + 8 * v) : _mm256_set1_ps(*x);
        const __m256 difference = _mm256_sub_ps(a, _mm256_loadu_ps(y + 8 * v));
        if (norm == 1) {
            sum[v] = _mm256_add_ps(sum[v], _mm256_mul_ps(difference, difference));
        } else if (norm == 2) {
            sum[v] = _mm256_add_ps(sum[v], _mm256_andnot_ps(sign, difference));
        } else {
            sum[v] = _mm256_max_ps(sum[v], _mm256_andnot_ps(sign, difference));
        }
    }
}

/* Indices of 8 distances by the filter's table; returns the lanes it cannot decide. */
static inline __attribute__((always_inline)) uint32_t
look_up(const rqa__sweep_filter *filter, __m256 value, uint8_t *out)
{
    const __m256 most = _mm256_set1_ps((float)(RQA__SWEEP_CELLS * RQA__SWEEP_CELL_UNITS - 1));
    const __m256i byte = _mm256_set1_epi32(0xff);
    __m256 scaled = _mm256_mul_ps(_mm256_sub_ps(value, _mm256_set1_ps(filter->origin)),
                                  _mm256_set1_ps(filter->scale));
    scaled = _mm256_max_ps(_mm256_min_ps(scaled, most), _mm256_setzero_ps());
    const __m256i units = _mm256_cvttps_epi32(scaled);
    const __m256i cell = _mm256_i32gather_epi32((const int *)(const void *)filter->cell,
                                                _mm256_srli_epi32(units, 7), 4);
    const __m256i rest = _mm256_and_si256(units, _mm256_set1_epi32(RQA__SWEEP_CELL_UNITS - 1));
    const __m256i doubtful = _mm256_and_si256(_mm256_srli_epi32(cell, 16), byte);
    const __m256i not_above = _mm256_cmpgt_epi32(_mm256_srli_epi32(cell, 24), rest);
    const __m256i below = _mm256_cmpgt_epi32(doubtful, rest);
    const __m256i index = _mm256_and_si256(
        _mm256_blendv_epi8(_mm256_srli_epi32(cell, 8), cell, not_above), byte);
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(index),
                                           _mm256_extracti128_si256(index, 1));
    _mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(words, words));
    return (uint32_t)_mm256_movemask_ps(
        _mm256_castsi256_ps(_mm256_andnot_si256(below, not_above)));
}

/* Bytes of four vectors that were packed as pairs of interleaved words, in the order of the cells. */
static inline __m256i in_order(__m256i first_pair, __m256i second_pair)
{
    const __m256i within =
        _mm256_setr_epi8(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15, 0, 2, 4, 6, 1, 3, 5, 7,
                         8, 10, 12, 14, 9, 11, 13, 15);
    return _mm256_permutevar8x32_epi32(
        _mm256_shuffle_epi8(_mm256_packus_epi16(first_pair, second_pair), within),
        _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/* Words of all ones where the rest of the units, plus the doubt on either side, is within it. */
static inline __m256i is_unclear(const rqa__sweep_filter *filter, __m256i rests)
{
    const __m256i from_edge = _mm256_add_epi16(rests, _mm256_set1_epi16((short)filter->step_doubt));
    const __m256i widest = _mm256_set1_epi16((short)(2 * filter->step_doubt - 1));
    return _mm256_cmpeq_epi16(_mm256_min_epu16(from_edge, widest), from_edge);
}

/* Indices of a block by evenly spaced bounds, without the table: those of two vectors are the high
 * words of their units, and share one vector of words. */
static inline __attribute__((always_inline)) uint32_t
count_steps(const rqa__sweep_filter *filter, const __m256 *value, int of_roots, uint8_t *out)
{
    __m256i units[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        const __m256 at = of_roots ? _mm256_sqrt_ps(value[v]) : value[v];
        __m256 scaled = _mm256_mul_ps(_mm256_sub_ps(at, _mm256_set1_ps(filter->step_origin)),
                                      _mm256_set1_ps(filter->step_scale));
        scaled = _mm256_max_ps(_mm256_min_ps(scaled, _mm256_set1_ps(filter->step_last)),
                               _mm256_set1_ps(filter->step_first));
        units[v] = _mm256_cvttps_epi32(scaled);
    }
    __m256i index[2];
    __m256i unclear[2];
    for (int v = 0; v < 2; v++) {
        const __m256i even = units[2 * v];
        const __m256i odd = units[2 * v + 1];
        index[v] = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xaa);
        unclear[v] =
            is_unclear(filter, _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xaa));
    }
    _mm256_storeu_si256((__m256i *)(void *)out, in_order(index[0], index[1]));
    const __m256i any = _mm256_or_si256(unclear[0], unclear[1]);
    if (__builtin_expect(_mm256_testz_si256(any, any), 1)) {
        return 0;
    }
    const __m256i low = _mm256_set1_epi16(0xff);
    return (uint32_t)_mm256_movemask_epi8(
        in_order(_mm256_and_si256(unclear[0], low), _mm256_and_si256(unclear[1], low)));
}

/* Indices of a block at one dim. Returns 0 where every cell exceeds every threshold. */
static inline __attribute__((always_inline)) int
index_block(const rqa__sweep_space *s, uint32_t d, const __m256 *sum, size_t i, size_t j,
            unsigned x_step, uint8_t *out)
{
    const rqa__sweep_filter *filter = s->filter[d];
    const __m256 limit = _mm256_set1_ps(filter->all_above);
    __m256 least = _mm256_min_ps(_mm256_min_ps(sum[0], sum[1]), _mm256_min_ps(sum[2], sum[3]));
    __m256 most = _mm256_max_ps(_mm256_max_ps(sum[0], sum[1]), _mm256_max_ps(sum[2], sum[3]));
    if (_mm256_movemask_ps(_mm256_cmp_ps(least, limit, _CMP_LE_OQ)) == 0) {
        _mm256_storeu_si256((__m256i *)(void *)out, _mm256_set1_epi8((char)s->n_thresholds));
        return 0;
    }
    if (_mm256_movemask_ps(
            _mm256_cmp_ps(most, _mm256_set1_ps(filter->all_below), _CMP_NLE_UQ)) == 0) {
        _mm256_storeu_si256((__m256i *)(void *)out, _mm256_setzero_si256());
        return 1;
    }
    uint32_t undecided = 0;
    if (filter->step_doubt != 0) {
        undecided = filter->step_of_roots ? count_steps(filter, sum, 1, out)
                                          : count_steps(filter, sum, 0, out);
    } else {
        for (int v = 0; v < VECTORS; v++) {
            undecided |= look_up(filter, sum[v], out + 8 * v) << (8 * v);
        }
    }
    if (__builtin_expect(undecided != 0, 0)) {
        exact_cells(s, d, i, j, x_step, undecided, out);
    }
    return 1;
}

static inline void fill(uint8_t *out, uint32_t index)
{
    memset(out, (int)index, BLOCK);
}

static inline uint32_t *list_changes(const uint8_t *line, size_t n, uint32_t first, uint32_t *out)
{
    for (size_t t = 0; t < n; t += BLOCK) {
        const __m256i same = _mm256_cmpeq_epi8(
            _mm256_loadu_si256((const __m256i *)(const void *)(line + t)),
            _mm256_loadu_si256((const __m256i *)(const void *)(line + t - 1)));
        uint32_t changes = ~(uint32_t)_mm256_movemask_epi8(same);
        if (n - t < BLOCK) {
            changes &= (UINT32_C(1) << (n - t)) - 1;
        }
        for (; changes != 0; changes &= changes - 1) {
            const size_t at = t + (size_t)__builtin_ctz(changes);
            *out++ = (first + (uint32_t)at) << 8 | line[at];
        }
    }
    return out;
}

#include "kernels/sweep_lines_tpl.h"

static void index_avx2(const rqa__sweep_space *s, const rqa__sweep_line *line)
{
    if (s->filter == NULL) {
        rqa__sweep_ref.index(s, line);
        return;
    }
    index_tpl(s, line);
}

static void merge_avx2(uint8_t *line, const uint8_t *other, size_t n)
{
    for (size_t t = 0; t < n; t += BLOCK) {
        __m256i *to = (__m256i *)(void *)(line + t);
        _mm256_storeu_si256(
            to, _mm256_max_epu8(_mm256_loadu_si256(to),
                                _mm256_loadu_si256((const __m256i *)(const void *)(other + t))));
    }
}

const rqa__sweep_kernels rqa__sweep_avx2 = {
    .name = "avx2",
    .index = index_avx2,
    .events = events_tpl,
    .close = rqa__sweep_close_avx2,
    .close_white = rqa__sweep_close_white_avx2,
    .merge = merge_avx2,
};
