/* graph_counts.h - what is counted of a recurrence network, and the formulas over it. */
#ifndef RQA_MEASURES_GRAPH_COUNTS_H
#define RQA_MEASURES_GRAPH_COUNTS_H

#include <stdint.h>

#include "rqa/measure.h"

/* Shortest paths from one node. */
typedef struct rqa__graph_source {
    uint64_t n_reached; /* other nodes in its component */
    uint64_t sum;       /* of their distances */
    uint64_t farthest;
    double inverse_sum; /* of 1 / distance, by rising distance */
} rqa__graph_source;

/* Integers, by node in the order of time. */
typedef struct rqa__graph_counts {
    uint64_t n;
    const uint64_t *degree;
    const uint64_t *twice_triangles;   /* common neighbours summed over a node's edges */
    const uint64_t *neighbour_degrees;
    uint64_t n_components;
    const rqa__graph_source *source; /* [n_sources], all nodes, or some of them by chance */
    uint64_t n_sources;
} rqa__graph_counts;

/* Writes those of the mask. value and reason have RQA_MEASURE_COUNT entries. */
void rqa__measure_graph(const rqa__graph_counts *counts, uint64_t measures, double *value,
                        uint8_t *reason);

/* t / (k (k-1) / 2) of a node; NaN below degree 2. */
double rqa__graph_clustering(const rqa__graph_counts *counts, uint64_t node);

/* Standard error of a measure of paths from sampled sources, NaN of the diameter; 0 of what is exact. */
double rqa__graph_error(const rqa__graph_counts *counts, int32_t measure);

#endif
