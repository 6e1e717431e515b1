// lags_kernel.cu - bits of delay vectors from those of single samples: shifted words, and-ed.
#include "lags_kernel.h"

#include "tile.h"

// Ands the cells from `row` on of a column into LAG_WORDS words. What follows the last word of a
// column is read too: zeros.
static __device__ __forceinline__ void and_lag(uint32_t *word, const uint32_t *column,
                                               uint32_t n_rows, uint32_t row)
{
    const uint32_t *at = column + (size_t)(row / 32) * n_rows;
    uint32_t cells[LAG_WORDS + 1];
    WALK_UNROLL
    for (uint32_t q = 0; q <= LAG_WORDS; q++)
        cells[q] = at[(size_t)n_rows * q];
    WALK_UNROLL
    for (int q = 0; q < LAG_WORDS; q++)
        word[q] &= __funnelshift_r(cells[q], cells[q + 1], row);
}

// The lags of a link, from cell s of a column on.
static __device__ __forceinline__ void and_lags(uint32_t *word, const lag_chain &chain,
                                                const lag_link &link, uint32_t threshold,
                                                uint32_t column, uint32_t s)
{
    for (uint32_t f = 0; f < chain.n_fields; f++) {
        const lag_source &source = chain.source[f];
        const uint32_t *bits = gpu_global(source.bits + threshold * source.plane + column);
        const uint32_t n_rows = source.n_rows, end = link.to[f];
        for (uint32_t k = link.from[f]; k < end; k++)
            and_lag(word, bits + (size_t)k * source.lane_delay, n_rows, s + k * source.step_delay);
    }
}

// A tile on the main diagonal of a symmetric matrix, of which the side j >= i is known.
static __device__ __forceinline__ uint32_t mirrored(uint32_t word)
{
    const uint32_t known = word & 0xffffffffu << (threadIdx.x & 31);
    return known | transpose(known);
}

// Words from cell s on, before `end`, of one column of a group.
static __device__ __forceinline__ void store(const uint32_t *word, const walk_group &group,
                                             uint32_t threshold, uint32_t row, uint32_t s,
                                             uint32_t end)
{
    const uint32_t n_rows = group.n_rows;
    uint32_t *to =
        gpu_global(group.bits) + ((size_t)threshold * group.n_words + s / 32) * n_rows + row;
    if (end - s > 32 * (LAG_WORDS - 1)) {
        WALK_UNROLL
        for (int q = 0; q < LAG_WORDS; q++, to += n_rows)
            *to = word[q];
        return;
    }
    WALK_UNROLL
    for (int q = 0; q < LAG_WORDS; q++, to += n_rows)
        if (s + 32 * q < end)
            *to = word[q];
}

// A warp takes 32 columns, whose words it makes LAG_WORDS at a time for every link of a chain.
static __global__ void __launch_bounds__(WALK_THREADS)
    bits_of_lags(const walk_group *__restrict__ groups, const lag_chain *__restrict__ chains,
                 const lag_link *__restrict__ links, const walk_job *__restrict__ jobs,
                 walk_band band)
{
    const walk_job job = jobs[blockIdx.x];
    const lag_chain &chain = chains[job.pass];
    const uint32_t column = job.line + threadIdx.x, first_column = column - (threadIdx.x & 31);
    if (first_column >= job.line_end)
        return;
    uint32_t first = job.first;
    if (chain.symmetric && first < first_column)
        first = first_column;
    for (uint32_t threshold = 0; threshold < chain.n_thresholds; threshold++)
        for (uint32_t s = first; s < job.end; s += 32 * LAG_WORDS) {
            uint32_t word[LAG_WORDS];
            WALK_UNROLL
            for (int q = 0; q < LAG_WORDS; q++)
                word[q] = 0xffffffffu;
            for (uint32_t l = 0; l < chain.n_links; l++) {
                const lag_link &link = links[chain.first_link + l];
                const walk_group &group = groups[link.group];
                const uint32_t n_x = group.n_x, n_y = group.n_y;
                if (first_column >= n_x || s >= n_y)
                    break; // those that follow are smaller
                // What lies behind the last column may not be there: the lane repeats that one.
                const uint32_t own = column < n_x ? column : n_x - 1;
                and_lags(word, chain, link, threshold, own - band.first, s);
                if (first_column + 32 > n_x) {
                    WALK_UNROLL
                    for (int q = 0; q < LAG_WORDS; q++)
                        word[q] = own == column ? word[q] : 0;
                }
                if (chain.symmetric && s == first_column)
                    word[0] = mirrored(word[0]);
                store(word, group, threshold, column - band.first, s,
                      job.end < n_y ? job.end : n_y);
            }
        }
}

cudaError_t lags_launch(cudaStream_t stream, const walk_group *groups, const lag_chain *chains,
                        const lag_link *links, const walk_job *jobs, uint32_t n_jobs,
                        walk_band band)
{
    RQA_LAUNCH(bits_of_lags, n_jobs, WALK_THREADS, 0, stream, groups, chains, links, jobs, band);
    return cudaGetLastError();
}
