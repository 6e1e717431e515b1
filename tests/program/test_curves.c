/* test_curves.c - the program's pictures of curves: well-formed, escaped, peaks and gaps kept. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "curve_path.h"
#include "curve_scale.h"
#include "curve_svg.h"
#include "support.h"

/* Every element that is opened is closed in its order; attributes are quoted; no bare ampersand. */
static int is_well_formed(const char *text)
{
    char open[32][16];
    int depth = 0;
    text = strstr(text, "?>");
    while (text && (text = strpbrk(text, "<&")) != NULL) {
        char name[16] = "";
        if (*text == '&') {
            if (strncmp(text, "&amp;", 5) && strncmp(text, "&lt;", 4) && strncmp(text, "&gt;", 4))
                return 0;
            text++;
            continue;
        }
        const char *end = strchr(text, '>');
        if (!end || strcspn(text + 1, "<") < (size_t)(end - text))
            return 0;
        const int closes = text[1] == '/', is_alone = end[-1] == '/';
        sscanf(text + 1 + closes, "%15[A-Za-z]", name);
        if (closes && (depth == 0 || strcmp(open[--depth], name) != 0))
            return 0;
        if (!closes && !is_alone)
            strcpy(open[depth++], name);
        text = end + 1;
    }
    return depth == 0;
}

static char *draw(const curve_picture *picture)
{
    size_t length = 0;
    char *text = curve_svg_text(picture, &length);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(strlen(text), length);
    return text;
}

static size_t count_of(const char *text, char letter)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == letter;
    return n;
}

enum { MANY = 200000, PEAK = 123456, PIT = 150001 };

START_TEST(extremes_of_every_pixel)
{
    double *y = calloc(MANY, sizeof *y);
    rng r = {7};
    for (size_t k = 0; k < MANY; k++)
        y[k] = rng_uniform(&r);
    y[PEAK] = 50.0;
    y[PIT] = -30.0;
    const curve line = {.y = y, .n = MANY, .x_step = 1.0};
    const curve_axis across = {0.0, 0.0, 700.0 / (MANY - 1), 0.0, 700.0};
    const curve_axis up = {0.0, 0.0, 1.0, -1000.0, 1000.0};
    curve_text out = {0};
    curve_path_write(&out, &line, &across, &up);
    ck_assert_int_eq(out.failed, 0);
    ck_assert_uint_le(count_of(out.text, 'L') + count_of(out.text, 'M'), 4 * 701);
    ck_assert_uint_eq(count_of(out.text, 'M'), 1);
    double least = INFINITY, most = -INFINITY, before = -1.0;
    size_t n_points = 0;
    for (const char *at = out.text; *at; n_points++) {
        double px, py;
        int used;
        ck_assert_int_eq(sscanf(at + 1, "%lf %lf%n", &px, &py, &used), 2);
        ck_assert_double_ge(px, before); /* in their order */
        before = px;
        least = fmin(least, py);
        most = fmax(most, py);
        at += 1 + used;
    }
    ck_assert_double_eq(most, 50.0);
    ck_assert_double_eq(least, -30.0);
    ck_assert_uint_gt(n_points, 2000);
    free(out.text);
    free(y);
}
END_TEST

START_TEST(few_points_all_there)
{
    const double y[] = {1, 2, 3, NAN, 5, NAN, 7, INFINITY, 9, 10};
    const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const curve line = {.x = x, .y = y, .n = 10};
    const curve_axis across = {0.0, 0.0, 10.0, 0.0, 100.0}, up = {0.0, 0.0, 0.25, -10.0, 10.0};
    curve_text out = {0};
    curve_path_write(&out, &line, &across, &up);
    ck_assert_str_eq(out.text, "M0 0.25L10 0.5L20 0.75M40 1.25h0M60 1.75h0M80 2.25L90 2.5");
    free(out.text);
    out = (curve_text){0};
    curve_path_dots(&out, &line, &across, &up);
    ck_assert_uint_eq(count_of(out.text, 'M'), 7);
    free(out.text);
}
END_TEST

/* Gaps narrower than a pixel neither hide the curve nor make it long. */
START_TEST(every_other_is_missing)
{
    double *y = calloc(MANY, sizeof *y);
    for (size_t k = 0; k < MANY; k++)
        y[k] = k % 2 ? NAN : (double)(k % 10);
    for (size_t k = MANY / 4; k < MANY / 2; k++)
        y[k] = NAN;
    const curve line = {.y = y, .n = MANY, .x_step = 0.5};
    const curve_axis across = {0.0, 0.0, 1400.0 / (MANY - 1), 0.0, 700.0};
    const curve_axis up = {0.0, 0.0, 1.0, -10.0, 10.0};
    curve_text out = {0};
    curve_path_write(&out, &line, &across, &up);
    ck_assert_uint_le(count_of(out.text, 'L') + count_of(out.text, 'M'), 4 * 701);
    ck_assert_uint_gt(count_of(out.text, 'L'), 1000);
    free(out.text);
    free(y);
}
END_TEST

static void expect_ticks(double low, double high, const char *expected)
{
    curve_ticks ticks;
    char all[CURVE_MAX_TICKS * 33] = "";
    curve_ticks_place(&ticks, (curve_range){low, high}, 600.0, 100.0, 1);
    for (size_t k = 0; k < ticks.n; k++) {
        strcat(all, k ? " " : "");
        strcat(all, ticks.text[k]);
        ck_near(strtod(ticks.text[k], NULL), ticks.at[k], 1e-12 * fabs(high));
    }
    ck_assert_str_eq(all, expected);
}

START_TEST(round_numbers)
{
    expect_ticks(0.0, 1.0, "0 0.2 0.4 0.6 0.8 1.0");
    expect_ticks(-20.0, 20.0, "-20 -10 0 10 20");
    expect_ticks(0.0, 5000.0, "0 1000 2000 3000 4000 5000");
    expect_ticks(0.0312, 0.0351, "0.032 0.033 0.034 0.035");
    expect_ticks(-3e-9, 3e-9, "-3e-9 -2e-9 -1e-9 0 1e-9 2e-9 3e-9");
    expect_ticks(0.0, 5e12, "0 1e12 2e12 3e12 4e12 5e12");
    expect_ticks(-0.5, 0.5, "-0.4 -0.2 0 0.2 0.4");
}
END_TEST

START_TEST(ranges_that_are_none)
{
    curve_range range = curve_range_none();
    curve_range_take(&range, NAN);
    curve_range_finish(&range, 0.1);
    ck_assert_double_lt(range.low, range.high);
    const double odd[] = {0.0, 5.0, -1e-320, 1e308, 3e15};
    for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++) {
        curve_ticks ticks;
        range = curve_range_none();
        curve_range_take(&range, odd[k]);
        curve_range_finish(&range, 0.1);
        ck_assert_double_lt(range.low, range.high);
        curve_ticks_place(&ticks, range, 600.0, 40.0, 1);
        ck_assert_uint_ge(ticks.n, 1);
    }
    range = curve_range_none();
    curve_range_take(&range, -1e308);
    curve_range_take(&range, 1e308);
    curve_range_finish(&range, 0.05);
    ck_assert(isfinite(range.high - range.low));
}
END_TEST

START_TEST(bars_hold_every_value)
{
    rng r = {3};
    double value[1000];
    for (size_t k = 0; k < 1000; k++)
        value[k] = k % 100 ? rng_gauss(&r) : NAN;
    curve_bars bars;
    curve_bars_count(&bars, value, 1000);
    size_t sum = 0;
    for (size_t k = 0; k < bars.n; k++)
        sum += bars.count[k];
    ck_assert_uint_eq(bars.total, 990);
    ck_assert_uint_eq(sum, 990);
    ck_assert_uint_ge(bars.n, 8);
    ck_assert_uint_le(bars.n, 42);
    for (size_t k = 0; k < 1000; k++)
        value[k] = 4.0;
    curve_bars_count(&bars, value, 1000);
    ck_assert_uint_eq(bars.largest, 1000);
}
END_TEST

/* One picture with everything in it: RQA_TEST_PICTURE=FILE keeps it, to be looked at. */
START_TEST(whole_picture)
{
    enum { N = 30000, LAGS = 41 };
    double *y = calloc(N, sizeof *y), det[LAGS], second[LAGS], third[LAGS], value[999];
    rng r = {11};
    for (size_t k = 0; k < N; k++)
        y[k] = sin((double)k * 0.002) + 0.2 * rng_gauss(&r);
    for (size_t k = 12000; k < 14000; k++)
        y[k] = NAN;
    y[20000] = 4.0;
    for (int k = 0; k < LAGS; k++) {
        det[k] = exp(-0.1 * abs(k - 27));
        second[k] = 0.8 * det[k] + 0.1 * rng_uniform(&r);
        third[k] = k == 5 ? NAN : 0.5 - 0.3 * det[k];
    }
    for (size_t k = 0; k < 999; k++)
        value[k] = 0.6 + 0.03 * rng_gauss(&r);
    const curve top[] = {{.y = y, .n = N, .x_step = 0.001}};
    const curve below[] = {{.name = "first", .y = det, .n = LAGS, .x_step = 0.75},
                           {.name = "second & <b>",
                            .y = second,
                            .n = LAGS,
                            .x_step = 0.75,
                            .style = CURVE_LINE_POINTS},
                           {.name = "third", .y = third, .n = LAGS, .x_step = 0.75}};
    const curve dots[] = {
        {.name = "n", .y = det, .n = LAGS, .x_first = -20, .x_step = 1, .style = CURVE_POINTS}};
    const curve_mark event[] = {{CURVE_AT_X, 20.25, "event"},
                                {CURVE_AT_X, 29.5, "almost the end"},
                                {CURVE_AT_Y, 0.9, "threshold"}};
    const curve_mark observed[] = {{CURVE_AT_X, 0.75, "observed, p < 0.001"}};
    const curve_panel panel[] = {
        {.title = "recording", .y_label = "ECG (mV)", .curves = top, .n_curves = 1},
        {.title = "determinism",
         .x_label = "time (s)",
         .y_label = "det",
         .curves = below,
         .n_curves = 3,
         .marks = event,
         .n_marks = 3,
         .y_low = 0.0,
         .y_high = 1.0},
        {.x_label = "lag (samples)",
         .y_label = "rr \xe2\x89\xa4 1",
         .curves = dots,
         .n_curves = 1,
         .height = 80.0},
        {.title = "surrogates",
         .x_label = "det",
         .y_label = "surrogates",
         .values = value,
         .n_values = 999,
         .marks = observed,
         .n_marks = 1}};
    const curve_picture picture = {"A \"title\" of R&D <rqa>\x01\xff", panel, 4};
    char *text = draw(&picture), *again = draw(&picture);
    ck_assert_str_eq(text, again);
    if (getenv("RQA_TEST_PICTURE")) {
        FILE *file = fopen(getenv("RQA_TEST_PICTURE"), "w");
        ck_assert_ptr_nonnull(file);
        fputs(text, file);
        fclose(file);
    }
    ck_assert(is_well_formed(text));
    ck_assert_ptr_nonnull(strstr(text, "A \"title\" of R&amp;D &lt;rqa&gt;??"));
    ck_assert_ptr_nonnull(strstr(text, "second &amp; &lt;b&gt;"));
    ck_assert_ptr_nonnull(strstr(text, "rr \xe2\x89\xa4 1"));
    ck_assert_ptr_nonnull(strstr(text, ">observed, p &lt; 0.001</text>"));
    ck_assert_uint_lt(strlen(text), 60000);
    free(text);
    free(again);
    free(y);
}
END_TEST

START_TEST(long_texts_are_cut)
{
    char out[CURVE_TEXT_ROOM], name[2000];
    memset(name, 'm', sizeof name);
    name[sizeof name - 1] = '\0';
    ck_assert_str_eq(curve_text_fit(out, "short", 100.0), "short");
    ck_assert_str_eq(curve_text_fit(out, "", 0.0), "");
    ck_assert_str_eq(curve_text_fit(out, "0123456789", 6.6 * 6), "012...");
    ck_assert_str_eq(curve_text_fit(out, "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 6.6 * 4),
                     "\xc3\xa4...");
    ck_assert_uint_lt(strlen(curve_text_fit(out, name, 1e9)), CURVE_TEXT_ROOM);
    ck_assert_str_eq(out + strlen(out) - 3, "...");
}
END_TEST

START_TEST(empty_pictures)
{
    const curve none[] = {{.name = "none", .n = 0}};
    const curve_panel panel[] = {{.title = "no curve"},
                                 {.curves = none, .n_curves = 1, .x_label = "x"},
                                 {.values = (const double[]){NAN}, .n_values = 1}};
    for (size_t n = 0; n <= 3; n++) {
        const curve_picture picture = {NULL, panel, n};
        char *text = draw(&picture);
        ck_assert(is_well_formed(text));
        ck_assert_ptr_null(strstr(text, "nan"));
        ck_assert_ptr_null(strstr(text, "inf"));
        free(text);
    }
    ck_assert(!is_well_formed("<?xml?><a><b></a></b>"));
    ck_assert(!is_well_formed("<?xml?><a>&b</a>"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("curves");
    TCase *tcase = tcase_create("curves");
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, extremes_of_every_pixel);
    tcase_add_test(tcase, few_points_all_there);
    tcase_add_test(tcase, every_other_is_missing);
    tcase_add_test(tcase, round_numbers);
    tcase_add_test(tcase, ranges_that_are_none);
    tcase_add_test(tcase, bars_hold_every_value);
    tcase_add_test(tcase, whole_picture);
    tcase_add_test(tcase, long_texts_are_cut);
    tcase_add_test(tcase, empty_pictures);
    return support_run(suite);
}
