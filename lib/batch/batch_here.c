/* batch_here.c - a batch without a thread of its own: whoever waits for it does its work.
 *
 * Where not even the driver can be started, the work begins with the first wait and is done before
 * that returns. Events come between the units, and whenever a unit needs the room that an event
 * makes. All runs on one thread then: there is no pool, and the store is written in between.
 */
#include "batch/batch_here.h"

static _Thread_local const rqa__here *working;

void rqa__here_enter(rqa__here *here)
{
    here->before = working;
    working = here;
    rqa__batch_breathe(here->batch); /* that it has started */
    rqa__thread_set_own(1);
}

void rqa__here_leave(const rqa__here *here)
{
    rqa__thread_set_own(0);
    working = here->before;
}

/* Whether the calling thread did. */
static int breathe_locked(struct rqa_batch *batch)
{
    const rqa__here *h = working;
    if (!h || h->batch != batch)
        return 0;
    rqa__thread_set_own(0); /* the callbacks run on a thread of the caller's */
    h->pump(batch, 0, h->callback, h->user);
    rqa__thread_set_own(1);
    return 1;
}

void rqa__batch_breathe(struct rqa_batch *batch)
{
    if (!working)
        return;
    rqa__mutex_lock(&batch->sync.mutex);
    breathe_locked(batch);
    rqa__mutex_unlock(&batch->sync.mutex);
}

void rqa__batch_await_room_locked(struct rqa_batch *batch)
{
    if (!breathe_locked(batch))
        rqa__cond_wait(&batch->sync.room, &batch->sync.mutex);
}
