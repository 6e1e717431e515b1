/* analyze_windows.h - the windows of a recording. */
#ifndef RQA_BATCH_ANALYZE_WINDOWS_H
#define RQA_BATCH_ANALYZE_WINDOWS_H

#include "batch/metrics_result.h"
#include "data/delay_embedding.h"
#include "plan/analysis_rules.h"
#include "rqa/windows.h"

struct rqa_windows {
    rqa__rules rules;
    uint64_t window, step;
    size_t n_windows;
    uint64_t cells; /* of each window */
    int32_t backend;
    unsigned n_threads;
    const char *kernels, *strategy;
    char reason[160];
    rqa__reached reached_x, reached_y; /* of all windows, or of the first */
    double threshold_lower;            /* of a corridor, likewise */
    double *value[RQA_MEASURE_COUNT]; /* [n_windows]; NULL where not asked for */
    uint8_t *why[RQA_MEASURE_COUNT];
    uint64_t *points;
    double *thresholds, *thresholds_y; /* by window, where each has its own; else NULL */
};

/* rqa_windows_compute() after its NULL checks; both options are complete. */
int rqa__windows_of(struct rqa_windows **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options,
                    const rqa_windows_options *windows);
void rqa__windows_free(struct rqa_windows *windows); /* NULL allowed */

/* What a result of so many windows takes, whether each has its own threshold. */
size_t rqa__windows_bytes(size_t n_windows, uint64_t measures, int own_thresholds);

#endif
