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
                                   .memory_bytes = means->memory_bytes,
                                   .refuse = means->refuse,
                                   .user = means->user};
    rqa__graph graph;
    int status = rqa__graph_count(&graph, task, parts, &with);
    if (!status)
        rqa__measure_graph(&graph.counts, rules->measures, value, reason);
    rqa__graph_free(&graph);
    return status;
}

/* Bytes of some work on so many threads. */
typedef uint64_t work_bytes(const rqa__rules *rules, const rqa__task *task, unsigned n_workers);

/* On all threads, or on one where memory does not do for more: *parallel. */
static int fit(work_bytes *bytes, const rqa__rules *rules, const rqa__task *task,
               const rqa__cell_means *means, const rqa__parallel **parallel)
{
    *parallel = means->parallel;
    if (*parallel && bytes(rules, task, (*parallel)->n_workers) > means->memory_bytes)
        *parallel = NULL;
    const uint64_t n_bytes = bytes(rules, task, *parallel ? (*parallel)->n_workers : 1);
    return n_bytes <= means->memory_bytes ? RQA_OK : means->refuse(means->user, n_bytes);
}

static uint64_t returns_bytes(const rqa__rules *rules, const rqa__task *task, unsigned n_workers)
{
    (void)rules;
    return rqa__side_vectors(&task->x, 0) * sizeof(uint64_t) +
           rqa__first_returns_memory(task, n_workers);
}

static int measure_returns(const rqa__rules *rules, const rqa__task *task,
                           const rqa__cell_means *means, double *value, uint8_t *reason)
{
    const size_t n = rqa__side_vectors(&task->x, 0);
    const rqa__parallel *parallel;
    int status = fit(returns_bytes, rules, task, means, &parallel);
    if (status)
        return status;
    uint64_t *count = rqa__alloc_array(n, sizeof *count);
    status = count ? rqa__first_returns(count, task, rqa__cpu_bits_kernels(means->cpu), parallel,
                                        means->cancel)
                   : rqa__fail_memory("the first returns");
    if (!status)
        rqa__measure_returns(count, n, value, reason);
    rqa__free(count);
    return status;
}

static uint64_t microstates_bytes(const rqa__rules *rules, const rqa__task *task,
                                  unsigned n_workers)
{
    return rqa__microstate_patterns(rules->microstate_size) * sizeof(uint64_t) +
           rqa__microstates_memory(task, rules->microstate_size, n_workers);
}

static int measure_microstates(const rqa__rules *rules, const rqa__task *task,
                               const rqa__cell_means *means, double *value, uint8_t *reason)
{
    const size_t n = rqa__microstate_patterns(rules->microstate_size);
    const rqa__parallel *parallel;
    int status = fit(microstates_bytes, rules, task, means, &parallel);
    if (status)
        return status;
    uint64_t *count = rqa__alloc_array(n, sizeof *count);
    status = count ? rqa__microstates(count, task, rules->microstate_size, rules->microstate_theiler,
                                      rqa__cpu_bits_kernels(means->cpu), parallel, means->cancel)
                   : rqa__fail_memory("the microstates");
    if (!status)
        rqa__measure_microstates(count, n, value, reason);
    rqa__free(count);
    return status;
}

static int measure_blocks(const rqa__task *task, const rqa__cell_means *means, double *value,
                          uint8_t *reason)
{
    const uint64_t n_bytes = rqa__blocks_memory(task);
    rqa__spectrum areas;
    if (n_bytes > means->memory_bytes)
        return means->refuse(means->user, n_bytes);
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
        status = measure_returns(rules, task, means, value, reason);
    if (!status && cells & RQA__CELLS_MICROSTATES)
        status = measure_microstates(rules, task, means, value, reason);
    if (!status && cells & RQA__CELLS_BLOCKS)
        status = measure_blocks(task, means, value, reason);
    return status;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint64_t rqa__cell_measures_memory(const rqa__rules *rules, const rqa__task *task)
{
    const uint32_t cells = rqa__measures_cells(rules->measures);
    uint64_t most = 0;
    if (cells & RQA__CELLS_NETWORK)
        most = rqa__graph_least_memory(task, cells & RQA__CELLS_NETWORK);
    if (cells & RQA__CELLS_RETURNS)
        most = larger(most, returns_bytes(rules, task, 1));
    if (cells & RQA__CELLS_MICROSTATES)
        most = larger(most, microstates_bytes(rules, task, 1));
    if (cells & RQA__CELLS_BLOCKS)
        most = larger(most, rqa__blocks_memory(task));
    return most;
}
