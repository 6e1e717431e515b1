/* tiles_ends.h - where a byte of changes begins and ends, by its halves: the lower, the upper. */
#ifndef RQA_KERNELS_TILES_ENDS_H
#define RQA_KERNELS_TILES_ENDS_H

#include <stdint.h>

/* Twice the place of the lowest bit; the lesser of both is that of the byte. */
static const uint8_t rqa__tiles_first[2][16] = {
    {16, 0, 2, 0, 4, 0, 2, 0, 6, 0, 2, 0, 4, 0, 2, 0},
    {16, 8, 10, 8, 12, 8, 10, 8, 14, 8, 10, 8, 12, 8, 10, 8}};

/* Twice the place of the highest bit; the greater of both is that of the byte. */
static const uint8_t rqa__tiles_last[2][16] = {
    {0, 0, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 6, 6},
    {0, 8, 10, 10, 12, 12, 12, 12, 14, 14, 14, 14, 14, 14, 14, 14}};

#endif
