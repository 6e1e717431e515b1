/* analyze_sampled.h - estimates from cells drawn at random, from embeddings. */
#ifndef RQA_BATCH_ANALYZE_SAMPLED_H
#define RQA_BATCH_ANALYZE_SAMPLED_H

#include "batch/metrics_result.h"
#include "data/delay_embedding.h"
#include "rqa/sampling.h"

/* Measures that have an estimate. */
#define RQA__SAMPLED_MEASURES                                                                     \
    (RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET) |                         \
     RQA_MEASURE_BIT(RQA_MEASURE_L_MEAN) | RQA_MEASURE_BIT(RQA_MEASURE_LAM) |                     \
     RQA_MEASURE_BIT(RQA_MEASURE_TT) | RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY))

struct rqa_sampled {
    rqa__rules rules;
    rqa__reached reached_x, reached_y;
    double threshold_lower;
    int32_t backend;
    unsigned n_threads;
    char reason[160];
    rqa_estimate estimate[RQA_MEASURE_COUNT]; /* of the measures in rules.measures */
    uint64_t count[RQA_SAMPLED_BLOCKS + 1];
    rqa_line_bin *bins[2]; /* diagonal, vertical */
    size_t n_bins[2];
};

/* rqa_sampled_compute() after its NULL checks; the options are complete. */
int rqa__sampled_of(struct rqa_sampled **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options,
                    const rqa_sampled_options *sampled);
void rqa__sampled_free(struct rqa_sampled *sampled); /* NULL is allowed */

#endif
