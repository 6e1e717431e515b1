/* batch_crew.h - threads, and devices beside them, that run the units of a batch. */
#ifndef RQA_BATCH_BATCH_CREW_H
#define RQA_BATCH_BATCH_CREW_H

#include "batch/batch_state.h"

typedef struct rqa__crew {
    struct rqa_batch *batch;
    rqa__pool *pool;
    size_t n_devices; /* 0: threads alone */
} rqa__crew;

/* With the batch's devices, or threads alone. 0 or a status with text. */
int rqa__crew_open(rqa__crew *crew, struct rqa_batch *batch, int with_devices);
void rqa__crew_close(rqa__crew *crew);
/* Whether anybody is left in it. */
int rqa__crew_is_there(const rqa__crew *crew);

/* Runs the units of `order`, which it may sort. RQA_OK also where some are left open: the batch was
 * cancelled, or the devices have failed. */
int rqa__crew_run(rqa__crew *crew, uint64_t *order, size_t n_order);

#endif
