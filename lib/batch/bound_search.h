/* bound_search.h - where bounds are looked for: the cells of one embedding, under its rules. */
#ifndef RQA_BATCH_BOUND_SEARCH_H
#define RQA_BATCH_BOUND_SEARCH_H

#include <stdatomic.h>

#include "backend/distance_rank.h"
#include "backend/parallel.h"
#include "batch/source.h"

/* Of one embedding: x against y, or, auto and each side of a joint plot, against itself. */
typedef struct rqa__bound_search {
    struct rqa_context *context;
    const rqa__rules *rules;
    const rqa__source *source; /* whose units the thresholds are shown in */
    const rqa__side *x, *y;    /* equal, unless cross */
    uint32_t dim_index;
    int skips;                 /* some sample is missing */
    uint64_t collected_bytes;  /* distances that are held at a time; 0: a share of the memory limit */
    uint64_t list_bytes;       /* neighbours, where few, are wanted cell by cell too, in so much; 0: not */
    const rqa__parallel *parallel;
    const atomic_int *cancel;
} rqa__bound_search;

/* Its sides with the dim alone, and the cells of them. */
typedef struct rqa__searched {
    rqa__side x, y;
    rqa__ranked_cells cells; /* which points to them */
} rqa__searched;

void rqa__search_open(rqa__searched *out, const rqa__bound_search *search);

/* Of the distances that are held at a time, where there is room. */
uint64_t rqa__search_collected_bytes(const struct rqa_context *context);

static inline unsigned rqa__search_workers(const rqa__bound_search *search)
{
    return search->parallel ? search->parallel->n_workers : 1;
}

#endif
