/* cost.c - predicted times: which strategy computes a task, and whether threads pay.
 *
 * The constants are nanoseconds on one core of a 2.3 GHz AVX-512 processor, fitted to runs of
 * 100 ... 6,000 samples, 1 and 10 dims, 1 ... 51 thresholds. Data with many short lines take up to
 * three times as long under either strategy, which hardly moves the point where one overtakes the
 * other: so the strategy is chosen by sizes, and only what a batch has left is told by the data too.
 * What matters is the ratio; rqa_context_calibrate() measures the scale.
 */
#include "plan/cost.h"

#include "lines/tally.h"

static const struct {
    double run;      /* one (dim, threshold) */
    double vector;   /* a vector of x or y in it */
    double maximum;  /* a pair of the half matrix: maximum norm */
    double sum;      /* the same, norms that add */
    double sum_term; /* and for each term of the sum beyond the first */
    double full;     /* a pair when offsets or recurrence times are wanted */
    double twice;    /* times as much where white lines take a pass of their own */
} bits = {2000, 38, 0.13, 0.10, 0.03, 0.16, 1.7};

static const struct {
    double task;
    double term;             /* a cell, for each term of the largest dim */
    double dim;              /* a cell and dim */
    double threshold;        /* a cell, dim and threshold */
    double white;            /* a column cell and dim */
    double white_threshold;  /* the same, for each threshold */
    double time;             /* a column cell and dim: recurrence times */
    double time_threshold;
    double offset;           /* a diagonal cell and dim */
    double result;           /* a dim and threshold */
    double pass;             /* thresholds that one pass can take */
} sweep = {15000, 0.11, 0.015, 0.010, 0.05, 0.0125, 2.2, 0.04, 0.5, 250, 254};

/* Where the data have been looked at: a run that ends costs what many cells do in which none does,
 * and its price is left out of the others. Bit rows were fitted to noise, steps, waves, a random walk
 * and the logistic map of 500 and 4,000 samples at recurrence rates of 0.01 ... 0.6: the scatter of
 * measured over predicted times falls from a factor of 1.9 to one of 1.16. Threshold indices were
 * fitted to 288 eye movements of 500 ... 6,000 samples, one and two channels, at rates of 0.0002 and
 * of 0.1, 5 and 10 dims, 51 thresholds: from a factor of 1.5 to one of 1.2. */
static const struct {
    double bits_run;        /* cells worth the end of a run */
    double bits_usual;      /* crossings that the constants above include */
    double term, dim;       /* as those of `sweep`, without ends of runs */
    double line;            /* a vector and dim: the ends of its column and diagonal */
    double result;          /* as that of `sweep`, with the measures made of it */
    double change;          /* thresholds worth a change at every cell */
} look = {16, 0.05, 0.02, 0.07, 100, 2000, 500};

static double bits_cost(const rqa__task *task, const rqa__transitions *seen)
{
    double total = 0;
    double share = task->relation == RQA__RELATION_CROSS ? 1 : 0.5;
    if (task->relation == RQA__RELATION_JOINT)
        share *= 1.6; /* two matrices, one line extraction */
    for (uint32_t d = 0; d < task->n_dims; d++) {
        double terms = (double)task->x.dims[d] * task->x.n_channels;
        double rate = task->norm == RQA__NORM_MAXIMUM ? bits.maximum
                                                      : bits.sum + bits.sum_term * (terms - 1);
        if (task->tallies & (RQA__TALLY_OFFSETS | RQA__TALLY_RECURRENCE_TIME))
            rate += bits.full;
        if (rqa__task_cuts(task) && task->tallies & RQA__TALLY_WHITE)
            rate *= bits.twice;
        if (seen)
            rate *= (1 + look.bits_run * seen->crossings) / (1 + look.bits_run * look.bits_usual);
        double n_vectors = (double)rqa__side_vectors(&task->x, d) +
                           (double)rqa__side_vectors(&task->y, d);
        total += bits.run + bits.vector * n_vectors + rate * share * rqa__task_pairs(task, d);
    }
    return total * task->n_thresholds;
}

/* Cells that diagonals and columns visit, relative to the whole matrix. */
static double diagonal_share(const rqa__task *task)
{
    if (!(task->tallies & (RQA__TALLY_DIAGONAL | RQA__TALLY_OFFSETS)))
        return 0;
    return task->relation == RQA__RELATION_CROSS ? 1 : 0.5;
}

static double column_share(const rqa__task *task)
{
    if (!(task->tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE)))
        return 0;
    return task->upper_only ? 0.5 : 1;
}

static double sweep_cost(const rqa__task *task, const rqa__transitions *seen)
{
    if (task->n_dims == 0)
        return sweep.task;
    double n_thresholds = task->n_thresholds, total = sweep.task;
    double passes = (double)(uint64_t)((n_thresholds + sweep.pass - 1) / sweep.pass);
    double n_runs = seen ? look.change * seen->changes : n_thresholds; /* in thresholds */
    double diagonal = diagonal_share(task), column = column_share(task);
    double terms = (double)task->x.dims[task->n_dims - 1] * task->x.n_channels;
    total += passes * (seen ? look.term : sweep.term) * terms * (diagonal + column) * rqa__task_pairs(task, 0);
    double per_column = 0, per_diagonal = 0;
    if (task->tallies & RQA__TALLY_WHITE)
        per_column += sweep.white + sweep.white_threshold * n_runs;
    if (task->tallies & RQA__TALLY_RECURRENCE_TIME)
        per_column += sweep.time + sweep.time_threshold * n_runs;
    if (task->tallies & RQA__TALLY_OFFSETS)
        per_diagonal += sweep.offset;
    double per_cell = passes * (seen ? look.dim : sweep.dim) + sweep.threshold * n_runs;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        total += rqa__task_pairs(task, d) * (column * (per_cell + per_column) +
                                      diagonal * (per_cell + per_diagonal)) +
                 (seen ? look.result : sweep.result) * n_thresholds;
        if (seen)
            total += look.line * (double)rqa__side_vectors(&task->x, d);
    }
    return total;
}

rqa__profile rqa__profile_assumed(rqa__cpu cpu, unsigned n_threads)
{
    /* Of a GPU the counted instructions of its kernels are known, and no measurement. */
    rqa__profile profile = {1, 1, 0.9 * n_threads, 30000, 2, 1e6};
    if (n_threads == 1)
        profile.thread_speedup = 1;
    switch (cpu.level) {
    case RQA__LEVEL_AVX512:
        break;
    case RQA__LEVEL_AVX2:
        profile.bits_scale = 1.6;
        profile.sweep_scale = 1.1;
        break;
    default:
        profile.bits_scale = 8;
        profile.sweep_scale = 7;
    }
    return profile;
}

double rqa__cost_under(const rqa__profile *profile, const rqa__task *task, int strategy)
{
    return strategy == RQA__STRATEGY_BITS ? profile->bits_scale * bits_cost(task, NULL)
                                          : profile->sweep_scale * sweep_cost(task, NULL);
}

int rqa__strategy_is_possible(const rqa__task *task, int strategy)
{
    if (strategy == RQA__STRATEGY_SWEEP)
        return !task->limits;
    return !(rqa__task_cuts(task) && task->band_is_white && task->theiler_vertical > 0) &&
           task->x.n_samples < RQA__BITS_MAX_SAMPLES && task->y.n_samples < RQA__BITS_MAX_SAMPLES;
}

int rqa__strategy(const rqa__profile *profile, const rqa__task *task)
{
    if (!rqa__strategy_is_possible(task, RQA__STRATEGY_BITS))
        return RQA__STRATEGY_SWEEP;
    if (!rqa__strategy_is_possible(task, RQA__STRATEGY_SWEEP))
        return RQA__STRATEGY_BITS;
    return rqa__cost_under(profile, task, RQA__STRATEGY_BITS) <=
                   rqa__cost_under(profile, task, RQA__STRATEGY_SWEEP)
               ? RQA__STRATEGY_BITS
               : RQA__STRATEGY_SWEEP;
}

double rqa__cost(const rqa__profile *profile, const rqa__task *task)
{
    return rqa__cost_under(profile, task, rqa__strategy(profile, task));
}

double rqa__cost_factor(const rqa__profile *profile, const rqa__task *task,
                        const rqa__transitions *seen)
{
    return rqa__strategy(profile, task) == RQA__STRATEGY_BITS
               ? bits_cost(task, seen) / bits_cost(task, NULL)
               : sweep_cost(task, seen) / sweep_cost(task, NULL);
}

const char *rqa__strategy_words(int strategy)
{
    return strategy == RQA__STRATEGY_BITS ? "bit rows" : "threshold indices";
}

const char *rqa__strategy_name(int strategy)
{
    return strategy == RQA__STRATEGY_BITS ? "bits" : "sweep";
}
