/* neighbourhood.h - which cells recur: the rules beside a fixed threshold, as orders and bounds. */
#ifndef RQA_PLAN_NEIGHBOURHOOD_H
#define RQA_PLAN_NEIGHBOURHOOD_H

#include "plan/analysis_rules.h"

/* Whether every vector has neighbours of its own number, and so a threshold of its own. */
int rqa__counts_neighbours(const rqa__rules *rules);

/* Checks what the options say of thresholds: threshold, threshold_y, threshold_lower, corridor,
 * ties. 0 or RQA_ERROR_VALUE or RQA_ERROR_UNSUPPORTED with text. */
int rqa__neighbourhood_check(const rqa__rules *rules, const rqa_analysis_options *options);

/* Whether a grid can have them: thresholds and recurrence rates. 0 or RQA_ERROR_UNSUPPORTED with
 * text. */
int rqa__neighbourhood_check_grid(const rqa_analysis_options *options);
/* Whether a grid can have this threshold, in its unit. 0 or RQA_ERROR_VALUE with text. */
int rqa__threshold_check_grid(const rqa_analysis_options *options, double threshold,
                              const char *name);

/* The least k >= 1 with k / n >= the rate, as doubles divide; n > 0. */
uint64_t rqa__order_of_rate(double rate, uint64_t n);

/* Neighbours that a number or a rate asks of each vector of x. 0 or RQA_ERROR_VALUE, where a column
 * has not so many cells. */
int rqa__neighbours_wanted(const rqa__rules *rules, double threshold, uint64_t n_y, uint64_t *k);

/* What does not recur in a corridor: cells with values up to this bound. */
double rqa__lower_bound(const rqa__rules *rules, double threshold_lower);

#endif
