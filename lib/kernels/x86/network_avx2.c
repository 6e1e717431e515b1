/* network_avx2.c - the kernel of the recurrence network for AVX2: bits counted four at a time by a
 * table of 16 (Mula). */
#include "cpu/network_table.h"

#include <immintrin.h>
#include <string.h>

/* Bytes of 16 vectors hold at most 128. */
static inline __m256i common_of(const uint64_t *a, const uint64_t *b, size_t n_vectors)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_setzero_si256();
    for (size_t k = 0; k < n_vectors; k++) {
        const __m256i w = _mm256_and_si256(_mm256_load_si256((const __m256i *)a + k),
                                           _mm256_loadu_si256((const __m256i *)b + k));
        bytes = _mm256_add_epi8(bytes, _mm256_shuffle_epi8(table, _mm256_and_si256(w, low)));
        bytes = _mm256_add_epi8(
            bytes, _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(w, 4), low)));
    }
    return _mm256_sad_epu8(bytes, _mm256_setzero_si256());
}

static inline uint64_t sum_of(__m256i v)
{
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    return (uint64_t)_mm_extract_epi64(two, 0) + (uint64_t)_mm_extract_epi64(two, 1);
}

static void common(const rqa__network_tile *t)
{
    __m256i at_j[RQA__NETWORK_TILE];
    _Alignas(32) uint64_t row[64]; /* with zeros behind what counts */
    const size_t n_vectors = (t->n_words + 3) / 4;
    memset(at_j, 0, sizeof at_j);
    memset(row, 0, sizeof row);
    for (size_t i = 0; i < RQA__NETWORK_TILE; i++) {
        __m256i at_i = _mm256_setzero_si256();
        if (t->edges[i])
            memcpy(row, t->rows_i + i * t->stride, t->n_words * sizeof *row);
        for (uint64_t edges = t->edges[i]; edges; edges = _blsr_u64(edges)) {
            const size_t j = (size_t)_tzcnt_u64(edges);
            const __m256i n = common_of(row, t->rows_j + j * t->stride, n_vectors);
            at_i = _mm256_add_epi64(at_i, n);
            at_j[j] = _mm256_add_epi64(at_j[j], n);
        }
        if (t->edges[i])
            t->at_i[i] += sum_of(at_i);
    }
    for (size_t j = 0; j < RQA__NETWORK_TILE; j++)
        t->at_j[j] += sum_of(at_j[j]);
}

const rqa__network_kernels rqa__network_avx2 = {common};
