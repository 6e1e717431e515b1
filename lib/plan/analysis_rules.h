/* analysis_rules.h - rqa_analysis_options, validated and with every default resolved. */
#ifndef RQA_PLAN_ANALYSIS_RULES_H
#define RQA_PLAN_ANALYSIS_RULES_H

#include "lines/border.h"
#include "plan/rules.h"
#include "rqa/analysis.h"

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
