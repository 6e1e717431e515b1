/* analyze_windows.h - the windows of a recording. */
#ifndef RQA_BATCH_ANALYZE_WINDOWS_H
#define RQA_BATCH_ANALYZE_WINDOWS_H

#include "batch/window_jobs.h"
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
    double *reached, *thresholds_y; /* by window, where each has its own; else NULL */
};

/* rqa_windows_compute() after its NULL checks; both options are complete. */
int rqa__windows_of(struct rqa_windows **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options,
                    const rqa_windows_options *windows);
void rqa__windows_free(struct rqa_windows *windows); /* NULL allowed */

/* How windows of these rules and scope are computed, unless they share their work. */
int rqa__windows_path(const rqa__rules *rules, int32_t scope);
/* Whether they can have this scope. 0 or RQA_ERROR_UNSUPPORTED with text. */
int rqa__windows_check_scope(const rqa__rules *rules, int32_t scope);
/* Predicted ns on one thread; the job has its path, outputs and sizes. */
double rqa__windows_cost(const rqa__window_job *job);
/* Whether they share their work is decided here, where it is known what they may take. */
int rqa__windows_compute(rqa__window_job *job, uint64_t memory_bytes,
                         const rqa__parallel *parallel);

/* What a result of so many windows takes, whether each has its own threshold. */
size_t rqa__windows_bytes(size_t n_windows, uint64_t measures, int own_thresholds);

#endif
