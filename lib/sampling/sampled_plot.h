/* sampled_plot.h - a plot of which single cells are asked for. */
#ifndef RQA_SAMPLING_SAMPLED_PLOT_H
#define RQA_SAMPLING_SAMPLED_PLOT_H

#include <stdatomic.h>

#include "base/look.h"
#include "kernels/distance_pair.h"
#include "plan/task.h"

/* One distance of a cell and what it must be. */
typedef struct rqa__sampled_side {
    rqa__distance_space space;
    double bound, below; /* recurs: below < value <= bound */
} rqa__sampled_side;

typedef struct rqa__sampled_plot {
    rqa__sampled_side side[2];
    unsigned n_sides;    /* 2: joint */
    uint64_t n_x, n_y;
    uint64_t operations; /* of one cell */
    const atomic_int *cancel;
} rqa__sampled_plot;

/* A task of one dim and one threshold, without a bound for each column. */
rqa__sampled_plot rqa__sampled_plot_of(const rqa__task *task, const atomic_int *cancel);

static inline int rqa__sampled_recurs(const rqa__sampled_plot *plot, uint64_t i, uint64_t j)
{
    for (unsigned s = 0; s < plot->n_sides; s++) {
        const rqa__sampled_side *side = plot->side + s;
        const double value = pair_value(&side->space, (size_t)i, (size_t)j);
        if (!(value <= side->bound && value > side->below))
            return 0;
    }
    return 1;
}

/* Has the samples of a cell on their way before it is asked for. */
void rqa__sampled_fetch(const rqa__sampled_plot *plot, uint64_t i, uint64_t j);

/* Counts the operations of so many cells; RQA_ERROR_CANCELLED, with text, where a look is due and
 * finds that it is to stop. */
int rqa__sampled_look(const rqa__sampled_plot *plot, uint64_t n_cells, uint64_t *since);

#endif
