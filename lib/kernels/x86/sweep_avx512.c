/* sweep_avx512.c - the sweep engine's kernels for AVX-512 F, BW, DQ and VL; and, as a table of its
 * own, with a closing for VBMI2. */
#include "cpu/sweep_table.h"

#include <immintrin.h>

#include "kernels/sweep_exact_tpl.h"

/* Four vectors of 16 running distances: one block of 64 cells. */
enum { BLOCK = 64, VECTORS = 4 };
typedef __m512 sweep_vector;

static inline __m512 zero(void)
{
    return _mm512_setzero_ps();
}

static inline __attribute__((always_inline)) void
add_lag(__m512 *sum, const rqa__sweep_space *s, uint32_t c, size_t i, size_t j, int norm, int along)
{
    const float *x = s->xf[c] + i;
    const float *y = s->yf[c] + j;
    for (int v = 0; v < VECTORS; v++) {
        const __m512 a = along ? _mm512_loadu_ps(x + 16 * v) : _mm512_set1_ps(*x);
        const __m512 difference = _mm512_sub_ps(a, _mm512_loadu_ps(y + 16 * v));
        if (norm == 1) {
            sum[v] = _mm512_add_ps(sum[v], _mm512_mul_ps(difference, difference));
        } else if (norm == 2) {
            sum[v] = _mm512_add_ps(sum[v], _mm512_abs_ps(difference));
        } else {
            sum[v] = _mm512_max_ps(sum[v], _mm512_abs_ps(difference));
        }
    }
}

/* Indices of 16 distances by the filter's table; returns the lanes it cannot decide. */
static inline __attribute__((always_inline)) __mmask16
look_up(const rqa__sweep_filter *filter, __m512 value, uint8_t *out)
{
    const __m512 most = _mm512_set1_ps((float)(RQA__SWEEP_CELLS * RQA__SWEEP_CELL_UNITS - 1));
    __m512 scaled = _mm512_mul_ps(_mm512_sub_ps(value, _mm512_set1_ps(filter->origin)),
                                  _mm512_set1_ps(filter->scale));
    scaled = _mm512_max_ps(_mm512_min_ps(scaled, most), _mm512_setzero_ps());
    const __m512i units = _mm512_cvttps_epi32(scaled);
    const __m512i cell = _mm512_i32gather_epi32(
        _mm512_srli_epi32(units, 7), (const int *)(const void *)filter->cell, 4);
    const __m512i rest = _mm512_and_si512(units, _mm512_set1_epi32(RQA__SWEEP_CELL_UNITS - 1));
    const __m512i doubtful =
        _mm512_and_si512(_mm512_srli_epi32(cell, 16), _mm512_set1_epi32(0xff));
    const __mmask16 above = _mm512_cmpge_epu32_mask(rest, _mm512_srli_epi32(cell, 24));
    const __mmask16 below = _mm512_cmplt_epu32_mask(rest, doubtful);
    const __m512i index = _mm512_mask_srli_epi32(cell, above, cell, 8);
    _mm_storeu_si128((__m128i *)(void *)out, _mm512_cvtepi32_epi8(index));
    return (__mmask16) ~(above | below);
}

/* The same for evenly spaced bounds, without the table. */
static inline __attribute__((always_inline)) __mmask16
count_steps(const rqa__sweep_filter *filter, __m512 value, uint8_t *out)
{
    __m512 scaled = _mm512_mul_ps(_mm512_sub_ps(value, _mm512_set1_ps(filter->step_origin)),
                                  _mm512_set1_ps(filter->step_scale));
    scaled = _mm512_max_ps(_mm512_min_ps(scaled, _mm512_set1_ps(filter->step_last)),
                           _mm512_set1_ps(filter->step_first));
    const __m512i units = _mm512_cvttps_epi32(scaled);
    const __m512i beyond = _mm512_sub_epi32(
        _mm512_and_si512(units, _mm512_set1_epi32(RQA__SWEEP_STEP_UNITS - 1)),
        _mm512_set1_epi32(filter->step_doubt));
    _mm_storeu_si128((__m128i *)(void *)out, _mm512_cvtepi32_epi8(_mm512_srli_epi32(units, 16)));
    return _mm512_cmpgt_epu32_mask(
        beyond, _mm512_set1_epi32(RQA__SWEEP_STEP_UNITS - 1 - 2 * filter->step_doubt));
}

/* Indices of a block at one dim. Returns 0 where every cell exceeds every threshold. */
static inline __attribute__((always_inline)) int
index_block(const rqa__sweep_space *s, uint32_t d, const __m512 *sum, size_t i, size_t j,
            unsigned x_step, uint8_t *out)
{
    const rqa__sweep_filter *filter = s->filter[d];
    const __m512 all_above = _mm512_set1_ps(filter->all_above);
    const __m512 all_below = _mm512_set1_ps(filter->all_below);
    uint64_t above = 0;
    uint64_t below = 0;
    for (int v = 0; v < VECTORS; v++) {
        above |= (uint64_t)_mm512_cmp_ps_mask(sum[v], all_above, _CMP_NLE_UQ) << (16 * v);
        below |= (uint64_t)_mm512_cmp_ps_mask(sum[v], all_below, _CMP_LE_OQ) << (16 * v);
    }
    const uint64_t between = ~(above | below);
    _mm512_storeu_si512(out, _mm512_maskz_set1_epi8(above, (char)s->n_thresholds));
    if (between == 0) {
        return above != UINT64_MAX;
    }
    uint64_t undecided = 0;
    if (filter->step_doubt != 0 && !filter->step_of_roots) {
        for (int v = 0; v < VECTORS; v++) {
            undecided |= (uint64_t)count_steps(filter, sum[v], out + 16 * v) << (16 * v);
        }
    } else {
        for (int v = 0; v < VECTORS; v++) {
            if ((between >> (16 * v) & 0xffff) != 0) {
                undecided |= (uint64_t)look_up(filter, sum[v], out + 16 * v) << (16 * v);
            }
        }
    }
    if (__builtin_expect(undecided != 0, 0)) {
        exact_cells(s, d, i, j, x_step, undecided, out);
    }
    return 1;
}

static inline void fill(uint8_t *out, uint32_t index)
{
    _mm512_storeu_si512(out, _mm512_set1_epi8((char)index));
}

static inline uint32_t *list_changes(const uint8_t *line, size_t n, uint32_t first, uint32_t *out)
{
    const __m512i lanes = _mm512_slli_epi32(
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), 8);
    for (size_t t = 0; t < n; t += BLOCK) {
        uint64_t changes = _mm512_cmpneq_epu8_mask(_mm512_loadu_si512(line + t),
                                                   _mm512_loadu_si512(line + t - 1));
        if (n - t < BLOCK) {
            changes &= (UINT64_C(1) << (n - t)) - 1;
        }
        if (changes == 0) {
            continue;
        }
        for (unsigned v = 0; v < VECTORS; v++) {
            const __mmask16 kept = (__mmask16)(changes >> (16 * v));
            const __m512i level = _mm512_cvtepu8_epi32(
                _mm_loadu_si128((const __m128i *)(const void *)(line + t + 16 * v)));
            const __m512i at = _mm512_add_epi32(
                lanes, _mm512_set1_epi32((int)((first + (uint32_t)t + 16 * v) << 8)));
            _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(kept, _mm512_or_si512(level, at)));
            out += _mm_popcnt_u32(kept);
        }
    }
    return out;
}

#include "kernels/sweep_lines_tpl.h"

static void index_avx512(const rqa__sweep_space *s, const rqa__sweep_line *line)
{
    if (s->filter == NULL) {
        rqa__sweep_ref.index(s, line);
        return;
    }
    index_tpl(s, line);
}

static void merge_avx512(uint8_t *line, const uint8_t *other, size_t n)
{
    for (size_t t = 0; t < n; t += BLOCK) {
        const __m512i both =
            _mm512_max_epu8(_mm512_loadu_si512(line + t), _mm512_loadu_si512(other + t));
        _mm512_storeu_si512(line + t, both);
    }
}

const rqa__sweep_kernels rqa__sweep_avx512 = {
    .name = "avx512",
    .index = index_avx512,
    .events = events_tpl,
    .close = rqa__sweep_close_avx2,
    .close_white = rqa__sweep_close_white_avx2,
    .merge = merge_avx512,
};

const rqa__sweep_kernels rqa__sweep_avx512_vbmi2 = {
    .name = "avx512",
    .index = index_avx512,
    .events = events_tpl,
    .close = rqa__sweep_close_vbmi2,
    .close_white = rqa__sweep_close_white_vbmi2,
    .merge = merge_avx512,
};
