/* api_windows.c - rqa/windows.h. */
#include "rqa/windows.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/analyze_windows.h"
#include "batch/provenance.h"

/* Sizes of the structs in the release that brought them. */
enum {
    OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_windows_options, step),
    WINDOW_SMALLEST = RQA__SIZE_THROUGH(rqa_window, threshold_y),
};

void rqa_windows_options_init_sized(rqa_windows_options *options, size_t size)
{
    const rqa_windows_options defaults = {.struct_size = sizeof defaults, .step = 1};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

rqa_status rqa_windows_compute(rqa_windows **out, const rqa_embedding *x, const rqa_embedding *y,
                               const rqa_analysis_options *options,
                               const rqa_windows_options *windows)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    if (!windows)
        return rqa__fail_null("windows");
    rqa_analysis_options full;
    rqa_windows_options full_windows;
    rqa_windows_options_init(&full_windows);
    int status = rqa__analysis_options_read(&full, options);
    if (!status)
        status = rqa__options_read(&full_windows, sizeof full_windows, OPTIONS_SMALLEST, windows,
                                   "windows");
    return status ? status : rqa__windows_of(out, x, y, &full, &full_windows);
}

void rqa_windows_destroy(rqa_windows *windows)
{
    RQA__ENTRY;
    rqa__windows_free(windows);
}

size_t rqa_windows_count(const rqa_windows *windows)
{
    return windows ? windows->n_windows : 0;
}

rqa_status rqa_windows_at(const rqa_windows *windows, size_t index, rqa_window *out)
{
    RQA__ENTRY;
    if (!windows)
        return rqa__fail_null("windows");
    if (!out)
        return rqa__fail_null("out");
    if (index >= windows->n_windows)
        return rqa__fail(RQA_ERROR_VALUE, "index is %zu; allowed is 0..%zu", index,
                         windows->n_windows - 1);
    const uint64_t start = index * windows->step;
    const rqa_window full = {
        .start = start,
        .end = start + windows->window - 1,
        .centre = (double)start + (double)(windows->window - 1) / 2,
        .pairs = windows->cells,
        .points = windows->points[index],
        .threshold = windows->reached ? windows->reached[RQA__REACHED * index]
                                      : windows->reached_x.threshold,
        .threshold_y =
            windows->thresholds_y ? windows->thresholds_y[index] : windows->reached_y.threshold,
    };
    return rqa__output_write(out, &full, sizeof full, WINDOW_SMALLEST, "out");
}

rqa_status rqa_windows_values(const rqa_windows *windows, int32_t measure, const double **values,
                              const uint8_t **reasons, size_t *n_windows)
{
    if (!windows)
        return rqa__fail_null("windows");
    if (!values)
        return rqa__fail_null("values");
    if (measure < 0 || measure >= RQA_MEASURE_COUNT)
        return rqa__fail(RQA_ERROR_VALUE, "measure is %d; allowed is 0..%d", measure,
                         RQA_MEASURE_COUNT - 1);
    if (!windows->value[measure])
        return rqa__fail(RQA_ERROR_STATE, "measure %s is not in options->measures",
                         rqa_measure_name(measure));
    *values = windows->value[measure];
    if (reasons)
        *reasons = windows->why[measure];
    if (n_windows)
        *n_windows = windows->n_windows;
    return RQA_OK;
}

rqa_status rqa_windows_provenance(const rqa_windows *windows, rqa_provenance *provenance)
{
    if (!windows)
        return rqa__fail_null("windows");
    if (!provenance)
        return rqa__fail_null("provenance");
    const rqa_provenance ran = {
        .backend = windows->backend,
        .n_threads = windows->n_threads,
        .kernels = windows->kernels,
        .strategy = windows->strategy,
        .reason = windows->reason,
        .threshold_lower = windows->threshold_lower,
    };
    return rqa__provenance_write(provenance, ran, &windows->rules, &windows->reached_x, &windows->reached_y);
}
