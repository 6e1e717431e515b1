/* api_suggest.c - the calls of rqa/suggest.h. */
#include "rqa/suggest.h"

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/suggest_run.h"

/* Size of rqa_suggest_options in release 0.3.0. */
enum { OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_suggest_options, fnn_fraction) };

void rqa_suggest_options_init_sized(rqa_suggest_options *options, size_t size)
{
    const rqa_suggest_options defaults = {
        .struct_size = sizeof defaults,
        .max_dim = 10,
        .bins = 16,
        .ksg_k = 3,
        .theiler = 1,
        .norm = RQA_NORM_EUCLIDEAN,
        .fnn_rtol = 10,
        .fnn_atol = 2,
        .fnn_fraction = 0.01,
    };
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

rqa_status rqa_suggest_compute(rqa_suggestion **out, const rqa_series *series,
                               const rqa_suggest_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!series)
        return rqa__fail_null("series");
    rqa_suggest_options full;
    rqa_suggest_options_init(&full);
    int status = rqa__options_read(&full, sizeof full, OPTIONS_SMALLEST, options, "options");
    return status ? status : rqa__suggest(out, series, &full);
}

void rqa_suggestion_destroy(rqa_suggestion *suggestion)
{
    RQA__ENTRY;
    rqa__suggestion_free(suggestion);
}

rqa_status rqa_suggestion_value(const rqa_suggestion *suggestion, int32_t item, double *out)
{
    if (!suggestion)
        return rqa__fail_null("suggestion");
    if (!out)
        return rqa__fail_null("out");
    if (item < 0 || item >= RQA__N_SUGGESTED)
        return rqa__fail(RQA_ERROR_VALUE, "item is %d; allowed is 0..%d", item,
                         RQA__N_SUGGESTED - 1);
    *out = suggestion->value[item];
    return RQA_OK;
}

const char *rqa_suggestion_rule(const rqa_suggestion *suggestion, int32_t item)
{
    return suggestion && item >= 0 && item < RQA__N_SUGGESTED ? suggestion->rule[item] : NULL;
}

rqa_status rqa_suggestion_curve(const rqa_suggestion *suggestion, int32_t curve,
                                const double **values, size_t *n)
{
    if (!suggestion)
        return rqa__fail_null("suggestion");
    if (!values)
        return rqa__fail_null("values");
    if (!n)
        return rqa__fail_null("n");
    if (curve < 0 || curve >= RQA__N_CURVES)
        return rqa__fail(RQA_ERROR_VALUE, "curve is %d; allowed is 0..%d", curve, RQA__N_CURVES - 1);
    *values = suggestion->curve[curve];
    *n = suggestion->n[curve];
    return RQA_OK;
}

const char *rqa_suggestion_warning(const rqa_suggestion *suggestion, size_t index)
{
    return suggestion && index < suggestion->n_warnings ? suggestion->warning[index] : NULL;
}
