/* line_sample.h - cells drawn at random, and the lines that begin in them. */
#ifndef RQA_SAMPLING_LINE_SAMPLE_H
#define RQA_SAMPLING_LINE_SAMPLE_H

#include "backend/parallel.h"
#include "lines/hist.h"
#include "sampling/sampled_plot.h"

typedef struct rqa__line_draws {
    const rqa__task *task;
    const rqa__sampled_plot *plot;
    uint64_t seed;
    uint64_t n_lines; /* diagonal lines to find, >= 1 */
    uint64_t n_cells; /* cells to draw at most, >= 1 */
    int verticals;    /* whether vertical lines are wanted */
} rqa__line_draws;

typedef struct rqa__line_sample {
    uint64_t n_cells, n_points; /* outside the window for points */
    uint64_t n_diagonal, n_vertical;
    rqa__hist diagonal, vertical;
} rqa__line_sample;

/* Bytes that drawing takes on so many threads, beside the histograms. */
size_t rqa__line_sample_memory(const rqa__line_draws *draws, const rqa__parallel *parallel);

/* As rqa/sampling.h has it. 0, or a status with text; rqa__line_sample_free() follows either way. */
int rqa__line_sample_draw(rqa__line_sample *out, const rqa__line_draws *draws,
                          const rqa__parallel *parallel);
void rqa__line_sample_free(rqa__line_sample *sample);

#endif
