/* test_host_job.c - what R, MATLAB and Octave share: options by name, and jobs that end, fail and are
 * cancelled. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host_job.h"
#include "host_names.h"
#include "support.h"

static const double thirteen[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
static const host_recording recording = {thirteen, 13, 1, NULL};

static host_request *new_request(int32_t kind)
{
    host_request *request = malloc(sizeof *request);
    host_request_init(request, kind);
    request->x = &recording;
    request->n_recordings = 1;
    request->n_threads = 2;
    return request;
}

static host_job *started(host_request *request)
{
    host_job *job;
    const rqa_status status = host_job_start(&job, request);
    ck_assert_msg(status == RQA_OK, "%s", request->text);
    return job;
}

static void expect_refused(host_request *request, rqa_status status, const char *text)
{
    host_job *job;
    ck_assert_int_eq(host_job_start(&job, request), status);
    ck_assert_ptr_null(job);
    ck_assert_str_eq(request->text, text);
}

START_TEST(options_by_name)
{
    host_request *request = new_request(HOST_ANALYZE);
    ck_assert_int_eq(host_set_number(request, "dim", 3), RQA_OK);
    ck_assert_int_eq(host_set_number(request, "theiler", -1), RQA_OK);
    ck_assert_int_eq(host_set_number(request, "threshold_lower", .1), RQA_OK);
    ck_assert_int_eq(host_set_number(request, "trend_border", 0), RQA_OK);
    ck_assert_int_eq(host_set_number(request, "skeleton", 1), RQA_OK);
    ck_assert_int_eq(host_set_text(request, "direction", "isodirectional"), RQA_OK);
    ck_assert_int_eq(host_set_number(request, "direction_bound", .5), RQA_OK);
    ck_assert_int_eq(host_set_number(request, "direction_lag", 2), RQA_OK);
    ck_assert_int_eq(host_set_text(request, "norm", "l1"), RQA_OK);
    ck_assert_int_eq(host_set_text(request, "threshold_unit", "neighbour-rate"), RQA_OK);
    ck_assert_int_eq(host_set_text(request, "measures", "det"), RQA_OK);
    ck_assert_int_eq(host_set_text(request, "measures", "rpde"), RQA_OK);
    ck_assert_uint_eq(request->dim, 3);
    ck_assert_int_eq(request->analysis.corridor, 1);
    ck_assert_uint_eq(request->analysis.trend_border, UINT32_MAX);
    ck_assert_int_eq(request->analysis.skeleton, 1);
    ck_assert_int_eq(request->analysis.direction, RQA_DIRECTION_ISODIRECTIONAL);
    ck_assert(request->analysis.direction_bound == .5);
    ck_assert_uint_eq(request->analysis.direction_lag, 2);
    ck_assert_int_eq(request->analysis.norm, RQA_NORM_MANHATTAN);
    ck_assert_int_eq(request->analysis.threshold_unit, RQA_THRESHOLD_NEIGHBOUR_RATE);
    ck_assert_uint_eq(request->analysis.measures,
                      RQA_MEASURE_BIT(RQA_MEASURE_DET) | RQA_MEASURE_BIT(RQA_MEASURE_RPDE));

    ck_assert_int_eq(host_set_number(request, "dim", 2.5), RQA_ERROR_VALUE);
    ck_assert_str_eq(request->text, "dim is 2.5; it must be a whole number");
    ck_assert_int_eq(host_set_number(request, "dim", NAN), RQA_ERROR_VALUE);
    ck_assert_int_eq(host_set_number(request, "dim", -1), RQA_ERROR_VALUE);
    ck_assert_str_eq(request->text, "dim is -1; it must not be negative");
    ck_assert_int_eq(host_set_number(request, "dim", 4294967296.), RQA_ERROR_VALUE);
    ck_assert_str_eq(request->text, "dim is 4294967296; it must be smaller");
    ck_assert_int_eq(host_set_number(request, "window", 5), RQA_ERROR_UNKNOWN_NAME);
    ck_assert_str_eq(request->text, "window is no option here");
    ck_assert_int_eq(host_set_text(request, "ties", "both"), RQA_ERROR_UNKNOWN_NAME);
    ck_assert_str_eq(request->text, "ties is \"both\"; allowed are all, index");
    ck_assert_int_eq(host_set_text(request, "norm", "cosine"), RQA_ERROR_UNKNOWN_NAME);
    ck_assert_str_eq(request->text, "norm is \"cosine\"; allowed are maximum, euclidean, manhattan");
    ck_assert_uint_eq(request->dim, 3);
    free(request);
}
END_TEST

/* The order of the names is that of the enums, which the program has too. */
START_TEST(names_of_options)
{
    ck_assert_str_eq(host_option_name("threshold_unit", RQA_THRESHOLD_RECURRENCE_RATE), "recurrence-rate");
    ck_assert_str_eq(host_option_name("threshold_unit", RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS),
                     "adaptive-neighbours");
    ck_assert_str_eq(host_option_name("relation", RQA_RELATION_JOINT), "joint");
    ck_assert_str_eq(host_option_name("compare", RQA_COMPARE_LT), "lt");
    ck_assert_str_eq(host_option_name("ties", RQA_TIES_INDEX), "index");
    ck_assert_str_eq(host_option_name("direction", RQA_DIRECTION_PERPENDICULAR), "perpendicular");
    ck_assert_str_eq(host_option_name("white_border", RQA_WHITE_BORDER_EXCLUDE), "exclude");
    ck_assert_str_eq(host_option_name("normalize", RQA_NORMALIZATION_UNIT), "unit");
    ck_assert_str_eq(host_option_name("missing", RQA_MISSING_SKIP), "skip");
    ck_assert_str_eq(host_option_name("scope", RQA_WINDOWS_SCOPE_WINDOW), "window");
    ck_assert_str_eq(host_option_name("mi_estimator", RQA_MI_KSG), "ksg");
    ck_assert_str_eq(host_option_name("surrogates", RQA_SURROGATE_TWIN), "twin");
    ck_assert_str_eq(host_option_name("measures", RQA_MEASURE_DET), "det");
    ck_assert_ptr_null(host_option_name("ties", 2));
    ck_assert_ptr_null(host_option_name("path", 0));
}
END_TEST

START_TEST(names_of_results)
{
    int32_t measures[RQA_MEASURE_COUNT];
    ck_assert_int_eq(HOST_N_COUNTS, RQA_COUNT_SKIPPED_Y + 1);
    ck_assert_int_eq(HOST_N_HISTOGRAMS, RQA_HISTOGRAM_RECURRENCE_TIME + 1);
    ck_assert_int_eq(HOST_N_PICKS, RQA_SUGGESTION_SD02 + 1);
    ck_assert_int_eq(HOST_N_CURVES, RQA_CURVE_CAO_E2 + 1);
    ck_assert_str_eq(host_count_names[RQA_COUNT_PAIRS], "pairs");
    ck_assert_str_eq(host_count_names[RQA_COUNT_SKIPPED_Y], "skipped_y");
    ck_assert_str_eq(host_histogram_names[RQA_HISTOGRAM_WHITE], "white");
    ck_assert_str_eq(host_pick_names[RQA_SUGGESTION_FIRST_1_OVER_E], "first_1_over_e");
    ck_assert_str_eq(host_pick_names[RQA_SUGGESTION_SD02], "sd02");
    ck_assert_str_eq(host_curve_names[RQA_CURVE_FNN_FRACTION], "fnn_fraction");
    ck_assert_str_eq(host_curve_names[RQA_CURVE_CAO_E2], "cao_e2");
    ck_assert_uint_eq(host_measures(measures, 0), RQA_MEASURES_DEFAULT_COUNT);
    ck_assert_uint_eq(host_measures(measures, RQA_MEASURE_BIT(RQA_MEASURE_TT) |
                                                  RQA_MEASURE_BIT(RQA_MEASURE_CAT_ENTROPY)), 2);
    ck_assert_int_eq(measures[0], RQA_MEASURE_TT);
    ck_assert_int_eq(measures[1], RQA_MEASURE_CAT_ENTROPY);
}
END_TEST

START_TEST(texts_without_structs)
{
    char text[HOST_TEXT_SIZE];
    host_copy_text(text, "options->threshold is -1; a->b->c->d, x - y > z");
    ck_assert_str_eq(text, "threshold is -1; d, x - y > z");
    char *long_text = malloc(5000);
    memset(long_text, 'a', 4999);
    long_text[4999] = '\0';
    host_copy_text(text, long_text);
    ck_assert_uint_eq(strlen(text), HOST_TEXT_SIZE - 1);
    free(long_text);
}
END_TEST

START_TEST(an_analysis)
{
    host_request *request = new_request(HOST_ANALYZE);
    request->dim = request->delay = 2;
    request->analysis.threshold = .65;
    host_job *job = started(request);
    while (!host_job_wait(job, .1)) {
    }
    const char *text;
    double det;
    ck_assert_int_eq(host_job_status(job, &text), RQA_OK);
    ck_assert_int_eq(rqa_metrics_get(host_job_results(job)->metrics, RQA_MEASURE_DET, &det), RQA_OK);
    ck_assert_double_eq_tol(det, 14. / 34, 1e-12);
    ck_assert_ptr_null(host_job_request(job)->x);
    host_job_close(job);
    host_job_close(NULL);
    free(request);
}
END_TEST

START_TEST(what_is_refused)
{
    static const double gap[] = {1, 2, 3, 4, NAN, 6};
    const host_recording with_gap = {gap, 3, 2, NULL};
    host_request *request = new_request(HOST_ANALYZE);
    request->x = &with_gap;
    expect_refused(request, RQA_ERROR_NOT_FINITE,
                   "sample 2 of channel 2 is missing or infinite; clean the data or set missing to skip");
    request->x = &recording;
    request->dim = 0;
    expect_refused(request, RQA_ERROR_VALUE, "dim is 0; 1..1000 are allowed");
    request->dim = 1;
    request->analysis.threshold = -1; /* which is found out on the thread */
    host_job *job = started(request);
    const char *text;
    while (!host_job_wait(job, .1)) {
    }
    ck_assert_int_eq(host_job_status(job, &text), RQA_ERROR_VALUE);
    ck_assert_str_eq(text, "threshold is -1; a threshold must be finite and not negative");
    host_job_close(job);
    free(request);
}
END_TEST

/* A recording that is none is an item that failed; what is left are its own values. */
START_TEST(a_grid)
{
    static const double gap[] = {1, NAN, 3};
    static const double dims[] = {1, 2}, thresholds[] = {.1, .65, .9};
    const host_recording two[] = {{gap, 3, 1, "gap"}, {thirteen, 13, 1, "thirteen"}};
    host_request *request = new_request(HOST_GRID);
    request->x = two;
    request->n_recordings = 2;
    request->dims = (host_axis){dims, 2};
    request->delays = (host_axis){dims, 1};
    request->thresholds = (host_axis){thresholds, 3};
    request->analysis.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR);
    host_job *job = started(request);
    while (!host_job_wait(job, .1)) {
    }
    rqa_batch_statistics at;
    const char *text;
    ck_assert_int_eq(host_job_status(job, &text), RQA_OK);
    ck_assert_int_eq(host_job_progress(job, &at), RQA_OK);
    ck_assert_uint_eq(at.n_total, 12);
    ck_assert_uint_eq(at.n_failed, 6);
    ck_assert_int_eq(rqa_batch_item_status(host_job_results(job)->batch, 0, &text), RQA_ERROR_NOT_FINITE);
    ck_assert_msg(strncmp(text, "sample 2 of channel 1", 21) == 0, "%s", text);
    ck_assert_double_eq_tol(host_job_results(job)->values[7], 98. / 156, 1e-12);
    host_job_close(job);
    static const double half[] = {1.5};
    request->dims = (host_axis){half, 1};
    host_job *none;
    ck_assert_int_eq(host_job_start(&none, request), RQA_ERROR_VALUE);
    free(request);
}
END_TEST

START_TEST(shares_of_blocks)
{
    static const uint8_t cells[] = {1, 0, 0, 1, 1, /**/ 1, 1, 0, 0, 1, /**/ 0, 0, 1, 0, 1};
    host_request *request = new_request(HOST_CELLS);
    request->x = NULL;
    request->cells = cells;
    request->n_rows = 3;
    request->n_columns = 5;
    request->analysis.relation = RQA_RELATION_CROSS;
    host_job *job = started(request);
    while (!host_job_wait(job, .1)) {
    }
    const rqa_matrix *matrix = host_job_results(job)->matrix;
    double shares[6];
    ck_assert_uint_eq(host_block_side(matrix, 0), 1);
    ck_assert_uint_eq(host_block_side(matrix, 5), 1);
    ck_assert_uint_eq(host_block_side(matrix, 4), 2);
    host_matrix_shares(matrix, 2, shares);
    const double wanted[] = {.75, 0, .25, .5, 1, 1};
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq(shares[k], wanted[k]);
    host_job_close(job);
    free(request);
}
END_TEST

/* Closing stops what is at work; a forked child leaves its parent's job alone, and computes. */
START_TEST(closing_cancels)
{
    enum { N = 4000000 }; /* an hour and more on the two threads */
    double *x = malloc(N * sizeof *x);
    for (int k = 0; k < N; k++)
        x[k] = sin(.37 * k * (double)k);
    const host_recording large = {x, N, 1, NULL};
    static const double thresholds[] = {.1, .2};
    for (int kind = HOST_ANALYZE; kind <= HOST_GRID; kind *= HOST_GRID / HOST_ANALYZE) {
        host_request *request = new_request(kind);
        request->x = &large;
        request->dim = 3;
        request->analysis.threshold = .1;
        request->dims = request->delays = (host_axis){(const double[]){1, 2}, 2};
        request->thresholds = (host_axis){thresholds, 2};
        host_job *job = started(request);
        ck_assert_int_eq(host_job_wait(job, .05), 0);
        const char *text;
        ck_assert_int_eq(host_job_status(job, &text), RQA_ERROR_STATE);
        if (kind == HOST_ANALYZE) {
            const pid_t child = fork();
            if (child == 0) {
                host_job_close(job);
                host_request *own = new_request(HOST_ANALYZE);
                host_job *other;
                _exit(host_job_start(&other, own) || !host_job_wait(other, 600) ||
                      host_job_status(other, &text));
            }
            int status;
            ck_assert_int_eq(waitpid(child, &status, 0), child);
            ck_assert_int_eq(status, 0);
        }
        struct timespec begin, end;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        host_job_close(job);
        clock_gettime(CLOCK_MONOTONIC, &end);
        ck_assert_int_lt(end.tv_sec - begin.tv_sec, 300);
        free(request);
    }
    free(x);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host_job");
    TCase *tcase = tcase_create("requests and jobs");
    tcase_add_test(tcase, options_by_name);
    tcase_add_test(tcase, names_of_options);
    tcase_add_test(tcase, names_of_results);
    tcase_add_test(tcase, texts_without_structs);
    tcase_add_test(tcase, an_analysis);
    tcase_add_test(tcase, what_is_refused);
    tcase_add_test(tcase, a_grid);
    tcase_add_test(tcase, shares_of_blocks);
    tcase_add_test(tcase, closing_cancels);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
