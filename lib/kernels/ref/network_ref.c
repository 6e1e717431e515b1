/* network_ref.c - the kernel of the recurrence network in plain C. */
#include "cpu/network_table.h"

#define BITS_5 UINT64_C(0x5555555555555555)
#define BITS_3 UINT64_C(0x3333333333333333)
#define BITS_F UINT64_C(0x0f0f0f0f0f0f0f0f)

/* Sums of four bits of four words are at most 16 and fit a byte; so do 15 of them. */
static uint64_t common_of(const uint64_t *a, const uint64_t *b, size_t n)
{
    uint64_t bytes = 0, sum = 0;
    for (size_t k = 0; k < n; k++) {
        uint64_t w = a[k] & b[k];
        w -= w >> 1 & BITS_5;
        w = (w & BITS_3) + (w >> 2 & BITS_3);
        bytes += (w + (w >> 4)) & BITS_F;
        if (k % 16 == 15 || k == n - 1) {
            sum += (bytes & UINT64_C(0x00ff00ff00ff00ff)) * UINT64_C(0x0001000100010001) >> 48;
            sum += (bytes >> 8 & UINT64_C(0x00ff00ff00ff00ff)) * UINT64_C(0x0001000100010001) >> 48;
            bytes = 0;
        }
    }
    return sum;
}

static void common(const rqa__network_tile *t)
{
    for (size_t i = 0; i < RQA__NETWORK_TILE; i++)
        for (uint64_t edges = t->edges[i]; edges; edges &= edges - 1) {
            const size_t j = (size_t)__builtin_ctzll(edges);
            const uint64_t n =
                common_of(t->rows_i + i * t->stride, t->rows_j + j * t->stride, t->n_words);
            t->at_i[i] += n;
            t->at_j[j] += n;
        }
}

const rqa__network_kernels rqa__network_ref = {common};
