/* test_locale.c - numbers in every text of the library, in a host that has set a decimal comma.
 *
 * The locale is made for the test where localedef is there; without one it is skipped (77).
 */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rqa/store.h"
#include "support.h"
#ifdef RQA_TEST_READERS
#include "cli_number.h"
#include "reader_number.h"
#endif

static char folder[] = "/tmp/rqa-locale-XXXXXX";
static rqa_context *context;

/* 1 if the process now writes a comma. */
static int set_comma(void)
{
    char command[200], text[8];
    if (!mkdtemp(folder) || setenv("LOCPATH", folder, 1))
        return 0;
    snprintf(command, sizeof command,
             "localedef -c -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    if (system(command) == -1 || !setlocale(LC_ALL, "de_DE.UTF-8"))
        return 0;
    snprintf(text, sizeof text, "%.1f", 0.5);
    return strcmp(text, "0,5") == 0;
}

static void remove_folder(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "%s was not removed\n", folder);
}

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    char text[8];
    rqa_context_destroy(context);
    snprintf(text, sizeof text, "%.1f", 0.5); /* the host's locale is as it was */
    ck_assert_str_eq(text, "0,5");
}

static rqa_series *wave(void)
{
    static double value[1200];
    for (int k = 0; k < 1200; k++)
        value[k] = sin(.1 * k);
    return support_series(context, value, 1200, 1);
}

static void expect_text(const char *words)
{
    ck_assert_msg(strstr(rqa_last_error(), words) != NULL, "'%s' is not in: %s", words,
                  rqa_last_error());
}

/* The shortest that reads back, and a point. */
START_TEST(bad_thresholds)
{
    static const struct {
        double value;
        const char *text;
    } bad[] = {{-0.1, "is -0.1;"},          {-1.0 / 3, "is -0.3333333333333333;"},
               {-1e-300, "is -1e-300;"},    {-0.1234567890123, "is -0.1234567890123;"},
               {-5e-324, "is -5e-324;"},    {-(0.1 + 0.2), "is -0.30000000000000004;"},
               {-1234567.5, "is -1234567.5;"}, {-DBL_MAX, "is -1.7976931348623157e+308;"},
               {NAN, "nan;"}};
    rqa_series *series = wave();
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        rqa_metrics *metrics;
        rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM,
                                                       bad[k].value);
        ck_fails(rqa_metrics_compute(&metrics, embedding, NULL, &options), RQA_ERROR_VALUE,
                 "threshold");
        expect_text(bad[k].text);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

START_TEST(contexts)
{
    static const char *const name[] = {"bits_scale",     "sweep_scale", "thread_speedup",
                                       "thread_start_s", "gpu_rate",    "gpu_start_s"};
    rqa_context *bad;
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.device_memory_share = -0.25;
    ck_fails(rqa_context_create(&bad, &options), RQA_ERROR_VALUE, "device_memory_share is -0.25;");
    for (int k = 0; k < 6; k++) {
        char words[60];
        rqa_profile profile = {.struct_size = sizeof profile};
        ck_ok(rqa_context_get_profile(context, &profile));
        double *field[] = {&profile.bits_scale,     &profile.sweep_scale, &profile.thread_speedup,
                           &profile.thread_start_s, &profile.gpu_rate,    &profile.gpu_start_s};
        *field[k] = -1.7;
        ck_fails(rqa_context_set_profile(context, &profile), RQA_ERROR_VALUE, name[k]);
        snprintf(words, sizeof words, "%s is -1.7;", name[k]);
        expect_text(words);
    }
}
END_TEST

START_TEST(series_and_pictures)
{
    static const double constant[4] = {0.1, 0.1, 0.1, 0.1};
    rqa_series *series;
    rqa_series_options scaled;
    rqa_series_options_init(&scaled);
    scaled.normalization = RQA_NORMALIZATION_ZSCORE;
    ck_fails(rqa_series_create(&series, context, constant, 4, 1, &scaled), RQA_ERROR_CONSTANT,
             "constant (0.1 in all");
    series = support_series(context, constant, 4, 1);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .5);
    rqa_matrix *matrix;
    rqa_png_options png;
    ck_ok(rqa_matrix_create(&matrix, embedding, NULL, &options));
    rqa_png_options_init(&png);
    png.sample_period = -2.5;
    ck_fails(rqa_matrix_write_png(matrix, "never.png", &png), RQA_ERROR_VALUE,
             "sample_period is -2.5; 0 or 1e-100..1e+100");
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

static rqa_batch_options grid(const double *thresholds, uint32_t n_thresholds)
{
    static const uint32_t one[1] = {1}, two[1] = {2};
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.dims = options.delays = one;
    options.lmins = options.vmins = two;
    options.n_dims = options.n_delays = options.n_lmins = options.n_vmins = 1;
    options.thresholds = thresholds;
    options.n_thresholds = n_thresholds;
    return options;
}

START_TEST(batches)
{
    static const double twice[2] = {0.1, 0.1}, negative[1] = {-0.7};
    rqa_batch *batch;
    rqa_batch_options options = grid(twice, 2);
    ck_fails(rqa_batch_create(&batch, context, &options), RQA_ERROR_VALUE, "holds 0.1 twice");
    options = grid(negative, 1);
    ck_fails(rqa_batch_create(&batch, context, &options), RQA_ERROR_VALUE,
             "thresholds[0] is -0.7;");
    options = grid(twice, 1);
    options.event_interval_s = -0.2;
    ck_fails(rqa_batch_create(&batch, context, &options), RQA_ERROR_VALUE, "is -0.2;");
    options = grid(twice, 1);
    options.device_interval_s = 1e300;
    ck_fails(rqa_batch_create(&batch, context, &options), RQA_ERROR_VALUE, "is 1e+300;");
}
END_TEST

/* Commas between parts are followed by a space; one between digits is a decimal sign. */
static void expect_points(const char *text)
{
    int n_points = 0;
    for (size_t k = 1; text[k]; k++) {
        int between = text[k - 1] >= '0' && text[k - 1] <= '9' && text[k + 1] >= '0' &&
                      text[k + 1] <= '9';
        ck_assert_msg(!(between && text[k] == ','), "a decimal comma in: %s", text);
        n_points += between && text[k] == '.';
    }
    ck_assert_msg(n_points > 0, "no number with a point in: %s", text);
}

/* 1200 vectors: 1.44e+06 operations; and what a measured profile predicts. */
START_TEST(reasons)
{
    rqa_series *series = wave();
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .5);
    for (int measured = 0; measured < 2; measured++) {
        rqa_provenance provenance = {.struct_size = sizeof provenance};
        if (measured) {
            rqa_profile profile = {.struct_size = sizeof profile};
            ck_ok(rqa_context_get_profile(context, &profile));
            profile.measured = 1;
            ck_ok(rqa_context_set_profile(context, &profile));
        }
        rqa_metrics *metrics = support_metrics(embedding, NULL, &options);
        ck_ok(rqa_metrics_provenance(metrics, &provenance));
        expect_points(provenance.reason);
        rqa_metrics_destroy(metrics);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

static void one_text(const char *path, const char *sql, char *out, size_t size)
{
    sqlite3 *db;
    sqlite3_stmt *row;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    snprintf(out, size, "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    sqlite3_close(db);
}

/* What a run writes about itself into a store is the same in every locale, and reads as JSON. */
START_TEST(explain_and_store)
{
    static const double thresholds[2] = {0.05, 0.3};
    char path[100], text[2000];
    rqa_series *series = wave();
    rqa_batch_options options = grid(thresholds, 2);
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series,
                           .label = "wave"};
    rqa_batch *batch;
    rqa_store *store;
    snprintf(path, sizeof path, "%s/results.sqlite", folder);
    ck_ok(rqa_store_open(&store, context, path, NULL));
    ck_ok(rqa_batch_create(&batch, context, &options));
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_set_store(batch, store));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    expect_points(rqa_batch_explain(batch));
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    rqa_series_destroy(series);
    one_text(path, "SELECT options FROM run", text, sizeof text);
    ck_assert_msg(strstr(text, "\"threshold\":[0.05,0.3]") != NULL, "%s", text);
}
END_TEST

#ifdef RQA_TEST_READERS
/* Those that no short way reads or writes: many digits, far exponents, subnormals. */
START_TEST(program)
{
    static const char *const text[] = {"0.1234567890123456789", "1.5e-30", "2.5e300", "5e-324",
                                       "1.7976931348623157e308", "-3.25e-320"};
    static const double value[] = {0.1234567890123456789, 1.5e-30,    2.5e300,
                                   5e-324,                DBL_MAX,    -3.25e-320};
    for (size_t k = 0; k < sizeof value / sizeof value[0]; k++) {
        char number[CLI_NUMBER_ROOM + 1], point = 0;
        double got = 0;
        ck_assert(reader_number(text[k], strlen(text[k]), &point, &got));
        ck_assert_msg(got == value[k], "%s", text[k]);
        cli_number_text(number, value[k]);
        ck_assert_msg(strchr(number, ',') == NULL, "%s", number);
        ck_assert_msg(cli_number_read(number) == value[k], "%s", number);
    }
}
END_TEST
#endif

int main(void)
{
    if (!set_comma()) {
        printf("skipped: no locale with a decimal comma (localedef of package libc-bin, and "
               "package locales, would make one)\n");
        return 77;
    }
    TCase *tcase = tcase_create("locale");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, bad_thresholds);
    tcase_add_test(tcase, contexts);
    tcase_add_test(tcase, series_and_pictures);
    tcase_add_test(tcase, batches);
    tcase_add_test(tcase, reasons);
    tcase_add_test(tcase, explain_and_store);
#ifdef RQA_TEST_READERS
    tcase_add_test(tcase, program);
#endif
    Suite *suite = suite_create("locale");
    suite_add_tcase(suite, tcase);
    int status = support_run(suite);
    remove_folder();
    return status;
}
