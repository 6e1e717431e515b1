/* cpu_run.c - runs a task on CPU threads: picks the kernels once, the engine for each task. */
#include "backend/cpu_run.h"

#include "backend/engine_sweep.h"
#include "base/error.h"
#include "base/memory.h"

struct rqa__cpu_worker {
    const rqa__sweep_kernels *sweep_kernels;
    rqa__sweep_workspace *sweep_workspace;
};

static const rqa__sweep_kernels *sweep_kernels(rqa__cpu cpu)
{
    (void)cpu;
    return &rqa__sweep_ref;
}

int rqa__cpu_worker_create(rqa__cpu_worker **out, rqa__cpu cpu)
{
    rqa__cpu_worker *worker = rqa__calloc(1, sizeof *worker);
    if (worker)
        worker->sweep_workspace = rqa__sweep_workspace_create();
    if (!worker || !worker->sweep_workspace) {
        rqa__free(worker);
        return rqa__fail_memory("a worker");
    }
    worker->sweep_kernels = sweep_kernels(cpu);
    *out = worker;
    return RQA_OK;
}

void rqa__cpu_worker_destroy(rqa__cpu_worker *worker)
{
    if (!worker)
        return;
    rqa__sweep_workspace_destroy(worker->sweep_workspace);
    rqa__free(worker);
}

int rqa__cpu_strategy(const rqa__task *task)
{
    (void)task;
    return RQA__STRATEGY_SWEEP;
}

const char *rqa__strategy_name(int strategy)
{
    return strategy == RQA__STRATEGY_BITS ? "bits" : "sweep";
}

double rqa__cpu_cost(const rqa__task *task)
{
    return rqa__engine_sweep_cost(task);
}

size_t rqa__cpu_memory(const rqa__task *task, unsigned n_workers)
{
    return rqa__engine_sweep_memory(task, n_workers);
}

int rqa__cpu_run(rqa__cpu_worker *worker, const rqa__task *task, const rqa__parallel *parallel,
                 const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    int status = rqa__engine_sweep_run(task, worker->sweep_kernels, worker->sweep_workspace,
                                       parallel, cancel, sink, user);
    if (status == RQA_ERROR_MEMORY)
        return rqa__fail_memory("the line counts");
    if (status == RQA_ERROR_CANCELLED)
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    return status;
}

static int run_on_pool(void *pool, size_t n_jobs, int (*job)(void *, size_t, unsigned), void *arg)
{
    return rqa__pool_run(pool, n_jobs, job, arg);
}

rqa__parallel rqa__parallel_from_pool(rqa__pool *pool)
{
    return (rqa__parallel){rqa__pool_n_workers(pool), run_on_pool, pool};
}
