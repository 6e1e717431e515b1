/* parallel.h - how an engine asks for workers without knowing who owns the threads. */
#ifndef RQA_BACKEND_PARALLEL_H
#define RQA_BACKEND_PARALLEL_H

#include <stddef.h>

typedef struct rqa__parallel {
    unsigned n_workers;
    /* Calls job(arg, k, worker) once for every k < n_jobs, at most one at a time per worker
     * (worker < n_workers), and returns when all are done: 0, or the first non-zero result. */
    int (*run)(void *pool, size_t n_jobs, int (*job)(void *arg, size_t job_index, unsigned worker),
               void *arg);
    void *pool;
} rqa__parallel;

#endif
