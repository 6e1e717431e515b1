/* cost.c - predicted times: which strategy computes a task, and whether threads pay.
 *
 * The strategy is chosen by sizes alone: data with many short lines take longer under either strategy,
 * which hardly moves the point where one overtakes the other, and a look at them costs as much as it
 * wins. What a batch has left is told by the data too. What matters is the ratio;
 * rqa_context_calibrate() measures the scale. The constants are in cost_rates.c.
 */
#include "plan/cost.h"

#include "lines/tally.h"
#include "plan/cost_rates.h"

/* Thresholds that one pass of threshold indices can take. */
static const double most_in_pass = 254;

/* Of one multiprocessor of a GPU, from the counted instructions of its kernels (cuda/README.md): one
 * threshold and three coordinates take 12 for deciding an unordered pair, 4 for its diagonal, 8 for two
 * columns and some 4 for what ends there in noise. Of smooth data, whose boxes decide up to half of it, it is
 * some 22. The maximum norm takes less for deciding, 8 with these settings and 1 to 2 where dims share their
 * single samples, which one rate for all norms leaves out. Nothing of it has been measured on a card;
 * rqa_context_calibrate() does. */
static const struct {
    double issued; /* instructions of one lane a ns: 70 % of 128 a cycle, at 1.5 GHz */
    double pair;   /* instructions of an ordered pair and threshold */
    double start;  /* ns to involve it */
} gpu = {134, 14, 1e6};

static int wants_full(const rqa__task *task)
{
    return (task->tallies & (RQA__TALLY_OFFSETS | RQA__TALLY_RECURRENCE_TIME)) != 0;
}

/* Lines of shorter series, and those of all kinds, are followed (lib/backend/engine_bits_eroded_plan.c). */
static double crossings_that_cost(const rqa__bits_seen_rates *bits, const rqa__task *task, double crossings)
{
    enum { LEAST = 1500 };
    const double most = task->tallies & RQA__TALLY_WHITE ? bits->windows_white : bits->windows;
    const int by_windows = !wants_full(task) && rqa__side_vectors(&task->x, 0) >= LEAST;
    return by_windows && crossings > most ? most : crossings;
}

/* Roughly what lib/backend/engine_tiles.c takes. */
static int has_tiles(const rqa__task *task)
{
    return task->relation == RQA__RELATION_AUTO && !task->limits &&
           task->tallies & RQA__TALLY_DIAGONAL &&
           task->tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE);
}

/* A pair of the half matrix, with so many terms to its distance. */
static double pair_cost(const rqa__bits_rates *bits, const rqa__task *task, double terms)
{
    const double rate = task->norm == RQA__NORM_MAXIMUM ? bits->maximum
                                                        : bits->sum + bits->sum_term * (terms - 1);
    return wants_full(task) ? rate + bits->full : rate;
}

static double pair_cost_seen(const rqa__bits_seen_rates *bits, const rqa__task *task, double terms,
                             double crossings)
{
    const double open = task->norm == RQA__NORM_MAXIMUM
                            ? bits->maximum + bits->maximum_term * (terms - 1)
                            : bits->sum + bits->sum_term * (terms - 1);
    const double share = bits->reach * crossings;
    const double rate = has_tiles(task) ? bits->pair + (share < 1 ? share : 1) * open
                                        : bits->pair + bits->strips + open;
    return rate + bits->end * crossings_that_cost(bits, task, crossings) +
           (wants_full(task) ? bits->full_end * crossings : 0);
}

static double bits_cost(const rqa__rates *rates, const rqa__task *task, const rqa__transitions *seen)
{
    const double run = seen ? rates->bits_seen.run : rates->bits.run;
    const double vector = seen ? rates->bits_seen.vector : rates->bits.vector;
    double total = 0;
    double share = task->relation == RQA__RELATION_CROSS ? 1 : 0.5;
    if (task->relation == RQA__RELATION_JOINT)
        share *= 1.6; /* two matrices, one line extraction */
    if (rqa__task_cuts(task) && task->tallies & RQA__TALLY_WHITE)
        share *= rates->bits.twice;
    if (!rqa__task_has_columns(task))
        share *= rates->bits.diagonal;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        const double terms = (double)task->x.dims[d] * task->x.n_channels;
        const double rate = seen ? pair_cost_seen(&rates->bits_seen, task, terms, seen->crossings)
                                 : pair_cost(&rates->bits, task, terms);
        const double n_vectors = (double)rqa__side_vectors(&task->x, d) +
                                 (double)rqa__side_vectors(&task->y, d);
        total += run + vector * n_vectors + rate * share * rqa__task_pairs(task, d);
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

/* Whose cost rises with `n_runs`: thresholds, or cells at which the index changes. */
static double sweep_cost(const rqa__sweep_rates *sweep, const rqa__task *task, double n_runs)
{
    if (task->n_dims == 0)
        return sweep->task;
    double n_thresholds = task->n_thresholds, total = sweep->task;
    double passes = (double)(uint64_t)((n_thresholds + most_in_pass - 1) / most_in_pass);
    double diagonal = diagonal_share(task), column = column_share(task);
    double terms = (double)task->x.dims[task->n_dims - 1] * task->x.n_channels;
    total += passes * sweep->term * terms * (diagonal + column) * rqa__task_pairs(task, 0);
    double per_column = 0, per_diagonal = 0;
    if (task->tallies & RQA__TALLY_WHITE)
        per_column += sweep->white + sweep->white_run * n_runs;
    if (task->tallies & RQA__TALLY_RECURRENCE_TIME)
        per_column += sweep->time + sweep->time_run * n_runs;
    if (task->tallies & RQA__TALLY_OFFSETS)
        per_diagonal += sweep->offset;
    double per_cell = passes * sweep->dim + sweep->run * n_runs;
    for (uint32_t d = 0; d < task->n_dims; d++)
        total += rqa__task_pairs(task, d) * (column * (per_cell + per_column) +
                                             diagonal * (per_cell + per_diagonal)) +
                 sweep->result * n_thresholds + sweep->line * (double)rqa__side_vectors(&task->x, d);
    return total;
}

rqa__profile rqa__profile_assumed(rqa__cpu cpu, unsigned n_threads)
{
    const rqa__rates *rates = rqa__rates_of(cpu.level);
    rqa__profile profile = {.level = cpu.level,
                            .bits_scale = rates->bits_scale,
                            .sweep_scale = rates->sweep_scale,
                            .thread_speedup = n_threads == 1 ? 1 : 0.9 * n_threads,
                            .thread_start_ns = 30000,
                            .gpu_rate = gpu.issued / gpu.pair,
                            .gpu_start_ns = gpu.start};
    if (cpu.level == RQA__LEVEL_NEON) {
        profile.bits_scale = 8;
        profile.sweep_scale = 7;
    }
    return profile;
}

double rqa__cost_under(const rqa__profile *profile, const rqa__task *task, int strategy)
{
    const rqa__rates *rates = rqa__rates_of(profile->level);
    return strategy == RQA__STRATEGY_SWEEP
               ? profile->sweep_scale / rates->sweep_scale *
                     sweep_cost(&rates->sweep, task, task->n_thresholds)
               : profile->bits_scale / rates->bits_scale * bits_cost(rates, task, NULL);
}

double rqa__cost_seen(const rqa__profile *profile, const rqa__task *task, int strategy,
                      const rqa__transitions *seen)
{
    const rqa__rates *rates = rqa__rates_of(profile->level);
    return strategy == RQA__STRATEGY_SWEEP
               ? profile->sweep_scale / rates->sweep_scale *
                     sweep_cost(&rates->sweep_seen, task, seen->changes)
               : profile->bits_scale / rates->bits_scale * bits_cost(rates, task, seen);
}

int rqa__strategy_is_possible(const rqa__task *task, int strategy)
{
    const int cuts_white_band =
        rqa__task_cuts(task) && task->band_is_white && task->theiler_vertical > 0;
    if (task->cells || strategy == RQA__STRATEGY_CELLS)
        return task->cells && strategy == RQA__STRATEGY_CELLS && !cuts_white_band;
    if (strategy == RQA__STRATEGY_SWEEP)
        return !task->limits;
    return !cuts_white_band && task->x.n_samples < RQA__BITS_MAX_SAMPLES &&
           task->y.n_samples < RQA__BITS_MAX_SAMPLES;
}

int rqa__strategy(const rqa__profile *profile, const rqa__task *task)
{
    if (task->cells)
        return RQA__STRATEGY_CELLS;
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
    const int strategy = rqa__strategy(profile, task);
    return rqa__cost_seen(profile, task, strategy, seen) / rqa__cost_under(profile, task, strategy);
}

const char *rqa__strategy_words(int strategy)
{
    static const char *const words[RQA__N_STRATEGIES] = {"bit rows", "threshold indices",
                                                         "lists of cells"};
    return words[strategy];
}

const char *rqa__strategy_name(int strategy)
{
    static const char *const name[RQA__N_STRATEGIES] = {"bits", "sweep", "cells"};
    return name[strategy];
}
