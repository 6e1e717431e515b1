/* source.h - the recordings of an analysis as its arithmetic reads them, in the range of double.
 *
 * This is where data enter a plan. Squares of differences, and sums, may leave the range of double
 * though the data do not. Then the plan reads a copy, times a power of two, and thresholds are
 * scaled alike, so that no count depends on the unit of the data (docs/numerics.md).
 */
#ifndef RQA_BATCH_SOURCE_H
#define RQA_BATCH_SOURCE_H

#include "data/recording.h"
#include "plan/analysis_rules.h"
#include "plan/task.h"

/* A series, the channels of it that are used, and what is read in their place. */
typedef struct rqa__source {
    const struct rqa_series *series; /* the caller's */
    uint32_t channel_first, channel_count;
    const struct rqa_series *read; /* as a rule `series` too */
    uint32_t read_first;
    int exponent; /* what is read is the caller's times 2^exponent */
} rqa__source;

/* Keeps the series until rqa__source_close(); a source of zeros may be closed too. */
void rqa__source_open(rqa__source *source, const struct rqa_series *series, uint32_t channel_first,
                      uint32_t channel_count);
void rqa__source_close(rqa__source *source);

/* Rescales open sources where the rules need it; x and y of one distance alike. y is that of the
 * task: x again for an auto analysis. 0 or a status with text. */
int rqa__sources_fit(rqa__source *x, rqa__source *y, const rqa__rules *rules);

/* Points a side of a task at a source. */
rqa__side rqa__side_of(const rqa__source *source, uint32_t delay, const uint32_t *dims);

#endif
