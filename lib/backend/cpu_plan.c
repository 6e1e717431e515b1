/* cpu_plan.c - what computing a task takes of memory, and the plan to do it within some.
 *
 * Threshold indices take all dims and thresholds in one pass, and memory for each pair of them.
 * Fewer at once cost a pass over all cells each: fewer dims are cheap where they are low, fewer
 * thresholds where dims are high. Bit rows take one dim and threshold after the other anyway.
 */
#include "backend/cpu_plan.h"

#include <math.h>

#include "backend/cpu_run.h"
#include "backend/engine_bits.h"
#include "backend/engine_cells.h"
#include "backend/engine_sweep.h"

size_t rqa__cpu_memory(const rqa__task *task, int strategy, unsigned n_threads)
{
    const size_t worker = rqa__cpu_worker_bytes();
    if (strategy == RQA__STRATEGY_BITS)
        return worker + rqa__engine_bits_memory(task, n_threads);
    if (strategy == RQA__STRATEGY_CELLS)
        return worker + rqa__engine_cells_memory(task);
    return worker + rqa__engine_sweep_memory(task, n_threads);
}

/* What the largest of a plan's slices takes: low dims have the most vectors, high ones the widest
 * rings of rows. */
static size_t slice_memory(const rqa__task *task, const rqa__plan *plan)
{
    size_t most = 0;
    for (uint32_t d = 0; d < task->n_dims; d += plan->n_dims) {
        const uint32_t left = task->n_dims - d, n_dims = left < plan->n_dims ? left : plan->n_dims;
        const rqa__task slice =
            rqa__task_slice(task, (rqa__slice){d, n_dims, 0, plan->n_thresholds});
        const size_t n_bytes = rqa__cpu_memory(&slice, plan->strategy, plan->n_threads);
        most = n_bytes > most ? n_bytes : most;
    }
    return most;
}

/* The least size that makes as few pieces of n as `most` does. */
static uint32_t even_share(uint32_t n, uint32_t most)
{
    uint32_t n_pieces = (n - 1) / most + 1;
    return (n - 1) / n_pieces + 1;
}

/* As many thresholds as there is memory for, in even pieces; 0: there is none for any. */
static uint32_t fitting_thresholds(const rqa__task *task, rqa__plan plan, uint64_t most_bytes)
{
    uint32_t fits = 0, too_many = task->n_thresholds + 1;
    while (too_many - fits > 1) {
        plan.n_thresholds = fits + (too_many - fits) / 2;
        if (slice_memory(task, &plan) <= most_bytes)
            fits = plan.n_thresholds;
        else
            too_many = plan.n_thresholds;
    }
    return fits > 0 ? even_share(task->n_thresholds, fits) : 0;
}

static double cost_in_slices(const rqa__profile *profile, const rqa__task *task,
                             const rqa__plan *plan)
{
    double cost = 0;
    for (uint32_t d = 0; d < task->n_dims; d += plan->n_dims) {
        const uint32_t left = task->n_dims - d, n_dims = left < plan->n_dims ? left : plan->n_dims;
        const uint32_t n_rest = task->n_thresholds % plan->n_thresholds;
        rqa__task slice = rqa__task_slice(task, (rqa__slice){d, n_dims, 0, plan->n_thresholds});
        cost += task->n_thresholds / plan->n_thresholds *
                rqa__cost_under(profile, &slice, plan->strategy);
        slice.n_thresholds = n_rest;
        if (n_rest > 0)
            cost += rqa__cost_under(profile, &slice, plan->strategy);
    }
    return cost;
}

/* The cheapest slices that fit under a strategy, if they are cheaper than what is in `best`. Fewer
 * dims make more slices: they pay only where they leave room for more thresholds. */
static void try_slices(rqa__plan *best, const rqa__profile *profile, const rqa__task *task,
                       int strategy, uint64_t most_bytes)
{
    rqa__plan plan = {.strategy = strategy, .n_dims = task->n_dims, .n_threads = best->n_threads};
    for (uint32_t n = 0; plan.n_dims > 0 && n < task->n_thresholds;) {
        n = plan.n_thresholds = fitting_thresholds(task, plan, most_bytes);
        plan.cost = n > 0 ? cost_in_slices(profile, task, &plan) : INFINITY;
        if (plan.cost < best->cost) {
            *best = plan;
            best->n_bytes = slice_memory(task, &plan);
        }
        plan.n_dims = plan.n_dims > 1 ? even_share(task->n_dims, plan.n_dims - 1) : 0;
    }
}

rqa__plan rqa__plan_whole(const rqa__task *task, int strategy, unsigned n_threads)
{
    return (rqa__plan){.strategy = strategy,
                       .n_dims = task->n_dims,
                       .n_thresholds = task->n_thresholds,
                       .n_threads = n_threads,
                       .n_bytes = rqa__cpu_memory(task, strategy, n_threads)};
}

int rqa__plan_make(rqa__plan *out, const rqa__profile *profile, const rqa__task *task,
                   unsigned n_threads, uint64_t most_bytes)
{
    *out = rqa__plan_whole(task, rqa__strategy(profile, task), n_threads);
    out->cost = rqa__cost_under(profile, task, out->strategy);
    if (out->n_bytes <= most_bytes)
        return 1;
    rqa__plan best = {.n_threads = n_threads, .cost = INFINITY};
    for (int k = 0; k < RQA__N_STRATEGIES; k++)
        if (rqa__strategy_is_possible(task, k))
            try_slices(&best, profile, task, k, most_bytes);
    if (best.cost < INFINITY) {
        *out = best;
        return 1;
    }
    out->n_dims = out->n_thresholds = 1; /* the least there is, whatever it takes */
    out->n_bytes = slice_memory(task, out);
    return 0;
}

size_t rqa__least_memory(const rqa__task *task, unsigned n_threads)
{
    size_t least = SIZE_MAX;
    for (int k = 0; k < RQA__N_STRATEGIES; k++) {
        const rqa__plan plan = {k, 1, 1, n_threads, 0, 0};
        const size_t n_bytes =
            rqa__strategy_is_possible(task, k) ? slice_memory(task, &plan) : SIZE_MAX;
        least = n_bytes < least ? n_bytes : least;
    }
    return least;
}
