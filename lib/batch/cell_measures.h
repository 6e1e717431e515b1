/* cell_measures.h - measures that are read off the cells of the plot, on the host whatever counted the
 * lines. */
#ifndef RQA_BATCH_CELL_MEASURES_H
#define RQA_BATCH_CELL_MEASURES_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "cpu/level.h"
#include "plan/analysis_rules.h"
#include "plan/task.h"

typedef struct rqa__cell_means {
    rqa__cpu cpu;
    const rqa__parallel *parallel; /* NULL: one thread */
    const atomic_int *cancel;
    uint64_t memory_bytes; /* that they may take in all */
    /* What is told where that is too little: RQA_ERROR_MEMORY_LIMIT with a text. */
    int (*refuse)(const void *user, uint64_t n_bytes);
    const void *user;
} rqa__cell_means;

/* Writes those of rules->measures, for the first dim and threshold. value and reason have
 * RQA_MEASURE_COUNT entries. 0 or a status with its text. */
int rqa__cell_measures(const rqa__rules *rules, const rqa__task *task,
                       const rqa__cell_means *means, double *value, uint8_t *reason);
/* Bytes that suffice for them on one thread; 0: there are none. */
uint64_t rqa__cell_measures_memory(const rqa__rules *rules, const rqa__task *task);

#endif
