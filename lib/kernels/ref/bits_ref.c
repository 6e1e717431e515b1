/* bits_ref.c - the single-analysis kernels in plain C: the definition of the other levels. */
#include "cpu/bits_table.h"
#include "cpu/eroded_table.h"

#include <string.h>

/* Bit b of the result is byte b (0 or 1). */
static inline uint64_t pack(const uint8_t *byte)
{
    uint64_t word = 0;
    for (unsigned k = 0; k < 8; k++) {
        uint64_t x = 0;
        for (unsigned j = 0; j < 8; j++) {
            x |= (uint64_t)byte[8 * k + j] << (8 * j);
        }
        word |= ((x * UINT64_C(0x0102040810204080)) >> 56) << (8 * k);
    }
    return word;
}

static void rank_row(uint64_t *out, const uint16_t *rank, size_t n_words, uint16_t lo,
                     uint16_t width, int accumulate)
{
    for (size_t k = 0; k < n_words; k++, rank += 64) {
        uint8_t hit[64];
        for (unsigned b = 0; b < 64; b++) {
            hit[b] = (uint16_t)(rank[b] - lo) <= width;
        }
        uint64_t word = pack(hit);
        out[k] = accumulate ? out[k] & word : word;
    }
}

static void rank_bounds(uint32_t *below, uint32_t *upto, const double *sorted, size_t n_sorted,
                        const double *x, size_t n, double bound)
{
    for (size_t k = 0; k < n; k++) {
        size_t a = 0;
        size_t b = 0;
        size_t left = n_sorted;
        while (left > 0) { /* two searches in step: their latencies overlap */
            size_t half = (left + 1) / 2;
            a += x[k] - sorted[a + half - 1] > bound ? half : 0;
            b += sorted[b + half - 1] - x[k] <= bound ? half : 0;
            left -= half;
        }
        below[k] = (uint32_t)a;
        upto[k] = (uint32_t)b;
    }
}

static inline int32_t saturated(int32_t d)
{
    d = d > 32767 ? 32767 : d;
    return d < -32768 ? -32768 : d;
}

/* In 16 bits throughout, so that compilers find eight lanes to a register. */
static inline uint16_t sum16(uint16_t a, uint16_t b)
{
    uint16_t s = (uint16_t)(a + b);
    return s < a ? UINT16_MAX : s;
}

static void square_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                       int accumulate, int missing)
{
    for (size_t k = 0; k < 64 * n_words; k++) {
        int32_t d = saturated(q[k] - centre);
        uint32_t t = ((uint32_t)(d * d) + 0x4000u) >> 15;
        t = missing && q[k] == INT16_MIN ? 65535 : t;
        out[k] = accumulate ? sum16(out[k], (uint16_t)t) : (uint16_t)t;
    }
}

static void absolute_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                         int accumulate, int missing)
{
    for (size_t k = 0; k < 64 * n_words; k++) {
        int32_t d = saturated(q[k] - centre);
        uint32_t t = (uint32_t)(d < 0 ? -d : d);
        t = missing && q[k] == INT16_MIN ? 65535 : t;
        out[k] = accumulate ? sum16(out[k], (uint16_t)t) : (uint16_t)t;
    }
}

static void small_square_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                             int accumulate, int missing)
{
    for (size_t k = 0; k < 64 * n_words; k++) {
        int32_t d = q[k] - centre;
        d = d < 0 ? -d : d;
        d = d > 255 ? 255 : d;
        uint32_t t = missing && q[k] == INT16_MIN ? 65535 : (uint32_t)(d * d);
        out[k] = accumulate ? sum16(out[k], (uint16_t)t) : (uint16_t)t;
    }
}

static uint64_t sum_test(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows,
                         size_t n_rows, size_t n_words, int32_t lo, int32_t hi)
{
    const uint16_t inner = (uint16_t)lo;
    const uint16_t outer = (uint16_t)hi;
    uint64_t open = 0;
    for (size_t k = 0; k < n_words; k++) {
        uint16_t total[64];
        uint8_t in[64];
        uint8_t band[64];
        memcpy(total, rows[0] + 64 * k, sizeof total);
        for (size_t r = 1; r < n_rows; r++) {
            const uint16_t *term = rows[r] + 64 * k;
            for (unsigned b = 0; b < 64; b++) {
                total[b] = sum16(total[b], term[b]);
            }
        }
        for (unsigned b = 0; b < 64; b++) {
            in[b] = total[b] <= inner;
            band[b] = total[b] <= outer;
        }
        sure[k] = lo < 0 ? 0 : pack(in);
        maybe[k] = pack(band) & ~sure[k];
        open |= (uint64_t)(maybe[k] != 0) << k;
    }
    return open;
}

static void and_rows(uint64_t *out, const uint64_t *const *rows, size_t n_rows, size_t n_words)
{
    for (size_t k = 0; k < n_words; k++) { /* word by word: `out` may be one of the rows */
        uint64_t word = rows[0][k];
        for (size_t r = 1; r < n_rows; r++) {
            word &= rows[r][k];
        }
        out[k] = word;
    }
}

static uint64_t count(const uint64_t *bits, size_t n_words)
{
    uint64_t n = 0;
    for (size_t k = 0; k < n_words; k++) {
        uint64_t w = bits[k];
        w -= (w >> 1) & UINT64_C(0x5555555555555555);
        w = (w & UINT64_C(0x3333333333333333)) + ((w >> 2) & UINT64_C(0x3333333333333333));
        w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
        n += (w * UINT64_C(0x0101010101010101)) >> 56;
    }
    return n;
}

#define BITS_FN(name) name
#define BITS_CTZ(w) __builtin_ctzll(w)
#include "kernels/bits_lines_tpl.h"

#include "kernels/bits_transpose_tpl.h"

const rqa__bits_kernels rqa__bits_ref = {
    rank_row, rank_bounds, square_row, absolute_row, sum_test, and_rows, count, lines, lines_full,
    small_square_row, transpose, NULL, &rqa__eroded_ref,
};
