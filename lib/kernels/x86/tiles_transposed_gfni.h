/* tiles_transposed_gfni.h - tiles turned by GFNI, for the levels of the engine of tiles that have
 * it. */
#ifndef RQA_KERNELS_TILES_TRANSPOSED_GFNI_H
#define RQA_KERNELS_TILES_TRANSPOSED_GFNI_H

#include "kernels/x86/tiles_changes_avx512.h"

/* Matrix product over GF(2) of the unit matrix and the tile, whose rows the instruction takes from
 * the last to the first (Intel SDM, GF2P8AFFINEQB). */
ALWAYS __m512i transposed(__m512i x)
{
    const __m512i reversed =
        _mm512_broadcast_i32x4(_mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
    const __m512i unit = _mm512_set1_epi64((int64_t)UINT64_C(0x8040201008040201));
    return _mm512_gf2p8affine_epi64_epi8(unit, _mm512_shuffle_epi8(x, reversed), 0);
}

/* Both bytes of the number of tile 0, eight times, then of 1, 2 and 3. */
ALWAYS __m512i bytes_of_tiles(void)
{
    return _mm512_setr_epi64(0x0100010001000100, 0x0100010001000100, 0x0302030203020302,
                             0x0302030203020302, 0x0504050405040504, 0x0504050405040504,
                             0x0706070607060706, 0x0706070607060706);
}

#endif
