/* test_dialects.c - what each dialect takes from its package: exact values that the package, or its
 * source run in Octave, gave for small series. docs/dialects.md says which version it was.
 *
 * Every number is asked of the library and of tests/brute. The series are integers, and thresholds
 * lie between integers, so that no value hangs on a rounding.
 */
#include <math.h>
#include <stdlib.h>

#include "support.h"

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

static const double walk[] = {0, 1, 1, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 1, 0, 2};
static const double ramp[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const double alternating[] = {0, 1, 0, 1, 0, 1};
static const double pair_and_far[] = {0, 0, 5, 9};
static const double mixed[] = {0, 3, 0, 3, 1, 0, 3, 1};

#define SERIES(x) (x), sizeof(x) / sizeof *(x)

typedef struct wanted {
    int32_t measure;
    double value;
} wanted;

#define WANT(measure, value) {RQA_MEASURE_##measure, (value)}

static int is(double found, double value)
{
    return isnan(value) ? isnan(found) : support_close(found, value, 1e-12);
}

/* lmin = vmin = `shortest`; theiler < 0: the dialect's. */
static void check(const double *x, size_t n, uint32_t dim, int32_t convention, double threshold,
                  uint32_t shortest, int64_t theiler, const wanted *want, size_t n_wanted)
{
    rqa_analysis_options o = support_options(convention, RQA_NORM_EUCLIDEAN, threshold);
    o.lmin = o.vmin = shortest;
    o.theiler = theiler;
    rqa_metrics *metrics = support_analyze(context, x, n, dim, 1, &o);
    const brute_series series = {x, n, 1, dim, 1};
    brute_matrix m = brute_recurrence(&series, NULL, RQA_RELATION_AUTO, o.norm, brute_compare(&o),
                                      threshold, -1);
    brute_result brute;
    brute_measure(&brute, &m, RQA_RELATION_AUTO, &o);
    for (size_t k = 0; k < n_wanted; k++) {
        const char *name = rqa_measure_name(want[k].measure);
        double found = support_get(metrics, want[k].measure), value = want[k].value;
        ck_assert_msg(is(found, value), "%s %s = %.15g, the package %.15g",
                      rqa_convention_name(convention), name, found, value);
        found = brute.value[want[k].measure];
        ck_assert_msg(is(found, value), "brute: %s %s = %.15g, the package %.15g",
                      rqa_convention_name(convention), name, found, value);
    }
    brute_result_free(&brute);
    brute_matrix_free(&m);
    rqa_metrics_destroy(metrics);
}

#define CHECK(series, dim, convention, threshold, shortest, theiler, ...)                          \
    do {                                                                                           \
        const wanted want_[] = {__VA_ARGS__};                                                      \
        check(SERIES(series), dim, RQA_CONVENTION_##convention, threshold, shortest, theiler,      \
              want_, sizeof want_ / sizeof *want_);                                                \
    } while (0)

/* PyRQA 8.1: the longest lines are of any length, white ones too; x/0 is infinite. */
START_TEST(pyrqa_longest_and_quotients)
{
    CHECK(alternating, 1, PYRQA, .5, 2, -1, WANT(RR, .5), WANT(DET, 1), WANT(L_MEAN, 3),
          WANT(L_MAX, 4), WANT(LAM, 0), WANT(TT, NAN), WANT(V_MAX, 1), WANT(V_ENTR, 0),
          WANT(W_MEAN, NAN), WANT(W_MAX, 1), WANT(W_ENTR, 0), WANT(DET_RR, 2), WANT(LAM_DET, 0));
    CHECK(ramp, 1, PYRQA, .5, 2, -1, WANT(DET, NAN), WANT(L_MAX, 0), WANT(DIV, INFINITY),
          WANT(W_MEAN, 4.5), WANT(W_MAX, 7), WANT(DET_RR, NAN), WANT(LAM_DET, NAN));
    CHECK(pair_and_far, 1, PYRQA, .5, 2, -1, WANT(DET, 0), WANT(L_MAX, 1), WANT(LAM, 2. / 3),
          WANT(DET_RR, 0), WANT(LAM_DET, INFINITY));
    CHECK(pair_and_far, 1, PYRQA, .5, 3, -1, WANT(LAM, 0), WANT(V_MAX, 2), WANT(LAM_DET, NAN));
}
END_TEST

/* pyunicorn 1.0: the longest white line is of any length; nothing is 0. */
START_TEST(pyunicorn_longest)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_PYUNICORN, RQA_NORM_EUCLIDEAN, .5);
    o.wmin = 2;
    rqa_metrics *metrics = support_analyze(context, SERIES(alternating), 1, 1, &o);
    ck_assert_double_eq(support_get(metrics, RQA_MEASURE_W_MAX), 1);
    ck_assert_double_eq(support_get(metrics, RQA_MEASURE_W_MEAN), 0);
    rqa_metrics_destroy(metrics);
    CHECK(alternating, 1, PYUNICORN, .5, 2, -1, WANT(RR, .5), WANT(DET, 1), WANT(L_MAX, 4),
          WANT(TT, 0), WANT(V_MAX, 1), WANT(W_MAX, 1));
    CHECK(ramp, 1, PYUNICORN, .5, 2, -1, WANT(DET, 0), WANT(L_MEAN, 0), WANT(L_MAX, 0),
          WANT(L_ENTR, 0), WANT(V_MAX, 1));
}
END_TEST

/* AccRQA 1.0.3: where the main diagonal is the only line, l_max is 0; entropies of nothing, too. */
START_TEST(accrqa_empty)
{
    CHECK(ramp, 1, ACCRQA, .5, 2, -1, WANT(RR, .125), WANT(DET, 1), WANT(L_MEAN, 8), WANT(L_MAX, 0),
          WANT(L_ENTR, 0), WANT(LAM, 0), WANT(TT, NAN), WANT(V_MAX, 1), WANT(V_ENTR, 0));
    CHECK(walk, 1, ACCRQA, .5, 2, -1, WANT(RR, .28125), WANT(DET, .5), WANT(L_MEAN, 36. / 11),
          WANT(L_MAX, 2), WANT(L_ENTR, 0.30463609734923813), WANT(LAM, .5), WANT(TT, 2),
          WANT(V_MAX, 2), WANT(V_ENTR, 0));
}
END_TEST

/* crqa 2.1.0, R/crqa.R and src/crqa_fused.cpp: percent; det is NA without a line of mindiagline,
 * lam 0 and TT NaN without one of minvertline; white lines are gaps between two points. */
START_TEST(crqa_empty_and_white)
{
    CHECK(walk, 1, CRQA, .5, 2, -1, WANT(RR, 28.125), WANT(DET, 50), WANT(L_MEAN, 36. / 11),
          WANT(L_MAX, 16), WANT(LAM, 50), WANT(TT, 2), WANT(V_MAX, 2), WANT(W_MEAN, 61. / 19),
          WANT(W_MAX, 7), WANT(W_ENTR, 1.4845976005452928));
    CHECK(walk, 1, CRQA, .5, 3, -1, WANT(DET, 200. / 9), WANT(L_MEAN, 16), WANT(LAM, 0),
          WANT(TT, NAN), WANT(V_MAX, NAN));
    CHECK(walk, 1, CRQA, .5, 3, 1, WANT(RR, 70. / 3), WANT(DET, NAN), WANT(L_MEAN, 0),
          WANT(L_MAX, 0), WANT(L_ENTR, NAN), WANT(LAM, 0), WANT(TT, NAN));
    CHECK(ramp, 1, CRQA, .5, 2, 1, WANT(RR, 0), WANT(DET, NAN), WANT(L_MEAN, 0), WANT(L_MAX, 0),
          WANT(LAM, NAN), WANT(TT, NAN), WANT(V_MAX, NAN));
}
END_TEST

/* CRP Toolbox, crqa.m 5.45 with dl.m, tt.m and entropy.m, its lines run in Octave 7.3. */
START_TEST(crp_minima_and_white)
{
    CHECK(walk, 1, CRP, .5, 3, 0, WANT(RR, .28125), WANT(DET, 2. / 9), WANT(L_MEAN, 16),
          WANT(L_MAX, 16), WANT(L_ENTR, 0), WANT(LAM, 0), WANT(TT, NAN), WANT(V_MAX, 0),
          WANT(T1, 3.1785714285714284), WANT(RTE, 0.76293224600633525), WANT(W_MEAN, 61. / 19),
          WANT(W_MAX, 7), WANT(W_ENTR, 1.4845976005452928));
    CHECK(mixed, 1, CRP, .5, 3, 0, WANT(L_MEAN, 14. / 3), WANT(L_MAX, 8), WANT(V_MAX, 0),
          WANT(RTE, NAN), WANT(W_MEAN, 11. / 7), WANT(W_MAX, 2), WANT(W_ENTR, 0.6829081047004717));
    CHECK(alternating, 1, CRP, .5, 2, 0, WANT(LAM, 0), WANT(TT, NAN), WANT(V_MAX, 0),
          WANT(RTE, NAN), WANT(W_MEAN, 1), WANT(W_MAX, 1), WANT(W_ENTR, 0));
    CHECK(ramp, 1, CRP, .5, 2, -1, WANT(RR, 0), WANT(DET, NAN), WANT(L_MEAN, NAN), WANT(L_MAX, 0),
          WANT(L_ENTR, NAN), WANT(LAM, NAN), WANT(TT, NAN), WANT(V_MAX, 0), WANT(T1, NAN),
          WANT(T2, NAN), WANT(RTE, NAN));
    CHECK(walk, 1, CRP, .5, 3, -1, WANT(RR, 7. / 30), WANT(DET, 0), WANT(L_MEAN, 0), WANT(L_MAX, 0),
          WANT(L_ENTR, 0), WANT(LAM, 0), WANT(TT, NAN), WANT(V_MAX, 0));
}
END_TEST

/* The same, through the left-out band. */
START_TEST(crp_through_the_band)
{
    CHECK(walk, 1, CRP, .5, 2, -1, WANT(RR, 7. / 30), WANT(DET, 5. / 14), WANT(L_MEAN, 2),
          WANT(LAM, 5. / 14), WANT(TT, 2), WANT(T1, 3.8), WANT(RTE, 0.87806564889857242),
          WANT(W_MEAN, 56. / 15), WANT(W_MAX, 8), WANT(W_ENTR, 1.8258861866417528));
    CHECK(walk, 1, CRP, 1.5, 2, 2, WANT(RR, 2. / 3), WANT(DET, .9), WANT(L_MEAN, 3.15),
          WANT(L_MAX, 6), WANT(L_ENTR, 1.370515174287956), WANT(LAM, 61. / 70),
          WANT(TT, 122. / 27), WANT(V_MAX, 9), WANT(T1, 1.75), WANT(RTE, 0.94140177017832616),
          WANT(W_MEAN, 93. / 29), WANT(W_MAX, 7), WANT(W_ENTR, 1.8318832589286425));
    CHECK(alternating, 1, CRP, .5, 2, -1, WANT(T1, 8. / 3), WANT(RTE, 0.57938016428569494),
          WANT(W_MEAN, 5. / 3), WANT(W_MAX, 3), WANT(W_ENTR, 0.63651416829481278));
    CHECK(ramp, 1, CRP, 1.5, 2, -1, WANT(T1, 2), WANT(RTE, NAN), WANT(W_MEAN, 1), WANT(W_MAX, 1));
    /* crqa 2.1.0 counts the same gaps. */
    CHECK(alternating, 1, CRQA, .5, 2, 1, WANT(W_MEAN, 5. / 3), WANT(W_MAX, 3),
          WANT(W_ENTR, 0.63651416829481278));
}
END_TEST

/* NeuroKit2 0.3.0: lines of row i are those of its columns i+1.., all kinds of at least
 * min_linelength; a mean and a longest line of nothing are 0, a divergence NaN. */
START_TEST(neurokit_thirteen)
{
    CHECK(walk, 1, NEUROKIT, .5, 2, -1, WANT(RR, 7. / 30), WANT(DET, 5. / 14),
          WANT(DET_RR, 75. / 49), WANT(L_MEAN, 2), WANT(DIV, .5), WANT(L_ENTR, 0),
          WANT(LAM, 5. / 14), WANT(TT, 2), WANT(V_MAX, 2), WANT(V_ENTR, 0), WANT(W_MEAN, 3.44),
          WANT(W_MAX, 7), WANT(W_ENTR, 1.4146609084970425));
    CHECK(ramp, 1, NEUROKIT, .5, 2, -1, WANT(RR, 0), WANT(DET, NAN), WANT(DET_RR, NAN),
          WANT(L_MEAN, 0), WANT(DIV, NAN), WANT(L_ENTR, 0), WANT(LAM, NAN), WANT(TT, 0),
          WANT(V_MAX, 0), WANT(V_ENTR, 0), WANT(W_MEAN, 4.5), WANT(W_MAX, 7),
          WANT(W_ENTR, 1.7917594692280547));
    CHECK(alternating, 1, NEUROKIT, .5, 2, -1, WANT(RR, .4), WANT(DET, 1), WANT(L_MEAN, 3),
          WANT(DIV, .25), WANT(L_ENTR, log(2)), WANT(LAM, 0), WANT(TT, 0), WANT(V_MAX, 0),
          WANT(V_ENTR, 0), WANT(W_MEAN, 0), WANT(W_MAX, 0), WANT(W_ENTR, 0));
    /* min_linelength 3; white lines of 2 are looked at here, and not there */
    CHECK(walk, 2, NEUROKIT, 1, 3, -1, WANT(RR, 31. / 105), WANT(DET, 10. / 31),
          WANT(L_MEAN, 10. / 3), WANT(DIV, .25), WANT(L_ENTR, 0.6365141682948128),
          WANT(LAM, 6. / 31), WANT(TT, 3), WANT(V_MAX, 3), WANT(V_ENTR, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialects");
    TCase *tcase = tcase_create("against packages");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, pyrqa_longest_and_quotients);
    tcase_add_test(tcase, pyunicorn_longest);
    tcase_add_test(tcase, accrqa_empty);
    tcase_add_test(tcase, crqa_empty_and_white);
    tcase_add_test(tcase, crp_minima_and_white);
    tcase_add_test(tcase, crp_through_the_band);
    tcase_add_test(tcase, neurokit_thirteen);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
