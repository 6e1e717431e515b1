/* sampled_estimates.h - from what was drawn of a plot to estimates and their standard errors. */
#ifndef RQA_MEASURES_SAMPLED_ESTIMATES_H
#define RQA_MEASURES_SAMPLED_ESTIMATES_H

#include "lines/tally.h"
#include "rqa/sampling.h"

/* Each fills value, standard_error, reason and n_drawn, by the formulas of rqa/sampling.h. */

/* The share of n_cells cells that are points. */
void rqa__estimate_rate(rqa_estimate *out, uint64_t n_points, uint64_t n_cells);
/* The share of the points of all lines that are in lines of at least the minimum. */
void rqa__estimate_ratio(rqa_estimate *out, const rqa__spectrum *lines, uint64_t minimum);
/* The mean length of those lines. */
void rqa__estimate_mean(rqa_estimate *out, const rqa__spectrum *lines, uint64_t minimum);
/* The entropy of n patterns, seen count[k] times each. */
void rqa__estimate_entropy(rqa_estimate *out, const uint64_t *count, size_t n);

#endif
