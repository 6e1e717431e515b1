/* adjacency.h - the edges of a recurrence network, row by row in the order of time. */
#ifndef RQA_NETWORK_ADJACENCY_H
#define RQA_NETWORK_ADJACENCY_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/bits_table.h"
#include "plan/task.h"

/* Compressed rows: the neighbours of vector i are neighbours[starts[i]] .. neighbours[starts[i + 1] - 1],
 * rising. */
typedef struct rqa__adjacency {
    size_t n;
    uint64_t *starts; /* n + 1 */
    uint32_t *neighbours;
} rqa__adjacency;

typedef struct rqa__adjacency_means {
    const rqa__bits_kernels *kernels;
    const rqa__parallel *parallel; /* NULL: one thread */
    const atomic_int *cancel;
    /* Says whether so many bytes may be taken: 0, or a status with text. */
    int (*check_memory)(void *user, uint64_t n_bytes);
    void *user;
} rqa__adjacency_means;

/* Of the first dim and threshold of a symmetric task. 0 or a status with text; whatever it returns,
 * rqa__adjacency_free() follows. */
int rqa__adjacency_find(rqa__adjacency *out, const rqa__task *task, const rqa__adjacency_means *means);
/* What it takes beside the neighbours, whose number the plot says. */
uint64_t rqa__adjacency_work_bytes(const rqa__task *task, unsigned n_workers);
void rqa__adjacency_free(rqa__adjacency *adjacency);

#endif
