/* transitions.h - how often lines begin and end in a recurrence plot, from a sample of its cells.
 */
#ifndef RQA_PLAN_TRANSITIONS_H
#define RQA_PLAN_TRANSITIONS_H

#include "plan/task.h"

/* Of steps from a cell to the next on its column or diagonal. */
typedef struct rqa__transitions {
    double changes;   /* share at which the recurrence changes under some threshold */
    double crossings; /* the share of thresholds under which it does, on average */
} rqa__transitions;

/* From so many stretches of at most 32 cells, half of them in columns and half in diagonals, under
 * at most three of the task's dims; always the same ones. Each takes some 2 us. The task has its
 * bounds. None without stretches, or where there is no step to take. */
rqa__transitions rqa__transitions_of(const rqa__task *task, unsigned n_stretches);

#endif
