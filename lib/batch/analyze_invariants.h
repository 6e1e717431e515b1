/* analyze_invariants.h - correlation sums and the maximum of microstate entropy, from embeddings. */
#ifndef RQA_BATCH_ANALYZE_INVARIANTS_H
#define RQA_BATCH_ANALYZE_INVARIANTS_H

#include "data/delay_embedding.h"
#include "rqa/invariants.h"

struct rqa_correlation_sum {
    size_t n;
    uint64_t cells;
    double *given;     /* thresholds, in the unit they came in */
    double *threshold; /* the same in data units */
    double *sum;
    double *slope; /* n - 1 */
    uint64_t *points;
};

/* rqa_correlation_sum_compute() after its NULL checks; the options are complete. */
int rqa__correlation_sum_of(struct rqa_correlation_sum **out, const struct rqa_embedding *x,
                            const struct rqa_embedding *y, const rqa_analysis_options *options,
                            const double *thresholds, size_t n_thresholds);
void rqa__correlation_sum_free(struct rqa_correlation_sum *sum); /* NULL is allowed */

/* rqa_microstate_maximum() likewise. */
int rqa__microstate_maximum(uint32_t *best, double *entropies, double *thresholds,
                            const struct rqa_embedding *x, const struct rqa_embedding *y,
                            const rqa_analysis_options *options);

/* rqa_det_estimate() likewise. */
int rqa__det_estimate(double *det, uint64_t *counts, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options);

#endif
