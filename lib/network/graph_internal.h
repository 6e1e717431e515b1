/* graph_internal.h - a network while it is counted. */
#ifndef RQA_NETWORK_GRAPH_INTERNAL_H
#define RQA_NETWORK_GRAPH_INTERNAL_H

#include "base/look.h"
#include "network/graph_count.h"
#include "network/graph_rows.h"

/* Arrays are by place in the sorted order. */
typedef struct rqa__graph_run {
    rqa__graph_rows rows;
    const rqa__graph_means *means;
    unsigned n_workers;
    size_t n;
    uint64_t *degree;     /* [n] */
    uint64_t *triangles;  /* [worker][n] twice the triangles */
    uint64_t *neighbours; /* [n] or NULL */
    uint32_t *parent;     /* [worker][n] or NULL: forests of components */
    size_t first_job;     /* tile of job 0 */
    rqa__graph_source *source; /* [n_sources] */
    uint32_t *source_place;    /* [n_sources] */
    uint64_t *sets;            /* [worker][3 * n_words] reached, frontier, next */
    size_t n_words;
} rqa__graph_run;

/* graph_triangles.c: degrees, and twice the triangles where there is room for them. */
int rqa__graph_triangles(rqa__graph_run *run);
/* graph_edges.c: sums over neighbours, components. */
int rqa__graph_edges(rqa__graph_run *run);
uint64_t rqa__graph_components(rqa__graph_run *run);
/* graph_paths.c: from each of the sources; all rows are held. */
int rqa__graph_paths(rqa__graph_run *run, size_t n_sources);

/* On the threads there are. */
int rqa__graph_for(const rqa__graph_run *run, size_t n_jobs,
                   int (*job)(void *arg, size_t job, unsigned worker), void *arg);

#endif
