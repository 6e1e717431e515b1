/* border_walk.h - the border lines of a plot: each diagonal walked from its two ends. */
#ifndef RQA_BACKEND_BORDER_WALK_H
#define RQA_BACKEND_BORDER_WALK_H

#include <stdatomic.h>

#include "backend/matrix_tally.h"
#include "lines/border.h"
#include "plan/task.h"

/* Of one (dim, threshold) of a task whose main diagonal is the line of identity unless its relation
 * is cross. Nothing but the cells of border lines, and one more for each, is looked at. 0,
 * RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED with text; rqa__border_free() follows in any case. */
int rqa__border_walk(rqa__border_lines *out, const rqa__task *task, uint32_t dim_index,
                     uint32_t threshold_index, const rqa__border_rule *rule, const atomic_int *cancel);

/* The same of a matrix that is there. */
int rqa__border_walk_matrix(rqa__border_lines *out, const rqa__matrix_view *matrix, int has_loi,
                            const rqa__border_rule *rule);

#endif
