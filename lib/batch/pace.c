/* pace.c - how much work is left, learnt from how long the work so far took.
 *
 * The cost model is up to a factor of two off, and not by the same factor for short and for long
 * recordings: what overtakes what is all it has to know. A batch whose short recordings come first
 * would promise too much time by a fifth until half of them were done. So the ratio of time to
 * predicted cost is fitted as a straight line over the logarithm of the cost, weighted by cost.
 */
#include "batch/pace.h"

#include <math.h>

/* Units whose scatter it takes to believe in a slope, and how far from the mean it may lead. */
static const double slope_units = 5;
static const double most_ratio = 3;

static double x_of(double cost)
{
    return cost > 1 ? log(cost) : 0;
}

void rqa__pace_add(rqa__pace *pace, double cost)
{
    pace->left_cost += cost;
    pace->left_cost_x += cost * x_of(cost);
}

void rqa__pace_remove(rqa__pace *pace, double cost)
{
    pace->left_cost -= cost;
    pace->left_cost_x -= cost * x_of(cost);
}

void rqa__pace_done(rqa__pace *pace, double cost, double seconds)
{
    double x = x_of(cost);
    rqa__pace_remove(pace, cost);
    if (!(cost > 0) || !(seconds > 0))
        return;
    pace->n_done++;
    pace->cost += cost;
    pace->cost_x += cost * x;
    pace->cost_xx += cost * x * x;
    pace->time += seconds;
    pace->time_x += seconds * x;
}

double rqa__pace_left(const rqa__pace *p)
{
    if (p->n_done == 0)
        return NAN;
    if (!(p->left_cost > 1e-9 * p->cost)) /* what rounding leaves */
        return 0;
    double mean_x = p->cost_x / p->cost, mean = p->time / p->cost;
    double scatter = fmax(0, p->cost_xx - mean_x * p->cost_x);
    double slope = (p->time_x - mean_x * p->time) /
                   (scatter + slope_units * p->cost / (double)p->n_done);
    double ratio = mean + slope * (p->left_cost_x / p->left_cost - mean_x);
    ratio = fmin(fmax(ratio, mean / most_ratio), mean * most_ratio);
    return p->left_cost * ratio / p->time;
}
