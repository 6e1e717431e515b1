// lags_kernel.h - what host and kernel share of bits made from those of single samples.
#ifndef RQA_CUDA_LAGS_KERNEL_H
#define RQA_CUDA_LAGS_KERNEL_H

#include "walk.h"

// Words of a column that a lane makes at a time; as many words of zeros follow each column of a
// plane.
enum { LAG_WORDS = 8 };

// The plane of single samples of one field, and how far apart lags are there.
struct lag_source {
    const uint32_t *bits; // [n_thresholds][n_words][n_rows]
    uint64_t plane;       // words of one threshold
    uint32_t n_rows, lane_delay, step_delay;
};

// The next group of a chain: it has all lags of the one before and these, of each field.
struct lag_link {
    uint32_t group;
    uint32_t from[2], to[2];
};

// Groups of rising dim that differ in nothing else.
struct lag_chain {
    struct lag_source source[2];
    uint32_t n_fields, n_thresholds, symmetric;
    uint32_t first_link, n_links;
};

// A job's pass is its chain. 0 or a CUDA error.
cudaError_t lags_launch(cudaStream_t stream, const struct walk_group *groups,
                        const struct lag_chain *chains, const struct lag_link *links,
                        const struct walk_job *jobs, uint32_t n_jobs, struct walk_band band);

#endif
