/* twin_columns.h - which vectors of a recording have the same column in its recurrence plot. */
#ifndef RQA_BATCH_TWIN_COLUMNS_H
#define RQA_BATCH_TWIN_COLUMNS_H

#include "batch/analysis_state.h"
#include "resample/twin_path.h"

/* Of an analysis with its bounds, on its threads. 0 or a status with text. */
int rqa__twins_find(rqa__twins *out, const rqa__analysis *analysis, uint32_t min_distance);
void rqa__twins_release(rqa__twins *twins); /* one of all zeros too */

/* Bytes for n vectors. */
size_t rqa__twins_memory(const rqa__analysis *analysis, size_t n);

#endif
