#include <rqa/rqa.h>
#include <stdio.h>

int main(void)
{
    const double x[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
    rqa_context *context = NULL;
    rqa_series *series = NULL;
    rqa_embedding *embedding = NULL;
    rqa_metrics *metrics = NULL;
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.threshold = 0.65; /* Euclidean, convention `standard` */
    double rr = 0, det = 0;
    if (rqa_context_create(&context, NULL) || rqa_series_create(&series, context, x, 13, 1, NULL) ||
        rqa_embedding_create(&embedding, series, 2, 2) || /* dim 2, delay 2 */
        rqa_metrics_compute(&metrics, embedding, NULL, &options) ||
        rqa_metrics_get(metrics, RQA_MEASURE_RR, &rr) ||
        rqa_metrics_get(metrics, RQA_MEASURE_DET, &det))
        return fprintf(stderr, "%s\n", rqa_last_error()), 1;
    printf("recurrence rate %.4f, determinism %.4f\n", rr, det);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
    return 0;
}
