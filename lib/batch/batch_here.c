/* batch_here.c - a batch without a thread of its own: whoever waits for it does its work.
 *
 * Where not even the driver can be started, the work begins with the first wait and is done before
 * that returns. Events come between the units, and whenever a unit needs the room that an event
 * makes. All runs on one thread then: there is no pool, and the store is written in between.
 */
#include "batch/batch_run.h"
#include "batch/batch_state.h"

/* What the waiting thread gave, while it works. */
typedef struct here {
    struct rqa_batch *batch;
    rqa_batch_callback callback;
    void *user;
} here;

static _Thread_local here *working;

int rqa__batch_breathe_locked(struct rqa_batch *batch)
{
    here *h = working;
    if (!h || h->batch != batch)
        return 0;
    rqa__thread_set_own(0); /* the callbacks run on a thread of the caller's */
    rqa__batch_pump(batch, 0, h->callback, h->user);
    rqa__thread_set_own(1);
    return 1;
}

void rqa__batch_breathe(struct rqa_batch *batch)
{
    if (!working)
        return;
    rqa__mutex_lock(&batch->mutex);
    rqa__batch_breathe_locked(batch);
    rqa__mutex_unlock(&batch->mutex);
}

void rqa__batch_run_here(struct rqa_batch *batch, rqa_batch_callback callback, void *user)
{
    here own = {batch, callback, user}, *before = working;
    working = &own;
    rqa__batch_breathe(batch); /* that it has started */
    rqa__thread_set_own(1);
    rqa__batch_driver(batch);
    rqa__thread_set_own(0);
    working = before;
}
