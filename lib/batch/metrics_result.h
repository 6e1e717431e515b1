/* metrics_result.h - rqa_metrics: the counts and measures of one analysis. */
#ifndef RQA_BATCH_METRICS_RESULT_H
#define RQA_BATCH_METRICS_RESULT_H

#include "lines/border.h"
#include "lines/tally.h"
#include "measures/measures.h"
#include "plan/analysis_rules.h"
#include "rqa/metrics.h"

enum { RQA__N_HISTOGRAMS = 4 };

/* The threshold in force, in data units, and what it reached; NaN where there is none. */
typedef struct rqa__reached {
    double threshold;
    double rr; /* of a recurrence rate */
    uint64_t n_ties;
} rqa__reached;

/* What rows and windows tell of it: the threshold and the rate. */
enum { RQA__REACHED = 2 };

struct rqa_metrics {
    rqa__rules rules;
    uint64_t n_samples_x, n_samples_y, n_x, n_y;
    uint64_t n_skipped_x, n_skipped_y; /* vectors that touch a missing sample */
    uint64_t cells, points;
    int from_matrix; /* no series behind it: never too short, offsets on both sides */
    rqa__reached reached_x, reached_y;
    double threshold_lower; /* of a corridor, in data units */
    int32_t backend;
    unsigned n_threads;
    const char *kernels, *strategy;
    char reason[160];
    double value[RQA_MEASURE_COUNT];
    uint8_t why[RQA_MEASURE_COUNT];
    rqa_line_bin *bins[RQA__N_HISTOGRAMS];
    size_t n_bins[RQA__N_HISTOGRAMS];
    rqa__border_lines border; /* where the rules have one, before the tally is taken */
    uint32_t tallies; /* RQA__TALLY_* that were counted */
    uint64_t *offset_points;
    size_t n_offsets;
};

/* How a tally of these rules and sizes is to be read. */
rqa__reading rqa__reading_of(const rqa__rules *rules, uint64_t n_x, uint64_t n_y);

/* Under its convention, nothing is defined for so few samples or vectors. */
int rqa__too_short(const rqa__rules *rules, uint64_t n_samples_x, uint64_t n_samples_y,
                   uint64_t n_x, uint64_t n_y);

/* Fills counts, histograms and measures of struct rqa_metrics *metrics (whose rules and sizes are set)
 * from the one tally of a task. 0, or RQA_ERROR_MEMORY with text. */
int rqa__metrics_take(void *metrics, uint32_t dim_index, uint32_t threshold_index,
                      const rqa__tally *tally);

/* All measures again, RQA_MEASURE_COUNT of them, for other least lengths of lines, from the histograms that
 * `metrics` has. Those that were asked for, among which rr must be; the others are as they come. 0, or
 * RQA_ERROR_MEMORY with text. */
int rqa__metrics_read_again(const struct rqa_metrics *metrics, uint32_t lmin, uint32_t vmin,
                            double *value, uint8_t *why);

void rqa__metrics_free(struct rqa_metrics *metrics); /* NULL allowed */

#endif
