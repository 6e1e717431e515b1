/* batch_entry.h - a batch's numbers in its store, and what the store has of it. */
#ifndef RQA_BATCH_BATCH_ENTRY_H
#define RQA_BATCH_BATCH_ENTRY_H

#include "batch/batch_state.h"
#include "store/store_content.h"

struct rqa__batch_store {
    struct rqa_store *store;
    uint64_t measures; /* mask of what the batch computes */
    int64_t *setting;  /* [n_combinations] id of each */
    int32_t *in_unit;  /* [n_settings] combination within its unit of each setting id, -1 = not ours */
    size_t n_settings;
    rqa__store_worker worker;
    int64_t run;                       /* 0 = none begun */
    int64_t data_version;              /* of the store as it was entered */
    int64_t *row_setting, *row_reason; /* [rows of a unit] for the writer; */
    int64_t *row_window;               /* with windows, likewise */
};

/* In the store items are told apart by name: RQA_ERROR_VALUE if two are called alike. */
int rqa__entry_check_names(const struct rqa_batch *batch);
/* Registers the settings and the items, and reads what there is of every unit of this shard. */
int rqa__entry_make(struct rqa_batch *batch);
/* Reads what the store has of a unit, if that has changed since; *n_new = rows that it has now
 * and had not then. Inside a transaction. */
int rqa__entry_refresh(struct rqa_batch *batch, uint64_t unit, uint64_t *n_new);
/* At the end of a batch: RQA_ERROR_STORE if the store lacks results that it counts as done or found
 * there. */
int rqa__entry_verify(struct rqa_batch *batch);
/* A unit is done with: which of its rows there were is wanted no more. */
void rqa__entry_forget(rqa__unit *unit);
/* What entering has made. */
void rqa__entry_free(struct rqa__batch_store *bs);

#endif
