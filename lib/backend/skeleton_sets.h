/* skeleton_sets.h - sets of diagonal runs that touch, joined while offsets come one after the
 * other. */
#ifndef RQA_BACKEND_SKELETON_SETS_H
#define RQA_BACKEND_SKELETON_SETS_H

#include "backend/skeleton.h"

typedef struct rqa__skeleton_sets rqa__skeleton_sets;

/* Lines that stay, in no order. */
typedef struct rqa__skeleton_lines {
    rqa__skeleton_line *line;
    size_t n, room;
    const rqa__skeleton_means *means;
    uint64_t work_bytes; /* of those who find them */
} rqa__skeleton_lines;

/* RQA_ERROR_MEMORY_LIMIT with text if so many bytes are too many: how many more it takes only the plot
 * says. */
int rqa__skeleton_check_memory(const rqa__skeleton_lines *lines, uint64_t n_bytes);

/* For n vectors. NULL without memory. */
rqa__skeleton_sets *rqa__skeleton_sets_create(size_t n);
size_t rqa__skeleton_sets_bytes(size_t n);
void rqa__skeleton_sets_destroy(rqa__skeleton_sets *sets); /* NULL is allowed */

/* The next offset, from 0 on: its cells are bits, the first one bit 0. Lines that are known to stay
 * go to `out`. 0 or RQA_ERROR_MEMORY or _MEMORY_LIMIT with text. */
int rqa__skeleton_sets_take(rqa__skeleton_sets *sets, const uint64_t *bits, size_t n_cells,
                            rqa__skeleton_lines *out);
/* There are no more offsets. */
int rqa__skeleton_sets_end(rqa__skeleton_sets *sets, rqa__skeleton_lines *out);

#endif
