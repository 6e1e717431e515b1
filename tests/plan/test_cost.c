/* test_cost.c - the cost model: strategy and backend follow the profile, results never do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { N = 1200 };
static double wave[N];

static void make_wave(void)
{
    for (int i = 0; i < N; i++)
        wave[i] = sin(0.13 * i) + 0.4 * sin(0.0371 * i * i / 100);
}

static rqa_profile fake(double bits, double sweep, double speedup, double start_s)
{
    rqa_profile profile = {.struct_size = sizeof profile,
                           .bits_scale = bits,
                           .sweep_scale = sweep,
                           .thread_speedup = speedup,
                           .thread_start_s = start_s};
    return profile;
}

static rqa_metrics *analyze_with(const rqa_profile *profile)
{
    rqa_context *context = support_context(2);
    ck_ok(rqa_context_set_profile(context, profile));
    rqa_analysis_options options = support_options(0, RQA_NORM_EUCLIDEAN, 0.3);
    rqa_metrics *metrics = support_analyze(context, wave, N, 3, 4, &options);
    rqa_context_destroy(context);
    return metrics;
}

static rqa_provenance provenance_of(const rqa_metrics *metrics)
{
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    ck_ok(rqa_metrics_provenance(metrics, &provenance));
    return provenance;
}

START_TEST(profile_picks_strategy_and_backend)
{
    static const struct {
        double bits, sweep, speedup, start_s;
        const char *strategy;
        int backend;
    } cases[] = {
        {1e-6, 1e6, 2, 1e3, "bits", RQA_BACKEND_SEQUENTIAL},
        {1e6, 1e-6, 2, 1e3, "sweep", RQA_BACKEND_SEQUENTIAL},
        {1e3, 1e9, 2, 0, "bits", RQA_BACKEND_THREADS},
        {1e9, 1e3, 2, 0, "sweep", RQA_BACKEND_THREADS},
        {1e3, 1e9, 1, 0, "bits", RQA_BACKEND_SEQUENTIAL},
    };
    rqa_metrics *first = NULL;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        rqa_profile profile =
            fake(cases[k].bits, cases[k].sweep, cases[k].speedup, cases[k].start_s);
        rqa_metrics *metrics = analyze_with(&profile);
        rqa_provenance p = provenance_of(metrics);
        ck_assert_str_eq(p.strategy, cases[k].strategy);
        ck_assert_int_eq(p.backend, cases[k].backend);
        ck_assert_ptr_nonnull(strstr(p.reason, "measured profile"));
        if (first)
            support_expect_same(first, metrics, p.strategy);
        else
            first = metrics;
        if (metrics != first)
            rqa_metrics_destroy(metrics);
    }
    rqa_metrics_destroy(first);
}
END_TEST

/* Threshold indices know nothing of what a corridor or a number of neighbours takes away. */
START_TEST(corridors_and_neighbours_go_by_bits_whatever_they_cost)
{
    const rqa_profile profiles[2] = {fake(1e-6, 1e6, 1, 0), fake(1e6, 1e-6, 1, 0)};
    for (int neighbours = 0; neighbours < 2; neighbours++) {
        uint64_t points[2];
        for (int k = 0; k < 2; k++) {
            rqa_context *context = support_context(1);
            ck_ok(rqa_context_set_profile(context, &profiles[k]));
            rqa_analysis_options options = support_options(0, RQA_NORM_MAXIMUM, neighbours ? 3 : 0.4);
            options.threshold_unit = neighbours ? RQA_THRESHOLD_NEIGHBOURS : RQA_THRESHOLD_DATA;
            options.corridor = !neighbours;
            options.threshold_lower = neighbours ? 0 : 0.3;
            rqa_metrics *metrics = support_analyze(context, wave, 100, 1, 1, &options);
            ck_assert_str_eq(provenance_of(metrics).strategy, "bits");
            ck_ok(rqa_metrics_count(metrics, RQA_COUNT_POINTS, &points[k]));
            rqa_metrics_destroy(metrics);
            rqa_context_destroy(context);
        }
        ck_assert_uint_eq(points[0], points[1]);
    }
}
END_TEST

START_TEST(without_profile_the_size_table_rules)
{
    rqa_metrics *metrics = analyze_with(NULL);
    rqa_provenance p = provenance_of(metrics);
    ck_assert_int_eq(p.backend, RQA_BACKEND_THREADS); /* 1.4e6 operations */
    ck_assert_ptr_nonnull(strstr(p.reason, "operations"));
    rqa_metrics_destroy(metrics);
}
END_TEST

START_TEST(calibration_measures)
{
    rqa_context *context = support_context(2);
    rqa_profile before = {.struct_size = sizeof before}, after = before;
    ck_ok(rqa_context_get_profile(context, &before));
    ck_assert_int_eq(before.measured, 0);
    ck_ok(rqa_context_calibrate(context));
    ck_ok(rqa_context_get_profile(context, &after));
    ck_assert_int_eq(after.measured, 1);
    ck_assert(after.bits_scale > 0 && isfinite(after.bits_scale));
    ck_assert(after.sweep_scale > 0 && isfinite(after.sweep_scale));
    ck_assert(after.thread_speedup >= 1 && after.thread_start_s > 0);
    ck_ok(rqa_context_set_profile(context, NULL));
    ck_ok(rqa_context_get_profile(context, &after));
    ck_assert(after.measured == 0 && after.bits_scale == before.bits_scale);
    /* A profile without a GPU leaves what is assumed of one. */
    after.gpu_rate = 0;
    ck_ok(rqa_context_set_profile(context, &after));
    ck_ok(rqa_context_get_profile(context, &after));
    ck_assert(after.measured == 1 && after.gpu_rate == before.gpu_rate && before.gpu_rate > 0);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(bad_profiles_are_refused)
{
    rqa_context *context = support_context(1);
    rqa_profile p = fake(0, 1, 1, 0);
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_VALUE, "bits_scale|0");
    p = fake(1, NAN, 1, 0);
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_VALUE, "sweep_scale|nan");
    p = fake(1, 1, 0.5, 0);
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_VALUE, "thread_speedup|0.5");
    p = fake(1, 1, 1, -1);
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_VALUE, "thread_start_s|-1");
    p = fake(1, 1, 1, 0);
    p.gpu_rate = -1;
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_VALUE, "gpu_rate|-1");
    p.gpu_rate = 1;
    p.gpu_start_s = INFINITY;
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_VALUE, "gpu_start_s|inf");
    p.struct_size = 4;
    ck_fails(rqa_context_set_profile(context, &p), RQA_ERROR_STRUCT_SIZE, "profile");
    ck_fails(rqa_context_set_profile(NULL, &p), RQA_ERROR_NULL, "context");
    ck_fails(rqa_context_get_profile(context, NULL), RQA_ERROR_NULL, "profile");
    ck_fails(rqa_context_calibrate(NULL), RQA_ERROR_NULL, "context");
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    make_wave();
    Suite *suite = suite_create("cost");
    TCase *cases = tcase_create("cost");
    tcase_add_test(cases, profile_picks_strategy_and_backend);
    tcase_add_test(cases, corridors_and_neighbours_go_by_bits_whatever_they_cost);
    tcase_add_test(cases, without_profile_the_size_table_rules);
    tcase_add_test(cases, calibration_measures);
    tcase_add_test(cases, bad_profiles_are_refused);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
