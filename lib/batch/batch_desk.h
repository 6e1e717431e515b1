/* batch_desk.h - where a device puts what it has counted, and the threads that compute measures from
 * it while the device goes on. */
#ifndef RQA_BATCH_BATCH_DESK_H
#define RQA_BATCH_BATCH_DESK_H

#include "batch/batch_unit.h"

typedef struct rqa__desk rqa__desk;

/* A desk with n_places places, one for each unit at a time, and as many threads as can be had of
 * n_threads. Copies of at most about most_bytes lie there; with more, who gives helps. */
int rqa__desk_create(rqa__desk **out, size_t n_places, unsigned n_threads, uint64_t most_bytes);
void rqa__desk_destroy(rqa__desk *desk); /* NULL allowed; every place is finished or dropped */

/* Has rqa__unit_take() called for a tally, at once or by another thread later: for one place in the
 * order of giving and never twice at a time. 0, or a status with text: of this call, or of an
 * earlier one for the place. One thread gives. */
int rqa__desk_give(rqa__desk *desk, size_t place, rqa__unit_worker *worker, uint32_t dim_index,
                   uint32_t threshold_index, const rqa__tally *tally);
/* Helps until nothing is left of a place, which is then as new. 0, or the status of what failed
 * there first, with its text; what was given after that is dropped. */
int rqa__desk_finish(rqa__desk *desk, size_t place);
/* The same without those that nobody has begun with. */
void rqa__desk_drop(rqa__desk *desk, size_t place);

#endif
