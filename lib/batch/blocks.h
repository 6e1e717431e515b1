/* blocks.h - the rectangles that a plot of equal values is made of. */
#ifndef RQA_BATCH_BLOCKS_H
#define RQA_BATCH_BLOCKS_H

#include "lines/tally.h"
#include "plan/task.h"

/* The rectangles a x b of a plot in which equal vectors recur: a run of a vector of x, b one in y. Bins
 * are their areas, rising, and how many there are of each; the caller frees out->bin. Of the first dim
 * of a task; no run goes through a vector with a missing sample. 0, or RQA_ERROR_MEMORY with a text. */
int rqa__blocks(rqa__spectrum *out, const rqa__task *task);
/* Bytes that it takes at most. */
uint64_t rqa__blocks_memory(const rqa__task *task);

#endif
