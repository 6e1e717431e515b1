/* task_draws.h - random tasks over the whole option space, and the tallies they must give.
 *
 * The oracle forms the matrix as bytes and follows the definitions of tally.h word by word.
 */
#ifndef RQA_TESTS_TASK_DRAWS_H
#define RQA_TESTS_TASK_DRAWS_H

#include "lines/tally.h"
#include "plan/task.h"

/* SplitMix64: the same draws everywhere. */
void task_seed(uint64_t seed);
size_t task_below(size_t n);

enum { MOST_CHANNELS = 3, MOST_DIMS = 3, MOST_THRESHOLDS = 3 };

typedef struct random_task {
    rqa__task task;
    double *samples[2][MOST_CHANNELS];
    const double *channels[2][MOST_CHANNELS];
    uint32_t dims[2][MOST_DIMS];
    double bounds[2][MOST_DIMS * MOST_THRESHOLDS];
} random_task;

/* A task of up to `most` samples; every bound is near, or exactly, the value of some pair. */
void random_task_create(random_task *r, uint64_t seed, size_t most);
void random_task_destroy(random_task *r);
void random_task_describe(char *out, size_t size, const random_task *r);

/* Sets `skips` as the samples have it; leaves out what parts and GPUs do not do with missing ones. */
void task_set_skips(rqa__task *t);
void task_drop_cuts(rqa__task *t);

/* A cell as verticals see it: -1 removed, 0 white, 1 recurrent. */
signed char task_cell(const rqa__task *t, uint32_t dim_index, size_t i, size_t j, int recurs);

/* Whether a pair recurs, by the definition. */
int task_recurs(const rqa__task *task, uint32_t dim_index, uint32_t threshold_index, size_t i,
                size_t j);

/* Compares what a sink receives with the oracle, in order. */
typedef struct task_check {
    const rqa__task *task;
    unsigned n_calls;
    char wrong[256]; /* the first difference, or empty */
} task_check;

int task_check_tally(void *check, uint32_t dim_index, uint32_t threshold_index,
                     const rqa__tally *tally);

/* rqa__cpu_run() of a whole task on this thread, by a strategy, or (-1) by the one that is faster. */
int task_on_cpu(const rqa__task *task, int strategy, rqa__tally_sink sink, void *user);

#endif
