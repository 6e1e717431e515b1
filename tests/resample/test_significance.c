/* test_significance.c - surrogates, tests and intervals: the tables of oracles, what each method
 * keeps, and that a test says what is true. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resample/randomise.h"
#include "support.h"

enum { LINE = 8192, MOST = 1000, CELLS = 5 };

static const double two_pi = 6.283185307179586476925286766559;
static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

/* ---- tables ---- */

/* "NAME" or "NAME[:n]", one channel. */
static size_t read_series(const char *name, double *value)
{
    char path[512];
    const char *cut = strchr(name, ':');
    size_t n = 0, most = cut ? (size_t)strtoul(cut + 1, NULL, 10) : MOST;
    snprintf(path, sizeof path, "%s/series/%.*s.txt", RQA_TEST_ORACLES, (int)strcspn(name, "["), name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (n < most && fscanf(file, "%lf%*[^\n]", &value[n]) == 1)
        n++;
    fclose(file);
    ck_assert_uint_gt(n, 100);
    return n;
}

/* Calls `check` for every row of a table; how many there were. */
static int each_row(const char *table, void (*check)(char *const *cell))
{
    char path[512];
    static char line[LINE];
    int n_rows = 0;
    snprintf(path, sizeof path, "%s/%s", RQA_TEST_ORACLES, table);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (fgets(line, sizeof line, file)) {
        char *cell[CELLS], *rest = line;
        if (line[0] == '#')
            continue;
        for (int k = 0; k < CELLS; k++) {
            cell[k] = rest;
            rest += strcspn(rest, "\t\n");
            *rest++ = 0;
        }
        check(cell);
        n_rows++;
    }
    fclose(file);
    return n_rows;
}

static double number_after(const char *text, const char *key, double otherwise)
{
    const char *found = strstr(text, key);
    return found ? strtod(found + strlen(key), NULL) : otherwise;
}

static void expect_within(const char *row, double got, const char *value, const char *tolerance)
{
    const double want = strtod(value, NULL), bound = strtod(tolerance + 4, NULL);
    const double allowed = strncmp(tolerance, "rel:", 4) == 0   ? bound * fabs(want)
                           : strncmp(tolerance, "abs:", 4) == 0 ? bound
                                                                : 0;
    ck_assert_msg(fabs(got - want) <= allowed, "%s: %.17g for %s", row, got, value);
}

/* ---- 07_surrogates ---- */

typedef struct moments {
    double mean, std, acf1;
} moments;

static moments moments_of(const double *y, size_t n)
{
    moments m = {0, 0, 0};
    for (size_t k = 0; k < n; k++)
        m.mean += y[k] / (double)n;
    for (size_t k = 0; k < n; k++) {
        m.std += (y[k] - m.mean) * (y[k] - m.mean);
        m.acf1 += (y[k] - m.mean) * (y[(k + 1) % n] - m.mean);
    }
    m.acf1 /= m.std;
    m.std = sqrt(m.std / (double)n);
    return m;
}

/* |X_k|^2 by the definition. */
static double power_at(const double *x, size_t n, size_t k)
{
    double re = 0, im = 0;
    for (size_t t = 0; t < n; t++) {
        const double angle = two_pi * (double)(k * t % n) / (double)n;
        re += x[t] * cos(angle);
        im -= x[t] * sin(angle);
    }
    return re * re + im * im;
}

static void check_surrogate_row(char *const *cell)
{
    static double x[MOST], y[MOST];
    double *out[1] = {y};
    rqa__original o;
    rqa__random_desk desk;
    const size_t n = read_series(cell[0], x);
    rqa_series *series = support_series(context, x, n, 1);
    if (strcmp(cell[2], "pgram") == 0) {
        const size_t bin[] = {1, 2, 5};
        char *at = cell[3];
        for (int k = 0; k < 3; k++) {
            const double want = strtod(at, &at);
            ck_near(power_at(x, n, bin[k]), want, 1e-9 * want);
        }
        rqa_series_destroy(series);
        return;
    }
    ck_ok(rqa__original_create(&o, series, 0));
    ck_ok(rqa__random_desk_create(&desk, &o));
    uint64_t state = (uint64_t)number_after(cell[1], "seed=", 0);
    for (size_t k = 0; k <= n / 2; k++) {
        state = (1103515245 * state + 12345) % (UINT64_C(1) << 31);
        desk.phase[k] = two_pi * ((double)state + .5) / 2147483648.0;
    }
    rqa__phases_apply(&o, &desk, out);
    const moments m = moments_of(y, n);
    const double got = strcmp(cell[2], "mean") == 0      ? m.mean
                       : strcmp(cell[2], "std_pop") == 0 ? m.std
                       : strcmp(cell[2], "acf1") == 0    ? m.acf1
                                                         : y[strtoul(cell[2] + 1, NULL, 10)];
    expect_within(cell[2], got, cell[3], cell[4]);
    rqa__random_desk_destroy(&desk);
    rqa__original_destroy(&o);
    rqa_series_destroy(series);
}

START_TEST(table_of_surrogates)
{
    ck_assert_int_eq(each_row("07_surrogates.tsv", check_surrogate_row), 14);
}
END_TEST

/* ---- 07_twins ---- */

static rqa_surrogates *twins_of(rqa_context *owner, const double *x, size_t n, uint32_t dim,
                                double threshold, uint32_t min_distance, uint32_t count)
{
    rqa_surrogate_options o;
    rqa_surrogates *s;
    rqa_analysis_options a = support_options(0, RQA_NORM_MAXIMUM, threshold);
    rqa_series *series = support_series(owner, x, n, 1);
    rqa_surrogate_options_init(&o);
    o.method = RQA_SURROGATE_TWIN;
    o.dim = dim;
    o.count = count;
    o.min_distance = min_distance;
    o.analysis = &a;
    ck_ok(rqa_surrogates_create(&s, series, &o));
    rqa_series_destroy(series);
    return s;
}

static void check_twin_row(char *const *cell)
{
    static double x[MOST];
    uint64_t n_pairs, n_vectors;
    const size_t n = read_series(cell[0], x);
    rqa_surrogates *s =
        twins_of(context, x, n, (uint32_t)number_after(cell[1], "dim=", 0),
                 number_after(cell[1], "threshold=", 0), (uint32_t)number_after(cell[1], "min_dist=", 0), 1);
    ck_ok(rqa_surrogates_twins(s, &n_pairs, &n_vectors));
    expect_within(cell[2], (double)(strcmp(cell[2], "twin_pairs") == 0 ? n_pairs : n_vectors), cell[3],
                  cell[4]);
    rqa_surrogates_destroy(s);
}

START_TEST(table_of_twins)
{
    ck_assert_int_eq(each_row("07_twins.tsv", check_twin_row), 6);
}
END_TEST

/* ---- 07_bootstrap ---- */

static rqa_interval interval_of(const rqa_metrics *metrics, int32_t lines, uint32_t count, int32_t measure)
{
    rqa_bootstrap_options o;
    rqa_bootstrap *b;
    rqa_interval i = {.struct_size = sizeof i};
    rqa_bootstrap_options_init(&o);
    o.lines = lines;
    o.count = count;
    ck_ok(rqa_bootstrap_create(&b, &metrics, 1, &o));
    ck_ok(rqa_bootstrap_get(b, 0, measure, &i));
    rqa_bootstrap_destroy(b);
    return i;
}

/* Of the mean of n lines drawn from those of at least two. */
static double exact_deviation(const rqa_metrics *metrics)
{
    const rqa_line_bin *bin;
    size_t n_bins;
    double n = 0, sum = 0, squares = 0;
    ck_ok(rqa_metrics_histogram(metrics, RQA_HISTOGRAM_DIAGONAL, &bin, &n_bins));
    for (size_t k = 0; k < n_bins; k++)
        if (bin[k].length >= 2) {
            n += (double)bin[k].count / 2;
            sum += (double)(bin[k].length * bin[k].count) / 2;
        }
    for (size_t k = 0; k < n_bins; k++)
        if (bin[k].length >= 2)
            squares += pow((double)bin[k].length - sum / n, 2) * (double)bin[k].count / 2;
    return sqrt(squares / n) / sqrt(n);
}

static void check_histogram(const rqa_metrics *metrics, char *text)
{
    const rqa_line_bin *bin;
    size_t n_bins, k = 0;
    ck_ok(rqa_metrics_histogram(metrics, RQA_HISTOGRAM_DIAGONAL, &bin, &n_bins));
    for (char *at = strtok(text, ","); at; at = strtok(NULL, ","), k++) {
        ck_assert_uint_lt(k, n_bins);
        ck_assert_uint_eq(bin[k].length, strtoul(at, NULL, 10));
        ck_assert_uint_eq(bin[k].count, 2 * strtoul(strchr(at, ':') + 1, NULL, 10));
    }
    ck_assert_uint_eq(k, n_bins);
}

static void check_bootstrap_row(char *const *cell)
{
    static double x[MOST];
    int32_t measure = RQA_MEASURE_DET;
    const size_t n = read_series(cell[0], x);
    rqa_analysis_options o =
        support_options(0, strstr(cell[1], "maximum") ? RQA_NORM_MAXIMUM : RQA_NORM_EUCLIDEAN,
                        number_after(cell[1], "threshold=", 0));
    rqa_metrics *m =
        support_analyze(context, x, n, (uint32_t)number_after(cell[1], "dim=", 0),
                        (uint32_t)number_after(cell[1], "delay=", 0), &o);
    const char *what = cell[2];
    if (strcmp(what, "histogram") == 0) {
        check_histogram(m, cell[3]);
    } else if (strcmp(what, "lines") == 0) {
        expect_within(what, (double)interval_of(m, RQA_BOOTSTRAP_ALL_LINES, 1, measure).n_lines, cell[3],
                      cell[4]);
    } else if (strcmp(what, "lines_lmin") == 0) {
        expect_within(what, (double)interval_of(m, RQA_BOOTSTRAP_LONG_LINES, 1, measure).n_lines, cell[3],
                      cell[4]);
    } else if (strcmp(what, "l_mean") == 0) {
        expect_within(what, support_get(m, RQA_MEASURE_L_MEAN), cell[3], cell[4]);
    } else if (strcmp(what, "sd_l_mean_exact") == 0) {
        const rqa_interval i = interval_of(m, RQA_BOOTSTRAP_LONG_LINES, 20000, RQA_MEASURE_L_MEAN);
        expect_within(what, exact_deviation(m), cell[3], cell[4]);
        ck_near(i.std, exact_deviation(m), .025 * i.std);
        ck_near(i.mean, support_get(m, RQA_MEASURE_L_MEAN), 5 * i.std / sqrt(20000));
    } else {
        measure = strncmp(what, "det", 3) == 0      ? RQA_MEASURE_DET
                  : strncmp(what, "l_mean", 6) == 0 ? RQA_MEASURE_L_MEAN
                                                    : RQA_MEASURE_L_ENTR;
        const rqa_interval i = interval_of(m, RQA_BOOTSTRAP_ALL_LINES, 1000, measure);
        const double got = strstr(what, "_mean") && !strstr(what, "_q") ? i.mean
                           : strstr(what, "q025")                       ? i.lower
                                                                        : i.upper;
        expect_within(what, got, cell[3], cell[4]);
    }
    rqa_metrics_destroy(m);
}

START_TEST(table_of_intervals)
{
    ck_assert_int_eq(each_row("07_bootstrap.tsv", check_bootstrap_row), 28);
}
END_TEST

/* ---- what each method keeps ---- */

static rqa_surrogates *make(const rqa_series *series, int32_t method, uint64_t seed, uint32_t count)
{
    rqa_surrogate_options o;
    rqa_surrogates *s;
    rqa_surrogate_options_init(&o);
    o.method = method;
    o.seed = seed;
    o.count = count;
    ck_ok(rqa_surrogates_create(&s, series, &o));
    ck_assert_uint_eq(rqa_surrogates_count(s), count);
    return s;
}

/* An autoregressive series and one that follows it, by turns. */
static rqa_series *two_channels(rqa_context *owner, size_t n)
{
    rng r = {3};
    double *value = malloc(2 * n * sizeof *value), last = 0;
    for (size_t k = 0; k < n; k++) {
        last = .7 * last + rng_gauss(&r);
        value[2 * k] = last * (1 + .5 * fabs(last));
        value[2 * k + 1] = last + rng_gauss(&r);
    }
    rqa_series *series = support_series(owner, value, n, 2);
    free(value);
    return series;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void expect_same_values(const double *a, const double *b, size_t n)
{
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    memcpy(x, a, n * sizeof *x);
    memcpy(y, b, n * sizeof *y);
    qsort(x, n, sizeof *x, by_value);
    qsort(y, n, sizeof *y, by_value);
    ck_assert_mem_eq(x, y, n * sizeof *x);
    ck_assert_mem_ne(a, b, n * sizeof *x);
    free(x);
    free(y);
}

/* The permutations an independent program makes by the rule in rqa/surrogates.h. */
START_TEST(shuffles)
{
    static const double expected[3][12] = {
        {7, 10, 3, 5, 8, 4, 2, 9, 11, 1, 0, 6},
        {8, 7, 0, 10, 2, 9, 5, 4, 6, 1, 3, 11},
        {7, 9, 10, 11, 4, 8, 6, 2, 0, 3, 5, 1},
    };
    double count[12], several[100];
    for (int k = 0; k < 12; k++)
        count[k] = k;
    rqa_series *series = support_series(context, count, 12, 1);
    rqa_surrogates *s = make(series, RQA_SURROGATE_SHUFFLE, 1, 2);
    ck_assert_mem_eq(rqa_series_channel(rqa_surrogates_series(s, 0), 0), expected[0], sizeof expected[0]);
    ck_assert_mem_eq(rqa_series_channel(rqa_surrogates_series(s, 1), 0), expected[1], sizeof expected[0]);
    rqa_surrogates_destroy(s);
    s = make(series, RQA_SURROGATE_SHUFFLE, UINT64_C(1) << 63, 199);
    ck_assert_mem_eq(rqa_series_channel(rqa_surrogates_series(s, 198), 0), expected[2],
                     sizeof expected[0]);
    rqa_surrogates_destroy(s);
    rqa_series_destroy(series);
    for (int k = 0; k < 50; k++) { /* one permutation for all channels */
        several[2 * k] = k;
        several[2 * k + 1] = 1000 + k;
    }
    series = support_series(context, several, 50, 2);
    s = make(series, RQA_SURROGATE_SHUFFLE, 1, 5);
    for (size_t j = 0; j < 5; j++) {
        const rqa_series *one = rqa_surrogates_series(s, j);
        expect_same_values(rqa_series_channel(series, 0), rqa_series_channel(one, 0), 50);
        for (int k = 0; k < 50; k++)
            ck_near(rqa_series_channel(one, 1)[k] - rqa_series_channel(one, 0)[k], 1000, 0);
    }
    rqa_surrogates_destroy(s);
    rqa_series_destroy(series);
}
END_TEST

/* sum_t a_t b_(t+d mod n): all of them make up the cross-spectrum. */
static double circular_product(const double *a, const double *b, size_t n, size_t d)
{
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += a[t] * b[(t + d) % n];
    return sum;
}

START_TEST(phases)
{
    for (size_t n = 150; n < 152; n++) {
        rqa_series *series = two_channels(context, n);
        rqa_surrogates *s = make(series, RQA_SURROGATE_PHASE, 8, 4);
        for (size_t j = 0; j < 4; j++) {
            const double *x[2], *y[2];
            double error;
            uint32_t n_iterations;
            ck_ok(rqa_surrogates_spectrum_error(s, j, &error, &n_iterations));
            ck_near(error, 0, 1e-13);
            ck_assert_uint_eq(n_iterations, 0);
            for (size_t c = 0; c < 2; c++) {
                x[c] = rqa_series_channel(series, c);
                y[c] = rqa_series_channel(rqa_surrogates_series(s, j), c);
                for (size_t k = 0; k <= n / 2; k++) {
                    const double want = power_at(x[c], n, k);
                    ck_near(power_at(y[c], n, k), want, 1e-9 * want + 1e-20);
                }
                const moments a = moments_of(x[c], n), b = moments_of(y[c], n);
                ck_near(b.mean, a.mean, 1e-12);
                ck_near(b.std, a.std, 1e-12 * a.std);
                ck_near(b.acf1, a.acf1, 1e-12);
                ck_assert_mem_ne(x[c], y[c], n * sizeof *x[c]);
            }
            for (size_t d = 0; d < n; d += 7)
                ck_near(circular_product(y[0], y[1], n, d), circular_product(x[0], x[1], n, d), 1e-9);
        }
        rqa_surrogates_destroy(s);
        rqa_series_destroy(series);
    }
}
END_TEST

/* Values to the last bit; the spectrum by iAAFT better than by AAFT, and stable where it ends. */
START_TEST(amplitudes)
{
    for (size_t n = 199; n < 201; n++) {
        rqa_series *series = two_channels(context, n);
        rqa_surrogates *once = make(series, RQA_SURROGATE_AAFT, 2, 20);
        rqa_surrogates *often = make(series, RQA_SURROGATE_IAAFT, 2, 20);
        double sum[2] = {0, 0}, error;
        uint32_t n_iterations;
        for (size_t j = 0; j < 20; j++) {
            for (size_t c = 0; c < 2; c++) {
                const double *x = rqa_series_channel(series, c);
                expect_same_values(x, rqa_series_channel(rqa_surrogates_series(once, j), c), n);
                expect_same_values(x, rqa_series_channel(rqa_surrogates_series(often, j), c), n);
            }
            ck_ok(rqa_surrogates_spectrum_error(once, j, &error, NULL));
            sum[0] += error;
            ck_ok(rqa_surrogates_spectrum_error(often, j, &error, &n_iterations));
            sum[1] += error;
            ck_assert(n_iterations >= 2 && n_iterations <= 100);
        }
        ck_assert_msg(sum[1] / 20 < .12 && sum[1] < .5 * sum[0], "%g, %g", sum[0] / 20, sum[1] / 20);
        rqa_surrogates_destroy(once);
        rqa_surrogates_destroy(often);
        rqa_series_destroy(series);
    }
}
END_TEST

/* Phases between the channels are kept by iAAFT: their circular products nearly are. */
START_TEST(relations_between_channels)
{
    enum { N = 300 };
    rqa_series *series = two_channels(context, N);
    rqa_surrogates *s = make(series, RQA_SURROGATE_IAAFT, 2, 5);
    const double *x[2] = {rqa_series_channel(series, 0), rqa_series_channel(series, 1)};
    const double size = sqrt(circular_product(x[0], x[0], N, 0) * circular_product(x[1], x[1], N, 0));
    for (size_t j = 0; j < 5; j++) {
        const rqa_series *one = rqa_surrogates_series(s, j);
        for (size_t d = 0; d < N; d++)
            ck_near(circular_product(rqa_series_channel(one, 0), rqa_series_channel(one, 1), N, d) / size,
                    circular_product(x[0], x[1], N, d) / size, .06);
    }
    rqa_surrogates_destroy(s);
    rqa_series_destroy(series);
}
END_TEST

/* Each vector is a successor of its predecessor or of a twin of it; where values are the same in
 * several places, one of them must do. */
START_TEST(twins_follow_each_other)
{
    enum { N = 240, MIN = 3 };
    static double x[MOST];
    static uint8_t twin[N][N], may[N], next[N];
    ck_assert_uint_eq(read_series("ties", x), N);
    for (int a = 0; a < N; a++)
        for (int b = 0; b < N; b++) {
            twin[a][b] = a == b || abs(a - b) > MIN;
            for (int k = 0; k < N && twin[a][b]; k++)
                twin[a][b] = (fabs(x[a] - x[k]) <= 1.5) == (fabs(x[b] - x[k]) <= 1.5);
        }
    rqa_surrogates *s = twins_of(context, x, N, 1, 1.5, MIN, 20);
    int n_jumps = 0;
    for (size_t j = 0; j < 20; j++) {
        const double *y = rqa_series_channel(rqa_surrogates_series(s, j), 0);
        for (int a = 0; a < N; a++)
            may[a] = x[a] == y[0];
        for (int t = 1; t < N; t++) {
            int found = 0;
            memset(next, 0, sizeof next);
            for (int a = 0; a < N; a++) /* may end, and go on anywhere */
                if (may[a] && twin[a][N - 1])
                    memset(next, 1, sizeof next);
            for (int a = 0; a < N; a++)
                for (int b = 0; b + 1 < N; b++)
                    next[b + 1] |= may[a] && twin[a][b];
            for (int a = 0; a < N; a++)
                found |= may[a] = next[a] && x[a] == y[t];
            ck_assert_msg(found, "surrogate %zu at %d", j, t);
            n_jumps += y[t] != x[t];
        }
    }
    ck_assert_int_gt(n_jumps, 1000);
    rqa_surrogates_destroy(s);
}
END_TEST

/* The delay samples after the last vector's are its own successors. */
START_TEST(twins_of_vectors)
{
    enum { N = 60 };
    double x[N];
    for (int k = 0; k < N; k++)
        x[k] = k % 10; /* all periods are twins: every surrogate goes on counting */
    rqa_surrogates *s = twins_of(context, x, N, 3, .5, 7, 10);
    for (size_t j = 0; j < 10; j++) {
        const double *y = rqa_series_channel(rqa_surrogates_series(s, j), 0);
        for (int k = 1; k < N; k++)
            if (y[k] != fmod(y[k - 1] + 1, 10))
                ck_assert_msg(y[k - 1] == 7, "%zu, %d: %g after %g", j, k, y[k], y[k - 1]); /* the end */
        for (int k = N - 2; k < N; k++)
            ck_assert_msg(y[k] == fmod(y[k - 1] + 1, 10), "%zu, %d", j, k);
    }
    rqa_surrogates_destroy(s);
}
END_TEST

/* On every number of threads, and whatever their number, the same bits. */
START_TEST(streams)
{
    for (int32_t method = RQA_SURROGATE_SHUFFLE; method <= RQA_SURROGATE_TWIN; method++) {
        double *first = NULL;
        for (uint32_t n_threads = 1; n_threads <= 3; n_threads++) {
            enum { N = 120, COUNT = 9 };
            rqa_context *owner = support_context(n_threads);
            rqa_surrogate_options o;
            rqa_surrogates *s;
            double x[N];
            for (int k = 0; k < N; k++)
                x[k] = k % 13 + (method == RQA_SURROGATE_TWIN ? 0 : sin(k));
            rqa_series *series = support_series(owner, x, N, 1);
            rqa_surrogate_options_init(&o);
            o.method = method;
            o.count = n_threads == 2 ? COUNT : COUNT + 20 * n_threads;
            ck_ok(rqa_surrogates_create(&s, series, &o));
            if (!first)
                first = calloc(COUNT, sizeof x);
            for (size_t j = 0; j < COUNT; j++) {
                const double *y = rqa_series_channel(rqa_surrogates_series(s, j), 0);
                if (n_threads == 1)
                    memcpy(first + j * N, y, sizeof x);
                ck_assert_mem_eq(first + j * N, y, sizeof x);
                ck_assert(j == 0 || memcmp(y, first, sizeof x) != 0);
            }
            rqa_surrogates_destroy(s);
            o.seed = 2;
            ck_ok(rqa_surrogates_create(&s, series, &o));
            ck_assert_mem_ne(first, rqa_series_channel(rqa_surrogates_series(s, 0), 0), sizeof x);
            rqa_surrogates_destroy(s);
            rqa_series_destroy(series);
            rqa_context_destroy(owner);
        }
        free(first);
    }
}
END_TEST

/* ---- tests ---- */

static rqa_test *test_of(const rqa_series *x, const rqa_series *y, const rqa_surrogates *s, uint32_t dim,
                         const rqa_analysis_options *analysis)
{
    rqa_test_options o;
    rqa_test *test;
    rqa_test_options_init(&o);
    o.dim = dim;
    o.delay = 2;
    o.analysis = analysis;
    ck_ok(rqa_test_create(&test, x, y, s, &o));
    return test;
}

static rqa_test_result result_of(const rqa_test *test, int32_t measure)
{
    rqa_test_result r = {.struct_size = sizeof r};
    ck_ok(rqa_test_get(test, measure, &r));
    return r;
}

/* Every number is that of an analysis by itself, and p is counted as the manual says. */
static void expect_test(const rqa_series *x, const rqa_series *y, const rqa_analysis_options *o)
{
    enum { S = 19 };
    rqa_surrogates *s = make(x, RQA_SURROGATE_SHUFFLE, 4, S);
    rqa_test *test = test_of(x, y, s, 2, o);
    rqa_embedding *other = y ? support_embedding(y, 2, 2) : NULL;
    rqa_metrics *m[S + 1];
    for (size_t k = 0; k <= S; k++) {
        rqa_embedding *e = support_embedding(k ? rqa_surrogates_series(s, k - 1) : x, 2, 2);
        m[k] = support_metrics(e, other, o);
        rqa_embedding_destroy(e);
    }
    for (int32_t measure = 0; measure < RQA_MEASURES_DEFAULT_COUNT; measure++) {
        const rqa_test_result r = result_of(test, measure);
        const double *value;
        size_t n, n_from = 0, n_to = 0, n_nan = 0;
        double sum = 0;
        ck_ok(rqa_test_values(test, measure, &value, &n));
        ck_assert_uint_eq(n, S);
        const double own = support_get(m[0], measure);
        ck_assert(support_close(r.value, own, 0));
        ck_assert_int_eq(r.reason, rqa_metrics_reason(m[0], measure));
        for (size_t k = 0; k < S; k++) {
            const double one = support_get(m[k + 1], measure);
            ck_assert(support_close(value[k], one, 0));
            n_from += one >= own;
            n_to += one <= own;
            n_nan += isnan(one);
            sum += isnan(one) ? 0 : one;
        }
        const double all = (double)(S - n_nan + 1);
        ck_assert_uint_eq(r.n_surrogates, S - n_nan);
        ck_assert_uint_eq(r.n_undefined, n_nan);
        if (isnan(own) || n_nan == S) {
            ck_assert(isnan(r.p) && isnan(r.p_less) && isnan(r.p_two_sided));
            continue;
        }
        ck_assert_uint_eq(r.n_at_least, n_from);
        ck_near(r.p, (1 + (double)n_from) / all, 1e-15);
        ck_near(r.p_less, (1 + (double)n_to) / all, 1e-15);
        ck_near(r.p_two_sided, fmin(1, 2 * fmin(r.p, 1 - r.p + 1 / all)), 1e-15);
        ck_near(r.mean, sum / (all - 1), 1e-12 * fabs(r.mean));
        ck_assert(r.minimum <= r.q025 && r.q025 <= r.median && r.median <= r.q975 && r.q975 <= r.maximum);
    }
    for (size_t k = 0; k <= S; k++)
        rqa_metrics_destroy(m[k]);
    rqa_embedding_destroy(other);
    rqa_test_destroy(test);
    rqa_surrogates_destroy(s);
}

START_TEST(tests_count_what_analyses_give)
{
    double x[90], y[90];
    rng r = {11};
    for (int k = 0; k < 90; k++) {
        x[k] = sin(.3 * k) + .5 * rng_gauss(&r);
        y[k] = x[k > 3 ? k - 3 : 0] + .2 * rng_gauss(&r);
    }
    rqa_series *a = support_series(context, x, 90, 1), *b = support_series(context, y, 90, 1);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, .5);
    expect_test(a, NULL, &o);
    expect_test(a, b, &o);
    o.relation = RQA_RELATION_JOINT;
    expect_test(a, b, &o);
    o.relation = RQA_RELATION_AUTO;
    o.threshold = .008; /* most measures are undefined for some of them, */
    expect_test(a, NULL, &o);
    o.threshold = 0; /* or for all */
    expect_test(a, NULL, &o);
    o.threshold = .4;
    o.threshold_unit = RQA_THRESHOLD_STD;
    o.measures = 0;
    expect_test(a, NULL, &o);
    rqa_series_destroy(a);
    rqa_series_destroy(b);
}
END_TEST

/* Where there is nothing to find, p is uniform: Kolmogorov and Smirnov over seeds, a wide bound. */
START_TEST(nothing_is_found_in_noise)
{
    enum { SEEDS = 300, N = 40, S = 19 };
    int seen[S + 2] = {0};
    rqa_context *one = support_context(1);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        double x[N];
        rng r = {1000 + seed};
        for (int k = 0; k < N; k++)
            x[k] = rng_gauss(&r);
        rqa_series *series = support_series(one, x, N, 1);
        rqa_surrogates *s = make(series, RQA_SURROGATE_SHUFFLE, seed, S);
        rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .4);
        o.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET);
        rqa_test *test = test_of(series, NULL, s, 1, &o);
        seen[(int)round(result_of(test, RQA_MEASURE_DET).p * (S + 1))]++;
        rqa_test_destroy(test);
        rqa_surrogates_destroy(s);
        rqa_series_destroy(series);
    }
    double furthest = 0;
    for (int k = 1, sum = 0; k <= S + 1; k++) {
        sum += seen[k];
        furthest = fmax(furthest, fabs((double)sum / SEEDS - (double)k / (S + 1)));
    }
    ck_assert_msg(furthest < 1.95 / sqrt(SEEDS), "%g", furthest); /* one in a thousand */
    rqa_context_destroy(one);
}
END_TEST

/* And where there is something, it is found: a chaotic map is no linear process. */
START_TEST(chaos_is_found)
{
    static double x[MOST];
    const size_t n = read_series("henon[:300]", x);
    rqa_series *series = support_series(context, x, n, 1);
    rqa_surrogates *s = make(series, RQA_SURROGATE_IAAFT, 1, 39);
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .2);
    rqa_test *test = test_of(series, NULL, s, 2, &o);
    ck_near(result_of(test, RQA_MEASURE_DET).p, 1. / 40, 1e-15);
    ck_near(result_of(test, RQA_MEASURE_DET).p_two_sided, 2. / 40, 1e-15);
    rqa_test_destroy(test);
    rqa_surrogates_destroy(s);
    rqa_series_destroy(series);
}
END_TEST

static int stop_at_once(uint64_t done, uint64_t total, void *user)
{
    *(uint64_t *)user = total;
    return done + 1 > 0;
}

START_TEST(progress_can_stop)
{
    uint64_t total = 0;
    rqa_test_options o;
    rqa_test *test;
    rqa_series *series = two_channels(context, 300);
    rqa_surrogates *s = make(series, RQA_SURROGATE_SHUFFLE, 1, 50);
    rqa_test_options_init(&o);
    o.progress = stop_at_once;
    o.progress_user = &total;
    ck_fails(rqa_test_create(&test, series, NULL, s, &o), RQA_ERROR_CANCELLED, "");
    ck_assert_uint_eq(total, 51);
    rqa_analysis_options joint = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0.5);
    joint.relation = RQA_RELATION_JOINT;
    joint.threshold_y = 0.25;
    o.analysis = &joint;
    ck_fails(rqa_test_create(&test, series, series, s, &o), RQA_ERROR_UNSUPPORTED,
             "threshold_y|0.25|0.5");
    rqa_surrogates_destroy(s);
    rqa_series_destroy(series);
}
END_TEST

/* ---- intervals ---- */

/* Lines of a plot that is no copy of itself are all counted; of several results each draws its own. */
START_TEST(bands)
{
    double x[200], y[200];
    rng r = {5};
    for (int k = 0; k < 200; k++) {
        x[k] = rng_gauss(&r);
        y[k] = rng_gauss(&r);
    }
    rqa_series *a = support_series(context, x, 200, 1), *b = support_series(context, y, 120, 1);
    rqa_embedding *ea = support_embedding(a, 1, 1), *eb = support_embedding(b, 1, 1);
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .5);
    const rqa_metrics *m[2] = {support_metrics(ea, NULL, &o), support_metrics(eb, NULL, &o)};
    rqa_metrics *cross = support_metrics(ea, eb, &o);
    rqa_bootstrap *band;
    const rqa_line_bin *bin;
    size_t n_bins;
    uint64_t n_lines = 0;
    ck_ok(rqa_metrics_histogram(cross, RQA_HISTOGRAM_DIAGONAL, &bin, &n_bins));
    for (size_t k = 0; k < n_bins; k++)
        n_lines += bin[k].count;
    ck_assert_uint_eq(interval_of(cross, 0, 10, RQA_MEASURE_DET).n_lines, n_lines);
    ck_ok(rqa_bootstrap_create(&band, m, 2, NULL));
    for (size_t k = 0; k < 2; k++) {
        rqa_interval i = {.struct_size = sizeof i};
        for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++) {
            if (rqa_bootstrap_get(band, k, measure, &i) != RQA_OK)
                continue;
            ck_assert_uint_eq(i.n_lines, interval_of(m[k], 0, 10, measure).n_lines);
            ck_assert(i.lower < i.mean && i.mean < i.upper && i.std > 0 && i.n_skipped == 0);
        }
    }
    rqa_interval wide = {.struct_size = sizeof wide}, narrow = wide;
    ck_ok(rqa_bootstrap_get(band, 0, RQA_MEASURE_TT, &narrow));
    ck_ok(rqa_bootstrap_get(band, 1, RQA_MEASURE_TT, &wide));
    ck_assert(wide.std > 1.2 * narrow.std && fabs(wide.mean - narrow.mean) < wide.std);
    rqa_bootstrap_destroy(band);
    rqa_metrics_destroy((rqa_metrics *)m[0]);
    rqa_metrics_destroy((rqa_metrics *)m[1]);
    rqa_metrics_destroy(cross);
    rqa_embedding_destroy(ea);
    rqa_embedding_destroy(eb);
    rqa_series_destroy(a);
    rqa_series_destroy(b);
}
END_TEST

/* Lines by themselves give what the result that has them gives. */
START_TEST(lines_without_a_result)
{
    double x[150];
    rng r = {6};
    for (int k = 0; k < 150; k++)
        x[k] = rng_gauss(&r);
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .4);
    for (o.convention = 0; rqa_convention_name(o.convention); o.convention++) {
        rqa_metrics *m = support_analyze(context, x, 150, 1, 1, &o);
        rqa_provenance p = {.struct_size = sizeof p};
        rqa_bootstrap *b;
        size_t n_diagonal, n_vertical;
        rqa_line_counts lines = {.struct_size = sizeof lines, .convention = o.convention};
        ck_ok(rqa_metrics_provenance(m, &p));
        lines.lmin = p.lmin;
        lines.vmin = p.vmin;
        ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &lines.diagonal, &n_diagonal));
        ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_VERTICAL, &lines.vertical, &n_vertical));
        lines.n_diagonal = n_diagonal;
        lines.n_vertical = n_vertical;
        ck_ok(rqa_bootstrap_create_from_lines(&b, &lines, 1, NULL));
        for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++) {
            rqa_interval i = {.struct_size = sizeof i}, j;
            if (rqa_bootstrap_get(b, 0, measure, &i) != RQA_OK)
                continue;
            j = interval_of(m, RQA_BOOTSTRAP_ALL_LINES, 1000, measure);
            ck_assert_mem_eq(&i, &j, sizeof i);
            ck_assert(i.lower <= support_get(m, measure) && support_get(m, measure) <= i.upper);
        }
        rqa_bootstrap_destroy(b);
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* Few lines, mostly short: replicates without a long one do not count. */
START_TEST(replicates_without_a_line)
{
    const double x[] = {0, 1, 2, 3, 4, 5, 0, 1, 9, 8, 7, 3, 6, 2, 5};
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, 0);
    rqa_metrics *m = support_analyze(context, x, 15, 1, 1, &o);
    rqa_interval i = interval_of(m, 0, 1000, RQA_MEASURE_L_MEAN); /* one line of 2, the others of 1 */
    ck_assert(i.n_skipped > 200 && i.n_skipped < 500 && i.lower == 2 && i.upper == 2);
    i = interval_of(m, 0, 1000, RQA_MEASURE_DET);
    ck_assert(i.n_skipped > 200 && i.lower > .1 && i.lower < i.upper && i.upper <= 1);
    i = interval_of(m, 0, 1000, RQA_MEASURE_TT); /* no vertical line at all */
    ck_assert(i.n_skipped == 1000 && isnan(i.lower) && isnan(i.mean) && isnan(i.upper));
    rqa_metrics_destroy(m);
}
END_TEST

/* The main diagonal, where it counts, is one line and has no copy. */
START_TEST(main_diagonal)
{
    double x[50];
    rng r = {8};
    for (int k = 0; k < 50; k++)
        x[k] = rng_gauss(&r);
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, .3);
    rqa_metrics *without = support_analyze(context, x, 50, 1, 1, &o);
    o.theiler = 0;
    rqa_metrics *with = support_analyze(context, x, 50, 1, 1, &o);
    ck_assert_uint_eq(interval_of(with, 0, 1, RQA_MEASURE_DET).n_lines,
                      interval_of(without, 0, 1, RQA_MEASURE_DET).n_lines + 1);
    rqa_metrics_destroy(with);
    rqa_metrics_destroy(without);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("significance");
    TCase *tcase = tcase_create("significance");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, table_of_surrogates);
    tcase_add_test(tcase, table_of_twins);
    tcase_add_test(tcase, table_of_intervals);
    tcase_add_test(tcase, shuffles);
    tcase_add_test(tcase, phases);
    tcase_add_test(tcase, amplitudes);
    tcase_add_test(tcase, relations_between_channels);
    tcase_add_test(tcase, twins_follow_each_other);
    tcase_add_test(tcase, twins_of_vectors);
    tcase_add_test(tcase, streams);
    tcase_add_test(tcase, tests_count_what_analyses_give);
    tcase_add_test(tcase, nothing_is_found_in_noise);
    tcase_add_test(tcase, chaos_is_found);
    tcase_add_test(tcase, progress_can_stop);
    tcase_add_test(tcase, bands);
    tcase_add_test(tcase, lines_without_a_result);
    tcase_add_test(tcase, replicates_without_a_line);
    tcase_add_test(tcase, main_diagonal);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
