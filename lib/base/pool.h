/* pool.h - a small thread pool: run n jobs on the caller and n_threads - 1 helpers. */
#ifndef RQA_BASE_POOL_H
#define RQA_BASE_POOL_H

#include <stddef.h>

typedef struct rqa__pool rqa__pool;

/* A job returns 0 or a status; jobs are handed out in rising order of index. */
typedef int (*rqa__job)(void *arg, size_t index, unsigned worker);

/* Starts n_threads - 1 threads (the caller of run is worker 0). 0 or a status with text. */
int rqa__pool_create(rqa__pool **out, unsigned n_threads);
/* The same with as many as the system lets be started, if need be the caller alone. */
int rqa__pool_create_some(rqa__pool **out, unsigned n_threads);
void rqa__pool_destroy(rqa__pool *pool); /* NULL allowed; no run may be going on */

unsigned rqa__pool_n_workers(const rqa__pool *pool);

/* Runs the jobs and returns when all have ended: 0, or the status of the failed job with the
 * lowest index among those that ran, its error text set on the calling thread; jobs not yet
 * begun when one fails are not run. Helpers that have not woken when no job is left are not waited
 * for. One run at a time. */
int rqa__pool_run(rqa__pool *pool, size_t n_jobs, rqa__job job, void *arg);

#endif
