/* bits_x86_tpl.h - what the single-analysis kernels of AVX2 and AVX-512 have in common.
 *
 * The including file defines sum_test_n(), and bits_masks() after it.
 */
#include "cpu/bits_table.h"

#include <immintrin.h>

static uint64_t sum_test(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows,
                         size_t n_rows, size_t n_words, int32_t lo, int32_t hi)
{
    switch (n_rows) {
    case 1:
        return sum_test_n(sure, maybe, rows, 1, n_words, lo, hi);
    case 2:
        return sum_test_n(sure, maybe, rows, 2, n_words, lo, hi);
    case 3:
        return sum_test_n(sure, maybe, rows, 3, n_words, lo, hi);
    default:
        return sum_test_n(sure, maybe, rows, n_rows, n_words, lo, hi);
    }
}

static uint64_t count(const uint64_t *bits, size_t n_words)
{
    uint64_t n = 0;
    for (size_t k = 0; k < n_words; k++) {
        n += (uint64_t)_mm_popcnt_u64(bits[k]);
    }
    return n;
}

#define BITS_FN(name) name
#define BITS_CTZ(w) _tzcnt_u64(w)
#define BITS_POPCOUNT(w) _mm_popcnt_u64(w)
#define BITS_MASKS
struct bits_lists;
static inline void bits_masks(const rqa__bits_block *b, const uint64_t *cur, unsigned edge,
                              struct bits_lists *l);
#include "kernels/bits_lines_tpl.h"
