/* graph_jobs.c - the jobs of a count, on threads where there are any. */
#include "network/graph_internal.h"

int rqa__graph_for(const rqa__graph_run *run, size_t n_jobs,
                   int (*job)(void *arg, size_t job, unsigned worker), void *arg)
{
    const rqa__parallel *parallel = run->means->parallel;
    int status = RQA_OK;
    if (parallel)
        return parallel->run(parallel->pool, n_jobs, job, arg);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = job(arg, k, 0);
    return status;
}
