/* window_x86_tpl.h - what kernels of a moving window have in common at the levels of x86, compiled
 * once for each. The including file defines classes_of().
 */
#include "cpu/window_table.h"

#include <immintrin.h>

static inline uint64_t flags_of(const uint8_t *flag)
{
    const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)flag);
    return (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(x, 7));
}

static void flags(uint64_t *out, const uint8_t *flag, size_t n_words)
{
    for (size_t q = 0; q < n_words; q++, flag += 64)
        out[q] = flags_of(flag) | flags_of(flag + 32) << 32;
}

static size_t classes(rqa__window_class *out, const rqa__window_terms *terms, uint64_t *blocks,
                      size_t n)
{
    if (terms->n_terms == 4) /* diagonals; then vertical lines */
        return classes_of(out, terms, 4, blocks, n);
    if (terms->n_terms == 3)
        return classes_of(out, terms, 3, blocks, n);
    return classes_of(out, terms, terms->n_terms, blocks, n);
}
