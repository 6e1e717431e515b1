/* tangents.h - the directions of trajectories, as a rule on cells. */
#ifndef RQA_BACKEND_TANGENTS_H
#define RQA_BACKEND_TANGENTS_H

#include "plan/task.h"

/* What a cell needs: rqa/analysis.h, rqa_direction, has the formulas. */
typedef struct rqa__tangent_rule {
    int perpendicular; /* else isodirectional */
    size_t lag;        /* of isodirectional, in samples; at least 1 */
    double bound;
} rqa__tangent_rule;

typedef struct rqa__tangents rqa__tangents;

/* Of the first dim of x against y, which may be the same side; they outlive it. 0 or
 * RQA_ERROR_MEMORY with text, *out then NULL. */
int rqa__tangents_create(rqa__tangents **out, const rqa__side *x, const rqa__side *y,
                         const rqa__tangent_rule *rule);
void rqa__tangents_destroy(rqa__tangents *tangents); /* NULL is allowed */

/* The rule, as long as the tangents live. */
rqa__cells rqa__tangents_cells(const rqa__tangents *tangents);

/* Bytes for two sides. */
uint64_t rqa__tangents_memory(const rqa__side *x, const rqa__side *y);

#endif
