/* batch_store_off.c - what a batch asks of its store and writer, in a build without stores
 * (RQA_STORE=OFF): no batch has one, and none of this is reached. */
#include "base/error.h"
#include "batch/batch_store.h"
#include "batch/batch_writer.h"

static int refuse(void)
{
    return rqa__fail(RQA_ERROR_INTERNAL, "a batch has a store in a build without stores");
}

int rqa__batch_store_set(struct rqa_batch *batch, struct rqa_store *store)
{
    (void)batch, (void)store;
    return refuse();
}

void rqa__batch_store_free(struct rqa_batch *batch)
{
    (void)batch;
}

int rqa__batch_store_begin(struct rqa_batch *batch)
{
    (void)batch;
    return refuse();
}

int rqa__batch_store_end(struct rqa_batch *batch, int status)
{
    (void)batch, (void)status;
    return refuse();
}

int rqa__batch_store_claim(struct rqa_batch *batch, const uint64_t *units, size_t n)
{
    (void)batch, (void)units, (void)n;
    return refuse();
}

int rqa__writer_start(struct rqa_batch *batch)
{
    (void)batch;
    return refuse();
}

int rqa__writer_take(struct rqa_batch *batch, uint64_t unit, int wait, rqa__parcel **out)
{
    (void)batch, (void)unit, (void)wait, (void)out;
    return refuse();
}

void rqa__writer_give(struct rqa_batch *batch, rqa__parcel *parcel)
{
    (void)batch, (void)parcel;
}

int rqa__writer_stop(struct rqa_batch *batch)
{
    (void)batch;
    return refuse();
}

size_t rqa__writer_parcels(const struct rqa_batch *batch, unsigned n_threads)
{
    (void)batch, (void)n_threads;
    return 0;
}

uint64_t rqa__writer_parcel_bytes(const struct rqa_batch *batch)
{
    (void)batch;
    return 0;
}
