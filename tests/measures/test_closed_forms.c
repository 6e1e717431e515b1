/* test_closed_forms.c - series whose line counts are known in closed form, and noise.
 *
 * Oracles 5 and 8 of CONVENTIONS: combinatorics and probability, no other package.
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

static rqa_metrics *standard(const double *x, size_t n, uint32_t dim, double threshold,
                             int64_t theiler, uint32_t lmin)
{
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, threshold);
    o.theiler = theiler;
    o.lmin = lmin;
    return support_analyze(context, x, n, dim, 1, &o);
}

#define GET(measure) support_get(m, RQA_MEASURE_##measure)

/* Every cell recurs; one line of each length M-1 .. 1 on either side. */
START_TEST(constant_series)
{
    enum { M = 60 };
    double x[M];
    for (int i = 0; i < M; i++)
        x[i] = 3.25;
    for (uint32_t lmin = 1; lmin <= 7; lmin++) {
        rqa_metrics *m = standard(x, M, 1, 0, 1, lmin);
        double l = lmin;
        ck_near(GET(RR), 1, 0);
        ck_near(GET(DET), 1 - (l - 1) * l / (M * (M - 1.)), 1e-14);
        ck_near(GET(L_MEAN), (l + M - 1) / 2, 1e-12);
        ck_near(GET(L_MAX), M - 1, 0);
        ck_near(GET(L_ENTR), log(M - l), 1e-13);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), M * (M - 1));
        for (uint64_t length = 1; length < M; length++)
            ck_assert_uint_eq(support_lines(m, RQA_HISTOGRAM_DIAGONAL, length), 2);
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* Period T, threshold below the spacing: one line of N-dT for each multiple of T and side. */
START_TEST(exact_period)
{
    static const int size[][2] = {{100, 7}, {100, 1}, {61, 30}, {200, 13}};
    for (size_t k = 0; k < sizeof size / sizeof size[0]; k++) {
        int n = size[k][0], period = size[k][1];
        double x[200];
        for (int i = 0; i < n; i++)
            x[i] = (i % period) * 1.5;
        rqa_metrics *m = standard(x, (size_t)n, 1, 1.25, 1, 2);
        uint64_t points = 0;
        int longest = (n - 1) / period, kept = 0, kept_points = 0;
        for (int d = 1; d <= longest; d++) {
            int length = n - d * period;
            points += 2 * (uint64_t)length;
            kept += length >= 2;
            kept_points += length >= 2 ? length : 0;
            ck_assert_uint_eq(support_lines(m, RQA_HISTOGRAM_DIAGONAL, (uint64_t)length), 2);
        }
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), points);
        ck_near(GET(L_MAX), n - period, 0);
        ck_near(GET(DIV), 1. / (n - period), 0);
        ck_near(GET(L_MEAN), (double)kept_points / kept, 1e-13);
        ck_near(GET(L_ENTR), log(kept), 1e-13);
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* The case CONVENTIONS writes out: N = 100, T = 7. */
START_TEST(exact_period_numbers)
{
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = i % 7;
    rqa_metrics *m = standard(x, 100, 1, .5, 1, 2);
    ck_near(GET(L_MEAN), 47.5, 0);
    ck_near(GET(L_ENTR), log(14), 1e-14);
    ck_near(GET(DET), 1, 0);
    rqa_metrics_destroy(m);
    for (int64_t w = 0; w <= 9; w++) { /* no time goes across the excluded band */
        m = standard(x, 100, 1, .5, w, 2);
        ck_near(GET(T1), 7, 0);
        ck_near(GET(T2), 7, 0);
        ck_near(GET(RTE), 0, 0); /* one recurrence time: no uncertainty */
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* Where a package takes the band as not recurrent, the point missing from the main diagonal makes a
 * time of 14 and a white line of 13 in each of the 86 columns that have points on both sides of it;
 * and in the 7th from either end a line of 13 that ends at the border, where dialects differ. */
START_TEST(exact_period_across_the_band)
{
    static const struct {
        int32_t convention;
        uint64_t n_times, n_white;
    } across[] = {{RQA_CONVENTION_RECURRENCEANALYSIS, 86, 88},
                  {RQA_CONVENTION_CRP, 86, 86},
                  {RQA_CONVENTION_CRQA, 86, 86},
                  {RQA_CONVENTION_STANDARD, 0, 0}};
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = i % 7;
    for (size_t k = 0; k < sizeof across / sizeof *across; k++) {
        rqa_analysis_options o = support_options(across[k].convention, RQA_NORM_MAXIMUM, .5);
        o.theiler = 1;
        rqa_metrics *m = support_analyze(context, x, 100, 1, 1, &o);
        ck_assert_uint_eq(support_lines(m, RQA_HISTOGRAM_RECURRENCE_TIME, 14), across[k].n_times);
        ck_assert_uint_eq(support_lines(m, RQA_HISTOGRAM_WHITE, 13), across[k].n_white);
        ck_near(GET(W_MAX), across[k].n_times ? 13 : 6, 0);
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* Roessler's flow, a = b = .2, c = 2.5: a limit cycle of 5.75, by the fourth-order Runge-Kutta method. */
static void roessler_rates(double *rate, const double *state)
{
    rate[0] = -state[1] - state[2];
    rate[1] = state[0] + .2 * state[1];
    rate[2] = .2 + state[2] * (state[0] - 2.5);
}

static void roessler(double *x, int n)
{
    const double step = .05;
    double state[3] = {1, 1, 1}, at[3], rate[4][3];
    for (int t = -2000; t < n; t++) {
        if (t >= 0)
            x[t] = state[0];
        roessler_rates(rate[0], state);
        for (int k = 1; k < 4; k++) {
            for (int c = 0; c < 3; c++)
                at[c] = state[c] + (k < 3 ? .5 : 1) * step * rate[k - 1][c];
            roessler_rates(rate[k], at);
        }
        for (int c = 0; c < 3; c++)
            state[c] += step / 6 * (rate[0][c] + 2 * rate[1][c] + 2 * rate[2][c] + rate[3][c]);
    }
}

/* The time that occurs most often is the period, 115 steps (Ngamga et al. 2007), and none is much
 * shorter: those of a few steps from a line below the excluded band to one above it are no times. */
START_TEST(most_probable_time)
{
    enum { N = 1500 };
    static double x[N];
    roessler(x, N);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, .5);
    rqa_metrics *m = support_analyze(context, x, N, 3, 6, &o);
    const rqa_line_bin *bins, *most = NULL;
    size_t n;
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_RECURRENCE_TIME, &bins, &n));
    for (size_t k = 0; k < n; k++)
        most = !most || bins[k].count > most->count ? &bins[k] : most;
    ck_assert(most && n > 0);
    ck_assert_uint_eq(most->length, 115);
    ck_assert_uint_ge(bins[0].length, 100);
    rqa_metrics_destroy(m);
}
END_TEST

/* A period of 10 with missing samples: they are absent, so white lines stay shorter than a period,
 * times are periods, and every cell of the vectors that are there is in a line. */
START_TEST(skipped_samples)
{
    enum { N = 83 };
    static const int gaps[][3] = {{40, -1, -1}, {0, -1, -1}, {82, -1, -1}, {0, 40, 41}, {3, 44, 81}};
    for (size_t k = 0; k < 10; k++) {
        double x[N];
        uint64_t n_there = N;
        for (int i = 0; i < N; i++)
            x[i] = i % 10;
        for (int g = 0; g < 3; g++)
            if (gaps[k / 2][g] >= 0) {
                x[gaps[k / 2][g]] = NAN;
                n_there--;
            }
        rqa_series_options so;
        rqa_series_options_init(&so);
        so.missing = RQA_MISSING_SKIP;
        rqa_series *series = NULL;
        ck_ok(rqa_series_create(&series, context, x, N, 1, &so));
        rqa_embedding *embedding = support_embedding(series, 1, 1);
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .5);
        o.theiler = (int64_t)(k % 2);
        o.backend = RQA_BACKEND_THREADS; /* no GPU does it */
        rqa_metrics *m = support_metrics(embedding, NULL, &o);
        const uint64_t w = k % 2;
        uint64_t cells = support_count(m, RQA_COUNT_POINTS);
        for (uint64_t length = 1; length < N; length++)
            cells += length * support_lines(m, RQA_HISTOGRAM_WHITE, length);
        ck_assert_uint_eq(cells, n_there * (n_there - w));
        ck_assert_uint_eq(support_count(m, RQA_COUNT_SKIPPED_X), N - n_there);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_SKIPPED_Y), N - n_there);
        ck_near(GET(W_MAX), 9, 0);
        ck_near(GET(T2), 10, 0);
        ck_near(GET(RTE), 0, 0);
        rqa_metrics_destroy(m);
        rqa_embedding_destroy(embedding);
        rqa_series_destroy(series);
    }
}
END_TEST

/* Distinct values far apart but for blocks of equal ones: a block of b has two diagonals of each
 * length below b, and b vertical lines of b. Around the lengths where counting changes its ways. */
START_TEST(blocks)
{
    static const uint64_t trials[][4] = {
        {63, 64, 65, 127}, {255, 256, 257, 258}, {511, 512, 513, 514}, {1023, 1024, 1025, 1026}};
    for (size_t k = 0; k < sizeof trials / sizeof trials[0]; k++) {
        const uint64_t *block = trials[k];
        enum { MOST = 4 * 1026 + 5 };
        static double x[MOST];
        size_t n = 0;
        for (int b = 0; b < 4; b++) { /* a single point before each */
            x[n++] = 10 * (b + 1);
            for (uint64_t i = 0; i < block[b]; i++)
                x[n++] = -10 * (b + 1);
        }
        x[n++] = 100;
        rqa_metrics *m = standard(x, n, 1, .5, 1, 2);
        for (uint64_t length = 1; length < block[3]; length++) {
            uint64_t expected = 0;
            for (int b = 0; b < 4; b++)
                expected += length < block[b] ? 2 : 0;
            ck_assert_uint_eq(support_lines(m, RQA_HISTOGRAM_DIAGONAL, length), expected);
        }
        rqa_metrics_destroy(m);
        m = standard(x, n, 1, .5, 0, 2);
        for (int b = 0; b < 4; b++)
            ck_assert_uint_eq(support_lines(m, RQA_HISTOGRAM_VERTICAL, block[b]), block[b]);
        ck_near(GET(V_MAX), (double)block[3], 0);
        rqa_metrics_destroy(m);
    }
}
END_TEST

START_TEST(ramp)
{
    enum { M = 90 };
    static const double threshold[] = {1, 1.5, 3, 7.999, 8, 20.25};
    double x[M];
    for (int i = 0; i < M; i++)
        x[i] = i;
    for (size_t e = 0; e < sizeof threshold / sizeof threshold[0]; e++) {
        rqa_metrics *m = standard(x, M, 1, threshold[e], 1, 2);
        int k = (int)floor(threshold[e]);
        uint64_t points = 0;
        for (int j = 1; j <= k; j++)
            points += 2 * (uint64_t)(M - j);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), points);
        ck_near(GET(RR), (double)points / (M * (M - 1)), 1e-15);
        ck_near(GET(DET), 1, 0);
        ck_near(GET(L_MEAN), M - (k + 1) / 2., 1e-12);
        ck_near(GET(L_ENTR), log(k), 1e-13);
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* de Bruijn sequence over `letters` of `word` letters by joining Lyndon words (Fredricksen,
 * Kessler & Maiorana), with its first word-1 letters repeated, so that every word of that length
 * occurs exactly once without wrapping round. */
static size_t de_bruijn(double *out, int letters, int word)
{
    int a[16] = {0};
    size_t n = 0;
    for (int length = 1; length > 0;) {
        if (word % length == 0)
            for (int k = 0; k < length; k++)
                out[n++] = a[k];
        for (int k = length; k < word; k++)
            a[k] = a[k - length];
        for (length = word; length > 0 && a[length - 1] == letters - 1;)
            length--;
        if (length > 0)
            a[length - 1]++;
    }
    for (int k = 0; k < word - 1; k++)
        out[n++] = out[k];
    return n;
}

/* Words one letter shorter occur `letters` times each, the one at both ends once more. */
START_TEST(de_bruijn_sequences)
{
    static const struct {
        int letters, word;
        uint64_t points;
    } kase[] = {{2, 8, 260}, {3, 5, 492}, {4, 4, 776}};
    for (size_t k = 0; k < 3; k++) {
        double x[512];
        size_t n = de_bruijn(x, kase[k].letters, kase[k].word);
        rqa_metrics *m = standard(x, n, 1, 0, 1, 2);
        ck_near(GET(L_MAX), kase[k].word - 1, 0);
        rqa_metrics_destroy(m);
        m = standard(x, n, (uint32_t)kase[k].word - 1, 0, 1, 2);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), kase[k].points);
        rqa_metrics_destroy(m);
        m = standard(x, n, (uint32_t)kase[k].word, 0, 1, 2);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), 0);
        ck_assert_int_eq(rqa_metrics_reason(m, RQA_MEASURE_DET), RQA_REASON_NO_POINTS);
        rqa_metrics_destroy(m);
    }
}
END_TEST

START_TEST(circle)
{
    enum { N = 72 };
    const double step = 2 * 3.14159265358979323846 / N;
    double xy[2 * N];
    for (int i = 0; i < N; i++) {
        xy[2 * i] = cos(i * step);
        xy[2 * i + 1] = sin(i * step);
    }
    rqa_series *series = support_series(context, xy, N, 2);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    for (int k = 0; k < N / 2 - 1; k++) {
        double eps = (2 * sin(k * step / 2) + 2 * sin((k + 1) * step / 2)) / 2;
        rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, eps);
        o.theiler = 0;
        rqa_metrics *m = support_metrics(embedding, NULL, &o);
        ck_assert_uint_eq(support_count(m, RQA_COUNT_POINTS), (uint64_t)(N * (2 * k + 1)));
        rqa_metrics_destroy(m);
    }
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
}
END_TEST

static void near_percent(const char *what, double got, double expected, double percent)
{
    ck_assert_msg(fabs(got - expected) <= percent / 100 * fabs(expected),
                  "%s = %g, expected %g within %g %%", what, got, expected, percent);
}

/* iid noise: cells are independent but for rows and columns in common. */
static void check_noise(int gauss, double eps, uint64_t seed)
{
    enum { N = 2000 };
    static double x[N];
    rng r = {seed};
    for (int i = 0; i < N; i++)
        x[i] = gauss ? rng_gauss(&r) : rng_uniform(&r);
    double p = gauss ? erf(eps / 2) : 2 * eps - eps * eps;
    rqa_metrics *m = standard(x, N, 1, eps, 1, 2);
    near_percent("rr", GET(RR), p, 3);
    p = GET(RR); /* the sample's own rate: what is left is the law of the lines */
    near_percent("det", GET(DET), 2 * p - p * p, 3);
    near_percent("l_mean", GET(L_MEAN), 2 + p / (1 - p), 1);
    near_percent("l_entr", GET(L_ENTR), -log(1 - p) - p / (1 - p) * log(p), 3);
    rqa_metrics_destroy(m);
    for (uint32_t dim = 2; dim <= 3; dim++) {
        m = standard(x, N, dim, eps, dim, 2);
        near_percent("rr of far lags", GET(RR), pow(p, dim), 3);
        rqa_metrics_destroy(m);
    }
}

START_TEST(uniform_noise)
{
    check_noise(0, .1, 20240101);
    check_noise(0, .25, 20240102);
}
END_TEST

START_TEST(gaussian_noise)
{
    check_noise(1, .5, 20240103);
    check_noise(1, 1, 20240104);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("closed forms");
    TCase *tcase = tcase_create("exact");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, constant_series);
    tcase_add_test(tcase, exact_period);
    tcase_add_test(tcase, exact_period_numbers);
    tcase_add_test(tcase, exact_period_across_the_band);
    tcase_add_test(tcase, most_probable_time);
    tcase_add_test(tcase, skipped_samples);
    tcase_add_test(tcase, blocks);
    tcase_add_test(tcase, ramp);
    tcase_add_test(tcase, de_bruijn_sequences);
    tcase_add_test(tcase, circle);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("noise");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, uniform_noise);
    tcase_add_test(tcase, gaussian_noise);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
