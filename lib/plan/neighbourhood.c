/* neighbourhood.c - which cells recur: the rules beside a fixed threshold, as orders and bounds. */
#include "plan/neighbourhood.h"

#include <inttypes.h>
#include <math.h>

#include "base/error.h"
#include "base/number.h"
#include "plan/cell_rules.h"
#include "plan/cost.h"

/* Above this not every whole number is a double. */
static const double most_neighbours = 9007199254740992.0;

int rqa__counts_neighbours(const rqa__rules *rules)
{
    return rules->threshold_unit == RQA_THRESHOLD_NEIGHBOURS ||
           rules->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE;
}

int rqa__is_adaptive(const rqa__rules *rules)
{
    return rules->threshold_unit == RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS;
}

int rqa__has_limits(const rqa__rules *rules)
{
    return rqa__counts_neighbours(rules) || rules->corridor || rules->skeleton || rules->direction;
}

uint32_t rqa__task_relation(const rqa__rules *rules)
{
    return rqa__rules_sides_differ(rules) && rules->relation == RQA_RELATION_AUTO
               ? RQA__RELATION_CROSS
               : (uint32_t)rules->relation;
}

static int check_rate(double rate, const char *name)
{
    if (rate > 0 && rate <= 1)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "%s is %s; a rate must be above 0 and at most 1", name,
                     rqa__shortest(rate).text);
}

static int check_number(double k, const char *name, const char *of)
{
    if (k >= 1 && k <= most_neighbours && k == floor(k))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "%s is %s; a number of %s must be 1, 2, 3, ...", name,
                     rqa__shortest(k).text, of);
}

static int check_threshold(const rqa__rules *rules, double threshold, const char *name)
{
    switch (rules->threshold_unit) {
    case RQA_THRESHOLD_RECURRENCE_RATE:
    case RQA_THRESHOLD_NEIGHBOUR_RATE:
        return check_rate(threshold, name);
    case RQA_THRESHOLD_NEIGHBOURS:
        return check_number(threshold, name, "neighbours");
    case RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS:
        return check_number(threshold, name, "rounds");
    default:
        return rqa__threshold_check(threshold, name);
    }
}

/* What has a number instead of a threshold, in words; NULL: a threshold. */
static const char *number_words(const rqa__rules *rules)
{
    return rqa__is_adaptive(rules) || rqa__counts_neighbours(rules) ? "a number of neighbours"
           : rules->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE ? "a recurrence rate"
                                                                    : NULL;
}

static int check_corridor(const rqa__rules *rules, const rqa_analysis_options *options,
                          double upper, const char *name)
{
    const double lower = options->threshold_lower;
    if (!options->corridor && lower == 0)
        return RQA_OK;
    if (!options->corridor)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->threshold_lower is %s, but options->corridor is 0",
                         rqa__shortest(lower).text);
    if (number_words(rules))
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "a corridor (options->threshold_lower) has fixed thresholds; "
                         "options->threshold_unit is %s",
                         number_words(rules));
    if (isfinite(lower) && lower >= 0 && lower < upper)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "options->threshold_lower is %s; it must be at least 0 and below %s, %s",
                     rqa__shortest(lower).text, name, rqa__shortest(upper).text);
}

static int check_adaptive(const rqa__rules *rules)
{
    if (!rqa__is_adaptive(rules) || rules->relation == RQA_RELATION_AUTO)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->threshold_unit is adaptive neighbours, which are those of one series; "
                     "options->relation is %s",
                     rules->relation == RQA_RELATION_CROSS ? "cross" : "joint");
}

/* What does not depend on the threshold. */
static int check_rules(const rqa__rules *rules, const rqa_analysis_options *options)
{
    if (options->ties != RQA_TIES_ALL && !rqa__counts_neighbours(rules))
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->ties is index, which is for numbers of neighbours alone%s",
                         rqa__is_adaptive(rules) ? ": adaptive ones always come by index" : "");
    if (rules->convention->upper_only && rqa__counts_neighbours(rules))
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "convention %s counts one triangle; a plot of nearest neighbours is not "
                         "symmetric",
                         rules->convention->name);
    return check_adaptive(rules);
}

int rqa__neighbourhood_check(const rqa__rules *rules, const rqa_analysis_options *options)
{
    const double own_y = options->threshold_y;
    double upper = options->threshold;
    const char *name = "options->threshold";
    int status = check_threshold(rules, upper, name);
    if (!status && isnan(own_y))
        status = rqa__fail(RQA_ERROR_VALUE,
                           "options->threshold_y is NaN; a negative number means as threshold");
    if (!status && own_y >= 0)
        status = check_threshold(rules, own_y, "options->threshold_y");
    if (rules->relation == RQA_RELATION_JOINT && own_y >= 0 && own_y < upper) {
        upper = own_y;
        name = "options->threshold_y";
    }
    if (!status)
        status = check_corridor(rules, options, upper, name);
    return status ? status : check_rules(rules, options);
}

int rqa__neighbourhood_check_grid(const rqa__rules *rules, const rqa_analysis_options *options)
{
    int status = rqa__refuse_adaptive(rules, "a batch");
    if (!status && rqa__cell_rules_name(rules))
        status = rqa__cell_rules_refuse(rules, "a batch");
    return status ? status : check_rules(rules, options);
}

int rqa__threshold_check_grid(const rqa__rules *rules, const rqa_analysis_options *options,
                              double threshold, const char *name)
{
    int status = check_threshold(rules, threshold, name);
    return status ? status : check_corridor(rules, options, threshold, name);
}

int rqa__refuse_adaptive(const rqa__rules *rules, const char *what)
{
    if (!rqa__is_adaptive(rules))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->threshold_unit is adaptive neighbours; %s has the other units, "
                     "rqa_metrics_compute() and rqa_matrix_create() have this one",
                     what);
}

const char *rqa__limit_words(const rqa__rules *rules)
{
    return rules->corridor    ? "corridors"
           : rules->skeleton  ? "skeletons"
           : rules->direction ? "directions"
                              : "neighbours";
}

int rqa__task_check_strategy(const rqa__task *task, const rqa__rules *rules)
{
    for (int strategy = 0; strategy < RQA__N_STRATEGIES; strategy++)
        if (rqa__strategy_is_possible(task, strategy))
            return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "%s with missing samples are not there under convention %s, whose Theiler window "
                     "is white: leave out the measures of white lines and recurrence times",
                     rqa__limit_words(rules), rules->convention->name);
}

uint64_t rqa__order_of_rate(double rate, uint64_t n)
{
    uint64_t k = (uint64_t)(rate * (double)n); /* never beyond it: that would need n above 2^52 */
    while (k < 1 || (double)k / (double)n < rate)
        k++;
    return k;
}

uint64_t rqa__neighbours_wanted(const rqa__rules *rules, double threshold, uint64_t n_y,
                                uint64_t *most)
{
    const int counts_itself =
        !rqa__is_adaptive(rules) &&
        (rules->relation == RQA_RELATION_CROSS || rules->theiler_points == 0);
    *most = counts_itself || n_y == 0 ? n_y : n_y - 1;
    if (rules->threshold_unit != RQA_THRESHOLD_NEIGHBOUR_RATE)
        return (uint64_t)threshold;
    if (*most == 0)
        *most = 1; /* of no cells any rate is all */
    return rqa__order_of_rate(threshold, *most);
}

int rqa__neighbours_fail(const rqa__rules *rules, uint64_t k, uint64_t most)
{
    return rqa__fail(RQA_ERROR_VALUE,
                     "options->threshold asks for %" PRIu64 " %s; a vector has %" PRIu64
                     " others at most",
                     k, rqa__is_adaptive(rules) ? "rounds of neighbours" : "neighbours", most);
}

double rqa__lower_bound(const rqa__rules *rules, double threshold_lower)
{
    const int excludes = rules->compare == RQA_COMPARE_LE || rules->convention->open_corridor;
    return rqa__bound(rules->norm, excludes ? RQA_COMPARE_LE : RQA_COMPARE_LT, threshold_lower);
}
