/* batch_writer.h - the thread that puts finished units into the store. */
#ifndef RQA_BATCH_BATCH_WRITER_H
#define RQA_BATCH_BATCH_WRITER_H

#include "batch/batch_state.h"

int rqa__writer_start(struct rqa_batch *batch);
/* A unit on its way to the store: computed, or failed with a text. */
typedef struct rqa__parcel {
    struct rqa__parcel *next;
    uint64_t unit;
    int status;
    char *text;
    rqa__unit_rows rows;
} rqa__parcel;
/* An empty parcel with room for the rows of a unit. While too much is on its way, `wait` or NULL.
 */
int rqa__writer_take(struct rqa_batch *batch, uint64_t unit, int wait, rqa__parcel **out);
/* Hands it over, with rows and status set; if that is a failure, the calling thread's error
 * text goes with it. The writer accounts for the unit. */
void rqa__writer_give(struct rqa_batch *batch, rqa__parcel *parcel);
/* Writes what is left and ends the thread: 0 or the store's failure with text. */
int rqa__writer_stop(struct rqa_batch *batch);
/* Parcels that are worth having on their way with n_threads at work, and the most
 * bytes of one. */
size_t rqa__writer_parcels(const struct rqa_batch *batch, unsigned n_threads);
uint64_t rqa__writer_parcel_bytes(const struct rqa_batch *batch);

#endif
