/* window_values.h - from the tally of a window to its measures. */
#ifndef RQA_WINDOWS_WINDOW_VALUES_H
#define RQA_WINDOWS_WINDOW_VALUES_H

#include "lines/tally.h"
#include "measures/measures.h"
#include "measures/trend.h"
#include "plan/analysis_rules.h"

/* The measures that follow from the lines and points of a tally: rr .. lam_det. */
#define RQA__LINE_MEASURES (RQA_MEASURE_BIT(RQA_MEASURE_LAM_DET + 1) - 1)

/* How the tallies of windows are read. */
typedef struct rqa__window_reading {
    const rqa__rules *rules;
    rqa__reading reading;
    int too_short; /* under its convention nothing is defined for so few samples or vectors */
} rqa__window_reading;

/* Whether white lines are read together, whatever they touch. */
int rqa__window_reads_white_together(const rqa__window_reading *how);

/* value and reason have RQA_MEASURE_COUNT entries; scratch has room for the bins of both kinds of
 * white lines. What is in no mask reads as such; so does, under a reason of its own, trend where
 * the tally has no points by offset. */
void rqa__window_values(const rqa__window_reading *how, const rqa__tally *tally, rqa__bin *scratch,
                        double *value, uint8_t *reason);

/* 0 where trend is not among the measures, or not defined; it is then what rqa__window_values() has
 * of it. Otherwise rqa__trends() has it. */
int rqa__window_trend_range(const rqa__window_reading *how, rqa__trend_range *range);

/* The same where nothing is defined, and why. */
void rqa__window_no_values(const rqa__window_reading *how, int why, double *value, uint8_t *reason);

#endif
