/* matrix_count.h - line counts of a matrix of words on threads, by the engine of strips where that
 * takes it. */
#ifndef RQA_BACKEND_MATRIX_COUNT_H
#define RQA_BACKEND_MATRIX_COUNT_H

#include "backend/matrix_tally.h"
#include "backend/parallel.h"

/* The bytes that a count may take, and, where they are too few, those that suffice. */
typedef struct rqa__matrix_room {
    uint64_t most_bytes, needed_bytes;
} rqa__matrix_room;

/* The tally that rqa__matrix_tally() gives, of a matrix of words without absent vectors. `parallel`
 * may be NULL; where the engine would take more than most_bytes it is the engine on one thread, or
 * rqa__matrix_tally(), that counts. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED with text, the sink's
 * result, or RQA_ERROR_MEMORY_LIMIT without text. */
int rqa__matrix_count(const rqa__matrix_view *matrix, const rqa__parallel *parallel,
                      rqa__matrix_room *room, rqa__tally_sink sink, void *user);

#endif
