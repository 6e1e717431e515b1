/* analyze_scaling.h - correlation dimension and entropy, for rqa analyze --scaling and --lengths. */
#ifndef ANALYZE_SCALING_H
#define ANALYZE_SCALING_H

#include <rqa/rqa.h>

#include "cli_options.h"
#include "cli_pair.h"

enum { ANALYZE_SCALING_THRESHOLDS = 17 };

typedef struct analyze_scaling {
    int of_thresholds, of_lengths; /* what was asked for */
    double threshold[ANALYZE_SCALING_THRESHOLDS];
    uint64_t first, last;
    rqa_correlation_sum *sum; /* NULL: not asked for */
    double d2, k2[2];         /* by rqa_k2_estimator */
} analyze_scaling;

/* Both options: CLI_OK, or a code with a line. Nothing is to be freed yet. */
int analyze_scaling_read(analyze_scaling *out, const cli_arguments *arguments);

/* CLI_OK, or a code with a line. */
int analyze_scaling_make(analyze_scaling *scaling, const cli_pair *pair, const rqa_metrics *metrics);
void analyze_scaling_free(analyze_scaling *scaling);

/* Nothing where none was asked for. */
void analyze_scaling_json(const analyze_scaling *scaling);
void analyze_scaling_text(const analyze_scaling *scaling);

#endif
