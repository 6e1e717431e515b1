/* test_lag_profile.c - profiles by lag: the table of oracles, closed forms, and brute force. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"

static rqa_context *contexts[2];

static void setup(void)
{
    contexts[0] = support_context(1);
    contexts[1] = support_context(3);
}

static void teardown(void)
{
    rqa_context_destroy(contexts[0]);
    rqa_context_destroy(contexts[1]);
}

static const uint64_t *counts_of(const rqa_lag_profile *p, int32_t count)
{
    const uint64_t *counts = NULL;
    ck_ok(rqa_lag_profile_counts(p, count, &counts));
    return counts;
}

static const double *values_of(const rqa_lag_profile *p, int32_t quantity)
{
    const double *values = NULL;
    ck_ok(rqa_lag_profile_values(p, quantity, &values));
    return values;
}

/* ---- the table of oracles ---- */

enum { MOST = 2000, LINE = 4096 };

static size_t read_series(const char *name, double *out)
{
    char path[512], line[256];
    const int column = strchr(name, ':') ? atoi(strchr(name, ':') + 1) : 0;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/series/%.*s.txt", RQA_TEST_ORACLES, (int)strcspn(name, ":"),
             name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        for (int k = 0; k < column; k++)
            strtod(at, &at);
        ck_assert_uint_lt(n, MOST);
        out[n++] = strtod(at, NULL);
    }
    fclose(file);
    return n;
}

static rqa_lag_profile *profile_of_row(rqa_context *context, const char *series, const char *how,
                                       int64_t *highest)
{
    char x_name[64], y_name[64];
    double x[MOST], y[MOST], threshold;
    uint32_t dim, delay;
    int64_t lowest;
    ck_assert_int_eq(sscanf(series, "%63s x %63s", x_name, y_name), 2);
    ck_assert_int_eq(sscanf(how,
                            "dim=%" SCNu32 " delay=%" SCNu32 " norm=maximum threshold=%lf "
                            "lags=%" SCNd64 "..%" SCNd64,
                            &dim, &delay, &threshold, &lowest, highest),
                     5);
    ck_assert_int_eq(lowest, -*highest);
    rqa_series *sx = support_series(context, x, read_series(x_name, x), 1);
    rqa_series *sy = support_series(context, y, read_series(y_name, y), 1);
    rqa_embedding *ex = support_embedding(sx, dim, delay), *ey = support_embedding(sy, dim, delay);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, threshold);
    rqa_lag_profile *p;
    ck_ok(rqa_lag_profile_compute(&p, ex, ey, &o, (uint64_t)*highest));
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
    return p;
}

static void check_row(const rqa_lag_profile *p, int64_t highest, const char *quantity,
                      const char *value)
{
    static const struct {
        const char *name;
        int32_t count;
    } counts[] = {{"points", RQA_LAG_PROFILE_POINTS},
                  {"cells", RQA_LAG_PROFILE_CELLS},
                  {"points_in_lines", RQA_LAG_PROFILE_LINE_POINTS},
                  {"lines", RQA_LAG_PROFILE_LINES}};
    int64_t lag;
    double rr;
    ck_ok(rqa_lag_profile_lag_of_max(p, &lag, &rr));
    if (strcmp(quantity, "rr_max") == 0) {
        ck_assert_double_eq(rr, strtod(value, NULL));
        return;
    }
    if (strcmp(quantity, "lag_of_max") == 0) {
        ck_assert_int_eq(lag, strtol(value, NULL, 10));
        return;
    }
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        if (strcmp(quantity, counts[k].name) != 0)
            continue;
        char *at = (char *)value;
        for (int64_t i = 0; i <= 2 * highest; i++)
            ck_assert_uint_eq(counts_of(p, counts[k].count)[i], strtoull(at, &at, 10));
        ck_assert_uint_eq(strspn(at, " \n"), strlen(at));
        return;
    }
    ck_abort_msg("unknown quantity %s", quantity);
}

START_TEST(table_of_oracles)
{
    char path[512], line[LINE];
    int n_rows = 0;
    snprintf(path, sizeof path, "%s/03_profile.tsv", RQA_TEST_ORACLES);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    while (fgets(line, sizeof line, file)) {
        char *cell[5] = {line};
        if (*line == '#')
            continue;
        for (int k = 1; k < 5; k++) {
            cell[k] = strchr(cell[k - 1], '\t');
            ck_assert_ptr_nonnull(cell[k]);
            *cell[k]++ = '\0';
        }
        for (int c = 0; c < 2; c++) {
            int64_t highest;
            rqa_lag_profile *p = profile_of_row(contexts[c], cell[0], cell[1], &highest);
            check_row(p, highest, cell[2], cell[3]);
            rqa_lag_profile_destroy(p);
        }
        n_rows++;
    }
    fclose(file);
    ck_assert_int_eq(n_rows, 18);
}
END_TEST

/* ---- closed forms ---- */

START_TEST(constant_and_periodic)
{
    enum { N = 300, PERIOD = 7, K = 20 };
    double x[N];
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0.0);
    for (int constant = 0; constant < 2; constant++) {
        for (size_t k = 0; k < N; k++)
            x[k] = constant ? 1.5 : (double)(k % PERIOD);
        rqa_series *s = support_series(contexts[0], x, N, 1);
        rqa_embedding *e = support_embedding(s, 2, 3);
        rqa_lag_profile *p;
        int64_t first, lag;
        size_t n;
        double rr;
        ck_ok(rqa_lag_profile_compute(&p, e, NULL, &o, K));
        ck_ok(rqa_lag_profile_lags(p, &first, &n));
        ck_assert_int_eq(first, 0);
        ck_assert_uint_eq(n, K + 1);
        for (size_t k = 0; k < n; k++) {
            const int recurs = constant || k % PERIOD == 0;
            ck_assert_double_eq(values_of(p, RQA_LAG_PROFILE_RR)[k], recurs ? 1.0 : 0.0);
            if (recurs) {
                ck_assert_double_eq(values_of(p, RQA_LAG_PROFILE_DET)[k], 1.0);
                ck_assert_double_eq(values_of(p, RQA_LAG_PROFILE_L_MEAN)[k], N - 3.0 - (double)k);
            } else {
                ck_assert_double_nan(values_of(p, RQA_LAG_PROFILE_DET)[k]);
                ck_assert_double_nan(values_of(p, RQA_LAG_PROFILE_L_MEAN)[k]);
            }
            ck_assert_int_eq(rqa_lag_profile_reason(p, RQA_LAG_PROFILE_DET, k),
                             recurs ? RQA_REASON_DEFINED : RQA_REASON_NO_POINTS);
            ck_assert_int_eq(rqa_lag_profile_reason(p, RQA_LAG_PROFILE_L_MEAN, k),
                             recurs ? RQA_REASON_DEFINED : RQA_REASON_NO_LINE);
            ck_assert_int_eq(rqa_lag_profile_reason(p, RQA_LAG_PROFILE_RR, k), RQA_REASON_DEFINED);
        }
        ck_ok(rqa_lag_profile_lag_of_max(p, &lag, &rr));
        ck_assert_int_eq(lag, 0);
        ck_assert_double_eq(rr, 1.0);
        rqa_lag_profile_destroy(p);
        rqa_embedding_destroy(e);
        rqa_series_destroy(s);
    }
}
END_TEST

/* y does seven samples later what x does; ties go to the nearest lag, and then to the positive. */
START_TEST(sign_and_ties)
{
    enum { N = 400, LAG = 7, K = 30 };
    double x[N], y[N];
    rng r = {5};
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 1e-6);
    for (size_t k = 0; k < N; k++)
        x[k] = rng_uniform(&r);
    for (size_t k = 0; k < N; k++)
        y[k] = k < LAG ? -1.0 : x[k - LAG];
    for (int tied = 0; tied < 3; tied++) {
        /* 1: lags 3 and -3 alone, equally often; 2: lags 5 and -3 */
        for (size_t k = 0; tied && k < N; k++) {
            x[k] = k == 100 || k == 200 ? (double)k : 1000.0 + (double)k;
            y[k] = k == (tied == 1 ? 103 : 105) ? 100.0 : k == 197 ? 200.0 : -1.0 - (double)k;
        }
        rqa_series *sx = support_series(contexts[0], x, N, 1);
        rqa_series *sy = support_series(contexts[0], y, N, 1);
        rqa_embedding *ex = support_embedding(sx, 1, 1), *ey = support_embedding(sy, 1, 1);
        rqa_lag_profile *p;
        int64_t lag, first;
        size_t n;
        ck_ok(rqa_lag_profile_compute(&p, ex, ey, &o, K));
        ck_ok(rqa_lag_profile_lags(p, &first, &n));
        ck_assert_int_eq(first, -K);
        ck_assert_uint_eq(n, 2 * K + 1);
        ck_ok(rqa_lag_profile_lag_of_max(p, &lag, NULL));
        ck_assert_int_eq(lag, tied == 0 ? LAG : tied == 1 ? 3 : 5);
        if (tied == 0)
            ck_assert_double_eq(values_of(p, RQA_LAG_PROFILE_RR)[K + LAG], 1.0);
        if (tied == 2) { /* fewer cells: 1 / 395 is more than 1 / 397 */
            ck_assert_uint_eq(counts_of(p, RQA_LAG_PROFILE_POINTS)[K - 3], 1);
            ck_assert_uint_eq(counts_of(p, RQA_LAG_PROFILE_POINTS)[K + 5], 1);
        }
        rqa_lag_profile_destroy(p);
        rqa_embedding_destroy(ex);
        rqa_embedding_destroy(ey);
        rqa_series_destroy(sx);
        rqa_series_destroy(sy);
    }
}
END_TEST

/* ---- brute force ---- */

/* One diagonal of the byte matrix. */
static void check_lag(const rqa_lag_profile *p, size_t at, const brute_matrix *m, int64_t lag,
                      uint64_t lmin, const char *what)
{
    uint64_t cells = 0, points = 0, line_points = 0, lines = 0, run = 0;
    for (int64_t i = 0; i <= (int64_t)m->nx; i++) {
        const int64_t j = i + lag;
        const int inside = i < (int64_t)m->nx && j >= 0 && j < (int64_t)m->ny;
        const int recurs = inside && m->cell[(size_t)j * m->nx + (size_t)i];
        cells += inside != 0;
        points += recurs != 0;
        if (!recurs && run >= lmin) {
            lines++;
            line_points += run;
        }
        run = recurs ? run + 1 : 0;
    }
    const uint64_t expected[] = {cells, points, line_points, lines};
    for (int32_t c = 0; c < 4; c++)
        ck_assert_msg(counts_of(p, c)[at] == expected[c],
                      "%s: count %d at lag %" PRId64 " is %" PRIu64 ", expected %" PRIu64, what, c,
                      lag, counts_of(p, c)[at], expected[c]);
}

START_TEST(draws_against_brute)
{
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 800);
    for (uint64_t k = 0; k < n_draws; k++) {
        rng r = {9000 + k};
        side x, y;
        const size_t channels = (size_t)rng_between(&r, 1, 2);
        const uint32_t dim = (uint32_t)rng_between(&r, 1, 3),
                       delay = (uint32_t)rng_between(&r, 1, 3);
        const int32_t relation = (int32_t)rng_below(&r, 3);
        const size_t n = (size_t)rng_between(&r, 2, 150);
        const size_t n_y = relation == RQA_RELATION_CROSS ? (size_t)rng_between(&r, 1, 150) : n;
        rqa_context *context = contexts[k % 2];
        char what[160];
        draw_side(&r, &x, n + (dim - 1) * delay, channels, dim, delay);
        create_side(context, &x, "x");
        if (relation) {
            draw_side(&r, &y, n_y + (dim - 1) * delay, channels, dim, delay);
            create_side(context, &y, "y");
        }
        rqa_analysis_options o =
            support_options(RQA_CONVENTION_STANDARD, (int32_t)rng_below(&r, 3), 0);
        o.threshold = draw_threshold(
            &r, &x.series, relation == RQA_RELATION_CROSS ? &y.series : &x.series, o.norm);
        o.relation = relation;
        o.compare = (int32_t)rng_between(&r, 1, 2);
        o.lmin = (uint32_t)(chance(&r, 5) ? rng_between(&r, 1, 100) : rng_between(&r, 1, 6));
        o.theiler = rng_between(&r, 0, 5); /* without effect */
        brute_matrix m = brute_recurrence(&x.series, relation ? &y.series : NULL, relation, o.norm,
                                          o.compare, o.threshold, -1.0);
        const uint64_t most = (n > n_y ? n : n_y) - 1, max_lag = rng_below(&r, most + 1);
        rqa_lag_profile *p = NULL;
        snprintf(what, sizeof what, "draw %" PRIu64 " (relation %d, norm %d, %zu x %zu, lmin %u)",
                 k, relation, o.norm, m.nx, m.ny, o.lmin);
        rqa_status status =
            rqa_lag_profile_compute(&p, x.api, relation ? y.api : NULL, &o, max_lag);
        if (brute_all_skipped(&m)) {
            ck_assert_int_eq(status, RQA_ERROR_TOO_SHORT);
        } else {
            ck_assert_msg(status == RQA_OK, "%s: %s", what, rqa_last_error());
            int64_t first;
            size_t n_lags;
            ck_ok(rqa_lag_profile_lags(p, &first, &n_lags));
            for (size_t i = 0; i < n_lags; i++)
                check_lag(p, i, &m, first + (int64_t)i, o.lmin, what);
        }
        rqa_lag_profile_destroy(p);
        brute_matrix_free(&m);
        destroy_side(&x);
        if (relation)
            destroy_side(&y);
    }
}
END_TEST

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* cell[j * n + i]: whether j is among the k nearest neighbours of i, itself one of them, ties too. */
static void neighbours_of(uint8_t *cell, const double *x, size_t n, size_t k)
{
    double *distance = malloc(n * sizeof *distance);
    ck_assert_ptr_nonnull(distance);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            distance[j] = fabs(x[i] - x[j]);
        qsort(distance, n, sizeof *distance, compare_doubles);
        for (size_t j = 0; j < n; j++)
            cell[j * n + i] &= fabs(x[i] - x[j]) <= distance[k - 1];
    }
    free(distance);
}

/* The plot is not symmetric, of one series nor of two: lags of both sides. */
START_TEST(neighbours)
{
    enum { MOST_N = 120 };
    for (uint64_t draw = 1; draw <= env_number("RQA_TEST_DRAWS", 60); draw++) {
        rng r = {draw};
        double x[MOST_N], y[MOST_N];
        uint8_t cell[MOST_N * MOST_N];
        const size_t n = (size_t)rng_between(&r, 10, MOST_N), k = (size_t)rng_between(&r, 1, 8);
        const int is_joint = draw % 2 == 0;
        const uint64_t max_lag = rng_below(&r, n);
        for (size_t i = 0; i < n; i++) {
            x[i] = draw % 3 ? rng_gauss(&r) : (double)rng_below(&r, 12);
            y[i] = rng_gauss(&r);
        }
        memset(cell, 1, n * n);
        neighbours_of(cell, x, n, k);
        if (is_joint)
            neighbours_of(cell, y, n, k);
        rqa_series *sx = support_series(contexts[draw % 2], x, n, 1),
                   *sy = support_series(contexts[draw % 2], y, n, 1);
        rqa_embedding *ex = support_embedding(sx, 1, 1), *ey = support_embedding(sy, 1, 1);
        rqa_analysis_options o =
            support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, (double)k);
        o.threshold_unit = RQA_THRESHOLD_NEIGHBOURS;
        o.relation = is_joint ? RQA_RELATION_JOINT : RQA_RELATION_AUTO;
        o.theiler = 0;
        o.lmin = 2;
        rqa_lag_profile *p;
        int64_t first;
        size_t n_lags;
        ck_ok(rqa_lag_profile_compute(&p, ex, is_joint ? ey : NULL, &o, max_lag));
        ck_ok(rqa_lag_profile_lags(p, &first, &n_lags));
        ck_assert_int_eq(first, -(int64_t)max_lag);
        ck_assert_uint_eq(n_lags, 2 * max_lag + 1);
        const brute_matrix m = {.nx = n, .ny = n, .cell = cell};
        for (size_t t = 0; t < n_lags; t++)
            check_lag(p, t, &m, first + (int64_t)t, o.lmin, is_joint ? "joint" : "auto");
        rqa_lag_profile_destroy(p);
        rqa_embedding_destroy(ex);
        rqa_embedding_destroy(ey);
        rqa_series_destroy(sx);
        rqa_series_destroy(sy);
    }
}
END_TEST

/* Long enough for several pieces and strips; lines of many words; all threads alike. */
START_TEST(long_series)
{
    enum { NX = 20000, NY = 17000, K = 1500 };
    double *x = malloc(NX * sizeof *x), *y = malloc(NY * sizeof *y);
    rng r = {77};
    for (size_t k = 0; k < NX; k++)
        x[k] = k > 3000 && k < 15000 ? 0.5 : rng_uniform(&r);
    for (size_t k = 0; k < NY; k++)
        y[k] = k > 4000 && k < 13500 ? 0.5 : rng_uniform(&r);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0.2);
    for (int few = 0; few < 2; few++)
        for (int c = 0; c < 2; c++) {
            rqa_series *sx = support_series(contexts[c], x, NX, 1);
            rqa_series *sy = support_series(contexts[c], y, NY, 1);
            rqa_embedding *ex = support_embedding(sx, 1, 1), *ey = support_embedding(sy, 1, 1);
            rqa_lag_profile *p;
            const int64_t max_lag = few ? 3 : K;
            o.lmin = few ? 70 : 2;
            ck_ok(rqa_lag_profile_compute(&p, ex, ey, &o, (uint64_t)max_lag));
            for (int64_t lag = -max_lag; lag <= max_lag; lag += few ? 1 : 61) {
                uint64_t points = 0, line_points = 0, lines = 0, run = 0;
                for (int64_t i = 0; i <= NX; i++) {
                    const int64_t j = i + lag;
                    const int recurs =
                        i < NX && j >= 0 && j < NY && fabs(x[i] - y[j]) <= o.threshold;
                    points += recurs != 0;
                    if (!recurs && run >= o.lmin) {
                        lines++;
                        line_points += run;
                    }
                    run = recurs ? run + 1 : 0;
                }
                const size_t at = (size_t)(lag + max_lag);
                ck_assert_uint_eq(counts_of(p, RQA_LAG_PROFILE_POINTS)[at], points);
                ck_assert_uint_eq(counts_of(p, RQA_LAG_PROFILE_LINE_POINTS)[at], line_points);
                ck_assert_uint_eq(counts_of(p, RQA_LAG_PROFILE_LINES)[at], lines);
            }
            rqa_lag_profile_destroy(p);
            rqa_embedding_destroy(ex);
            rqa_embedding_destroy(ey);
            rqa_series_destroy(sx);
            rqa_series_destroy(sy);
        }
    free(x);
    free(y);
}
END_TEST

/* All lags together are the plot. */
START_TEST(sum_is_the_plot)
{
    enum { N = 700 };
    double x[N];
    rng r = {31};
    for (size_t k = 0; k < N; k++)
        x[k] = rng_gauss(&r);
    rqa_series *s = support_series(contexts[1], x, N, 1);
    rqa_embedding *e = support_embedding(s, 2, 1);
    rqa_analysis_options o = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MANHATTAN, 0.7);
    o.theiler = 1;
    rqa_metrics *m = support_metrics(e, NULL, &o);
    rqa_lag_profile *p;
    ck_ok(rqa_lag_profile_compute(&p, e, NULL, &o, N - 2));
    uint64_t points = 0, line_points = 0, lines = 0;
    for (size_t k = 1; k < N - 1; k++) {
        points += 2 * counts_of(p, RQA_LAG_PROFILE_POINTS)[k];
        line_points += 2 * counts_of(p, RQA_LAG_PROFILE_LINE_POINTS)[k];
        lines += 2 * counts_of(p, RQA_LAG_PROFILE_LINES)[k];
    }
    ck_assert_uint_eq(points, support_count(m, RQA_COUNT_POINTS));
    ck_assert_double_eq((double)line_points / (double)points, support_get(m, RQA_MEASURE_DET));
    ck_assert_double_eq((double)line_points / (double)lines, support_get(m, RQA_MEASURE_L_MEAN));
    rqa_lag_profile_destroy(p);
    o.border = RQA_BORDER_DIBO;
    ck_fails(rqa_lag_profile_compute(&p, e, NULL, &o, 5), RQA_ERROR_UNSUPPORTED, "border|dibo");
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(e);
    rqa_series_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lag_profile");
    TCase *tcase = tcase_create("lag_profile");
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, table_of_oracles);
    tcase_add_test(tcase, constant_and_periodic);
    tcase_add_test(tcase, sign_and_ties);
    tcase_add_test(tcase, draws_against_brute);
    tcase_add_test(tcase, neighbours);
    tcase_add_test(tcase, long_series);
    tcase_add_test(tcase, sum_is_the_plot);
    return support_run(suite);
}
