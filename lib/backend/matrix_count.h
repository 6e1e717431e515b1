/* matrix_count.h - line counts of a matrix of words on threads, by the engine of strips where that
 * takes it. */
#ifndef RQA_BACKEND_MATRIX_COUNT_H
#define RQA_BACKEND_MATRIX_COUNT_H

#include "backend/matrix_tally.h"
#include "backend/parallel.h"

/* The tally that rqa__matrix_tally() gives, of a matrix of words without absent vectors. `parallel`
 * may be NULL; where the engine would take more than most_bytes it is rqa__matrix_tally() that
 * counts. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED with text, or the sink's result. */
int rqa__matrix_count(const rqa__matrix_view *matrix, const rqa__parallel *parallel,
                      uint64_t most_bytes, rqa__tally_sink sink, void *user);

#endif
