/* near_sweep.h - nearest neighbours in several dimensions at once, by one pass over all pairs: what
 * a search tree is no help for.
 *
 * All pairs are compared in whole numbers, in which no pair is farther apart than it is; what may
 * be nearer than the nearest so far is decided by distances in the documented order. So what is
 * found is what a search finds, the smallest index of equally near ones, whatever the order of the
 * pairs.
 */
#ifndef RQA_EXPLORE_NEAR_SWEEP_H
#define RQA_EXPLORE_NEAR_SWEEP_H

#include "explore/false_neighbours.h"

typedef struct rqa__near_sweep {
    const rqa__neighbour_question *q;
    const rqa__explore_crew *crew;
    uint32_t first_dim, last_dim;
    size_t n; /* vectors that have a sample after them in first_dim */
    double scale;
    double most_near; /* pairs whose distances are computed, for each vector, before it gives up */
    int is_vain;      /* given up: it knows nothing */
    uint16_t **x;     /* [n_channels] of the samples in whole numbers, 0 behind the last */
    uint16_t *most;   /* [2][dims][n]: what the kernel compares with */
    double *distance; /* [n][2][dims]: of the nearest so far */
    uint32_t *index;
    uint16_t *terms; /* of each worker */
    size_t n_blocks;
    size_t round;
    atomic_ullong n_near; /* pairs whose distances were computed */
} rqa__near_sweep;

/* Bytes for dimensions 1 .. dim, of any delay that leaves vectors. */
uint64_t rqa__near_sweep_memory(size_t n, uint32_t n_channels, uint32_t dim, unsigned n_workers);

/* Time of a pass over those dimensions for each vector, in the operations of a search; infinite
 * where it does not pay. */
double rqa__near_sweep_cost(const rqa__distance_kernels *kernels, size_t n, uint32_t first_dim,
                            uint32_t last_dim);

/* Dimensions first_dim .. last_dim of the question; guess[norm][i] is a point that may be near to
 * i, or RQA__TREE_NO_POINT. It gives up where it would not take less time than so many operations
 * of a search for each vector. 0 or a status with text; destroy it either way. */
int rqa__near_sweep_run(rqa__near_sweep *s, const rqa__explore_crew *crew,
                        const rqa__neighbour_question *question, uint32_t first_dim,
                        uint32_t last_dim, const uint32_t *const guess[2], double operations);
void rqa__near_sweep_destroy(rqa__near_sweep *s);

/* Norm 0 maximum, of the distances above 0; 1 Euclidean. The nearest neighbour of vector i; 0 where
 * the pass does not know it: index is then one that may be near. */
int rqa__near_sweep_knows(const rqa__near_sweep *s, uint32_t dim, uint32_t norm, size_t i,
                          uint32_t *index, double *distance);

#endif
