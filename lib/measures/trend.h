/* trend.h - the slope of the share of recurrent cells over their distance from the main diagonal.
 */
#ifndef RQA_MEASURES_TREND_H
#define RQA_MEASURES_TREND_H

#include <stddef.h>
#include <stdint.h>

#include "measures/measures.h"

/* Where the line is fitted. */
typedef struct rqa__trend_range {
    uint64_t n, first, end; /* first <= d < end < n of the square that both series span */
    double centre;          /* what is taken for the mean of d */
} rqa__trend_range;

/* 0 where there are too few offsets. */
int rqa__trend_range_of(const rqa__reading *reading, rqa__trend_range *range);

/* Sums that take more than one at a time wait for each other less. */
enum { RQA__TRENDS_AT_ONCE = 4 };

/* The trends of n plots, at most RQA__TRENDS_AT_ONCE, whose RR_d are density[plot][d]. */
void rqa__trends(const rqa__trend_range *range, const double *const *density, size_t n,
                 double *value);

/* The trend of a tally; writes that measure. */
void rqa__measure_trend(const rqa__reading *reading, const rqa__tally *tally, double *value,
                        uint8_t *reason);

#endif
