/* sweep_close_avx2.c - closing of runs by contraction, 32 plateaus a step: AVX2.
 *
 * What AVX2 lacks is a compress: groups of eight go through a table of shuffles. So a round costs
 * more than with VBMI2, and where it drops few plateaus, on smooth data, the stack takes over what is
 * left.
 */
#include "kernels/sweep_close.h"

#include <immintrin.h>

#include "kernels/sweep_runs_tpl.h"

/* The places of the set bits of a mask, one a byte, lowest first. */
#define RANK(mask, bit) __builtin_popcount((mask) & ((1u << (bit)) - 1))
#define PLACE(mask, bit) ((mask) >> (bit) & 1 ? (uint64_t)(bit) << 8 * RANK(mask, bit) : 0)
#define PLACES(mask)                                                                       \
    (PLACE(mask, 0) | PLACE(mask, 1) | PLACE(mask, 2) | PLACE(mask, 3) | PLACE(mask, 4) | \
     PLACE(mask, 5) | PLACE(mask, 6) | PLACE(mask, 7))
#define PLACES4(mask) PLACES(mask), PLACES(mask + 1), PLACES(mask + 2), PLACES(mask + 3)
#define PLACES16(mask) PLACES4(mask), PLACES4(mask + 4), PLACES4(mask + 8), PLACES4(mask + 12)
#define PLACES64(mask) PLACES16(mask), PLACES16(mask + 16), PLACES16(mask + 32), PLACES16(mask + 48)

static const uint64_t places[256] = {PLACES64(0u), PLACES64(64u), PLACES64(128u), PLACES64(192u)};

static inline __m128i byte_places(unsigned mask)
{
    return _mm_loadl_epi64((const __m128i *)(const void *)&places[mask]);
}

/* The same for eight words. */
static inline __m128i word_places(__m128i bytes)
{
    const __m128i twice = _mm_unpacklo_epi8(bytes, bytes);
    return _mm_add_epi8(_mm_add_epi8(twice, twice), _mm_set1_epi16(0x0100));
}

static inline __m256i load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

static inline uint32_t mask_of(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

/* Eight bytes or words of each of the groups that a step has. */
static inline __m128i group_of_bytes(__m256i v, int group)
{
    const __m128i half = group < 2 ? _mm256_castsi256_si128(v) : _mm256_extracti128_si256(v, 1);
    return group % 2 ? _mm_srli_si128(half, 8) : half;
}

static inline __m128i group_of_words(__m256i low, __m256i high, int group)
{
    const __m256i v = group < 2 ? low : high;
    return group % 2 ? _mm256_extracti128_si256(v, 1) : _mm256_castsi256_si128(v);
}

static inline size_t put_plateaus(close_lists *l, size_t n, unsigned mask, __m128i level,
                                  __m128i position)
{
    const __m128i at = byte_places(mask);
    _mm_storel_epi64((__m128i *)(void *)(l->level + n), _mm_shuffle_epi8(level, at));
    _mm_storeu_si128((__m128i *)(void *)(l->position + n),
                     _mm_shuffle_epi8(position, word_places(at)));
    return n + (size_t)_mm_popcnt_u32(mask);
}

/* The events as a list of plateaus; of several in a row that nothing recurs in, the first stays. */
static inline __attribute__((always_inline)) size_t
unpack(const uint32_t *event, size_t n_events, unsigned n_thresholds, int white, close_lists *l)
{
    const __m256i top = _mm256_set1_epi32((int)n_thresholds);
    size_t n = 0;
    unsigned carry = 1; /* a plateau at the top before the first changes nothing */
    for (size_t k = 0; k < n_events; k += 8) {
        const unsigned lanes = _bzhi_u32(0xff, n_events - k < 8 ? (unsigned)(n_events - k) : 8);
        const __m256i lane = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(n_events - k)),
                                                _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
        const __m256i e = _mm256_maskload_epi32((const int *)(const void *)(event + k), lane);
        __m256i level = _mm256_and_si256(e, _mm256_set1_epi32(0xff));
        if (white) {
            const __m256i last = _mm256_srai_epi32(e, 31);
            const __m256i border = _mm256_and_si256(
                last, _mm256_srai_epi32(_mm256_slli_epi32(e, 1), 31));
            level = _mm256_blendv_epi8(_mm256_sub_epi32(top, level), top, last);
            level = _mm256_sub_epi32(level, border);
        }
        const __m256i below = _mm256_cmpgt_epi32(top, level);
        const unsigned at_top = ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(below)) & 0xff;
        const unsigned kept = lanes & ~(at_top & (at_top << 1 | carry));
        carry = at_top >> 7;
        const __m256i position =
            _mm256_and_si256(_mm256_srli_epi32(e, 8), _mm256_set1_epi32(0xffff));
        const __m256i words =
            _mm256_permute4x64_epi64(_mm256_packus_epi32(level, position), 0xd8);
        const __m128i levels = _mm256_castsi256_si128(words);
        n = put_plateaus(l, n, kept, _mm_packus_epi16(levels, levels),
                         _mm256_extracti128_si256(words, 1));
    }
    return n;
}

/* One round over n plateaus. Returns how many are left. Levels are below 128. */
static inline __attribute__((always_inline)) size_t contract(close_lists *l, size_t n,
                                                             unsigned n_thresholds, int white)
{
    const __m256i top = _mm256_set1_epi8((char)n_thresholds);
    const uint8_t *level = l->level;
    const uint16_t *position = l->position;
    size_t n_left = 0;
    size_t n_runs = l->n_runs;
    __m256i before = load(level - 1);
    __m256i before2 = load(level - 2);
    __m256i begin_before = load(position - 1);
    for (size_t k = 0; k < n; k += 32) {
        const uint32_t lanes = _bzhi_u32(UINT32_MAX, n - k < 32 ? (unsigned)(n - k) : 32);
        const __m256i here = load(level + k);
        const __m256i after = load(level + k + 1);
        const __m256i begin0 = load(position + k);
        const __m256i begin1 = load(position + k + 16);
        const __m256i length0 = _mm256_sub_epi16(load(position + k + 1), begin0);
        const __m256i length1 = _mm256_sub_epi16(load(position + k + 17), begin1);
        const __m256i falls = _mm256_cmpgt_epi8(before, here);
        const uint32_t minimum =
            mask_of(_mm256_and_si256(falls, _mm256_cmpgt_epi8(after, here))) & lanes;
        /* The plateau before is a minimum. */
        const __m256i behind = _mm256_andnot_si256(falls, _mm256_cmpgt_epi8(before2, before));
        const __m256i grows = _mm256_and_si256(behind, _mm256_cmpgt_epi8(before2, here));
        const __m256i joins = _mm256_and_si256(
            behind, white ? _mm256_cmpeq_epi8(_mm256_min_epu8(here, top),
                                              _mm256_min_epu8(before2, top))
                          : _mm256_cmpeq_epi8(here, before2));
        const uint32_t kept = lanes & ~(minimum | mask_of(joins));
        const __m256i new0 = _mm256_blendv_epi8(
            begin0, begin_before, _mm256_cvtepi8_epi16(_mm256_castsi256_si128(grows)));
        const __m256i new1 = _mm256_blendv_epi8(
            begin1, load(position + k + 15),
            _mm256_cvtepi8_epi16(_mm256_extracti128_si256(grows, 1)));
        __m256i first = here;
        __m256i end = _mm256_min_epu8(before, after);
        if (white) {
            const __m256i zero = _mm256_setzero_si256();
            /* Packs work within 128 bits. */
            const __m256i begins = _mm256_permute4x64_epi64(
                _mm256_packs_epi16(_mm256_cmpeq_epi16(begin0, zero),
                                   _mm256_cmpeq_epi16(begin1, zero)),
                0xd8);
            const __m256i at_border = _mm256_or_si256(begins, _mm256_cmpgt_epi8(after, top));
            const __m256i from = _mm256_add_epi8(
                top, _mm256_and_si256(at_border, _mm256_set1_epi8(CLOSE_BORDER)));
            first = _mm256_sub_epi8(from, _mm256_min_epu8(end, top));
            end = _mm256_sub_epi8(from, here);
        }
        /* What the next step needs of these, before they are written over. */
        before = load(level + k + 31);
        before2 = load(level + k + 30);
        begin_before = load(position + k + 31);
        __asm__ volatile("" : "+x"(before), "+x"(before2), "+x"(begin_before));
#pragma GCC unroll 4
        for (int group = 0; group < 4; group++) {
            const unsigned found = minimum >> (8 * group) & 0xff;
            const __m128i at = byte_places(found);
            n_left = put_plateaus(l, n_left, kept >> (8 * group) & 0xff,
                                  group_of_bytes(here, group), group_of_words(new0, new1, group));
            _mm_storel_epi64((__m128i *)(void *)(l->first + n_runs),
                             _mm_shuffle_epi8(group_of_bytes(first, group), at));
            _mm_storel_epi64((__m128i *)(void *)(l->end + n_runs),
                             _mm_shuffle_epi8(group_of_bytes(end, group), at));
            _mm_storeu_si128((__m128i *)(void *)(l->length + n_runs),
                             _mm_shuffle_epi8(group_of_words(length0, length1, group),
                                              word_places(at)));
            n_runs += (size_t)_mm_popcnt_u32(found);
        }
    }
    l->n_runs = n_runs;
    return n_left;
}

/* Plateaus as events again. A stack may begin anew behind each at the top, as behind a line. */
static inline __attribute__((always_inline)) void
pack(const close_lists *l, size_t n, unsigned n_thresholds, int white, uint32_t *event)
{
    for (size_t k = 0; k < n; k++) {
        const uint32_t level = l->level[k];
        const uint32_t at_top = level >= n_thresholds;
        const uint32_t at_border = level > n_thresholds;
        event[k] = (at_top ? RQA__SWEEP_EVENT_LAST : 0) |
                   at_border * (uint32_t)RQA__SWEEP_EVENT_BORDER | (uint32_t)l->position[k] << 8 |
                   (at_top ? n_thresholds : white ? n_thresholds - level : level);
    }
}

/* A round that drops less than this share of the plateaus costs more than the stack. */
enum { POOR_ROUND = 12, FEW_PLATEAUS = 256 };

static inline __attribute__((always_inline)) void
close_all(const uint32_t *event, size_t n_events, unsigned n_thresholds,
          rqa__sweep_counter *counter, rqa__sweep_counter *border, int white, void *room)
{
    close_lists l = close_lists_in(room, n_events);
    size_t n = unpack(event, n_events, n_thresholds, white, &l);
    int is_poor = 0;
    while (n > 1 && !is_poor) {
        close_fence(&l, n, n_thresholds);
        const size_t n_left = contract(&l, n, n_thresholds, white);
        is_poor = n_left == n || (n > FEW_PLATEAUS && (n - n_left) * POOR_ROUND < n);
        n = n_left;
    }
    if (n > 1) {
        pack(&l, n, n_thresholds, white, l.event);
        runs_close(l.event, n, n_thresholds, counter, border, white, (int)counter->complete);
    }
    close_count(&l, counter, border, white);
}

void rqa__sweep_close_avx2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                           rqa__sweep_counter *black, void *room)
{
    rqa__sweep_counter counter = *black;
    if (room != NULL) {
        close_all(event, n_events, n_thresholds, &counter, &counter, 0, room);
        black->n_overflow = counter.n_overflow;
    } else {
        close_tpl(event, n_events, n_thresholds, black, NULL);
    }
}

void rqa__sweep_close_white_avx2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                                 rqa__sweep_counter *white_inner, rqa__sweep_counter *white_border,
                                 void *room)
{
    rqa__sweep_counter inner = *white_inner;
    rqa__sweep_counter border = *white_border;
    if (room != NULL) {
        close_all(event, n_events, n_thresholds, &inner, &border, 1, room);
        white_inner->n_overflow = inner.n_overflow;
        white_border->n_overflow = border.n_overflow;
    } else {
        close_white_tpl(event, n_events, n_thresholds, white_inner, white_border, NULL);
    }
}
