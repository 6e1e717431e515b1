/* tiles_changes_vbmi2.c - lists of changes for the engine of tiles: AVX-512 with VBMI2 and GFNI. */
#include <immintrin.h>
#include <string.h>

#include "cpu/tiles_table.h"
#include "kernels/x86/tiles_changes_avx512.h"
#include "kernels/x86/tiles_transposed_gfni.h"

/* Appends the lines of eight tiles, as far as they are live, that have a change. */
ALWAYS void append(rqa__tiles_list *list, __m512i cells_in, __mmask64 before, __mmask64 live,
                   const __m512i *line)
{
    const __m512i v = changed(cells_in, before);
    const uint64_t some = _mm512_test_epi8_mask(v, v) & live;
    const __mmask32 low = (__mmask32)some, high = (__mmask32)(some >> 32);
    uint16_t *const out = list->line + list->n;
    _mm512_storeu_si512(list->change + list->n, _mm512_maskz_compress_epi8(some, v));
    _mm512_storeu_si512(list->after + list->n, _mm512_maskz_compress_epi8(some, cells_in));
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi16(low, line[0]));
    _mm512_storeu_si512(out + __builtin_popcount(low), _mm512_maskz_compress_epi16(high, line[1]));
    list->n += (size_t)__builtin_popcountll(some);
}

/* 8 * tile + place of the lines of four tiles, of which `first` is one of eight. */
ALWAYS __m512i lines_of(__m512i tiles, int first)
{
    const __m512i place = _mm512_broadcast_i32x4(_mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7));
    const __m512i which = _mm512_add_epi8(bytes_of_tiles(), _mm512_set1_epi8((char)(2 * first)));
    return _mm512_or_si512(_mm512_slli_epi16(_mm512_shuffle_epi8(tiles, which), 3), place);
}

void rqa__tiles_changes_vbmi2(rqa__tiles_changes *c)
{
    rqa__tiles_list column = c->to_column, diagonal = c->to_diagonal, row = c->to_row;
    column.n = diagonal.n = row.n = 0;
    for (size_t k = 0; k < c->n; k += 8) {
        const __mmask64 live = live_bytes(c->n - k);
        const __mmask8 follows = words_set(c->follows + k), full = words_set(c->left_full + k);
        const __m512i tiles = _mm512_broadcast_i32x4(
            _mm_loadu_si128((const __m128i *)(const void *)(c->tile + k)));
        const __m512i line[2] = {lines_of(tiles, 0), lines_of(tiles, 4)};
        const __m512i left = left_of(c->diagonal + k, follows, full);
        if (column.line != NULL)
            append(&column, transposed(load(c->column + k)), load_word(c->above + k), live, line);
        append(&diagonal, transposed(skewed(load(c->diagonal + k), left)),
               load_word(c->above_left + k), live, line);
        append(&row, load(c->row + k), _mm512_movepi8_mask(left_of(c->row + k, follows, full)), live,
               line);
    }
    finish_changes(c, &column, &diagonal, &row);
}
