/* cell_rules.c - skeletons and directions: what the options may say of them. */
#include "plan/cell_rules.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/number.h"
#include "measures/measure_list.h"

static int check_direction(const rqa_analysis_options *options)
{
    const double bound = options->direction_bound;
    const int is_along = options->direction == RQA_DIRECTION_ISODIRECTIONAL;
    if (options->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "options->reserved is %u; allowed is 0",
                         options->reserved);
    if (options->direction_lag && !is_along)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->direction_lag is %u, which is for isodirectional plots "
                         "(options->direction) alone",
                         options->direction_lag);
    if (options->direction == RQA_DIRECTION_ANY && bound != 0)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->direction_bound is %s, but options->direction is 0",
                         rqa__shortest(bound).text);
    const int most = is_along ? 2 : 1;
    if (options->direction == RQA_DIRECTION_ANY || (bound > 0 && bound <= most))
        return RQA_OK;
    return rqa__fail(
        RQA_ERROR_VALUE,
        "options->direction_bound is %s; of %s plots, above 0 and at most %d is allowed",
        rqa__shortest(bound).text, is_along ? "isodirectional" : "perpendicular", most);
}

static int check_skeleton(const rqa__rules *rules)
{
    const char *plot =
        rules->relation == RQA_RELATION_CROSS             ? "a cross-recurrence"
        : rules->direction == RQA_DIRECTION_PERPENDICULAR ? "perpendicular recurrences"
        : rqa__rules_sides_differ(rules) ? "nearest neighbours (options->threshold_unit)"
                                         : NULL;
    if (!rules->skeleton || !plot)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->skeleton needs a symmetric plot; that of %s is none", plot);
}

/* Their cells are listed, without a place for a rule. */
static int check_adaptive(const rqa__rules *rules)
{
    const char *name = rqa__cell_rules_name(rules);
    if (!name || rules->threshold_unit != RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->%s does not go with adaptive neighbours (options->threshold_unit)", name);
}

static int check_measures(const rqa__rules *rules)
{
    const int32_t measure =
        rqa__measure_of_cells(rules->measures, RQA__CELLS_NETWORK | RQA__CELLS_BLOCKS);
    if (!rqa__cell_rules_name(rules) || measure < 0)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->measures has %s, which does not go with options->%s",
                     rqa_measure_name(measure), rqa__cell_rules_name(rules));
}

int rqa__cell_rules_check(const rqa__rules *rules, const rqa_analysis_options *options)
{
    int status = check_direction(options);
    if (!status)
        status = check_adaptive(rules);
    if (!status)
        status = check_skeleton(rules);
    if (!status && rules->convention->upper_only && rules->direction == RQA_DIRECTION_PERPENDICULAR)
        status = rqa__fail(RQA_ERROR_UNSUPPORTED,
                           "convention %s counts one triangle; a perpendicular plot is not "
                           "symmetric",
                           rules->convention->name);
    return status ? status : check_measures(rules);
}

const char *rqa__cell_rules_name(const rqa__rules *rules)
{
    return rules->skeleton ? "skeleton" : rules->direction ? "direction" : NULL;
}

int rqa__cell_rules_refuse(const rqa__rules *rules, const char *what)
{
    const char *name = rqa__cell_rules_name(rules);
    if (!name)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED, "options->%s is set; %s has none", name, what);
}
