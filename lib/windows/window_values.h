/* window_values.h - from the tally of a window to its measures. */
#ifndef RQA_WINDOWS_WINDOW_VALUES_H
#define RQA_WINDOWS_WINDOW_VALUES_H

#include "lines/tally.h"
#include "measures/measures.h"
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
 * white lines. What is in no mask reads as such. */
void rqa__window_values(const rqa__window_reading *how, const rqa__tally *tally, rqa__bin *scratch,
                        double *value, uint8_t *reason);

/* The same where nothing is defined, and why. */
void rqa__window_no_values(const rqa__window_reading *how, int why, double *value, uint8_t *reason);

#endif
