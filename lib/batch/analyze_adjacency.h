/* analyze_adjacency.h - rqa_adjacency: the edges of a recurrence network, from embeddings. */
#ifndef RQA_BATCH_ANALYZE_ADJACENCY_H
#define RQA_BATCH_ANALYZE_ADJACENCY_H

#include "data/delay_embedding.h"
#include "network/adjacency.h"
#include "rqa/network.h"

struct rqa_adjacency {
    rqa__adjacency rows;
};

/* rqa_adjacency_create() after its NULL checks; the options are complete. */
int rqa__adjacency_of(struct rqa_adjacency **out, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options);
void rqa__adjacency_destroy(struct rqa_adjacency *adjacency); /* NULL is allowed */

#endif
