/* grid.h - the axes of a batch, their order, and the rules its combinations share. */
#ifndef RQA_BATCH_GRID_H
#define RQA_BATCH_GRID_H

#include "batch/metrics_result.h"
#include "plan/analysis_rules.h"
#include "rqa/batch.h"

typedef struct rqa__grid {
    uint32_t n_dims, n_delays, n_thresholds, n_lmins, n_vmins, n_measures;
    uint32_t *dims, *delays, *lmins, *vmins;
    double *thresholds;
    /* Engines want dims and thresholds rising: sorted copies, and where each stood. */
    uint32_t *sorted_dims, *dim_position;
    double *sorted_thresholds;
    uint32_t *threshold_position;
    int32_t measure[RQA_MEASURE_COUNT]; /* of each column */
    rqa_analysis_options analysis;
    uint64_t n_combinations; /* of every axis but windows */
    uint64_t window, step;   /* samples; window 0: there are no windows */
    int32_t window_scope;
    int has_rates; /* thresholds are recurrence rates: rows tell what they reached */
    int has_neighbours; /* they are numbers of neighbours */
    const char *limit_words; /* what keeps devices out of it, in a word; NULL: nothing */
} rqa__grid;

/* Checks and copies the options. 0 or a status with text. */
int rqa__grid_init(rqa__grid *grid, const rqa_batch_options *options);
void rqa__grid_free(rqa__grid *grid);

/* Rows come in the order of the axes: dim, delay, threshold, lmin, vmin, window, the last fastest. How
 * many windows there are depends on the item; without windows, and where an item is too short for one,
 * each combination has one row, as if there were one window. */

/* Windows of so many samples; 0: it is too short. */
static inline uint64_t rqa__grid_windows(const rqa__grid *grid, uint64_t n_samples)
{
    return n_samples < grid->window ? 0 : (n_samples - grid->window) / grid->step + 1;
}

/* Rows of one dim, delay and threshold; of a unit, which has one delay; and of an item. */
static inline uint64_t rqa__grid_cell_rows(const rqa__grid *grid, uint64_t n_windows)
{
    return (uint64_t)grid->n_lmins * grid->n_vmins * n_windows;
}

static inline uint64_t rqa__grid_unit_rows(const rqa__grid *grid, uint64_t n_windows)
{
    return grid->n_combinations / grid->n_delays * n_windows;
}

static inline uint64_t rqa__grid_item_rows(const rqa__grid *grid, uint64_t n_windows)
{
    return grid->n_combinations * n_windows;
}

/* The combination of one of the unit of a delay, and the other way round. */
uint64_t rqa__grid_item_combination(const rqa__grid *grid, uint32_t delay, uint64_t of_unit);
uint64_t rqa__grid_unit_combination(const rqa__grid *grid, uint64_t of_item);

/* The settings of a row within an item of so many windows. */
rqa_batch_row rqa__grid_row_at(const rqa__grid *grid, uint64_t row, uint64_t n_windows);

#endif
