/* text_plot.c - the recurrence matrix itself: thirteen samples, drawn with letters. */
#include <inttypes.h>
#include <rqa/rqa.h>
#include <stdio.h>

static int fail(void)
{
    fprintf(stderr, "%s\n", rqa_last_error());
    return 1;
}

int main(void)
{
    const double x[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
    rqa_context *context;
    rqa_series *series;
    rqa_embedding *embedding;
    if (rqa_context_create(&context, NULL) || rqa_series_create(&series, context, x, 13, 1, NULL) ||
        rqa_embedding_create(&embedding, series, 2, 2))
        return fail();

    //! [matrix]
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.threshold = 0.65;
    rqa_matrix *matrix;
    if (rqa_matrix_create(&matrix, embedding, NULL, &options))
        return fail();
    uint8_t cells[11][11]; /* 13 samples leave 11 vectors */
    if (rqa_matrix_unpack(matrix, 0, 11, cells[0], 0))
        return fail();
    for (int row = 10; row >= 0; row--) { /* the origin is at the lower left */
        for (int column = 0; column < 11; column++)
            printf(" %c", cells[row][column] ? '#' : '.');
        printf("\n");
    }
    //! [matrix]

    //! [histogram]
    rqa_metrics *metrics;
    const rqa_line_bin *bins;
    size_t n_bins;
    if (rqa_metrics_from_matrix(&metrics, matrix, &options) ||
        rqa_metrics_histogram(metrics, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins))
        return fail();
    for (size_t k = 0; k < n_bins; k++)
        printf("%" PRIu64 " diagonal lines of length %" PRIu64 "\n", bins[k].count, bins[k].length);
    //! [histogram]

    rqa_metrics_destroy(metrics);
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
    return 0;
}
