/* rate_bounds.h - from wanted recurrence rates to the bounds that reach them. */
#ifndef RQA_BATCH_RATE_BOUNDS_H
#define RQA_BATCH_RATE_BOUNDS_H

#include <stdatomic.h>

#include "backend/distance_rank.h"
#include "backend/parallel.h"
#include "batch/metrics_result.h"
#include "batch/source.h"

/* Of one embedding: x against y, or, auto and each side of a joint plot, against itself. */
typedef struct rqa__rate_search {
    struct rqa_context *context;
    const rqa__rules *rules;
    const rqa__source *source; /* whose units the thresholds are shown in */
    const rqa__side *x, *y;    /* equal, unless cross */
    uint32_t dim_index;
    int skips;                 /* some sample is missing */
    const rqa__parallel *parallel;
    const atomic_int *cancel;
} rqa__rate_search;

typedef struct rqa__rate_bound {
    double bound; /* -1: there are no cells */
    rqa__reached reached;
    int unreachable;            /* then bound is -1, reached NaN */
    uint64_t n_cells, n_reachable; /* of those, with a distance */
} rqa__rate_bound;

/* Bytes for an embedding of these sides, at most. */
uint64_t rqa__rate_memory(const rqa__rate_search *search);

/* For n rising rates, out[n]. 0 or a status with text; a rate that is out of reach is none. */
int rqa__rate_bounds(const rqa__rate_search *search, const double *rates, uint32_t n,
                     rqa__rate_bound *out);

#endif
