/* grid.h - the axes of a batch, their order, and the rules its combinations share. */
#ifndef RQA_BATCH_GRID_H
#define RQA_BATCH_GRID_H

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
    uint64_t n_combinations;
    int has_rates; /* thresholds are recurrence rates: rows tell what they reached */
} rqa__grid;

/* What a row tells of a recurrence rate: the threshold, in data units, and the rate. */
enum { RQA__REACHED = 2 };

/* Checks and copies the options. 0 or a status with text. */
int rqa__grid_init(rqa__grid *grid, const rqa_batch_options *options);
void rqa__grid_free(rqa__grid *grid);

/* Rows come in the order of the axes: dim, delay, threshold, lmin, vmin, the last fastest. */

/* Rows of one dim, delay and threshold; and of a unit, which has one delay. */
static inline uint64_t rqa__grid_lines(const rqa__grid *grid)
{
    return (uint64_t)grid->n_lmins * grid->n_vmins;
}

static inline uint64_t rqa__grid_unit_rows(const rqa__grid *grid)
{
    return grid->n_combinations / grid->n_delays;
}

/* The row within an item of a row of the unit of a delay, and the other way round. */
uint64_t rqa__grid_item_row(const rqa__grid *grid, uint32_t delay, uint64_t unit_row);
uint64_t rqa__grid_unit_row(const rqa__grid *grid, uint64_t item_row);

/* The settings of a row within an item. */
rqa_batch_row rqa__grid_row_at(const rqa__grid *grid, uint64_t row);

#endif
