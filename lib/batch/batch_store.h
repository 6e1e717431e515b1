/* batch_store.h - a batch and its store: the account of the run, who computes what, how it gets in.
 */
#ifndef RQA_BATCH_BATCH_STORE_H
#define RQA_BATCH_BATCH_STORE_H

#include "batch/batch_state.h"

int rqa__batch_store_set(struct rqa_batch *batch, struct rqa_store *store);
void rqa__batch_store_free(struct rqa_batch *batch);
struct rqa_store *rqa__batch_store_of(const struct rqa_batch *batch);
struct rqa__store_chosen;
/* The batch's items in this store; the caller frees *out. RQA_ERROR_MISMATCH if it does not compute
 * into it. */
int rqa__batch_store_items(const struct rqa_batch *batch, struct rqa_store *store,
                           struct rqa__store_chosen **out, size_t *n);
/* Registers the items, finds what is there: sets `present`, `n_rows` and `state` of the units. */
int rqa__batch_store_begin(struct rqa_batch *batch);
/* Gives back what was claimed and not computed, and closes the account of the run, which only a run
 * that completed fails for. */
int rqa__batch_store_end(struct rqa_batch *batch, int status);
/* Units that are claimed at a time, at most. */
enum { RQA__MAX_CLAIM = 256 };
/* Makes n units that are OPEN or BUSY ours unless somebody else has them, after another look at
 * what is there. */
int rqa__batch_store_claim(struct rqa_batch *batch, const uint64_t *units, size_t n);
/* Inside a transaction, for the writer: adds a unit's rows, or says why there are none. */
int rqa__batch_store_add(struct rqa_batch *batch, uint64_t unit, rqa__unit_rows *rows);
int rqa__batch_store_fail_item(struct rqa_batch *batch, uint64_t unit, int status,
                               const char *text);

#endif
