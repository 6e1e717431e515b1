/* tiles_append.h - lines that change go on a list, the eight of a tile at once. */
#ifndef RQA_KERNELS_TILES_APPEND_H
#define RQA_KERNELS_TILES_APPEND_H

#include <immintrin.h>

#include "cpu/tiles_table.h"
#include "kernels/x86/tiles_squeeze.h"

static inline __m128i rqa__tiles_eight(const void *p)
{
    return _mm_loadl_epi64((const __m128i *)p);
}

/* Those lines of a tile that are in `mask`, with their cells as `after`. */
static inline void rqa__tiles_append(rqa__tiles_list *list, const uint8_t *change,
                                     const uint8_t *cells, unsigned mask, uint16_t tile)
{
    const __m128i which = rqa__tiles_eight(&rqa__tiles_squeeze[mask]);
    const __m128i line =
        _mm_add_epi16(_mm_cvtepu8_epi16(which), _mm_set1_epi16((short)(8 * tile)));
    _mm_storel_epi64((__m128i *)(void *)(list->change + list->n),
                     _mm_shuffle_epi8(rqa__tiles_eight(change), which));
    _mm_storel_epi64((__m128i *)(void *)(list->after + list->n),
                     _mm_shuffle_epi8(rqa__tiles_eight(cells), which));
    _mm_storeu_si128((__m128i *)(void *)(list->line + list->n), line);
    list->n += (size_t)__builtin_popcount(mask);
}

#endif
