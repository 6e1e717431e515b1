// tile.h - device code: a tile of 32 x 32 bits, one word in each lane of a warp.
#ifndef RQA_CUDA_TILE_H
#define RQA_CUDA_TILE_H

#include "walk_lines.h"

// Bit t of lane b <-> bit b of lane t. Many tiles are empty: half of those of smooth data.
static __device__ __forceinline__ uint32_t transpose(uint32_t word)
{
    const uint32_t lane = threadIdx.x & 31;
    if (!__any_sync(0xffffffffu, word != 0))
        return 0;
    uint32_t mask = 0x0000ffffu;
    WALK_UNROLL
    for (uint32_t k = 16; k > 0; k >>= 1) {
        uint32_t other = __shfl_xor_sync(0xffffffffu, word, (int)k);
        word =
            lane & k ? (word & ~mask) | (other >> k & mask) : (word & mask) | (other & mask) << k;
        mask ^= mask << (k >> 1);
    }
    return word;
}

#endif
