/* sweep_neon.c - the sweep engine's kernels for NEON, part of every 64-bit ARM. */
#include "cpu/sweep_table.h"

#include <arm_neon.h>
#include <string.h>

#include "kernels/sweep_runs_tpl.h"

/* Eight vectors of two running distances: one block of 16 cells. */
enum { BLOCK = 16, VECTORS = 8 };

/* One term of the documented sum for every cell, in its order and without fused operations. */
static inline __attribute__((always_inline)) void add_term(float64x2_t *sum, const double *x,
                                                           const double *y, int norm, int along)
{
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
static inline int index_block(const double *bound, size_t n, const float64x2_t *sum, uint8_t *out)
{
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

static inline __attribute__((always_inline)) void index_lines(const rqa__sweep_space *s, size_t i,
                                                              size_t j, const size_t *n_valid,
                                                              uint8_t *out, size_t out_stride,
                                                              int norm, int along)
{
    uint32_t n_dims = s->n_dims;
    for (size_t t = 0; t < n_valid[0]; t += BLOCK) {
        float64x2_t sum[VECTORS];
        const size_t first = along ? i + t : i;
        size_t lag = 0;
        uint32_t d = 0;
        for (size_t v = 0; v < VECTORS; v++) {
            sum[v] = vdupq_n_f64(0.0);
        }
        while (n_valid[n_dims - 1] <= t) {
            n_dims--;
        }
        for (; d < n_dims; d++) {
            for (; lag < s->dims[d]; lag++) {
                for (uint32_t c = 0; c < s->n_channels; c++) {
                    add_term(sum, s->x[c] + first + lag * s->x_delay,
                             s->y[c] + j + t + lag * s->y_delay, norm, along);
                }
            }
            if (!index_block(s->bounds + d * s->bounds_stride, s->n_thresholds, sum,
                             out + d * out_stride + t) &&
                s->shared_bounds) {
                /* Distances only grow with dim. */
                d++;
                break;
            }
        }
        for (; d < n_dims; d++) {
            memset(out + d * out_stride + t, (int)s->n_thresholds, BLOCK);
        }
    }
}

static void index_neon(const rqa__sweep_space *s, size_t i, size_t j, unsigned x_step,
                       const size_t *n_valid, double *work, uint8_t *out, size_t out_stride)
{
    (void)work;
    switch (s->norm * 2 + x_step) {
    case 0:
        index_lines(s, i, j, n_valid, out, out_stride, 0, 0);
        break;
    case 1:
        index_lines(s, i, j, n_valid, out, out_stride, 0, 1);
        break;
    case 2:
        index_lines(s, i, j, n_valid, out, out_stride, 1, 0);
        break;
    case 3:
        index_lines(s, i, j, n_valid, out, out_stride, 1, 1);
        break;
    case 4:
        index_lines(s, i, j, n_valid, out, out_stride, 2, 0);
        break;
    default:
        index_lines(s, i, j, n_valid, out, out_stride, 2, 1);
        break;
    }
}

/* The weight of every byte in its group of eight where it differs from the one before. */
static inline uint8x16_t changed(const uint8_t *line)
{
    const uint8x16_t weight = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    return vbicq_u8(weight, vceqq_u8(vld1q_u8(line), vld1q_u8(line - 1)));
}

static size_t events_neon(uint8_t *line, size_t n, unsigned n_thresholds, unsigned borders,
                          int white, uint32_t *event)
{
    const uint8_t before = line[-1];
    const uint32_t first = (borders & RQA__SWEEP_BORDER_FIRST) != 0 ? 0 : 1;
    uint32_t *out = event;
    /* Nothing is open before a line; where white runs matter, every line has a first event. */
    line[-1] = (uint8_t)(white ? line[0] ^ 1 : n_thresholds);
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
    *out++ = RQA__SWEEP_EVENT_LAST |
             ((borders & RQA__SWEEP_BORDER_LAST) != 0 ? (uint32_t)RQA__SWEEP_EVENT_BORDER : 0) |
             (first + (uint32_t)n) << 8 | n_thresholds;
    line[-1] = before;
    return (size_t)(out - event);
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
    .events = events_neon,
    .close = close_tpl,
    .close_white = close_white_tpl,
    .merge = merge_neon,
};
