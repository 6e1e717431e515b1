/* cpu_run.c - runs a task on CPU threads, as its plan says: picks the kernels once, and cuts. */
#include "backend/cpu_run.h"

#include "backend/engine_bits.h"
#include "backend/engine_cells.h"
#include "backend/engine_sweep.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

/* What the size of a workspace depends on. */
typedef struct extent {
    size_t n_samples;
    uint32_t n_channels, n_dims, n_thresholds, tallies;
    unsigned n_workers;
} extent;

struct rqa__cpu_worker {
    const rqa__bits_kernels *bits;
    const rqa__sweep_kernels *sweep;
    rqa__sweep_workspace *sweep_workspace; /* from the first task on that wants it */
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

int rqa__cpu_worker_create(rqa__cpu_worker **out, rqa__cpu cpu, uint64_t most_bytes)
{
    rqa__cpu_worker *worker = rqa__calloc(1, sizeof *worker);
    if (!worker)
        return rqa__fail_memory("a worker");
    pick_kernels(worker, cpu);
    worker->most_bytes = most_bytes;
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

size_t rqa__cpu_worker_bytes(void)
{
    return sizeof(rqa__cpu_worker) + rqa__sweep_workspace_bytes();
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
static int make_room(rqa__cpu_worker *worker, const rqa__task *task, const rqa__plan *plan,
                     unsigned n_workers)
{
    const extent next = extent_of(task, n_workers);
    const int keeps = plan->strategy == RQA__STRATEGY_SWEEP;
    if (keeps && is_within(&next, &worker->held))
        return RQA_OK;
    const size_t n_bytes = plan->n_bytes;
    if (worker->held_bytes > 0 &&
        (n_bytes > worker->most_bytes || worker->held_bytes > worker->most_bytes - n_bytes)) {
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

/* Who gets the tallies of a slice, and where it begins in the task. */
typedef struct slice_sink {
    rqa__tally_sink sink;
    void *user;
    uint32_t first_dim, first_threshold;
} slice_sink;

static int shift_indices(void *user, uint32_t dim_index, uint32_t threshold_index,
                         const rqa__tally *tally)
{
    const slice_sink *to = user;
    return to->sink(to->user, to->first_dim + dim_index, to->first_threshold + threshold_index,
                    tally);
}

static int run_slice(rqa__cpu_worker *worker, const rqa__task *slice, const rqa__plan *plan,
                     const rqa__parallel *parallel, const atomic_int *cancel, slice_sink *to)
{
    const unsigned n_workers = parallel && parallel->n_workers > 1 ? parallel->n_workers : 1;
    int status = make_room(worker, slice, plan, n_workers);
    if (status)
        return status;
    if (plan->strategy == RQA__STRATEGY_BITS)
        return rqa__engine_bits_run(slice, worker->bits, parallel, cancel, shift_indices, to);
    if (plan->strategy == RQA__STRATEGY_CELLS)
        return rqa__engine_cells_run(slice, worker->bits, cancel, shift_indices, to);
    return rqa__engine_sweep_run(slice, worker->sweep, worker->sweep_workspace, parallel, cancel,
                                 shift_indices, to);
}

int rqa__cpu_run(rqa__cpu_worker *worker, const rqa__task *task, const rqa__plan *plan,
                 const rqa__parallel *parallel, const atomic_int *cancel, rqa__tally_sink sink,
                 void *user)
{
    int status = RQA_OK;
    for (uint32_t d = 0; d < task->n_dims && !status; d += plan->n_dims)
        for (uint32_t t = 0; t < task->n_thresholds && !status; t += plan->n_thresholds) {
            const rqa__slice at = {
                d, (uint32_t)rqa__smaller(plan->n_dims, task->n_dims - d), t,
                (uint32_t)rqa__smaller(plan->n_thresholds, task->n_thresholds - t)};
            const rqa__task slice = rqa__task_slice(task, at);
            slice_sink to = {sink, user, d, t};
            status = run_slice(worker, &slice, plan, parallel, cancel, &to);
        }
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
