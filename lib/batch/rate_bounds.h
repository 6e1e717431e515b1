/* rate_bounds.h - from wanted recurrence rates to the bounds that reach them. */
#ifndef RQA_BATCH_RATE_BOUNDS_H
#define RQA_BATCH_RATE_BOUNDS_H

#include "batch/bound_search.h"
#include "batch/metrics_result.h"

typedef struct rqa__rate_bound {
    double bound; /* -1: there are no cells */
    rqa__reached reached;
    int unreachable;            /* then bound is -1, reached NaN */
    uint64_t n_cells, n_reachable; /* of those, with a distance */
} rqa__rate_bound;

/* Bytes for an embedding of these sides, at most. */
uint64_t rqa__rate_memory(const rqa__bound_search *search);

/* For n rising rates, out[n]. 0 or a status with text; a rate that is out of reach is none. */
int rqa__rate_bounds(const rqa__bound_search *search, const double *rates, uint32_t n,
                     rqa__rate_bound *out);

#endif
