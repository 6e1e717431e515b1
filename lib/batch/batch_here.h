/* batch_here.h - a batch without a thread of its own: whoever waits for it does its work. */
#ifndef RQA_BATCH_BATCH_HERE_H
#define RQA_BATCH_BATCH_HERE_H

#include "batch/batch_state.h"

/* What the waiting thread gave, while it works. */
typedef struct rqa__here {
    struct rqa_batch *batch;
    /* Delivers what there is until the deadline; the caller holds the mutex. */
    void (*pump)(struct rqa_batch *batch, double deadline_s, rqa_batch_callback callback,
                 void *user);
    rqa_batch_callback callback;
    void *user;
    const struct rqa__here *before;
} rqa__here;

/* The calling thread works for the batch from here on, and delivers events when it breathes. */
void rqa__here_enter(rqa__here *here);
void rqa__here_leave(const rqa__here *here);

/* Delivers an event or two if the calling thread works here. */
void rqa__batch_breathe(struct rqa_batch *batch);
/* Until something may have changed that `room` stands for: waits for it, or delivers what takes up
 * the room. The caller holds the mutex, which is let go meanwhile. */
void rqa__batch_await_room_locked(struct rqa_batch *batch);

#endif
