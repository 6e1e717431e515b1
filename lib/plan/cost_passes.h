/* cost_passes.h - predicted times of the passes over the cells that are needed beside the lines. */
#ifndef RQA_PLAN_COST_PASSES_H
#define RQA_PLAN_COST_PASSES_H

#include "plan/analysis_rules.h"
#include "plan/task.h"

/* Nanoseconds of one thread, on the processor of the constants in cost.c, for all dims and thresholds of
 * the task: measures read off the cells, bounds of recurrence rates and of neighbours, and what a corridor
 * takes more than one bound. The thresholds of the task are in the unit of the rules. */
double rqa__cost_of_passes(const rqa__rules *rules, const rqa__task *task, const double *thresholds);

#endif
