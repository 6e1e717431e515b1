/* test_suggest.c - rqa/suggest.h: the tables of tests/data/oracles, closed forms, a brute force,
 * equality on every number of threads, picks, warnings, what is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { MOST_ROWS = 1000, MOST_CHANNELS = 3, LINE = 1000 };

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

static rqa_suggest_options defaults(void)
{
    rqa_suggest_options options;
    rqa_suggest_options_init(&options);
    return options;
}

static rqa_suggestion *suggest_in(rqa_context *where, const double *value, size_t n, size_t channels,
                                  const rqa_suggest_options *options)
{
    rqa_series *series = support_series(where, value, n, channels);
    rqa_suggestion *out;
    ck_ok(rqa_suggest_compute(&out, series, options));
    rqa_series_destroy(series);
    return out;
}

static rqa_suggestion *suggest(const double *value, size_t n, const rqa_suggest_options *options)
{
    return suggest_in(context, value, n, 1, options);
}

static double value_of(const rqa_suggestion *s, int32_t item)
{
    double value;
    ck_ok(rqa_suggestion_value(s, item, &value));
    return value;
}

/* A value of a curve, which must have it. */
static double at(const rqa_suggestion *s, int32_t curve, size_t index)
{
    const double *values;
    size_t n;
    ck_ok(rqa_suggestion_curve(s, curve, &values, &n));
    ck_assert_msg(index < n, "curve %d has %zu values, not %zu", curve, n, index + 1);
    return values[index];
}

static size_t length_of(const rqa_suggestion *s, int32_t curve)
{
    const double *values;
    size_t n;
    ck_ok(rqa_suggestion_curve(s, curve, &values, &n));
    return n;
}

static int warns(const rqa_suggestion *s, const char *words)
{
    for (size_t k = 0; rqa_suggestion_warning(s, k); k++)
        if (strstr(rqa_suggestion_warning(s, k), words))
            return 1;
    return 0;
}

/* ---- the tables ---- */

typedef struct oracle_row {
    char series[40], parameters[200], quantity[40], value[400], tolerance[40];
} oracle_row;

/* "henon[:600]", "lorenz:0[:500]": so many samples of one channel. */
static size_t read_series(double *out, const char *name)
{
    char path[400], line[LINE];
    size_t stem = strcspn(name, ":["), n = 0;
    size_t channel = name[stem] == ':' ? strtoul(name + stem + 1, NULL, 10) : 0;
    const char *cut = strstr(name, "[:");
    size_t most = cut ? strtoul(cut + 2, NULL, 10) : MOST_ROWS;
    snprintf(path, sizeof path, "%s/series/%.*s.txt", RQA_TEST_ORACLES, (int)stem, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is not there", path);
    while (n < most && fgets(line, sizeof line, file)) {
        char *end = line;
        for (size_t c = 0; c <= channel; c++)
            out[n] = strtod(end, &end);
        n++;
    }
    fclose(file);
    return n;
}

static double parameter(const oracle_row *row, const char *name, double otherwise)
{
    const char *found = strstr(row->parameters, name);
    return found ? strtod(found + strlen(name), NULL) : otherwise;
}

/* One number against the table: exact, rel:e or abs:e. */
static void check_value(const oracle_row *row, const char *expected, double got)
{
    const double wanted = strtod(expected, NULL);
    const char *bound = strchr(row->tolerance, ':');
    double tolerance = bound ? strtod(bound + 1, NULL) : 0;
    if (strncmp(row->tolerance, "rel", 3) == 0)
        tolerance *= fabs(wanted);
    ck_assert_msg(fabs(got - wanted) <= tolerance, "%s %s %s: %.17g, expected %.17g", row->series,
                  row->parameters, row->quantity, got, wanted);
}

/* A list, from index 0 of the curve. */
static void check_list(const oracle_row *row, const rqa_suggestion *s, int32_t curve)
{
    const char *text = row->value;
    for (size_t k = 0; *text; k++) {
        char *end;
        check_value(row, text, at(s, curve, k));
        strtod(text, &end);
        text = end + strspn(end, " ");
    }
}

/* What the row asks for; the lags of a table are those of its longest row, and neighbouring rows ask
 * the same. */
static const rqa_suggestion *answer_to(const oracle_row *row)
{
    static double value[MOST_ROWS];
    static char series[sizeof row->series];
    static rqa_suggest_options before;
    static rqa_suggestion *answer;
    rqa_suggest_options options = defaults();
    options.mi_estimator = strstr(row->parameters, "ksg1") ? RQA_MI_KSG : RQA_MI_BINS;
    options.max_lag = strstr(row->parameters, "dims") ? 1
                      : options.mi_estimator          ? 5
                      : strstr(row->parameters, "bins") ? 60
                                                        : 120;
    options.bins = (uint32_t)parameter(row, "bins=", 16);
    options.ksg_k = (uint32_t)parameter(row, " k=", 3);
    options.delay = (uint32_t)parameter(row, "delay=", 1);
    options.max_dim = (uint32_t)parameter(row, "dims=1..", 1);
    options.theiler = (uint32_t)parameter(row, "theiler=", 1);
    options.fnn_rtol = parameter(row, "rtol=", 10);
    options.fnn_atol = parameter(row, "atol=", 2);
    if (answer && strcmp(series, row->series) == 0 && !memcmp(&before, &options, sizeof before))
        return answer;
    rqa_suggestion_destroy(answer);
    answer = suggest(value, read_series(value, row->series), &options);
    before = options;
    snprintf(series, sizeof series, "%s", row->series);
    return answer;
}

/* First minimum of the autocorrelation, which the library does not pick from. */
static double first_minimum_of(const rqa_suggestion *s, int32_t curve)
{
    size_t tau = 1;
    while (!(at(s, curve, tau) < at(s, curve, tau - 1) && at(s, curve, tau) <= at(s, curve, tau + 1)))
        tau++;
    return (double)tau;
}

static void check_row(const oracle_row *row)
{
    static const struct {
        const char *quantity;
        int32_t curve;
    } lists[] = {
        {"points", RQA_CURVE_FNN_N},         {"false_by_ratio", RQA_CURVE_FNN_CRITERION1},
        {"false_by_size", RQA_CURVE_FNN_CRITERION2}, {"false_by_either", RQA_CURVE_FNN_EITHER},
        {"fraction", RQA_CURVE_FNN_FRACTION}, {"e", RQA_CURVE_CAO_E},
        {"e_star", RQA_CURVE_CAO_E_STAR},    {"e1", RQA_CURVE_CAO_E1},
        {"e2", RQA_CURVE_CAO_E2},
    };
    const rqa_suggestion *s = answer_to(row);
    const size_t lag = (size_t)parameter(row, "lag=", 0);
    const int of_acf = !strstr(row->parameters, "bins") && !strstr(row->parameters, "ksg");
    int known = 1;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        if (strcmp(row->quantity, lists[k].quantity) == 0) {
            check_list(row, s, lists[k].curve);
            return;
        }
    if (strcmp(row->quantity, "acf") == 0)
        check_value(row, row->value, at(s, RQA_CURVE_ACF, lag));
    else if (strcmp(row->quantity, "mi_nats") == 0)
        check_value(row, row->value, at(s, RQA_CURVE_AMI, lag));
    else if (strcmp(row->quantity, "first_zero") == 0)
        check_value(row, row->value, value_of(s, RQA_SUGGESTION_FIRST_ZERO));
    else if (strcmp(row->quantity, "first_1_over_e") == 0)
        check_value(row, row->value, value_of(s, RQA_SUGGESTION_FIRST_1_OVER_E));
    else if (strcmp(row->quantity, "first_minimum") == 0 && of_acf)
        check_value(row, row->value, first_minimum_of(s, RQA_CURVE_ACF));
    else if (strcmp(row->quantity, "first_minimum") == 0)
        check_value(row, row->value, value_of(s, RQA_SUGGESTION_FIRST_MINIMUM));
    else
        known = 0;
    ck_assert_msg(known, "unknown quantity %s", row->quantity);
}

static void check_table(const char *name, int n_expected)
{
    char path[400], line[LINE];
    int n = 0;
    snprintf(path, sizeof path, "%s/%s", RQA_TEST_ORACLES, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is not there", path);
    while (fgets(line, sizeof line, file)) {
        oracle_row row;
        if (line[0] == '#')
            continue;
        ck_assert_int_eq(sscanf(line, "%39[^\t]\t%199[^\t]\t%39[^\t]\t%399[^\t]\t%39[^\t\n]",
                                row.series, row.parameters, row.quantity, row.value,
                                row.tolerance),
                         5);
        check_row(&row);
        n++;
    }
    fclose(file);
    ck_assert_int_eq(n, n_expected);
}

START_TEST(tables)
{
    check_table("04_acf.tsv", 23);
    check_table("04_ami.tsv", 27);
    check_table("04_fnn.tsv", 25);
    check_table("04_cao.tsv", 20);
}
END_TEST

/* ---- closed forms ---- */

START_TEST(straight_line)
{
    double x[100];
    rqa_suggest_options options = defaults();
    options.delay = 1;
    options.max_dim = 4;
    for (int i = 0; i < 100; i++)
        x[i] = i;
    rqa_suggestion *s = suggest(x, 100, &options);
    for (size_t m = 0; m < 3; m++) {
        ck_assert_double_eq(at(s, RQA_CURVE_FNN_EITHER, m), 0);
        ck_near(at(s, RQA_CURVE_CAO_E, m), 1, 1e-12);
        ck_near(at(s, RQA_CURVE_CAO_E_STAR, m), 1, 1e-12);
    }
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_RATE05), 3); /* 2 (99 + 98 + 97) / 9900 */
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_DIM), 1);
    ck_near(value_of(s, RQA_SUGGESTION_DIAMETER10), 9.9, 1e-12);
    ck_near(value_of(s, RQA_SUGGESTION_SD02), 0.2 * sqrt(100 * 101 / 12.0), 1e-12);
    rqa_suggestion_destroy(s);
}
END_TEST

START_TEST(period_seven)
{
    double x[99];
    rqa_suggest_options options = defaults();
    options.bins = 7;
    options.max_lag = 7;
    for (int i = 0; i < 99; i++)
        x[i] = i % 7;
    rqa_suggestion *s = suggest(x, 99, &options);
    ck_near(at(s, RQA_CURVE_AMI, 1), log(7), 1e-12);
    ck_assert_double_eq(at(s, RQA_CURVE_ACF, 0), 1);
    rqa_suggestion_destroy(s);
}
END_TEST

/* I = -ln(1 - r^2)/2, r = 0.8^tau. */
START_TEST(autoregression)
{
    enum { N_AR = 20000 };
    static double x[N_AR];
    rng r = {4};
    rqa_suggest_options options = defaults();
    options.max_lag = 2;
    options.max_dim = 1;
    for (int i = 1; i < N_AR; i++)
        x[i] = 0.8 * x[i - 1] + rng_gauss(&r);
    rqa_suggestion *s = suggest(x, N_AR, &options);
    const double exact = -0.5 * log(1 - 0.64);
    ck_near(at(s, RQA_CURVE_AMI, 1), exact, 0.03);
    rqa_suggestion_destroy(s);
    options.mi_estimator = RQA_MI_KSG;
    options.ksg_k = 4;
    s = suggest(x, N_AR, &options);
    ck_near(at(s, RQA_CURVE_AMI, 1), exact, 0.03);
    rqa_suggestion_destroy(s);
}
END_TEST

/* ---- brute force ---- */

static double plain_distance(const double *x, size_t channels, size_t i, size_t j, size_t dim,
                             size_t delay, int euclidean)
{
    double value = 0;
    for (size_t k = 0; k < dim; k++)
        for (size_t c = 0; c < channels; c++) {
            const double d = fabs(x[(i + k * delay) * channels + c] -
                                  x[(j + k * delay) * channels + c]);
            value = euclidean ? value + d * d : fmax(value, d);
        }
    return euclidean ? sqrt(value) : value;
}

static size_t brute_nearest(const double *x, size_t channels, size_t n, size_t i, size_t dim,
                            size_t delay, size_t theiler, int cao, double *distance)
{
    size_t found = n;
    *distance = INFINITY;
    for (size_t j = 0; j < n; j++) {
        const size_t apart = i > j ? i - j : j - i;
        const double d = plain_distance(x, channels, i, j, dim, delay, !cao);
        if (apart < theiler || d >= *distance || (cao && d == 0))
            continue;
        *distance = d;
        found = j;
    }
    return found;
}

typedef struct drawn {
    double x[400 * MOST_CHANNELS];
    size_t n, channels;
    rqa_suggest_options options;
} drawn;

/* Noise, few values (ties), or a walk. */
static drawn draw(rng *r)
{
    drawn d = {.n = (size_t)rng_between(r, 5, 400),
               .channels = (size_t)rng_between(r, 1, MOST_CHANNELS),
               .options = defaults()};
    const uint64_t kind = rng_below(r, 4), n_values = 2 + rng_below(r, 9);
    for (size_t i = 0; i < d.n * d.channels; i++)
        d.x[i] = kind == 0   ? rng_gauss(r)
                 : kind == 1 ? (double)rng_below(r, n_values)
                 : kind == 2 ? (i < d.channels ? 0 : d.x[i - d.channels] + rng_gauss(r))
                             : (rng_below(r, 20) ? 1 : rng_uniform(r));
    d.options.delay = (uint32_t)rng_between(r, 1, 1 + (int64_t)(d.n - 3) / 4);
    d.options.max_dim = (uint32_t)rng_between(r, 1, 5);
    d.options.theiler = rng_below(r, 2) ? 1 : (uint32_t)rng_between(r, 1, (int64_t)d.n);
    d.options.max_lag = (uint32_t)rng_between(r, 1, (int64_t)d.n - 2);
    d.options.bins = (uint32_t)rng_between(r, 2, 40);
    d.options.norm = (int32_t)rng_below(r, 3);
    return d;
}

static double population_sigma(const drawn *d)
{
    double sum = 0;
    for (size_t c = 0; c < d->channels; c++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < d->n; i++)
            mean += d->x[i * d->channels + c] / (double)d->n;
        for (size_t i = 0; i < d->n; i++)
            square += pow(d->x[i * d->channels + c] - mean, 2);
        sum += square / (double)d->n;
    }
    return sqrt(sum / (double)d->channels);
}

static void check_dim(const drawn *d, const rqa_suggestion *s, size_t m)
{
    const size_t delay = d->options.delay, n = d->n - m * delay, theiler = d->options.theiler;
    const double sigma = population_sigma(d);
    uint64_t has = 0, false1 = 0, false2 = 0, either = 0, growing = 0;
    double ratios = 0, steps = 0;
    for (size_t i = 0; i < n; i++) {
        double r, largest;
        size_t j = brute_nearest(d->x, d->channels, n, i, m, delay, theiler, 0, &r);
        if (j < n) {
            const double dx = plain_distance(d->x, d->channels, i + m * delay, j + m * delay, 1, 1,
                                             1);
            const int is1 = r > 0 ? dx / r > 10 : dx > 0;
            const int is2 = sqrt(r * r + dx * dx) / sigma > 2;
            has++;
            false1 += (uint64_t)is1;
            false2 += (uint64_t)is2;
            either += (uint64_t)(is1 || is2);
        }
        j = brute_nearest(d->x, d->channels, n, i, m, delay, theiler, 1, &r);
        if (j == n)
            continue;
        largest = plain_distance(d->x, d->channels, i, j, m + 1, delay, 0);
        ratios += largest / r;
        steps += plain_distance(d->x, d->channels, i + m * delay, j + m * delay, 1, 1, 1);
        growing++;
    }
    ck_assert_double_eq(at(s, RQA_CURVE_FNN_N, m - 1), (double)has);
    ck_assert_double_eq(at(s, RQA_CURVE_FNN_CRITERION1, m - 1), (double)false1);
    ck_assert_double_eq(at(s, RQA_CURVE_FNN_CRITERION2, m - 1), (double)false2);
    ck_assert_double_eq(at(s, RQA_CURVE_FNN_EITHER, m - 1), (double)either);
    if (growing) {
        ck_assert(support_close(at(s, RQA_CURVE_CAO_E, m - 1), ratios / (double)growing, 1e-12));
        ck_assert(support_close(at(s, RQA_CURVE_CAO_E_STAR, m - 1), steps / (double)growing, 1e-12));
    } else {
        ck_assert(isnan(at(s, RQA_CURVE_CAO_E, m - 1)));
    }
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* All distances sorted, the k-th of them. */
static void check_rate(const drawn *d, const rqa_suggestion *s)
{
    const size_t dim = (size_t)value_of(s, RQA_SUGGESTION_DIM), delay = d->options.delay;
    const size_t n = d->n - (dim - 1) * delay, w = d->options.theiler;
    double *all = malloc(n * n * sizeof *all);
    size_t m = 0, k = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double value = 0;
            if ((i > j ? i - j : j - i) < w)
                continue;
            for (size_t l = 0; l < dim; l++)
                for (size_t c = 0; c < d->channels; c++) {
                    const double size = fabs(d->x[(i + l * delay) * d->channels + c] -
                                             d->x[(j + l * delay) * d->channels + c]);
                    value = d->options.norm == RQA_NORM_MAXIMUM     ? fmax(value, size)
                            : d->options.norm == RQA_NORM_EUCLIDEAN ? value + size * size
                                                                    : value + size;
                }
            all[m++] = d->options.norm == RQA_NORM_EUCLIDEAN ? sqrt(value) : value;
        }
    if (m == 0) {
        ck_assert(isnan(value_of(s, RQA_SUGGESTION_RATE05)));
    } else {
        qsort(all, m, sizeof *all, compare_doubles);
        while ((double)k / (double)m < 0.05)
            k++;
        ck_assert_double_eq(value_of(s, RQA_SUGGESTION_RATE05), all[k - 1]);
    }
    free(all);
}

START_TEST(brute_force)
{
    rng r = {20};
    for (int round = 0; round < 40; round++) {
        const drawn d = draw(&r);
        rqa_suggestion *s = suggest_in(context, d.x, d.n, d.channels, &d.options);
        const size_t n_dims = length_of(s, RQA_CURVE_FNN_N);
        for (size_t m = 1; m <= n_dims; m++)
            check_dim(&d, s, m);
        ck_assert(n_dims == d.options.max_dim || n_dims == (d.n - 2) / d.options.delay);
        check_rate(&d, s);
        rqa_suggestion_destroy(s);
    }
}
END_TEST

/* Mutual information pair by pair, and the number of neighbours counted one by one. */
START_TEST(brute_information)
{
    enum { N_KSG = 120, K = 4, LAG = 3, PAIRS = N_KSG - LAG };
    double x[N_KSG], psi[N_KSG + 1], sum = 0;
    rng r = {8};
    rqa_suggest_options options = defaults();
    options.mi_estimator = RQA_MI_KSG;
    options.ksg_k = K;
    options.max_lag = LAG;
    for (int i = 0; i < N_KSG; i++)
        x[i] = i ? 0.5 * x[i - 1] + rng_gauss(&r) : 0;
    psi[1] = -0.57721566490153286;
    for (int m = 2; m <= N_KSG; m++)
        psi[m] = psi[m - 1] + 1.0 / (m - 1);
    for (int i = 0; i < PAIRS; i++) {
        double d[PAIRS];
        int n_x = 0, n_y = 0;
        for (int j = 0; j < PAIRS; j++)
            d[j] = j == i ? INFINITY : fmax(fabs(x[i] - x[j]), fabs(x[i + LAG] - x[j + LAG]));
        qsort(d, PAIRS, sizeof d[0], compare_doubles);
        for (int j = 0; j < PAIRS; j++) {
            n_x += j != i && fabs(x[i] - x[j]) < d[K - 1];
            n_y += j != i && fabs(x[i + LAG] - x[j + LAG]) < d[K - 1];
        }
        sum += psi[n_x + 1] + psi[n_y + 1];
    }
    rqa_suggestion *s = suggest(x, N_KSG, &options);
    ck_near(at(s, RQA_CURVE_AMI, LAG), psi[K] + psi[PAIRS] - sum / PAIRS, 1e-12);
    rqa_suggestion_destroy(s);
}
END_TEST

/* ---- the same everywhere ---- */

static void expect_same(const rqa_suggestion *a, const rqa_suggestion *b)
{
    for (int32_t curve = 0; curve <= RQA_CURVE_CAO_E2; curve++) {
        ck_assert_uint_eq(length_of(a, curve), length_of(b, curve));
        for (size_t k = 0; k < length_of(a, curve); k++) {
            const double x = at(a, curve, k), y = at(b, curve, k);
            ck_assert_msg(memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y)),
                          "curve %d, %zu: %.17g and %.17g", curve, k, x, y);
        }
    }
    for (int32_t item = 0; item <= RQA_SUGGESTION_SD02; item++) {
        const double x = value_of(a, item), y = value_of(b, item);
        ck_assert(x == y || (isnan(x) && isnan(y)));
        ck_assert_str_eq(rqa_suggestion_rule(a, item), rqa_suggestion_rule(b, item));
    }
    for (size_t k = 0; rqa_suggestion_warning(a, k) || rqa_suggestion_warning(b, k); k++)
        ck_assert_str_eq(rqa_suggestion_warning(a, k), rqa_suggestion_warning(b, k));
}

/* More vectors than a job or a stretch has, so that several workers take part. */
START_TEST(threads)
{
    enum { N_LONG = 6000 };
    static double x[2 * N_LONG];
    rng r = {31};
    for (int i = 0; i < 2 * N_LONG; i++)
        x[i] = sin(0.05 * i) + 0.1 * rng_gauss(&r);
    for (int32_t estimator = 0; estimator < 2; estimator++) {
        rqa_suggest_options options = defaults();
        options.max_lag = estimator ? 5 : 80;
        options.max_dim = 4;
        options.mi_estimator = estimator;
        rqa_suggestion *one = NULL;
        for (uint32_t n_threads = 1; n_threads <= 5; n_threads += 2) {
            rqa_context *own = support_context(n_threads);
            rqa_suggestion *s = suggest_in(own, x, N_LONG, 2, &options);
            if (one)
                expect_same(one, s);
            else
                one = s;
            if (one != s)
                rqa_suggestion_destroy(s);
            rqa_context_destroy(own);
        }
        rqa_suggestion_destroy(one);
    }
}
END_TEST

/* A power of two changes no digit, however far it takes the numbers. */
START_TEST(any_unit)
{
    static double x[MOST_ROWS], y[MOST_ROWS];
    const size_t n = read_series(x, "roessler");
    rqa_suggestion *plain = suggest(x, n, NULL);
    for (int exponent = -900; exponent <= 900; exponent += 1800) {
        for (size_t i = 0; i < n; i++)
            y[i] = ldexp(x[i], exponent);
        rqa_suggestion *s = suggest(y, n, NULL);
        for (int32_t curve = 0; curve <= RQA_CURVE_CAO_E2; curve++)
            for (size_t k = 0; k < length_of(s, curve); k++)
                ck_assert_double_eq(at(s, curve, k),
                                    curve == RQA_CURVE_CAO_E_STAR
                                        ? ldexp(at(plain, curve, k), exponent)
                                        : at(plain, curve, k));
        ck_assert_double_eq(value_of(s, RQA_SUGGESTION_RATE05),
                            ldexp(value_of(plain, RQA_SUGGESTION_RATE05), exponent));
        rqa_suggestion_destroy(s);
    }
    rqa_suggestion_destroy(plain);
}
END_TEST

/* ---- picks ---- */

START_TEST(picks_of_roessler)
{
    static double x[MOST_ROWS];
    const size_t n = read_series(x, "roessler");
    rqa_suggestion *s = suggest(x, n, NULL);
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_DELAY), 12);
    ck_assert_ptr_nonnull(strstr(rqa_suggestion_rule(s, RQA_SUGGESTION_DELAY),
                                 "first minimum of the mutual information"));
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_DIM), 3);
    ck_assert_ptr_nonnull(strstr(rqa_suggestion_rule(s, RQA_SUGGESTION_DIM),
                                 "false nearest neighbours"));
    ck_assert_ptr_null(rqa_suggestion_warning(s, 0));
    ck_assert_uint_eq(length_of(s, RQA_CURVE_ACF), n / 4 + 1);
    ck_assert_uint_eq(length_of(s, RQA_CURVE_CAO_E1), 9);
    /* The thresholds are those of an analysis. */
    rqa_context *own = support_context(1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN,
                                                   value_of(s, RQA_SUGGESTION_RATE05));
    rqa_metrics *m = support_analyze(own, x, n, 3, 12, &options);
    ck_assert_double_ge(support_get(m, RQA_MEASURE_RR), 0.05);
    rqa_metrics_destroy(m);
    options.threshold = nextafter(options.threshold, 0);
    m = support_analyze(own, x, n, 3, 12, &options);
    ck_assert_double_lt(support_get(m, RQA_MEASURE_RR), 0.05);
    rqa_metrics_destroy(m);
    options.threshold_unit = RQA_THRESHOLD_MAX_DIAMETER;
    options.threshold = 0.1;
    m = support_analyze(own, x, n, 3, 12, &options);
    rqa_provenance provenance = {.struct_size = sizeof provenance};
    ck_ok(rqa_metrics_provenance(m, &provenance));
    ck_assert_double_eq(provenance.threshold, value_of(s, RQA_SUGGESTION_DIAMETER10));
    rqa_metrics_destroy(m);
    rqa_context_destroy(own);
    rqa_suggestion_destroy(s);
}
END_TEST

START_TEST(picks_where_rules_fail)
{
    static double x[2000];
    rng r = {6};
    rqa_suggest_options options = defaults();
    for (int i = 0; i < 2000; i++)
        x[i] = rng_gauss(&r);
    rqa_suggestion *s = suggest(x, 2000, NULL);
    ck_assert(warns(s, "look independent"));
    ck_assert(warns(s, "looks random"));
    ck_assert(warns(s, "false neighbours"));
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_FIRST_1_OVER_E), 1);
    rqa_suggestion_destroy(s);

    /* A walk of coarse steps: E1 rests low before it rises. */
    x[0] = 0;
    for (int i = 1; i < 2000; i++)
        x[i] = x[i - 1] + (rng_below(&r, 2) ? 1 : -1) + 1e-3 * rng_gauss(&r);
    options.delay = 1;
    s = suggest(x, 2000, &options);
    ck_assert_ptr_nonnull(strstr(rqa_suggestion_rule(s, RQA_SUGGESTION_DIM), "Cao"));
    const size_t dim = (size_t)value_of(s, RQA_SUGGESTION_DIM);
    ck_assert_int_eq(warns(s, "far below 1"), at(s, RQA_CURVE_CAO_E1, dim - 1) < 0.8);
    ck_assert(warns(s, "far below 1"));
    rqa_suggestion_destroy(s);

    options.delay = 0;
    options.max_lag = 4; /* of a slow ramp: neither curve comes down */
    for (int i = 0; i < 2000; i++)
        x[i] = i;
    s = suggest(x, 2000, &options);
    ck_assert(isnan(value_of(s, RQA_SUGGESTION_FIRST_ZERO)));
    ck_assert_ptr_nonnull(strstr(rqa_suggestion_rule(s, RQA_SUGGESTION_FIRST_ZERO), "undefined"));
    ck_assert(isnan(value_of(s, RQA_SUGGESTION_FIRST_1_OVER_E)));
    ck_assert(isnan(value_of(s, RQA_SUGGESTION_FIRST_MINIMUM)));
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_DELAY), 1);
    ck_assert(warns(s, "for want of a rule"));
    rqa_suggestion_destroy(s);
}
END_TEST

START_TEST(constant)
{
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = 3;
    rqa_suggestion *s = suggest(x, 100, NULL);
    ck_assert(isnan(at(s, RQA_CURVE_ACF, 0)));
    ck_assert_double_eq(at(s, RQA_CURVE_AMI, 1), 0);
    ck_assert(isnan(at(s, RQA_CURVE_CAO_E, 0)));
    ck_assert(warns(s, "constant"));
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_RATE05), 0);
    ck_assert_double_eq(value_of(s, RQA_SUGGESTION_SD02), 0);
    rqa_suggestion_destroy(s);
}
END_TEST

/* A channel that does not move changes no curve but the spread it lowers. */
START_TEST(constant_channel)
{
    static double x[MOST_ROWS], both[2 * MOST_ROWS];
    const size_t n = read_series(x, "roessler");
    rqa_suggest_options options = defaults();
    options.delay = 12;
    for (size_t i = 0; i < n; i++) {
        both[2 * i] = x[i];
        both[2 * i + 1] = 5;
    }
    rqa_suggestion *one = suggest(x, n, &options), *two = suggest_in(context, both, n, 2, &options);
    for (int32_t curve = 0; curve <= RQA_CURVE_CAO_E2; curve++)
        for (size_t k = 0; k < length_of(one, curve); k++)
            if (curve < RQA_CURVE_FNN_CRITERION2 || curve > RQA_CURVE_FNN_FRACTION)
                ck_assert_double_eq(at(one, curve, k), at(two, curve, k));
    rqa_suggestion_destroy(one);
    rqa_suggestion_destroy(two);
}
END_TEST

/* ---- what is refused ---- */

static void expect_refused(const double *x, size_t n, const rqa_suggest_options *options,
                           rqa_status code, const char *words)
{
    rqa_series *series = support_series(context, x, n, 1);
    rqa_suggestion *out = (rqa_suggestion *)x;
    ck_fails(rqa_suggest_compute(&out, series, options), code, words);
    ck_assert_ptr_null(out);
    rqa_series_destroy(series);
}

START_TEST(refused)
{
    double x[40];
    rng r = {3};
    rqa_suggest_options options = defaults();
    for (int i = 0; i < 40; i++)
        x[i] = rng_gauss(&r);
    expect_refused(x, 2, NULL, RQA_ERROR_TOO_SHORT, "2 samples|at least 4");
    options.max_lag = 39;
    expect_refused(x, 40, &options, RQA_ERROR_VALUE, "max_lag is 39|1..38|40 samples");
    options = defaults();
    options.delay = 39;
    expect_refused(x, 40, &options, RQA_ERROR_TOO_SHORT, "delay is 39|1..38");
    options = defaults();
    options.mi_estimator = RQA_MI_KSG;
    options.max_lag = 37;
    expect_refused(x, 40, &options, RQA_ERROR_VALUE, "ksg_k is 3|3 pairs");
    options.max_lag = 2;
    for (int i = 10; i < 40; i++)
        x[i] = i % 2;
    expect_refused(x, 40, &options, RQA_ERROR_UNSUPPORTED, "ksg|without ties|use bins");
    rqa_series *series;
    rqa_series_options skip;
    rqa_suggestion *out;
    rqa_series_options_init(&skip);
    skip.missing = RQA_MISSING_SKIP;
    x[7] = NAN;
    ck_ok(rqa_series_create(&series, context, x, 40, 1, &skip));
    ck_fails(rqa_suggest_compute(&out, series, NULL), RQA_ERROR_NOT_FINITE,
             "1 of 40 samples|missing|without gaps");
    rqa_series_destroy(series);
}
END_TEST

START_TEST(memory_limit)
{
    static double x[4000];
    rng r = {2};
    rqa_context *small;
    rqa_context_options limits;
    rqa_suggestion *out = NULL;
    for (int i = 0; i < 4000; i++)
        x[i] = rng_gauss(&r);
    rqa_context_options_init(&limits);
    limits.memory_limit_bytes = 300000;
    ck_ok(rqa_context_create(&small, &limits));
    rqa_series *series = support_series(small, x, 4000, 1);
    ck_fails(rqa_suggest_compute(&out, series, NULL), RQA_ERROR_MEMORY_LIMIT,
             "the suggestion|300000");
    ck_assert_ptr_null(out);
    rqa_series_destroy(series);
    rqa_context_destroy(small);
}
END_TEST

/* The least that has an answer. */
START_TEST(four_samples)
{
    const double x[4] = {1, 5, 2, 4};
    rqa_suggestion *s = suggest(x, 4, NULL);
    ck_assert_uint_eq(length_of(s, RQA_CURVE_ACF), 2);
    ck_assert_uint_eq(length_of(s, RQA_CURVE_FNN_N), 2);
    ck_assert(warns(s, "up to dim 2"));
    rqa_suggestion_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("suggest");
    TCase *cases = tcase_create("suggest");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, tables);
    tcase_add_test(cases, straight_line);
    tcase_add_test(cases, period_seven);
    tcase_add_test(cases, autoregression);
    tcase_add_test(cases, brute_force);
    tcase_add_test(cases, brute_information);
    tcase_add_test(cases, threads);
    tcase_add_test(cases, any_unit);
    tcase_add_test(cases, picks_of_roessler);
    tcase_add_test(cases, picks_where_rules_fail);
    tcase_add_test(cases, constant);
    tcase_add_test(cases, constant_channel);
    tcase_add_test(cases, refused);
    tcase_add_test(cases, memory_limit);
    tcase_add_test(cases, four_samples);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
