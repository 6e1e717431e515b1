/* analysis_rules.h - rqa_analysis_options, validated and with every default resolved. */
#ifndef RQA_PLAN_ANALYSIS_RULES_H
#define RQA_PLAN_ANALYSIS_RULES_H

#include <stddef.h>

#include "lines/border.h"
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

/* Reads the caller's struct (NULL = defaults) into a full one. 0 or a status with text. */
int rqa__analysis_options_read(rqa_analysis_options *out, const rqa_analysis_options *options);

/* Validates everything but the thresholds. has_y: a second series is there, which turns AUTO into
 * CROSS. */
int rqa__rules_resolve(rqa__rules *out, const rqa_analysis_options *options, int has_y);

/* Checks a threshold; name is the argument for the message. */
int rqa__threshold_check(double threshold, const char *name);

/* Whether the measures of the rules are defined for a threshold; name likewise. */
int rqa__threshold_suits(const rqa__rules *rules, double threshold, const char *name);

/* The numerics contract: a pair recurs iff value <= bound, where value is the maximum, the sum, or
 * for the Euclidean norm the sum of squares. Ties are decided as `distance <= threshold` (or <)
 * would decide them with a correctly rounded square root. */
double rqa__bound(int32_t norm, int32_t compare, double threshold);

/* Cells (i,j) of an n_x by n_y matrix with |i-j| >= w. */
uint64_t rqa__cells_outside(uint64_t n_x, uint64_t n_y, uint64_t w);

/* What a border rule does; n: cells of the main diagonal. */
rqa__border_rule rqa__rules_border(const rqa__rules *rules, uint64_t n);

/* The denominator of rr. */
uint64_t rqa__rules_cells(const rqa__rules *rules, uint64_t n_x, uint64_t n_y);

#endif
