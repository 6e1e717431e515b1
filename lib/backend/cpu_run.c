/* cpu_run.c - runs a task on CPU threads: picks the kernels once, the engine for each task. */
#include "backend/cpu_run.h"

#include "backend/engine_bits.h"
#include "backend/engine_sweep.h"
#include "backend/square_offsets.h"
#include "base/error.h"
#include "base/memory.h"

/* What the size of a workspace depends on. */
typedef struct extent {
    size_t n_samples;
    uint32_t n_channels, n_dims, n_thresholds, tallies;
    unsigned n_workers;
} extent;

struct rqa__cpu_worker {
    const rqa__bits_kernels *bits;
    const rqa__sweep_kernels *sweep;
    rqa__sweep_workspace *sweep_workspace;
    rqa__profile profile;
    uint64_t most_bytes;
    /* What the workspace has grown to: at most so many bytes, also after tasks within an extent. */
    size_t held_bytes;
    extent held;
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
        const int vbmi2 = (cpu.features & RQA__FEATURE_AVX512_VBMI2) != 0;
        worker->bits = vbmi2 ? &rqa__bits_avx512_vbmi2 : &rqa__bits_avx512;
        worker->sweep = vbmi2 ? &rqa__sweep_avx512_vbmi2 : &rqa__sweep_avx512;
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

const rqa__distance_kernels *rqa__cpu_distance_kernels(rqa__cpu cpu)
{
#if defined(__x86_64__)
    if (cpu.level == RQA__LEVEL_AVX512)
        return &rqa__distance_avx512;
    if (cpu.level == RQA__LEVEL_AVX2)
        return &rqa__distance_avx2;
#elif defined(__aarch64__)
    if (cpu.level == RQA__LEVEL_NEON)
        return &rqa__distance_neon;
#else
    (void)cpu;
#endif
    return &rqa__distance_ref;
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
    worker->most_bytes = UINT64_MAX;
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

void rqa__cpu_worker_limit(rqa__cpu_worker *worker, uint64_t most_bytes)
{
    worker->most_bytes = most_bytes;
}

static extent extent_of(const rqa__task *task, unsigned n_workers)
{
    size_t n_x = task->x.n_samples, n_y = task->y.n_samples;
    uint32_t c_x = task->x.n_channels, c_y = task->y.n_channels;
    return (extent){n_x > n_y ? n_x : n_y, c_x > c_y ? c_x : c_y, task->n_dims,
                    task->n_thresholds,    task->tallies,         n_workers};
}

static int is_within(const extent *a, const extent *b)
{
    return a->n_samples <= b->n_samples && a->n_channels <= b->n_channels &&
           a->n_dims <= b->n_dims && a->n_thresholds <= b->n_thresholds &&
           (a->tallies & ~b->tallies) == 0 && a->n_workers <= b->n_workers;
}

/* A workspace keeps the largest of each buffer that any task wanted, which together may be more
 * than any task needs: it begins anew rather than pass the limit. */
static int make_room(rqa__cpu_worker *worker, const rqa__task *task, int strategy,
                     unsigned n_workers, uint64_t most_bytes)
{
    const extent next = extent_of(task, n_workers);
    const int keeps = strategy == RQA__STRATEGY_SWEEP;
    if (keeps && is_within(&next, &worker->held))
        return RQA_OK;
    const size_t n_bytes = rqa__cpu_memory(task, strategy, n_workers);
    if (worker->held_bytes > 0 &&
        (n_bytes > most_bytes || worker->held_bytes > most_bytes - n_bytes)) {
        rqa__sweep_workspace_destroy(worker->sweep_workspace);
        worker->sweep_workspace = NULL;
        worker->held_bytes = 0;
        worker->held = (extent){0};
    }
    if (!keeps)
        return RQA_OK;
    if (!worker->sweep_workspace)
        worker->sweep_workspace = rqa__sweep_workspace_create();
    if (!worker->sweep_workspace)
        return RQA_ERROR_MEMORY;
    worker->held_bytes += n_bytes;
    worker->held = next;
    return RQA_OK;
}

static int run_engine(rqa__cpu_worker *worker, const rqa__task *task, uint64_t most_bytes,
                      const rqa__parallel *parallel, const atomic_int *cancel, rqa__tally_sink sink,
                      void *user)
{
    const unsigned n_workers = parallel && parallel->n_workers > 1 ? parallel->n_workers : 1;
    const int strategy = rqa__cpu_strategy(&worker->profile, task, n_workers, most_bytes);
    int status = make_room(worker, task, strategy, n_workers, most_bytes);
    if (status)
        return status;
    if (strategy == RQA__STRATEGY_BITS)
        return rqa__engine_bits_run(task, worker->bits, parallel, cancel, sink, user);
    return rqa__engine_sweep_run(task, worker->sweep, worker->sweep_workspace, parallel, cancel,
                                 sink, user);
}

static int run_twice(rqa__cpu_worker *worker, const rqa__task *task, const rqa__parallel *parallel,
                     const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    const size_t stored = rqa__offset_store_memory(task);
    const uint64_t left = worker->most_bytes > stored ? worker->most_bytes - stored : 0;
    rqa__offset_store store;
    int status = rqa__offset_store_init(&store, task, sink, user);
    if (status)
        return status;
    while (store.first_dim < task->n_dims && !status) {
        const rqa__task square = rqa__square_task(task, store.first_dim);
        status =
            run_engine(worker, &square, left, parallel, cancel, rqa__offset_store_collect, &store);
        store.first_dim += square.n_dims;
    }
    const rqa__task rest = rqa__without_offsets(task);
    if (!status)
        status =
            run_engine(worker, &rest, left, parallel, cancel, rqa__offset_store_deliver, &store);
    rqa__offset_store_free(&store);
    return status;
}

int rqa__cpu_run(rqa__cpu_worker *worker, const rqa__task *task, const rqa__parallel *parallel,
                 const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    int status = rqa__needs_square_offsets(task)
                     ? run_twice(worker, task, parallel, cancel, sink, user)
                     : run_engine(worker, task, worker->most_bytes, parallel, cancel, sink, user);
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
