/* graph_order.h - the nodes of a network in an order that keeps neighbours together.
 *
 * Measures of a network do not depend on the order of its nodes. In slabs of the first coordinate of
 * their vectors, the neighbours of a node lie within a stretch of the order: no distance is below the
 * difference of one coordinate. Rows of the adjacency matrix are zero elsewhere. Within a slab nodes
 * are sorted by their last coordinate, so that in it too most of a row is zero.
 */
#ifndef RQA_NETWORK_GRAPH_ORDER_H
#define RQA_NETWORK_GRAPH_ORDER_H

#include "plan/task.h"

typedef struct rqa__graph_order {
    rqa__task task;  /* of the sorted vectors: their coordinates as channels, dim 1 */
    size_t n, slab;  /* nodes; and of each slab but the last */
    uint32_t *node;  /* [n] the vector at each place of the order */
    uint32_t *place; /* [n] and the place of each */
    uint32_t *end;   /* [n] no neighbour of a place's lies there or beyond; never falls */
    double *values;  /* the coordinates, of both sides of a joint task */
    const double **channel;
    uint32_t one;
} rqa__graph_order;

/* Of the first dim and threshold of a task that is auto or joint. 0 or RQA_ERROR_MEMORY without a
 * text; rqa__graph_order_free() follows. */
int rqa__graph_order_make(rqa__graph_order *order, const rqa__task *task);
void rqa__graph_order_free(rqa__graph_order *order);

/* A task of the size that `task` of an order has, without vectors; `one` is 1, and lasts as long. */
rqa__task rqa__graph_order_shape(const rqa__task *task, const uint32_t *one);

/* Upper estimate of its bytes. */
size_t rqa__graph_order_memory(const rqa__task *task);

#endif
