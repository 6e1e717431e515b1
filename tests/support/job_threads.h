/* job_threads.h - a rqa__parallel's run() without a pool: a thread for each job. */
#ifndef RQA_TESTS_JOB_THREADS_H
#define RQA_TESTS_JOB_THREADS_H

#include <stddef.h>

/* 0, or the status of the first job that has another. `pool` is not used. */
int job_threads_run(void *pool, size_t n_jobs, int (*job)(void *arg, size_t k, unsigned worker),
                    void *arg);

#endif
