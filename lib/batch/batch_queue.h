/* batch_queue.h - the units of a batch in a queue, and in somebody's hand. */
#ifndef RQA_BATCH_BATCH_QUEUE_H
#define RQA_BATCH_BATCH_QUEUE_H

#include "batch/batch_state.h"

struct rqa__parcel;

/* A unit in somebody's hand: ours, with room for its rows. */
typedef struct rqa__hand {
    uint64_t unit;
    rqa__unit_rows rows;
    struct rqa__parcel *parcel; /* with a store */
} rqa__hand;

/* Units to run. Sorted ones, by falling cost, devices take from the front and threads from the
 * back, and a thread leaves to the devices what it would be the last to finish. */
typedef struct rqa__queue {
    struct rqa_batch *batch;
    const uint64_t *order;
    int sorted;
    /* Under the batch's mutex: */
    size_t front, back; /* units not taken yet: [front, back) of order */
    uint64_t *returned; /* taken, and given back by a device that failed */
    size_t n_returned;
    double left; /* predicted ns on one thread of what is not taken */
    int stop;
} rqa__queue;

/* Of units that may be returned, for so many. */
static inline size_t rqa__queue_bytes(size_t n_order)
{
    return n_order * sizeof(uint64_t);
}

int rqa__queue_open(rqa__queue *queue, struct rqa_batch *batch, const uint64_t *order,
                    size_t n_order, int sorted);
void rqa__queue_close(rqa__queue *queue);

enum { RQA__TAKE_AS_DEVICE = 1, RQA__TAKE_NO_WAIT = 2 };
/* The next unit for a thread or device; *open 0 without a failure: there is none to be had, or,
 * where it would not wait, none now. */
int rqa__queue_take(rqa__queue *queue, unsigned how, rqa__hand *hand, int *open);
/* A unit that was let go is for others. */
void rqa__queue_return(rqa__queue *queue, uint64_t unit);
void rqa__queue_stop(rqa__queue *queue);
/* Predicted ns of what is left, if all workers that are left take it. */
double rqa__queue_left_ns(rqa__queue *queue);

/* One unit by itself, in the same way; waits for room. */
int rqa__hand_take(struct rqa_batch *batch, uint64_t unit, rqa__hand *hand, int *open);
/* Hands the rows on, or the failure with the calling thread's text. */
void rqa__hand_close(struct rqa_batch *batch, rqa__hand *hand, int status);
/* Lets go of a unit that was not computed. */
void rqa__hand_drop(struct rqa_batch *batch, rqa__hand *hand);

/* Of all workers that are left together, in CPU threads; while a crew runs, the caller holds the
 * mutex. */
double rqa__crew_speed(const struct rqa_batch *batch);

#endif
