/* analyze_network.h - rqa_network: a network that was counted, and its measures. */
#ifndef RQA_BATCH_ANALYZE_NETWORK_H
#define RQA_BATCH_ANALYZE_NETWORK_H

#include "data/delay_embedding.h"
#include "network/graph_count.h"
#include "rqa/network.h"

struct rqa_network {
    rqa__graph graph;
    uint64_t measures;
    double *clustering; /* NULL without triangles */
    double value[RQA_MEASURE_COUNT];
    uint8_t why[RQA_MEASURE_COUNT];
};

/* rqa_network_create() after its NULL checks; the options are complete. */
int rqa__network_of(struct rqa_network **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options);
void rqa__network_free(struct rqa_network *network); /* NULL allowed */

#endif
