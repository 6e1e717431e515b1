// walk_kernel.cu - the kernel that turns pairs into bits and bits into runs.
#include "walk_lines.h"

#include <math.h>

// Four floats at once from shared memory.
struct __align__(16) walk_four {
    float value[4];
};

// Bits of cells before `n` of 32.
static __device__ __forceinline__ uint32_t bits_below(int64_t n)
{
    return n <= 0 ? 0 : n >= 32 ? 0xffffffffu : (1u << (uint32_t)n) - 1;
}

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

// One coordinate of the 32 cells of a diagonal.
template <int NORM>
static __device__ __forceinline__ void add_diagonal(float *sum, const float *lane,
                                                    const walk_four *step)
{
WALK_UNROLL
    for (int q = 0; q < 8; q++) {
        walk_four b = step[q];
WALK_UNROLL
        for (int e = 0; e < 4; e++)
            add_term<NORM>(&sum[4 * q + e], lane[4 * q + e], b.value[e]);
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

// Filtered values of cells (line, s..s+31), a line per lane. `staged` is the warp's own memory: the
// steps' coordinates, then those of the 63 lanes that 32 diagonals meet.
template <int SKEW>
static __device__ __forceinline__ void filter(float *sum, const walk_field &f, uint32_t line,
                                              uint32_t first_line, uint32_t s, walk_four *staged)
{
    const uint32_t lane = threadIdx.x & 31;
    float *step = (float *)staged;
    float *diagonal = step + WALK_COORDINATES * 32;
    uint32_t channel = 0, lane_at = SKEW ? first_line + s : line, step_at = s;
WALK_UNROLL
    for (int b = 0; b < 32; b++)
        sum[b] = 0;
    for (uint32_t k = 0; k < f.n_coordinates; k += WALK_COORDINATES) {
        uint32_t n = f.n_coordinates - k;
        n = n < WALK_COORDINATES ? n : (uint32_t)WALK_COORDINATES;
        uint32_t c = channel, on_lane = lane_at, on_step = step_at;
        __syncwarp(0xffffffffu);
        for (uint32_t m = 0; m < n; m++) {
            step[m * 32 + lane] =
                sample(f.step_near, f.step_samples, c, on_step + lane, -INFINITY);
            if (SKEW) {
                diagonal[m * 64 + lane] =
                    sample(f.lane_near, f.lane_samples, c, on_lane + lane, INFINITY);
                diagonal[m * 64 + 32 + lane] =
                    sample(f.lane_near, f.lane_samples, c, on_lane + 32 + lane, INFINITY);
            }
            if (++c == f.n_channels) {
                c = 0;
                on_lane += f.lane_delay;
                on_step += f.step_delay;
            }
        }
        __syncwarp(0xffffffffu);
        for (uint32_t m = 0; m < n; m++) {
            const walk_four *steps = staged + m * 8;
            if (SKEW) {
                const float *lanes = diagonal + m * 64 + lane;
                if (f.norm == 1)
                    add_diagonal<1>(sum, lanes, steps);
                else if (f.norm == 2)
                    add_diagonal<2>(sum, lanes, steps);
                else
                    add_diagonal<0>(sum, lanes, steps);
            } else {
                float a = sample(f.lane_near, f.lane_samples, channel, lane_at, INFINITY);
                if (f.norm == 1)
                    add_column<1>(sum, a, steps);
                else if (f.norm == 2)
                    add_column<2>(sum, a, steps);
                else
                    add_column<0>(sum, a, steps);
            }
            if (++channel == f.n_channels) {
                channel = 0;
                lane_at += f.lane_delay;
                step_at += f.step_delay;
            }
        }
    }
}

// Bits of 32 cells for threshold g: decided by the filter, or exactly. Cells outside `cells` are 0.
template <int SKEW>
static __device__ __forceinline__ uint32_t decide(const float *sum, const walk_field &f, int g,
                                                  uint32_t line, uint32_t s, uint32_t cells)
{
    uint32_t sure = 0, maybe = 0;
    const float below = f.sure[g], above = f.maybe[g];
WALK_UNROLL
    for (int b = 0; b < 32; b++) {
        if (sum[b] <= above)
            maybe |= 1u << b;
        if (sum[b] <= below)
            sure |= 1u << b;
    }
    sure &= cells;
    maybe &= cells & ~sure;
    while (maybe) {
        uint32_t b = (uint32_t)__ffs((int)maybe) - 1;
        maybe &= maybe - 1;
        if (recurs(f, SKEW ? line + s + b : line, s + b, f.bound[g]))
            sure |= 1u << b;
    }
    return sure;
}

// ---- runs ----

// The runs of one segment of one line, for one threshold.
template <int TIMES> struct run_state;

template <> struct run_state<0> {
    uint32_t colour, start, head;
    __device__ void clear_times() {}
    __device__ void black_starts(const run_counter &, uint32_t) {}
    __device__ void black_ends(uint32_t) {}
    __device__ void give_times(segment_summary *s) const { s->first = s->last = s->end = LINE_NONE; }
};

template <> struct run_state<1> {
    uint32_t colour, start, head, first, last, end;
    __device__ void clear_times() { first = last = end = LINE_NONE; }
    __device__ void black_starts(const run_counter &c, uint32_t at)
    {
        if (last == LINE_NONE)
            first = at;
        else
            count_length(c, NEAR_TIME, c.at_time, at - last);
        last = at;
    }
    __device__ void black_ends(uint32_t at) { end = at; }
    __device__ void give_times(segment_summary *s) const
    {
        s->first = first;
        s->last = last;
        s->end = end;
    }
};

static __device__ __forceinline__ uint32_t colour_at(uint32_t black, uint32_t valid, uint32_t b)
{
    return valid >> b & 1 ? black >> b & 1 : (uint32_t)COLOUR_REMOVED;
}

// Goes through the changes of colour among 32 cells, of which `cells` exist.
template <int TIMES>
static __device__ __forceinline__ void walk_runs(run_state<TIMES> *run, const run_counter &c,
                                                 uint32_t segment, uint32_t s, uint32_t black,
                                                 uint32_t valid, uint32_t cells)
{
    if (s == segment)
        run->colour = colour_at(black, valid, 0);
    uint32_t was_black = run->colour & 1, was_valid = run->colour != COLOUR_REMOVED;
    uint32_t change =
        ((black ^ (black << 1 | was_black)) | (valid ^ (valid << 1 | was_valid))) & cells;
    while (change) {
        uint32_t b = (uint32_t)__ffs((int)change) - 1, at = s + b;
        change &= change - 1;
        if (run->start == segment)
            run->head = (at - segment) << 2 | run->colour;
        else
            count_inner(c, run->colour, at - run->start);
        if (run->colour == COLOUR_BLACK)
            run->black_ends(at);
        run->colour = colour_at(black, valid, b);
        run->start = at;
        if (run->colour == COLOUR_BLACK)
            run->black_starts(c, at);
    }
}

// The segment [first, end) is over.
template <int TIMES>
static __device__ __forceinline__ segment_summary summarize(run_state<TIMES> *run, uint32_t first,
                                                            uint32_t end)
{
    segment_summary s;
    s.tail = (end - run->start) << 2 | run->colour;
    s.head = run->start == first ? s.tail : run->head;
    if (run->colour == COLOUR_BLACK)
        run->black_ends(end);
    run->give_times(&s);
    return s;
}

// ---- the kernel ----

// Cells of 32 that verticals see in line `line` from cell s on.
static __device__ __forceinline__ uint32_t outside_band(uint32_t line, uint32_t s, uint32_t width)
{
    if (width == 0)
        return 0xffffffffu;
    int64_t first = (int64_t)line - width + 1 - s, end = (int64_t)line + width - s;
    return ~(bits_below(end) & ~bits_below(first));
}

static __device__ __forceinline__ uint32_t warp_max(uint32_t value)
{
    for (int k = 16; k > 0; k >>= 1) {
        uint32_t other = __shfl_xor_sync(0xffffffffu, value, k);
        value = other > value ? other : value;
    }
    return value;
}

// Counts what belongs to a whole diagonal.
static __device__ __forceinline__ void count_diagonal(const walk_pass &pass, int g, uint32_t line,
                                                      uint32_t points, uint32_t in_square,
                                                      walk_count *shared_points)
{
    uint32_t offset = pass.first_offset + line;
    if (points && offset >= pass.theiler_points)
        atomicAdd(shared_points, (walk_count)points * line_weight(pass, line));
    if (in_square) {
        int64_t at = (int64_t)pass.offset_zero + (int64_t)pass.offset_sign * offset;
        atomicAdd(&pass.tally[(size_t)g * pass.shape.n_words + pass.shape.at[KIND_OFFSETS] +
                              (size_t)at],
                  (walk_count)in_square);
    }
}

static __device__ void give_summary(const walk_pass &pass, int g, const run_counter &c,
                                    const segment_summary &s, const walk_job &job, uint32_t line,
                                    uint32_t length, uint32_t n_cells)
{
    if (pass.whole) {
        line_state state;
        line_begin(&state);
        line_join(c, &state, s, job.first, length, n_cells, pass.want_times);
        line_end(c, state, n_cells, pass.want_times);
        return;
    }
    size_t words = (size_t)pass.n_slots * pass.n_thresholds * pass.n_lines;
    uint32_t *at = pass.summary + ((size_t)job.slot * pass.n_thresholds + g) * pass.n_lines + line;
    at[SUMMARY_HEAD * words] = s.head;
    at[SUMMARY_TAIL * words] = s.tail;
    if (pass.want_times) {
        at[SUMMARY_FIRST * words] = s.first;
        at[SUMMARY_LAST * words] = s.last;
        at[SUMMARY_END * words] = s.end;
    }
}

// Adds the block's counters to the tallies.
static __device__ __forceinline__ void flush(const walk_pass &pass, const uint32_t *near,
                                             uint32_t n_near, uint32_t n_kinds, uint32_t n_groups,
                                             const walk_count *points)
{
    const uint32_t at[3] = {pass.shape.at[pass.skew ? KIND_DIAGONAL : KIND_VERTICAL],
                            pass.shape.at[KIND_WHITE_INNER], pass.shape.at[KIND_TIME]};
    for (uint32_t k = threadIdx.x; k < n_groups * n_kinds * n_near; k += WALK_THREADS) {
        uint32_t g = k / (n_kinds * n_near), kind = k / n_near % n_kinds, length = k % n_near;
        if (near[k])
            atomicAdd(&pass.tally[(size_t)g * pass.shape.n_words + at[kind] + length],
                      (walk_count)near[k]);
    }
    if (pass.skew && threadIdx.x < n_groups && points[threadIdx.x])
        atomicAdd(&pass.tally[(size_t)threadIdx.x * pass.shape.n_words + TALLY_POINTS],
                  points[threadIdx.x]);
}

template <int G, int SKEW, int TIMES>
static __global__ void __launch_bounds__(WALK_THREADS)
walk(const walk_pass *__restrict__ passes, const walk_job *__restrict__ jobs)
{
    enum { N_NEAR = WALK_SHORT / G, N_NEAR_KINDS = SKEW ? 1 : TIMES ? 3 : 2 };
    enum { STAGED = WALK_COORDINATES * (SKEW ? 24 : 8) };
    RQA_SHARED(walk_four, staged, WALK_WARPS * STAGED);
    RQA_SHARED(uint32_t, near, G * N_NEAR_KINDS * N_NEAR);
    RQA_SHARED(walk_count, points, G);
    const walk_job job = jobs[blockIdx.x];
    const walk_pass &pass = passes[job.pass];
    const uint32_t warp = threadIdx.x / 32;
    const uint32_t first_line = job.line + 32 * warp, line = job.line + threadIdx.x;
    const uint32_t n_cells = line_cells(pass, line);
    const uint32_t end = n_cells < job.end ? n_cells : job.end; // of the lane's part
    const int n_groups = (int)pass.n_thresholds;

    for (uint32_t k = threadIdx.x; k < G * N_NEAR_KINDS * N_NEAR; k += WALK_THREADS)
        near[k] = 0;
    if (threadIdx.x < G)
        points[threadIdx.x] = 0;
    __syncthreads();

    run_state<TIMES> run[G];
    uint32_t n_points[G], n_square[G];
WALK_UNROLL
    for (int g = 0; g < G; g++) {
        run[g].start = job.first;
        run[g].colour = COLOUR_NONE;
        run[g].head = 0;
        run[g].clear_times();
        n_points[g] = n_square[g] = 0;
    }
    const uint32_t offset = pass.first_offset + line;
    const uint32_t square = pass.square > offset ? pass.square - offset : 0;
    const bool lines_here = pass.want_lines && !(SKEW && offset < pass.theiler_lines);
    const uint32_t warp_end = warp_max(end);

    for (uint32_t s = job.first; s < warp_end; s += 32) {
        const uint32_t cells = bits_below((int64_t)end - s);
        const uint32_t valid = SKEW ? 0xffffffffu : outside_band(line, s, pass.theiler_lines);
        float sum[32];
        uint32_t word[G];
        filter<SKEW>(sum, pass.field[0], line, first_line + pass.first_offset, s, staged + warp * STAGED);
WALK_UNROLL
        for (int g = 0; g < G; g++)
            word[g] = g < n_groups ? decide<SKEW>(sum, pass.field[0], g, SKEW ? offset : line, s,
                                                  cells & valid)
                                   : 0;
        if (pass.n_fields > 1) {
            filter<SKEW>(sum, pass.field[1], line, first_line + pass.first_offset, s,
                         staged + warp * STAGED);
WALK_UNROLL
            for (int g = 0; g < G; g++)
                if (g < n_groups)
                    word[g] &= decide<SKEW>(sum, pass.field[1], g, SKEW ? offset : line, s, word[g]);
        }
WALK_UNROLL
        for (int g = 0; g < G; g++) {
            if (g >= n_groups)
                break;
            if (SKEW) {
                n_points[g] += (uint32_t)__popc(word[g]);
                n_square[g] += (uint32_t)__popc(word[g] & bits_below((int64_t)square - s));
            }
            if (lines_here)
                walk_runs<TIMES>(&run[g],
                                 counter_of(pass, (uint32_t)g, line, near + g * N_NEAR_KINDS * N_NEAR,
                                            N_NEAR),
                                 job.first, s, word[g], valid, cells);
        }
    }
WALK_UNROLL
    for (int g = 0; g < G; g++) {
        if (g >= n_groups || end <= job.first)
            break;
        if (SKEW)
            count_diagonal(pass, g, line, n_points[g], n_square[g], &points[g]);
        if (lines_here) {
            segment_summary s = summarize<TIMES>(&run[g], job.first, end);
            give_summary(pass, g,
                         counter_of(pass, (uint32_t)g, line, near + g * N_NEAR_KINDS * N_NEAR,
                                    N_NEAR),
                         s, job, line, end - job.first, n_cells);
        }
    }
    __syncthreads();
    flush(pass, near, N_NEAR, N_NEAR_KINDS, (uint32_t)n_groups, points);
}

template <int G>
static void launch_of(cudaStream_t stream, const walk_pass *passes, const walk_job *jobs,
                      uint32_t n_jobs, int vertical, int times)
{
    if (!vertical)
        RQA_LAUNCH((walk<G, 1, 0>), n_jobs, WALK_THREADS, 0, stream, passes, jobs);
    else if (!times)
        RQA_LAUNCH((walk<G, 0, 0>), n_jobs, WALK_THREADS, 0, stream, passes, jobs);
    else
        RQA_LAUNCH((walk<G, 0, 1>), n_jobs, WALK_THREADS, 0, stream, passes, jobs);
}

cudaError_t walk_launch(cudaStream_t stream, const walk_pass *passes, const walk_job *jobs,
                        uint32_t n_jobs, uint32_t n_thresholds, int vertical, int times)
{
    if (n_thresholds == 1)
        launch_of<1>(stream, passes, jobs, n_jobs, vertical, times);
    else if (n_thresholds <= 4)
        launch_of<4>(stream, passes, jobs, n_jobs, vertical, times);
    else
        launch_of<8>(stream, passes, jobs, n_jobs, vertical, times);
    return cudaGetLastError();
}
