/* api_lag_profile.c - the calls of rqa/lag_profile.h. */
#include "rqa/lag_profile.h"

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/analyze_lags.h"
#include "plan/analysis_rules.h"

rqa_status rqa_lag_profile_compute(rqa_lag_profile **out, const rqa_embedding *x,
                                   const rqa_embedding *y, const rqa_analysis_options *options,
                                   uint64_t max_lag)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__lag_profile_of(out, x, y, &full, max_lag);
}

void rqa_lag_profile_destroy(rqa_lag_profile *profile)
{
    RQA__ENTRY;
    rqa__lag_profile_free(profile);
}

rqa_status rqa_lag_profile_lags(const rqa_lag_profile *profile, int64_t *first_lag, size_t *n_lags)
{
    if (!profile)
        return rqa__fail_null("profile");
    if (!first_lag)
        return rqa__fail_null("first_lag");
    if (!n_lags)
        return rqa__fail_null("n_lags");
    *first_lag = profile->first_lag;
    *n_lags = profile->n_lags;
    return RQA_OK;
}

rqa_status rqa_lag_profile_values(const rqa_lag_profile *profile, int32_t quantity,
                                  const double **values)
{
    if (!profile)
        return rqa__fail_null("profile");
    if (!values)
        return rqa__fail_null("values");
    if (quantity < 0 || quantity >= RQA__LAG_PROFILE_QUANTITIES)
        return rqa__fail(RQA_ERROR_VALUE, "quantity is %d; allowed is 0..%d", quantity,
                         RQA__LAG_PROFILE_QUANTITIES - 1);
    *values = profile->value[quantity];
    return RQA_OK;
}

rqa_status rqa_lag_profile_counts(const rqa_lag_profile *profile, int32_t count,
                                  const uint64_t **counts)
{
    if (!profile)
        return rqa__fail_null("profile");
    if (!counts)
        return rqa__fail_null("counts");
    if (count < 0 || count >= RQA__LAG_PROFILE_COUNTS)
        return rqa__fail(RQA_ERROR_VALUE, "count is %d; allowed is 0..%d", count,
                         RQA__LAG_PROFILE_COUNTS - 1);
    *counts = profile->count[count];
    return RQA_OK;
}

int32_t rqa_lag_profile_reason(const rqa_lag_profile *profile, int32_t quantity, size_t index)
{
    if (!profile || quantity < 0 || quantity >= RQA__LAG_PROFILE_QUANTITIES ||
        index >= profile->n_lags)
        return RQA_REASON_NOT_COMPUTED;
    if (profile->count[RQA_LAG_PROFILE_CELLS][index] == 0)
        return RQA_REASON_NO_CELLS;
    if (quantity == RQA_LAG_PROFILE_DET && profile->count[RQA_LAG_PROFILE_POINTS][index] == 0)
        return RQA_REASON_NO_POINTS;
    if (quantity == RQA_LAG_PROFILE_L_MEAN && profile->count[RQA_LAG_PROFILE_LINES][index] == 0)
        return RQA_REASON_NO_LINE;
    return RQA_REASON_DEFINED;
}

rqa_status rqa_lag_profile_lag_of_max(const rqa_lag_profile *profile, int64_t *lag, double *rr)
{
    if (!profile)
        return rqa__fail_null("profile");
    if (!lag)
        return rqa__fail_null("lag");
    *lag = profile->lag_of_max;
    if (rr)
        *rr = profile->value[RQA_LAG_PROFILE_RR][profile->lag_of_max - profile->first_lag];
    return RQA_OK;
}
