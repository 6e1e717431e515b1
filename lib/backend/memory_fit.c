/* memory_fit.c - what computing a task takes of memory, and how to do it with less.
 *
 * Threshold indices take all dims and thresholds in one pass, and memory for each pair of them.
 * Fewer dims at once save most of it and cost next to nothing; fewer thresholds cost a pass over
 * all cells each. Bit rows take one dim and threshold after the other anyway.
 */
#include "backend/memory_fit.h"

#include <math.h>

#include "backend/engine_bits.h"
#include "backend/engine_sweep.h"
#include "backend/square_offsets.h"

static const int strategies[] = {RQA__STRATEGY_BITS, RQA__STRATEGY_SWEEP};
enum { N_STRATEGIES = sizeof strategies / sizeof strategies[0] };

size_t rqa__cpu_memory(const rqa__task *task, int strategy, unsigned n_workers)
{
    size_t n_bytes = strategy == RQA__STRATEGY_BITS ? rqa__engine_bits_memory(task, n_workers)
                                                    : rqa__engine_sweep_memory(task, n_workers);
    return n_bytes + rqa__offset_store_memory(task);
}

int rqa__cpu_strategy(const rqa__profile *profile, const rqa__task *task, unsigned n_workers,
                      uint64_t most_bytes)
{
    const int best = rqa__strategy(profile, task);
    const int other = best == RQA__STRATEGY_BITS ? RQA__STRATEGY_SWEEP : RQA__STRATEGY_BITS;
    return rqa__cpu_memory(task, best, n_workers) > most_bytes &&
                   rqa__strategy_is_possible(task, other) &&
                   rqa__cpu_memory(task, other, n_workers) <= most_bytes
               ? other
               : best;
}

/* The least size that makes as few pieces of n as `most` does. */
static uint32_t even_share(uint32_t n, uint32_t most)
{
    uint32_t n_pieces = (n - 1) / most + 1;
    return (n - 1) / n_pieces + 1;
}

/* Thresholds that so many dims leave memory for, in even pieces; 0: for none. */
static uint32_t fitting_thresholds(const rqa__task *task, int strategy, uint32_t n_dims,
                                   unsigned n_workers, uint64_t most_bytes)
{
    rqa__task part = *task;
    uint32_t fits = 0, too_many = task->n_thresholds + 1;
    part.n_dims = n_dims;
    while (too_many - fits > 1) {
        part.n_thresholds = fits + (too_many - fits) / 2;
        if (rqa__cpu_memory(&part, strategy, n_workers) <= most_bytes)
            fits = part.n_thresholds;
        else
            too_many = part.n_thresholds;
    }
    return fits > 0 ? even_share(task->n_thresholds, fits) : 0;
}

static double cost_in_parts(const rqa__profile *profile, const rqa__task *task, int strategy,
                            uint32_t n_dims, uint32_t n_thresholds)
{
    const uint32_t n_full = task->n_thresholds / n_thresholds;
    const uint32_t n_rest = task->n_thresholds % n_thresholds;
    double cost = 0;
    for (uint32_t d = 0; d < task->n_dims; d += n_dims) {
        rqa__task part = *task;
        part.n_dims = n_dims < task->n_dims - d ? n_dims : task->n_dims - d;
        part.x.dims += d;
        part.y.dims += d;
        part.n_thresholds = n_thresholds;
        cost += n_full * rqa__cost_under(profile, &part, strategy);
        part.n_thresholds = n_rest;
        if (n_rest > 0)
            cost += rqa__cost_under(profile, &part, strategy);
    }
    return cost;
}

/* The cheapest parts under one strategy, if they are cheaper than what is in `out`. */
static void try_parts(rqa__memory_fit *out, const rqa__profile *profile, const rqa__task *task,
                      int strategy, unsigned n_workers, uint64_t most_bytes)
{
    rqa__task part = *task;
    uint32_t n_dims = task->n_dims;
    while (n_dims > 0) {
        uint32_t n = fitting_thresholds(task, strategy, n_dims, n_workers, most_bytes);
        double cost = n > 0 ? cost_in_parts(profile, task, strategy, n_dims, n) : INFINITY;
        if (cost < out->cost) {
            part.n_dims = n_dims;
            part.n_thresholds = n;
            *out = (rqa__memory_fit){n_dims, n, strategy,
                                     rqa__cpu_memory(&part, strategy, n_workers), cost};
        }
        /* Fewer dims make more parts: they pay only if they leave room for more thresholds. */
        n_dims = n == task->n_thresholds || n_dims == 1 ? 0 : even_share(task->n_dims, n_dims - 1);
    }
}

int rqa__fit_memory(rqa__memory_fit *out, const rqa__profile *profile, const rqa__task *task,
                    unsigned n_workers, uint64_t most_bytes)
{
    const int best = rqa__strategy(profile, task);
    const size_t n_bytes = rqa__cpu_memory(task, best, n_workers);
    *out = (rqa__memory_fit){task->n_dims, task->n_thresholds, best, n_bytes, INFINITY};
    if (n_bytes <= most_bytes) {
        out->cost = rqa__cost_under(profile, task, best);
        return 1;
    }
    for (int k = 0; k < N_STRATEGIES; k++)
        if (rqa__strategy_is_possible(task, strategies[k]))
            try_parts(out, profile, task, strategies[k], n_workers, most_bytes);
    if (out->cost < INFINITY)
        return 1;
    out->cost = rqa__cost_under(profile, task, best);
    return 0;
}

size_t rqa__least_memory(const rqa__task *task, unsigned n_workers)
{
    rqa__task part = *task;
    part.n_dims = part.n_thresholds = 1;
    size_t least = SIZE_MAX;
    for (int k = 0; k < N_STRATEGIES; k++) {
        size_t n_bytes = rqa__cpu_memory(&part, strategies[k], n_workers);
        if (rqa__strategy_is_possible(task, strategies[k]) && n_bytes < least)
            least = n_bytes;
    }
    return least;
}
