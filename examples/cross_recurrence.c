/* cross_recurrence.c - two recordings of different lengths and delays, and where they line up. */
#include <inttypes.h>
#include <rqa/rqa.h>
#include <stdio.h>

//! [fail]
static int fail(void)
{
    fprintf(stderr, "%s\n", rqa_last_error());
    return 1;
}
//! [fail]

int main(void)
{
    const float leader[] = {.9f, .1f, .2f, .3f, .5f, 1.7f, .4f, .8f, 1.5f};
    const float follower[] = {.3f, 1.3f, .6f, .2f, 1.1f, 1.9f, 1.3f, .4f, .7f, .9f, 1.6f};
    rqa_context *context;
    if (rqa_context_create(&context, NULL))
        return fail();

    rqa_series_options as_float;
    rqa_series_options_init(&as_float);
    as_float.dtype = RQA_DTYPE_FLOAT32;
    rqa_series *a, *b;
    rqa_embedding *x, *y;
    if (rqa_series_create(&a, context, leader, 9, 1, &as_float) ||
        rqa_series_create(&b, context, follower, 11, 1, &as_float) ||
        rqa_embedding_create(&x, a, 2, 1) || rqa_embedding_create(&y, b, 2, 2))
        return fail();
    /* An embedding keeps what it needs. */
    rqa_series_destroy(a);
    rqa_series_destroy(b);

    //! [compute]
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.convention = RQA_CONVENTION_PYRQA;
    options.threshold = 0.73;
    rqa_metrics *metrics;
    if (rqa_metrics_compute(&metrics, x, y, &options))
        return fail();
    //! [compute]

    for (int measure = 0; measure < RQA_MEASURE_COUNT; measure++) {
        double value;
        rqa_metrics_get(metrics, measure, &value);
        const char *why = rqa_reason_text(rqa_metrics_reason(metrics, measure));
        printf("%-8s %10.6g  %s\n", rqa_measure_name(measure), value, why);
    }
    const rqa_line_bin *bins;
    size_t n_bins;
    if (rqa_metrics_histogram(metrics, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins))
        return fail();
    for (size_t k = 0; k < n_bins; k++)
        printf("%" PRIu64 " diagonal lines of length %" PRIu64 "\n", bins[k].count, bins[k].length);

    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    rqa_context_destroy(context);
    return 0;
}
