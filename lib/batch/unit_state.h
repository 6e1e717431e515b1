/* unit_state.h - what the files of one unit of work share. */
#ifndef RQA_BATCH_UNIT_STATE_H
#define RQA_BATCH_UNIT_STATE_H

#include "backend/cpu_run.h"
#include "batch/batch_limits.h"
#include "batch/batch_rates.h"
#include "batch/batch_unit.h"
#include "batch/threshold_scale.h"

/* What one worker keeps from unit to unit; it only grows. */
struct rqa__unit_worker {
    struct rqa_batch *batch;
    rqa__cpu_worker *cpu;
    uint64_t cpu_bytes;        /* that a task may take; 0: another computes it, and sees to that */
    double *bounds, *bounds_y; /* for thresholds in units of the diameter, and rates */
    rqa__threshold_unit *diameter, *diameter_y; /* [n_dims], for such units */
    rqa__unit_rates rates;     /* where thresholds are rates */
    rqa__unit_limits limits;   /* neighbours and corridors */
    rqa__bin *scratch;
    size_t scratch_room;
    rqa__line_summary *diagonal, *vertical; /* [n_lmins], [n_vmins] */
    /* The unit in hand. */
    const rqa__unit *unit;
    const rqa__item *item;
    const rqa__unit_rows *rows;
    const rqa__parallel *parallel;
    rqa__task task, selection;
    /* The selection of it in hand, when some rows are there already: the engine's dims and
     * thresholds, as positions in the sorted axes, and their bounds. */
    uint8_t *missing; /* [n_dims * n_thresholds], sorted */
    uint32_t *chosen_dim, *chosen_threshold, *chosen_dims;
    double *chosen_bounds, *chosen_bounds_y;
};

/* Rows of a dim and threshold. */
static inline uint64_t rqa__unit_cell_rows(const rqa__unit_worker *worker)
{
    return rqa__grid_cell_rows(&worker->batch->job.grid, worker->item->n_windows);
}

/* The first row of a cell, in what the unit's values go to. */
static inline uint64_t rqa__unit_row(const rqa__unit_worker *worker, uint32_t dim, uint32_t threshold)
{
    const rqa__grid *grid = &worker->batch->job.grid;
    const rqa__unit_rows *rows = worker->rows;
    uint64_t cell =
        ((uint64_t)dim * rows->n_delays + rows->delay) * grid->n_thresholds + threshold;
    return cell * rqa__unit_cell_rows(worker);
}

/* ---- batch_unit_bounds.c ---- */

/* Dims from position `first` of the engine's order on leave too few vectors, or none that touches no
 * missing sample. */
void rqa__unit_mark_empty(rqa__unit_worker *worker, uint32_t first);
/* The bounds that depend on the embedding. 0 or a status with text. */
int rqa__unit_set_bounds(rqa__unit_worker *worker, const rqa__parallel *parallel);

/* ---- batch_unit_windows.c ---- */

/* The windows of every dim and threshold that is missing. 0 or a status with text. */
int rqa__unit_run_windows(rqa__unit_worker *worker);

#endif
