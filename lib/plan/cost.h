/* cost.h - predicted times: which strategy computes a task, and whether threads pay. */
#ifndef RQA_PLAN_COST_H
#define RQA_PLAN_COST_H

#include "cpu/level.h"
#include "plan/task.h"
#include "plan/transitions.h"

/* Strategies: bit rows, one (dim, threshold) after the other; threshold indices, all at once; cells that
 * are listed. */
enum {
    RQA__STRATEGY_BITS = 0,
    RQA__STRATEGY_SWEEP = 1,
    RQA__STRATEGY_CELLS = 2,
    RQA__N_STRATEGIES = 3
};

/* Bit rows keep positions in 32 bits with a flag: longer series go by threshold indices. */
#define RQA__BITS_MAX_SAMPLES ((size_t)1 << 29)

/* How this machine compares with those the constants in cost_rates.c were measured on. */
typedef struct rqa__profile {
    int level;              /* RQA__LEVEL_*, whose constants are scaled */
    double bits_scale;      /* time of bit rows, relative */
    double sweep_scale;     /* time of threshold indices, relative */
    double thread_speedup;  /* of all threads over one on a large task */
    double thread_start_ns; /* what it costs to involve them */
    double gpu_rate;        /* operations (pairs, of every threshold) a ns of one multiprocessor */
    double gpu_start_ns;    /* what it costs to involve a GPU */
} rqa__profile;

/* What is assumed of a kernel level until rqa_context_calibrate() has measured. */
rqa__profile rqa__profile_assumed(rqa__cpu cpu, unsigned n_threads);

/* Predicted nanoseconds of a task on one thread under a strategy, and under the better one. */
double rqa__cost_under(const rqa__profile *profile, const rqa__task *task, int strategy);
double rqa__cost(const rqa__profile *profile, const rqa__task *task);
/* The same under a strategy, from what has been seen of the data. */
double rqa__cost_seen(const rqa__profile *profile, const rqa__task *task, int strategy,
                      const rqa__transitions *seen);
/* How many times as long it takes, from what has been seen of its data. */
double rqa__cost_factor(const rqa__profile *profile, const rqa__task *task,
                        const rqa__transitions *seen);

/* The one place where the strategy is chosen: the lower predicted cost. */
int rqa__strategy(const rqa__profile *profile, const rqa__task *task);
/* Whether a strategy can compute the task at all. */
int rqa__strategy_is_possible(const rqa__task *task, int strategy);
const char *rqa__strategy_name(int strategy);
/* The same for a sentence. */
const char *rqa__strategy_words(int strategy);

#endif
