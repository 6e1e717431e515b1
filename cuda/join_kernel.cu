// join_kernel.cu - joins the runs of segments along each line, and reads histograms out.
#include "walk_lines.h"

enum { READ_THREADS = 256 };

// What the walk has left of a segment.
static __device__ __forceinline__ segment_summary segment_at(const walk_group &group,
                                                             const walk_pass &pass, walk_band band,
                                                             uint32_t slot, uint32_t threshold,
                                                             uint32_t line)
{
    size_t step;
    const uint32_t *word = summary_of(group, pass, band, slot, threshold, line, &step);
    segment_summary s = {word[SUMMARY_HEAD * step], word[SUMMARY_TAIL * step], LINE_NONE, LINE_NONE,
                         LINE_NONE};
    if (pass.want_times) {
        s.first = word[SUMMARY_FIRST * step];
        s.last = word[SUMMARY_LAST * step];
        s.end = word[SUMMARY_END * step];
    }
    return s;
}

// The cells of a line that the segment from cell `first` has; none if from >= to.
struct segment_cells {
    uint32_t from, to;
};

static __device__ __forceinline__ segment_cells cells_at(const walk_pass &pass,
                                                         const line_range &range, uint32_t first)
{
    const uint32_t to = first + pass.segment;
    return {range.from > first ? range.from : first, to < range.to ? to : range.to};
}

// The segments of a band in order, from and to the carried state.
static __device__ void join_line(const walk_group &group, const walk_pass &pass, walk_band band,
                                 const walk_job &job, uint32_t line)
{
    const line_range range = range_of(group, pass, band, line);
    if (range.from >= range.to)
        return;
    const run_counter c = counter_of(group, pass, job.threshold, line, NULL, 0);
    const size_t row = (size_t)group.n_thresholds * pass.n_lines;
    uint32_t *carried = gpu_global(pass.state + (size_t)job.threshold * pass.n_lines + line);
    line_state state;
    line_begin(&state, range.begin);
    if (!range.begins_here) {
        state.colour = carried[STATE_COLOUR * row];
        state.start = carried[STATE_START * row];
        state.last = carried[STATE_LAST * row];
        state.end = carried[STATE_END * row];
    }
    uint32_t slot = 0;
    for (uint32_t first = job.first; first < range.to; first += pass.segment, slot++) {
        const segment_cells cells = cells_at(pass, range, first);
        if (cells.from < cells.to)
            line_join(c, &state, segment_at(group, pass, band, slot, job.threshold, line),
                      cells.from, cells.to - cells.from, range, pass.want_times,
                      is_cut(pass, line, cells.from, cells.to));
    }
    if (range.ends_here) {
        line_end(c, state, range, pass.want_times);
        return;
    }
    carried[STATE_COLOUR * row] = state.colour;
    carried[STATE_START * row] = state.start;
    carried[STATE_LAST * row] = state.last;
    carried[STATE_END * row] = state.end;
}

// ---- pieces ----

static __device__ __forceinline__ void piece_starts(const run_counter &c, segment_summary *piece,
                                                    uint32_t at, bool was_cut)
{
    if (piece->last != LINE_NONE)
        count_length(c, NEAR_TIME, c.at_time, at - piece->last);
    else if (!was_cut)
        piece->first = at;
    piece->last = at;
}

// The vertical lines of a segment that begins with cell `first`, behind those of a piece; `starts`:
// its head is the first run of a line. Whether either has removed cells.
static __device__ __forceinline__ void piece_times(const run_counter &c, segment_summary *piece,
                                                   const segment_summary &s, uint32_t first,
                                                   bool starts, bool was_cut, bool cuts)
{
    if (starts)
        piece_starts(c, piece, first, was_cut);
    if ((s.head & 3) == COLOUR_BLACK)
        piece->end = first + (s.head >> 2);
    if (s.first != LINE_NONE)
        piece_starts(c, piece, s.first, was_cut);
    else if (cuts)
        no_next_line(c, piece->last, piece->end);
    if (cuts || s.first != LINE_NONE)
        piece->last = s.last;
    if (cuts || s.end != LINE_NONE)
        piece->end = s.end;
}

// Appends the runs of a segment of `length` cells to a piece that has `before` cells already. Both
// are summaries, and so is what comes of it. Whether the segment's head is a run of its own.
static __device__ __forceinline__ bool piece_join(const run_counter &c, segment_summary *piece,
                                                  uint32_t before, const segment_summary &s,
                                                  uint32_t length)
{
    const uint32_t colour = s.head & 3;
    uint32_t run = s.head >> 2; // grows to the run that the segment begins in
    bool is_head = piece->head >> 2 == before;
    const bool starts = colour != (piece->tail & 3);
    if (!starts) {
        run += piece->tail >> 2;
    } else {
        if (!is_head)
            count_inner(c, piece->tail & 3, piece->tail >> 2);
        is_head = false;
    }
    const bool ends = s.head >> 2 < length;
    if (is_head)
        piece->head = run << 2 | colour;
    else if (ends)
        count_inner(c, colour, run);
    piece->tail = ends ? s.tail : run << 2 | colour;
    return starts;
}

// The segments of a band in order, from and to what the part has of the line.
static __device__ void join_piece(const walk_group &group, const walk_pass &pass, walk_band band,
                                  const walk_job &job, uint32_t line)
{
    const line_range range = range_of(group, pass, band, line);
    if (range.from >= range.to)
        return;
    const run_counter c = counter_of(group, pass, job.threshold, line, NULL, 0);
    const size_t row = (size_t)group.n_thresholds * pass.n_lines;
    uint32_t *carried = gpu_global(pass.state + (size_t)job.threshold * pass.n_lines + line);
    const uint32_t begin = range.begin > pass.part_first ? range.begin : pass.part_first;
    segment_summary piece = {LINE_NONE, LINE_NONE, LINE_NONE, LINE_NONE, LINE_NONE};
    if (range.from > begin) {
        piece.head = carried[SUMMARY_HEAD * row];
        piece.tail = carried[SUMMARY_TAIL * row];
        if (pass.want_times) {
            piece.first = carried[SUMMARY_FIRST * row];
            piece.last = carried[SUMMARY_LAST * row];
            piece.end = carried[SUMMARY_END * row];
        }
    }
    uint32_t slot = 0;
    for (uint32_t first = job.first; first < range.to; first += pass.segment, slot++) {
        const segment_cells cells = cells_at(pass, range, first);
        if (cells.from >= cells.to)
            continue;
        const segment_summary s = segment_at(group, pass, band, slot, job.threshold, line);
        if (cells.from == begin) {
            piece = s;
            continue;
        }
        const bool starts =
            piece_join(c, &piece, cells.from - begin, s, cells.to - cells.from);
        if (pass.want_times)
            piece_times(c, &piece, s, cells.from, starts && (s.head & 3) == COLOUR_BLACK,
                        is_cut(pass, line, begin, cells.from),
                        is_cut(pass, line, cells.from, cells.to));
    }
    carried[SUMMARY_HEAD * row] = piece.head;
    carried[SUMMARY_TAIL * row] = piece.tail;
    if (pass.want_times) {
        carried[SUMMARY_FIRST * row] = piece.first;
        carried[SUMMARY_LAST * row] = piece.last;
        carried[SUMMARY_END * row] = piece.end;
    }
}

// ---- the kernel ----

template <int PIECES>
static __global__ void __launch_bounds__(WALK_THREADS)
    join_segments(const walk_group *__restrict__ groups, const walk_pass *__restrict__ passes,
                  const walk_job *__restrict__ jobs, walk_band band)
{
    const walk_job job = jobs[blockIdx.x];
    const walk_pass &pass = passes[job.pass];
    const uint32_t line = job.line + threadIdx.x;
    if (line >= job.line_end || (pass.skew && distance_from_main(pass, line) < pass.theiler))
        return;
    if (PIECES)
        join_piece(groups[pass.group], pass, band, job, line);
    else
        join_line(groups[pass.group], pass, band, job, line);
}

cudaError_t join_launch(cudaStream_t stream, const walk_group *groups, const walk_pass *passes,
                        const walk_job *jobs, uint32_t n_jobs, walk_band band, int pieces)
{
    if (pieces)
        RQA_LAUNCH(join_segments<1>, n_jobs, WALK_THREADS, 0, stream, groups, passes, jobs, band);
    else
        RQA_LAUNCH(join_segments<0>, n_jobs, WALK_THREADS, 0, stream, groups, passes, jobs, band);
    return cudaGetLastError();
}

// ---- reading out ----

static __global__ void __launch_bounds__(READ_THREADS)
    count_bins(const read_job *__restrict__ jobs, uint32_t *__restrict__ n_bins)
{
    RQA_SHARED(uint32_t, total, 1);
    const read_job job = jobs[blockIdx.x];
    if (threadIdx.x == 0)
        total[0] = 0;
    __syncthreads();
    const walk_count *dense = gpu_global(job.dense);
    uint32_t n = 0;
    for (uint32_t k = threadIdx.x; k < job.size; k += READ_THREADS)
        n += dense[k] != 0;
    if (n)
        atomicAdd(&total[0], n);
    __syncthreads();
    if (threadIdx.x == 0)
        n_bins[blockIdx.x] = total[0];
}

static __global__ void __launch_bounds__(READ_THREADS)
    read_bins(const read_job *__restrict__ jobs, walk_count *__restrict__ out)
{
    enum { WARPS = READ_THREADS / 32 };
    RQA_SHARED(uint32_t, in_warp, WARPS);
    const read_job job = jobs[blockIdx.x];
    const uint32_t lane = threadIdx.x & 31, warp = threadIdx.x / 32;
    const walk_count *dense = gpu_global(job.dense);
    walk_count *bin = out + 2 * job.position;
    if (job.plain) {
        // The last bin has room for two, and is copied whole.
        for (uint32_t k = threadIdx.x; k < job.size + job.size % 2; k += READ_THREADS)
            bin[k] = k < job.size ? dense[k] : 0;
        return;
    }
    uint32_t before = 0; // classes of earlier rounds
    for (uint32_t first = 0; first < job.size; first += READ_THREADS) {
        uint32_t k = first + threadIdx.x;
        walk_count count = k < job.size ? dense[k] : 0;
        uint32_t some = __ballot_sync(0xffffffffu, count != 0);
        if (lane == 0)
            in_warp[warp] = (uint32_t)__popc(some);
        __syncthreads();
        uint32_t at = before + (uint32_t)__popc(some & ((1u << lane) - 1));
        for (uint32_t w = 0; w < WARPS; w++) {
            at += w < warp ? in_warp[w] : 0;
            before += in_warp[w];
        }
        if (count) {
            bin[2 * (size_t)at] = k;
            bin[2 * (size_t)at + 1] = count;
        }
        __syncthreads();
    }
}

cudaError_t count_launch(cudaStream_t stream, const read_job *jobs, uint32_t n_jobs,
                         uint32_t *n_bins)
{
    RQA_LAUNCH(count_bins, n_jobs, READ_THREADS, 0, stream, jobs, n_bins);
    return cudaGetLastError();
}

cudaError_t read_launch(cudaStream_t stream, const read_job *jobs, uint32_t n_jobs, walk_count *out)
{
    RQA_LAUNCH(read_bins, n_jobs, READ_THREADS, 0, stream, jobs, out);
    return cudaGetLastError();
}
