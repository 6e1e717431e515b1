/* test_oracles.c - published numbers of other packages (oracles 1 to 4 of CONVENTIONS).
 *
 * Every number is asked of the library and of tests/brute, so that it pins both.
 */
#include <math.h>
#include <stdlib.h>

#include "support.h"

typedef struct both {
    rqa_metrics *api;
    brute_result brute;
} both;

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

static both analyze(const brute_series *x, const brute_series *y, const rqa_analysis_options *o)
{
    both result;
    rqa_series *sx = support_series(context, x->value, x->n_samples, x->n_channels);
    rqa_series *sy = y ? support_series(context, y->value, y->n_samples, y->n_channels) : NULL;
    rqa_embedding *ex = support_embedding(sx, x->dim, x->delay);
    rqa_embedding *ey = y ? support_embedding(sy, y->dim, y->delay) : NULL;
    result.api = support_metrics(ex, ey, o);
    int32_t relation = y ? RQA_RELATION_CROSS : RQA_RELATION_AUTO;
    brute_matrix m =
        brute_recurrence(x, y, relation, o->norm, brute_compare(o), o->threshold, o->threshold_y);
    brute_measure(&result.brute, &m, relation, o);
    brute_matrix_free(&m);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
    return result;
}

static void release(both *result)
{
    rqa_metrics_destroy(result->api);
    brute_result_free(&result->brute);
}

static void want(const both *result, int32_t measure, double value, double tolerance)
{
    const char *name = rqa_measure_name(measure);
    double brute = result->brute.value[measure], api = support_get(result->api, measure);
    ck_assert_msg(fabs(brute - value) <= tolerance, "brute: %s = %.12g, published %.12g", name,
                  brute, value);
    ck_assert_msg(fabs(api - value) <= tolerance, "%s = %.12g, published %.12g", name, api, value);
}

#define WANT(measure, value) want(&r, RQA_MEASURE_##measure, value, 5.1e-7)
#define WANT3(measure, value) want(&r, RQA_MEASURE_##measure, value, 5.1e-4)
#define EXACT(measure, value) want(&r, RQA_MEASURE_##measure, value, 1e-15)
#define LINES(kind, ...)                                                                           \
    do {                                                                                           \
        const uint64_t pairs_[] = {__VA_ARGS__};                                                   \
        want_lines(&r, RQA_HISTOGRAM_##kind, pairs_, sizeof pairs_ / sizeof *pairs_ / 2);          \
    } while (0)

static void want_lines(const both *result, int32_t histogram, const uint64_t *pairs, size_t n)
{
    uint64_t lines = 0, expected = 0;
    for (size_t length = 0; length <= result->brute.limit; length++)
        lines += result->brute.histogram[histogram][length];
    for (size_t k = 0; k < n; k++) {
        ck_assert_uint_eq(result->brute.histogram[histogram][pairs[2 * k]], pairs[2 * k + 1]);
        expected += pairs[2 * k + 1];
    }
    ck_assert_uint_eq(lines, expected);
    support_expect_histogram(result->api, histogram, pairs, n);
}

/* PyRQA 8.0.0, README, "Classic RQA" example: ClassicalFixedRadius .65, Euclidean, m=2, tau=2. */
static const double pyrqa_x[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
static const brute_series pyrqa_series = {pyrqa_x, 13, 1, 2, 2};

START_TEST(oracle1_pyrqa_theiler_1)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_PYRQA, RQA_NORM_EUCLIDEAN, .65);
    both r = analyze(&pyrqa_series, NULL, &o);
    EXACT(RR, 45. / 121);
    WANT(RR, .371901);
    WANT(DET, .411765);
    WANT(L_MEAN, 2.333333);
    WANT(L_MAX, 3);
    WANT(DIV, .333333);
    WANT(L_ENTR, .636514);
    WANT(LAM, .4);
    WANT(TT, 2.571429);
    WANT(V_MAX, 4);
    WANT(V_ENTR, .955700);
    WANT(W_MEAN, 2.538462);
    WANT(W_MAX, 6);
    WANT(W_ENTR, .839796);
    WANT(DET_RR, 1.107190);
    WANT(LAM_DET, .971429);
    ck_assert_uint_eq(support_count(r.api, RQA_COUNT_POINTS), 45);
    ck_assert_uint_eq(support_count(r.api, RQA_COUNT_PAIRS), 121);
    ck_assert_uint_eq(support_count(r.api, RQA_COUNT_SAMPLES_X), 13);
    ck_assert_uint_eq(support_count(r.api, RQA_COUNT_VECTORS_Y), 11);
    release(&r);
}
END_TEST

/* The same example with theiler_corrector = 0. */
START_TEST(oracle1_pyrqa_theiler_0)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_PYRQA, RQA_NORM_EUCLIDEAN, .65);
    o.theiler = 0;
    both r = analyze(&pyrqa_series, NULL, &o);
    WANT(DET, .555556);
    WANT(L_MEAN, 3.571429);
    WANT(L_MAX, 11);
    WANT(L_ENTR, .955700);
    WANT(LAM_DET, .72);
    WANT(LAM, .4);
    EXACT(RR, 45. / 121);
    release(&r);
}
END_TEST

static const double cross_x[] = {.9, .1, .2, .3, .5, 1.7, .4, .8, 1.5};
static const double cross_y[] = {.3, 1.3, .6, .2, 1.1, 1.9, 1.3, .4, .7, .9, 1.6};

/* PyRQA 8.0.0, README, "Cross RQA" example: two embeddings, .73, Euclidean. */
START_TEST(oracle2_pyrqa_cross)
{
    brute_series x = {cross_x, 9, 1, 2, 1}, y = {cross_y, 11, 1, 2, 2};
    rqa_analysis_options o = support_options(RQA_CONVENTION_PYRQA, RQA_NORM_EUCLIDEAN, .73);
    both r = analyze(&x, &y, &o);
    WANT(RR, .319444);
    WANT(DET, .521739);
    WANT(L_MEAN, 2.4);
    WANT(L_MAX, 3);
    WANT(DIV, .333333);
    WANT(L_ENTR, .673012);
    WANT(LAM, .434783);
    WANT(TT, 2.5);
    WANT(V_MAX, 3);
    WANT(V_ENTR, .693147);
    WANT(W_MEAN, 3.5);
    WANT(W_MAX, 8);
    WANT(W_ENTR, 1.424130);
    release(&r);
}
END_TEST

/* The same with x and y exchanged: the lines along the other index. */
START_TEST(oracle2_orientation)
{
    brute_series x = {cross_x, 9, 1, 2, 1}, y = {cross_y, 11, 1, 2, 2};
    rqa_analysis_options o = support_options(RQA_CONVENTION_PYRQA, RQA_NORM_EUCLIDEAN, .73);
    both r = analyze(&y, &x, &o);
    WANT(RR, .319444);
    WANT(DET, .521739);
    WANT(LAM, .478261);
    WANT(TT, 2.2);
    release(&r);
}
END_TEST

/* pyunicorn 0.8, tests/timeseries: create_test_data, 10 samples of 6 channels, maximum norm. */
START_TEST(oracle3_pyunicorn)
{
    double value[60];
    const double pi = 3.14159265358979323846;
    for (int t = 0; t < 10; t++)
        for (int k = 0; k < 6; k++)
            value[t * 6 + k] = sin(t * pi / 10 + k * pi / 2);
    brute_series x = {value, 10, 6, 1, 1};
    rqa_analysis_options o = support_options(RQA_CONVENTION_PYUNICORN, RQA_NORM_MAXIMUM, .8);
    both r = analyze(&x, NULL, &o);
    LINES(DIAGONAL, 1, 4, 8, 2, 9, 2);
    LINES(VERTICAL, 3, 1, 4, 2, 5, 5, 6, 2);
    LINES(WHITE, 1, 2, 2, 1, 3, 2, 4, 2, 5, 3, 6, 2, 7, 1);
    EXACT(RR, .48);
    EXACT(DET, 34. / 38);
    EXACT(L_MEAN, 8.5);
    EXACT(TT, 4.8);
    want(&r, RQA_MEASURE_L_ENTR, log(2), 1e-12);
    WANT(V_ENTR, 1.220607);
    WANT(W_ENTR, 1.884871);
    release(&r);
}
END_TEST

/* RecurrenceAnalysis.jl, test/smallmatrix.jl: (row, column) of the recurrent cells, 1-based. Its
 * vertical histogram is that of runs down the rows of a column, so rows are j and columns i. */
static const uint8_t small_cells[][2] = {
    {1, 1}, {2, 2}, {3, 2}, {6, 2}, {7, 2}, {8, 2},  {6, 3}, {7, 3},  {10, 3},  {2, 4},  {4, 4},
    {1, 5}, {2, 5}, {3, 5}, {5, 5}, {9, 5}, {10, 5}, {2, 6}, {3, 6},  {6, 6},   {7, 6},  {10, 6},
    {3, 7}, {8, 7}, {4, 8}, {1, 9}, {5, 9}, {7, 9},  {9, 9}, {9, 10}, {10, 10}, {3, 11}, {7, 11}};

static both analyze_small(int64_t theiler, uint32_t lmin)
{
    both result;
    uint8_t cells[10 * 11] = {0};
    for (size_t k = 0; k < sizeof small_cells / 2; k++)
        cells[(small_cells[k][0] - 1) * 11 + small_cells[k][1] - 1] = 1;
    rqa_analysis_options o =
        support_options(RQA_CONVENTION_RECURRENCEANALYSIS, RQA_NORM_EUCLIDEAN, 0);
    o.relation = RQA_RELATION_CROSS;
    o.theiler = theiler;
    o.lmin = o.vmin = lmin;
    o.trend_border = 1;
    o.white_border = RQA_WHITE_BORDER_EXCLUDE;
    rqa_matrix *matrix = NULL;
    ck_ok(rqa_matrix_from_bytes(&matrix, context, cells, 10, 11, 0));
    ck_ok(rqa_metrics_from_matrix(&result.api, matrix, &o));
    rqa_matrix_destroy(matrix);
    brute_matrix m = {11, 10, 11, 10, 1, cells};
    brute_measure(&result.brute, &m, RQA_RELATION_CROSS, &o);
    return result;
}

START_TEST(oracle4_whole)
{
    both r = analyze_small(0, 1);
    LINES(DIAGONAL, 1, 11, 2, 7, 3, 1, 5, 1);
    LINES(VERTICAL, 1, 15, 2, 6, 3, 2);
    EXACT(RR, 33. / 110);
    EXACT(DET, 1);
    EXACT(L_MEAN, 33. / 20);
    EXACT(L_MAX, 5);
    EXACT(DIV, .2);
    WANT3(L_ENTR, .996);
    EXACT(LAM, 1);
    EXACT(TT, 33. / 23);
    EXACT(V_MAX, 3);
    release(&r);
    r = analyze_small(0, 2);
    EXACT(DET, 22. / 33);
    EXACT(L_MEAN, 22. / 9);
    WANT3(L_ENTR, .684);
    EXACT(LAM, 18. / 33);
    EXACT(TT, 18. / 8);
    release(&r);
}
END_TEST

/* Its 23 vertical lines lie in 11 columns, each of which has one: 12 pairs of successive lines, and
 * as many white lines between them. */
START_TEST(oracle4_inner_white_lines)
{
    both r = analyze_small(0, 2);
    uint64_t inner = 0, pairs = 0;
    for (uint64_t length = 1; length <= 10; length++) {
        inner += support_lines(r.api, RQA_HISTOGRAM_WHITE, length);
        pairs += support_lines(r.api, RQA_HISTOGRAM_RECURRENCE_TIME, length);
    }
    ck_assert_uint_eq(inner, 12);
    ck_assert_uint_eq(pairs, 12);
    LINES(WHITE, 1, 4, 2, 4, 3, 3, 4, 1);
    LINES(RECURRENCE_TIME, 2, 3, 4, 8, 5, 1);
    release(&r);
}
END_TEST

START_TEST(oracle4_theiler_2)
{
    both r = analyze_small(2, 1);
    LINES(DIAGONAL, 1, 9, 2, 4, 5, 1);
    LINES(VERTICAL, 1, 10, 2, 3, 3, 2);
    EXACT(RR, 22. / 110);
    EXACT(L_MEAN, 22. / 14);
    WANT3(L_ENTR, .830);
    EXACT(TT, 22. / 15);
    release(&r);
    r = analyze_small(2, 2);
    EXACT(DET, 13. / 22);
    EXACT(L_MEAN, 13. / 5);
    WANT3(L_ENTR, .500);
    EXACT(LAM, 12. / 22);
    EXACT(TT, 12. / 5);
    release(&r);
}
END_TEST

/* The package tests -0.0338 and -0.0122 per sample (atol 1e-4), times 1000 here. */
START_TEST(oracle4_trend)
{
    both r = analyze_small(0, 2);
    want(&r, RQA_MEASURE_TREND, -33.8, .1);
    release(&r);
    r = analyze_small(2, 2);
    want(&r, RQA_MEASURE_TREND, -12.2, .1);
    release(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("oracles");
    TCase *tcase = tcase_create("published");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, oracle1_pyrqa_theiler_1);
    tcase_add_test(tcase, oracle1_pyrqa_theiler_0);
    tcase_add_test(tcase, oracle2_pyrqa_cross);
    tcase_add_test(tcase, oracle2_orientation);
    tcase_add_test(tcase, oracle3_pyunicorn);
    tcase_add_test(tcase, oracle4_whole);
    tcase_add_test(tcase, oracle4_inner_white_lines);
    tcase_add_test(tcase, oracle4_theiler_2);
    tcase_add_test(tcase, oracle4_trend);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
