/* sweep_neon.c - the sweep engine's kernels for NEON, part of every 64-bit ARM. */
#include "cpu/sweep_table.h"

#include <arm_neon.h>
#include <string.h>

#include "kernels/sweep_runs_tpl.h"

/* Eight vectors of two running distances: one block of 16 cells. */
enum { BLOCK = 16, VECTORS = 8 };
typedef float64x2_t sweep_vector;

static inline float64x2_t zero(void)
{
    return vdupq_n_f64(0.0);
}

/* One term of the documented sum for every cell, in its order and without fused operations. */
static inline __attribute__((always_inline)) void add_lag(float64x2_t *sum,
                                                          const rqa__sweep_space *s, uint32_t c,
                                                          size_t i, size_t j, int norm, int along)
{
    const double *x = s->x[c] + i;
    const double *y = s->y[c] + j;
    for (size_t v = 0; v < VECTORS; v++) {
        const float64x2_t a = along ? vld1q_f64(x + 2 * v) : vdupq_n_f64(*x);
        const float64x2_t difference = vsubq_f64(a, vld1q_f64(y + 2 * v));
        if (norm == 1) {
            sum[v] = vaddq_f64(sum[v], vmulq_f64(difference, difference));
        } else if (norm == 2) {
            sum[v] = vaddq_f64(sum[v], vabsq_f64(difference));
        } else {
            /* Where the difference is not a number the maximum stays, as in a comparison. */
            sum[v] = vmaxnmq_f64(sum[v], vabsq_f64(difference));
        }
    }
}

/* The smallest e with value <= bound[e], or n; the steps depend on n alone. */
static inline size_t threshold_index(const double *bound, size_t n, double value)
{
    size_t low = 0;
    while (n > 0) {
        const size_t half = (n + 1) / 2;
        low += value <= bound[low + half - 1] ? 0 : half;
        n -= half;
    }
    return low;
}

/* Indices of a block. Returns 0 where every cell exceeds every threshold. */
static inline int index_block(const rqa__sweep_space *s, uint32_t d, const float64x2_t *sum,
                              size_t i, size_t j, unsigned x_step, uint8_t *out)
{
    const double *bound = s->bounds + d * s->bounds_stride;
    const size_t n = s->n_thresholds;
    (void)i, (void)j, (void)x_step; /* no cell is left to be decided again */
    const float64x2_t least = vdupq_n_f64(bound[0]);
    const float64x2_t most = vdupq_n_f64(bound[n - 1]);
    uint64x2_t any = vcleq_f64(sum[0], most);
    uint64x2_t all = vcleq_f64(sum[0], least);
    double value[BLOCK];
    for (size_t v = 0; v < VECTORS; v++) {
        any = vorrq_u64(any, vcleq_f64(sum[v], most));
        all = vandq_u64(all, vcleq_f64(sum[v], least));
        vst1q_f64(value + 2 * v, sum[v]);
    }
    if (vmaxvq_u32(vreinterpretq_u32_u64(any)) == 0) {
        vst1q_u8(out, vdupq_n_u8((uint8_t)n));
        return 0;
    }
    if (vminvq_u32(vreinterpretq_u32_u64(all)) != 0) {
        vst1q_u8(out, vdupq_n_u8(0));
        return 1;
    }
    for (size_t t = 0; t < BLOCK; t++) {
        out[t] = (uint8_t)threshold_index(bound, n, value[t]);
    }
    return 1;
}

/* The weight of every byte in its group of eight where it differs from the one before. */
static inline uint8x16_t changed(const uint8_t *line)
{
    const uint8x16_t weight = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    return vbicq_u8(weight, vceqq_u8(vld1q_u8(line), vld1q_u8(line - 1)));
}

static inline void fill(uint8_t *out, uint32_t index)
{
    memset(out, (int)index, BLOCK);
}

static inline uint32_t *list_changes(const uint8_t *line, size_t n, uint32_t first, uint32_t *out)
{
    for (size_t t = 0; t < n; t += 64) {
        const uint8x16_t low = vpaddq_u8(changed(line + t), changed(line + t + 16));
        const uint8x16_t high = vpaddq_u8(changed(line + t + 32), changed(line + t + 48));
        const uint8x16_t sum = vpaddq_u8(low, high);
        uint64_t changes = vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
        if (n - t < 64) {
            changes &= (UINT64_C(1) << (n - t)) - 1;
        }
        for (; changes != 0; changes &= changes - 1) {
            const size_t at = t + (size_t)__builtin_ctzll(changes);
            *out++ = (first + (uint32_t)at) << 8 | line[at];
        }
    }
    return out;
}

#include "kernels/sweep_lines_tpl.h"

static void index_neon(const rqa__sweep_space *s, const rqa__sweep_line *line)
{
    index_tpl(s, line);
}

static void merge_neon(uint8_t *line, const uint8_t *other, size_t n)
{
    for (size_t t = 0; t < n; t += 16) {
        vst1q_u8(line + t, vmaxq_u8(vld1q_u8(line + t), vld1q_u8(other + t)));
    }
}

const rqa__sweep_kernels rqa__sweep_neon = {
    .name = "neon",
    .index = index_neon,
    .events = events_tpl,
    .close = close_tpl,
    .close_white = close_white_tpl,
    .merge = merge_neon,
};
