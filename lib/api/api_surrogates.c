/* api_surrogates.c - the calls of rqa/surrogates.h. */
#include "rqa/surrogates.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/surrogate_set.h"
#include "plan/analysis_rules.h"

/* Size of rqa_surrogate_options in release 0.3.0. */
enum { OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_surrogate_options, reserved) };

static const char *const method_names[] = {
    [RQA_SURROGATE_SHUFFLE] = "shuffle", [RQA_SURROGATE_PHASE] = "phase",
    [RQA_SURROGATE_AAFT] = "aaft",       [RQA_SURROGATE_IAAFT] = "iaaft",
    [RQA_SURROGATE_TWIN] = "twin",
};

void rqa_surrogate_options_init_sized(rqa_surrogate_options *options, size_t size)
{
    const rqa_surrogate_options defaults = {
        .struct_size = sizeof defaults,
        .method = RQA_SURROGATE_IAAFT,
        .seed = 1,
        .count = 199,
        .max_iterations = 100,
        .dim = 1,
        .delay = 1,
        .min_distance = 7,
    };
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

rqa_status rqa_surrogates_create(rqa_surrogates **out, const rqa_series *series,
                                 const rqa_surrogate_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!series)
        return rqa__fail_null("series");
    rqa_surrogate_options full;
    rqa_analysis_options analysis;
    rqa_surrogate_options_init(&full);
    int status = rqa__options_read(&full, sizeof full, OPTIONS_SMALLEST, options, "options");
    if (!status)
        status = rqa__analysis_options_read(&analysis, full.analysis);
    return status ? status : rqa__surrogates_new(out, series, &full, &analysis);
}

void rqa_surrogates_destroy(rqa_surrogates *surrogates)
{
    RQA__ENTRY;
    rqa__surrogates_free(surrogates);
}

size_t rqa_surrogates_count(const rqa_surrogates *surrogates)
{
    return surrogates ? surrogates->count : 0;
}

const rqa_series *rqa_surrogates_series(const rqa_surrogates *surrogates, size_t number)
{
    return surrogates && number < surrogates->count ? surrogates->series[number] : NULL;
}

rqa_status rqa_surrogates_spectrum_error(const rqa_surrogates *surrogates, size_t number,
                                         double *error, uint32_t *n_iterations)
{
    if (!surrogates)
        return rqa__fail_null("surrogates");
    if (!error)
        return rqa__fail_null("error");
    if (number >= surrogates->count)
        return rqa__fail(RQA_ERROR_VALUE, "number is %zu; there are %zu surrogates", number,
                         surrogates->count);
    *error = surrogates->error[number];
    if (n_iterations)
        *n_iterations = surrogates->n_iterations[number];
    return RQA_OK;
}

rqa_status rqa_surrogates_twins(const rqa_surrogates *surrogates, uint64_t *n_pairs,
                                uint64_t *n_vectors)
{
    if (!surrogates)
        return rqa__fail_null("surrogates");
    if (!n_pairs)
        return rqa__fail_null("n_pairs");
    if (!n_vectors)
        return rqa__fail_null("n_vectors");
    *n_pairs = surrogates->n_pairs;
    *n_vectors = surrogates->n_vectors;
    return RQA_OK;
}

const char *rqa_surrogate_method_name(int32_t method)
{
    return method >= RQA_SURROGATE_SHUFFLE && method <= RQA_SURROGATE_TWIN ? method_names[method]
                                                                           : NULL;
}

rqa_status rqa_surrogate_method_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (int32_t k = RQA_SURROGATE_SHUFFLE; k <= RQA_SURROGATE_TWIN; k++)
        if (strcmp(name, method_names[k]) == 0) {
            *out = k;
            return RQA_OK;
        }
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown surrogate method '%.40s'; known are shuffle phase aaft iaaft twin", name);
}
