/* batch_costs.c - what the units of a batch will take, told from their data.
 *
 * Lists of recordings often have like after like: the time left is told from what is done, and
 * would be wrong as long as the ones are done and the others are not. */
#include "batch/batch_costs.h"

#include "batch/batch_task.h"
#include "plan/transitions.h"

/* Looking at the data may take so much of the time that is foretold; a stretch takes so much. */
static const double look_share = 0.01, stretch_ns = 2500;
enum { LEAST_STRETCHES = 2, MOST_STRETCHES = 64 };

typedef struct look {
    double spare_ns; /* not looked for yet */
    double factor;   /* of the item that was looked at last */
} look;

/* A short recording is taken to be like the one before. Thresholds in diameters are not known yet.
 */
static double factor_of(look *l, const struct rqa_batch *batch, const rqa__item *item, double cost)
{
    rqa__task task;
    l->spare_ns += look_share * cost;
    double n = l->spare_ns / stretch_ns;
    if (n < LEAST_STRETCHES || !item->bounds || batch->job.grid.window ||
        !rqa__item_task(&task, batch, item))
        return l->factor;
    rqa__transitions transitions =
        rqa__transitions_of(&task, n < MOST_STRETCHES ? (unsigned)n : MOST_STRETCHES);
    l->factor = rqa__cost_factor(&batch->context->profile, &task, &transitions);
    l->spare_ns = 0;
    return l->factor;
}

void rqa__batch_weigh(struct rqa_batch *batch)
{
    look l = {LEAST_STRETCHES * stretch_ns, 1}; /* at the first in any case */
    uint32_t n = batch->job.grid.n_delays;
    for (size_t i = 0; i < batch->job.n_items; i++) {
        rqa__unit *unit = &batch->plan.unit[i * n];
        double cost = 0;
        for (uint32_t t = 0; t < n; t++)
            cost += unit[t].cost;
        if (!(cost > 0))
            continue;
        double factor = factor_of(&l, batch, &batch->job.item[i], cost);
        for (uint32_t t = 0; t < n; t++) {
            if (!(unit[t].cost > 0))
                continue;
            unit[t].weight = (unit[t].passes + factor * (unit[t].cost - unit[t].passes)) / unit[t].cost;
            unit[t].cost *= unit[t].weight;
        }
    }
}
