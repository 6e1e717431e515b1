// bits_kernel.cu - turns pairs of vectors into bits, in float and exactly where that is unsure.
#include "exact.h"
#include "walk_lines.h"

#include <math.h>

// Four floats at once from shared memory.
struct __align__(16) walk_four
{
    float value[4];
};

// ---- the value of a pair ----

// The filter may be fused: its error is allowed for.
static __device__ __forceinline__ float add_square(float sum, float difference)
{
#ifdef __CUDA_ARCH__
    return __fmaf_rn(difference, difference, sum);
#else
    return sum + difference * difference;
#endif
}

template <int NORM> static __device__ __forceinline__ void add_term(float *sum, float a, float b)
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

// One side of a field as the filter reads it, kept in registers.
struct near_side {
    const float *series;
    uint32_t n_samples, delay;
    float missing;
};

// A missing sample is infinite, of opposite sign on the two sides: no value that touches one is
// finite, and none is NaN.
static __device__ __forceinline__ near_side lanes_of(const walk_field &f)
{
    near_side side = {gpu_global(f.lane_near), f.lane_samples, f.lane_delay, INFINITY};
    return side;
}

static __device__ __forceinline__ near_side steps_of(const walk_field &f)
{
    near_side side = {gpu_global(f.step_near), f.step_samples, f.step_delay, -INFINITY};
    return side;
}

// Where the next coordinate is: samples `at` later in `channel`.
struct near_place {
    uint32_t channel, at;
};

// Copies the next n coordinates of 32 vectors, the lane's is number `index`, to `out`[n][32].
static __device__ __forceinline__ void stage(float *out, const near_side &side, near_place *place,
                                             uint32_t n, uint32_t n_channels, uint32_t index)
{
    const uint32_t lane = threadIdx.x & 31;
    for (uint32_t m = 0; m < n; m++) {
        const uint32_t at = index + place->at;
        float value = side.missing;
        if (at < side.n_samples)
            value = side.series[(size_t)place->channel * side.n_samples + at];
        out[m * 32 + lane] = value >= -3.4e38f ? value : side.missing;
        if (++place->channel == n_channels) {
            place->channel = 0;
            place->at += side.delay;
        }
    }
}

// What a warp has in shared memory: coordinates of its columns, and of 32 steps.
struct walk_staged {
    float column[BIT_COORDINATES * 32];
    walk_four step[BIT_COORDINATES * 8];
};

// A field in hand.
struct filter_state {
    near_side lanes, steps;
    uint32_t n_channels, n_coordinates, norm;
    walk_staged *staged;
};

// Few coordinates of the columns are staged once for all steps.
static __device__ __forceinline__ filter_state begin_filter(const walk_field &f, uint32_t column,
                                                            walk_staged *staged)
{
    filter_state state = {lanes_of(f), steps_of(f), f.n_channels, f.n_coordinates, f.norm, staged};
    if (state.n_coordinates <= BIT_COORDINATES) {
        near_place place = {0, 0};
        stage(staged->column, state.lanes, &place, state.n_coordinates, state.n_channels, column);
    }
    return state;
}

template <int NORM>
static __device__ __forceinline__ void add_columns(float *sum, const walk_staged *staged,
                                                   uint32_t n)
{
    const float *column = staged->column + (threadIdx.x & 31);
    for (uint32_t m = 0; m < n; m++)
        add_column<NORM>(sum, column[m * 32], staged->step + m * 8);
}

// Filtered values of cells s..s+31 of a column per lane.
static __device__ __forceinline__ void filter(float *sum, const filter_state &f, uint32_t column,
                                              uint32_t s)
{
    near_place on_lane = {0, 0}, on_step = {0, 0};
    WALK_UNROLL
    for (int b = 0; b < 32; b++)
        sum[b] = 0;
    for (uint32_t k = 0; k < f.n_coordinates; k += BIT_COORDINATES) {
        uint32_t n = f.n_coordinates - k;
        n = n < BIT_COORDINATES ? n : (uint32_t)BIT_COORDINATES;
        __syncwarp(0xffffffffu);
        if (f.n_coordinates > BIT_COORDINATES)
            stage(f.staged->column, f.lanes, &on_lane, n, f.n_channels, column);
        stage((float *)f.staged->step, f.steps, &on_step, n, f.n_channels, s + (threadIdx.x & 31));
        __syncwarp(0xffffffffu);
        if (f.norm == 1)
            add_columns<1>(sum, f.staged, n);
        else if (f.norm == 2)
            add_columns<2>(sum, f.staged, n);
        else
            add_columns<0>(sum, f.staged, n);
    }
}

// One copy of the arithmetic that is seldom needed leaves registers to the rest: 128 -> 96 for eight
// thresholds, 72 -> 64 for one.
static __device__ RQA_NOINLINE bool recurs_apart(const walk_field &f, uint32_t lane, uint32_t step,
                                                 double bound)
{
    return recurs(f, lane, step, bound);
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
            if (recurs_apart(f, column, s + b, f.bound[g]))
                word |= 1u << b;
        }
    }
    return word;
}

// ---- tiles by their boxes ----

// What the filtered values of a tile's pairs are at least and at most.
struct tile_values {
    float least, most;
};

// The box of 32 vectors has, for each coordinate, the least and the largest of the 32 samples that
// begin at the first vector's; near_boxes() made them for every sample.
struct box_side {
    const float *least; // of the coordinate in hand
    size_t plane;       // how far the largest lies from it,
    int64_t channel;    // the next channel,
    int64_t lag;        // and from the last channel the first one of the next lag
};

static __device__ __forceinline__ box_side boxes_of(const near_side &side, uint32_t n_channels,
                                                    uint32_t index)
{
    const size_t plane = (size_t)n_channels * side.n_samples;
    box_side boxes = {side.series + NEAR_LEAST * plane + index, (NEAR_MOST - NEAR_LEAST) * plane,
                      side.n_samples, (int64_t)side.delay - (int64_t)(plane - side.n_samples)};
    return boxes;
}

// A tile is decided as the filter would each of its pairs, and so needs no band of its own. Let
// columns lie in [a, a'] and cells in [b, b'] at some coordinate, floats all. A pair's difference
// lies between b - a' and b' - a in truth, and rounding keeps an order: its rounded size is
//     at least gap = max(0, fl(b - a'), fl(a - b')), at most reach = max(fl(b' - a), fl(a' - b)).
// What adds a term to a value, fused or not, rises with the size of the term and with the value,
// after rounding as before it. So the filter's value of the gaps, formed in the same order of
// operations, is no larger than that of any pair, and that of the reaches no smaller; likewise what
// is left when the middle of the window is taken from them. If it is beyond the margin on the one
// side for the least or on the other for the most, it is so for every pair: none of them recurs, or
// all do, without a look in double.
//   A box that has a missing sample is [-inf, inf], whose gap is 0 and whose reach is infinite: its
// tiles are left to the filter unless other coordinates keep them apart, and so are all tiles where
// the margin is infinite. Cells outside the matrix are cleared in a full tile as in any other.
static __device__ __forceinline__ void add_boxes(tile_values *v, uint32_t norm, float gap,
                                                 float reach)
{
    if (norm == 1) {
        add_term<1>(&v->least, gap, 0);
        add_term<1>(&v->most, reach, 0);
    } else if (norm == 2) {
        add_term<2>(&v->least, gap, 0);
        add_term<2>(&v->most, reach, 0);
    } else {
        add_term<0>(&v->least, gap, 0);
        add_term<0>(&v->most, reach, 0);
    }
}

static __device__ __forceinline__ tile_values values_of(const walk_field &f, uint32_t column,
                                                        uint32_t s)
{
    box_side x = boxes_of(lanes_of(f), f.n_channels, column);
    box_side y = boxes_of(steps_of(f), f.n_channels, s);
    tile_values v = {0, 0};
    WALK_ROLLED
    for (uint32_t m = f.n_coordinates, channel = 0; m > 0; m--) {
        const float a = x.least[0], a_most = x.least[x.plane];
        const float b = y.least[0], b_most = y.least[y.plane];
        add_boxes(&v, f.norm, fmaxf(fmaxf(b - a_most, a - b_most), 0),
                  fmaxf(b_most - a, a_most - b));
        channel = channel + 1 == f.n_channels ? 0 : channel + 1;
        x.least += channel ? x.channel : x.lag;
        y.least += channel ? y.channel : y.lag;
    }
    return v;
}

// The thresholds, a bit each, for which no pair of a tile recurs, and those for which all do.
struct tile_verdict {
    uint32_t empty, full;
};

static __device__ __forceinline__ tile_verdict verdict_of(const walk_field &f,
                                                          uint32_t n_thresholds, uint32_t column,
                                                          uint32_t s)
{
    const tile_values v = values_of(f, column, s);
    tile_verdict verdict = {0, 0};
    WALK_ROLLED
    for (uint32_t g = 0; g < n_thresholds; g++) {
        const float middle = f.middle[g], margin = f.margin[g];
        const float least = v.least - middle, most = v.most - middle;
        verdict.empty |= (uint32_t)(least >= 0 && least > margin) << g;
        verdict.full |= (uint32_t)(most < 0 && -most > margin) << g;
    }
    return verdict;
}

// What is left to do for a tile, a bit for each threshold: where some pair may recur, and what the
// fields have to decide of that; where neither has, all of them do.
enum { TILE_SOME = 0, TILE_OPEN = 8, TILE_OPEN_OTHER = 16 };

// A lane's tile of 32, once for all of them: its own copy keeps the registers of the rest.
template <int N_FIELDS>
static __device__ RQA_NOINLINE uint32_t look_at_tile(const walk_group &group, uint32_t column,
                                                     uint32_t s)
{
    const uint32_t n = group.n_thresholds, all = bits_below((int32_t)n);
    tile_verdict verdict = verdict_of(group.field[0], n, column, s), other = {0, all};
    if (N_FIELDS > 1)
        other = verdict_of(group.field[1], n, column, s);
    const uint32_t some = all & ~(verdict.empty | other.empty);
    return some << TILE_SOME | (some & ~verdict.full) << TILE_OPEN |
           (some & ~other.full) << TILE_OPEN_OTHER;
}

static __device__ __forceinline__ bool has_threshold(uint32_t tile, int what, int g)
{
    return (tile >> (what + g) & 1) != 0;
}

// The word of a column in a tile that is empty or full.
static __device__ __forceinline__ uint32_t word_of_tile(uint32_t tile, int g, uint32_t cells)
{
    return has_threshold(tile, TILE_SOME, g) ? cells : 0;
}

// ---- the kernel ----

// G is at least the group's number of thresholds; a joint group has two fields.
template <int G, int N_FIELDS>
static __global__ void __launch_bounds__(WALK_THREADS)
    bits_of(const walk_group *__restrict__ groups, const walk_job *__restrict__ jobs,
            walk_band band)
{
    RQA_SHARED(walk_staged, staged, WALK_WARPS * N_FIELDS);
    const walk_job job = jobs[blockIdx.x];
    const walk_group &group = groups[job.pass];
    const uint32_t warp = threadIdx.x / 32, first_column = job.line + 32 * warp;
    const uint32_t column = job.line + threadIdx.x;
    const int n_thresholds = (int)group.n_thresholds;
    if (first_column >= job.line_end)
        return;
    const filter_state near = begin_filter(group.field[0], column, staged + warp);
    filter_state other = near;
    if (N_FIELDS > 1)
        other = begin_filter(group.field[1], column, staged + WALK_WARPS + warp);
    const uint32_t n_rows = group.n_rows, n_y = column < group.n_x ? group.n_y : 0;
    const size_t plane = (size_t)group.n_words * n_rows;
    uint32_t *out = gpu_global(group.bits + (column - band.first));
    uint32_t s = job.first;
    if (group.symmetric && s < first_column)
        s = first_column;
    uint32_t tiles = 0; // a lane has looked at one of 32
    for (uint32_t n = 0; s < job.end; s += 32, n++) {
        if (n % 32 == 0) {
            const uint32_t own = s + 32 * (threadIdx.x & 31);
            tiles = own < job.end ? look_at_tile<N_FIELDS>(group, first_column, own) : 0;
        }
        const uint32_t tile = __shfl_sync(0xffffffffu, tiles, (int)(n % 32));
        const uint32_t cells = bits_below((int32_t)n_y - (int32_t)s);
        float sum[32];
        uint32_t word[G];
        if (tile >> TILE_OPEN & 0xff) {
            filter(sum, near, column, s);
            WALK_UNROLL
            for (int g = 0; g < G; g++)
                word[g] = has_threshold(tile, TILE_OPEN, g)
                              ? decide(sum, group.field[0], g, column, s, cells)
                              : word_of_tile(tile, g, cells);
        } else {
            WALK_UNROLL
            for (int g = 0; g < G; g++)
                word[g] = word_of_tile(tile, g, cells);
        }
        if (N_FIELDS > 1 && tile >> TILE_OPEN_OTHER) {
            filter(sum, other, column, s);
            WALK_UNROLL
            for (int g = 0; g < G; g++)
                if (has_threshold(tile, TILE_OPEN_OTHER, g))
                    word[g] &= decide(sum, group.field[1], g, column, s, word[g]);
        }
        uint32_t *to = out + (size_t)(s / 32) * n_rows;
        WALK_UNROLL
        for (int g = 0; g < G; g++)
            if (g < n_thresholds)
                to[g * plane] = word[g];
    }
}

template <int N_FIELDS>
static void launch_of(cudaStream_t stream, const walk_group *groups, const walk_job *jobs,
                      uint32_t n_jobs, walk_band band, uint32_t n_thresholds)
{
    if (n_thresholds == 1)
        RQA_LAUNCH((bits_of<1, N_FIELDS>), n_jobs, WALK_THREADS, 0, stream, groups, jobs, band);
    else if (n_thresholds <= 4)
        RQA_LAUNCH((bits_of<4, N_FIELDS>), n_jobs, WALK_THREADS, 0, stream, groups, jobs, band);
    else
        RQA_LAUNCH((bits_of<8, N_FIELDS>), n_jobs, WALK_THREADS, 0, stream, groups, jobs, band);
}

cudaError_t bits_launch(cudaStream_t stream, const walk_group *groups, const walk_job *jobs,
                        uint32_t n_jobs, walk_band band, uint32_t n_thresholds, int joint)
{
    if (joint)
        launch_of<2>(stream, groups, jobs, n_jobs, band, n_thresholds);
    else
        launch_of<1>(stream, groups, jobs, n_jobs, band, n_thresholds);
    return cudaGetLastError();
}
