/* context_state.h - the context: threads, limits, log, kernel level. */
#ifndef RQA_PLAN_CONTEXT_STATE_H
#define RQA_PLAN_CONTEXT_STATE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"
#include "base/thread.h"
#include "cpu/level.h"
#include "plan/cost.h"
#include "rqa/context.h"

/* Devices, found on the first need by the room that knows them. Behind a pointer, because a
 * constant context finds them too. */
typedef struct rqa__device_slot {
    rqa__mutex mutex; /* guards what follows */
    void *list;
    void (*destroy)(void *list);
} rqa__device_slot;

struct rqa_context {
    unsigned n_threads;
    uint64_t memory_limit_bytes;
    double device_memory_share;
    uint32_t device_batch;
    rqa_log_callback log;
    void *log_user;
    int32_t log_level;
    struct rqa__log_queue *log_queue; /* with a log: lines of our own threads */
    int32_t forced_backend; /* from RQA_BACKEND, or AUTO */
    rqa__cpu cpu;
    rqa__profile profile; /* assumed until calibrated; then read by every call */
    int calibrated;
    int64_t process_id;
    rqa__mutex mutex;     /* guards idle_pool, n_analyses and the setting of cancel */
    rqa__pool *idle_pool; /* kept for the next call; NULL while in use or before the first */
    rqa__device_slot *devices;
    unsigned n_analyses;  /* between enter and leave */
    atomic_int cancel;    /* of all of them; cleared when the next one enters alone */
    char one_thread[64], all_threads[64]; /* for the backend list */
};

int rqa__context_new(struct rqa_context **out, const rqa_context_options *options);
void rqa__context_free(struct rqa_context *context);

/* RQA_ERROR_FORKED in a process other than the one that made the context. */
int rqa__context_check_process(const struct rqa_context *context);

/* RQA_ERROR_MEMORY_LIMIT naming what, n_bytes and the limit. */
int rqa__context_check_memory(const struct rqa_context *context, uint64_t n_bytes,
                              const char *what);

/* Borrows a pool of n_threads workers, or (some) of as many as can be started: the context's own when
 * it is idle, else a new one, so that a call made from a callback never waits for the call around
 * it. */
int rqa__context_take_pool(struct rqa_context *context, int some, rqa__pool **out);
void rqa__context_return_pool(struct rqa_context *context, rqa__pool *pool);

/* An analysis that can be cancelled enters, watches what that returns, and leaves. */
const atomic_int *rqa__context_enter(struct rqa_context *context);
void rqa__context_leave(struct rqa_context *context);
void rqa__context_cancel(struct rqa_context *context);

/* context_log.c: `log` gets lines on threads of the caller's; those of our own wait until one of the
 * caller's logs or flushes. */
int rqa__log_queue_create(struct rqa__log_queue **out);
void rqa__log_queue_destroy(struct rqa__log_queue *queue);
void rqa__context_log_flush(const struct rqa_context *context);
void rqa__context_log(const struct rqa_context *context, int32_t level, const char *format, ...)
    RQA__PRINTF(3, 4);

#endif
