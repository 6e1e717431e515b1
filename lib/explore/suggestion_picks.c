/* suggestion_picks.c - the rules: a delay and a dimension from the curves. */
#include <math.h>

#include "base/number.h"
#include "explore/suggestion.h"

static const double one_over_e = 0.367879441171442321595523770161460867;
static const double cao_settled = 0.05, cao_near = 0.8, cao_random = 0.1;

/* NaN if there is none. */
static double first_at_most(const double *curve, size_t n, double bound)
{
    for (size_t lag = 0; lag < n; lag++)
        if (curve[lag] <= bound)
            return (double)lag;
    return NAN;
}

static double first_minimum(const double *curve, size_t n)
{
    for (size_t lag = 1; lag + 1 < n; lag++)
        if (curve[lag] < curve[lag - 1] && curve[lag] <= curve[lag + 1])
            return (double)lag;
    return NAN;
}

static void set_lag(struct rqa_suggestion *s, int item, double lag, const char *what)
{
    const size_t max_lag = s->n[RQA_CURVE_ACF] - 1;
    if (isnan(lag))
        rqa__suggestion_set(s, item, lag, "undefined: %s up to lag %zu", what, max_lag);
    else
        rqa__suggestion_set(s, item, lag, "first lag with %s", what);
}

static const char *estimator_text(const rqa_suggest_options *options)
{
    return options->mi_estimator == RQA_MI_KSG ? "ksg" : "bins";
}

void rqa__suggestion_pick_delay(struct rqa_suggestion *s, const rqa_suggest_options *options)
{
    const double *acf = s->curve[RQA_CURVE_ACF], *ami = s->curve[RQA_CURVE_AMI];
    const size_t n = s->n[RQA_CURVE_ACF], max_lag = n - 1;
    const int is_constant = isnan(acf[0]);
    const double zero = first_at_most(acf, n, 0), fold = first_at_most(acf, n, one_over_e);
    const double minimum = first_minimum(ami, n);
    const char *none = is_constant ? "the series is constant: no lag" : "no lag";
    if (isnan(zero))
        rqa__suggestion_set(s, RQA_SUGGESTION_FIRST_ZERO, zero,
                            "undefined: %s has an autocorrelation <= 0 up to lag %zu", none,
                            max_lag);
    else
        set_lag(s, RQA_SUGGESTION_FIRST_ZERO, zero, "an autocorrelation <= 0");
    if (isnan(fold))
        rqa__suggestion_set(s, RQA_SUGGESTION_FIRST_1_OVER_E, fold,
                            "undefined: %s has an autocorrelation <= 1/e up to lag %zu", none,
                            max_lag);
    else
        set_lag(s, RQA_SUGGESTION_FIRST_1_OVER_E, fold, "an autocorrelation <= 1/e");
    if (isnan(minimum))
        rqa__suggestion_set(s, RQA_SUGGESTION_FIRST_MINIMUM, minimum,
                            "undefined: the mutual information has no minimum up to lag %zu",
                            max_lag);
    else
        rqa__suggestion_set(s, RQA_SUGGESTION_FIRST_MINIMUM, minimum,
                            "first minimum of the mutual information (%s)",
                            estimator_text(options));
    if (options->delay)
        rqa__suggestion_set(s, RQA_SUGGESTION_DELAY, options->delay, "given");
    else if (!isnan(minimum))
        rqa__suggestion_set(s, RQA_SUGGESTION_DELAY, minimum, "%s",
                            s->rule[RQA_SUGGESTION_FIRST_MINIMUM]);
    else if (!isnan(fold))
        rqa__suggestion_set(s, RQA_SUGGESTION_DELAY, fold, "%s",
                            s->rule[RQA_SUGGESTION_FIRST_1_OVER_E]);
    else
        rqa__suggestion_set(s, RQA_SUGGESTION_DELAY, 1, "no rule found a delay: 1 stands for it");
    if (options->delay || is_constant)
        return;
    if (isnan(minimum))
        rqa__suggestion_warn(s, "the mutual information has no minimum up to lag %zu; %s", max_lag,
                             isnan(fold) ? "the autocorrelation stays above 1/e: the delay is 1 for "
                                           "want of a rule"
                                         : "the delay is the first 1/e of the autocorrelation");
}

/* The first dim whose share of false neighbours is accepted; 0: none. */
static size_t dim_of_false_neighbours(const struct rqa_suggestion *s, double fraction)
{
    for (size_t m = 0; m < s->n[RQA_CURVE_FNN_FRACTION]; m++)
        if (s->curve[RQA_CURVE_FNN_FRACTION][m] <= fraction)
            return m + 1;
    return 0;
}

static size_t dim_of_cao(const struct rqa_suggestion *s)
{
    const double *e1 = s->curve[RQA_CURVE_CAO_E1];
    for (size_t m = 0; m + 1 < s->n[RQA_CURVE_CAO_E1]; m++)
        if (fabs(e1[m + 1] - e1[m]) < cao_settled)
            return m + 1;
    return 0;
}

/* E1 may rest far below 1 before it rises. */
static void warn_of_rest(struct rqa_suggestion *s, size_t dim)
{
    const double e1 = s->curve[RQA_CURVE_CAO_E1][dim - 1];
    if (e1 < cao_near)
        rqa__suggestion_warn(s, "Cao's E1 changes little at dim %zu, but is %s there, far below 1: the "
                                "dim is too small",
                             dim, rqa__rounded(e1, 3).text);
}

/* Cao's E2 tells noise from the rest: its neighbours say nothing about the next sample in any dim. */
static void warn_of_noise(struct rqa_suggestion *s)
{
    enum { LEAST_DIMS = 3 };
    const double *e2 = s->curve[RQA_CURVE_CAO_E2];
    const size_t n = s->n[RQA_CURVE_CAO_E2];
    for (size_t m = 0; m < n; m++)
        if (!(fabs(e2[m] - 1) < cao_random))
            return;
    if (n >= LEAST_DIMS)
        rqa__suggestion_warn(s, "Cao's E2 is within 0.1 of 1 in every dim: the recording looks random, "
                                "and no dim unfolds it");
}

void rqa__suggestion_pick_dim(struct rqa_suggestion *s, const rqa_suggest_options *options)
{
    const size_t n = s->n[RQA_CURVE_FNN_FRACTION];
    const rqa__number share = rqa__shortest(options->fnn_fraction);
    if (isnan(s->curve[RQA_CURVE_ACF][0])) {
        rqa__suggestion_set(s, RQA_SUGGESTION_DIM, 1, "the series is constant: 1 stands for it");
        rqa__suggestion_warn(s, "the series is constant: no rule finds anything in it");
        return;
    }
    size_t dim = dim_of_false_neighbours(s, options->fnn_fraction);
    if (dim) {
        rqa__suggestion_set(s, RQA_SUGGESTION_DIM, (double)dim,
                            "first dim whose share of false nearest neighbours (by either "
                            "criterion) is at most %s",
                            share.text);
    } else if ((dim = dim_of_cao(s)) != 0) {
        rqa__suggestion_set(s, RQA_SUGGESTION_DIM, (double)dim,
                            "first dim from which Cao's E1 changes by less than 0.05");
        rqa__suggestion_warn(s,
                             "the share of false neighbours is above %s up to dim %zu; the dim is "
                             "that from which Cao's E1 changes little",
                             share.text, n);
        warn_of_rest(s, dim);
    } else {
        rqa__suggestion_set(s, RQA_SUGGESTION_DIM, 1, "no rule found a dim: 1 stands for it");
        rqa__suggestion_warn(s,
                             "the share of false neighbours is above %s up to dim %zu, and Cao's "
                             "E1 does not settle: the dim is 1 for want of a rule",
                             share.text, n);
    }
    warn_of_noise(s);
    if (n < options->max_dim)
        rqa__suggestion_warn(s,
                             "the recording has vectors up to dim %zu with a sample after them; "
                             "dims up to %u were asked for",
                             n, (unsigned)options->max_dim);
}
