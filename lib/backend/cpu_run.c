/* cpu_run.c - runs a task on CPU threads: picks the kernels once, the engine for each task. */
#include "backend/cpu_run.h"

#include "backend/engine_bits.h"
#include "backend/engine_sweep.h"
#include "backend/square_offsets.h"
#include "base/error.h"
#include "base/memory.h"

struct rqa__cpu_worker {
    const rqa__bits_kernels *bits;
    const rqa__sweep_kernels *sweep;
    rqa__sweep_workspace *sweep_workspace;
    rqa__profile profile;
};

static void pick_kernels(rqa__cpu_worker *worker, rqa__cpu cpu)
{
    worker->bits = &rqa__bits_ref;
    worker->sweep = &rqa__sweep_ref;
#if defined(__x86_64__)
    if (cpu.level >= RQA__LEVEL_AVX2 && cpu.level <= RQA__LEVEL_AVX512) {
        worker->bits = &rqa__bits_avx2;
        worker->sweep = &rqa__sweep_avx2;
    }
    if (cpu.level == RQA__LEVEL_AVX512) {
        worker->bits = cpu.features & RQA__FEATURE_AVX512_VBMI2 ? &rqa__bits_avx512_vbmi2
                                                                : &rqa__bits_avx512;
        worker->sweep = &rqa__sweep_avx512;
    }
#elif defined(__aarch64__)
    if (cpu.level == RQA__LEVEL_NEON) {
        worker->bits = &rqa__bits_neon;
        worker->sweep = &rqa__sweep_neon;
    }
#else
    (void)cpu;
#endif
}

const rqa__bits_kernels *rqa__cpu_bits_kernels(rqa__cpu cpu)
{
    rqa__cpu_worker worker;
    pick_kernels(&worker, cpu);
    return worker.bits;
}

int rqa__cpu_worker_create(rqa__cpu_worker **out, rqa__cpu cpu, const rqa__profile *profile)
{
    rqa__cpu_worker *worker = rqa__calloc(1, sizeof *worker);
    if (worker)
        worker->sweep_workspace = rqa__sweep_workspace_create();
    if (!worker || !worker->sweep_workspace) {
        rqa__free(worker);
        return rqa__fail_memory("a worker");
    }
    pick_kernels(worker, cpu);
    worker->profile = *profile;
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

size_t rqa__cpu_memory(const rqa__task *task, int strategy, unsigned n_workers)
{
    return strategy == RQA__STRATEGY_BITS ? rqa__engine_bits_memory(task, n_workers)
                                          : rqa__engine_sweep_memory(task, n_workers);
}

static int run_engine(const rqa__cpu_worker *worker, const rqa__task *task,
                      const rqa__parallel *parallel, const atomic_int *cancel,
                      rqa__tally_sink sink, void *user)
{
    if (rqa__strategy(&worker->profile, task) == RQA__STRATEGY_BITS)
        return rqa__engine_bits_run(task, worker->bits, parallel, cancel, sink, user);
    return rqa__engine_sweep_run(task, worker->sweep, worker->sweep_workspace, parallel, cancel,
                                 sink, user);
}

static int run_twice(const rqa__cpu_worker *worker, const rqa__task *task, const rqa__parallel *parallel,
                     const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    rqa__offset_store store;
    int status = rqa__offset_store_init(&store, task, sink, user);
    if (status)
        return status;
    while (store.first_dim < task->n_dims && !status) {
        const rqa__task square = rqa__square_task(task, store.first_dim);
        status = run_engine(worker, &square, parallel, cancel, rqa__offset_store_collect, &store);
        store.first_dim += square.n_dims;
    }
    const rqa__task rest = rqa__without_offsets(task);
    if (!status)
        status = run_engine(worker, &rest, parallel, cancel, rqa__offset_store_deliver, &store);
    rqa__offset_store_free(&store);
    return status;
}

int rqa__cpu_run(const rqa__cpu_worker *worker, const rqa__task *task, const rqa__parallel *parallel,
                 const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    int status = rqa__needs_square_offsets(task)
                     ? run_twice(worker, task, parallel, cancel, sink, user)
                     : run_engine(worker, task, parallel, cancel, sink, user);
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
