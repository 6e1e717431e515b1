/* analysis_memory.h - what an analysis holds of the memory limit, and what all of its steps together take. */
#ifndef RQA_BATCH_ANALYSIS_MEMORY_H
#define RQA_BATCH_ANALYSIS_MEMORY_H

#include "batch/analysis_state.h"

/* Bytes that it holds now, beside its handles: rescaled series, and what its thresholds have become. */
uint64_t rqa__analysis_held(const rqa__analysis *a);
/* What it may take beside that. */
uint64_t rqa__analysis_memory(const rqa__analysis *a);

/* The least that the bounds of one side take while a search finds them; of that *kept stays. */
uint64_t rqa__analysis_bounds_bytes(const rqa__analysis *a, const rqa__bound_search *search,
                                    uint64_t *kept);
/* The least of what follows bounds: directions, and the last step. */
uint64_t rqa__analysis_later_bytes(const rqa__analysis *a);

/* What `what` takes beside what is held. 0, or RQA_ERROR_MEMORY_LIMIT with a text that says how much
 * does for all of the analysis, not for this step alone; but what a skeleton takes only its data say, and
 * another window, with missing samples or in another scale, may take more. */
int rqa__analysis_check_memory(const rqa__analysis *a, uint64_t n_bytes, const char *what);

#endif
