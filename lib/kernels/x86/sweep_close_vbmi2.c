/* sweep_close_vbmi2.c - closing of runs by contraction, 64 plateaus a step: AVX-512 with VBMI2. */
#include "kernels/sweep_close.h"

#include <immintrin.h>

/* The events as a list of plateaus; of several in a row that nothing recurs in, the first stays. */
static inline __attribute__((always_inline)) size_t
unpack(const uint32_t *event, size_t n_events, unsigned n_thresholds, int white, close_lists *l)
{
    const __m512i top = _mm512_set1_epi32((int)n_thresholds);
    size_t n = 0;
    uint32_t carry = 1; /* a plateau at the top before the first changes nothing */
    for (size_t k = 0; k < n_events; k += 16) {
        const size_t left = n_events - k;
        const __mmask16 lanes = (__mmask16)_bzhi_u32(0xffff, left < 16 ? (unsigned)left : 16);
        const __m512i e = _mm512_maskz_loadu_epi32(lanes, event + k);
        __m512i level = _mm512_and_si512(e, _mm512_set1_epi32(0xff));
        if (white) {
            const __mmask16 last = _mm512_movepi32_mask(e);
            const __mmask16 border = _mm512_mask_test_epi32_mask(
                last, e, _mm512_set1_epi32(RQA__SWEEP_EVENT_BORDER));
            level = _mm512_mask_mov_epi32(_mm512_sub_epi32(top, level), last, top);
            level = _mm512_mask_add_epi32(level, border, level, _mm512_set1_epi32(1));
        }
        const uint32_t at_top = _mm512_cmpge_epu32_mask(level, top);
        const uint32_t kept = lanes & ~(at_top & (at_top << 1 | carry));
        carry = at_top >> 15 & 1;
        const __m512i levels = _mm512_maskz_compress_epi32((__mmask16)kept, level);
        const __m512i positions =
            _mm512_maskz_compress_epi32((__mmask16)kept, _mm512_srli_epi32(e, 8));
        _mm_storeu_si128((__m128i *)(void *)(l->level + n), _mm512_cvtepi32_epi8(levels));
        _mm256_storeu_si256((__m256i *)(void *)(l->position + n), _mm512_cvtepi32_epi16(positions));
        n += (size_t)_mm_popcnt_u32(kept);
    }
    return n;
}

/* Two halves of words that a mask of 64 keeps, one behind the other. */
static inline void compress_words(uint16_t *out, uint64_t mask, __m512i low, __m512i high)
{
    const size_t n_low = (size_t)_mm_popcnt_u32((uint32_t)mask);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi16((__mmask32)mask, low));
    _mm512_storeu_si512(out + n_low, _mm512_maskz_compress_epi16((__mmask32)(mask >> 32), high));
}

/* One round over n plateaus. Returns how many are left. */
static inline __attribute__((always_inline)) size_t contract(close_lists *l, size_t n,
                                                             unsigned n_thresholds, int white)
{
    const __m512i top = _mm512_set1_epi8((char)n_thresholds);
    uint8_t *level = l->level;
    uint16_t *position = l->position;
    size_t n_left = 0;
    size_t n_runs = l->n_runs;
    __m512i before = _mm512_loadu_si512(level - 1);
    __m512i before2 = _mm512_loadu_si512(level - 2);
    __m512i begin_before = _mm512_loadu_si512(position - 1);
    for (size_t k = 0; k < n; k += 64) {
        const uint64_t lanes = _bzhi_u64(UINT64_MAX, n - k < 64 ? (unsigned)(n - k) : 64);
        const __m512i here = _mm512_loadu_si512(level + k);
        const __m512i after = _mm512_loadu_si512(level + k + 1);
        const __m512i begin0 = _mm512_loadu_si512(position + k);
        const __m512i begin1 = _mm512_loadu_si512(position + k + 32);
        const __m512i length0 = _mm512_sub_epi16(_mm512_loadu_si512(position + k + 1), begin0);
        const __m512i length1 = _mm512_sub_epi16(_mm512_loadu_si512(position + k + 33), begin1);
        const __mmask64 falls = _mm512_cmpgt_epu8_mask(before, here);
        const uint64_t minimum = _mm512_mask_cmpgt_epu8_mask(falls & lanes, after, here);
        /* The plateau before is a minimum. */
        const __mmask64 behind = _mm512_cmpgt_epu8_mask(before2, before) & ~falls;
        const __mmask64 grows = _mm512_mask_cmplt_epu8_mask(behind, here, before2);
        const __mmask64 joins =
            white ? _mm512_mask_cmpeq_epu8_mask(behind, _mm512_min_epu8(here, top),
                                                _mm512_min_epu8(before2, top))
                  : _mm512_mask_cmpeq_epu8_mask(behind, here, before2);
        const uint64_t kept = lanes & ~(minimum | joins);
        const __m512i new0 = _mm512_mask_mov_epi16(begin0, (__mmask32)grows, begin_before);
        const __m512i new1 =
            _mm512_mask_loadu_epi16(begin1, (__mmask32)(grows >> 32), position + k + 31);
        __m512i first = here;
        __m512i end = _mm512_min_epu8(before, after);
        if (white) {
            const __m512i zero = _mm512_setzero_si512();
            const uint64_t begins =
                _mm512_cmpeq_epi16_mask(begin0, zero) |
                (uint64_t)_mm512_cmpeq_epi16_mask(begin1, zero) << 32;
            const __mmask64 at_border = begins | _mm512_cmpgt_epu8_mask(after, top);
            const __m512i from = _mm512_mask_mov_epi8(
                top, at_border, _mm512_set1_epi8((char)(n_thresholds + CLOSE_BORDER)));
            first = _mm512_sub_epi8(from, _mm512_min_epu8(end, top));
            end = _mm512_sub_epi8(from, here);
        }
        /* What the next step needs of these, before they are written over. */
        before = _mm512_loadu_si512(level + k + 63);
        before2 = _mm512_loadu_si512(level + k + 62);
        begin_before = _mm512_loadu_si512(position + k + 63);
        __asm__ volatile("" : "+v"(before), "+v"(before2), "+v"(begin_before));
        _mm512_storeu_si512(level + n_left, _mm512_maskz_compress_epi8(kept, here));
        compress_words(position + n_left, kept, new0, new1);
        n_left += (size_t)_mm_popcnt_u64(kept);
        /* Minima are no neighbours, so they are at most 32. */
        _mm256_storeu_si256((__m256i *)(void *)(l->first + n_runs),
                            _mm512_castsi512_si256(_mm512_maskz_compress_epi8(minimum, first)));
        _mm256_storeu_si256((__m256i *)(void *)(l->end + n_runs),
                            _mm512_castsi512_si256(_mm512_maskz_compress_epi8(minimum, end)));
        const size_t n_low = (size_t)_mm_popcnt_u32((uint32_t)minimum);
        _mm256_storeu_si256((__m256i *)(void *)(l->length + n_runs),
                            _mm512_castsi512_si256(
                                _mm512_maskz_compress_epi16((__mmask32)minimum, length0)));
        _mm256_storeu_si256((__m256i *)(void *)(l->length + n_runs + n_low),
                            _mm512_castsi512_si256(_mm512_maskz_compress_epi16(
                                (__mmask32)(minimum >> 32), length1)));
        n_runs += (size_t)_mm_popcnt_u64(minimum);
    }
    l->n_runs = n_runs;
    return n_left;
}

static inline __attribute__((always_inline)) void
close_all(const uint32_t *event, size_t n_events, unsigned n_thresholds,
          rqa__sweep_counter *counter, rqa__sweep_counter *border, int white, void *room)
{
    close_lists l = close_lists_in(room, n_events);
    size_t n = unpack(event, n_events, n_thresholds, white, &l);
    while (n > 1) {
        close_fence(&l, n, n_thresholds);
        const size_t n_left = contract(&l, n, n_thresholds, white);
        if (n_left == n) {
            break;
        }
        n = n_left;
    }
    close_count(&l, counter, border, white);
}

void rqa__sweep_close_vbmi2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                            rqa__sweep_counter *black, void *room)
{
    rqa__sweep_counter counter = *black;
    if (room == NULL) {
        rqa__sweep_close_avx2(event, n_events, n_thresholds, black, NULL);
        return;
    }
    close_all(event, n_events, n_thresholds, &counter, &counter, 0, room);
    black->n_overflow = counter.n_overflow;
}

void rqa__sweep_close_white_vbmi2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                                  rqa__sweep_counter *white_inner,
                                  rqa__sweep_counter *white_border, void *room)
{
    rqa__sweep_counter inner = *white_inner;
    rqa__sweep_counter border = *white_border;
    if (room == NULL) {
        rqa__sweep_close_white_avx2(event, n_events, n_thresholds, white_inner, white_border,
                                    NULL);
        return;
    }
    close_all(event, n_events, n_thresholds, &inner, &border, 1, room);
    white_inner->n_overflow = inner.n_overflow;
    white_border->n_overflow = border.n_overflow;
}
