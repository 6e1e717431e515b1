/* calibrate.c - measures what cost.c assumes: both strategies, what threads give, and a GPU. */
#include "backend/calibrate.h"

#include <math.h>
#include <stdatomic.h>

#include "backend/cpu_run.h"
#include "backend/device_run.h"
#include "base/memory.h"
#include "base/thread.h"
#include "plan/transitions.h"

enum { REPEATS = 3, LONG_SERIES = 8000, SHORT_SERIES = 600, TINY_SERIES = 40, N_DIMS = 5, N_THRESHOLDS = 20, LOOKS = 64 };

typedef struct trial {
    rqa__task task;
    int strategy;
    const rqa__parallel *parallel;
} trial;

static int ignore_tally(void *user, uint32_t dim, uint32_t threshold, const rqa__tally *tally)
{
    (void)user;
    (void)dim;
    (void)threshold;
    (void)tally;
    return 0;
}

/* Shortest of a few runs, in nanoseconds. */
static int time_trial(const trial *t, rqa__cpu cpu, double *best_ns)
{
    const rqa__plan plan =
        rqa__plan_whole(&t->task, t->strategy, t->parallel ? t->parallel->n_workers : 1);
    rqa__cpu_worker *worker;
    int status = rqa__cpu_worker_create(&worker, cpu, UINT64_MAX);
    if (status)
        return status;
    *best_ns = INFINITY;
    /* The first run warms up and counts only if it is the fastest. */
    for (int k = 0; k <= REPEATS && !status; k++) {
        double start_s = rqa__now_s();
        status = rqa__cpu_run(worker, &t->task, &plan, t->parallel, NULL, ignore_tally, NULL);
        *best_ns = fmin(*best_ns, 1e9 * (rqa__now_s() - start_s));
    }
    rqa__cpu_worker_destroy(worker);
    return status;
}

/* Two incommensurate waves: lines of all lengths, a few per cent recurrence. */
static void fill_series(double *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        value[i] = sin(0.11 * (double)i) + 0.5 * sin(0.037 * (double)i * sqrt(2));
}

static int time_both(rqa__profile *profile, const rqa__task *single, const rqa__task *grid,
                     rqa__cpu cpu, double *single_ns)
{
    const rqa__profile unit = {
        .level = profile->level, .bits_scale = 1, .sweep_scale = 1, .thread_speedup = 1};
    trial t = {*single, RQA__STRATEGY_BITS, NULL};
    int status = time_trial(&t, cpu, single_ns);
    if (status)
        return status;
    rqa__transitions seen = rqa__transitions_of(single, LOOKS);
    profile->bits_scale = *single_ns / rqa__cost_seen(&unit, single, RQA__STRATEGY_BITS, &seen);
    double grid_ns;
    t = (trial){*grid, RQA__STRATEGY_SWEEP, NULL};
    status = time_trial(&t, cpu, &grid_ns);
    seen = rqa__transitions_of(grid, LOOKS);
    profile->sweep_scale = grid_ns / rqa__cost_seen(&unit, grid, RQA__STRATEGY_SWEEP, &seen);
    return status;
}

typedef struct meeting {
    unsigned n_workers;
    atomic_uint n_there;
} meeting;

/* Until every worker has a job: a round ends without those that have none. */
static int meet(void *arg, size_t index, unsigned worker)
{
    meeting *m = arg;
    (void)index;
    (void)worker;
    atomic_fetch_add(&m->n_there, 1);
    while (atomic_load(&m->n_there) < m->n_workers)
        rqa__yield();
    return 0;
}

static int time_threads(rqa__profile *profile, struct rqa_context *context,
                        const rqa__task *single, double single_ns)
{
    profile->thread_speedup = 1;
    profile->thread_start_ns = 0;
    if (context->n_threads == 1)
        return RQA_OK;
    rqa__pool *pool;
    int status = rqa__context_take_pool(context, 1, &pool);
    if (status)
        return status;
    rqa__parallel parallel = rqa__parallel_from_pool(pool);
    trial t = {*single, RQA__STRATEGY_BITS, &parallel};
    double parallel_ns, start_ns = INFINITY;
    status = time_trial(&t, context->cpu, &parallel_ns);
    for (int k = 0; k < 20; k++) {
        double start_s = rqa__now_s();
        meeting all = {.n_workers = rqa__pool_n_workers(pool)};
        rqa__pool_run(pool, all.n_workers, meet, &all);
        start_ns = fmin(start_ns, 1e9 * (rqa__now_s() - start_s));
    }
    rqa__context_return_pool(context, pool);
    profile->thread_start_ns = start_ns;
    profile->thread_speedup = fmax(1, single_ns / parallel_ns);
    return status;
}

static int time_device(rqa__device *device, const struct rqa_context *context,
                       const rqa__task *task, double *best_ns)
{
    int status = RQA_OK;
    *best_ns = INFINITY;
    for (int k = 0; k <= REPEATS && !status; k++) {
        double start_s = rqa__now_s();
        status = rqa__device_run_one(device, context, task, NULL, ignore_tally, NULL);
        *best_ns = fmin(*best_ns, 1e9 * (rqa__now_s() - start_s));
    }
    return status;
}

/* A hardly filled run for what it costs to begin; then longer ones, until the device is busy for a
 * while. */
static int time_gpu(rqa__profile *profile, const struct rqa_context *context, rqa__device *device,
                    const rqa__task *grid)
{
    static const double long_enough_ns = 5e6;
    rqa__task task = *grid;
    double start_ns, ns = 0, operations = 0;
    task.x.n_samples = task.y.n_samples = TINY_SERIES;
    int status = time_device(device, context, &task, &start_ns);
    for (size_t n = SHORT_SERIES; !status && ns < long_enough_ns && n <= LONG_SERIES; n *= 3) {
        task.x.n_samples = task.y.n_samples = n;
        operations = (double)n * (double)n * task.n_dims * task.n_thresholds;
        status = time_device(device, context, &task, &ns);
    }
    if (!status && device->info.n_processors > 0) {
        profile->gpu_start_ns = start_ns;
        profile->gpu_rate = operations / fmax(ns - start_ns, 0.1 * ns) / device->info.n_processors;
    }
    return status;
}

int rqa__calibrate(rqa__profile *profile, struct rqa_context *context)
{
    *profile = rqa__profile_assumed(context->cpu, context->n_threads);
    double *value = rqa__alloc_array(LONG_SERIES, sizeof *value);
    if (!value)
        return rqa__fail_memory("calibration");
    fill_series(value, LONG_SERIES);
    const double *channel[] = {value};
    const uint32_t one_dim[] = {3}, dims[N_DIMS] = {1, 2, 3, 4, 5};
    double bounds[N_DIMS * N_THRESHOLDS];
    for (int k = 0; k < N_DIMS * N_THRESHOLDS; k++)
        bounds[k] = 0.1 + 0.005 * (k % N_THRESHOLDS);
    rqa__side side = {channel, LONG_SERIES, 1, 6, one_dim};
    rqa__task single = {.relation = RQA__RELATION_AUTO,
                        .norm = RQA__NORM_EUCLIDEAN,
                        .n_dims = 1,
                        .n_thresholds = 1,
                        .x = side,
                        .y = side,
                        .bounds = bounds,
                        .tallies = RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL | RQA__TALLY_WHITE};
    rqa__task grid = single;
    grid.x.n_samples = grid.y.n_samples = SHORT_SERIES;
    grid.x.dims = grid.y.dims = dims;
    grid.n_dims = N_DIMS;
    grid.n_thresholds = N_THRESHOLDS;
    double single_ns;
    int status = time_both(profile, &single, &grid, context->cpu, &single_ns);
    if (!status)
        status = time_threads(profile, context, &single, single_ns);
    rqa__device *device = status ? NULL : rqa__device_usable(rqa__devices_of(context));
    if (device && time_gpu(profile, context, device, &grid))
        rqa__context_log(context, RQA_LOG_WARNING, "calibration: no figure of the GPU: %s",
                         rqa_last_error());
    rqa__free(value);
    return status;
}
