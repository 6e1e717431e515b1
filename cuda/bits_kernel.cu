// bits_kernel.cu - turns pairs of vectors into bits: by a filter in float, exactly where it is unsure.
#include "walk_lines.h"

#include <math.h>

// Four floats at once from shared memory.
struct __align__(16) walk_four {
    float value[4];
};

// ---- the value of a pair ----

// The documented order of operations, in double.
static __device__ bool recurs(const walk_field &f, uint32_t lane, uint32_t step, double bound)
{
    double value = 0;
    uint32_t n_lags = f.n_coordinates / f.n_channels;
    for (uint32_t k = 0; k < n_lags; k++) {
        const double *a = f.lane + lane + (size_t)k * f.lane_delay;
        const double *b = f.step + step + (size_t)k * f.step_delay;
        for (uint32_t c = 0; c < f.n_channels; c++) {
            double difference = __dsub_rn(a[(size_t)c * f.lane_samples], b[(size_t)c * f.step_samples]);
            double size = fabs(difference);
            if (!(size >= 0))
                return false; // a missing sample
            if (f.norm == 1)
                value = __dadd_rn(value, __dmul_rn(difference, difference));
            else if (f.norm == 2)
                value = __dadd_rn(value, size);
            else
                value = size > value ? size : value;
        }
    }
    return value <= bound;
}

// The filter may be fused: its error is allowed for.
static __device__ __forceinline__ float add_square(float sum, float difference)
{
#ifdef __CUDA_ARCH__
    return __fmaf_rn(difference, difference, sum);
#else
    return sum + difference * difference;
#endif
}

template <int NORM>
static __device__ __forceinline__ void add_term(float *sum, float a, float b)
{
    float difference = a - b;
    if (NORM == 1)
        *sum = add_square(*sum, difference);
    else if (NORM == 2)
        *sum += fabsf(difference);
    else
        *sum = fmaxf(*sum, fabsf(difference));
}

// One coordinate of a column's vector against 32 steps.
template <int NORM>
static __device__ __forceinline__ void add_column(float *sum, float a, const walk_four *step)
{
WALK_UNROLL
    for (int q = 0; q < 8; q++) {
        walk_four b = step[q];
WALK_UNROLL
        for (int e = 0; e < 4; e++)
            add_term<NORM>(&sum[4 * q + e], a, b.value[e]);
    }
}

// A missing sample is infinite, of opposite sign on the two sides: no value that touches one is
// finite, and none is NaN.
static __device__ __forceinline__ float sample(const float *series, uint32_t n, uint32_t channel,
                                               uint32_t at, float missing)
{
    float value = at < n ? series[(size_t)channel * n + at] : missing;
    return value >= -3.4e38f ? value : missing;
}

// Filtered values of cells s..s+31 of a column per lane. `staged` is the warp's own memory: the
// coordinates of the steps.
static __device__ __forceinline__ void filter(float *sum, const walk_field &f, uint32_t column,
                                              uint32_t s, walk_four *staged)
{
    const uint32_t lane = threadIdx.x & 31;
    float *step = (float *)staged;
    uint32_t channel = 0, lane_at = column, step_at = s;
    WALK_UNROLL
    for (int b = 0; b < 32; b++)
        sum[b] = 0;
    for (uint32_t k = 0; k < f.n_coordinates; k += BIT_COORDINATES) {
        uint32_t n = f.n_coordinates - k;
        n = n < BIT_COORDINATES ? n : (uint32_t)BIT_COORDINATES;
        uint32_t c = channel;
        __syncwarp(0xffffffffu);
        for (uint32_t m = 0; m < n; m++) {
            step[m * 32 + lane] =
                sample(f.step_near, f.step_samples, c, step_at + lane, -INFINITY);
            if (++c == f.n_channels) {
                c = 0;
                step_at += f.step_delay;
            }
        }
        __syncwarp(0xffffffffu);
        for (uint32_t m = 0; m < n; m++) {
            float a = sample(f.lane_near, f.lane_samples, channel, lane_at, INFINITY);
            if (f.norm == 1)
                add_column<1>(sum, a, staged + m * 8);
            else if (f.norm == 2)
                add_column<2>(sum, a, staged + m * 8);
            else
                add_column<0>(sum, a, staged + m * 8);
            if (++channel == f.n_channels) {
                channel = 0;
                lane_at += f.lane_delay;
            }
        }
    }
}

// Bits of 32 cells for threshold g; those outside `cells` are 0.
static __device__ __forceinline__ uint32_t decide(const float *sum, const walk_field &f, int g,
                                                  uint32_t column, uint32_t s, uint32_t cells)
{
    const float middle = f.middle[g], margin = f.margin[g];
    uint32_t word = 0;
    float nearest = INFINITY;
    WALK_UNROLL
    for (int b = 31; b >= 0; b--) { // the sign says it, the first goes to the top
        float over = sum[b] - middle;
        word = __funnelshift_l(__float_as_uint(over), word, 1);
        nearest = fminf(nearest, fabsf(over));
    }
    word &= cells;
    if (nearest <= margin) {
        uint32_t unsure = 0;
        WALK_UNROLL
        for (int b = 0; b < 32; b++)
            if (fabsf(sum[b] - middle) <= margin)
                unsure |= 1u << b;
        unsure &= cells;
        word &= ~unsure;
        while (unsure) {
            uint32_t b = (uint32_t)__ffs((int)unsure) - 1;
            unsure &= unsure - 1;
            if (recurs(f, column, s + b, f.bound[g]))
                word |= 1u << b;
        }
    }
    return word;
}

// ---- the kernel ----

// G is at least the group's number of thresholds.
template <int G>
static __global__ void __launch_bounds__(WALK_THREADS)
bits_of(const walk_group *__restrict__ groups, const walk_job *__restrict__ jobs, walk_band band)
{
    RQA_SHARED(walk_four, staged, WALK_WARPS * BIT_COORDINATES * 8);
    const walk_job job = jobs[blockIdx.x];
    const walk_group &group = groups[job.pass];
    const uint32_t warp = threadIdx.x / 32, first_column = job.line + 32 * warp;
    const uint32_t column = job.line + threadIdx.x;
    const int n_thresholds = (int)group.n_thresholds;
    walk_four *own = staged + warp * BIT_COORDINATES * 8;
    if (first_column >= job.line_end)
        return;
    uint32_t s = job.first;
    if (group.symmetric && s < first_column)
        s = first_column;
    for (; s < job.end; s += 32) {
        const uint32_t cells = column < group.n_x ? bits_below((int64_t)group.n_y - s) : 0;
        float sum[32];
        uint32_t word[G];
        filter(sum, group.field[0], column, s, own);
        WALK_UNROLL
        for (int g = 0; g < G; g++)
            word[g] = g < n_thresholds ? decide(sum, group.field[0], g, column, s, cells) : 0;
        if (group.n_fields > 1) {
            filter(sum, group.field[1], column, s, own);
            WALK_UNROLL
            for (int g = 0; g < G; g++)
                if (g < n_thresholds)
                    word[g] &= decide(sum, group.field[1], g, column, s, word[g]);
        }
        uint32_t *out = group.bits + (size_t)(s / 32) * group.n_rows + (column - band.first);
        WALK_UNROLL
        for (int g = 0; g < G; g++)
            if (g < n_thresholds)
                out[(size_t)g * group.n_words * group.n_rows] = word[g];
    }
}

cudaError_t bits_launch(cudaStream_t stream, const walk_group *groups, const walk_job *jobs,
                        uint32_t n_jobs, walk_band band, uint32_t n_thresholds)
{
    if (n_thresholds == 1)
        RQA_LAUNCH(bits_of<1>, n_jobs, WALK_THREADS, 0, stream, groups, jobs, band);
    else if (n_thresholds <= 4)
        RQA_LAUNCH(bits_of<4>, n_jobs, WALK_THREADS, 0, stream, groups, jobs, band);
    else
        RQA_LAUNCH(bits_of<8>, n_jobs, WALK_THREADS, 0, stream, groups, jobs, band);
    return cudaGetLastError();
}
