/* test_founding.c - the whole founding grid on a real recording: a sweep is the single analyses.
 *
 * 10 dims x 10 delays x 51 thresholds x 2 minima, 1-D with the Manhattan and 2-D with the Euclidean
 * norm, every value of the sweep equal to the last bit to that of its own analysis.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { N_DIMS = 10, N_DELAYS = 10, N_THRESHOLDS = 51, N_LMINS = 2, MAX_SAMPLES = 4000 };

static double gaze[MAX_SAMPLES * 2];
static size_t n_samples;

static void read_gaze(void)
{
    FILE *file = fopen(RQA_TEST_GAZE, "r");
    ck_assert_msg(file != NULL, "cannot read %s", RQA_TEST_GAZE);
    char line[256];
    double t;
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    while (n_samples < MAX_SAMPLES && fgets(line, sizeof line, file))
        if (sscanf(line, "%lf,%lf,%lf", &t, &gaze[2 * n_samples], &gaze[2 * n_samples + 1]) == 3)
            n_samples++;
    fclose(file);
    ck_assert_uint_gt(n_samples, 300);
}

static double threshold_at(uint32_t e)
{
    return (double)(50 + e) / 1000;
}

static rqa_batch *make_batch(rqa_context *context, const rqa_series *series, int32_t norm)
{
    static uint32_t dims[N_DIMS], delays[N_DELAYS], lmins[N_LMINS] = {2, 3};
    static double thresholds[N_THRESHOLDS];
    for (uint32_t k = 0; k < N_DIMS; k++)
        dims[k] = delays[k] = k + 1;
    for (uint32_t e = 0; e < N_THRESHOLDS; e++)
        thresholds[e] = threshold_at(e);
    rqa_analysis_options analysis = support_options(RQA_CONVENTION_FOUNDING, norm, 0);
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.dims = dims;
    options.n_dims = N_DIMS;
    options.delays = delays;
    options.n_delays = N_DELAYS;
    options.thresholds = thresholds;
    options.n_thresholds = N_THRESHOLDS;
    options.lmins = lmins;
    options.n_lmins = N_LMINS;
    options.analysis = &analysis;
    rqa_batch *batch;
    ck_ok(rqa_batch_create(&batch, context, &options));
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
    ck_ok(rqa_batch_add(batch, &item));
    return batch;
}

static void compare_row(const rqa_batch_row *row, const double *values, const uint8_t *reasons,
                        const rqa_series *series, int32_t norm)
{
    rqa_analysis_options options =
        support_options(RQA_CONVENTION_FOUNDING, norm, row->threshold);
    options.lmin = row->lmin;
    rqa_embedding *embedding = support_embedding(series, row->dim, row->delay);
    rqa_metrics *metrics = support_metrics(embedding, NULL, &options);
    for (int32_t m = 0; m < RQA_MEASURES_DEFAULT_COUNT; m++) {
        double alone = support_get(metrics, m);
        ck_assert_msg(memcmp(&alone, &values[m], sizeof alone) == 0 ||
                          (alone != alone && values[m] != values[m]),
                      "dim %u delay %u threshold %g lmin %u: %s is %.17g in the sweep, %.17g alone",
                      row->dim, row->delay, row->threshold, row->lmin, rqa_measure_name(m),
                      values[m], alone);
        ck_assert_int_eq(rqa_metrics_reason(metrics, m), reasons[m]);
    }
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
}

static void compare_all(size_t n_channels, int32_t norm)
{
    rqa_context *context = support_context(2);
    rqa_series_options layout;
    rqa_series_options_init(&layout);
    layout.sample_stride_bytes = 2 * (int64_t)sizeof(double);
    rqa_series *series;
    ck_ok(rqa_series_create(&series, context, gaze, n_samples, n_channels, &layout));
    rqa_batch *batch = make_batch(context, series, norm);
    uint64_t n_rows = rqa_batch_size(batch, RQA_BATCH_ROWS);
    ck_assert_uint_eq(n_rows, 10200);
    double *values = calloc((size_t)n_rows * RQA_MEASURES_DEFAULT_COUNT, sizeof *values);
    uint8_t *reasons = calloc((size_t)n_rows, RQA_MEASURES_DEFAULT_COUNT);
    ck_ok(rqa_batch_set_table(batch, values, reasons, n_rows));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    uint64_t step = env_number("RQA_TEST_STEP", 1);
    for (uint64_t r = 0; r < n_rows; r += step) {
        rqa_batch_row row = {.struct_size = sizeof row};
        ck_ok(rqa_batch_row_at(batch, r, &row));
        compare_row(&row, values + r * RQA_MEASURES_DEFAULT_COUNT, reasons + r * RQA_MEASURES_DEFAULT_COUNT, series,
                    norm);
    }
    free(values);
    free(reasons);
    rqa_batch_destroy(batch);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

START_TEST(one_dimension_manhattan)
{
    read_gaze();
    compare_all(1, RQA_NORM_MANHATTAN);
}
END_TEST

START_TEST(two_dimensions_euclidean)
{
    n_samples = 0;
    read_gaze();
    compare_all(2, RQA_NORM_EUCLIDEAN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("founding");
    TCase *cases = tcase_create("founding");
    tcase_add_test(cases, one_dimension_manhattan);
    tcase_add_test(cases, two_dimensions_euclidean);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
