// walk_kernel.cu - the kernel that counts the runs of bits along lines.
#include "tile.h"
#include "walk_lines.h"
#include "walk_short.h"

// ---- runs ----

// The runs of one segment of one line, for one threshold.
template <int TIMES> struct run_state;

template <> struct run_state<0> {
    uint32_t colour, start, head;
    __device__ void clear_times()
    {
    }
    __device__ void black_starts(const run_counter &, uint32_t)
    {
    }
    __device__ void black_ends(uint32_t)
    {
    }
    __device__ void removed_starts(const run_counter &)
    {
    }
    __device__ void give_times(segment_summary *s) const
    {
        s->first = s->last = s->end = LINE_NONE;
    }
};

template <> struct run_state<1> {
    uint32_t colour, start, head, first, last, end, cut;
    __device__ void clear_times()
    {
        first = last = end = LINE_NONE;
        cut = 0;
    }
    __device__ void black_starts(const run_counter &c, uint32_t at)
    {
        if (last != LINE_NONE)
            count_length(c, NEAR_TIME, c.at_time, at - last);
        else if (!cut)
            first = at;
        last = at;
    }
    // The lines behind know nothing of those before.
    __device__ void removed_starts(const run_counter &c)
    {
        no_next_line(c, last, end);
        last = end = LINE_NONE;
        cut = 1;
    }
    __device__ void black_ends(uint32_t at)
    {
        end = at;
    }
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
    if (run->colour == COLOUR_NONE && cells) {
        // The segment's first cell, perhaps amid the word: as if the cell before had its colour.
        uint32_t b = segment - s;
        run->colour = colour_at(black, valid, b);
        if (run->colour == COLOUR_REMOVED)
            run->removed_starts(c);
        black |= run->colour == COLOUR_BLACK ? (1u << b) - 1 : 0;
        valid = run->colour == COLOUR_REMOVED ? valid & ~((1u << b) - 1) : valid | ((1u << b) - 1);
    }
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
        else if (run->colour == COLOUR_REMOVED)
            run->removed_starts(c);
    }
}

// The same amid a segment, where all 32 cells exist, none is removed and the run in hand is black
// or white; of white ones nothing is counted. Between an end and the next begin there is nothing to
// do. One turn for each black run that ends, but for the short ones behind the first, which alone
// may have begun before the word.
template <int TIMES>
static __device__ __forceinline__ void walk_black(run_state<TIMES> *run, const run_counter &c,
                                                  uint32_t *shorts, uint32_t segment, uint32_t s,
                                                  uint32_t black)
{
    const uint32_t change = black ^ (black << 1 | run->colour);
    if (!change)
        return;
    const uint32_t before = run->colour == COLOUR_BLACK ? s - run->start : 0;
    uint32_t ends = change & ~black;
    if (run->start == segment) {
        const uint32_t b = (uint32_t)__ffs((int)change) - 1;
        run->head = (s + b - segment) << 2 | run->colour;
        ends &= run->colour == COLOUR_BLACK ? ends - 1 : ends; // its end is the first
    }
    if (ends) {
        count_end(c, black, ends, before);
        ends &= ends - 1;
        for (ends = ends ? count_short(shorts, c, black, ends) : 0; ends; ends &= ends - 1)
            count_end(c, black, ends, 0);
    }
    run->start = s + 31 - (uint32_t)__clz((int)change);
    run->colour = black >> 31;
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

// ---- words of a line ----

// The bits of a threshold, kept in registers.
struct bit_plane {
    const uint32_t *bits;
    uint32_t n_words, n_rows, band_first;
    uint32_t symmetric;
};

// The word of the band's column `row` that begins at cell 32 * w; 0 outside the matrix.
static __device__ __forceinline__ uint32_t band_word(const bit_plane &plane, int32_t w,
                                                     uint32_t row)
{
    return (uint32_t)w < plane.n_words ? plane.bits[(size_t)w * plane.n_rows + row] : 0;
}

// Cells s..s+31 of the warp's 32 lines, the first of which is `first_line` (diagonals: of offset
// `first_line`); s and it are multiples of 32. Whole warps only.
template <int SKEW>
static __device__ __forceinline__ uint32_t line_word(const bit_plane &plane, int32_t first_line,
                                                     uint32_t s)
{
    const uint32_t lane = threadIdx.x & 31, row = s - plane.band_first + lane;
    if (SKEW) {
        int32_t w = (first_line + (int32_t)s) >> 5;
        uint32_t low = band_word(plane, w, row), high = band_word(plane, w + 1, row);
        return transpose(__funnelshift_r(low, high, lane));
    }
    if (plane.symmetric && (int32_t)s < first_line)
        return transpose(band_word(plane, first_line >> 5, row));
    return band_word(plane, (int32_t)s >> 5, (uint32_t)first_line - plane.band_first + lane);
}

// ---- the kernel ----

// Words from cell `from` on, at most `span` behind it, have 32 cells of a lane's segment.
struct inner_words {
    uint32_t from, span;
};

static __device__ __forceinline__ inner_words inner_of(uint32_t from, uint32_t to)
{
    const bool some = to - from >= 32;
    return {some ? from : 0xffffffffu, some ? to - from - 32 : 0};
}

// Cells of 32 that verticals see in column `line` from cell s on.
static __device__ __forceinline__ uint32_t outside_band(uint32_t line, uint32_t s, uint32_t width)
{
    if (width == 0)
        return 0xffffffffu;
    const int32_t middle = (int32_t)line - (int32_t)s, reach = (int32_t)width;
    return ~(bits_below(middle + reach) & ~bits_below(middle - reach + 1));
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
static __device__ __forceinline__ void count_diagonal(const walk_group &group,
                                                      const walk_pass &pass, uint32_t threshold,
                                                      uint32_t line, uint32_t points,
                                                      uint32_t in_square, walk_count *shared_points)
{
    if (points && distance_from_main(pass, line) >= group.theiler_points)
        atomicAdd(shared_points, (walk_count)points * line_weight(pass, line));
    if (in_square) {
        int64_t at = (int64_t)line - pass.base + pass.offset_zero;
        walk_count *offsets = gpu_global(group.tally + (size_t)threshold * group.shape.n_words) +
                              group.shape.at[KIND_OFFSETS];
        atomicAdd(&offsets[at], (walk_count)in_square);
    }
}

// Hands a segment [from, to) over to be joined, or does it at once if the line has no other.
static __device__ void give_summary(const walk_group &group, const walk_pass &pass, walk_band band,
                                    const walk_job &job, const run_counter &c,
                                    const segment_summary &s, uint32_t line,
                                    const line_range &range, uint32_t from, uint32_t to)
{
    if (pass.whole) {
        line_state state;
        line_begin(&state, range.begin);
        line_join(c, &state, s, from, to - from, range, pass.want_times,
                  is_cut(pass, line, from, to));
        line_end(c, state, range, pass.want_times);
        return;
    }
    size_t step;
    uint32_t *at = summary_of(group, pass, band, job.slot, job.threshold, line, &step);
    at[SUMMARY_HEAD * step] = s.head;
    at[SUMMARY_TAIL * step] = s.tail;
    if (pass.want_times) {
        at[SUMMARY_FIRST * step] = s.first;
        at[SUMMARY_LAST * step] = s.last;
        at[SUMMARY_END * step] = s.end;
    }
}

static __device__ __forceinline__ void clear(uint32_t *near, uint32_t n_near, walk_count *points)
{
    for (uint32_t k = threadIdx.x; k < n_near; k += WALK_THREADS)
        near[k] = 0;
    if (threadIdx.x == 0)
        points[0] = 0;
    __syncthreads();
}

// Adds the block's counters to the tally.
static __device__ __forceinline__ void flush(const walk_group &group, const walk_pass &pass,
                                             uint32_t threshold, const uint32_t *near,
                                             uint32_t n_kinds, walk_count points)
{
    walk_count *tally = gpu_global(group.tally + (size_t)threshold * group.shape.n_words);
    const uint32_t at[3] = {group.shape.at[pass.skew ? KIND_DIAGONAL : KIND_VERTICAL],
                            group.shape.at[KIND_WHITE_INNER], group.shape.at[KIND_TIME]};
    for (uint32_t k = threadIdx.x; k < n_kinds * WALK_NEAR; k += WALK_THREADS)
        if (near[k])
            atomicAdd(&tally[at[k / WALK_NEAR] + k % WALK_NEAR], (walk_count)near[k]);
    if (threadIdx.x == 0 && points)
        atomicAdd(&tally[TALLY_POINTS], points);
}

template <int SKEW, int TIMES>
static __global__ void __launch_bounds__(WALK_THREADS)
    walk(const walk_group *__restrict__ groups, const walk_pass *__restrict__ passes,
         const walk_job *__restrict__ jobs, walk_band band)
{
    enum { N_NEAR_KINDS = SKEW ? 1 : TIMES ? 3 : 2 };
    RQA_SHARED(uint32_t, near, N_NEAR_KINDS * WALK_NEAR);
    RQA_SHARED(walk_count, points, 1);
    const walk_job job = jobs[blockIdx.x];
    const walk_pass &pass = passes[job.pass];
    const walk_group &group = groups[pass.group];
    const bit_plane plane = {gpu_global(group.bits +
                                        (size_t)job.threshold * group.n_words * group.n_rows),
                             group.n_words, group.n_rows, band.first, group.symmetric};
    const uint32_t line = job.line + threadIdx.x, first_line = line - (threadIdx.x & 31);
    line_range range = range_of(group, pass, band, line);
    // The lane's part of the segment.
    const uint32_t from = range.from > job.first ? range.from : job.first;
    uint32_t to = range.to < job.end ? range.to : job.end;
    if (line >= job.line_end || to < from)
        to = from;

    clear(near, N_NEAR_KINDS * WALK_NEAR, points);

    run_state<TIMES> run;
    run.start = from;
    run.colour = COLOUR_NONE;
    run.head = 0;
    run.clear_times();
    uint32_t shorts = 0, n_points = 0, n_square = 0;
    // Position i of the diagonal and i + offset lie in the square.
    const int32_t offset = (int32_t)line - pass.base;
    const int32_t square = (int32_t)pass.square - (offset > 0 ? offset : 0);
    const int32_t warp_line = (int32_t)first_line - (SKEW ? pass.base : 0);
    const uint32_t width = pass.theiler;
    const bool lines_here =
        pass.want_lines && !(SKEW && distance_from_main(pass, line) < pass.theiler);
    const run_counter counter = counter_of(group, pass, job.threshold, line, near, WALK_NEAR);
    const uint32_t warp_end = warp_max(to > from ? to : 0);
    const inner_words inner = inner_of(from, to);
    const bool black_only = !TIMES && (SKEW || !pass.want_white);
    const bool want_square = SKEW && pass.square;

    for (uint32_t s = job.first; s < warp_end; s += 32) {
        const uint32_t kept = SKEW ? 0xffffffffu : outside_band(line, s, width);
        uint32_t word = line_word<SKEW>(plane, warp_line, s) & kept;
        const bool is_inner = s - inner.from <= inner.span && kept == 0xffffffffu;
        uint32_t cells = 0xffffffffu;
        if (!is_inner) {
            cells = bits_below((int32_t)(to - s)) & ~bits_below((int32_t)(from - s));
            word &= cells;
        }
        if (SKEW)
            n_points += (uint32_t)__popc(word);
        if (want_square)
            n_square += (uint32_t)__popc(word & bits_below(square - (int32_t)s));
        if (!lines_here)
            continue;
        if (black_only && is_inner && run.colour < COLOUR_REMOVED)
            walk_black<TIMES>(&run, counter, &shorts, from, s, word);
        else
            walk_runs<TIMES>(&run, counter, from, s, word,
                             pass.band_is_white ? 0xffffffffu : kept, cells);
    }
    if (to > from) {
        if (SKEW)
            count_diagonal(group, pass, job.threshold, line, n_points, n_square, points);
        if (lines_here)
            give_summary(group, pass, band, job, counter, summarize<TIMES>(&run, from, to), line,
                         range, from, to);
    }
    if (!TIMES)
        give_short(counter, shorts);
    __syncthreads();
    flush(group, pass, job.threshold, near, N_NEAR_KINDS, points[0]);
}

cudaError_t walk_launch(cudaStream_t stream, const walk_group *groups, const walk_pass *passes,
                        const walk_job *jobs, uint32_t n_jobs, walk_band band, int columns,
                        int times)
{
    if (!columns)
        RQA_LAUNCH((walk<1, 0>), n_jobs, WALK_THREADS, 0, stream, groups, passes, jobs, band);
    else if (!times)
        RQA_LAUNCH((walk<0, 0>), n_jobs, WALK_THREADS, 0, stream, groups, passes, jobs, band);
    else
        RQA_LAUNCH((walk<0, 1>), n_jobs, WALK_THREADS, 0, stream, groups, passes, jobs, band);
    return cudaGetLastError();
}
