/* rules.h - what the options of an analysis come to, every default resolved. */
#ifndef RQA_PLAN_RULES_H
#define RQA_PLAN_RULES_H

#include <stddef.h>

#include "lines/dialect.h"
#include "rqa/analysis.h"
#include "rqa/context.h"

typedef struct rqa__rules {
    const rqa__convention *convention;
    int32_t convention_id;
    int32_t norm;
    int32_t compare; /* LE or LT */
    int32_t relation;
    int32_t threshold_unit;
    int32_t corridor, ties;
    int32_t backend;
    uint64_t theiler_points, theiler_diagonal, theiler_vertical;
    uint32_t lmin, vmin, wmin;
    uint32_t trend_border;
    int white_exclude;
    int32_t border;
    uint64_t measures;
    uint32_t microstate_size;
    int32_t skeleton, direction;
    double direction_bound;
    uint32_t direction_lag; /* of isodirectional: at least 1 */
    uint64_t microstate_theiler; /* a window of points that the options give, else 0 */
} rqa__rules;

/* Whether columns have bounds of their own. */
static inline int rqa__rules_have_neighbours(const rqa__rules *rules)
{
    return rules->threshold_unit == RQA_THRESHOLD_NEIGHBOURS ||
           rules->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE;
}

/* Whether cells (i, j) and (j, i) of an auto or joint plot may differ: neighbours are not mutual, nor do
 * tangents lie across each other. */
static inline int rqa__rules_sides_differ(const rqa__rules *rules)
{
    return rqa__rules_have_neighbours(rules) || rules->direction == RQA_DIRECTION_PERPENDICULAR;
}

#endif
