/* bits_transpose_tpl.h - 64 x 64 bits turned over, compiled once per level: plain loops that the
 * compiler makes vectors of.
 *
 * Halves of falling size change places across the main diagonal (Warren, Hacker's Delight, 7-3). */
#include <stddef.h>
#include <stdint.h>

#define TRANSPOSE_STEP(size, mask)                                                     \
    for (unsigned first = 0; first < 64; first += 2 * (size)) {                        \
        for (unsigned k = first; k < first + (size); k++) {                            \
            const uint64_t moved = ((word[k] >> (size)) ^ word[k + (size)]) & (mask);  \
            word[k] ^= moved << (size);                                                \
            word[k + (size)] ^= moved;                                                 \
        }                                                                              \
    }

static void transpose(uint64_t *word)
{
    TRANSPOSE_STEP(32, UINT64_C(0x00000000ffffffff))
    TRANSPOSE_STEP(16, UINT64_C(0x0000ffff0000ffff))
    TRANSPOSE_STEP(8, UINT64_C(0x00ff00ff00ff00ff))
    TRANSPOSE_STEP(4, UINT64_C(0x0f0f0f0f0f0f0f0f))
    TRANSPOSE_STEP(2, UINT64_C(0x3333333333333333))
    TRANSPOSE_STEP(1, UINT64_C(0x5555555555555555))
}

#undef TRANSPOSE_STEP
