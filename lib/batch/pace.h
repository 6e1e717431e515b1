/* pace.h - how much work is left, learnt from how long the work so far took. */
#ifndef RQA_BATCH_PACE_H
#define RQA_BATCH_PACE_H

#include <stddef.h>

/* Sums over units; x is the logarithm of a unit's predicted cost. */
typedef struct rqa__pace {
    double left_cost, left_cost_x;
    size_t n_done;
    double cost, cost_x, cost_xx, time, time_x;
} rqa__pace;

/* A unit of this predicted cost is to be done, or no longer to be done. */
void rqa__pace_add(rqa__pace *pace, double cost);
void rqa__pace_remove(rqa__pace *pace, double cost);
/* It has been done, in this time on one thread. */
void rqa__pace_done(rqa__pace *pace, double cost, double seconds);
/* Time on one thread for what is left, relative to that for what has been done; NaN before anything
 * has. */
double rqa__pace_left(const rqa__pace *pace);

#endif
