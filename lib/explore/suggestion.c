/* suggestion.c - life of a suggestion: checks, curves, texts. */
#include "explore/suggestion.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "data/series_scale.h"
#include "explore/autocorrelation.h"
#include "explore/false_neighbours.h"
#include "explore/mutual_information.h"

enum {
    LEAST_SAMPLES = 4,
    MOST_LAGS_UNASKED = 1000,
    MOST_DIMS = 100,
    MOST_BINS = 256,
    MOST_NEIGHBOURS = 64
};

static int check_whole(const char *name, uint32_t value, uint32_t least, uint32_t most)
{
    if (value >= least && value <= most)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "options->%s is %" PRIu32 "; %" PRIu32 "..%" PRIu32 " are allowed", name, value,
                     least, most);
}

static int check_real(const char *name, double value, int is_allowed, const char *allowed)
{
    if (is_allowed)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "options->%s is %s; %s", name, rqa__shortest(value).text,
                     allowed);
}

static int check_fields(const rqa_suggest_options *o)
{
    int status = check_whole("max_dim", o->max_dim, 1, MOST_DIMS);
    if (!status)
        status = check_whole("bins", o->bins, 2, MOST_BINS);
    if (!status && o->mi_estimator != RQA_MI_BINS && o->mi_estimator != RQA_MI_KSG)
        status = rqa__fail(RQA_ERROR_VALUE,
                           "options->mi_estimator is %" PRId32 "; %d (bins) and %d (ksg) are known",
                           o->mi_estimator, RQA_MI_BINS, RQA_MI_KSG);
    if (!status)
        status = check_whole("ksg_k", o->ksg_k, 1, MOST_NEIGHBOURS);
    if (!status)
        status = check_whole("theiler", o->theiler, 1, INT32_MAX);
    if (!status)
        status = check_whole("delay", o->delay, 0, INT32_MAX);
    if (!status && (o->norm < RQA_NORM_MAXIMUM || o->norm > RQA_NORM_MANHATTAN))
        status = rqa__fail(RQA_ERROR_VALUE, "options->norm is %" PRId32 "; %d..%d are known",
                           o->norm, RQA_NORM_MAXIMUM, RQA_NORM_MANHATTAN);
    if (!status)
        status = check_whole("reserved", o->reserved, 0, 0);
    if (!status)
        status = check_real("fnn_rtol", o->fnn_rtol, o->fnn_rtol > 0 && isfinite(o->fnn_rtol),
                            "it must be positive");
    if (!status)
        status = check_real("fnn_atol", o->fnn_atol, o->fnn_atol > 0 && isfinite(o->fnn_atol),
                            "it must be positive");
    if (!status)
        status = check_real("fnn_fraction", o->fnn_fraction,
                            o->fnn_fraction >= 0 && o->fnn_fraction <= 1, "0..1 is allowed");
    return status;
}

int rqa__suggest_check(rqa_suggest_options *o, const struct rqa_series *series)
{
    const size_t n = series->n_samples;
    int status = check_fields(o);
    if (status)
        return status;
    if (n < LEAST_SAMPLES)
        return rqa__fail(RQA_ERROR_TOO_SHORT, "the series has %zu sample%s; at least %d are needed",
                         n, n == 1 ? "" : "s", LEAST_SAMPLES);
    if (series->n_missing)
        return rqa__fail(RQA_ERROR_NOT_FINITE,
                         "%zu of %zu samples are missing; a suggestion needs a recording without "
                         "gaps: take a part of it, or fill them",
                         series->n_missing, n);
    if (o->max_lag > n - 2)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->max_lag is %" PRIu32 "; 1..%zu are allowed for %zu samples",
                         o->max_lag, n - 2, n);
    if (o->max_lag == 0)
        o->max_lag = n / 4 < MOST_LAGS_UNASKED ? (uint32_t)(n / 4) : MOST_LAGS_UNASKED;
    if (o->mi_estimator == RQA_MI_KSG && o->ksg_k >= n - o->max_lag)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->ksg_k is %" PRIu32 "; at lag %" PRIu32 " there are %zu pairs",
                         o->ksg_k, o->max_lag, n - o->max_lag);
    if (o->delay > n - 2)
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "options->delay is %" PRIu32 "; 1..%zu are allowed for %zu samples",
                         o->delay, n - 2, n);
    return RQA_OK;
}

void rqa__suggestion_free(struct rqa_suggestion *s)
{
    if (!s)
        return;
    rqa__free(s->values);
    rqa__free(s);
}

/* Dims of FNN and Cao before the delay is known: at most. */
static size_t values_of(const rqa_suggest_options *o)
{
    return 2 * ((size_t)o->max_lag + 1) + (RQA__N_CURVES - RQA_CURVE_FNN_N) * (size_t)o->max_dim;
}

static int create(struct rqa_suggestion **out, const rqa_suggest_options *o)
{
    struct rqa_suggestion *s = rqa__calloc(1, sizeof *s);
    if (s)
        s->values = rqa__alloc_array(values_of(o), sizeof *s->values);
    if (!s || !s->values) {
        rqa__suggestion_free(s);
        return rqa__fail_memory("a suggestion");
    }
    double *at = s->values;
    for (int curve = 0; curve < RQA__N_CURVES; curve++) {
        const size_t room = curve < RQA_CURVE_FNN_N ? (size_t)o->max_lag + 1 : o->max_dim;
        s->curve[curve] = at;
        s->n[curve] = curve < RQA_CURVE_FNN_N ? room : 0;
        at += room;
    }
    for (int item = 0; item < RQA__N_SUGGESTED; item++)
        s->value[item] = NAN;
    *out = s;
    return RQA_OK;
}

uint64_t rqa__suggest_memory(const rqa__suggest_plan *plan, unsigned n_workers)
{
    const rqa_suggest_options *o = &plan->options;
    const uint64_t n = plan->series->n_samples;
    const uint64_t lags = n * (o->mi_estimator == RQA_MI_KSG ? 80 : 8) +
                          (uint64_t)n_workers * (4 * o->bins + 2) * o->bins * sizeof(uint32_t);
    const uint64_t neighbours = rqa__neighbour_memory(
        (size_t)n, (uint32_t)plan->series->n_channels, o->max_dim, n_workers);
    return (lags > neighbours ? lags : neighbours) + values_of(o) * sizeof(double);
}

/* 2 n' I is about chi-squared for independent samples, with a degree of freedom for each pair of
 * filled bins but one of each side; four standard deviations above its mean are allowed. */
static int looks_independent(double information, uint32_t n_filled, size_t n)
{
    const double freedom = (double)(n_filled - 1) * (double)(n_filled - 1);
    return 2 * (double)n * information <= freedom + 4 * sqrt(2 * freedom);
}

/* Adds the curves of one channel; `own` has room for one. */
static int add_channel(struct rqa_suggestion *s, const rqa__suggest_plan *plan,
                       const rqa__explore_crew *crew, size_t channel, double *own,
                       int *independent)
{
    const rqa_suggest_options *o = &plan->options;
    const double *values = plan->read->channel[channel];
    const size_t n = plan->read->n_samples, n_lags = (size_t)o->max_lag + 1;
    uint32_t n_filled = 0;
    int status = rqa__autocorrelation(crew, values, n, o->max_lag, own);
    for (size_t lag = 0; lag < n_lags && !status; lag++)
        s->curve[RQA_CURVE_ACF][lag] += own[lag];
    if (!status)
        status = o->mi_estimator == RQA_MI_KSG
                     ? rqa__mutual_information_ksg(crew, values, n, o->ksg_k, o->max_lag, own)
                     : rqa__mutual_information(crew, values, n, o->bins, o->max_lag, own, &n_filled);
    for (size_t lag = 0; lag < n_lags && !status; lag++)
        s->curve[RQA_CURVE_AMI][lag] += own[lag];
    if (!status && !(n_filled && looks_independent(own[1], n_filled, n - 1)))
        *independent = 0;
    return status;
}

/* Both curves: the means over channels that are not constant. */
static int explore_lags(struct rqa_suggestion *s, const rqa__suggest_plan *plan,
                        const rqa__explore_crew *crew)
{
    const size_t n_lags = (size_t)plan->options.max_lag + 1;
    double *acf = s->curve[RQA_CURVE_ACF], *ami = s->curve[RQA_CURVE_AMI];
    double *own = rqa__alloc_array(n_lags, sizeof *own);
    size_t n_varying = 0;
    int independent = 1;
    if (!own)
        return rqa__fail_memory("a curve");
    for (size_t lag = 0; lag < n_lags; lag++)
        acf[lag] = ami[lag] = 0;
    int status = RQA_OK;
    for (size_t c = 0; c < plan->read->n_channels && !status; c++) {
        rqa__moments moments;
        rqa__moments_of(plan->read->channel[c], plan->read->n_samples, &moments);
        if (moments.minimum == moments.maximum)
            continue;
        n_varying++;
        status = add_channel(s, plan, crew, c, own, &independent);
    }
    rqa__free(own);
    for (size_t lag = 0; lag < n_lags && !status; lag++) {
        acf[lag] /= (double)n_varying; /* none: 0/0 is undefined, and says so */
        ami[lag] = n_varying ? ami[lag] / (double)n_varying : 0;
    }
    if (!status && n_varying && independent)
        rqa__suggestion_warn(s, "successive samples look independent: the mutual information at lag "
                                "1 is not above its bias, and its minima mean nothing");
    return status;
}

/* Population s.d., of several channels the root of the mean variance. */
static double sigma_of(const struct rqa_series *series)
{
    double sum = 0;
    for (size_t c = 0; c < series->n_channels; c++) {
        rqa__moments moments;
        rqa__moments_of(series->channel[c], series->n_samples, &moments);
        sum += ldexp(moments.square_sum / (double)moments.n_valid, 2 * moments.exponent);
    }
    return sqrt(sum / (double)series->n_channels);
}

static void take_answers(struct rqa_suggestion *s, const rqa__neighbour_answer *answer,
                         uint32_t n_dims, int exponent)
{
    for (int curve = RQA_CURVE_FNN_N; curve < RQA__N_CURVES; curve++)
        s->n[curve] = curve >= RQA_CURVE_CAO_E1 && n_dims ? n_dims - 1 : n_dims;
    for (uint32_t m = 0; m < n_dims; m++) {
        const rqa__neighbour_answer *a = &answer[m];
        s->curve[RQA_CURVE_FNN_N][m] = (double)a->n;
        s->curve[RQA_CURVE_FNN_CRITERION1][m] = (double)a->criterion1;
        s->curve[RQA_CURVE_FNN_CRITERION2][m] = (double)a->criterion2;
        s->curve[RQA_CURVE_FNN_EITHER][m] = (double)a->either;
        s->curve[RQA_CURVE_FNN_FRACTION][m] = (double)a->either / (double)a->n;
        s->curve[RQA_CURVE_CAO_E][m] = a->e;
        s->curve[RQA_CURVE_CAO_E_STAR][m] = ldexp(a->e_star, -exponent);
        if (m == 0)
            continue;
        s->curve[RQA_CURVE_CAO_E1][m - 1] = a->e / answer[m - 1].e;
        s->curve[RQA_CURVE_CAO_E2][m - 1] = a->e_star / answer[m - 1].e_star;
    }
}

static int explore_dims(struct rqa_suggestion *s, const rqa__suggest_plan *plan,
                        const rqa__explore_crew *crew)
{
    const rqa_suggest_options *o = &plan->options;
    const rqa__neighbour_question question = {
        .channel = plan->read->channel,
        .n_channels = (uint32_t)plan->read->n_channels,
        .n = plan->read->n_samples,
        .delay = (size_t)s->value[RQA_SUGGESTION_DELAY],
        .exclusion = o->theiler,
        .sigma = sigma_of(plan->read),
        .rtol = o->fnn_rtol,
        .atol = o->fnn_atol,
    };
    const uint32_t n_dims = rqa__neighbour_dims(question.n, question.delay, o->max_dim);
    rqa__neighbour_answer *answer = rqa__alloc_array(o->max_dim, sizeof *answer);
    if (!answer)
        return rqa__fail_memory("the neighbours of the vectors");
    int status = rqa__neighbour_counts(crew, &question, n_dims, answer);
    if (!status)
        take_answers(s, answer, n_dims, plan->exponent);
    rqa__free(answer);
    return status;
}

int rqa__suggestion_explore(struct rqa_suggestion **out, const rqa__suggest_plan *plan,
                            const rqa__explore_crew *crew)
{
    struct rqa_suggestion *s = NULL;
    int status = create(&s, &plan->options);
    if (status)
        return status;
    status = explore_lags(s, plan, crew);
    if (!status) {
        rqa__suggestion_pick_delay(s, &plan->options);
        status = explore_dims(s, plan, crew);
    }
    if (status) {
        rqa__suggestion_free(s);
        return status;
    }
    rqa__suggestion_pick_dim(s, &plan->options);
    *out = s;
    return RQA_OK;
}
