/* api_series.c - the calls of rqa/series.h. */
#include "rqa/series.h"

#include "base/error.h"
#include "base/fp_env.h"
#include "data/recording.h"
#include "plan/context_state.h"

/* Size of rqa_series_options in release 0.1.0. */
enum { OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_series_options, missing) };

void rqa_series_options_init_sized(rqa_series_options *options, size_t size)
{
    const rqa_series_options defaults = {.struct_size = sizeof defaults};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

/* What callers of release 0.1.0 call, whose struct ended there. */
void(rqa_series_options_init)(rqa_series_options *options)
{
    rqa_series_options_init_sized(options, OPTIONS_SMALLEST);
}

rqa_status rqa_series_create(rqa_series **out, rqa_context *context, const void *data,
                             size_t n_samples, size_t n_channels, const rqa_series_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!context)
        return rqa__fail_null("context");
    if (!data)
        return rqa__fail_null("data");
    rqa_series_options complete;
    rqa_series_options_init(&complete);
    size_t n_bytes;
    int status =
        rqa__options_read(&complete, sizeof complete, OPTIONS_SMALLEST, options, "options");
    if (!status)
        status = rqa__series_size(n_samples, n_channels, &n_bytes);
    if (!status)
        status = rqa__context_check_memory(context, n_bytes, "the series");
    if (!status)
        status = rqa__series_new(out, context, data, n_samples, n_channels, &complete);
    return status;
}

void rqa_series_destroy(rqa_series *series)
{
    RQA__ENTRY;
    rqa__series_release(series);
}

size_t rqa_series_n_samples(const rqa_series *series)
{
    return series ? series->n_samples : 0;
}

size_t rqa_series_n_channels(const rqa_series *series)
{
    return series ? series->n_channels : 0;
}

size_t rqa_series_n_missing(const rqa_series *series)
{
    return series ? series->n_missing : 0;
}

const double *rqa_series_channel(const rqa_series *series, size_t channel)
{
    return series && channel < series->n_channels ? series->channel[channel] : NULL;
}
