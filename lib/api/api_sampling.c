/* api_sampling.c - the calls of rqa/sampling.h. */
#include "rqa/sampling.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/analyze_sampled.h"
#include "batch/provenance.h"
#include "plan/analysis_rules.h"

/* Sizes of the structs in release 0.3.0. */
enum {
    OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_sampled_options, n_blocks),
    ESTIMATE_SMALLEST = RQA__SIZE_THROUGH(rqa_estimate, n_drawn),
};

void rqa_sampled_options_init_sized(rqa_sampled_options *options, size_t size)
{
    const rqa_sampled_options defaults = {.struct_size = sizeof defaults,
                                          .seed = 1,
                                          .n_lines = 100000,
                                          .n_cells = UINT64_C(1000000000),
                                          .n_blocks = 1000000};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

rqa_status rqa_sampled_compute(rqa_sampled **out, const rqa_embedding *x, const rqa_embedding *y,
                               const rqa_analysis_options *options,
                               const rqa_sampled_options *sampled)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    rqa_sampled_options draws;
    rqa_sampled_options_init(&draws);
    int status = rqa__analysis_options_read(&full, options);
    if (!status)
        status = rqa__options_read(&draws, sizeof draws, OPTIONS_SMALLEST, sampled, "sampled");
    return status ? status : rqa__sampled_of(out, x, y, &full, &draws);
}

void rqa_sampled_destroy(rqa_sampled *sampled)
{
    RQA__ENTRY;
    rqa__sampled_free(sampled);
}

rqa_status rqa_sampled_get(const rqa_sampled *sampled, int32_t measure, rqa_estimate *out)
{
    if (!sampled)
        return rqa__fail_null("sampled");
    if (!out)
        return rqa__fail_null("out");
    if (measure < 0 || measure >= RQA_MEASURE_COUNT)
        return rqa__fail(RQA_ERROR_VALUE, "measure is %" PRId32 "; allowed is 0..%d", measure,
                         RQA_MEASURE_COUNT - 1);
    if (!(RQA__SAMPLED_MEASURES & RQA_MEASURE_BIT(measure)))
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "%s has no estimate; rr det l_mean lam tt microstate_entropy have one",
                         rqa_measure_name(measure));
    if (!(sampled->rules.measures & RQA_MEASURE_BIT(measure)))
        return rqa__fail(RQA_ERROR_STATE, "%s was not asked for: it is not in options->measures",
                         rqa_measure_name(measure));
    return rqa__output_write(out, &sampled->estimate[measure], sizeof *out, ESTIMATE_SMALLEST, "out");
}

rqa_status rqa_sampled_count(const rqa_sampled *sampled, int32_t count, uint64_t *value)
{
    if (!sampled)
        return rqa__fail_null("sampled");
    if (!value)
        return rqa__fail_null("value");
    if (count < 0 || count > RQA_SAMPLED_BLOCKS)
        return rqa__fail(RQA_ERROR_VALUE, "count is %" PRId32 "; allowed is 0..%d", count,
                         RQA_SAMPLED_BLOCKS);
    *value = sampled->count[count];
    return RQA_OK;
}

rqa_status rqa_sampled_histogram(const rqa_sampled *sampled, int32_t histogram,
                                 const rqa_line_bin **bins, size_t *n)
{
    if (!sampled)
        return rqa__fail_null("sampled");
    if (!bins)
        return rqa__fail_null("bins");
    if (!n)
        return rqa__fail_null("n");
    if (histogram != RQA_HISTOGRAM_DIAGONAL && histogram != RQA_HISTOGRAM_VERTICAL)
        return rqa__fail(RQA_ERROR_VALUE, "histogram is %" PRId32 "; a sample has %d (diagonal) and %d "
                                          "(vertical)",
                         histogram, RQA_HISTOGRAM_DIAGONAL, RQA_HISTOGRAM_VERTICAL);
    const int k = histogram == RQA_HISTOGRAM_VERTICAL;
    *bins = sampled->bins[k];
    *n = sampled->n_bins[k];
    return RQA_OK;
}

rqa_status rqa_sampled_provenance(const rqa_sampled *sampled, rqa_provenance *provenance)
{
    if (!sampled)
        return rqa__fail_null("sampled");
    if (!provenance)
        return rqa__fail_null("provenance");
    const rqa_provenance ran = {
        .backend = sampled->backend,
        .n_threads = sampled->n_threads,
        .threshold_lower = sampled->threshold_lower,
        .kernels = "ref",
        .strategy = "sampled",
        .reason = sampled->reason,
    };
    return rqa__provenance_write(provenance, ran, &sampled->rules, &sampled->reached_x,
                                 &sampled->reached_y);
}
