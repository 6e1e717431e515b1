/* api_metrics.c - rqa/metrics.h. */
#include <string.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/analyze.h"
#include "batch/provenance.h"
#include "rqa/rqa.h"

rqa_status rqa_metrics_compute(rqa_metrics **out, const rqa_embedding *x, const rqa_embedding *y,
                               const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__analyze(out, x, y, &full);
}

rqa_status rqa_metrics_from_matrix(rqa_metrics **out, const rqa_matrix *matrix,
                                   const rqa_analysis_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!matrix)
        return rqa__fail_null("matrix");
    rqa_analysis_options full;
    int status = rqa__analysis_options_read(&full, options);
    return status ? status : rqa__analyze_matrix(out, matrix, &full);
}

void rqa_metrics_destroy(rqa_metrics *metrics)
{
    RQA__ENTRY;
    rqa__metrics_free(metrics);
}

static int check_measure(int32_t measure)
{
    if (measure >= 0 && measure < RQA_MEASURE_COUNT)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "measure is %d; allowed is 0..%d", measure,
                     RQA_MEASURE_COUNT - 1);
}

rqa_status rqa_metrics_get(const rqa_metrics *metrics, int32_t measure, double *out)
{
    if (!metrics)
        return rqa__fail_null("metrics");
    if (!out)
        return rqa__fail_null("out");
    int status = check_measure(measure);
    if (!status)
        *out = metrics->value[measure];
    return status;
}

int32_t rqa_metrics_reason(const rqa_metrics *metrics, int32_t measure)
{
    if (!metrics || measure < 0 || measure >= RQA_MEASURE_COUNT)
        return RQA_REASON_NOT_COMPUTED;
    return metrics->why[measure];
}

rqa_status rqa_metrics_count(const rqa_metrics *metrics, int32_t count, uint64_t *out)
{
    if (!metrics)
        return rqa__fail_null("metrics");
    if (!out)
        return rqa__fail_null("out");
    const uint64_t counts[] = {
        [RQA_COUNT_SAMPLES_X] = metrics->n_samples_x, [RQA_COUNT_SAMPLES_Y] = metrics->n_samples_y,
        [RQA_COUNT_VECTORS_X] = metrics->n_x,         [RQA_COUNT_VECTORS_Y] = metrics->n_y,
        [RQA_COUNT_PAIRS] = metrics->cells,           [RQA_COUNT_POINTS] = metrics->points,
        [RQA_COUNT_SKIPPED_X] = metrics->n_skipped_x, [RQA_COUNT_SKIPPED_Y] = metrics->n_skipped_y,
    };
    if (count < 0 || count > RQA_COUNT_SKIPPED_Y)
        return rqa__fail(RQA_ERROR_VALUE, "count is %d; allowed is 0..%d", count,
                         RQA_COUNT_SKIPPED_Y);
    *out = counts[count];
    return RQA_OK;
}

rqa_status rqa_metrics_histogram(const rqa_metrics *metrics, int32_t histogram,
                                 const rqa_line_bin **bins, size_t *n_bins)
{
    static const uint32_t needed[RQA__N_HISTOGRAMS] = {
        RQA__TALLY_DIAGONAL, RQA__TALLY_VERTICAL, RQA__TALLY_WHITE, RQA__TALLY_RECURRENCE_TIME};
    if (!metrics)
        return rqa__fail_null("metrics");
    if (!bins)
        return rqa__fail_null("bins");
    if (!n_bins)
        return rqa__fail_null("n_bins");
    if (histogram < 0 || histogram >= RQA__N_HISTOGRAMS)
        return rqa__fail(RQA_ERROR_VALUE, "histogram is %d; allowed is 0..%d", histogram,
                         RQA__N_HISTOGRAMS - 1);
    if (!(metrics->tallies & needed[histogram]))
        return rqa__fail(RQA_ERROR_STATE,
                         "histogram %d was not counted: no measure in options->measures needs it",
                         histogram);
    *bins = metrics->bins[histogram];
    *n_bins = metrics->n_bins[histogram];
    return RQA_OK;
}

rqa_status rqa_metrics_offset_points(const rqa_metrics *metrics, const uint64_t **points,
                                     size_t *n_offsets)
{
    if (!metrics)
        return rqa__fail_null("metrics");
    if (!points)
        return rqa__fail_null("points");
    if (!n_offsets)
        return rqa__fail_null("n_offsets");
    if (!(metrics->tallies & RQA__TALLY_OFFSETS))
        return rqa__fail(RQA_ERROR_STATE,
                         "points per diagonal were not counted: trend is not in options->measures");
    *points = metrics->offset_points;
    *n_offsets = metrics->n_offsets;
    return RQA_OK;
}

rqa_status rqa_metrics_provenance(const rqa_metrics *metrics, rqa_provenance *provenance)
{
    if (!metrics)
        return rqa__fail_null("metrics");
    if (!provenance)
        return rqa__fail_null("provenance");
    const rqa_provenance ran = {
        .backend = metrics->backend,
        .n_threads = metrics->n_threads,
        .kernels = metrics->kernels,
        .strategy = metrics->strategy,
        .reason = metrics->reason,
        .threshold_lower = metrics->threshold_lower,
    };
    return rqa__provenance_write(provenance, ran, &metrics->rules, &metrics->reached_x, &metrics->reached_y);
}
