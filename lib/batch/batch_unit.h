/* batch_unit.h - one unit of work. */
#ifndef RQA_BATCH_BATCH_UNIT_H
#define RQA_BATCH_BATCH_UNIT_H

#include "backend/parallel.h"
#include "batch/batch_state.h"
#include "plan/task.h"

typedef struct rqa__unit_worker rqa__unit_worker;
/* cpu_bytes: what its tasks may take of memory; 0: it runs none itself. */
int rqa__unit_worker_create(rqa__unit_worker **out, struct rqa_batch *batch, uint64_t cpu_bytes);
void rqa__unit_worker_destroy(rqa__unit_worker *worker);
/* Bytes of one, without what its tasks take. */
uint64_t rqa__unit_worker_bytes(const struct rqa_batch *batch);

/* Fills the rows of a unit as its plan says; of those that are there already (`present`) only what
 * costs nothing. 0 or a status with text. */
int rqa__unit_run(rqa__unit_worker *worker, uint64_t unit, const rqa__unit_rows *rows,
                  const rqa__parallel *parallel);

/* The same in steps, for somebody else to run the tasks: the first selection of the unit's dims and
 * thresholds that is missing, or NULL; then, once its tallies have been taken, the next. `rows`
 * stays in use. 0 or a status with text. */
int rqa__unit_begin(rqa__unit_worker *worker, uint64_t unit, const rqa__unit_rows *rows,
                    const rqa__parallel *parallel, const rqa__task **selection);
int rqa__unit_next(rqa__unit_worker *worker, const rqa__task **selection);
/* The measures of one tally of the selection in hand, for every (lmin, vmin), into their rows. */
int rqa__unit_take(void *worker, uint32_t dim_index, uint32_t threshold_index,
                   const rqa__tally *tally);

#endif
