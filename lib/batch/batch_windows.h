/* batch_windows.h - the windows of one dim and threshold of a unit. */
#ifndef RQA_BATCH_BATCH_WINDOWS_H
#define RQA_BATCH_BATCH_WINDOWS_H

#include "backend/parallel.h"
#include "batch/batch_state.h"
#include "plan/task.h"

typedef struct rqa__cell_windows {
    const struct rqa_batch *batch;
    const rqa__item *item;
    const rqa__task *task; /* of the whole recording; bounds, unless each window has its own threshold */
    double threshold;      /* as given */
    double shown[2];       /* in data units, of x and y, for all windows; NaN: the unit has no size */
    rqa__unit_rows to;     /* its first row */
    const rqa__parallel *parallel;
    uint64_t memory_bytes; /* that they may take in all */
} rqa__cell_windows;

/* Whether each window of an item has its own threshold. */
int rqa__item_windows_differ(const rqa__grid *grid, const rqa__item *item);
/* Whether its windows are analyses of their own, which need thresholds in data units. */
int rqa__item_windows_are_analyses(const rqa__grid *grid, const rqa__item *item);
/* Fills the rows of every lmin, vmin and window. 0 or a status with text. */
int rqa__cell_windows_run(const rqa__cell_windows *cell);
/* Bytes that it takes beside what windows do. */
uint64_t rqa__cell_windows_bytes(const rqa__grid *grid);
/* Predicted ns of all windows of an item on one thread; `task` has the sizes of one. */
double rqa__item_windows_cost(const rqa__grid *grid, const rqa__item *item, const rqa__task *task);

#endif
