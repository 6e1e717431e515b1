/* job_threads.c - job_threads.h. */
#include "job_threads.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct job_thread {
    int (*job)(void *arg, size_t k, unsigned worker);
    void *arg;
    size_t k;
    int status;
    pthread_t thread;
} job_thread;

static void *thread_main(void *arg)
{
    job_thread *t = arg;
    t->status = t->job(t->arg, t->k, (unsigned)t->k);
    return NULL;
}

int job_threads_run(void *pool, size_t n_jobs, int (*job)(void *arg, size_t k, unsigned worker),
                    void *arg)
{
    job_thread *t = calloc(n_jobs, sizeof *t);
    int status = 0;
    (void)pool;
    for (size_t k = 0; k < n_jobs; k++) {
        t[k] = (job_thread){.job = job, .arg = arg, .k = k};
        pthread_create(&t[k].thread, NULL, thread_main, &t[k]);
    }
    for (size_t k = 0; k < n_jobs; k++) {
        pthread_join(t[k].thread, NULL);
        status = status != 0 ? status : t[k].status;
    }
    free(t);
    return status;
}
