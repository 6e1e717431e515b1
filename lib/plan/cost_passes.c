/* cost_passes.c - predicted times of the passes over the cells that are needed beside the lines.
 *
 * Lines are the concern of cost.c. Measures of the cells, the bounds that a recurrence rate or a number
 * of neighbours becomes, and the second bound of a corridor take passes of their own, by no strategy
 * and on every thread alike; what is predicted of them decides nothing but the time that is told.
 *
 * The constants are nanoseconds of the reference machine (cost_rates.c) with AVX-512 and VBMI2: 20,000 samples
 * of eye movements and electrocardiograms at dims 1 and 3, fewer where it takes long. Those of neighbours are
 * from 3,000 to 25,000 samples of these and of white noise, 1 to 3,000 neighbours. Microstates, blocks and
 * corridors are older: the Roessler system and white noise, 1,000 to 10,000 samples, dim 3, at recurrence
 * rates of 0.02 to 0.1, with AVX2, divided by 1.6. All grow with what recurs, which is not known before it is
 * computed, but for neighbours. */
#include "plan/cost_passes.h"

#include "measures/measure_list.h"
#include "plan/neighbourhood.h"

/* Of a pair, for each dim and threshold; and of a pair times the vectors of x. */
static const struct {
    uint32_t cells; /* RQA__CELLS_* */
    double pair, pair_vector;
} of_cells[] = {
    {RQA__CELLS_MICROSTATES, 2.0, 0},    {RQA__CELLS_RETURNS, 0.6, 0},
    {RQA__CELLS_BLOCKS, 1.0, 0},         {RQA__CELLS_TRIANGLES, 0.1, 0.00014},
    {RQA__CELLS_NEIGHBOURS, 0.75, 0},     {RQA__CELLS_COMPONENTS, 0.55, 0},
    {RQA__CELLS_PATHS, 0.5, 0.009},
};

/* Of a pair and dim; rates are searched for one by one, or all at once for the time of some. */
static const struct {
    double search; /* whatever the number of pairs */
    double rate, most_rates;
    double corridor;
} of_bounds = {100000, 0.15, 5, 0.15};

/* One search finds the largest number of neighbours of each vector: few by a tree, and the more of all
 * vectors they are, the nearer to the time of a pass that keeps what may be among them. */
static const struct {
    double vector;      /* whatever the number */
    double pair, share; /* of a pair, where all are neighbours; half of it is reached at that share */
    double number;      /* of a neighbour and vector, for each other number that is chosen from these */
    double by_index;    /* times, where ties are told apart */
} of_neighbours = {1000, 1.5, 0.03, 1, 1.12};

static double cells_ns(uint32_t cells, double n_pairs, double n_vectors)
{
    double ns = 0;
    for (size_t k = 0; k < sizeof of_cells / sizeof of_cells[0]; k++)
        if (cells & of_cells[k].cells)
            ns += n_pairs * (of_cells[k].pair + of_cells[k].pair_vector * n_vectors);
    return ns;
}

static double neighbours_ns(const rqa__rules *rules, const rqa__task *task, uint32_t dim_index,
                            const double *thresholds)
{
    const int is_cross = rules->relation == RQA_RELATION_CROSS;
    const uint64_t n_y = rqa__side_vectors(is_cross ? &task->y : &task->x, dim_index);
    const double n_x = (double)rqa__side_vectors(&task->x, dim_index);
    double largest = 0, all = 0;
    for (uint32_t e = 0; e < task->n_thresholds && n_y > 0; e++) {
        uint64_t most;
        const double k = (double)rqa__neighbours_wanted(rules, thresholds[e], n_y, &most);
        largest = k > largest && k <= (double)most ? k : largest;
        all += k <= (double)most ? k : 0;
    }
    if (n_y == 0 || largest == 0)
        return 0;
    const double share = largest / (double)n_y;
    const double ns = n_x * of_neighbours.vector +
                      n_x * (double)n_y * of_neighbours.pair * share / (share + of_neighbours.share) +
                      n_x * (all - largest) * of_neighbours.number;
    const int n_sides = rules->relation == RQA_RELATION_JOINT ? 2 : 1;
    return n_sides * ns * (rules->ties == RQA_TIES_INDEX ? of_neighbours.by_index : 1);
}

/* Of a dim with all its thresholds. */
static double bounds_ns(const rqa__rules *rules, double n_pairs, double n_thresholds)
{
    const double n_rates = n_thresholds < of_bounds.most_rates ? n_thresholds : of_bounds.most_rates;
    double ns = 0;
    if (rules->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE)
        ns += of_bounds.search + n_rates * of_bounds.rate * n_pairs;
    if (rules->corridor)
        ns += n_thresholds * n_pairs * of_bounds.corridor;
    return ns;
}

double rqa__cost_of_passes(const rqa__rules *rules, const rqa__task *task, const double *thresholds)
{
    const uint32_t cells = rqa__measures_cells(rules->measures);
    double ns = 0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        const double n_pairs = rqa__task_pairs(task, d);
        ns += task->n_thresholds * cells_ns(cells, n_pairs, (double)rqa__side_vectors(&task->x, d)) +
              bounds_ns(rules, n_pairs, task->n_thresholds);
        if (rqa__rules_have_neighbours(rules))
            ns += neighbours_ns(rules, task, d, thresholds);
    }
    return ns;
}
