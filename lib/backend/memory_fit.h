/* memory_fit.h - what computing a task takes of memory, and how to do it with less. */
#ifndef RQA_BACKEND_MEMORY_FIT_H
#define RQA_BACKEND_MEMORY_FIT_H

#include "plan/cost.h"

/* Upper estimate of the bytes a task needs under a strategy. */
size_t rqa__cpu_memory(const rqa__task *task, int strategy, unsigned n_workers);

/* The cheaper strategy of those that need no more than so many bytes; of all where none does. */
int rqa__cpu_strategy(const rqa__profile *profile, const rqa__task *task, unsigned n_workers,
                      uint64_t most_bytes);

/* How a task is computed within some memory. */
typedef struct rqa__memory_fit {
    uint32_t n_dims, n_thresholds; /* at once, at most; all of the task where that fits */
    int strategy;
    size_t n_bytes;
    double cost; /* predicted ns on one thread, of all parts */
} rqa__memory_fit;

/* The cheapest way that n_workers together need no more than most_bytes for. 0: there is none, and
 * `out` is what would be best without a limit. */
int rqa__fit_memory(rqa__memory_fit *out, const rqa__profile *profile, const rqa__task *task,
                    unsigned n_workers, uint64_t most_bytes);

/* Bytes of the smallest part, one dim and threshold. */
size_t rqa__least_memory(const rqa__task *task, unsigned n_workers);

#endif
