/* cell_measures.c - measures that are read off the cells of the plot. */
#include "batch/cell_measures.h"

#include "backend/cpu_run.h"
#include "measures/graph_counts.h"
#include "measures/measure_list.h"
#include "network/graph_count.h"

rqa__task rqa__task_at(const rqa__task *task, uint32_t dim_index, uint32_t threshold_index)
{
    const size_t cell = (size_t)dim_index * task->n_thresholds + threshold_index;
    rqa__task one = *task;
    one.n_dims = one.n_thresholds = 1;
    one.x.dims += dim_index;
    one.y.dims += dim_index;
    one.bounds += cell;
    if (one.bounds_y)
        one.bounds_y += cell;
    return one;
}

static int measure_network(const rqa__rules *rules, const rqa__task *task,
                           const rqa__cell_means *means, double *value, uint8_t *reason)
{
    const uint32_t parts = rqa__measures_cells(rules->measures) & RQA__CELLS_NETWORK;
    const rqa__graph_means with = {.bits = rqa__cpu_bits_kernels(means->cpu),
                                   .network = rqa__network_kernels_of(means->cpu),
                                   .parallel = means->parallel,
                                   .cancel = means->cancel,
                                   .memory_bytes = means->memory_bytes};
    rqa__graph graph;
    int status = rqa__graph_count(&graph, task, parts, &with);
    if (!status)
        rqa__measure_graph(&graph.counts, rules->measures, value, reason);
    rqa__graph_free(&graph);
    return status;
}

int rqa__cell_measures(const rqa__rules *rules, const rqa__task *task,
                       const rqa__cell_means *means, double *value, uint8_t *reason)
{
    int status = RQA_OK;
    if (rqa__measures_cells(rules->measures) & RQA__CELLS_NETWORK)
        status = measure_network(rules, task, means, value, reason);
    return status;
}
