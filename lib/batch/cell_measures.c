/* cell_measures.c - measures that are read off the cells of the plot. */
#include "batch/cell_measures.h"

#include "backend/cpu_run.h"
#include "backend/first_returns.h"
#include "backend/microstates.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/blocks.h"
#include "measures/graph_counts.h"
#include "measures/measure_list.h"
#include "measures/measures.h"
#include "network/graph_count.h"

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

static int measure_returns(const rqa__task *task, const rqa__cell_means *means, double *value,
                           uint8_t *reason)
{
    const size_t n = rqa__side_vectors(&task->x, 0);
    uint64_t *count = rqa__alloc_array(n, sizeof *count);
    int status = count ? rqa__first_returns(count, task, rqa__cpu_bits_kernels(means->cpu),
                                            means->parallel, means->cancel)
                       : rqa__fail_memory("the first returns");
    if (!status)
        rqa__measure_returns(count, n, value, reason);
    rqa__free(count);
    return status;
}

static int measure_microstates(const rqa__rules *rules, const rqa__task *task,
                               const rqa__cell_means *means, double *value, uint8_t *reason)
{
    const size_t n = rqa__microstate_patterns(rules->microstate_size);
    uint64_t *count = rqa__alloc_array(n, sizeof *count);
    int status =
        count ? rqa__microstates(count, task, rules->microstate_size, rules->microstate_theiler,
                                 rqa__cpu_bits_kernels(means->cpu), means->parallel, means->cancel)
              : rqa__fail_memory("the microstates");
    if (!status)
        rqa__measure_microstates(count, n, value, reason);
    rqa__free(count);
    return status;
}

static int measure_blocks(const rqa__task *task, double *value, uint8_t *reason)
{
    rqa__spectrum areas;
    int status = rqa__blocks(&areas, task);
    if (!status)
        rqa__measure_blocks(&areas, value, reason);
    rqa__free((void *)areas.bin);
    return status;
}

int rqa__cell_measures(const rqa__rules *rules, const rqa__task *task,
                       const rqa__cell_means *means, double *value, uint8_t *reason)
{
    const uint32_t cells = rqa__measures_cells(rules->measures);
    int status = RQA_OK;
    if (cells & RQA__CELLS_NETWORK)
        status = measure_network(rules, task, means, value, reason);
    if (!status && cells & RQA__CELLS_RETURNS)
        status = measure_returns(task, means, value, reason);
    if (!status && cells & RQA__CELLS_MICROSTATES)
        status = measure_microstates(rules, task, means, value, reason);
    if (!status && cells & RQA__CELLS_BLOCKS)
        status = measure_blocks(task, value, reason);
    return status;
}
