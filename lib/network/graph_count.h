/* graph_count.h - counts a recurrence network: degrees, triangles, components, shortest paths. */
#ifndef RQA_NETWORK_GRAPH_COUNT_H
#define RQA_NETWORK_GRAPH_COUNT_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "cpu/level.h"
#include "cpu/network_table.h"
#include "measures/graph_counts.h"
#include "measures/measure_list.h"
#include "plan/task.h"

/* Up to so many vectors paths are counted from all of them, beyond from so many sources. */
enum { RQA__GRAPH_EXACT_PATHS = 10000, RQA__GRAPH_SOURCES = 256 };

/* What it works with. */
typedef struct rqa__graph_means {
    const rqa__bits_kernels *bits;
    const rqa__network_kernels *network;
    const rqa__parallel *parallel; /* NULL: one thread */
    const atomic_int *cancel;      /* may be NULL */
    uint64_t memory_bytes;         /* that it may take in all */
    /* What is told where that is too little: RQA_ERROR_MEMORY_LIMIT with a text. */
    int (*refuse)(const void *user, uint64_t n_bytes);
    const void *user;
} rqa__graph_means;

/* Counts; the arrays of `counts` are freed by rqa__graph_counts_free(). */
typedef struct rqa__graph {
    rqa__graph_counts counts;
    uint64_t *degree, *twice_triangles, *neighbour_degrees;
    rqa__graph_source *source;
} rqa__graph;

/* The fastest there are. */
const rqa__network_kernels *rqa__network_kernels_of(rqa__cpu cpu);

/* Of the first dim and threshold of a task, auto or joint, the RQA__CELLS_* of `parts`. 0 or a status
 * with its text; rqa__graph_free() follows. */
/* Bytes that suffice for it on one thread, however dense it is. */
uint64_t rqa__graph_least_memory(const rqa__task *task, uint32_t parts);
int rqa__graph_count(rqa__graph *out, const rqa__task *task, uint32_t parts,
                     const rqa__graph_means *means);
void rqa__graph_free(rqa__graph *graph);

#endif
