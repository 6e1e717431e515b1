/* network_avx512.c - the kernel of the recurrence network for AVX-512 with VPOPCNTDQ: a row of the
 * tile stays in registers while its neighbours pass. */
#include "cpu/network_table.h"

#include <immintrin.h>
#include <string.h>

#define WITH_VPOPCNT __attribute__((target("avx512vpopcntdq")))

/* n_vectors is a constant wherever this is called, 1 .. 8; `last` are the lanes of the last one. */
WITH_VPOPCNT static inline __attribute__((always_inline)) void
common_of(const rqa__network_tile *t, const int n_vectors, __mmask8 last)
{
    __m512i at_j[RQA__NETWORK_TILE];
    memset(at_j, 0, sizeof at_j);
    for (size_t i = 0; i < RQA__NETWORK_TILE; i++) {
        __m512i at_i = _mm512_setzero_si512(), row[8];
        if (!t->edges[i])
            continue;
        for (int k = 0; k < n_vectors; k++)
            row[k] = _mm512_maskz_loadu_epi64(k == n_vectors - 1 ? last : 255,
                                              t->rows_i + i * t->stride + 8 * k);
        for (uint64_t edges = t->edges[i]; edges; edges = _blsr_u64(edges)) {
            const size_t j = (size_t)_tzcnt_u64(edges);
            const uint64_t *other = t->rows_j + j * t->stride;
            __m512i n = _mm512_setzero_si512();
            for (int k = 0; k < n_vectors; k++)
                n = _mm512_add_epi64(n, _mm512_popcnt_epi64(_mm512_and_si512(
                                            row[k], _mm512_loadu_si512(other + 8 * k))));
            at_i = _mm512_add_epi64(at_i, n);
            at_j[j] = _mm512_add_epi64(at_j[j], n);
        }
        t->at_i[i] += (uint64_t)_mm512_reduce_add_epi64(at_i);
    }
    for (size_t j = 0; j < RQA__NETWORK_TILE; j++)
        t->at_j[j] += (uint64_t)_mm512_reduce_add_epi64(at_j[j]);
}

WITH_VPOPCNT static void common(const rqa__network_tile *t)
{
    const unsigned n = (unsigned)(t->n_words + 7) / 8, rest = (unsigned)t->n_words % 8;
    const __mmask8 last = (__mmask8)(rest ? (1u << rest) - 1 : 255u);
    switch (n) {
    case 0: return;
    case 1: common_of(t, 1, last); return;
    case 2: common_of(t, 2, last); return;
    case 3: common_of(t, 3, last); return;
    case 4: common_of(t, 4, last); return;
    case 5: common_of(t, 5, last); return;
    case 6: common_of(t, 6, last); return;
    case 7: common_of(t, 7, last); return;
    default: common_of(t, 8, last); return;
    }
}

const rqa__network_kernels rqa__network_vpopcnt = {common};
