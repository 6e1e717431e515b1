// join_kernel.cu - joins the runs of segments along each line, and reads histograms out.
#include "walk_lines.h"

enum { READ_THREADS = 256 };

// One lane, one threshold: all segments of a band in order, from and to the carried state.
static __device__ void join_line(const walk_pass &pass, const join_job &job, uint32_t g,
                                 uint32_t line)
{
    const uint32_t n_cells = line_cells(pass, line);
    const run_counter c = counter_of(pass, g, line, NULL, 0);
    const size_t row = (size_t)pass.n_thresholds * pass.n_lines;
    const size_t words = pass.n_slots * row, at = (size_t)g * pass.n_lines + line;
    line_state state;
    line_begin(&state);
    if (!job.is_first) {
        state.colour = pass.state[STATE_COLOUR * row + at];
        state.start = pass.state[STATE_START * row + at];
        state.last = pass.state[STATE_LAST * row + at];
        state.end = pass.state[STATE_END * row + at];
    }
    uint32_t end = n_cells < job.end ? n_cells : job.end;
    for (uint32_t slot = 0, first = job.first; first < end; slot++, first += pass.segment) {
        const uint32_t *word = pass.summary + slot * row + at;
        segment_summary s = {word[SUMMARY_HEAD * words], word[SUMMARY_TAIL * words], LINE_NONE,
                             LINE_NONE, LINE_NONE};
        if (pass.want_times) {
            s.first = word[SUMMARY_FIRST * words];
            s.last = word[SUMMARY_LAST * words];
            s.end = word[SUMMARY_END * words];
        }
        uint32_t length = end - first < pass.segment ? end - first : pass.segment;
        line_join(c, &state, s, first, length, n_cells, pass.want_times);
    }
    if (job.is_last) {
        line_end(c, state, n_cells, pass.want_times);
        return;
    }
    pass.state[STATE_COLOUR * row + at] = state.colour;
    pass.state[STATE_START * row + at] = state.start;
    pass.state[STATE_LAST * row + at] = state.last;
    pass.state[STATE_END * row + at] = state.end;
}

static __global__ void __launch_bounds__(WALK_THREADS)
join_segments(const walk_pass *__restrict__ passes, const join_job *__restrict__ jobs)
{
    const join_job job = jobs[blockIdx.x];
    const walk_pass &pass = passes[job.pass];
    const uint32_t line = job.line + threadIdx.x;
    if (line >= pass.n_lines || (pass.skew && pass.first_offset + line < pass.theiler_lines))
        return;
    for (uint32_t g = 0; g < pass.n_thresholds; g++)
        join_line(pass, job, g, line);
}

cudaError_t join_launch(cudaStream_t stream, const walk_pass *passes, const join_job *jobs,
                        uint32_t n_jobs)
{
    RQA_LAUNCH(join_segments, n_jobs, WALK_THREADS, 0, stream, passes, jobs);
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
    uint32_t n = 0;
    for (uint32_t k = threadIdx.x; k < job.size; k += READ_THREADS)
        n += job.dense[k] != 0;
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
    walk_count *bin = out + 2 * job.position;
    if (job.plain) {
        for (uint32_t k = threadIdx.x; k < job.size; k += READ_THREADS)
            bin[k] = job.dense[k];
        return;
    }
    uint32_t before = 0; // classes of earlier rounds
    for (uint32_t first = 0; first < job.size; first += READ_THREADS) {
        uint32_t k = first + threadIdx.x;
        walk_count count = k < job.size ? job.dense[k] : 0;
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
