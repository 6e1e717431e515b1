/* bits_neon.c - the single-analysis kernels for NEON, part of every 64-bit ARM. */
#include "cpu/bits_table.h"
#include "cpu/eroded_table.h"

#include <arm_neon.h>

/* Narrows 16 masks of 16 bits to the weight of each in its byte. */
static inline uint8x16_t weights(uint16x8_t low, uint16x8_t high)
{
    const uint8x16_t weight = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    return vandq_u8(vuzp1q_u8(vreinterpretq_u8_u16(low), vreinterpretq_u8_u16(high)), weight);
}

/* Bit k = (v[k] <= limit) for 64 lanes: the weights of eight neighbours add up to a byte. */
static inline uint64_t at_most(const uint16x8_t *v, uint16x8_t limit)
{
    const uint8x16_t a = weights(vcleq_u16(v[0], limit), vcleq_u16(v[1], limit));
    const uint8x16_t b = weights(vcleq_u16(v[2], limit), vcleq_u16(v[3], limit));
    const uint8x16_t c = weights(vcleq_u16(v[4], limit), vcleq_u16(v[5], limit));
    const uint8x16_t d = weights(vcleq_u16(v[6], limit), vcleq_u16(v[7], limit));
    const uint8x16_t sum = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static void rank_row(uint64_t *out, const uint16_t *rank, size_t n_words, uint16_t lo,
                     uint16_t width, int accumulate)
{
    const uint16x8_t low = vdupq_n_u16(lo);
    const uint16x8_t span = vdupq_n_u16(width);
    for (size_t k = 0; k < n_words; k++, rank += 64) {
        uint16x8_t v[8];
        for (size_t j = 0; j < 8; j++) {
            v[j] = vsubq_u16(vld1q_u16(rank + 8 * j), low);
        }
        const uint64_t word = at_most(v, span);
        out[k] = accumulate ? out[k] & word : word;
    }
}

/* A search has nothing to gain without a gather. */
static void rank_bounds(uint32_t *below, uint32_t *upto, const double *sorted, size_t n_sorted,
                        const double *x, size_t n, double bound)
{
    rqa__bits_ref.rank_bounds(below, upto, sorted, n_sorted, x, n, bound);
}

static inline uint16x8_t square(int16x8_t d)
{
    /* The square of -2^15 is the only one that saturates, to 2^15 - 1. */
    const int16x8_t t = vqrdmulhq_s16(d, d);
    return vsubq_u16(vreinterpretq_u16_s16(t), vceqq_s16(t, vdupq_n_s16(INT16_MAX)));
}

static inline __attribute__((always_inline)) void term_row(uint16_t *out, const int16_t *q,
                                                           size_t n_words, int16_t centre,
                                                           int accumulate, int kind, int missing)
{
    const int16x8_t c = vdupq_n_s16(centre);
    for (size_t k = 0; k < 8 * n_words; k++, q += 8, out += 8) {
        const int16x8_t v = vld1q_s16(q);
        const int16x8_t d = vqsubq_s16(v, c);
        uint16x8_t t = kind == RQA__BITS_SQUARE ? square(d) : vreinterpretq_u16_s16(vabsq_s16(d));
        if (kind == RQA__BITS_SMALL_SQUARE) {
            t = vminq_u16(t, vdupq_n_u16(255));
            t = vmulq_u16(t, t);
        }
        if (missing) {
            t = vorrq_u16(t, vceqq_s16(v, vdupq_n_s16(INT16_MIN)));
        }
        if (accumulate) {
            t = vqaddq_u16(t, vld1q_u16(out));
        }
        vst1q_u16(out, t);
    }
}

#include "kernels/bits_terms_tpl.h"

static uint64_t sum_test(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows,
                         size_t n_rows, size_t n_words, int32_t lo, int32_t hi)
{
    const uint16x8_t inner = vdupq_n_u16((uint16_t)lo);
    const uint16x8_t outer = vdupq_n_u16((uint16_t)hi);
    uint64_t open = 0;
    for (size_t k = 0; k < n_words; k++) {
        uint16x8_t v[8];
        for (size_t j = 0; j < 8; j++) {
            v[j] = vld1q_u16(rows[0] + 64 * k + 8 * j);
        }
        for (size_t r = 1; r < n_rows; r++) {
            for (size_t j = 0; j < 8; j++) {
                v[j] = vqaddq_u16(v[j], vld1q_u16(rows[r] + 64 * k + 8 * j));
            }
        }
        sure[k] = lo < 0 ? 0 : at_most(v, inner);
        maybe[k] = at_most(v, outer) & ~sure[k];
        open |= (uint64_t)(maybe[k] != 0) << k;
    }
    return open;
}

static void and_rows(uint64_t *out, const uint64_t *const *rows, size_t n_rows, size_t n_words)
{
    size_t k = 0;
    for (; k + 4 <= n_words; k += 4) {
        uint64x2_t low = vld1q_u64(rows[0] + k);
        uint64x2_t high = vld1q_u64(rows[0] + k + 2);
        for (size_t r = 1; r < n_rows; r++) {
            low = vandq_u64(low, vld1q_u64(rows[r] + k));
            high = vandq_u64(high, vld1q_u64(rows[r] + k + 2));
        }
        vst1q_u64(out + k, low);
        vst1q_u64(out + k + 2, high);
    }
    for (; k < n_words; k++) {
        uint64_t word = rows[0][k];
        for (size_t r = 1; r < n_rows; r++) {
            word &= rows[r][k];
        }
        out[k] = word;
    }
}

static uint64_t count(const uint64_t *bits, size_t n_words)
{
    uint64x2_t sum = vdupq_n_u64(0);
    size_t k = 0;
    for (; k + 2 <= n_words; k += 2) {
        const uint8x16_t ones = vcntq_u8(vreinterpretq_u8_u64(vld1q_u64(bits + k)));
        sum = vpadalq_u32(sum, vpaddlq_u16(vpaddlq_u8(ones)));
    }
    uint64_t n = vaddvq_u64(sum);
    return k < n_words ? n + vaddv_u8(vcnt_u8(vcreate_u8(bits[k]))) : n;
}

#define BITS_FN(name) name
/* Built-in, but defined for 0. */
#define BITS_CTZ(w) __builtin_ctzll((w) | UINT64_C(1) << 63)
#define BITS_POPCOUNT(w) vaddv_u8(vcnt_u8(vcreate_u8(w)))
#define BITS_MASKS
struct bits_lists;
static inline void bits_masks(const rqa__bits_block *b, const uint64_t *cur, unsigned edge,
                              struct bits_lists *l);
#include "kernels/bits_lines_tpl.h"

static inline void squeeze(bits_list *list, uint64x2_t words, size_t k)
{
    bits_append(list, vgetq_lane_u64(words, 0), k);
    bits_append(list, vgetq_lane_u64(words, 1), k + 1);
}

static inline void bits_masks(const rqa__bits_block *b, const uint64_t *cur, unsigned edge,
                              bits_lists *l)
{
    const uint64_t *prev = cur - b->stride;
    const size_t top = (b->width - 1) / 64;
    const uint64x2_t lanes = vcombine_u64(vcreate_u64(0), vcreate_u64(1));
    const uint64x2_t top_bit = vdupq_n_u64((uint64_t)edge << ((b->width - 1) % 64));
    l->diagonal.n = l->column.n = l->row.n = 0;
    for (size_t k = 0; k < b->n_words; k += 2) {
        const uint64x2_t q = vld1q_u64(cur + k);
        uint64x2_t down = vsliq_n_u64(vshrq_n_u64(q, 1), vld1q_u64(cur + k + 1), 63);
        down = vorrq_u64(down, vandq_u64(vceqq_u64(lanes, vdupq_n_u64(top - k)), top_bit));
        const uint64x2_t diagonal = veorq_u64(q, vld1q_u64(prev + k));
        const uint64x2_t column = veorq_u64(q, vld1q_u64(l->shifted + k));
        const uint64x2_t row = veorq_u64(q, down);
        vst1q_u64(l->shifted + k, down);
        const uint64x2_t any = vorrq_u64(vorrq_u64(diagonal, column), row);
        if (vmaxvq_u32(vreinterpretq_u32_u64(any)) == 0) {
            continue;
        }
        if (b->diagonal != NULL) {
            squeeze(&l->diagonal, diagonal, k);
        }
        if (b->column != NULL) {
            squeeze(&l->column, column, k);
        }
        if (b->row != NULL) {
            squeeze(&l->row, row, k);
        }
    }
}

#include "kernels/bits_transpose_tpl.h"

const rqa__bits_kernels rqa__bits_neon = {
    rank_row, rank_bounds, square_row, absolute_row, sum_test, and_rows, count, lines, lines_full,
    small_square_row, transpose, NULL, &rqa__eroded_neon,
};
