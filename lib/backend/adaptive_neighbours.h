/* adaptive_neighbours.h - the symmetric plot in which every vector in turn is linked with its nearest
 * one. */
#ifndef RQA_BACKEND_ADAPTIVE_NEIGHBOURS_H
#define RQA_BACKEND_ADAPTIVE_NEIGHBOURS_H

#include "backend/distance_rank.h"

/* In each of so many rounds every vector, by rising index, is linked both ways with the nearest, by
 * distance and then by index, of those that it is not linked with yet: of the cells that the Theiler
 * window keeps, and never with itself (Xu, Zhang, Small: PNAS 105, 19601 (2008)). A vector that is
 * linked with all makes no more links. x is y. No cell depends on the number of workers. 0, or a
 * status with text; then nothing is in `out`. */
int rqa__adaptive_neighbours(rqa__cell_lists *out, const rqa__ranked_cells *cells, uint64_t n_rounds,
                             const rqa__parallel *parallel, const atomic_int *cancel);
void rqa__cell_lists_free(rqa__cell_lists *lists);

/* Upper estimate of the bytes it needs, with the lists: O(vectors x rounds). */
uint64_t rqa__adaptive_memory(const rqa__ranked_cells *cells, uint64_t n_rounds, unsigned n_workers);
/* Of that the lists of n vectors at most; and what lists take that are there (0: none are). */
uint64_t rqa__adaptive_kept_bytes(uint64_t n, uint64_t n_rounds);
uint64_t rqa__cell_lists_bytes(const rqa__cell_lists *lists, size_t n);

#endif
