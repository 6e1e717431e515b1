/* batch_run.h - the life of a batch: create, add, start, wait, poll, cancel. */
#ifndef RQA_BATCH_BATCH_RUN_H
#define RQA_BATCH_BATCH_RUN_H

#include "rqa/store.h"

/* The public calls after their NULL and struct_size checks. */
int rqa__batch_new(struct rqa_batch **out, struct rqa_context *context,
                   const rqa_batch_options *options);
void rqa__batch_free(struct rqa_batch *batch);
int rqa__batch_add(struct rqa_batch *batch, const rqa_batch_item *item);
int rqa__batch_set_reached(struct rqa_batch *batch, double *reached, uint64_t n_rows);
int rqa__batch_set_table(struct rqa_batch *batch, double *values, uint8_t *reasons,
                         uint64_t n_rows);
int rqa__batch_set_store(struct rqa_batch *batch, struct rqa_store *store);
int rqa__batch_start(struct rqa_batch *batch);
int rqa__batch_wait(struct rqa_batch *batch, double timeout_s, rqa_batch_callback callback,
                    void *user);
rqa_batch_statistics rqa__batch_statistics(struct rqa_batch *batch);
void rqa__batch_cancel(struct rqa_batch *batch);
int rqa__batch_item_status(struct rqa_batch *batch, uint64_t item, const char **text);
const char *rqa__batch_explain(struct rqa_batch *batch);
int rqa__batch_predict(struct rqa_batch *batch, double *core_seconds);

#endif
