/* line_bootstrap.h - rqa_bootstrap: intervals of line measures by resampling lines. */
#ifndef RQA_BATCH_LINE_BOOTSTRAP_H
#define RQA_BATCH_LINE_BOOTSTRAP_H

#include "batch/metrics_result.h"
#include "rqa/significance.h"

enum { RQA__BOOTSTRAP_MEASURES = 6 };

struct rqa_bootstrap {
    size_t n_results;
    uint32_t tallies;       /* RQA__TALLY_* that were counted */
    rqa_interval *interval; /* [n_results][RQA__BOOTSTRAP_MEASURES] */
};

/* Where a measure is among them; -1 for one that has no interval. */
int rqa__bootstrap_column(int32_t measure);

/* rqa_bootstrap_create() after its NULL checks; the options are complete. */
int rqa__bootstrap_new(struct rqa_bootstrap **out, const struct rqa_metrics *const *metrics,
                       size_t n_metrics, const rqa_bootstrap_options *options);
void rqa__bootstrap_free(struct rqa_bootstrap *bootstrap); /* NULL is allowed */

#endif
