/* pool.c - a small thread pool: run n jobs on the caller and n_threads - 1 helpers. */
#include "base/pool.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"

typedef struct worker {
    rqa__pool *pool;
    rqa__thread thread;
    unsigned index;
} worker;

struct rqa__pool {
    unsigned n_workers; /* helpers and the caller */
    unsigned n_started; /* helpers that exist */
    worker *helper;
    rqa__mutex mutex;
    rqa__cond wake; /* a new round, or the end */
    rqa__cond done; /* the last helper left the round */
    uint64_t round;
    int is_open;     /* helpers may still join the round */
    unsigned n_busy; /* those that have */
    int quit;
    /* The round: written by run() under the mutex before helpers are woken. */
    rqa__job job;
    void *arg;
    size_t n_jobs;
    atomic_size_t next;
    atomic_int stop;
    int status;          /* under the mutex */
    size_t status_index; /* of the job that gave it */
    char text[512];
};

static void take_failure(rqa__pool *pool, size_t index, int status)
{
    rqa__mutex_lock(&pool->mutex);
    if (!pool->status || index < pool->status_index) {
        pool->status = status;
        pool->status_index = index;
        snprintf(pool->text, sizeof pool->text, "%s", rqa_last_error());
    }
    rqa__mutex_unlock(&pool->mutex);
    atomic_store(&pool->stop, 1);
}

static void work(rqa__pool *pool, unsigned index)
{
    for (;;) {
        size_t next = atomic_fetch_add(&pool->next, 1);
        if (next >= pool->n_jobs || atomic_load(&pool->stop))
            return;
        int status = pool->job(pool->arg, next, index);
        if (status)
            take_failure(pool, next, status);
    }
}

static void *helper_main(void *arg)
{
    worker *self = arg;
    rqa__pool *pool = self->pool;
    uint64_t seen = 0;
    rqa__mutex_lock(&pool->mutex);
    for (;;) {
        while (!(pool->is_open && pool->round != seen) && !pool->quit)
            rqa__cond_wait(&pool->wake, &pool->mutex);
        if (pool->quit)
            break;
        seen = pool->round;
        pool->n_busy++;
        rqa__mutex_unlock(&pool->mutex);
        work(pool, self->index);
        rqa__mutex_lock(&pool->mutex);
        if (--pool->n_busy == 0)
            rqa__cond_signal(&pool->done);
    }
    rqa__mutex_unlock(&pool->mutex);
    return NULL;
}

static int init_sync(rqa__pool *pool)
{
    int status = rqa__mutex_init(&pool->mutex);
    if (status)
        return status;
    status = rqa__cond_init(&pool->wake);
    if (!status) {
        status = rqa__cond_init(&pool->done);
        if (!status)
            return RQA_OK;
        rqa__cond_destroy(&pool->wake);
    }
    rqa__mutex_destroy(&pool->mutex);
    return status;
}

static int start_helpers(rqa__pool *pool, int all)
{
    unsigned n_helpers = pool->n_workers - 1;
    int status = RQA_OK;
    if (n_helpers == 0)
        return RQA_OK;
    pool->helper = rqa__calloc(n_helpers, sizeof *pool->helper);
    if (!pool->helper)
        return rqa__fail_memory("the thread pool");
    for (unsigned k = 0; !status && k < n_helpers; k++) {
        pool->helper[k].pool = pool;
        pool->helper[k].index = k + 1;
        status = rqa__thread_start(&pool->helper[k].thread, helper_main, &pool->helper[k]);
        pool->n_started += status == RQA_OK;
    }
    if (!status)
        return RQA_OK;
    if (!all) {
        pool->n_workers = pool->n_started + 1;
        return RQA_OK;
    }
    char why[160];
    snprintf(why, sizeof why, "%s", rqa_last_error());
    return rqa__fail(status, "%u threads are wanted, %u could be had: %s", pool->n_workers,
                     pool->n_started + 1, why);
}

static int create(rqa__pool **out, unsigned n_threads, int all)
{
    *out = NULL;
    rqa__pool *pool = rqa__calloc(1, sizeof *pool);
    if (!pool)
        return rqa__fail_memory("the thread pool");
    pool->n_workers = n_threads ? n_threads : 1;
    int status = init_sync(pool);
    if (status) {
        rqa__free(pool);
        return status;
    }
    status = start_helpers(pool, all);
    if (status) {
        rqa__pool_destroy(pool);
        return status;
    }
    *out = pool;
    return RQA_OK;
}

int rqa__pool_create(rqa__pool **out, unsigned n_threads)
{
    return create(out, n_threads, 1);
}

int rqa__pool_create_some(rqa__pool **out, unsigned n_threads)
{
    return create(out, n_threads, 0);
}

void rqa__pool_destroy(rqa__pool *pool)
{
    if (!pool)
        return;
    rqa__mutex_lock(&pool->mutex);
    pool->quit = 1;
    rqa__cond_broadcast(&pool->wake);
    rqa__mutex_unlock(&pool->mutex);
    for (unsigned k = 0; k < pool->n_started; k++)
        rqa__thread_join(&pool->helper[k].thread);
    rqa__cond_destroy(&pool->done);
    rqa__cond_destroy(&pool->wake);
    rqa__mutex_destroy(&pool->mutex);
    rqa__free(pool->helper);
    rqa__free(pool);
}

unsigned rqa__pool_n_workers(const rqa__pool *pool)
{
    return pool->n_workers;
}

int rqa__pool_run(rqa__pool *pool, size_t n_jobs, rqa__job job, void *arg)
{
    rqa__mutex_lock(&pool->mutex);
    pool->job = job;
    pool->arg = arg;
    pool->n_jobs = n_jobs;
    pool->status = RQA_OK;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->stop, 0);
    pool->round++;
    pool->is_open = 1;
    rqa__cond_broadcast(&pool->wake);
    rqa__mutex_unlock(&pool->mutex);

    work(pool, 0);

    /* No job is left: who has not woken by now is not waited for. */
    rqa__mutex_lock(&pool->mutex);
    pool->is_open = 0;
    while (pool->n_busy)
        rqa__cond_wait(&pool->done, &pool->mutex);
    int status = pool->status;
    rqa__mutex_unlock(&pool->mutex);
    if (status)
        rqa__error_text_set(pool->text);
    return status;
}
