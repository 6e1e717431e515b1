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

/* The lines of a result. */
rqa_line_counts rqa__lines_of_metrics(const struct rqa_metrics *metrics);

/* rqa_bootstrap_create_from_lines() after its NULL checks; lines and options are complete. */
int rqa__bootstrap_new(struct rqa_bootstrap **out, const rqa_line_counts *lines, size_t n_results,
                       const rqa_bootstrap_options *options);
void rqa__bootstrap_free(struct rqa_bootstrap *bootstrap); /* NULL is allowed */

#endif
