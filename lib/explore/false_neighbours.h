/* false_neighbours.h - false nearest neighbours and Cao's means, dimension by dimension. */
#ifndef RQA_EXPLORE_FALSE_NEIGHBOURS_H
#define RQA_EXPLORE_FALSE_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

#include "explore/explore_crew.h"

typedef struct rqa__neighbour_question {
    const double *const *channel; /* [n_channels] of n samples, none missing */
    uint32_t n_channels;
    size_t n;
    size_t delay;
    uint32_t exclusion; /* at least 1 */
    double sigma, rtol, atol;
} rqa__neighbour_question;

/* Of one dimension. */
typedef struct rqa__neighbour_answer {
    uint64_t n, criterion1, criterion2, either;
    double e, e_star; /* NaN where no distance is above 0 */
} rqa__neighbour_answer;

/* Dimensions 1 .. max_dim that leave two vectors with a sample after them. */
uint32_t rqa__neighbour_dims(size_t n, size_t delay, uint32_t max_dim);

/* Bytes for all that is needed up to that dimension. */
uint64_t rqa__neighbour_memory(size_t n, uint32_t n_channels, uint32_t dim, unsigned n_workers);

/* answer[0 .. n_dims - 1]; n_dims as above. 0 or a status with text. */
int rqa__neighbour_counts(const rqa__explore_crew *crew, const rqa__neighbour_question *question,
                          uint32_t n_dims, rqa__neighbour_answer *answer);

#endif
