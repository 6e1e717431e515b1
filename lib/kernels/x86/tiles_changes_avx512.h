/* tiles_changes_avx512.h - cells of eight tiles as lines, and where those change, for AVX-512. */
#ifndef RQA_KERNELS_TILES_CHANGES_AVX512_H
#define RQA_KERNELS_TILES_CHANGES_AVX512_H

#include <immintrin.h>
#include <string.h>

#include "cpu/tiles_table.h"
#include "kernels/x86/tiles_ends.h"

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS __m512i load(const void *p)
{
    return _mm512_loadu_si512(p);
}

/* Row r of a tile and the one to its left, shifted down by r + 1. */
ALWAYS __m512i skewed(__m512i tile, __m512i left)
{
    static const uint16_t factor[8] = {0x8000, 0x4000, 0x2000, 0x1000, 0x800, 0x400, 0x200, 0x100};
    const __m512i by =
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)factor));
    const __m512i byte = _mm512_set1_epi16(255);
    const __m512i low = _mm512_mulhi_epu16(_mm512_unpacklo_epi8(left, tile), by);
    const __m512i high = _mm512_mulhi_epu16(_mm512_unpackhi_epi8(left, tile), by);
    return _mm512_packus_epi16(_mm512_and_si512(low, byte), _mm512_and_si512(high, byte));
}

ALWAYS uint64_t load_word(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* A bit for each of eight bytes that are 255 or 0. */
ALWAYS __mmask8 words_set(const uint8_t *flags)
{
    return (__mmask8)_mm_movepi8_mask(_mm_loadl_epi64((const __m128i *)(const void *)flags));
}

/* Where a cell differs from the one before it; of the first of a byte that is in `before`. */
ALWAYS __m512i changed(__m512i cells_in, __mmask64 before)
{
    const __m512i twice = _mm512_add_epi8(cells_in, cells_in);
    return _mm512_xor_si512(cells_in,
                            _mm512_mask_add_epi8(twice, before, twice, _mm512_set1_epi8(1)));
}

ALWAYS __m512i looked_up(const uint8_t *sixteen, __m512i at)
{
    return _mm512_shuffle_epi8(
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)sixteen)), at);
}

typedef struct both_ends {
    __m512i first, after; /* as in rqa__tiles_list */
} both_ends;

/* Where the changes of each byte begin and end. */
ALWAYS both_ends ends_of(__m512i v, __m512i cells_in)
{
    const __m512i four = _mm512_set1_epi8(15);
    const __m512i low = _mm512_and_si512(v, four);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(v, 4), four);
    const __m512i first = _mm512_min_epu8(looked_up(rqa__tiles_first[0], low),
                                          looked_up(rqa__tiles_first[1], high));
    const __m512i last = _mm512_max_epu8(looked_up(rqa__tiles_last[0], low),
                                         looked_up(rqa__tiles_last[1], high));
    return (both_ends){first, _mm512_mask_add_epi8(last, _mm512_movepi8_mask(cells_in), last,
                                                   _mm512_set1_epi8(1))};
}

/* Makes the places of the first and the last change of each byte, and counts bytes that have more than
 * one; in `after` are the cells. */
static inline void find_ends(const rqa__tiles_list *list)
{
    for (size_t k = 0; k < list->n; k += 64) {
        const __m512i v = load(list->change + k), x = load(list->after + k);
        const both_ends both = ends_of(v, x);
        uint64_t several = _mm512_test_epi8_mask(v, _mm512_add_epi8(v, _mm512_set1_epi8(-1)));
        const uint64_t recurrent =
            _mm512_test_epi8_mask(_mm512_xor_si512(v, x), _mm512_set1_epi8(1));
        _mm512_storeu_si512(list->first + k, both.first);
        _mm512_storeu_si512(list->after + k, both.after);
        if (list->n - k < 64)
            several &= (UINT64_C(1) << (list->n - k)) - 1;
        for (; list->bytes != NULL && several != 0; several &= several - 1) {
            const unsigned b = (unsigned)__builtin_ctzll(several);
            list->bytes[list->change[k + b] | (recurrent >> b & 1) << 8]++;
        }
    }
}

ALWAYS __m512i left_of(const uint64_t *cells, __mmask8 follows, __mmask8 full)
{
    return _mm512_mask_blend_epi64(follows, _mm512_maskz_set1_epi64(full, -1), load(cells - 1));
}

ALWAYS void finish_changes(rqa__tiles_changes *c, const rqa__tiles_list *column,
                           const rqa__tiles_list *diagonal, const rqa__tiles_list *row)
{
    c->to_column = *column;
    c->to_diagonal = *diagonal;
    c->to_row = *row;
    find_ends(column);
    find_ends(diagonal);
    find_ends(row);
}

/* The bytes of the first of eight tiles. */
ALWAYS __mmask64 live_bytes(size_t n_tiles)
{
    return n_tiles < 8 ? (UINT64_C(1) << 8 * n_tiles) - 1 : ~UINT64_C(0);
}

#endif
