/* block_sample.h - how often each pattern of cells is met in blocks drawn at random. */
#ifndef RQA_SAMPLING_BLOCK_SAMPLE_H
#define RQA_SAMPLING_BLOCK_SAMPLE_H

#include "backend/parallel.h"
#include "sampling/sampled_plot.h"

typedef struct rqa__block_draws {
    const rqa__sampled_plot *plot;
    uint64_t seed;
    uint64_t n_blocks; /* >= 1 */
    uint64_t theiler;  /* blocks lie wholly outside this window; 0: none */
    uint32_t size;     /* cells on a side */
    int skips;         /* blocks may touch a missing sample, and are then left out */
} rqa__block_draws;

/* count[2^(size^2)]: of each pattern, by a code of its own. 0, or a status with text. */
int rqa__block_sample_draw(uint64_t *count, const rqa__block_draws *draws,
                           const rqa__parallel *parallel);

#endif
