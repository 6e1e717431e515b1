/* neighbourhood.c - which cells recur: the rules beside a fixed threshold, as orders and bounds. */
#include "plan/neighbourhood.h"

#include <inttypes.h>
#include <math.h>

#include "base/error.h"
#include "base/number.h"

/* Above this not every whole number is a double. */
static const double most_neighbours = 9007199254740992.0;

int rqa__counts_neighbours(const rqa__rules *rules)
{
    return rules->threshold_unit == RQA_THRESHOLD_NEIGHBOURS ||
           rules->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE;
}

static int check_rate(double rate, const char *name)
{
    if (rate > 0 && rate <= 1)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "%s is %s; a rate must be above 0 and at most 1", name,
                     rqa__shortest(rate).text);
}

static int check_neighbours(double k, const char *name)
{
    if (k >= 1 && k <= most_neighbours && k == floor(k))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "%s is %s; a number of neighbours must be 1, 2, 3, ...", name,
                     rqa__shortest(k).text);
}

static int check_threshold(const rqa__rules *rules, double threshold, const char *name)
{
    switch (rules->threshold_unit) {
    case RQA_THRESHOLD_RECURRENCE_RATE:
    case RQA_THRESHOLD_NEIGHBOUR_RATE:
        return check_rate(threshold, name);
    case RQA_THRESHOLD_NEIGHBOURS:
        return check_neighbours(threshold, name);
    default:
        return rqa__threshold_check(threshold, name);
    }
}

static int check_corridor(const rqa__rules *rules, const rqa_analysis_options *options)
{
    const double lower = options->threshold_lower;
    double upper = options->threshold;
    const char *name = "threshold";
    if (!options->corridor && lower == 0)
        return RQA_OK;
    if (!options->corridor)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->threshold_lower is %s, but options->corridor is 0",
                         rqa__shortest(lower).text);
    if (rules->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE || rqa__counts_neighbours(rules))
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "a corridor (options->threshold_lower) has fixed thresholds; "
                         "options->threshold_unit is %s",
                         rqa__counts_neighbours(rules) ? "a number of neighbours"
                                                       : "a recurrence rate");
    if (rules->relation == RQA_RELATION_JOINT && options->threshold_y >= 0 &&
        options->threshold_y < upper) {
        upper = options->threshold_y;
        name = "threshold_y";
    }
    if (isfinite(lower) && lower >= 0 && lower < upper)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "options->threshold_lower is %s; it must be at least 0 and below "
                     "options->%s, %s",
                     rqa__shortest(lower).text, name, rqa__shortest(upper).text);
}

int rqa__neighbourhood_check(const rqa__rules *rules, const rqa_analysis_options *options)
{
    int status = check_threshold(rules, options->threshold, "options->threshold");
    if (!status && isnan(options->threshold_y))
        status = rqa__fail(RQA_ERROR_VALUE,
                           "options->threshold_y is NaN; a negative number means as threshold");
    if (!status && options->threshold_y >= 0)
        status = check_threshold(rules, options->threshold_y, "options->threshold_y");
    if (!status)
        status = check_corridor(rules, options);
    if (!status && options->ties != RQA_TIES_ALL && !rqa__counts_neighbours(rules))
        status = rqa__fail(RQA_ERROR_VALUE,
                           "options->ties is %d, which is for numbers of neighbours alone",
                           options->ties);
    if (!status && rules->convention->upper_only && rqa__counts_neighbours(rules))
        status = rqa__fail(RQA_ERROR_UNSUPPORTED,
                           "convention %s counts one triangle; a plot of nearest neighbours is not "
                           "symmetric",
                           rules->convention->name);
    return status;
}

int rqa__neighbourhood_check_grid(const rqa_analysis_options *options)
{
    if (options->threshold_unit > RQA_THRESHOLD_RECURRENCE_RATE)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->analysis->threshold_unit is a number of neighbours; a batch has "
                         "thresholds and recurrence rates in this release, rqa_metrics_compute() has "
                         "this unit");
    if (options->corridor || options->threshold_lower != 0 || options->ties)
        return rqa__fail(
            RQA_ERROR_UNSUPPORTED,
            "options->analysis->%s is set; a batch has no corridors and no neighbours in "
            "this release, rqa_metrics_compute() has them",
            options->ties ? "ties" : "corridor");
    return RQA_OK;
}

int rqa__threshold_check_grid(const rqa_analysis_options *options, double threshold,
                              const char *name)
{
    return options->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE
               ? check_rate(threshold, name)
               : rqa__threshold_check(threshold, name);
}

uint64_t rqa__order_of_rate(double rate, uint64_t n)
{
    uint64_t k = (uint64_t)(rate * (double)n); /* never beyond it: that would need n above 2^52 */
    while (k < 1 || (double)k / (double)n < rate)
        k++;
    return k;
}

int rqa__neighbours_wanted(const rqa__rules *rules, double threshold, uint64_t n_y, uint64_t *k)
{
    const int counts_itself = rules->relation == RQA_RELATION_CROSS || rules->theiler_points == 0;
    const uint64_t most = counts_itself || n_y == 0 ? n_y : n_y - 1;
    if (rules->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE)
        *k = most > 0 ? rqa__order_of_rate(threshold, most) : 1;
    else
        *k = (uint64_t)threshold;
    if (*k <= most || rules->threshold_unit == RQA_THRESHOLD_NEIGHBOUR_RATE)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "options->threshold asks for %" PRIu64 " neighbours; a vector has %" PRIu64
                     " others at most",
                     *k, most);
}

double rqa__lower_bound(const rqa__rules *rules, double threshold_lower)
{
    const int excludes = rules->compare == RQA_COMPARE_LE || rules->convention->open_corridor;
    return rqa__bound(rules->norm, excludes ? RQA_COMPARE_LE : RQA_COMPARE_LT, threshold_lower);
}
