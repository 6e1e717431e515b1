/* cost_passes.c - predicted times of the passes over the cells that are needed beside the lines.
 *
 * Lines are the concern of cost.c. Measures of the cells, the bounds that a recurrence rate or a number
 * of neighbours becomes, and the second bound of a corridor take passes of their own, by no strategy
 * and on every thread alike; what is predicted of them decides nothing but the time that is told.
 *
 * The constants are nanoseconds of the reference machine (cost_rates.c) with AVX-512 and VBMI2: 20,000 samples
 * of eye movements and electrocardiograms at dims 1 and 3, fewer where it takes long. Microstates, blocks,
 * neighbours and corridors are older: the Roessler system and white noise, 1,000 to 10,000 samples, dim 3, at
 * recurrence rates of 0.02 to 0.1, with AVX2, divided by 1.6. All grow with what recurs, which is not known
 * before it is computed. */
#include "plan/cost_passes.h"

#include "measures/measure_list.h"

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
    double neighbours, by_index;
    double corridor;
} of_bounds = {100000, 0.15, 5, 0.5, 0.8, 0.15};

static double cells_ns(uint32_t cells, double n_pairs, double n_vectors)
{
    double ns = 0;
    for (size_t k = 0; k < sizeof of_cells / sizeof of_cells[0]; k++)
        if (cells & of_cells[k].cells)
            ns += n_pairs * (of_cells[k].pair + of_cells[k].pair_vector * n_vectors);
    return ns;
}

/* Of a dim with all its thresholds. */
static double bounds_ns(const rqa__rules *rules, double n_pairs, double n_thresholds)
{
    const double n_rates = n_thresholds < of_bounds.most_rates ? n_thresholds : of_bounds.most_rates;
    double ns = 0;
    if (rules->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE)
        ns += of_bounds.search + n_rates * of_bounds.rate * n_pairs;
    if (rules->threshold_unit == RQA_THRESHOLD_NEIGHBOURS ||
        rules->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE)
        ns += n_thresholds * n_pairs *
              (rules->ties == RQA_TIES_INDEX ? of_bounds.by_index : of_bounds.neighbours);
    if (rules->corridor)
        ns += n_thresholds * n_pairs * of_bounds.corridor;
    return ns;
}

double rqa__cost_of_passes(const rqa__rules *rules, const rqa__task *task)
{
    const uint32_t cells = rqa__measures_cells(rules->measures);
    double ns = 0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        const double n_pairs = rqa__task_pairs(task, d);
        ns += task->n_thresholds * cells_ns(cells, n_pairs, (double)rqa__side_vectors(&task->x, d)) +
              bounds_ns(rules, n_pairs, task->n_thresholds);
    }
    return ns;
}
