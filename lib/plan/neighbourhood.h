/* neighbourhood.h - which cells recur: the rules beside a fixed threshold, as orders and bounds. */
#ifndef RQA_PLAN_NEIGHBOURHOOD_H
#define RQA_PLAN_NEIGHBOURHOOD_H

#include "plan/analysis_rules.h"
#include "plan/task.h"

/* Whether every vector has neighbours of its own number, and so a threshold of its own. */
int rqa__counts_neighbours(const rqa__rules *rules);

/* Whether every vector in turn is linked with its nearest ones: then cells are listed, and no bound
 * decides them. */
int rqa__is_adaptive(const rqa__rules *rules);

/* Whether something beside one bound decides cells: tasks have rqa__limits. */
int rqa__has_limits(const rqa__rules *rules);

/* RQA__RELATION_* of a task: where the two sides of an auto plot differ, it is a cross plot of x and x. */
uint32_t rqa__task_relation(const rqa__rules *rules);

/* Checks what the options say of thresholds: threshold, threshold_y, threshold_lower, corridor,
 * ties. 0 or RQA_ERROR_VALUE or RQA_ERROR_UNSUPPORTED with text. */
int rqa__neighbourhood_check(const rqa__rules *rules, const rqa_analysis_options *options);

/* The same of a grid, but for its thresholds; and of each of these. */
int rqa__neighbourhood_check_grid(const rqa__rules *rules, const rqa_analysis_options *options);
int rqa__threshold_check_grid(const rqa__rules *rules, const rqa_analysis_options *options,
                              double threshold, const char *name);

/* Of work that has no adaptive neighbours: 0 or RQA_ERROR_UNSUPPORTED with text. */
int rqa__refuse_adaptive(const rqa__rules *rules, const char *what);

/* What makes limits or lists of cells, in a word; there is something that does. */
const char *rqa__limit_words(const rqa__rules *rules);

/* Whether some strategy computes a task of these rules. 0 or RQA_ERROR_UNSUPPORTED with text. */
int rqa__task_check_strategy(const rqa__task *task, const rqa__rules *rules);

/* The least k >= 1 with k / n >= the rate, as doubles divide; n > 0. */
uint64_t rqa__order_of_rate(double rate, uint64_t n);

/* Neighbours that a number or a rate asks of each vector of x, and how many one can have at most,
 * where y has so many vectors. */
uint64_t rqa__neighbours_wanted(const rqa__rules *rules, double threshold, uint64_t n_y,
                                uint64_t *most);
/* Where that is more: RQA_ERROR_VALUE with text. */
int rqa__neighbours_fail(const rqa__rules *rules, uint64_t k, uint64_t most);

/* What does not recur in a corridor: cells with values up to this bound. */
double rqa__lower_bound(const rqa__rules *rules, double threshold_lower);

#endif
