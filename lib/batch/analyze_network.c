/* analyze_network.c - a recurrence network from embeddings. */
#include "batch/analyze_network.h"

#include <math.h>
#include <stdio.h>

#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/analysis_memory.h"
#include "plan/context_state.h"

#define BIT(measure) RQA_MEASURE_BIT(RQA_MEASURE_##measure)
#define USUAL (BIT(TRANSITIVITY) | BIT(CLUSTERING) | BIT(ASSORTATIVITY) | BIT(COMPONENTS))

static int set_values(struct rqa_network *network)
{
    const rqa__graph_counts *counts = &network->graph.counts;
    for (int measure = 0; measure < RQA_MEASURE_COUNT; measure++) {
        network->value[measure] = NAN;
        network->why[measure] = RQA_REASON_NOT_COMPUTED;
    }
    rqa__measure_graph(counts, network->measures, network->value, network->why);
    if (!counts->twice_triangles)
        return RQA_OK;
    network->clustering = rqa__alloc_array((size_t)counts->n, sizeof *network->clustering);
    if (!network->clustering)
        return rqa__fail_memory("a recurrence network");
    for (uint64_t i = 0; i < counts->n; i++)
        network->clustering[i] = rqa__graph_clustering(counts, i);
    return RQA_OK;
}

static uint64_t last_bytes(const rqa__analysis *a, const rqa__task *task)
{
    return rqa__graph_least_memory(task, rqa__measures_cells(a->rules.measures));
}

static int refuse(const void *user, uint64_t n_bytes)
{
    const rqa__analysis *a = user;
    const int has_paths = (rqa__measures_cells(a->rules.measures) & RQA__CELLS_PATHS) != 0;
    char what[80];
    snprintf(what, sizeof what, "the network of %zu vectors%s", rqa__side_vectors(&a->task.x, 0),
             has_paths ? ", with paths," : "");
    return rqa__analysis_check_memory(a, n_bytes, what);
}

static int count(struct rqa_network *network, rqa__analysis *a, const rqa_analysis_options *options)
{
    if (rqa__side_vectors(&a->task.x, 0) < 2)
        return rqa__fail(RQA_ERROR_TOO_SHORT, "x has 1 vector; a network needs two");
    a->last = last_bytes;
    int status = rqa__analysis_take_backend(a, rqa__analysis_thread_backend(a), 0);
    if (!status)
        status = rqa__analysis_set_bounds(a, options);
    const rqa__graph_means means = {.bits = rqa__cpu_bits_kernels(a->context->cpu),
                                    .network = rqa__network_kernels_of(a->context->cpu),
                                    .parallel = rqa__analysis_parallel(a),
                                    .cancel = a->cancel,
                                    .memory_bytes = rqa__analysis_memory(a),
                                    .refuse = refuse,
                                    .user = a};
    return status ? status
                  : rqa__graph_count(&network->graph, &a->task,
                                     rqa__measures_cells(network->measures), &means);
}

int rqa__network_of(struct rqa_network **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    rqa__analysis a;
    rqa_analysis_options wanted = *options;
    const uint64_t all = rqa__measures_of_cells(RQA__CELLS_NETWORK);
    wanted.measures = options->measures & all ? options->measures & all : USUAL;
    int status = rqa__analysis_begin(&a, x, y, &wanted);
    struct rqa_network *network = status ? NULL : rqa__calloc(1, sizeof *network);
    if (!status && !network)
        status = rqa__fail_memory("a recurrence network");
    if (!status) {
        network->measures = wanted.measures;
        status = count(network, &a, options);
    }
    rqa__analysis_end(&a);
    if (!status)
        status = set_values(network);
    if (status) {
        rqa__network_free(network);
        return status;
    }
    *out = network;
    return RQA_OK;
}

void rqa__network_free(struct rqa_network *network)
{
    if (!network)
        return;
    rqa__graph_free(&network->graph);
    rqa__free(network->clustering);
    rqa__free(network);
}
